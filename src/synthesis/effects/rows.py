"""Effects as plain arrays, refused with the row that cannot be used."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError


def checked(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    """yi and vi as (k,) arrays that can be pooled; anything else raises, naming the row."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.ndim != 1 or y.shape != v.shape:
        raise UsageError(f"yi and vi must be arrays of one and the same length; found shapes {y.shape} and {v.shape}")
    if len(y) == 0:
        raise AnalysisError("there are no effects to pool")
    refuse_unusable(y, v)
    return y, v


def refuse_unusable(y: Floats, v: Floats) -> None:
    """Raise if an effect or its variance is not a number, or a variance is not above 0; names the first such row."""
    bad = np.flatnonzero(~(np.isfinite(y) & np.isfinite(v) & (v > 0)))
    if bad.size:
        row = int(bad[0])
        raise AnalysisError(
            f"effect {row + 1} of {len(y)} cannot be pooled: yi = {y[row]:g}, vi = {v[row]:g}; "
            "both must be finite and vi above 0"
        )
