"""The narrow waist: one frozen ``Analysis`` per question, saved as JSON, from which every word and picture is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import TypeAdapter

from synthesis.analysis.json_numbers import spelt_out
from synthesis.diagnostics.cumulative import Accumulation
from synthesis.diagnostics.leave_one_out import Omission
from synthesis.document.results import Result
from synthesis.effects.model import Effects
from synthesis.errors import UnknownKeyError
from synthesis.evidence.judgement import DomainKey
from synthesis.pooling.model import Note, Pooled

GoodDirection = Literal["higher-better", "lower-better", "mixed"]
ModelKey = Literal["common", "DL", "plan"]
Way = Literal["better", "worse", "mixed", "unclear", "not-stated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """One study's result as a direction, for synthesis without meta-analysis (SWiM).

    Attributes
    ----------
    direction : {"better", "worse", "mixed", "unclear", "not-stated"}
        Which way the estimate points for the people concerned, whatever its precision; what the source states in
        words where there is no estimate. ``unclear`` is no clear difference: the source says so (which counts before
        an estimate), or its estimate lies at no difference. ``mixed`` is that parts of the result point different
        ways. ``not-stated`` where the source gives neither estimate nor direction.
    outcome, outcome_key : str
        The result's name, and its outcome in the vocabulary.
    printed : str
        The result as the source prints it, for example ``"OR 3.7 (p 0.018)"``.
    ratio : float or None
        The printed estimate if it is a ratio, for the range.
    adjusted : bool or None
        Whether the printed estimate is adjusted for other differences, if stated.
    """

    study: str
    result: str
    label: str
    design: str
    n: float | None
    timepoint_months: float | None
    outcome: str
    outcome_key: str
    direction: Way
    printed: str
    measure: str
    ratio: float | None
    adjusted: bool | None
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PerThousand:
    """An effect as people per 1,000, at one baseline risk.

    Attributes
    ----------
    baseline_risk : float
        Share (0 to 1) with the outcome in the comparator group; ``baseline_source`` says where it is from.
    baseline, intervention : float
        People per 1,000 with the outcome, without and with the intervention.
    difference, low, high : float
        More (positive) or fewer (negative) people per 1,000, with the confidence limits carried through.
    """

    baseline_risk: float
    baseline_source: str
    baseline: float
    intervention: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baselines:
    """An effect as people per 1,000 over the baseline risks that were studied.

    Attributes
    ----------
    low, high : float
        Smallest and largest share (0 to 1) with the outcome in the comparator groups of the studies pooled, rounded
        outwards to whole percents.
    at : tuple of PerThousand
        Five baselines, in order: the ends of that range, the question's own, and others between the ends. Fewer where
        the range is too narrow for five.
    """

    low: float
    high: float
    at: tuple[PerThousand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A result that a source published, as people per 1,000 at the question's baseline risk.

    Attributes
    ----------
    source, estimate : str
        Ids of the source and of the estimate in its record.
    read : bool
        False if it is recalled.
    """

    source: str
    estimate: str
    per_thousand: PerThousand
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalBranch:
    """A line of the rule that picks the confidence interval: it fits k effects and, if so said, tau2 above 0."""

    interval: str
    smallest_k: int
    needs_tau2: bool
    t_based: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repooling:
    """How a pooled result is computed, with every number that a computation from fewer studies needs.

    Attributes
    ----------
    model, tau2 : str
        As for ``pool``.
    branches : tuple of IntervalBranch
        Tried in order; the last one always fits.
    normal : float
        Two-sided critical value of the normal distribution at ``level``.
    t, chi2_medians : tuple of float
        Critical values of the t distribution, and medians of the chi-squared distribution where ``tau2`` needs them,
        for 1, 2, ... k - 1 degrees of freedom.
    prediction_from_k : int
        Fewest effects for which a prediction interval is given.
    """

    model: Literal["common", "random"]
    tau2: str
    level: float
    branches: tuple[IntervalBranch, ...]
    normal: float
    t: tuple[float, ...]
    chi2_medians: tuple[float, ...] = ()
    prediction_from_k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """A sensitivity analysis: the same question with one stated change."""

    id: str
    label: str
    why: str
    effects: Effects
    models: dict[ModelKey, Pooled]
    notes: tuple[Note, ...] = ()
    repooling: dict[ModelKey, Repooling] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainCertainty:
    """One domain of GRADE: the facts now, and what people made of them.

    Attributes
    ----------
    domain, label : str
    facts : dict of str to str
        As printed.
    change : int or None
        Levels down (negative) or up; None if nobody has judged the domain.
    stale : bool
        Whether the facts are others than those that were judged.
    """

    domain: DomainKey
    label: str
    facts: dict[str, str]
    change: int | None = None
    reason: str = ""
    by: str | None = None
    on: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How sure we are.

    Attributes
    ----------
    status : {"not-yet-judged", "judged", "no-evidence"}
    level : str or None
        None until somebody has judged it, and where there is nothing to judge.
    start : {"high", "low"} or None
    start_reason, reason : str
        Why it starts there; what was looked for where there is no evidence.
    domains : tuple of DomainCertainty
        Every domain, judged or not; empty where there is no evidence.
    size : {"trivial", "small", "moderate", "large"} or None
        Of the effect at the question's baseline risk, by the question's thresholds.
    thresholds : str
        Those thresholds in words, with why they are where they are; "" without them.
    """

    status: Literal["not-yet-judged", "judged", "no-evidence"]
    level: Literal["high", "moderate", "low", "very-low"] | None = None
    start: Literal["high", "low"] | None = None
    start_reason: str = ""
    reason: str = ""
    domains: tuple[DomainCertainty, ...] = ()
    size: Literal["trivial", "small", "moderate", "large"] | None = None
    thresholds: str = ""
    by: str | None = None
    on: str | None = None

    @property
    def word(self) -> str:
        """The level as it is printed; "not yet judged" or "no evidence" where there is none."""
        word = {"not-yet-judged": "not yet judged", "no-evidence": "no evidence"}.get(self.status)
        return word or (self.level or "").replace("-", " ")

    @property
    def stale(self) -> tuple[str, ...]:
        """Labels of the domains whose facts have changed since they were judged."""
        return tuple(item.label for item in self.domains if item.stale)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededTrial:
    """A new trial that would change the conclusion.

    Attributes
    ----------
    finds : str
        What it finds: ``"any"``, ``"as pooled"``, ``"no difference"`` or ``"the opposite"``.
    effect, vi : float
        Analysis scale.
    n : int
        People in two groups of one size.
    side : {-1, 0, 1}
        Where the interval then lies: below no difference, across it, above it.
    tau2 : float
        The variance between studies that is then estimated.
    """

    finds: str
    effect: float
    vi: float
    n: int
    side: int
    tau2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatWouldChange:
    """What would move the conclusion to another side of no difference.

    Attributes
    ----------
    side : {-1, 0, 1}
        Where the interval lies now: below no difference, across it, above it.
    smallest : NeededTrial or None
        The smallest trial with any effect that the studies make plausible; None if ``largest`` people would not do.
    named : dict
        The smallest trial that finds what is pooled now, no difference, or the opposite; None likewise.
    trials_without_effect : int or None
        Trials of median size that find no difference; None if ``most_trials`` would not do.
    """

    side: int
    smallest: NeededTrial | None
    named: dict[str, NeededTrial | None]
    trials_without_effect: int | None
    largest: int
    most_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One way of carrying out the analysis.

    Attributes
    ----------
    options : dict of str to str
        Choice to the alternative taken; choices made as planned are not in it.
    k : int
    measure : str
    estimate, low, high : float or None
        Analysis scale; None where no study is left.
    side : {-1, 0, 1} or None
        Where the interval lies: below no difference, across it, above it; None where there is none.
    """

    options: dict[str, str]
    k: int
    measure: str
    estimate: float | None
    low: float | None
    high: float | None
    side: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """Whether the conclusion hangs on choices that could as well have been made otherwise.

    Attributes
    ----------
    side : int
        Where the interval of the plan lies.
    labels : dict of str to str
        Choices, and alternatives as ``choice/alternative``, in print.
    statuses : dict of str to str
        Choice to its status.
    equivalent : tuple of Specification
        Every combination of equivalent choices, the plan first.
    alone : tuple of Specification
        Every alternative that is not equivalent, or may not be, with everything else as planned.
    """

    side: int
    labels: dict[str, str]
    statuses: dict[str, str]
    equivalent: tuple[Specification, ...]
    alone: tuple[Specification, ...]

    @property
    def agree(self) -> tuple[Specification, ...]:
        """The equivalent analyses whose interval lies where the plan's does."""
        return tuple(item for item in self.equivalent if item.side == self.side)

    @property
    def differ(self) -> tuple[Specification, ...]:
        """The equivalent analyses whose interval lies elsewhere, or that have no study left."""
        return tuple(item for item in self.equivalent if item.side != self.side)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Analysis(Result):
    """Everything known about one question.

    Attributes
    ----------
    question, title, text, population, intervention, comparator, outcome : str
        Id, short title, the question in words, and its PICO in words.
    good_direction : GoodDirection
        Which way the outcome is good.
    synthesis : {"meta-analysis", "effect-direction"}
    measure : str
        Key of the effect measure; estimates are on its analysis scale.
    plan : dict of str to str
        Every choice, in words, for the methods annex.
    effects : Effects
        The rows pooled (empty for ``effect-direction``), and what was left out.
    models : dict
        ``common``, ``DL`` (DerSimonian-Laird, Wald) and ``plan`` (what the plan asks for). Empty if nothing could be
        pooled.
    leave_one_out : tuple of Omission
        The plan's model without each study in turn.
    cumulative : tuple of Accumulation
        The plan's model as studies came in, by year of publication.
    directions : tuple of Direction
        One per result, for ``effect-direction``.
    variants : tuple of VariantResult
    per_thousand : PerThousand or None
    baselines : Baselines or None
        The same over the baseline risks that were studied.
    published : tuple of Published
        The published estimates it is compared with, where they are of risks and there is a baseline risk.
    repooling : dict
        How each of ``models`` is computed.
    certainty : Certainty
    what_would_change : WhatWouldChange or None
    robustness : Robustness or None
        None where nothing was pooled or no choices are declared.
    concerns : tuple of (str, str)
        Study id and the recorded concern, for every study in the analysis or its variants that carries one.
    notes : tuple of Note
    design_labels : dict of str to str
        What each design is called in print, by its key.
    evidence_hash : str
        Content hash of the evidence it was computed from.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.described:analysis"
    question: str
    title: str
    text: str
    population: str
    intervention: str
    comparator: str
    outcome: str
    good_direction: GoodDirection
    synthesis: Literal["meta-analysis", "effect-direction"]
    measure: str
    plan: dict[str, str]
    effects: Effects
    models: dict[ModelKey, Pooled]
    leave_one_out: tuple[Omission, ...] = ()
    cumulative: tuple[Accumulation, ...] = ()
    directions: tuple[Direction, ...] = ()
    variants: tuple[VariantResult, ...] = ()
    per_thousand: PerThousand | None = None
    baselines: Baselines | None = None
    published: tuple[Published, ...] = ()
    repooling: dict[ModelKey, Repooling] = field(default_factory=dict)
    certainty: Certainty
    what_would_change: WhatWouldChange | None = None
    robustness: Robustness | None = None
    concerns: tuple[tuple[str, str], ...] = ()
    compare_with: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    design_labels: dict[str, str] = field(default_factory=dict)
    evidence_hash: str = ""

    @property
    def pooled(self) -> Pooled | None:
        """The plan's own result; None where nothing was pooled."""
        return self.models.get("plan")

    def variant(self, variant_id: str) -> VariantResult:
        """The sensitivity analysis with this id.

        Raises
        ------
        UnknownKeyError
            Naming the ids there are.
        """
        for item in self.variants:
            if item.id == variant_id:
                return item
        raise UnknownKeyError("sensitivity analysis", variant_id, [item.id for item in self.variants])

    def to_dict(self) -> dict[str, Any]:
        """The analysis as plain JSON data; ``from_dict`` gives an equal one back.

        Infinite numbers stand as the word "Infinity", which every JSON reader takes.
        """
        data: dict[str, Any] = spelt_out(_adapter().dump_python(self, mode="json"))
        return data

    @classmethod
    def from_dict(cls, data: object) -> Analysis:
        """The analysis that ``to_dict`` turned into ``data``.

        Raises
        ------
        pydantic.ValidationError
            If ``data`` is not an analysis.
        """
        analysis: Analysis = _adapter().validate_python(data)
        return analysis


@cache
def _adapter() -> TypeAdapter[Analysis]:
    return TypeAdapter(Analysis)
