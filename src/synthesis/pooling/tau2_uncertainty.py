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
    _, rest = _leverage(x, weights)
    return float(weights @ rest)


def quadratic_trace(x: Floats, weights: Floats, m: Floats) -> float:
    """tr(PMPM) of the same P and a diagonal M with (k,) diagonal ``m``; half the variance of y'Py if y has variance M.

    A sum of positive terms, so that nothing cancels where one study has nearly all the weight; in O(k p^2).
    """
    q, rest = _leverage(x, weights)
    scale = weights * m
    before = _running(q, scale)
    apart = np.einsum("ip,ipq,iq->i", q, before, q)
    return float(np.sum((scale * rest) ** 2) + 2 * (scale @ apart))


def _leverage(x: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Orthonormal columns Q of W^(1/2) X, and 1 minus each leverage, (k,), exact for leverages near 1 too."""
    q = np.linalg.qr(x * np.sqrt(weights)[:, None])[0]
    leverage = np.sum(q**2, axis=1)
    # h_i = sum over j of h_ij^2, so that h_i (1 - h_i) is the sum over the other studies.
    ones = np.ones(len(q))
    others = _running(q, ones) + _running(q[::-1], ones)[::-1]
    high = leverage > 0.5
    rest = 1 - leverage
    rest[high] = np.einsum("ip,ipq,iq->i", q[high], others[high], q[high]) / leverage[high]
    return q, rest


def _running(q: Floats, scale: Floats) -> Floats:
    """Sums of scale_i q_i q_i' over the rows before each row, (k, p, p)."""
    each = scale[:, None, None] * q[:, :, None] * q[:, None, :]
    found: Floats = np.cumsum(each, axis=0)
    return np.concatenate([np.zeros_like(each[:1]), found[:-1]])
