"""Standard errors of tau2 estimates.

They are large-sample approximations of a quantity that is far from normal in few studies; the Q-profile interval is
the one to report.
"""

from __future__ import annotations

import math

import numpy as np

from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError


def tau2_se(method: str, vi: Floats, x: Floats, tau2: float, *, yi: Floats | None = None) -> float | None:
    """Standard error of a tau2 estimate; None for estimators without one.

    Parameters
    ----------
    method : str
        Key in ``ESTIMATORS``.
    vi, x : (k,), (k, p) array
        Sampling variances and design.
    tau2 : float
        The estimate.
    yi : (k,) array or None
        Effects; needed for the Sidik-Jonkman estimator only, whose starting value depends on them.

    References
    ----------
    Viechtbauer 2005, Journal of Educational and Behavioral Statistics 30:261-293; Viechtbauer et al 2015.
    """
    k, p = len(vi), int(x.shape[1])
    m, fixed, final = vi + tau2, 1 / vi, 1 / (vi + tau2)
    if method == "ML":
        return math.sqrt(2 / float(np.sum(final**2)))
    if method == "REML":
        return math.sqrt(2 / quadratic_trace(x, final, np.ones(k)))
    if method in ("PM", "EB", "PMM"):
        return k * math.sqrt(2 / (k - p)) / float(final.sum())
    if method == "SJ":
        if yi is None:
            raise AnalysisError("the standard error of the Sidik-Jonkman estimate needs the effects")
        start = float(np.var(yi))
        if start == 0:
            return 0.0
        return start / (k - p) * math.sqrt(2 * quadratic_trace(x, 1 / (vi + start), m))
    if method == "HE":
        return math.sqrt(2 * quadratic_trace(x, np.ones(k), m)) / (k - p)
    if method not in ("DL", "HS", "HSk"):
        return None
    scale = trace(x, fixed) if method == "DL" else float(fixed.sum()) * ((k - p) / k if method == "HSk" else 1)
    return math.sqrt(2 * quadratic_trace(x, fixed, m)) / scale


def trace(x: Floats, weights: Floats) -> float:
    """tr(P) of P = W - W X (X'WX)^-1 X'W for (k,) weights and a (k, p) design."""
    information = x.T @ (x * weights[:, None])
    return float(weights.sum() - np.trace(np.linalg.solve(information, x.T @ (x * weights[:, None] ** 2))))


def quadratic_trace(x: Floats, weights: Floats, m: Floats) -> float:
    """tr(PMPM) of the same P and a diagonal M with (k,) diagonal ``m``; half the variance of y'Py if y has variance M.

    In O(k p^2): P is never written out.
    """
    information = x.T @ (x * weights[:, None])
    once = np.linalg.solve(information, x.T @ (x * (weights**2 * m)[:, None]))
    twice = np.linalg.solve(information, x.T @ (x * (weights**3 * m**2)[:, None]))
    return float(np.sum((weights * m) ** 2) - 2 * np.trace(twice) + np.trace(once @ once))
