"""yi and vi from the numbers of one or two groups: one vectorised function per effect measure, no policy, no checks.

Every function takes (k,) arrays and returns yi and vi as (k,) arrays on the analysis scale; group 1 is the
intervention, group 2 the comparator, and a positive yi means more (events, points, rate) in group 1. Where a formula
is undefined the result is NaN or infinite; ``measures`` turns both into NaN.
"""

from __future__ import annotations

import numpy as np

from synthesis.effects.distributions import special
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


def weighted_average(values: Floats, weights: Floats) -> Floats:
    """Average over the studies in which both numbers are known; NaN if there are none."""
    known = np.isfinite(values) & np.isfinite(weights)
    return np.asarray(np.sum(values[known] * weights[known]) / np.sum(weights[known]))


def mean_difference(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Difference of means with separate variances."""
    return m1 - m2, sd1**2 / n1 + sd2**2 / n2


def mean_difference_equal_variances(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Difference of means with one variance for both groups."""
    return m1 - m2, pooled_sd(sd1, n1, sd2, n2) ** 2 * (1 / n1 + 1 / n2)


def pooled_sd(sd1: Floats, n1: Floats, sd2: Floats, n2: Floats) -> Floats:
    """Standard deviation pooled over two groups, n1 + n2 - 2 degrees of freedom."""
    return np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))


def small_sample_factor(df: Floats) -> Floats:
    """Hedges' exact correction J(df) = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)), NaN below df = 2."""
    safe = np.where(df > 1, df, np.nan)
    gammaln = special().gammaln
    factor: Floats = np.exp(gammaln(safe / 2) - np.log(safe / 2) / 2 - gammaln((safe - 1) / 2))
    return factor


def standardized_mean_difference(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Hedges' g: mean difference over the pooled SD, exact correction, large-sample variance with g in it."""
    total = n1 + n2
    g = small_sample_factor(total - 2) * (m1 - m2) / pooled_sd(sd1, n1, sd2, n2)
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * total)


