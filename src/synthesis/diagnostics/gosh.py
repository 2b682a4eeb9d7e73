"""Graphical display of study heterogeneity (GOSH): the pooled effect of every subset of the studies."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesis.document.results import Result
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import checked
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.batch import PooledMany, concatenated, pool_many
from synthesis.pooling.jobs import Chunk, Progress, chunks, run
from synthesis.pooling.pool import Model


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Gosh(Result):
    """Pooled effects of ``n`` subsets of ``k`` studies, analysis scale, as read-only arrays.

    Attributes
    ----------
    include : (n, k) array of bool
        Which studies are in which subset.
    estimate, tau2, q, i2, h2 : (n,) array of float
        As in ``Pooled`` and ``Heterogeneity``.
    size : (n,) array of int
        Number of studies in the subset.
    complete : bool
        Whether these are all subsets; otherwise they were drawn at random.
    model : {"common", "random"}
    method : str
        How tau2 was estimated: a key in ``ESTIMATORS``, ``"fixed"``, or ``"none"`` with a common effect.
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:gosh"
    include: NDArray[np.bool_]
    estimate: Floats
    tau2: Floats
    q: Floats
    i2: Floats
    h2: Floats
    size: NDArray[np.int_]
    complete: bool
    model: Model
    method: str

    def __len__(self) -> int:
        return len(self.estimate)

    def summary(self, study: int | None = None, *, holding: bool = True) -> SubsetSummary:
        """The middle and the spread of all subsets, or of those that hold (do not hold) the study at a place.

        There are none without the study if it is in every subset, and likewise; then ``n`` is 0 and the rest NaN.
        """
        chosen = np.ones(len(self), dtype=bool) if study is None else self.include[:, study] == holding
        if not chosen.any():
            return SubsetSummary(n=0, low=math.nan, median=math.nan, high=math.nan, i2=math.nan)
        low, median, high = (float(value) for value in np.quantile(self.estimate[chosen], (0.05, 0.5, 0.95)))
        i2 = float(np.median(self.i2[chosen]))
        return SubsetSummary(n=int(chosen.sum()), low=low, median=median, high=high, i2=i2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetSummary:
    """``n`` subsets: the median of their pooled effects, which 5 % lie below and above, and the median of I2."""

    n: int
    low: float
    median: float
    high: float
    i2: float


def gosh(
    effects: Effects,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    subsets: int = 100_000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Gosh:
    """Pool every subset of the rows of ``effects``, or many drawn at random; see ``gosh_arrays``."""
    return gosh_arrays(
        effects.yi,
        effects.vi,
        model=model,
        tau2=tau2,
        subsets=subsets,
        seed=seed,
        executor=executor,
        progress=progress,
    )


def gosh_arrays(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    subsets: int = 100_000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Gosh:
    """Pool every subset of the studies, or many drawn at random.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale, k >= 2.
    model, tau2
        As for ``pool``.
    subsets : int
        All subsets but the empty one if there are no more than this, in the order of a binary counter with the first
        study as its fastest bit; else this many, each study in with probability one half, the empty one never.
    seed : int
        Of the random subsets.
    executor, progress
        As for ``jobs.run``.

    Raises
    ------
    AnalysisError
        If there are fewer than two effects.
    UsageError
        If ``subsets`` is below 1.

    References
    ----------
    Olkin, Dahabreh and Trikalinos 2012, Research Synthesis Methods 3:214-223.
    """
    y, v = checked(yi, vi)
    k = len(y)
    if k < 2:
        raise AnalysisError("subsets need at least 2 effects; found 1")
    if subsets < 1:
        raise UsageError(f"subsets is {subsets}; it must be 1 or more")
    # Python integers have no upper limit, so this holds for any k.
    complete = 2**k - 1 <= subsets
    n = 2**k - 1 if complete else subsets
    task = partial(_pooled, y=y, v=v, model=model, tau2=tau2, complete=complete)
    parts = run(task, chunks(n, k, seed=seed), executor=executor, progress=progress)
    include = np.concatenate([part[0] for part in parts])
    include.flags.writeable = False
    found = concatenated([part[1] for part in parts])
    return Gosh(
        include=include,
        estimate=found.estimate,
        tau2=found.tau2,
        q=found.q,
        i2=found.i2,
        h2=found.h2,
        size=found.k,
        complete=complete,
        model=model,
        method="none" if model == "common" else tau2 if isinstance(tau2, str) else "fixed",
    )


def _pooled(
    chunk: Chunk, *, y: Floats, v: Floats, model: Model, tau2: str | float, complete: bool
) -> tuple[NDArray[np.bool_], PooledMany]:
    k = len(y)
    include = counted(chunk.start + 1, chunk.stop + 1, k) if complete else _drawn(chunk, k)
    return include, pool_many(y, v, include=include, model=model, tau2=tau2, ci="wald")


def counted(start: int, stop: int, k: int) -> NDArray[np.bool_]:
    """(stop - start, k) binary digits of the numbers from ``start`` on, the fastest first."""
    return (np.arange(start, stop)[:, None] >> np.arange(k) & 1).astype(bool)


def _drawn(chunk: Chunk, k: int) -> NDArray[np.bool_]:
    generator = chunk.generator()
    include = generator.random((len(chunk), k)) < 0.5
    while (empty := np.flatnonzero(~include.any(axis=1))).size:
        include[empty] = generator.random((empty.size, k)) < 0.5
    return include
