"""One question: who is compared with whom on what (PICO), which results answer it, and how they are analysed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from synthesis.evidence.base import (
    Count,
    Date,
    EstimateKey,
    Flag,
    FullDate,
    MethodKey,
    Months,
    Positive,
    Record,
    SchemaVersion,
    Share,
    Slug,
    Text,
)
from synthesis.evidence.edition import EditionPlan, Issue, Retirement
from synthesis.evidence.judgement import CertaintyJudgement
from synthesis.evidence.scalars import whole


class Side(Record):
    """One side of the comparison, by arm category; a category stands for everything the vocabulary puts under it.

    Attributes
    ----------
    category : tuple of str
        Keys of arm categories; each stands for everything the vocabulary puts under it.
    label : str
        How the side is called in print.
    """

    category: tuple[Slug, ...] = Field(min_length=1)
    label: Text


class Plan(Record):
    """How the question is analysed. Set before results are seen; every choice is here and nowhere else.

    Attributes
    ----------
    synthesis : {"meta-analysis", "effect-direction"}
        ``effect-direction`` is synthesis without meta-analysis (SWiM): a table of directions and a range.
    measure : str
        Key of ``effects.measures.MEASURES``.
    model, tau2, profile : str
        ``profile`` names the rule that chooses interval and prediction interval.
    inputs : {"read", "any"}
        ``read`` keeps every recalled number out.
    prefer : tuple of str
        Routes from printed numbers to an effect, best first.
    timepoint : {"longest", "shortest"}
        Which result of a study counts when several lie in the window.
    multi_arm : {"combine", "first"}
        What happens to several arms on one side.
    zero_cells : str
        Key of ``effects.zero_cells.ZERO_CELLS``.
    level : float
        Coverage of intervals: 0.95 for 95%.
    """

    synthesis: Literal["meta-analysis", "effect-direction"] = "meta-analysis"
    measure: MethodKey = "OR"
    model: Literal["random", "common"] = "random"
    tau2: MethodKey = "REML"
    profile: Slug = "cochrane-2025"
    inputs: Literal["read", "any"] = "read"
    prefer: tuple[
        Literal["counts", "percent", "means", "contrast", "contrast-and-p", "percent-and-p", "means-and-p"], ...
    ] = (
        "counts",
        "percent",
        "means",
        "contrast",
        "contrast-and-p",
        "percent-and-p",
        "means-and-p",
    )
    timepoint: Literal["longest", "shortest"] = "longest"
    multi_arm: Literal["combine", "first"] = "combine"
    zero_cells: Slug = "only0"
    level: Share = 0.95


class Exclusion(Record):
    """An exception to the selection rule, with its reason.

    Attributes
    ----------
    study : str
        Id of the study.
    result : str or None
        Id of one result, if only that is left out.
    reason : str
        Why, for the reader of the table of exclusions.
    """

    study: Slug
    result: Slug | None = None
    reason: Text


class Variant(Record):
    """A sensitivity analysis: what differs from the plan or the rule, and why it is worth looking at.

    Attributes
    ----------
    id : str
        A short name; numbers of the briefing refer to it.
    label : str
        How it is called in print.
    plan : dict
        The fields of the plan that differ.
    designs, window_months, prefer : or None
        What replaces the question's own.
    why : str
        Why it is worth looking at.
    without, only : tuple of str
        Studies that are left out, or that alone are used.
    """

    id: Slug
    label: Text
    why: Text
    plan: dict[str, str] = Field(default_factory=dict)
    designs: tuple[Slug, ...] | None = None
    window_months: tuple[Months, Months] | None = None
    prefer: tuple[Text, ...] | None = None
    without: tuple[Slug, ...] = ()
    only: tuple[Slug, ...] = ()


class Alternative(Record):
    """Another way of making one choice of the plan or the rule.

    Attributes
    ----------
    id : str
        A short name; numbers of the briefing refer to it.
    label : str
        How it is called in print.
    plan : dict
        The fields of the plan that differ.
    designs, window_months, prefer : or None
        What replaces the question's own.
    without : tuple of str
        Studies that are left out.
    """

    id: Slug
    label: Text
    plan: dict[str, str] = Field(default_factory=dict)
    designs: tuple[Slug, ...] | None = None
    window_months: tuple[Months, Months] | None = None
    prefer: tuple[Text, ...] | None = None
    without: tuple[Slug, ...] = ()


class Choice(Record):
    """A choice of the analysis that could have been made otherwise.

    Attributes
    ----------
    status : {"equivalent", "not-equivalent", "uncertain"}
        Whether the alternatives answer the same question as well as the plan does. All combinations of equivalent
        ones are carried out; the others are carried out one at a time and count for nothing.
    why : str
        Why the status is what it is.
    id : str
        A short name.
    label : str
        How the choice is called in print.
    alternatives : tuple of Alternative
        The other ways of choosing.
    """

    id: Slug
    label: Text
    status: Literal["equivalent", "not-equivalent", "uncertain"]
    why: Text
    alternatives: tuple[Alternative, ...] = Field(min_length=1)


class Thresholds(Record):
    """Sizes of effect on the absolute scale (people per 1,000) that separate trivial, small, moderate and large.

    Attributes
    ----------
    small, moderate, large : float
        From how many more or fewer people per 1,000 an effect is called that.
    why : str
        Why these, and who set them when.
    """

    small: Positive
    moderate: Positive
    large: Positive
    why: Text


class BaselineRisk(Record):
    """The risk without the intervention, as a share, and where it is from.

    Attributes
    ----------
    value : float
        The risk as a share: 0.33 for 33%.
    source : str
        Where it is from, for print.
    study : str or None
        Id of the study it is from.
    """

    value: Share
    source: Text
    study: Slug | None = None


class Question(Record):
    """One question, one file; the file is named after the id.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    id : str
        The file has the same name.
    title : str
        A short title.
    question : str
        The question in words.
    population : str
        Whom it is about.
    intervention, comparator : Side
        What is compared with what.
    outcome : tuple of str
        Keys in the vocabulary's outcomes; where a study has several, the earlier one counts.
    outcome_label : str
        How the outcome is called in print.
    window_months : pair of float
        From how many to how many months after baseline a result counts.
    timepoint_unknown : str
        What happens to results whose time is not recorded.
    designs : tuple of str
        Keys of the designs it takes.
    plan : Plan
        How it is analysed.
    exclude : tuple of Exclusion
        Exceptions to the rule, with reasons.
    sensitivity : tuple of Variant
        Sensitivity analyses.
    choices : tuple of Choice
        Choices that could have been made otherwise, for the check of robustness.
    thresholds : Thresholds or None
        Sizes of effect that separate trivial, small, moderate and large.
    baseline_risk : BaselineRisk or None
        The risk at which effects are put as people per 1,000.
    certainty : CertaintyJudgement
        How sure we are, as judged; written by ``synthesis judge``.
    compare_with : tuple of str
        Published estimates shown beside the result, as source/estimate.
    added : str
        When the record was made.
    notes : str or None
        Anything else a reader should know.
    """

    schema_version: SchemaVersion
    id: Slug
    title: Text
    question: Text
    population: Text
    intervention: Side
    comparator: Side
    outcome: tuple[Slug, ...] = Field(min_length=1)
    outcome_label: Text
    window_months: tuple[Months, Months]
    timepoint_unknown: Literal["include", "exclude"] = "exclude"
    designs: tuple[Slug, ...] = Field(min_length=1)
    plan: Plan = Plan()
    exclude: tuple[Exclusion, ...] = ()
    baseline_risk: BaselineRisk | None = None
    thresholds: Thresholds | None = None
    choices: tuple[Choice, ...] = ()
    sensitivity: tuple[Variant, ...] = ()
    compare_with: tuple[EstimateKey, ...] = ()
    notes: Text | None = None
    added: Date
    certainty: CertaintyJudgement = CertaintyJudgement()


class Vocabulary(Record):
    """The controlled words. A new word is a reviewed change of its own.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    outcomes, arm_categories, designs, substances, topics, reviews : dict
        The words, by key.
    """

    schema_version: SchemaVersion
    outcomes: dict[Slug, OutcomeWord]
    arm_categories: dict[Slug, CategoryWord]
    designs: dict[Slug, DesignWord]
    substances: dict[Slug, Word]
    topics: dict[Slug, Word]
    reviews: dict[Slug, Word]


class Word(Record):
    """One controlled word.

    Attributes
    ----------
    label : str
        How it is called in print.
    note : str or None
        What it covers.
    """

    label: Text
    note: Text | None = None


class OutcomeWord(Word):
    """An outcome: ``direction`` says which way is good; ``mixed`` where several outcomes are reported as one.

    Attributes
    ----------
    direction : str
        Which way is good for the people concerned.
    domain : str
        The kind of outcome, for the map of evidence.
    """

    direction: Literal["higher-better", "lower-better", "mixed"]
    domain: Slug


class CategoryWord(Word):
    """A kind of arm; ``broader`` is the category it belongs under.

    Attributes
    ----------
    broader : str or None
        Key of the category it belongs under.
    """

    broader: Slug | None = None


class DesignWord(Word):
    """A design of studies.

    Attributes
    ----------
    randomised : bool
        Whether people were assigned at random.
    """

    randomised: Flag


Vocabulary.model_rebuild()


class Search(Record):
    """One search for evidence.

    Attributes
    ----------
    where : str
        The database, register or website.
    on : str
        When it was searched last.
    strategy : str
        What was asked, exactly as it was run.
    records : int
        How many records it gave.
    screened : int
        How many of them were looked at.
    """

    where: Text
    on: FullDate
    strategy: Text | None = None
    records: Count | None = None
    screened: Count | None = None


class Briefing(Record):
    """A briefing: what it is called, who owns it, which questions and notebook it is made of.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    id : str
        The folder has the same name.
    title, question : str
        As printed at the head of the briefing.
    audience : str
        For whom it is written.
    owner, contact : str
        Who answers for it, and how to reach them.
    language : str
        Language of the text.
    notebook : str
        Path of the notebook that is the document.
    annex : str
        Path of the notebook that is its annex, which holds what most readers need not read; none if left out.
    questions : tuple of str
        Ids of the questions it answers; an edition may answer none.
    edition : str
        Name of the edition.
    date, evidence_to : str
        When it is issued; until when evidence was looked for.
    review_months, review_notice_months : int
        After how many months the evidence is to be looked at again; how long before that it counts as due.
    triggers : tuple of str
        What would make it be looked at earlier, in plain words.
    retired : Retirement or None
        That it is no longer kept up, and why.
    editions : tuple of EditionPlan
        Editions that differ from this definition: by what evidence they are made from, for example.
    issue : Issue
        How the edition is issued; whoever issues it says so.
    keywords : tuple of str
        For the file's own description.
    searches : tuple of Search
        Searches for evidence, each with its date.
    registration, protocol : str
        Where the review is registered, and where its protocol can be read; or that it is not, and why.
    funding, interests : str
        Who paid for it; competing interests of those who answer for it.
    """

    schema_version: SchemaVersion
    id: Slug
    title: Text
    question: Text
    audience: Text
    owner: Text
    contact: Text | None = None
    language: Literal["en-GB"] = "en-GB"
    notebook: Text
    annex: Text | None = None
    questions: tuple[Slug, ...] = Field(min_length=1)
    edition: Slug
    date: FullDate
    review_months: Annotated[int, Field(ge=1, le=120), BeforeValidator(whole)]
    review_notice_months: Annotated[int, Field(ge=0, le=24), BeforeValidator(whole)] = 1
    triggers: tuple[Text, ...] = ()
    retired: Retirement | None = None
    editions: tuple[EditionPlan, ...] = ()
    issue: Issue = Issue()
    evidence_to: FullDate
    keywords: tuple[Text, ...] = ()
    searches: tuple[Search, ...] = ()
    registration: Text | None = None
    protocol: Text | None = None
    funding: Text | None = None
    interests: Text | None = None
