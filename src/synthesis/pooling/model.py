"""What pooling returns. Everything is on the analysis scale unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from synthesis.document.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A fallback or a limit that travels with a result.

    ``code`` is a short stable name (``tau2-at-zero``, ``k-too-small``, ``not-converged``, ...); ``text`` says what was
    done and why, for a reader.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval. ``level`` is a share (0.95); ``method`` names how it was made."""

    low: float
    high: float
    level: float
    method: str

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2:
    """Between-study variance, squared analysis scale.

    ``method`` is a key of ``tau2.ESTIMATORS``, ``"fixed"``, or ``"none"`` with the common-effect model; ``converged``
    and ``iterations`` are True and 0 for closed forms; ``interval`` is the Q-profile interval, or None where k = 1 and
    with the common-effect model.
    """

    value: float
    method: str
    converged: bool = True
    iterations: int = 0
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test of "no effect". ``df`` is None for the normal distribution."""

    statistic: float
    df: float | None
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """How much the effects differ beyond chance.

    Attributes
    ----------
    q, df, p : float, int, float
        Cochran's Q with inverse-variance weights, its degrees of freedom and p value.
    i2 : float
        Share (0 to 1) of total variability due to heterogeneity, from tau2 (Higgins and Thompson 2002, via the
        typical sampling variance); for the common-effect model from Q.
    i2_q : float
        The same from Q alone, max(0, (Q - df) / Q).
    h2 : float
        tau2 / typical variance + 1; for the common-effect model Q / df.
    i2_interval, h2_interval : Interval or None
        From the Q-profile interval of tau2.
    """

    q: float
    df: int
    p: float
    i2: float
    i2_q: float
    h2: float
    i2_interval: Interval | None = None
    h2_interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pooled(Result):
    """A pooled effect on the analysis scale of ``measure``.

    Attributes
    ----------
    estimate, se : float
        Pooled effect and its standard error (after any interval-method adjustment).
    ci : Interval
        Confidence interval; ``ci.method`` names the branch that fired (``wald`` or ``hartung-knapp`` ...).
    prediction : Interval or None
        For the effect in a new study; None with a note where it is not given.
    test : Test
    tau2 : Tau2
    heterogeneity : Heterogeneity
    weights : tuple of float
        (k,) shares that sum to 1, in the order of the effects.
    model : {"common", "random"}
    measure : str
    k : int
        Number of effects.
    n : float or None
        Participants, if known for every study.
    notes : tuple of Note
        Every fallback.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:pooled"
    estimate: float
    se: float
    ci: Interval
    prediction: Interval | None
    test: Test
    tau2: Tau2
    heterogeneity: Heterogeneity
    weights: tuple[float, ...]
    model: Literal["common", "random"]
    measure: str
    k: int
    n: float | None
    notes: tuple[Note, ...] = ()
