"""What would change a conclusion: the smallest single new trial, and how many new trials without effect.

Every answer is found by pooling again with the new trial among the others, never from a formula: with random effects a
trial that differs from the rest also widens the interval.

Vocabulary
----------
conclusion : on which side of each threshold the confidence interval lies (below, across, above). No difference is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesis.effects.model import Floats
from synthesis.effects.rows import checked
from synthesis.errors import UsageError
from synthesis.pooling.batch import PooledMany, pool_many
from synthesis.pooling.pool import Model

# A trial has two groups of two people at the least.
SMALLEST = 4
# Steps of the first search; a trial one step smaller is tried too.
STEP = 1.1
# How many of the sizes within a tenth below the answer are tried before it is taken.
TRIED_BELOW = 25
# Larger than any trial in this field by a factor of about five.
LARGEST = 10_000
MOST_TRIALS = 100

# Variance of a trial with this effect and this many people, both on the analysis scale.
Variance = Callable[[float, int], float]
Sides = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the studies are pooled, as for ``pool``, and the thresholds (analysis scale) of the conclusion."""

    model: Model = "random"
    tau2: str | float = "REML"
    ci: str = "cochrane-2025"
    level: float = 0.95
    thresholds: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrial:
    """A trial that does not exist.

    Attributes
    ----------
    effect, vi : float
        Analysis scale.
    n : int
        People, both groups together.
    before, after : tuple of int
        The conclusion without and with it: for each threshold -1 if the interval lies below, 1 above, 0 across.
    tau2 : float
        The variance between studies that is estimated with it.
    """

    effect: float
    vi: float
    n: int
    before: Sides
    after: Sides
    tau2: float


def sides(low: float, high: float, thresholds: Iterable[float]) -> Sides:
    """On which side of each threshold an interval lies: -1 below, 0 across (ends count as across), 1 above."""
    return tuple(1 if low > point else -1 if high < point else 0 for point in thresholds)


def conclusion(yi: ArrayLike, vi: ArrayLike, rule: Rule) -> Sides:
    """The conclusion from these studies.

    Parameters
    ----------
    yi, vi : (k,) array
        Analysis scale, k >= 1.
    rule : Rule
    """
    return _conclusions(*checked(yi, vi), rule)[0]


def smallest_trial(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    variance: Variance,
    effects: Sequence[float],
    rule: Rule,
    largest: int = LARGEST,
) -> NewTrial | None:
    """The smallest trial that would change the conclusion, whichever of ``effects`` it finds.

    Parameters
    ----------
    yi, vi : (k,) array
        The studies there are, analysis scale.
    variance : callable
        From effect and number of people to sampling variance.
    effects : sequence of float
        What the new trial may find, analysis scale. Of two that need as many people the first counts.
    rule : Rule
    largest : int
        A trial of more people is not looked for.

    Returns
    -------
    NewTrial or None
        None if no trial of at most ``largest`` people would do.

    Raises
    ------
    UsageError
        If ``largest`` leaves nothing to search.
    """
    if largest < SMALLEST:
        raise UsageError(f"the largest trial is {largest}; it must hold at least {SMALLEST} people")
    y, v = checked(yi, vi)
    before = _conclusions(y, v, rule)[0]
    found: NewTrial | None = None
    for effect in effects:
        trial = _smallest(y, v, effect, variance, rule, before, largest if found is None else found.n - 2)
        found = trial or found
    return found


