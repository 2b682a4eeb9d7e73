"""yi and vi of associations: correlations of several kinds, and bridges between tables, means and correlations.

As in ``formulas``: vectorised functions of (k,) arrays, no policy, no checks; undefined results are NaN or infinite.
"""

from __future__ import annotations

import numpy as np

from synthesis.effects.distributions import special
from synthesis.effects.formulas import Pair, log_odds_ratio, pooled_sd, weighted_average
from synthesis.effects.model import Floats

# Cox 1970: the logistic quantile is close to 1.65 times the normal one over the middle of the range.
_COX = 1.65
# Standard deviation of the logistic distribution.
_LOGISTIC_SD = np.pi / np.sqrt(3)


def correlation(r: Floats, n: Floats) -> Pair:
    """Pearson correlation with its large-sample variance."""
    return r, (1 - r**2) ** 2 / (n - 1)


def correlation_average_variance(r: Floats, n: Floats) -> Pair:
    """Pearson correlation; the variance rests on the average correlation, weighted by n."""
    return r, (1 - weighted_average(r, n) ** 2) ** 2 / (n - 1)


def _hypergeometric(a: float, c: Floats, x: Floats) -> Floats:
    """2F1(a, a; c; x) for 0 <= x <= 1, a <= 1.

    SciPy's function gives NaN for many c above 100 (even n above 200), where the power series has all its digits
    after 60 terms; below 25 it needs too many.
    """
    term = np.ones_like(x * c)
    total = term.copy()
    for j in range(60):
        term = term * (a + j) ** 2 / ((c + j) * (j + 1)) * x
        total = total + term
    value: Floats = np.where(c > 25, total, special().hyp2f1(a, a, np.minimum(c, 25.0), x))
    return value


def _unbiased(r: Floats, n: Floats) -> Floats:
    """Olkin and Pratt's unbiased estimate of a correlation."""
    # With 4 people the factor is infinite at r = 0, where symmetry makes the estimate 0.
    return np.where(r == 0, 0.0, r * _hypergeometric(0.5, n / 2 - 1, 1 - r**2))


def unbiased_correlation(r: Floats, n: Floats) -> Pair:
    """Unbiased correlation with the large-sample variance."""
    yi = _unbiased(r, n)
    return yi, (1 - yi**2) ** 2 / (n - 1)


def unbiased_correlation_unbiased_variance(r: Floats, n: Floats) -> Pair:
    """Unbiased correlation with Hedges' unbiased variance."""
    yi = _unbiased(r, n)
    rest = (n - 3) / (n - 2) * (1 - r**2) * _hypergeometric(1.0, n / 2, 1 - r**2)
    return yi, yi**2 - 1 + rest


def unbiased_correlation_average_variance(r: Floats, n: Floats) -> Pair:
    """Unbiased correlation; the variance rests on the average, weighted by n."""
    yi = _unbiased(r, n)
    return yi, (1 - weighted_average(yi, n) ** 2) ** 2 / (n - 1)


def fisher_z(r: Floats, n: Floats) -> Pair:
    """Fisher's z of a correlation."""
    return np.arctanh(r), np.where(n > 3, 1 / (n - 3), np.nan)


def partial_correlation(t: Floats, n: Floats, predictors: Floats) -> Pair:
    """Partial correlation from a regression's t value; ``predictors`` counts those besides the focal one."""
    df = n - predictors - 1
    yi = t / np.sqrt(t**2 + df)
    return yi, (1 - yi**2) ** 2 / df


def semipartial_correlation(t: Floats, n: Floats, predictors: Floats, r_squared: Floats) -> Pair:
    """Semi-partial correlation from a t value and the regression's R squared."""
    yi = t * np.sqrt(1 - r_squared) / np.sqrt(n - predictors - 1)
    without = r_squared - yi**2
    return yi, (r_squared**2 - 2 * r_squared + without + 1 - without**2) / n


