"""Bootstrap: how the pooled effect and tau2 vary if the studies, or their results, are drawn again."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import checked
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.batch import PooledMany, concatenated, pool_many
from synthesis.pooling.jobs import Chunk, Progress, chunks, run
from synthesis.pooling.model import Interval
from synthesis.pooling.pool import Model, pool_arrays

Resampling = Literal["studies", "parametric"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Bootstrap(Result):
    """Pooled effects of resamples, analysis scale.

    Attributes
    ----------
    estimate, tau2 : (draws,) array of float
        Of each resample; read-only.
    ci, tau2_ci : Interval
        Percentile intervals.
    resampling : {"studies", "parametric"}
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:bootstrap"
    estimate: Floats
    tau2: Floats
    ci: Interval
    tau2_ci: Interval
    resampling: Resampling


def bootstrap(
    effects: Effects,
    *,
    resampling: Resampling = "studies",
    model: Model = "random",
    tau2: str | float = "REML",
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Bootstrap:
    """Pool resamples of the rows of ``effects``; see ``bootstrap_arrays``."""
    return bootstrap_arrays(
        effects.yi,
        effects.vi,
        resampling=resampling,
        model=model,
        tau2=tau2,
        draws=draws,
        seed=seed,
        level=level,
        executor=executor,
        progress=progress,
    )


def bootstrap_arrays(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    resampling: Resampling = "studies",
    model: Model = "random",
    tau2: str | float = "REML",
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Bootstrap:
    """Pool resamples.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale, k >= 2.
    resampling : {"studies", "parametric"}
        Draw k studies with replacement; or draw new effects from the fitted model, with the variances as they are.
    model, tau2, level
        As for ``pool``.
    draws : int
        Number of resamples.
    seed : int
        Of the random numbers.
    executor, progress
        As for ``jobs.run``.

    Raises
    ------
    AnalysisError
        If there are fewer than two effects.
    UsageError
        If an option is out of range.

    References
    ----------
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 6 and 13; Van den Noortgate and Onghena 2005,
    Behavior Research Methods 37:11-22.
    """
    y, v = checked(yi, vi)
    if len(y) < 2:
        raise AnalysisError("resampling needs at least 2 effects; found 1")
    if draws < 1:
        raise UsageError(f"draws is {draws}; it must be 1 or more")
    if resampling not in ("studies", "parametric"):
        raise UsageError(f"resampling is {resampling!r}; it must be 'studies' or 'parametric'")
    fitted = pool_arrays(y, v, model=model, tau2=tau2, ci="wald", prediction="none", level=level)
    spread = np.sqrt(v + fitted.tau2.value)
    task = _studies if resampling == "studies" else partial(_parametric, mean=fitted.estimate, spread=spread)
    work = chunks(draws, len(y), seed=seed)
    parts = run(partial(task, y=y, v=v, model=model, tau2=tau2), work, executor=executor, progress=progress)
    found = concatenated(parts)
    return Bootstrap(
        estimate=found.estimate,
        tau2=found.tau2,
        ci=_percentiles(found.estimate, level),
        tau2_ci=_percentiles(found.tau2, level),
        resampling=resampling,
    )


def _percentiles(values: Floats, level: float) -> Interval:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level, method="bootstrap-percentile")


def _studies(chunk: Chunk, *, y: Floats, v: Floats, model: Model, tau2: str | float) -> PooledMany:
    drawn = chunk.generator().integers(0, len(y), (len(chunk), len(y)))
    return pool_many(y[drawn], v[drawn], model=model, tau2=tau2, ci="wald")


def _parametric(
    chunk: Chunk, *, y: Floats, v: Floats, model: Model, tau2: str | float, mean: float, spread: Floats
) -> PooledMany:
    drawn = mean + spread * chunk.generator().standard_normal((len(chunk), len(y)))
    return pool_many(drawn, v, model=model, tau2=tau2, ci="wald")
