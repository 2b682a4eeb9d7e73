"""Scales on which effects are pooled, seen from the natural scale on which they are read. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthesis.registry import Registry

ScaleKey = Literal["identity", "log", "logit", "arcsine", "sqrt", "fisher-z"]


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

    def problem(self, value: float) -> str | None:
        """Why ``value`` cannot be put on the scale, or None."""
        inside = self.low < value < self.high if self.open_ends else self.low <= value <= self.high
        if inside or (self.key == "identity" and not math.isnan(value)):
            return None
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
            key="sqrt", label="square-root", symbol="√", forward=math.sqrt, inverse=_square,
            low=0.0, high=math.inf, open_ends=False, what="a rate",
        ),
        Scale(
            key="fisher-z", label="Fisher z", symbol="artanh ", forward=_atanh, inverse=math.tanh,
            low=-1.0, high=1.0, open_ends=True, what="a correlation",
        ),
    ),
)  # fmt: skip
