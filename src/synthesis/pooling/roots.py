"""Roots of functions that can be evaluated at many points at once: safe bracketing, quick narrowing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesis.effects.model import Floats

Function = Callable[[Floats], Floats]

# Eight equal steps guarantee progress; the points crowded around the secant estimate make it quadratic.
_STEPS = np.linspace(0, 1, 9)[1:-1]
_CROWD = np.concatenate([-(10.0 ** np.arange(-1, -9, -1)), [0.0], 10.0 ** np.arange(-8, 0)])
_MOST_PASSES = 100


@dataclass(frozen=True, slots=True)
class Root:
    """Where a function crosses 0, whether to full precision, and after how many passes."""

    value: float
    converged: bool
    iterations: int


def falling_root(function: Function, low: float, high: float) -> Root:
    """The point in [low, high] where ``function`` falls from positive to not positive.

    Parameters
    ----------
    function : callable
        (g,) array -> (g,) array; positive at ``low``, not positive at ``high``. With several crossings, one of them
        is found.
    low, high : float
        The bracket.

    Returns
    -------
    Root
        Exact to a few units in the last place; ``converged`` is False if the function gave NaN or the bracket did
        not close.
    """
    f_low, f_high = (float(value) for value in function(np.array([low, high])))
    for iteration in range(1, _MOST_PASSES + 1):
        width = high - low
        if width <= 4 * np.finfo(float).eps * high:
            return Root((low + high) / 2, True, iteration)
        share = f_low / (f_low - f_high) if f_low > f_high else 0.5
        secant = low + width * min(max(share, 0.0), 1.0)
        points = np.concatenate([low + width * _STEPS, secant + width * _CROWD])
        points = np.unique(points[(points > low) & (points < high)])
        if points.size == 0:
            return Root((low + high) / 2, True, iteration)
        values = function(points)
        if not np.all(np.isfinite(values)):
            return Root((low + high) / 2, False, iteration)
        positive = np.flatnonzero(values > 0)
        first = int(positive[-1]) if positive.size else -1
        if first >= 0:
            low, f_low = float(points[first]), float(values[first])
        if first + 1 < points.size:
            high, f_high = float(points[first + 1]), float(values[first + 1])
    return Root((low + high) / 2, False, _MOST_PASSES)
