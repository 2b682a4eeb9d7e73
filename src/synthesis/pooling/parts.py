"""Pool parts of one set of effects: without each study, as studies came in. Every part gives a whole ``Pooled``."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import checked
from synthesis.errors import AnalysisError
from synthesis.pooling.batch import blocks
from synthesis.pooling.batch_sums import Stack
from synthesis.pooling.batch_tau2 import q_profile_many, tau2_many
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.model import Interval, Note, Pooled, Tau2
from synthesis.pooling.pool import Model, assembled, check_options, noted, pool_arrays, wald_instead
from synthesis.pooling.tau2 import ESTIMATORS


def pool_parts(
    effects: Effects,
    include: NDArray[np.bool_],
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> tuple[Pooled, ...]:
    """Pool each part of ``effects`` as ``pool_subset`` would, with tau2 of all parts searched for together.

    Parameters
    ----------
    effects : Effects
        k rows on the analysis scale.
    include : (n, k) array of bool
        Which rows are in which part; at least one each.
    model, tau2, ci, prediction, level
        As for ``pool``; a part with too few studies for the interval method gets Wald's, with a note.

    Raises
    ------
    AnalysisError
        If a part is empty, or an effect cannot be pooled.
    """
    if not include.any(axis=1).all():
        raise AnalysisError("a part without any study cannot be pooled")
    y, v = checked(effects.yi, effects.vi)
    check_options(model, tau2, ci, prediction, level)
    searched = model == "random" and isinstance(tau2, str)
    found = _between(y, v, include, str(tau2), level) if searched else [None] * len(include)
    ns = [row.n for row in effects.rows]
    people = np.array([math.nan if n is None else n for n in ns])
    return tuple(
        _part(
            y[rows], v[rows], between, tau2=tau2, ci=ci, model=model, prediction=prediction, level=level,
            measure=effects.measure, n=_known(people[rows]),
        )
        for rows, between in zip(include, found, strict=True)
    )  # fmt: skip


def _known(people: Floats) -> float | None:
    total = math.fsum(people.tolist())
    return None if math.isnan(total) else total


def _part(
    y: Floats,
    v: Floats,
    between: tuple[Tau2, Interval] | None,
    *,
    model: Model,
    tau2: str | float,
    ci: str,
    prediction: str,
    level: float,
    measure: str,
    n: float | None,
) -> Pooled:
    too_few = ci in INTERVALS and len(y) < INTERVALS[ci].smallest_k
    method = "wald" if too_few else ci
    if between is None or len(y) == 1:
        pooled = pool_arrays(
            y, v, model=model, tau2=tau2, ci=method, prediction=prediction, level=level, measure=measure, n=n
        )
    else:
        notes: list[Note] = []
        value = noted(*between, notes)
        pooled = assembled(
            y, v, value, notes, model=model, ci=method, prediction=prediction, level=level, measure=measure, n=n
        )
    return wald_instead(pooled, ci) if too_few else pooled


def _between(
    y: Floats, v: Floats, include: NDArray[np.bool_], method: str, level: float
) -> list[tuple[Tau2, Interval] | None]:
    """tau2 and its Q-profile interval for every part."""
    found: list[tuple[Tau2, Interval] | None] = []
    iterative = ESTIMATORS[method].iterative
    for part in blocks(*include.shape):
        stack = Stack(y[:, None], np.where(include[part], v, np.inf).T)
        between = tau2_many(method, stack)
        low, high, empty = q_profile_many(stack, level=level)
        iterations = between.iterations if iterative else np.zeros(len(stack), dtype=int)
        rows = zip(between.value, between.converged, iterations, low, high, empty, strict=True)
        for value, converged, passes, lower, upper, nothing in rows:
            name = "q-profile-empty" if nothing else "q-profile"
            found.append(
                (
                    Tau2(value=float(value), method=method, converged=bool(converged), iterations=int(passes)),
                    Interval(low=float(lower), high=float(upper), level=level, method=name),
                )
            )
    return found
