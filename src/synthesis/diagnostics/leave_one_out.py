"""How the pooled effect changes when one study is left out."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Listing
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import checked
from synthesis.errors import AnalysisError
from synthesis.pooling.batch import PooledMany, concatenated, pool_many
from synthesis.pooling.jobs import Chunk, Progress, chunks, run
from synthesis.pooling.model import Pooled
from synthesis.pooling.parts import pool_parts
from synthesis.pooling.pool import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """The pooled effect without one study: its id, its label, and what the others give."""

    study: str
    label: str
    pooled: Pooled


def leave_one_out(
    effects: Effects,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> Listing[Omission]:
    """Pool ``effects`` once without each of its rows; options as for ``pool``.

    Where one study fewer is too few for the interval method, Wald's is used, with a note.

    Returns
    -------
    tuple of Omission
        One per row, in the order of the rows.

    Raises
    ------
    AnalysisError
        If there are fewer than two effects.
    """
    if len(effects) < 2:
        raise AnalysisError(f"leaving a study out needs at least 2 effects; found {len(effects)}")
    pooled = pool_parts(
        effects,
        ~np.eye(len(effects), dtype=bool),
        model=model,
        tau2=tau2,
        ci=ci,
        prediction=prediction,
        level=level,
    )
    return Listing(
        Omission(study=row.study, label=row.label, pooled=rest) for row, rest in zip(effects.rows, pooled, strict=True)
    )


def leave_one_out_arrays(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    level: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PooledMany:
    """Pool plain arrays once without each study: the numbers alone, for many studies.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale, k >= 2.
    model, tau2, ci, level
        As for ``pool_many``.
    executor, progress
        As for ``jobs.run``.

    Returns
    -------
    PooledMany
        One entry per study left out. Memory grows with k, not with its square.

    Raises
    ------
    AnalysisError
        If there are fewer than two effects.
    """
    y, v = checked(yi, vi)
    if len(y) < 2:
        raise AnalysisError("leaving a study out needs at least 2 effects; found 1")
    task = partial(_without, y=y, v=v, model=model, tau2=tau2, ci=ci, level=level)
    return concatenated(run(task, chunks(len(y), len(y)), executor=executor, progress=progress))


def _without(
    chunk: Chunk, *, y: Floats, v: Floats, model: Model, tau2: str | float, ci: str, level: float
) -> PooledMany:
    include = np.arange(len(y)) != np.arange(chunk.start, chunk.stop)[:, None]
    return pool_many(y, v, include=include, model=model, tau2=tau2, ci=ci, level=level)
