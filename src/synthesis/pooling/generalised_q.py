"""Generalised least squares as a function of tau2, for many values of tau2 at once.

With W = diag(1 / (vi + tau2)) and P = W - W X (X' W X)^-1 X' W, every tau2 estimator is a statement about
y'Py, y'PPy, tr(P) or the likelihood. Evaluating whole vectors of tau2 in one go makes a safe search cheap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesis.effects.model import Floats

# Numbers in one array: several of them fit into a core's cache.
_AT_ONCE = 1 << 14


@dataclass(frozen=True, slots=True)
class Fits:
    """Fits at ``g`` values of tau2.

    Attributes
    ----------
    q : (g,) array
        Generalised Q, y'Py.
    weights, residuals : (g, k) array
        1 / (vi + tau2), and y minus the fitted values.
    trace : (g,) array
        tr(P).
    log_det : (g,) array
        log det(X'WX) for orthonormal X.
    """

    q: Floats
    weights: Floats
    residuals: Floats
    trace: Floats
    log_det: Floats


class GeneralisedQ:
    """yi, vi and a design, ready to be fitted at any tau2.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances, vi > 0.
    x : (k, p) array
        Design matrix of full column rank, p < k. Only its column space matters here, so it is orthonormalised.
    """

    __slots__ = ("constant", "df", "k", "ols_rss", "ols_trace", "span", "vi", "vmax", "vmin", "yi")

    def __init__(self, yi: Floats, vi: Floats, x: Floats) -> None:
        self.k, p = x.shape
        self.df = self.k - p
        self.constant = p == 1 and bool(np.all(x == x[0]))
        if self.constant:
            self.span = np.full((self.k, 1), 1 / np.sqrt(self.k))
            # Equal effects become exact zeros, so that no rounding error looks like heterogeneity.
            self.yi = yi - yi[0]
        else:
            self.span = np.linalg.qr(x)[0]
            self.yi = yi
        self.vi = vi
        self.vmin, self.vmax = float(vi.min()), float(vi.max())
        residual = self.yi - self.span @ (self.span.T @ self.yi)
        self.ols_rss = float(residual @ residual)
        self.ols_trace = float(np.sum(vi * (1 - np.sum(self.span**2, axis=1))))

    def fit(self, tau2: Floats) -> Fits:
        """Fits at every value of ``tau2``, a (g,) array of non-negative numbers."""
        weights = 1 / (self.vi + tau2[:, None])
        if self.constant:
            s1 = weights.sum(axis=1)
            residuals = self.yi - (weights @ self.yi / s1)[:, None]
            leverage = weights / s1[:, None]
            log_det = np.log(s1 / self.k)
        else:
            # By orthogonal steps: the normal equations would square what unequal weights cost in digits.
            root = np.sqrt(weights)
            q, r = np.linalg.qr(root[:, :, None] * self.span)
            scaled = root * self.yi
            residuals = (scaled - np.einsum("gkp,glp,gl->gk", q, q, scaled, optimize=True)) / root
            leverage = np.einsum("gkp,gkp->gk", q, q)
            log_det = 2 * np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(axis=1)
        q_statistic = np.einsum("gk,gk,gk->g", weights, residuals, residuals)
        # Term by term: the difference of the two sums cancels when one study has all the weight.
        trace = np.einsum("gk,gk->g", weights, 1 - leverage)
        return Fits(q_statistic, weights, residuals, trace, log_det)

    def _in_parts(self, function: Callable[[Floats], Floats], tau2: Floats) -> Floats:
        """``function`` of ``tau2``, so many values at a time that memory grows with k alone."""
        step = max(1, _AT_ONCE // self.k)
        if len(tau2) <= step:
            return function(tau2)
        return np.concatenate([function(tau2[first : first + step]) for first in range(0, len(tau2), step)])

    def q(self, tau2: Floats) -> Floats:
        """Generalised Q, which falls as tau2 grows."""
        return self._in_parts(lambda part: self.fit(part).q, tau2)

    def score(self, tau2: Floats, *, restricted: bool) -> Floats:
        """Twice the derivative of the (restricted) log-likelihood by tau2."""
        return self._in_parts(lambda part: self._score(part, restricted=restricted), tau2)

    def _score(self, tau2: Floats, *, restricted: bool) -> Floats:
        fits = self.fit(tau2)
        weighted = fits.weights * fits.residuals
        score: Floats = np.einsum("gk,gk->g", weighted, weighted)
        return score - (fits.trace if restricted else fits.weights.sum(axis=1))

    def log_likelihood(self, tau2: Floats, *, restricted: bool) -> Floats:
        """(Restricted) log-likelihood up to a constant that does not depend on tau2."""
        return self._in_parts(lambda part: self._log_likelihood(part, restricted=restricted), tau2)

    def _log_likelihood(self, tau2: Floats, *, restricted: bool) -> Floats:
        fits = self.fit(tau2)
        value: Floats = np.log(fits.weights).sum(axis=1) - fits.q
        return (value - fits.log_det if restricted else value) / 2

    def score_bound(self, *, restricted: bool) -> float:
        """A tau2 above which the score is negative for certain; 0 if it is negative everywhere.

        y'PPy is at most RSS / (tau2 + vmin)^2 and the trace at least m / (tau2 + vmax), with m = k - p (restricted)
        or k and RSS the residual sum of squares of ordinary least squares; the bound solves their equality.
        """
        m = self.df if restricted else self.k
        half = self.ols_rss / m / 2 - self.vmin
        constant = self.vmin**2 - self.ols_rss / m * self.vmax
        discriminant = half**2 - constant
        return max(0.0, half + float(np.sqrt(discriminant))) if discriminant > 0 else 0.0
