"""Permutation tests: how often chance alone, acting on the studies at hand, gives a test statistic as extreme.

Without moderators the signs of the effects are flipped; with moderators their rows are rearranged among the studies.
Each time the whole model is fitted again, tau2 included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesis.document.results import Result
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.batch import FACTORS, blocks
from synthesis.pooling.batch_sums import Stack
from synthesis.pooling.batch_tau2 import tau2_many
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.jobs import Chunk, Progress, chunks, run
from synthesis.pooling.pool import Model
from synthesis.pooling.regression import design
from synthesis.pooling.tau2 import ESTIMATORS

# Statistics this close count as equal: the same arrangement reached in another order differs by rounding.
_SAME = 1.5e-8


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PermutationTest(Result):
    """Permutation p values of a model.

    Attributes
    ----------
    names : tuple of str
        Coefficients, the intercept first if there is one; the pooled effect is called the intercept.
    statistics, p : tuple of float
        Observed z or t statistic of each, and the share of arrangements with one at least as extreme on either side.
    moderators_statistic, moderators_p : float or None
        The same for the test of all coefficients but the intercept; None without moderators.
    arrangements : int
        How many were used.
    exact : bool
        Whether these are all there are. If not, the observed one is counted among those drawn.
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:permutation"
    names: tuple[str, ...]
    statistics: tuple[float, ...]
    p: tuple[float, ...]
    moderators_statistic: float | None
    moderators_p: float | None
    arrangements: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What does not change from one arrangement to the next; ``rows`` and ``counts`` are the distinct design rows."""

    y: Floats
    v: Floats
    x: Floats
    rows: Floats
    counts: tuple[int, ...]
    intercept: bool
    tau2: str | float
    model: Model
    ci: str


def permutation_test(
    yi: ArrayLike,
    vi: ArrayLike,
    moderators: Mapping[str, ArrayLike] | None = None,
    *,
    intercept: bool = True,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "hartung-knapp",
    draws: int = 1000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PermutationTest:
    """Permutation test of the pooled effect or of moderators.

    Parameters
    ----------
    yi, vi, moderators, intercept, model, tau2, ci
        As for ``regress``.
    draws : int
        All arrangements if there are no more than this, else this many drawn at random.
    seed : int
        Of the random arrangements.
    executor, progress
        As for ``jobs.run``.

    Raises
    ------
    AnalysisError
        If there are too few effects, or the design is not of full rank.
    UsageError
        If an option is out of range.

    References
    ----------
    Follmann and Proschan 1999, Biometrics 55:732-737; Higgins and Thompson 2004, Statistics in Medicine 23:1663-1682.
    """
    _check(model, tau2, ci, draws)
    if not moderators and not intercept:
        raise UsageError("without moderators there must be an intercept to test")
    y, v, x, names = design(yi, vi, moderators or {}, intercept)
    rows, counts = np.unique(x, axis=0, return_counts=True)
    setting = _Setting(
        y=y, v=v, x=x, rows=rows, counts=tuple(int(count) for count in counts), intercept=intercept, tau2=tau2,
        model=model, ci=ci,
    )  # fmt: skip
    possible = _rearrangements(setting.counts) if moderators else 2 ** len(y)
    exact = possible <= draws
    total = possible if exact else draws
    observed = _statistics(_stack(setting, y[:, None], tuple(x[:, j, None] for j in range(x.shape[1]))), setting)[:, 0]
    task = partial(_extreme, setting=setting, observed=observed, exact=exact, flips=not moderators)
    work = chunks(total, len(y) * x.shape[1], seed=seed)
    extreme = np.sum(run(task, work, executor=executor, progress=progress), axis=0)
    p = extreme / total if exact else (extreme + 1) / (total + 1)
    return PermutationTest(
        names=names,
        statistics=tuple(observed[:-1].tolist()),
        p=tuple(p[:-1].tolist()),
        moderators_statistic=float(observed[-1]) if moderators else None,
        moderators_p=float(p[-1]) if moderators else None,
        arrangements=total if exact else total + 1,
        exact=exact,
    )


def _check(model: str, tau2: str | float, ci: str, draws: int) -> None:
    if isinstance(tau2, str):
        ESTIMATORS[tau2]
    elif not (math.isfinite(tau2) and tau2 >= 0):
        raise UsageError(f"tau2 is {tau2!r}; a fixed value must be finite and 0 or more")
    if model == "common" and not INTERVALS[ci].common:
        raise AnalysisError(f"the {INTERVALS[ci].label} interval needs model='random'; use ci='wald' or 't'")
    if draws < 1:
        raise UsageError(f"draws is {draws}; it must be 1 or more")


def _rearrangements(counts: tuple[int, ...]) -> int:
    return math.factorial(sum(counts)) // math.prod(math.factorial(count) for count in counts)


def _stack(setting: _Setting, y: Floats, columns: tuple[Floats, ...]) -> Stack:
    m = max(y.shape[1], *(column.shape[1] for column in columns))
    v = np.broadcast_to(setting.v[:, None], (len(setting.v), m))
    pooled = len(columns) == 1 and setting.intercept
    return Stack(y, v, () if pooled else columns)


def _statistics(stack: Stack, setting: _Setting) -> Floats:
    """(p + 1, m): z or t of each coefficient, and the joint statistic of all but the intercept."""
    if setting.model == "common" or not isinstance(setting.tau2, str):
        between = np.full(len(stack), 0.0 if isinstance(setting.tau2, str) else setting.tau2)
    else:
        between = tau2_many(setting.tau2, stack).value
    means = stack.fit(between)
    factor = np.maximum(FACTORS[setting.ci](means.q / stack.df), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = means.beta / np.sqrt(np.einsum("ijm,ijm->im", means.root, means.root) * factor)
        first = 1 if setting.intercept else 0
        loads = np.linalg.solve(
            np.moveaxis(means.root[first:, first:], 2, 0), np.moveaxis(means.beta[first:], 1, 0)[..., None]
        )
        joint = np.einsum("mji,mji->m", loads, loads) / factor
    tested = max(1, len(means.beta) - first) if INTERVALS[setting.ci].t_based else 1
    return np.vstack([each, joint / tested])


def _extreme(chunk: Chunk, *, setting: _Setting, observed: Floats, exact: bool, flips: bool) -> Floats:
    """(p + 1,) how many arrangements of the chunk are at least as extreme as the observed one."""
    count = np.zeros(len(observed))
    generator = chunk.generator()
    k, p = setting.x.shape
    for part in blocks(len(chunk), k * p):
        numbers = np.arange(chunk.start + part.start, chunk.start + part.stop)
        if flips:
            y = setting.y[:, None] * _signs(numbers, k, None if exact else generator)
            columns: tuple[Floats, ...] = (setting.x,)
        else:
            labels = _unranked(numbers, setting.counts) if exact else None
            order = None if exact else generator.permuted(np.tile(np.arange(k), (len(numbers), 1)), axis=1)
            x = setting.rows[labels] if labels is not None else setting.x[order]
            y, columns = setting.y[:, None], tuple(x[:, :, j].T for j in range(p))
        found = np.abs(_statistics(_stack(setting, y, columns), setting))
        count += np.sum(~(found < np.abs(observed)[:, None] - _SAME), axis=1)
    return count


def _signs(numbers: NDArray[np.int_], k: int, generator: np.random.Generator | None) -> Floats:
    """(k, m) of 1 and -1: the binary digits of ``numbers``, or drawn."""
    if generator is None:
        digits = numbers >> np.arange(k)[:, None] & 1
    else:
        digits = generator.integers(0, 2, (len(numbers), k)).T
    return np.where(digits == 1, -1.0, 1.0)


def _unranked(numbers: NDArray[np.int_], counts: tuple[int, ...]) -> NDArray[np.int_]:
    """(m, k) distinct arrangements of ``counts[g]`` copies of each label ``g``, by their place in dictionary order."""
    k = sum(counts)
    left = np.tile(np.array(counts), (len(numbers), 1))
    total = np.full(len(numbers), _rearrangements(counts))
    rank = numbers.copy()
    labels = np.empty((len(numbers), k), dtype=int)
    everyone = np.arange(len(numbers))
    for position in range(k):
        # With label g here, the rest can be arranged in total * left[g] / (k - position) ways.
        ways = total[:, None] * left // (k - position)
        edges = np.cumsum(ways, axis=1)
        label = np.sum(rank[:, None] >= edges, axis=1)
        rank -= np.where(label > 0, edges[everyone, label - 1], 0)
        total = ways[everyone, label]
        left[everyone, label] -= 1
        labels[:, position] = label
    return labels
