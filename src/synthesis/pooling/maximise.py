"""Maximum of a smooth likelihood within bounds, to full precision.

A quasi-Newton search from every start finds the hill; Newton steps with the curvature then climb to the top, where
a quasi-Newton search stops early because the likelihood is flat to its last digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np

from synthesis.effects.model import Floats

Value = Callable[[Floats], float]
Gradient = Callable[[Floats], Floats]

_NEWTON_STEPS = 30
# Balances rounding (eps / h) against curvature (h^2) for a gradient with all its digits.
_STEP = 6e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """Where the maximum is, its height, which coordinates lie inside the bounds, and whether it is one."""

    point: Floats
    height: float
    inside: np.ndarray
    converged: bool


@cache
def _optimize() -> ModuleType:
    """``scipy.optimize``, loaded on first use."""
    import scipy.optimize

    return scipy.optimize


def maximise(
    value: Value,
    gradient: Gradient,
    starts: Sequence[Floats],
    *,
    low: Floats,
    high: Floats,
) -> Maximum:
    """Highest point found from any of the starts.

    Parameters
    ----------
    value, gradient : callable
        (n,) array -> number, and its derivatives. Coordinates should be of the order of 1.
    starts : sequence of (n,) array
        Where to begin.
    low, high : (n,) array
        Bounds; infinite where there are none.
    """
    best: Floats | None = None
    for start in starts:
        found = _optimize().minimize(
            lambda point: -value(point),
            np.clip(start, low, high),
            jac=lambda point: -gradient(point),
            method="L-BFGS-B",
            bounds=list(zip(low, high, strict=True)),
            options={"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6},
        )
        if np.isfinite(found.fun) and (best is None or value(found.x) > value(best)):
            best = np.asarray(found.x, dtype=float)
    if best is None:
        point = np.clip(starts[0], low, high)
        return Maximum(point=point, height=float("-inf"), inside=np.zeros(len(point), dtype=bool), converged=False)
    return _climb(value, gradient, best, low, high)


def _climb(value: Value, gradient: Gradient, point: Floats, low: Floats, high: Floats) -> Maximum:
    converged = False
    for _ in range(_NEWTON_STEPS):
        slope = gradient(point)
        inside = ~((point <= low) & (slope <= 0)) & ~((point >= high) & (slope >= 0))
        if not inside.any():
            converged = True
            break
        curvature = hessian(gradient, point, inside)
        try:
            step = -np.linalg.solve(curvature, slope[inside])
        except np.linalg.LinAlgError:
            break
        if step @ slope[inside] < 0:
            # Not a hilltop: the quasi-Newton search ended in a dell or on a ridge.
            break
        moved, height, size = point, value(point), 1.0
        for _ in range(30):
            candidate = point.copy()
            candidate[inside] = np.clip(point[inside] + size * step, low[inside], high[inside])
            if value(candidate) >= height - 1e-14 * abs(height):
                moved = candidate
                break
            size /= 2
        change = float(np.max(np.abs(moved - point) / (1 + np.abs(point))))
        point = moved
        if change <= 1e-11:
            converged = True
            break
    slope = gradient(point)
    inside = (point > low) & (point < high)
    # Near the last digits Newton steps no longer shrink; a slope that is all rounding counts as converged.
    flat = bool(np.all(np.abs(slope[inside]) <= 1e-6 * (1 + abs(value(point)))))
    return Maximum(point=point, height=value(point), inside=inside, converged=converged or flat)


def hessian(gradient: Gradient, point: Floats, inside: np.ndarray) -> Floats:
    """Second derivatives by the coordinates that are ``inside``, from differences of the gradient."""
    where = np.flatnonzero(inside)
    rows = []
    for index in where:
        step = _STEP * max(1.0, abs(float(point[index])))
        up, down = point.copy(), point.copy()
        up[index] += step
        down[index] -= step
        rows.append((gradient(up)[where] - gradient(down)[where]) / (2 * step))
    square = np.array(rows)
    half: Floats = (square + square.T) / 2
    return half


def complex_gradient(function: Callable[[np.ndarray], np.ndarray]) -> Gradient:
    """Gradient of a function that also takes complex numbers: exact to rounding, without differences."""

    def gradient(point: Floats) -> Floats:
        slopes = np.empty(len(point))
        for index in range(len(point)):
            shifted = point.astype(complex)
            shifted[index] += 1e-30j
            slopes[index] = float(np.imag(function(shifted))) / 1e-30
        return slopes

    return gradient


def difference_gradient(function: Value, step: float = 1e-5) -> Gradient:
    """Gradient from central differences."""

    def gradient(point: Floats) -> Floats:
        slopes = np.empty(len(point))
        for index in range(len(point)):
            size = step * max(1.0, abs(float(point[index])))
            up, down = point.copy(), point.copy()
            up[index] += size
            down[index] -= size
            slopes[index] = (function(up) - function(down)) / (2 * size)
        return slopes

    return gradient
