"""How the pooled effect changes when one study is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError
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
) -> tuple[Omission, ...]:
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
    return tuple(
        Omission(study=row.study, label=row.label, pooled=rest) for row, rest in zip(effects.rows, pooled, strict=True)
    )
