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
from synthesis.evidence.scalars import refuse
from synthesis.formatting import shortest


class Report(Reference):
    """One publication about the study. The first one, ``main``, is cited for it."""

    id: Slug


class RelatedReport(Record):
    """A publication about the same people that has no entry of its own in ``reports``, as far as it is known."""

    citation: Text
    study: Slug | None = None
    doi: Doi | None = None


class Participants(Record):
    """How many people took part, and how that is known."""

    value: Count
    known: Known = "read"
    note: Text | None = None


class Arm(Record):
    """A compared group to which people were assigned, or which they chose (see the study's design).

    ``n_randomised`` is the number assigned to the arm, or who chose it where nobody was randomised; ``n_in_group`` is
    the size of a group formed afterwards, for example by sessions attended.
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
    """

    id: Slug
    label: Text
    combines: tuple[Slug, ...] = ()
    note: Text | None = None


class _Printed(Record):
    """What all forms share: ``known`` overrides the result's own; ``where`` if this part was read elsewhere."""

    known: Known | None = None
    where: Where | None = None
    note: Text | None = None


class CountCell(Record):
    """Events among ``n`` people; ``known`` where this cell is known otherwise than the rest of its item."""

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
    """

    percent: Percentage
    n: Count | None = None
    known: Known | None = None
    note: Text | None = None


class MeanCell(Record):
    mean: Number
    sd: NotNegative | None = None
    se: NotNegative | None = None
    n: Count | None = None
    baseline_mean: Number | None = None
    known: Known | None = None
    note: Text | None = None


class Counts(_Printed):
    form: Literal["counts"]
    arms: dict[Slug, CountCell] = Field(min_length=1)


class Percents(_Printed):
    form: Literal["percent"]
    arms: dict[Slug, PercentCell] = Field(min_length=1)


class Means(_Printed):
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
    form: Literal["correlation"]
    arms: dict[Slug, Coefficient] = Field(default_factory=dict)
    estimate: Coefficient | None = None
    p: PValue | None = None


class BeforeAfter(_Printed):
    """Means of one group before and after, with no comparison."""

    form: Literal["before-after"]
    group: Slug | None = None
    baseline: Number
    followup: Number
    p: PValue | None = None


class Test(_Printed):
    """A p value (or a statement about it) without an estimate; read together with other printed forms."""

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
    """

    form: Literal["narrative"]
    finding: Text
    stated: Stated | None = None


Printed = Annotated[
    Counts | Percents | Means | Contrast | Correlation | BeforeAfter | Test | Narrative, Field(discriminator="form")
]


class WorkedOut(Record):
    """Counts or means that are not printed but follow from what is, by reasoning that code does not repeat."""

    how: Text
    known: Known = "derived"
    data: Annotated[Counts | Means | Contrast, Field(discriminator="form")]


class Check(Record):
    """The extractor's own arithmetic. `synthesis check` does it again and reports a difference.

    ``estimate`` and ``se`` are on the analysis scale (log for ratios). ``route`` names the printed numbers used.
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
    """A level with its reason; ``override`` says why it is not the level that the tool's rule proposes."""

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
    """What somebody else has said about how the study was done."""

    source: Text
    statement: Text


class Concern(Record):
    """A concern about a study's integrity, worded as what is alleged and by whom."""

    kind: Literal["integrity", "retraction", "correction"]
    statement: Text
    on: Date | None = None
    where: Where


class Membership(Record):
    """Whether a review or guideline included the study."""

    status: Literal["yes", "no", "likely", "candidate", "recalled", "not-confirmed", "not-checked"]
    note: Text | None = None


class Study(Record):
    """One study, one file; the file is named after the id (first author and year).

    ``family`` is shared by records that report on the same people, so that nobody is counted twice; ``family_note``
    says so where that is probable and not certain.
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
    added: Date
    notes: Text | None = None

    @property
    def label(self) -> str:
        """How the study is named in print: first author (or group) and year."""
        author = self.reports[0].author
        name = (author[0].family or author[0].literal) if author else self.id
        return f"{name} {self.year}"

    def arm(self, arm_id: str) -> Arm | None:
        """The arm with this id."""
        return next((arm for arm in self.arms if arm.id == arm_id), None)
