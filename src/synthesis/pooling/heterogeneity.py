"""Cochran's Q, I2 and H2, and their intervals from the interval of tau2."""

from __future__ import annotations

import numpy as np

from synthesis.effects.distributions import chi2_upper_p
from synthesis.effects.model import Floats
from synthesis.pooling.generalised_q import GeneralisedQ
from synthesis.pooling.model import Heterogeneity, Interval


def cochran_q(yi: Floats, vi: Floats) -> float:
    """Cochran's Q with inverse-variance weights; (k,) arrays, analysis scale."""
    weights = 1 / vi
    centred = yi - yi[0]
    residuals = centred - weights @ centred / weights.sum()
    return float(weights @ residuals**2)


def typical_variance(vi: Floats) -> float:
    """Typical sampling variance, (k - 1) S1 / (S1^2 - S2) with S1, S2 the sums of 1/vi and 1/vi^2; k >= 2.

    References
    ----------
    Higgins and Thompson 2002, Statistics in Medicine 21:1539-1558, equation 9.
    """
    weights = 1 / vi
    total = float(weights.sum())
    # S1 - S2 / S1 summed term by term: the difference of the two sums cancels when one study has all the weight.
    return (len(vi) - 1) / float(np.sum(weights * ((total - weights) / total)))


def heterogeneity(
    yi: Floats, vi: Floats, *, tau2: float, tau2_interval: Interval | None, common: bool
) -> Heterogeneity:
    """Heterogeneity of (k,) effects, k >= 1.

    Parameters
    ----------
    yi, vi : (k,) array
        Analysis scale.
    tau2 : float
        Between-study variance that I2 and H2 are based on; not used with the common-effect model.
    tau2_interval : Interval or None
        Gives the intervals of I2 and H2.
    common : bool
        Common-effect model: I2 and H2 from Q.
    """
    k = len(yi)
    if k == 1:
        return Heterogeneity(q=0.0, df=0, p=1.0, i2=0.0, i2_q=0.0, h2=1.0)
    q, df = cochran_q(yi, vi), k - 1
    i2_q = max(0.0, (q - df) / q) if q > 0 else 0.0
    p = chi2_upper_p(q, df)
    if common:
        return Heterogeneity(q=q, df=df, p=p, i2=i2_q, i2_q=i2_q, h2=q / df)
    typical = typical_variance(vi)
    return Heterogeneity(
        q=q,
        df=df,
        p=p,
        i2=_share(tau2, typical),
        i2_q=i2_q,
        h2=tau2 / typical + 1,
        i2_interval=_map(tau2_interval, typical=typical, as_share=True),
        h2_interval=_map(tau2_interval, typical=typical, as_share=False),
    )


def residual_heterogeneity(
    yi: Floats, vi: Floats, x: Floats, *, tau2: float, tau2_interval: Interval | None, common: bool
) -> Heterogeneity:
    """Heterogeneity that a (k, p) design leaves unexplained, p < k; other parameters as for ``heterogeneity``."""
    fits = GeneralisedQ(yi, vi, x).fit(np.zeros(1))
    df = x.shape[0] - x.shape[1]
    q = float(fits.q[0])
    typical = df / float(fits.trace[0])
    i2_q = max(0.0, (q - df) / q) if q > 0 else 0.0
    return Heterogeneity(
        q=q,
        df=df,
        p=chi2_upper_p(q, df),
        i2=i2_q if common else _share(tau2, typical),
        i2_q=i2_q,
        h2=q / df if common else tau2 / typical + 1,
        i2_interval=_map(tau2_interval, typical=typical, as_share=True),
        h2_interval=_map(tau2_interval, typical=typical, as_share=False),
    )


def _share(tau2: float, typical: float) -> float:
    return tau2 / (tau2 + typical)


def _map(interval: Interval | None, *, typical: float, as_share: bool) -> Interval | None:
    if interval is None:
        return None
    low, high = (_share(bound, typical) if as_share else bound / typical + 1 for bound in (interval.low, interval.high))
    return Interval(low=low, high=high, level=interval.level, method=interval.method)