def phi_stratified(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Phi coefficient of a 2x2 table whose group sizes are fixed (delta method in the two risks)."""
    n1, n2 = a + b, c + d
    events, rest = a + c, b + d
    root = np.sqrt(n1 * n2 / (events * rest))
    risk1, risk2 = a / n1, c / n2
    yi = root * (risk1 - risk2)
    bend = yi * (rest - events) / (2 * events * rest)
    slope1, slope2 = root - n1 * bend, root + n2 * bend
    return yi, slope1**2 * risk1 * (1 - risk1) / n1 + slope2**2 * risk2 * (1 - risk2) / n2


def phi_cross_sectional(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Phi coefficient of a 2x2 table of which only the total is fixed."""
    total = a + b + c + d
    row, column = (a + b) / total, (a + c) / total
    yi = (a * d - b * c) / np.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    lean_row, lean_column = (2 * row - 1) ** 2 / (row * (1 - row)), (2 * column - 1) ** 2 / (column * (1 - column))
    cross = (2 * row - 1) * (2 * column - 1) / np.sqrt(row * (1 - row) * column * (1 - column))
    return yi, (1 - yi**2 + yi * (1 + yi**2 / 2) * cross - 0.75 * yi**2 * (lean_row + lean_column)) / total


def yule_q(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Yule's Q, (OR - 1) / (OR + 1)."""
    log_or, variance = log_odds_ratio(a, b, c, d)
    yi = np.tanh(log_or / 2)
    return yi, (1 - yi**2) ** 2 * variance / 4


def yule_y(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Yule's Y, the same of the square root of the odds ratio."""
    log_or, variance = log_odds_ratio(a, b, c, d)
    yi = np.tanh(log_or / 4)
    return yi, (1 - yi**2) ** 2 * variance / 16


def probit_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Difference of the probits of two risks: a standardized mean difference of normal variables cut in two."""
    n1, n2 = a + b, c + d
    z1, z2 = special().ndtri(a / n1), special().ndtri(c / n2)
    spread1, spread2 = (p * (1 - p) * np.exp(z**2) / n for p, z, n in ((a / n1, z1, n1), (c / n2, z2, n2)))
    return z1 - z2, 2 * np.pi * (spread1 + spread2)


def odds_ratio_as_normal_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Log odds ratio divided by 1.65: a standardized mean difference of normal variables."""
    log_or, variance = log_odds_ratio(a, b, c, d)
    return log_or / _COX, variance / _COX**2


def odds_ratio_as_logistic_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Log odds ratio divided by pi / sqrt(3): a standardized mean difference of logistic variables."""
    log_or, variance = log_odds_ratio(a, b, c, d)
    return log_or / _LOGISTIC_SD, variance / _LOGISTIC_SD**2


def _cohen(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Standardized mean difference without correction, large-sample variance."""
    d = (m1 - m2) / pooled_sd(sd1, n1, sd2, n2)
    return d, 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))


def normal_difference_as_odds_ratio(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Standardized mean difference times 1.65: the log odds ratio of normal variables cut in two."""
    d, variance = _cohen(m1, sd1, n1, m2, sd2, n2)
    return _COX * d, _COX**2 * variance


def logistic_difference_as_odds_ratio(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Standardized mean difference times pi / sqrt(3): the log odds ratio of logistic variables cut in two."""
    d, variance = _cohen(m1, sd1, n1, m2, sd2, n2)
    return _LOGISTIC_SD * d, _LOGISTIC_SD**2 * variance


def _point_biserial(d: Floats, n1: Floats, n2: Floats) -> tuple[Floats, Floats]:
    h = (n1 + n2 - 2) * (1 / n1 + 1 / n2)
    return d / np.sqrt(d**2 + h), h


def point_biserial_stratified(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Point-biserial correlation of group and outcome; group sizes are fixed."""
    d, variance = _cohen(m1, sd1, n1, m2, sd2, n2)
    yi, h = _point_biserial(d, n1, n2)
    return yi, h**2 / (h + d**2) ** 3 * variance


def point_biserial_cross_sectional(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Point-biserial correlation of group and outcome; only the total is fixed."""
    d, _ = _cohen(m1, sd1, n1, m2, sd2, n2)
    yi, _ = _point_biserial(d, n1, n2)
    total = n1 + n2
    return yi, (1 - yi**2) ** 2 * (total * yi**2 / (4 * n1 * n2) + (2 - 3 * yi**2) / (2 * total))


def biserial(m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats) -> Pair:
    """Biserial correlation: with the normal variable that was cut to make the groups."""
    d, _ = _cohen(m1, sd1, n1, m2, sd2, n2)
    total = n1 + n2
    share = n1 / total
    z = special().ndtri(share)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    yi = np.sqrt(share * (1 - share)) / density * _point_biserial(d, n1, n2)[0]
    bend = 1.5 + (1 + share * z / density) * (1 - (1 - share) * z / density)
    # The estimate can pass 1; the variance is that of a correlation of 1 there.
    inside = np.clip(yi, -1, 1)
    return yi, (share * (1 - share) / density**2 - bend * inside**2 + inside**4) / (total - 1)
