"""Whether a printed estimate and its interval belong together, allowing for rounding. Standard library only."""

from __future__ import annotations

import math
from decimal import Decimal

from synthesis.effects.scales import SCALES, ScaleKey


def decimals(value: float) -> int:
    """Decimals of ``value`` in its shortest form: 2 for 1.25, 0 for 3.0."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def interval_disagreement(
    estimate: float, low: float, high: float, *, scale: ScaleKey, digits: int | None = None
) -> str | None:
    """What is wrong with a printed estimate and interval, or None.

    A normal or t interval is symmetric about its estimate on the scale it was computed on. Each printed number may
    be off by half a unit of its last decimal; anything beyond that is reported.

    Parameters
    ----------
    estimate, low, high : float
        As printed, natural scale.
    scale : str
        Key in ``SCALES``: ``"log"`` for ratios.
    digits : int or None
        Decimals that were printed; None takes the most found in the three numbers (a lost trailing zero cannot be
        seen, so the number with most decimals speaks for all).

    Returns
    -------
    str or None
        A sentence that names the numbers and the estimate the interval implies.
    """
    printed = f"estimate {estimate:g} with interval {low:g} to {high:g}"
    if not all(math.isfinite(value) for value in (estimate, low, high)):
        return f"{printed}: all three must be finite numbers"
    if low > high:
        return f"{printed}: the lower bound is above the upper one; are they swapped?"
    half = 0.5 * 10.0 ** -(max(decimals(value) for value in (estimate, low, high)) if digits is None else digits)
    slack = half * (1 + 1e-9)
    if not low - 2 * slack <= estimate <= high + 2 * slack:
        return f"{printed}: the estimate lies outside its interval"
    known = SCALES[scale]
    if not known.low <= low <= high <= known.high:
        return f"{printed}: outside the range of {known.what}; is this already on the {known.label} scale?"
    if _symmetric(estimate, low, high, slack, scale):
        return None
    other: ScaleKey = "identity" if scale != "identity" else "log"
    elsewhere = low > 0 and _symmetric(estimate, low, high, slack, other)
    hint = f"; it is symmetric on the {SCALES[other].label} scale" if elsewhere else ""
    return (
        f"{printed}: not symmetric on the {known.label} scale beyond rounding; "
        f"the interval implies an estimate of {_midpoint(low, high, scale):.4g}{hint}"
    )


def _symmetric(estimate: float, low: float, high: float, slack: float, scale: ScaleKey) -> bool:
    smallest = _midpoint(low - slack, high - slack, scale)
    largest = _midpoint(low + slack, high + slack, scale)
    return smallest <= estimate + slack and estimate - slack <= largest


def _midpoint(low: float, high: float, scale: ScaleKey) -> float:
    known = SCALES[scale]
    low, high = (min(max(bound, known.low), known.high) for bound in (low, high))
    return known.inverse((known.forward(low) + known.forward(high)) / 2)
