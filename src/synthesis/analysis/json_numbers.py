"""Numbers JSON has no way to write: infinite ones, and those that are not defined.

They occur in honest results (an interval without end, a test of effects that do not vary), and most programs refuse a
file with a bare ``Infinity`` in it.
"""

from __future__ import annotations

import math
from typing import Any


def spelt_out(data: Any) -> Any:
    """Plain data with such numbers as the words "Infinity", "-Infinity" and "NaN", which can be read back."""
    return _walk(data, _word)


def left_empty(data: Any) -> Any:
    """Plain data with null in place of such numbers, for programs that only read."""
    return _walk(data, lambda value: None)


def _walk(data: Any, replacement: Any) -> Any:
    if isinstance(data, dict):
        return {key: _walk(value, replacement) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_walk(value, replacement) for value in data]
    return replacement(data) if isinstance(data, float) and not math.isfinite(data) else data


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