def smd_borenstein_variance(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Hedges' g; the large-sample variance of the uncorrected difference times the squared correction."""
    total = n1 + n2
    factor = small_sample_factor(total - 2)
    d = (m1 - m2) / pooled_sd(sd1, n1, sd2, n2)
    return factor * d, factor**2 * (1 / n1 + 1 / n2 + d**2 / (2 * total))


def smd_unbiased_variance(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Hedges' g with the unbiased estimate of its variance."""
    df = n1 + n2 - 2
    factor = small_sample_factor(df)
    g = factor * (m1 - m2) / pooled_sd(sd1, n1, sd2, n2)
    return g, 1 / n1 + 1 / n2 + (1 - (df - 2) / (df * factor**2)) * g**2


def smd_average_variance(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Hedges' g; the variance rests on the average g, weighted by group sizes."""
    total = n1 + n2
    g, _ = standardized_mean_difference(m1, sd1, n1, m2, sd2, n2)
    return g, 1 / n1 + 1 / n2 + weighted_average(g, total) ** 2 / (2 * total)


def smd_unequal_variances(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Mean difference over the root mean of the two variances, exact correction with n1 + n2 - 2."""
    average = (sd1**2 + sd2**2) / 2
    factor = small_sample_factor(n1 + n2 - 2)
    yi = factor * (m1 - m2) / np.sqrt(average)
    spread = (sd1**4 / (n1 - 1) + sd2**4 / (n2 - 1)) / (8 * average**2)
    return yi, factor**2 * (yi**2 * spread + (sd1**2 / (n1 - 1) + sd2**2 / (n2 - 1)) / average)


def smd_comparator_sd(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Glass's delta: mean difference over the comparator's SD, exact correction with n2 - 1."""
    yi = small_sample_factor(n2 - 1) * (m1 - m2) / sd2
    return yi, 1 / n1 + 1 / n2 + yi**2 / (2 * n2)


def log_ratio_of_means(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Log of the ratio of two means of the same sign, first-order variance."""
    return np.log(m1 / m2), sd1**2 / (n1 * m1**2) + sd2**2 / (n2 * m2**2)


def log_ratio_of_means_equal_variances(
    m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats
) -> Pair:
    """Log of the ratio of two means, with one variance for both groups."""
    variance = pooled_sd(sd1, n1, sd2, n2) ** 2
    return np.log(m1 / m2), variance / (n1 * m1**2) + variance / (n2 * m2**2)


def log_variability_ratio(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Log of the ratio of two SDs, corrected for small groups."""
    half1, half2 = 1 / (2 * (n1 - 1)), 1 / (2 * (n2 - 1))
    return np.log(sd1 / sd2) + half1 - half2, half1 + half2


def log_cv_ratio(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Log of the ratio of two coefficients of variation, corrected for small groups."""
    half1, half2 = 1 / (2 * (n1 - 1)), 1 / (2 * (n2 - 1))
    yi = np.log(sd1 / m1) - np.log(sd2 / m2) + half1 - half2
    return yi, half1 + half2 + sd1**2 / (n1 * m1**2) + sd2**2 / (n2 * m2**2)


def arcsine_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Difference of the arcsine square roots of the two risks."""
    n1, n2 = a + b, c + d
    return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2)


def peto_log_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Peto's one-step log odds ratio: (observed - expected) / V with the hypergeometric V."""
    n1, n2 = a + b, c + d
    total, events = n1 + n2, a + c
    variance = events * (total - events) * (n1 / total) * (n2 / total) / (total - 1)
    return (a - events * n1 / total) / variance, 1 / variance


def log_rate_ratio(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    """Log ratio of two rates of events per person-time."""
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


def rate_difference(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    """Difference of two rates."""
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def sqrt_rate_difference(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> Pair:
    """Difference of the square roots of two rates."""
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)


def proportion(a: Floats, b: Floats) -> Pair:
    """Proportion of events ``a`` among events and non-events ``b``."""
    n = a + b
    return a / n, a * b / n**3


def log_proportion(a: Floats, b: Floats) -> Pair:
    """Log of a proportion."""
    n = a + b
    return np.log(a / n), 1 / a - 1 / n


def logit_proportion(a: Floats, b: Floats) -> Pair:
    """Log odds of a proportion."""
    return np.log(a / b), 1 / a + 1 / b


def arcsine_proportion(a: Floats, b: Floats) -> Pair:
    """Arcsine square root of a proportion."""
    n = a + b
    return np.arcsin(np.sqrt(a / n)), 1 / (4 * n)


def double_arcsine_proportion(a: Floats, b: Floats) -> Pair:
    """Freeman and Tukey's mean of two arcsine square roots."""
    n = a + b
    return (np.arcsin(np.sqrt(a / (n + 1))) + np.arcsin(np.sqrt((a + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def rate(x: Floats, t: Floats) -> Pair:
    """Events per person-time."""
    return x / t, x / t**2


def log_rate(x: Floats, t: Floats) -> Pair:
    """Log of a rate."""
    return np.log(x / t), 1 / x


def sqrt_rate(x: Floats, t: Floats) -> Pair:
    """Square root of a rate."""
    return np.sqrt(x / t), 1 / (4 * t)


def mean(m: Floats, sd: Floats, n: Floats) -> Pair:
    """Mean of one group."""
    return m, sd**2 / n


def double_sqrt_rate(x: Floats, t: Floats) -> Pair:
    """Freeman and Tukey's mean of two square roots of a rate."""
    return (np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t)


def log_mean(m: Floats, sd: Floats, n: Floats) -> Pair:
    """Log of the mean of one group."""
    return np.log(m), sd**2 / (n * m**2)


def log_sd(m: Floats, sd: Floats, n: Floats) -> Pair:
    """Log of the SD of one group, corrected for small groups."""
    half = 1 / (2 * (n - 1))
    return np.log(sd) + half, half


def log_cv(m: Floats, sd: Floats, n: Floats) -> Pair:
    """Log of the coefficient of variation of one group, corrected for small groups."""
    half = 1 / (2 * (n - 1))
    return np.log(sd / m) + half, half + sd**2 / (n * m**2)


def reliability(alpha: Floats, items: Floats, n: Floats) -> Pair:
    """Cronbach's alpha of ``items`` items, as it is."""
    return alpha, 2 * items * (1 - alpha) ** 2 / ((items - 1) * (n - 2))


def cube_root_reliability(alpha: Floats, items: Floats, n: Floats) -> Pair:
    """1 minus the cube root of 1 - alpha."""
    root = np.cbrt(1 - alpha)
    return 1 - root, 18 * items * (n - 1) * root**2 / ((items - 1) * (9 * n - 11) ** 2)


def log_reliability(alpha: Floats, items: Floats, n: Floats) -> Pair:
    """Minus the log of 1 - alpha."""
    return -np.log(1 - alpha), 2 * items / ((items - 1) * (n - 2))
