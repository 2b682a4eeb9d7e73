"""yi and vi from the numbers of two groups: one vectorised function per effect measure, no policy, no checks.

Every function takes (k,) arrays and returns yi and vi as (k,) arrays on the analysis scale; group 1 is the
intervention, group 2 the comparator, and a positive yi means more (events, points, rate) in group 1. Where a formula
is undefined the result is NaN or infinite; ``measures`` turns both into NaN.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from synthesis.effects.model import Floats

Pair = tuple[Floats, Floats]


def log_risk_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Log risk ratio of events ``a``, ``c`` and non-events ``b``, ``d``."""
    n1, n2 = a + b, c + d
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def log_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Log odds ratio with Woolf's variance."""
    return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d


def risk_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Difference of the two risks."""
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def mean_difference(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Difference of means with separate variances."""
    return m1 - m2, sd1**2 / n1 + sd2**2 / n2


def pooled_sd(sd1: Floats, n1: Floats, sd2: Floats, n2: Floats) -> Floats:
    """Standard deviation pooled over two groups, n1 + n2 - 2 degrees of freedom."""
    return np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))


def small_sample_factor(df: Floats) -> Floats:
    """Hedges' exact correction J(df) = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)), NaN below df = 2."""
    safe = np.where(df > 1, df, np.nan)
    return np.exp(gammaln(safe / 2) - np.log(safe / 2) / 2 - gammaln((safe - 1) / 2))


def standardized_mean_difference(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Hedges' g: mean difference over the pooled SD, exact correction, large-sample variance with g in it."""
    total = n1 + n2
    g = small_sample_factor(total - 2) * (m1 - m2) / pooled_sd(sd1, n1, sd2, n2)
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * total)
