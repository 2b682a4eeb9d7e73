"""One study: reports, arms, results as printed, risk of bias, and where each number was read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from synthesis.evidence.base import (
    Coefficient,
    Count,
    Country,
    Date,
    Doi,
    Flag,
    FullDate,
    Known,
    Months,
    NotNegative,
    Number,
    Percentage,
    Positive,
    PValue,
    Record,
    Reference,
    SchemaVersion,
    Share,
    Slug,
    Text,
    Where,
    Year,
)
from synthesis.evidence.extraction import Extraction
from synthesis.evidence.scalars import refuse
from synthesis.formatting import shortest


class Report(Reference):
    """One publication about the study. The first one, ``main``, is cited for it.

    Attributes
    ----------
    id : str
        How results refer to it in ``where.report``; the first report is ``main``.
    """

    id: Slug


class RelatedReport(Record):
    """A publication about the same people that has no entry of its own in ``reports``, as far as it is known.

    Attributes
    ----------
    citation : str
        The reference in words.
    study : str or None
        Id of the study record it belongs to, if there is one.
    doi : str or None
        Its DOI.
    """

    citation: Text
    study: Slug | None = None
    doi: Doi | None = None


class Participants(Record):
    """How many people took part, and how that is known.

    Attributes
    ----------
    value : int
        People in the study: randomised, or enrolled where nobody was randomised.
    known : str
        How the number is known.
    note : str or None
        Anything a reader of the number should know.
    """

    value: Count
    known: Known = "read"
    note: Text | None = None


class Arm(Record):
    """A compared group to which people were assigned, or which they chose (see the study's design).

    ``n_randomised`` is the number assigned to the arm, or who chose it where nobody was randomised; ``n_in_group`` is
    the size of a group formed afterwards, for example by sessions attended.

    Attributes
    ----------
    id : str
        A short name for the arm; results refer to it.
    label : str
        How the arm is called in tables.
    category : str
        Key in the vocabulary's arm categories; questions find arms by it.
    role : str
        Whether it is what is studied, what it is compared with, or an exposure that nobody assigned.
    n_randomised : int or None
        People assigned to the arm.
    n_in_group : int or None
        People in a group that was formed afterwards.
    n_known : str
        How that number is known.
    note : str or None
        Anything a reader of the arm should know.
    """

    id: Slug
    label: Text
    category: Slug
    role: Literal["intervention", "comparator", "exposure"]
    n_randomised: Count | None = None
    n_in_group: Count | None = None
    n_known: Known = "read"
    note: Text | None = None


class Group(Record):
    """A set of people in the results that is not an arm: merged arms, people who attended, a time of measurement.

    ``combines`` lists the arms if, and only if, the group is exactly those arms together.

    Attributes
    ----------
    id : str
        A short name for the group; results refer to it.
    label : str
        How the group is called in tables.
    combines : tuple of str
        The arms that together are exactly this group; left out if it is not made of whole arms.
    note : str or None
        Anything a reader of the group should know.
    """

    id: Slug
    label: Text
    combines: tuple[Slug, ...] = ()
    note: Text | None = None


class _Printed(Record):
    """What all forms share: ``known`` overrides the result's own; ``where`` if this part was read elsewhere.

    Attributes
    ----------
    form : str
        The form in which the numbers are printed.
    known : str or None
        How these numbers are known, if otherwise than the result says.
    where : Where or None
        Where these numbers were read, if elsewhere than the result says.
    note : str or None
        Anything a reader of these numbers should know.
    p : str or None
        The p value as printed, with < or > where printed.
    """

    known: Known | None = None
    where: Where | None = None
    note: Text | None = None


class CountCell(Record):
    """Events among ``n`` people; ``known`` where this cell is known otherwise than the rest of its item.

    Attributes
    ----------
    events : int
        How many people the outcome happened to.
    n : int
        Of how many people, as printed.
    known : str or None
        How these numbers are known, if otherwise than the rest.
    note : str or None
        Anything a reader of these numbers should know.
    """

    events: Count
    n: Count
    known: Known | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _within(self) -> CountCell:
        if self.events > self.n:
            raise refuse(
                "events-exceed-n",
                f"events {self.events}, n {self.n}",
                allowed="events of at most n",
                fix="check both numbers against the page",
                field="events",
            )
        return self


class PercentCell(Record):
    """A percentage; ``n`` only where a denominator is printed with it (otherwise the arm's own n is used).

    ``known`` is given where this cell is known otherwise than the rest of its item.

    Attributes
    ----------
    percent : float
        The percentage as printed, without the sign.
    n : int or None
        Of how many people, only if it is printed with the percentage.
    known : str or None
        How these numbers are known, if otherwise than the rest.
    note : str or None
        Anything a reader of these numbers should know.
    """

    percent: Percentage
    n: Count | None = None
    known: Known | None = None
    note: Text | None = None


class MeanCell(Record):
    """Mean of one arm or group, with its spread as far as printed.

    Attributes
    ----------
    mean : float
        As printed, on the outcome's own scale.
    sd : float or None
        Standard deviation, if it is printed.
    se : float or None
        Standard error of the mean, if it is printed. Papers often print one of the two: check which.
    n : int or None
        Of how many people, if it is printed with the mean.
    baseline_mean : float or None
        The same group's mean at the start, if it is printed.
    known : str or None
        How these numbers are known, if otherwise than the rest.
    note : str or None
        Anything a reader of these numbers should know.
    """

    mean: Number
    sd: NotNegative | None = None
    se: NotNegative | None = None
    n: Count | None = None
    baseline_mean: Number | None = None
    known: Known | None = None
    note: Text | None = None


class Counts(_Printed):
    """Events among people, for each arm or group.

    Attributes
    ----------
    arms : dict
        For each arm or group: events and people.
    """

    form: Literal["counts"]
    arms: dict[Slug, CountCell] = Field(min_length=1)


class Percents(_Printed):
    """Percentages, for each arm or group.

    Attributes
    ----------
    arms : dict
        For each arm or group: the percentage.
    """

    form: Literal["percent"]
    arms: dict[Slug, PercentCell] = Field(min_length=1)


class Means(_Printed):
    """Means, for each arm or group.

    Attributes
    ----------
    unit : str or None
        The unit or instrument the means are on.
    arms : dict
        For each arm or group: the mean and its spread.
    """

    form: Literal["means"]
    unit: Text | None = None
    arms: dict[Slug, MeanCell] = Field(min_length=1)


# Measures in which papers print contrasts; a wider set than the measures we pool.
PrintedMeasure = Literal[
    "OR",
    "RR",
    "RD",
    "MD",
    "SMD",
    "HR",
    "IRR",
    "B",
    "percent-difference",
    "percent-reduction-in-risk",
    "percent-reduction-in-rate",
]


class Contrast(_Printed):
    """A published comparison.

    ``arms`` names the two sides, the first against the second; None where the sides are not arms of the record, in
    which case ``contrast`` says what they are. ``estimate`` and ``ci`` are on the scale printed (an odds ratio is
    not logged). ``smd_range`` is the range of standardised mean differences, without sign, where a source gives one
    beside its estimate.

    Attributes
    ----------
    measure : str
        What is printed: an odds ratio (OR), a risk ratio (RR), a difference in means (MD) …
    arms : pair of lists of str, or None
        The arms or groups on the first side, then those on the second.
    contrast : str or None
        What is compared, in words, where the sides are not arms of the record.
    estimate : float
        As printed; an odds ratio is not logged.
    ci : pair of float or None
        Lower and upper limit of the confidence interval, as printed.
    level : float
        Coverage of the interval: 0.95 for a 95% interval.
    se : float or None
        Standard error, if it is printed.
    p_unadjusted : str or None
        The p value without adjustment for other differences, if it is printed as well.
    adjusted : bool or None
        Whether the estimate is adjusted for other differences.
    ci_known : str or None
        How the interval is known, if otherwise than the estimate.
    smd_range : pair of float or None
        Smallest and largest standardised mean difference, if a source gives a range.
    """

    form: Literal["contrast"]
    measure: PrintedMeasure
    arms: tuple[tuple[Slug, ...], tuple[Slug, ...]] | None = None
    contrast: Text | None = None
    estimate: Number
    ci: tuple[Number, Number] | None = None
    level: Share = 0.95
    se: Positive | None = None
    p: PValue | None = None
    p_unadjusted: PValue | None = None
    adjusted: Flag | None = None
    ci_known: Known | None = None
    smd_range: tuple[Number, Number] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Contrast:
        if self.ci is not None:
            low, high = self.ci
            if not low <= self.estimate <= high:
                raise refuse(
                    "ci-without-estimate",
                    f"estimate {shortest(self.estimate)}, interval {shortest(low)} to {shortest(high)}",
                    allowed="an interval, lower limit first, that contains the estimate",
                    fix="check the three numbers against the page",
                    field="ci",
                )
        if self.measure in {"OR", "RR", "HR", "IRR"}:
            printed = [self.estimate, *(self.ci or ())]
            if min(printed) <= 0:
                raise refuse(
                    "ratio-not-positive",
                    shortest(min(printed)),
                    allowed="a ratio above 0, not logged",
                    fix="write the ratio as printed; if the log is printed, use another measure",
                    field="estimate",
                )
        return self


class Correlation(_Printed):
    """A correlation between taking part and an outcome, in each arm or in everybody.

    Attributes
    ----------
    arms : dict
        For each arm or group: the correlation.
    estimate : float or None
        The correlation in everybody together.
    """

    form: Literal["correlation"]
    arms: dict[Slug, Coefficient] = Field(default_factory=dict)
    estimate: Coefficient | None = None
    p: PValue | None = None


class BeforeAfter(_Printed):
    """Means of one group before and after, with no comparison.

    Attributes
    ----------
    group : str or None
        The arm or group the means are of; left out where it is everybody.
    baseline : float
        Mean before.
    followup : float
        Mean after.
    """

    form: Literal["before-after"]
    group: Slug | None = None
    baseline: Number
    followup: Number
    p: PValue | None = None


class Test(_Printed):
    """A p value (or a statement about it) without an estimate; read together with other printed forms.

    Attributes
    ----------
    test : str or None
        The test and its statistic, as printed.
    """

    form: Literal["test"]
    p: PValue | None = None
    test: Text | None = None


# What a source can say in words about a comparison, for the people concerned.
Stated = Literal["better", "worse", "no-difference", "mixed"]


class Narrative(_Printed):
    """A finding in words only.

    Attributes
    ----------
    stated : {"better", "worse", "no-difference", "mixed"} or None
        How the first side of the comparison did, for the people concerned, where the source says so itself: fewer
        relapses are ``better``. ``no-difference`` is that no clear difference was found, ``mixed`` that the finding
        differs within the result, for example early and late. None where the source states no direction.
    finding : str
        What the source says, in our words.
    """

    form: Literal["narrative"]
    finding: Text
    stated: Stated | None = None


Printed = Annotated[
    Counts | Percents | Means | Contrast | Correlation | BeforeAfter | Test | Narrative, Field(discriminator="form")
]


class WorkedOut(Record):
    """Counts or means that are not printed but follow from what is, by reasoning that code does not repeat.

    Attributes
    ----------
    how : str
        The reasoning, so that a reader can follow it.
    known : str
        How the numbers are known.
    data : Counts, Means or Contrast
        What follows, in the form in which it could have been printed.
    """

    how: Text
    known: Known = "derived"
    data: Annotated[Counts | Means | Contrast, Field(discriminator="form")]


class Check(Record):
    """The extractor's own arithmetic. `synthesis check` does it again and reports a difference.

    ``estimate`` and ``se`` are on the analysis scale (log for ratios). ``route`` names the printed numbers used.

    Attributes
    ----------
    measure : str or None
        The effect measure worked out.
    route : str or None
        Which printed numbers were used.
    estimate, se : float or None
        Effect and standard error on the analysis scale: the log for ratios.
    counts : dict
        Counts that were worked out from percentages, for each arm or group.
    arithmetic : str
        The calculation in words and numbers.
    """

    measure: Literal["OR", "RR", "RD", "MD", "SMD", "HR"] | None = None
    route: (
        Literal["counts", "percent", "percent-and-p", "contrast", "contrast-and-p", "means-and-p", "means"] | None
    ) = None
    estimate: Number | None = None
    se: Positive | None = None
    counts: dict[Slug, CountCell] = Field(default_factory=dict)
    arithmetic: Text


class Result(Record):
    """One outcome at one time, as printed, with the place it was read.

    Attributes
    ----------
    outcome : str
        Key in the vocabulary's outcomes, which also says which direction is good.
    timepoint_months : float or None
        Months from baseline; ``timepoint_from`` says so where another origin is used.
    printed : tuple of Printed
        Every form in which the source prints it.
    worked_out : tuple of WorkedOut
        What follows from it.
    comparison : tuple of str or None
        Categories of the two sides, intervention first, where they are not arms of the record: people who attended
        mutual aid (or took more part in it) against people who did not, within one cohort or across the arms of a
        trial. Groups that are printed stand in that order, from most to least. None means that the arms are compared.
    poolable : {"yes", "yes-if-confirmed", "partial", "no"}
        The extractor's judgement: ``yes-if-confirmed`` rests on recalled figures; ``no`` keeps it out of any pooling.
    id : str
        A short name for the result; judgements and questions refer to it.
    name : str
        The outcome and comparison, as the paper puts them.
    timepoint_from : str or None
        What the months count from, where it is not baseline.
    checks : tuple of Check
        Your own arithmetic, if you did any: the program does it again and compares.
    baseline : Means or None
        The same outcome before treatment, if it is printed.
    where : Where
        Where the numbers were read.
    poolable_note : str or None
        Why it can or cannot be pooled.
    note : str or None
        Anything a reader of the result should know.
    """

    id: Slug
    name: Text
    outcome: Slug
    timepoint_months: Months | None = None
    timepoint_from: Text | None = None
    comparison: tuple[Slug, Slug] | None = None
    printed: tuple[Printed, ...] = ()
    worked_out: tuple[WorkedOut, ...] = ()
    checks: tuple[Check, ...] = ()
    baseline: Means | None = None
    where: Where
    poolable: Literal["yes", "yes-if-confirmed", "partial", "no"]
    poolable_note: Text | None = None
    note: Text | None = None


class DomainJudgement(Record):
    """A level with its reason; ``override`` says why it is not the level that the tool's rule proposes.

    Attributes
    ----------
    level : str
        One of the levels of the tool.
    reason : str
        Why this level, in a sentence.
    override : str or None
        Why it is not the level that the tool's rule proposes, where it differs.
    """

    level: Slug
    reason: Text
    override: Text | None = None


Answer = Literal["Y", "PY", "PN", "N", "NI", "NA"]
QuestionNumber = Annotated[
    str, Field(pattern=r"^[1-9]\.[0-9]{1,2}$", description="the number of a tool's question", examples=["1.2"])
]


class RiskOfBias(Record):
    """A person's judgement of one or more results with a named tool.

    Attributes
    ----------
    answers : dict
        Answers to the tool's questions, by number. The level each domain's rule proposes is computed from them.
    effect : {"assignment", "adherence"} or None
        Of which effect the result is judged, where the tool asks.
    tool, tool_version : str
        The tool and its version.
    results : tuple of str
        Ids of the results that are judged.
    domains : dict of str to DomainJudgement
        The judgement of each domain, by the domain's key.
    overall : DomainJudgement
        The judgement of the whole.
    by, on : str
        Who judged, and when.
    """

    tool: Slug
    tool_version: Text
    results: tuple[Slug, ...]
    effect: Literal["assignment", "adherence"] | None = None
    answers: dict[QuestionNumber, Answer] = Field(default_factory=dict)
    domains: dict[str, DomainJudgement]
    overall: DomainJudgement
    by: Text
    on: Date


class Remark(Record):
    """What somebody else has said about how the study was done.

    Attributes
    ----------
    source : str
        Who says so, and where.
    statement : str
        What they say, in our words.
    """

    source: Text
    statement: Text


class Decision(Record):
    """What was decided about a retracted study, by whom and why.

    Attributes
    ----------
    use : {"keep", "exclude"}
        Whether its results still count. If they do, results without it are shown too.
    reason : str
        Why.
    by, on : str
        Who decided, and when.
    """

    use: Literal["keep", "exclude"]
    reason: Text
    by: Text
    on: FullDate


class Concern(Record):
    """A concern about a study's integrity, worded as what is alleged and by whom.

    Attributes
    ----------
    kind : str
        What the concern is about.
    statement : str
        What is alleged, and by whom.
    on : str or None
        When it was raised.
    where : Where
        Where it was read.
    decision : Decision or None
        What was decided about it; a retraction needs one before an edition is issued.
    """

    kind: Literal["integrity", "retraction", "correction"]
    statement: Text
    on: Date | None = None
    where: Where
    decision: Decision | None = None


class Membership(Record):
    """Whether a review or guideline included the study.

    Attributes
    ----------
    status : str
        Whether it was included, and how sure that is.
    note : str or None
        How that is known.
    """

    status: Literal["yes", "no", "likely", "candidate", "recalled", "not-confirmed", "not-checked"]
    note: Text | None = None


class Study(Record):
    """One study, one file; the file is named after the id (first author and year).

    ``family`` is shared by records that report on the same people, so that nobody is counted twice; ``family_note``
    says so where that is probable and not certain.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    id : str
        First author and year, in small letters: ``manning2012``. The file has the same name.
    design : str
        Key in the vocabulary's designs; questions take some designs only.
    design_as_described : str
        The design in the paper's own words.
    countries : tuple of str
        Where people took part: two capital letters of ISO 3166, such as ``GB``.
    setting : str
        Where people were recruited and seen: ward, clinic, prison, the web.
    population : str
        Who took part, in the paper's words.
    substances : tuple of str
        Keys in the vocabulary's substances.
    year : int
        Year of the main report.
    registration : str or None
        Number in a register of trials.
    family : str or None
        A name shared by all records about the same people, so that nobody is counted twice.
    family_note : str or None
        Why the records are taken to be about the same people.
    participants : Participants or None
        How many people took part.
    followup_months : tuple of float
        Months from baseline at which people were followed up.
    reports : tuple of Report
        Publications about the study; the first, ``main``, is cited for it.
    related_reports : tuple of RelatedReport
        Other publications about the same people.
    arms : tuple of Arm
        The compared groups to which people were assigned, or which they chose.
    groups : tuple of Group
        Other sets of people in the results, such as those who attended.
    results : tuple of Result
        One outcome at one time each, as printed.
    risk_of_bias : tuple of RiskOfBias
        Judgements of results with a named tool.
    remarks : tuple of Remark
        What others have said about how the study was done.
    concerns : tuple of Concern
        Concerns about its integrity.
    included_in : dict of str to Membership
        Reviews and guidelines, by the vocabulary's keys, and whether they included the study.
    to_fetch : tuple of str
        What could not be found and should be looked for.
    read : bool
        Whether at least an abstract was read; false for a study known from others' accounts.
    known : str or None
        How the study is known, in words, where it was not read.
    extraction : Extraction or None
        Who took the numbers from the reports; without a second person, or without this field, it was one.
    added : str
        When the record was made.
    demonstration : bool
        Whether the record is made up to show how things work. Everything made with it says so, wherever it is shown,
        and no edition can be issued from it.
    notes : str or None
        Anything else a reader should know.
    """

    schema_version: SchemaVersion
    id: Slug
    design: Slug
    design_as_described: Text
    countries: tuple[Country, ...]
    setting: Text
    population: Text
    substances: tuple[Slug, ...]
    year: Year
    registration: Text | None = None
    family: Slug | None = None
    family_note: Text | None = None
    participants: Participants | None = None
    followup_months: tuple[Months, ...] = ()
    reports: tuple[Report, ...] = Field(min_length=1)
    related_reports: tuple[RelatedReport, ...] = ()
    arms: tuple[Arm, ...] = ()
    groups: tuple[Group, ...] = ()
    results: tuple[Result, ...] = ()
    risk_of_bias: tuple[RiskOfBias, ...] = ()
    remarks: tuple[Remark, ...] = ()
    concerns: tuple[Concern, ...] = ()
    included_in: dict[Slug, Membership] = Field(default_factory=dict)
    to_fetch: tuple[Text, ...] = ()
    read: Flag
    known: Text | None = None
    extraction: Extraction | None = None
    added: Date
    demonstration: Flag = False
    notes: Text | None = None

    @property
    def retraction(self) -> Decision | None:
        """What was decided about its retraction; None where it is not known to be retracted, or nothing was decided."""
        decided = (item.decision for item in self.concerns if item.kind == "retraction" and item.decision is not None)
        return next(decided, None)

    @property
    def label(self) -> str:
        """How the study is named in print: first author (or group) and year, and whether it is made up."""
        author = self.reports[0].author
        name = (author[0].family or author[0].literal) if author else self.id
        return f"{name} {self.year}{' (demonstration)' if self.demonstration else ''}"

    def arm(self, arm_id: str) -> Arm | None:
        """The arm with this id."""
        return next((arm for arm in self.arms if arm.id == arm_id), None)
