"""Fail-safe N: how many unseen studies without effect would undo a result.

Kept because readers of older reviews meet it; the Cochrane Handbook advises against it (13.3.5.5), since it says
nothing about how likely such studies are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.distributions import critical_value, special, two_sided_p
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import refuse_unusable
from synthesis.errors import AnalysisError, UsageError
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FailSafe(Result):
    """How many more studies with an average effect of 0 would undo the result.

    Attributes
    ----------
    method : str
        Key in ``FAIL_SAFE``.
    studies : float
        A whole number; infinite if no number would do.
    p : float or None
        Of the observed studies together; None for Orwin's method, which is not about significance.
    mean, target : float or None
        Average observed effect, and the average to which it would have to fall, analysis scale.
    alpha : float or None
        Level at which the result stops being significant.
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:fail_safe"
    method: str
    studies: float
    p: float | None = None
    mean: float | None = None
    target: float | None = None
    alpha: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeMethod:
    """A definition of fail-safe N: ``function`` takes yi, vi and the level alpha."""

    key: str
    function: Callable[[Floats, Floats, float], FailSafe]
    reference: str


def fail_safe_n(effects: Effects, *, method: str = "Rosenthal", alpha: float = 0.05) -> FailSafe:
    """Number of studies without effect that would make the result not significant.

    Parameters
    ----------
    effects : Effects
        At least one row.
    method : str
        Key in ``FAIL_SAFE``.
    alpha : float
        Level between 0 and 0.5; one-sided for Rosenthal, two-sided for Rosenberg, as published.

    Raises
    ------
    AnalysisError, UsageError
        If there are no effects; if alpha is out of range.
    """
    _check(effects)
    if not 0 < alpha < 0.5:
        raise UsageError(f"alpha is {alpha!r}; it must lie between 0 and 0.5")
    return FAIL_SAFE[method].function(effects.yi, effects.vi, alpha)


def orwin_n(effects: Effects, target: float, *, weighted: bool = False) -> FailSafe:
    """Number of studies without effect that would bring the average effect down to ``target``.

    Parameters
    ----------
    effects : Effects
        At least one row.
    target : float
        On the analysis scale, not 0, on the side of the average; otherwise no study is needed.
    weighted : bool
        Whether the average is weighted by 1 / vi.

    References
    ----------
    Orwin 1983, Journal of Educational Statistics 8:157-159.
    """
    _check(effects)
    if target == 0 or not math.isfinite(target):
        raise UsageError(f"target is {target!r}; no number of studies brings an average to exactly 0")
    weights = 1 / effects.vi if weighted else np.ones(len(effects))
    mean = float(weights @ effects.yi / weights.sum())
    studies = _whole(len(effects) * (mean - target) / target) if mean * target > 0 else 0.0
    return FailSafe(method="Orwin", studies=studies, mean=mean, target=target)


def _check(effects: Effects) -> None:
    if len(effects) == 0:
        raise AnalysisError("there are no effects to ask about")
    refuse_unusable(effects.yi, effects.vi)


def _whole(number: float) -> float:
    # Rounding errors must not make one study out of none.
    nearest = round(number)
    exact = abs(number - nearest) <= 1e-9 * max(1.0, abs(number))
    return float(max(0, nearest if exact else math.ceil(number)))


def _rosenthal(y: Floats, v: Floats, alpha: float) -> FailSafe:
    k = len(y)
    z = abs(float(np.sum(y / np.sqrt(v)))) / math.sqrt(k)
    studies = _whole(k * (z / critical_value(1 - 2 * alpha)) ** 2 - k)
    return FailSafe(method="Rosenthal", studies=studies, p=float(special().ndtr(-z)), alpha=alpha)


def _rosenberg(y: Floats, v: Floats, alpha: float) -> FailSafe:
    weights = 1 / v
    total = float(weights.sum())
    mean = float(weights @ y) / total
    missing = (total * mean / critical_value(1 - alpha)) ** 2 - total
    return FailSafe(
        method="Rosenberg",
        studies=_whole(len(y) * missing / total),
        p=two_sided_p(mean * math.sqrt(total)),
        mean=mean,
        alpha=alpha,
    )


FAIL_SAFE = Registry(
    "fail-safe N",
    (
        FailSafeMethod(
            key="Rosenthal", function=_rosenthal,
            reference="Rosenthal 1979, Psychological Bulletin 86:638-641; sum of z values, one-sided",
        ),
        FailSafeMethod(
            key="Rosenberg", function=_rosenberg,
            reference="Rosenberg 2005, Evolution 59:464-468; inverse-variance weights, two-sided",
        ),
    ),
)  # fmt: skip
