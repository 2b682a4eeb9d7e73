"""One question: who is compared with whom on what (PICO), which results answer it, and how they are analysed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from synthesis.evidence.base import (
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
from synthesis.evidence.judgement import CertaintyJudgement
from synthesis.evidence.scalars import whole


class Side(Record):
    """One side of the comparison, by arm category; a category stands for everything the vocabulary puts under it."""

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
    """An exception to the selection rule, with its reason."""

    study: Slug
    result: Slug | None = None
    reason: Text


class Variant(Record):
    """A sensitivity analysis: what differs from the plan or the rule, and why it is worth looking at."""

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
    """Another way of making one choice of the plan or the rule."""

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
    """

    id: Slug
    label: Text
    status: Literal["equivalent", "not-equivalent", "uncertain"]
    why: Text
    alternatives: tuple[Alternative, ...] = Field(min_length=1)


class Thresholds(Record):
    """Sizes of effect on the absolute scale (people per 1,000) that separate trivial, small, moderate and large."""

    small: Positive
    moderate: Positive
    large: Positive
    why: Text


class BaselineRisk(Record):
    """The risk without the intervention, as a share, and where it is from."""

    value: Share
    source: Text
    study: Slug | None = None


class Question(Record):
    """One question, one file; the file is named after the id."""

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
    sensitivity: tuple[Variant, ...] = ()
    choices: tuple[Choice, ...] = ()
    thresholds: Thresholds | None = None
    baseline_risk: BaselineRisk | None = None
    certainty: CertaintyJudgement = CertaintyJudgement()
    compare_with: tuple[EstimateKey, ...] = ()
    added: Date
    notes: Text | None = None


class Vocabulary(Record):
    """The controlled words. A new word is a reviewed change of its own."""

    schema_version: SchemaVersion
    outcomes: dict[Slug, OutcomeWord]
    arm_categories: dict[Slug, CategoryWord]
    designs: dict[Slug, DesignWord]
    substances: dict[Slug, Word]
    topics: dict[Slug, Word]
    reviews: dict[Slug, Word]


class Word(Record):
    label: Text
    note: Text | None = None


class OutcomeWord(Word):
    """An outcome: ``direction`` says which way is good; ``mixed`` where several outcomes are reported as one."""

    direction: Literal["higher-better", "lower-better", "mixed"]
    domain: Slug


class CategoryWord(Word):
    """A kind of arm; ``broader`` is the category it belongs under."""

    broader: Slug | None = None


class DesignWord(Word):
    randomised: Flag


Vocabulary.model_rebuild()


class Briefing(Record):
    """A briefing: what it is called, who owns it, which questions and notebook it is made of."""

    schema_version: SchemaVersion
    id: Slug
    title: Text
    question: Text
    audience: Text
    owner: Text
    contact: Text | None = None
    language: Literal["en-GB"] = "en-GB"
    notebook: Text
    questions: tuple[Slug, ...] = Field(min_length=1)
    edition: Text
    date: FullDate
    review_months: Annotated[int, Field(ge=1, le=120), BeforeValidator(whole)]
    evidence_to: FullDate
    keywords: tuple[Text, ...] = ()
