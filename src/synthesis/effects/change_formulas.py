"""yi and vi of one group measured twice: occasion 1 minus occasion 2, which are correlated within people.

As in ``formulas``: vectorised functions of (k,) arrays, no policy, no checks; undefined results are NaN or infinite.
Arguments are always the two means and SDs, the correlation ``r`` between the occasions and the number of people ``n``.
"""

from __future__ import annotations

import numpy as np

from synthesis.effects.formulas import Pair, small_sample_factor
from synthesis.effects.model import Floats


def _change_variance(sd1: Floats, sd2: Floats, r: Floats) -> Floats:
    return sd1**2 + sd2**2 - 2 * r * sd1 * sd2


def mean_change(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Mean of the changes."""
    return m1 - m2, _change_variance(sd1, sd2, r) / n


def change_over_change_sd(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Mean change over the SD of the changes, exact small-sample correction."""
    yi = small_sample_factor(n - 1) * (m1 - m2) / np.sqrt(_change_variance(sd1, sd2, r))
    return yi, 1 / n + yi**2 / (2 * n)


def change_over_raw_sd(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Mean change over the SD of occasion 1; both occasions have the same variance."""
    yi = small_sample_factor(n - 1) * (m1 - m2) / sd1
    return yi, 2 * (1 - r) / n + yi**2 / (2 * n)


def change_over_raw_sd_unequal(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Mean change over the SD of occasion 1; the occasions may differ in variance."""
    factor = small_sample_factor(n - 1)
    yi = factor * (m1 - m2) / sd1
    return yi, factor**2 * (_change_variance(sd1, sd2, r) / (sd1**2 * (n - 1)) + yi**2 / (2 * (n - 1)))


def _ratio_variance(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Floats:
    cv1, cv2 = sd1 / m1, sd2 / m2
    return (cv1**2 + cv2**2 - 2 * r * cv1 * cv2) / n


def log_ratio_of_means_change(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Log of the ratio of two means of the same sign."""
    return np.log(m1 / m2), _ratio_variance(m1, sd1, m2, sd2, r, n)


def log_variability_ratio_change(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Log of the ratio of the two SDs."""
    return np.log(sd1 / sd2), (1 - r**2) / (n - 1)


def log_cv_ratio_change(m1: Floats, sd1: Floats, m2: Floats, sd2: Floats, r: Floats, n: Floats) -> Pair:
    """Log of the ratio of the two coefficients of variation."""
    spread = (1 - r**2) / (n - 1)
    return np.log(sd1 / m1) - np.log(sd2 / m2), spread + _ratio_variance(m1, sd1, m2, sd2, r, n)
