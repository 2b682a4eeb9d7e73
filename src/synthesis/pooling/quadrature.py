"""Likelihood of counts with the random effects of each study integrated out, by adaptive Gauss-Hermite quadrature.

The points are centred on the most likely random effects of a study and scaled by the curvature there (Pinheiro and
Bates 1995, J Comput Graph Stat 4:12-35). One point is the Laplace approximation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from synthesis.effects.model import Floats
from synthesis.pooling.count_families import Family, Numbers

_MODE_STEPS = 200
# The second step from a real mode doubles the digits of its derivative, which the first already has.
_COMPLEX_STEPS = 2


@cache
def nodes(points: int, effects: int) -> tuple[Floats, Floats]:
    """Points (Q, effects) and log weights (Q,) for the standard normal distribution: a product rule."""
    x, w = np.polynomial.hermite_e.hermegauss(points)
    grids = np.meshgrid(*[x] * effects, indexing="ij")
    weights = np.meshgrid(*[np.log(w / w.sum())] * effects, indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1), np.sum([w.ravel() for w in weights], axis=0)


@dataclass(frozen=True, slots=True)
class Integrand:
    """Studies with counts of ``family`` whose standard normal random effects are integrated out.

    Attributes
    ----------
    family : Family
    points : int
        Quadrature points per random effect.
    """

    family: Family
    points: int

    def log_likelihood(self, eta: Numbers, loading: Numbers) -> Numbers:
        """(k,) log-likelihood of the studies.

        Parameters
        ----------
        eta : (k, m) array
            Fixed part of the linear predictor.
        loading : (m, r) array
            What one standard deviation of each random effect adds to it.
        """
        mode = self.modes(eta, loading)
        root = _factor(self._information(eta, loading, mode))
        x, log_weights = nodes(self.points, loading.shape[1])
        u = mode[:, None, :] + _back_solve(root, x)
        terms = self._height(eta, loading, u) + (x**2).sum(axis=1) / 2 + log_weights
        top = np.max(np.real(terms), axis=1)
        area: Numbers = np.log(np.exp(terms - top[:, None]).sum(axis=1)) + top
        curvature: Numbers = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        area -= curvature
        return area

    def modes(self, eta: Numbers, loading: Numbers) -> Numbers:
        """(k, r) most likely random effects."""
        u = self._real_modes(np.real(eta), np.real(loading))
        if not (np.iscomplexobj(eta) or np.iscomplexobj(loading)):
            return u
        for _ in range(_COMPLEX_STEPS):
            u = u + self._newton(eta, loading, u)
        return u

    def _height(self, eta: Numbers, loading: Numbers, u: Numbers) -> Numbers:
        """(k, Q) log of the integrand, without the constant of the normal density, at (k, Q, r) random effects."""
        predictor = eta[:, :, None] + np.einsum("mr,kqr->kmq", loading, u)
        height: Numbers = self.family.log_likelihood(predictor).sum(axis=1) - (u**2).sum(axis=2) / 2
        return height

    def _information(self, eta: Numbers, loading: Numbers, u: Numbers) -> Numbers:
        _, variance = self.family.moments(eta + u @ loading.T)
        information: Numbers = np.eye(loading.shape[1]) + np.einsum("km,mr,ms->krs", variance, loading, loading)
        return information

    def _newton(self, eta: Numbers, loading: Numbers, u: Numbers) -> Numbers:
        mean, variance = self.family.moments(eta + u @ loading.T)
        slope = (self.family.counts - mean) @ loading - u
        information = np.eye(loading.shape[1]) + np.einsum("km,mr,ms->krs", variance, loading, loading)
        step: Numbers = np.linalg.solve(information, slope[:, :, None])[:, :, 0]
        return step

    def _real_modes(self, eta: Floats, loading: Floats) -> Floats:
        u = np.zeros((len(eta), loading.shape[1]))
        if not loading.any():
            return u
        height = self._height(eta, loading, u[:, None, :])[:, 0]
        for _ in range(_MODE_STEPS):
            step = self._newton(eta, loading, u)
            size = np.ones(len(u))
            for _ in range(40):
                tried = self._height(eta, loading, (u + size[:, None] * step)[:, None, :])[:, 0]
                worse = ~(tried >= height - 1e-12 * (1 + np.abs(height)))
                if not worse.any():
                    break
                size[worse] /= 2
            u = u + size[:, None] * step
            height = tried
            if np.all(np.abs(step) <= 1e-12 * (1 + np.abs(u))):
                break
        return u


def _factor(information: Numbers) -> Numbers:
    """Lower triangle whose product with its transpose is the matrix; complex ones are not conjugated."""
    root = np.zeros_like(information)
    root[:, 0, 0] = np.sqrt(information[:, 0, 0])
    if information.shape[1] == 2:
        root[:, 1, 0] = information[:, 1, 0] / root[:, 0, 0]
        root[:, 1, 1] = np.sqrt(information[:, 1, 1] - root[:, 1, 0] ** 2)
    return root


def _back_solve(root: Numbers, x: Floats) -> Numbers:
    """(k, Q, r) points with the covariance of the inverse of the factored matrix."""
    if root.shape[1] == 1:
        only: Numbers = x[None, :, :] / root
        return only
    second = x[None, :, 1] / root[:, 1, 1, None]
    first = (x[None, :, 0] - root[:, 1, 0, None] * second) / root[:, 0, 0, None]
    return np.stack([first, second], axis=2)
