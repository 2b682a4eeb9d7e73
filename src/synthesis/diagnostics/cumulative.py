"""How the pooled effect developed as studies came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthesis.document.results import Listing
from synthesis.effects.model import Effects
from synthesis.errors import UsageError
from synthesis.pooling.model import Pooled
from synthesis.pooling.parts import pool_parts
from synthesis.pooling.pool import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulation:
    """The pooled effect once a study had come in: its id, its label, its place in the order, the result so far."""

    study: str
    label: str
    order: float
    pooled: Pooled


def cumulative(
    effects: Effects,
    order: Sequence[float],
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> Listing[Accumulation]:
    """Pool the first study, the first two, and so on.

    Parameters
    ----------
    effects : Effects
        At least one row.
    order : sequence of float
        (k,) values, usually years, one per row; rows with equal values keep their order.
    model, tau2, ci, prediction, level
        As for ``pool``; while there are too few studies for the interval method, Wald's is used, with a note.

    Returns
    -------
    tuple of Accumulation
        In the order in which studies come in; the last one pools all of them.

    Raises
    ------
    UsageError
        If ``order`` does not have one value per row.
    """
    if len(order) != len(effects):
        raise UsageError(f"order has {len(order)} values for {len(effects)} effects; give one per effect")
    places = sorted(range(len(effects)), key=lambda index: order[index])
    rows = tuple(effects.rows[index] for index in places)
    pooled = pool_parts(
        replace(effects, rows=rows),
        np.tri(len(effects), dtype=bool),
        model=model,
        tau2=tau2,
        ci=ci,
        prediction=prediction,
        level=level,
    )
    return Listing(
        Accumulation(study=row.study, label=row.label, order=order[index], pooled=so_far)
        for row, index, so_far in zip(rows, places, pooled, strict=True)
    )
