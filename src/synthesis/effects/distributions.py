"""Quantiles and tail probabilities of the normal, t and chi-squared distributions, named by what they are used for."""

from __future__ import annotations

import math
from functools import cache
from types import ModuleType


@cache
def special() -> ModuleType:
    """``scipy.special``, loaded on first use: it takes longer to import than the rest of the statistics together."""
    import scipy.special

    return scipy.special


def check_level(level: float) -> float:
    """``level`` if it is a share strictly between 0 and 1.

    Raises
    ------
    ValueError
        For anything else, with a hint when a percentage was given.
    """
    if 0 < level < 1:
        return level
    hint = f"; for {level:g}% write {level / 100:g}" if 1 < level < 100 else ""
    raise ValueError(f"confidence level is {level!r}; it must lie between 0 and 1, for example 0.95{hint}")


def critical_value(level: float, df: float | None = None) -> float:
    """Two-sided critical value: 1.96 for level 0.95 and the normal distribution.

    Parameters
    ----------
    level : float
        Confidence level as a share.
    df : float or None
        Degrees of freedom of the t distribution; None for the normal distribution.
    """
    tail = (1 - check_level(level)) / 2
    return -float(special().ndtri(tail) if df is None else special().stdtrit(df, tail))


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """Two-sided p value of a z (``df`` None) or t statistic."""
    tail = special().ndtr(-abs(statistic)) if df is None else special().stdtr(df, -abs(statistic))
    return min(1.0, 2 * float(tail))


def statistic_from_p(p: float, df: float | None = None) -> float:
    """Absolute value of the z (or t) statistic whose two-sided p value is ``p``, 0 < p <= 1."""
    return abs(float(special().ndtri(p / 2) if df is None else special().stdtrit(df, p / 2)))


def chi2_upper_p(statistic: float, df: float) -> float:
    """Probability that a chi-squared variable exceeds ``statistic``; 1 when ``df`` is 0."""
    return 1.0 if df <= 0 else float(special().chdtrc(df, max(0.0, statistic)))


def f_upper_p(statistic: float, df1: float, df2: float) -> float:
    """Probability that an F variable with ``df1`` and ``df2`` degrees of freedom exceeds ``statistic``."""
    return float(special().fdtrc(df1, df2, max(0.0, statistic)))


def chi2_quantile(share: float, df: float) -> float:
    """Value below which a chi-squared variable falls with probability ``share``."""
    return math.inf if share >= 1 else float(special().chdtri(df, 1 - share))
