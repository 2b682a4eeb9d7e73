"""Scales on which effects are pooled, seen from the natural scale on which they are read. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthesis.registry import Registry

ScaleKey = Literal[
    "identity",
    "log",
    "logit",
    "arcsine",
    "double-arcsine",
    "sqrt",
    "double-sqrt",
    "fisher-z",
    "cube-root-complement",
    "log-complement",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A scale.

    Attributes
    ----------
    key, label : str
        Name in ``SCALES`` and in messages.
    symbol : str
        What is written before a number put on the scale: ``"ln "``; empty for the identity.
    forward, inverse : callable
        One number from the natural to the analysis scale and back. ``forward`` gives minus or plus infinity at an
        open end of the range; ``inverse`` stays within the range.
    low, high : float
        Range of natural values.
    open_ends : bool
        Whether the ends of the range themselves cannot be put on the scale.
    what : str
        What such values are, for messages: ``"a ratio"``.
    inverse_at : callable or None
        For scales that depend on the size of the group: (value, size) to the natural scale; ``inverse`` is then the
        limit for large groups.
    """

    key: ScaleKey
    label: str
    symbol: str
    forward: Callable[[float], float]
    inverse: Callable[[float], float]
    low: float
    high: float
    open_ends: bool
    what: str
    inverse_at: Callable[[float, float], float] | None = None

    def problem(self, value: float) -> str | None:
        """Why ``value`` cannot be put on the scale, or None."""
        inside = self.low < value < self.high if self.open_ends else self.low <= value <= self.high
        if inside or (self.key == "identity" and not math.isnan(value)):
            return None
        if self.low == -math.inf:
            bounds = f"below {self.high:g}"
        else:
            bounds = f"above {self.low:g}" if self.high == math.inf else f"between {self.low:g} and {self.high:g}"
        return f"{self.what} must be {bounds} to be put on the {self.label} scale; found {value:g}"


def _same(value: float) -> float:
    return value


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _exp(value: float) -> float:
    return math.inf if value > 709 else math.exp(value)


def _logit(value: float) -> float:
    if value == 1:
        return math.inf
    return _log(value) - math.log1p(-value)


def _expit(value: float) -> float:
    return 1 / (1 + _exp(-value))


def _arcsine(value: float) -> float:
    return math.asin(math.sqrt(value))


def _sine_squared(value: float) -> float:
    return math.sin(min(max(value, 0.0), math.pi / 2)) ** 2


def _square(value: float) -> float:
    return max(value, 0.0) ** 2


def _atanh(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) == 1 else math.atanh(value)


def _double_arcsine(value: float, n: float) -> float:
    return (_arcsine(value * n / (n + 1)) + _arcsine((value * n + 1) / (n + 1))) / 2


def _double_arcsine_inverse(value: float, size: float) -> float:
    # Miller 1978; what lies beyond the values of 0 and n events is 0 and 1.
    if value <= _double_arcsine(0.0, size):
        return 0.0
    if value >= _double_arcsine(1.0, size):
        return 1.0
    sine = math.sin(2 * value)
    root = math.sqrt(max(0.0, 1 - (sine + (sine - 1 / sine) / size) ** 2))
    return (1 - math.copysign(root, math.cos(2 * value))) / 2


def _double_sqrt_inverse(value: float, size: float) -> float:
    if value <= math.sqrt(1 / size) / 2:
        return 0.0
    # sqrt(r) + sqrt(r + 1/t) = 2 value, solved for r.
    return (value - 1 / (4 * size * value)) ** 2


def _cube_root_complement(value: float) -> float:
    return 1 - math.cbrt(1 - value)


def _log_complement(value: float) -> float:
    return math.inf if value == 1 else -math.log1p(-value)


SCALES = Registry(
    "scale",
    (
        Scale(
            key="identity", label="natural", symbol="", forward=_same, inverse=_same,
            low=-math.inf, high=math.inf, open_ends=False, what="an effect",
        ),
        Scale(
            key="log", label="log", symbol="ln ", forward=_log, inverse=_exp,
            low=0.0, high=math.inf, open_ends=True, what="a ratio",
        ),
        Scale(
            key="logit", label="logit", symbol="logit ", forward=_logit, inverse=_expit,
            low=0.0, high=1.0, open_ends=True, what="a proportion",
        ),
        Scale(
            key="arcsine", label="arcsine", symbol="asin √", forward=_arcsine, inverse=_sine_squared,
            low=0.0, high=1.0, open_ends=False, what="a proportion",
        ),
        Scale(
            key="double-arcsine", label="Freeman-Tukey double arcsine", symbol="double asin √", forward=_arcsine,
            inverse=_sine_squared, low=0.0, high=1.0, open_ends=False, what="a proportion",
            inverse_at=_double_arcsine_inverse,
        ),
        Scale(
            key="double-sqrt", label="Freeman-Tukey double square-root", symbol="double √", forward=math.sqrt,
            inverse=_square, low=0.0, high=math.inf, open_ends=False, what="a rate",
            inverse_at=_double_sqrt_inverse,
        ),
        Scale(
            key="cube-root-complement", label="cube-root", symbol="1 − ∛ of 1 − ", forward=_cube_root_complement,
            inverse=lambda value: 1 - (1 - value) ** 3, low=-math.inf, high=1.0, open_ends=False, what="a reliability",
        ),
        Scale(
            key="log-complement", label="log of 1 − value", symbol="−ln of 1 − ", forward=_log_complement,
            inverse=lambda value: -math.expm1(-value), low=-math.inf, high=1.0, open_ends=True, what="a reliability",
        ),
        Scale(
            key="sqrt", label="square-root", symbol="√", forward=math.sqrt, inverse=_square,
            low=0.0, high=math.inf, open_ends=False, what="a rate",
        ),
        Scale(
            key="fisher-z", label="Fisher z", symbol="artanh ", forward=_atanh, inverse=math.tanh,
            low=-1.0, high=1.0, open_ends=True, what="a correlation",
        ),
    ),
)  # fmt: skip