def _smallest(
    y: Floats, v: Floats, effect: float, variance: Variance, rule: Rule, before: Sides, largest: int
) -> NewTrial | None:
    """The smallest trial with one effect; sizes are even, so that both groups are as large."""
    sizes = _sizes(largest)
    while True:
        flipped = _first_flip(y, v, effect, variance, rule, before, sizes)
        if flipped is None:
            return None
        smaller, size = flipped
        while size - smaller > 2:
            middle = smaller + 2 * ((size - smaller) // 4)
            after = _with_trials(y, v, effect, [variance(effect, middle)], rule)[0]
            smaller, size = (smaller, middle) if after != before else (middle, size)
        # The conclusion need not follow size step by step: sizes a little below are tried before this one is taken.
        below = list(range(max(SMALLEST, 2 * int(0.45 * size)), size, 2 * max(1, size // (20 * TRIED_BELOW))))
        if _first_flip(y, v, effect, variance, rule, before, below) is None:
            vi = variance(effect, size)
            pooled = _pooled(np.append(y, effect), np.append(v, vi), rule)
            after, tau2 = _sides_of(pooled, rule)[0], float(pooled.tau2[0])
            return NewTrial(effect=effect, vi=vi, n=size, before=before, after=after, tau2=tau2)
        sizes = below


def _sizes(largest: int) -> list[int]:
    """Even sizes up to ``largest``, each about ``STEP`` times the one before."""
    found: list[int] = []
    size = float(SMALLEST)
    while size <= largest:
        even = 2 * round(size / 2)
        if (not found or even > found[-1]) and even <= largest:
            found.append(even)
        size = max(size * STEP, size + 1)
    last = largest - largest % 2
    return found if not found or found[-1] == last else [*found, last]


def _first_flip(
    y: Floats, v: Floats, effect: float, variance: Variance, rule: Rule, before: Sides, sizes: list[int]
) -> tuple[int, int] | None:
    """The first size that changes the conclusion, with the one before it (2 less than the first if there is none)."""
    if not sizes:
        return None
    after = _with_trials(y, v, effect, [variance(effect, size) for size in sizes], rule)
    for i, size in enumerate(sizes):
        if after[i] != before:
            return (sizes[i - 1] if i else size - 2), size
    return None


def trials_without_effect(
    yi: ArrayLike, vi: ArrayLike, *, null: float, rule: Rule, most: int = MOST_TRIALS
) -> int | None:
    """How many trials of median size that find no difference would change the conclusion.

    Parameters
    ----------
    yi, vi : (k,) array
        The studies there are, analysis scale.
    null : float
        No difference, analysis scale. A new trial has the median of ``vi``.
    rule : Rule
    most : int
        More trials are not looked for.

    Returns
    -------
    int or None
        None if as many as ``most`` would not.
    """
    y, v = checked(yi, vi)
    before = _conclusions(y, v, rule)[0]
    k = len(y)
    rows_y = np.concatenate([y, np.full(most, null)])
    rows_v = np.concatenate([v, np.full(most, float(np.median(v)))])
    include = np.arange(k + most)[None, :] < k + np.arange(1, most + 1)[:, None]
    pooled = _pooled(rows_y, rows_v, rule, include)
    for count, after in enumerate(_sides_of(pooled, rule), start=1):
        if after != before:
            return count
    return None


def _with_trials(y: Floats, v: Floats, effect: float, variances: list[float], rule: Rule) -> list[Sides]:
    """The conclusion with each of several trials in turn."""
    count = len(variances)
    rows_y = np.column_stack([np.tile(y, (count, 1)), np.full(count, effect)])
    rows_v = np.column_stack([np.tile(v, (count, 1)), np.array(variances)])
    return _conclusions(rows_y, rows_v, rule)


def _conclusions(y: Floats, v: Floats, rule: Rule) -> list[Sides]:
    return _sides_of(_pooled(y, v, rule), rule)


def _pooled(y: Floats, v: Floats, rule: Rule, include: NDArray[np.bool_] | None = None) -> PooledMany:
    return pool_many(y, v, include=include, model=rule.model, tau2=rule.tau2, ci=rule.ci, level=rule.level)


def _sides_of(pooled: PooledMany, rule: Rule) -> list[Sides]:
    limits = zip(pooled.ci_low.tolist(), pooled.ci_high.tolist(), strict=True)
    return [sides(low, high, rule.thresholds) for low, high in limits]
