"""Confidence interval methods and prediction interval conventions for a pooled effect."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.effects.distributions import critical_value
from synthesis.pooling.model import Interval
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMethod:
    """How the confidence interval of a pooled effect is made.

    Attributes
    ----------
    key, label : str
        Name in ``INTERVALS`` and in prose.
    factor : callable
        Generalised Q at tau2 divided by k - 1 -> factor on the squared Wald standard error.
    t_based : bool
        Whether the reference distribution is t with k - 1 degrees of freedom instead of the normal.
    smallest_k : int
        Fewest effects it can be used with.
    common : bool
        Whether it can be used with the common-effect model.
    reference : str
        Where it is described.
    """

    key: str
    label: str
    factor: Callable[[float], float]
    t_based: bool
    smallest_k: int
    common: bool
    reference: str

    def df(self, k: int) -> int | None:
        """Degrees of freedom with ``k`` effects; None for the normal distribution."""
        return k - 1 if self.t_based else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionMethod:
    """A convention for the prediction interval: estimate +- quantile x sqrt(tau2 + se^2), se as in the confidence
    interval; conventions differ in the quantile.

    Attributes
    ----------
    key, label : str
        Name in ``PREDICTIONS`` and in prose.
    df : callable
        k -> degrees of freedom of the t distribution; None for the normal distribution.
    smallest_k : int
        Fewest effects it can be used with.
    reference : str
        Where it is described.
    """

    key: str
    label: str
    df: Callable[[int], int | None]
    smallest_k: int
    reference: str


def confidence_interval(estimate: float, se: float, df: float | None, *, level: float, method: str) -> Interval:
    """``estimate`` +- critical value x ``se``, analysis scale."""
    half = critical_value(level, df) * se
    return Interval(low=estimate - half, high=estimate + half, level=level, method=method)


def prediction_interval(estimate: float, se: float, tau2: float, k: int, *, level: float, method: str) -> Interval:
    """Interval for the effect in a new study, analysis scale.

    Parameters
    ----------
    estimate, se, tau2 : float
        Pooled effect, the standard error of its confidence interval, and the between-study variance.
    k : int
        Number of effects.
    level : float
        Level as a share.
    method : str
        Key in ``PREDICTIONS``.
    """
    df = PREDICTIONS[method].df(k)
    half = critical_value(level, df) * math.sqrt(tau2 + se**2)
    return Interval(low=estimate - half, high=estimate + half, level=level, method=method)


INTERVALS = Registry(
    "interval method",
    (
        IntervalMethod(
            key="wald", label="Wald", factor=lambda ratio: 1.0, t_based=False, smallest_k=1, common=True,
            reference="Cochrane Handbook 10.4.3",
        ),
        IntervalMethod(
            key="hartung-knapp", label="Hartung-Knapp", factor=lambda ratio: ratio, t_based=True, smallest_k=2,
            common=False, reference="Hartung and Knapp 2001; Sidik and Jonkman 2002",
        ),
        IntervalMethod(
            key="hartung-knapp-floored", label="Hartung-Knapp, never narrower than with the t distribution alone",
            factor=lambda ratio: max(1.0, ratio), t_based=True, smallest_k=2, common=False,
            reference="Knapp and Hartung 2003, ad hoc correction; Jackson et al 2017",
        ),
        IntervalMethod(
            key="t", label="Wald with the t distribution", factor=lambda ratio: 1.0, t_based=True, smallest_k=2,
            common=True, reference="Follmann and Proschan 1999",
        ),
    ),
)  # fmt: skip

PREDICTIONS = Registry(
    "prediction interval",
    (
        PredictionMethod(
            key="t(k-1)", label="t with k − 1 degrees of freedom", df=lambda k: k - 1, smallest_k=2,
            reference="Partlett and Riley 2017, with the standard error of Hartung and Knapp",
        ),
        PredictionMethod(
            key="normal", label="normal distribution", df=lambda k: None, smallest_k=2,
            reference="Raudenbush 2009",
        ),
        PredictionMethod(
            key="t(k-2)", label="t with k − 2 degrees of freedom", df=lambda k: k - 2, smallest_k=3,
            reference="Higgins, Thompson and Spiegelhalter 2009",
        ),
    ),
)  # fmt: skip
