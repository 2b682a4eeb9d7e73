"""What the effects layer hands on: one row per study, and what was left out.

Vocabulary
----------
analysis scale : the scale on which effects are pooled; the log scale for ratios.
natural scale : the scale on which they are read, for example an odds ratio.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from synthesis.document.results import Result
from synthesis.effects.distributions import critical_value

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One conversion on the way from what was printed to yi and vi.

    Attributes
    ----------
    code : str
        Key in ``conversions.STEPS``.
    text : str
        The step with its numbers filled in, for example ``"events = round(51% x 164) = 84"``.
    source : str
        Where the method is described: paper and equation, or handbook section.
    """

    code: str
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One side of a comparison as it entered the calculation; what is not known is None.

    ``events`` and ``n`` are counts of people; ``mean`` and ``sd`` are on the outcome's own scale. Several arms may
    have been merged into one side (``arms`` names them).
    """

    label: str
    arms: tuple[str, ...] = ()
    events: float | None = None
    n: float | None = None
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """yi and vi of one comparison, with the steps that led there.

    Attributes
    ----------
    yi, vi : float
        Effect and its sampling variance on the analysis scale of ``measure``.
    measure : str
        Key in ``measures.MEASURES``.
    intervention, comparator : Group or None
        The two sides, where they are known; a published contrast may have none.
    steps : tuple of Step
        In the order taken; empty when yi and vi follow from the printed numbers by the measure's formula alone.
    """

    yi: float
    vi: float
    measure: str
    intervention: Group | None = None
    comparator: Group | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One study in one analysis.

    Attributes
    ----------
    study, result : str
        Ids of the record and of the result in it.
    label : str
        How the study is named in print, for example ``"Manning 2012"``.
    yi, vi : float
        On the analysis scale.
    n : float or None
        Participants in the two sides together, if known.
    route : str
        Which printed numbers were used: ``counts``, ``percent``, ``means``, ``contrast``, ``percent-and-p``, ...
    read : bool
        Whether every number used was read in a source; False if any was recalled.
    design : str
        Key of the design in the vocabulary.
    timepoint_months : float or None
        Months from baseline.
    intervention, comparator : Group or None
        What was compared, with counts or means where known.
    steps : tuple of Step
        Every conversion.
    notes : tuple of str
        Anything a reader of this row should know (arms not used, arm sizes inferred, ...).
    remark : str
        What the extractor noted about using this result; for the audit table.
    """

    study: str
    result: str
    label: str
    yi: float
    vi: float
    n: float | None
    route: str
    read: bool
    design: str
    timepoint_months: float | None
    intervention: Group | None
    comparator: Group | None
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    remark: str = ""

    @property
    def sei(self) -> float:
        """Standard error on the analysis scale."""
        return float(np.sqrt(self.vi))

    def wald(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence limits of this study alone, normal distribution, analysis scale."""
        half = critical_value(level) * self.sei
        return self.yi - half, self.yi + half


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A study, or one of its results, that a question's rule reached but that is not in the analysis.

    ``code`` is a short stable name of the reason, ``reason`` says it in words.
    """

    study: str
    result: str
    label: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Effects(Result):
    """The effects of one analysis: ``k`` rows on the analysis scale of one measure, and what was left out."""

    shown_by: ClassVar[str] = "synthesis.effects.described:effects"
    measure: str
    rows: tuple[EffectRow, ...]
    excluded: tuple[Excluded, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[EffectRow]:
        return iter(self.rows)

    @property
    def yi(self) -> Floats:
        """(k,) effects, analysis scale; read-only."""
        return _readonly([row.yi for row in self.rows])

    @property
    def vi(self) -> Floats:
        """(k,) sampling variances, analysis scale squared; read-only."""
        return _readonly([row.vi for row in self.rows])

    @property
    def labels(self) -> tuple[str, ...]:
        """(k,) study labels."""
        return tuple(row.label for row in self.rows)


def _readonly(values: list[float]) -> Floats:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


Direction = Literal["favours-intervention", "favours-comparator", "no-clear-difference", "not-stated"]
