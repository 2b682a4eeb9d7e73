"""Rank correlation test of funnel plot asymmetry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.distributions import two_sided_p
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import refuse_unusable
from synthesis.errors import AnalysisError
from synthesis.pooling.model import Note

# Counting all orders takes of the order of k cubed steps; beyond this the normal distribution is as good.
_MOST_EXACT = 300


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RankTest(Result):
    """Kendall's tau of standardized effects and variances: its value, its two-sided p value, and whether the p value
    is exact (no ties)."""

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:rank"
    tau: float
    p: float
    exact: bool
    k: int
    notes: tuple[Note, ...] = ()


def rank_test(effects: Effects) -> RankTest:
    """Begg and Mazumdar's test on the rows of ``effects``, at least 2.

    Raises
    ------
    AnalysisError
        If there are fewer than 2 effects, or all effects or all variances are equal.

    References
    ----------
    Begg and Mazumdar 1994, Biometrics 50:1088-1101.
    """
    k = len(effects)
    if k < 2:
        raise AnalysisError(f"a rank test needs at least 2 effects; found {k}")
    y, v = effects.yi, effects.vi
    refuse_unusable(y, v)
    weights = 1 / v
    centred = y - y[0]
    distance = centred - weights @ centred / weights.sum()
    # vi - 1 / sum(1/vi), without cancellation when one study has nearly all the weight.
    rest = np.array([np.delete(weights, index).sum() for index in range(k)])
    standardised = distance / np.sqrt(v * rest / weights.sum())
    if np.ptp(standardised) == 0 or np.ptp(v) == 0:
        raise AnalysisError("all effects, or all variances, are equal; there is nothing to rank")
    tau, p, exact = kendall(standardised, v)
    few = Note(code="few-studies", text=f"Only {k} studies: with fewer than 10 the test has too little power.")
    return RankTest(tau=tau, p=p, exact=exact, k=k, notes=(few,) if k < 10 else ())


def kendall(x: Floats, y: Floats) -> tuple[float, float, bool]:
    """Kendall's tau-b of two (k,) arrays, its two-sided p value, and whether that is exact."""
    k = len(x)
    score = float(sum(np.sum(np.sign(x[i] - x[:i]) * np.sign(y[i] - y[:i])) for i in range(1, k)))
    ties_x, ties_y = (np.unique(values, return_counts=True)[1] for values in (x, y))
    pairs = k * (k - 1) / 2
    pairs_x, pairs_y = (pairs - float(np.sum(ties * (ties - 1))) / 2 for ties in (ties_x, ties_y))
    tau = score / math.sqrt(pairs_x * pairs_y)
    exact = pairs_x == pairs_y == pairs and k <= _MOST_EXACT
    if exact:
        return tau, _exact_p(round((score + pairs) / 2), k), True
    return tau, two_sided_p(score / math.sqrt(_variance(k, ties_x, ties_y))), False


def _exact_p(concordant: int, k: int) -> float:
    """Two-sided p value of the number of concordant pairs when every order is equally likely."""
    chances = np.ones(1)
    for n in range(2, k + 1):
        chances = np.convolve(chances, np.full(n, 1 / n))
    upper = concordant > k * (k - 1) / 4
    tail = chances[concordant:] if upper else chances[: concordant + 1]
    return min(1.0, 2 * float(tail.sum()))


def _variance(k: int, ties_x: np.ndarray, ties_y: np.ndarray) -> float:
    """Variance of the score under independence, corrected for ties (Kendall 1970)."""

    def total(ties: np.ndarray, *factors: tuple[int, int]) -> float:
        return float(np.sum(np.prod([a * ties + b for a, b in factors], axis=0)))

    two, three, long = ((1, 0), (1, -1)), ((1, 0), (1, -1), (1, -2)), ((1, 0), (1, -1), (2, 5))
    plain = (k * (k - 1) * (2 * k + 5) - total(ties_x, *long) - total(ties_y, *long)) / 18
    pairs = total(ties_x, *two) * total(ties_y, *two) / (2 * k * (k - 1))
    triples = total(ties_x, *three) * total(ties_y, *three)
    return plain + pairs + (triples / (9 * k * (k - 1) * (k - 2)) if k > 2 else 0.0)
