"""Weighted sums of many meta-analyses at once, each at its own tau2: what every estimator and interval is made of.

Vocabulary
----------
stack : ``m`` meta-analyses side by side, studies down, analyses across: (k, m) arrays. A study that takes no part in
    an analysis has infinite variance there, so its weight is exactly 0 and no mask has to be applied.

With W = diag(1 / (vi + tau2)) and P = W - W X (X' W X)^-1 X' W, ``a1``, ``a2``, ``a3`` are y'Py, y'PPy, y'PPPy and
``b1``, ``b2`` are tr(P), tr(PP). Nothing larger than (k, m) is ever formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError

# Up to here one row of a (k, m) block fills a vector loop; beyond, the studies of one analysis lie side by side.
_STUDIES_DOWN = 256

# Products of up to six weights and four effects are formed on the way and must not overflow.
_LEAST, _MOST, _FURTHEST = 1e-50, 1e50, 1e25


@dataclass(frozen=True, slots=True)
class Sums:
    """(m,) arrays, as defined above; for the unrestricted likelihood ``b1``, ``b2`` are tr(W), tr(WW)."""

    a1: Floats
    a2: Floats
    a3: Floats
    b1: Floats
    b2: Floats


@dataclass(frozen=True, slots=True)
class Means:
    """Fits at one tau2 per analysis: coefficients (p, m), the upper factor R^-1 of their covariance, generalised Q.

    The covariance of the coefficients is ``root @ root.T``, analysis by analysis; ``root`` is (p, p, m).
    """

    beta: Floats
    root: Floats
    q: Floats


class Stack:
    """``m`` meta-analyses of up to ``k`` studies.

    Parameters
    ----------
    y : (k, m) or (k, 1) array
        Effects, finite; anything finite where a study takes no part. One column is shared by all.
    v : (k, m) array
        Sampling variances, above 0; infinite where a study takes no part.
    design : tuple of (k, m) or (k, 1) array
        Columns of the design; empty for a column of ones.

    Raises
    ------
    AnalysisError
        If the numbers are so large or small that their products overflow.
    """

    __slots__ = ("_buffers", "centre", "count", "design", "df", "masked", "v", "vmax", "vmin", "y")

    def __init__(self, y: Floats, v: Floats, design: tuple[Floats, ...] = ()) -> None:
        order: Literal["C", "F"] = "C" if v.shape[0] <= _STUDIES_DOWN else "F"
        self.v = np.asarray(v, dtype=float, order=order)
        self.design = tuple(np.asarray(column, dtype=float, order=order) for column in design)
        self.vmin = self.v.min(axis=0)
        self.vmax = self.v.max(axis=0)
        self.masked = bool(np.isinf(self.vmax).any())
        if self.masked:
            present = np.isfinite(self.v)
            self.count = present.sum(axis=0)
            self.vmax = np.where(present, self.v, 0.0).max(axis=0)
        else:
            self.count = np.full(self.v.shape[1], self.v.shape[0])
        self.df = self.count - max(1, len(design))
        _check_range(y, self.vmin, self.vmax)
        # Equal effects become exact zeros, so that no rounding error looks like heterogeneity.
        self.centre = self._centres(y) if not design else np.zeros(1)
        self.y = np.asarray(y - self.centre, dtype=float, order=order)
        self._buffers: tuple[Floats, ...] = ()

    def _centres(self, y: Floats) -> Floats:
        if y.shape[1] == 1:
            return np.array([y[int(np.argmin(self.v.min(axis=1))), 0]])
        picked: Floats = np.take_along_axis(y, np.argmin(self.v, axis=0)[None, :], axis=0)[0]
        return picked

    def __len__(self) -> int:
        return int(self.v.shape[1])

    def take(self, columns: NDArray[np.intp] | NDArray[np.bool_]) -> Stack:
        """The analyses ``columns``, in that order; effects stay centred as they are."""
        part = object.__new__(Stack)
        part.v = np.asarray(self.v[:, columns], order="C" if self.v.flags.c_contiguous else "F")
        part.y = self.y if self.y.shape[1] == 1 else self.y[:, columns]
        part.design = tuple(column if column.shape[1] == 1 else column[:, columns] for column in self.design)
        part.centre = self.centre if self.centre.shape == (1,) else self.centre[columns]
        part.vmin, part.vmax = self.vmin[columns], self.vmax[columns]
        part.count, part.df, part.masked = self.count[columns], self.df[columns], self.masked
        part._buffers = ()
        return part

    def present(self) -> Floats:
        """(k, m) array of 1 and 0: which studies take part."""
        taking_part: Floats = np.isfinite(self.v).astype(float)
        return taking_part

    def _scratch(self) -> tuple[Floats, ...]:
        if not self._buffers:
            self._buffers = tuple(np.empty_like(self.v) for _ in range(3))
        return self._buffers

    def _weights(self, tau2: Floats) -> Floats:
        weights: Floats = self._scratch()[0]
        np.add(self.v, tau2, out=weights)
        np.divide(1.0, weights, out=weights)
        return weights

    def _residuals(self, weights: Floats, total: Floats) -> tuple[Floats, Floats]:
        """Weighted mean (m,) and residuals (k, m) of the model with a column of ones."""
        mean: Floats = _dot(weights, self.y) / total
        return mean, np.subtract(self.y, mean, out=self._scratch()[1])

    def at(self, tau2: Floats, *, restricted: bool = True) -> Sums:
        """All sums at ``tau2`` (m,)."""
        weights = self._weights(tau2)
        if self.design:
            return self._at_design(weights, restricted)
        _, pulls, spare = self._scratch()
        s1 = weights.sum(axis=0)
        residuals = self._residuals(weights, s1)[1]
        spare = np.multiply(weights, residuals, out=spare)
        a1 = _dot(spare, residuals)
        a2 = _dot(spare, spare)
        np.multiply(weights, spare, out=pulls)
        a3 = _dot(pulls, spare) - pulls.sum(axis=0) ** 2 / s1
        squares = np.multiply(weights, weights, out=spare)
        s2 = squares.sum(axis=0)
        if not restricted:
            return Sums(a1, a2, a3, s1, s2)
        share = s2 / s1
        return Sums(a1, a2, a3, s1 - share, s2 - 2 * _dot(squares, weights) / s1 + share**2)

    def _at_design(self, weights: Floats, restricted: bool) -> Sums:
        basis, _ = orthonormal(self.design, weights)
        residuals = self._left(basis, weights)
        pulls = weights * residuals
        twice = weights * pulls
        a3 = _dot(twice, pulls) - sum(_dot(twice, z) ** 2 for z in basis)
        squares = weights * weights
        s1, s2 = weights.sum(axis=0), squares.sum(axis=0)
        a1, a2 = _dot(pulls, residuals), _dot(pulls, pulls)
        if not restricted:
            return Sums(a1, a2, a3, s1, s2)
        traces = [[_dot(squares * z, u) for u in basis] for z in basis]
        b1 = s1 - sum(traces[i][i] for i in range(len(basis)))
        cubes = sum(_dot(squares * weights * z, z) for z in basis)
        b2 = s2 - 2 * cubes + sum(value**2 for row in traces for value in row)
        return Sums(a1, a2, a3, b1, b2)

    def _left(self, basis: list[Floats], weights: Floats) -> Floats:
        residuals: Floats = np.broadcast_to(self.y, self.v.shape)
        for z in basis:
            residuals = residuals - _dot(weights * z, residuals) * z
        return residuals

    def q(self, tau2: Floats) -> tuple[Floats, Floats]:
        """Generalised Q at ``tau2`` and the negative of its derivative, y'PPy."""
        weights = self._weights(tau2)
        if self.design:
            residuals = self._left(orthonormal(self.design, weights)[0], weights)
        else:
            residuals = self._residuals(weights, weights.sum(axis=0))[1]
        pulls = np.multiply(weights, residuals, out=self._scratch()[2])
        return _dot(pulls, residuals), _dot(pulls, pulls)

    def fit(self, tau2: Floats) -> Means:
        """Coefficients at ``tau2``, on the scale of the effects as given."""
        weights = self._weights(tau2)
        if not self.design:
            total = weights.sum(axis=0)
            mean, residuals = self._residuals(weights, total)
            pulls = np.multiply(weights, residuals, out=self._scratch()[2])
            root = (1 / np.sqrt(total))[None, None]
            return Means((self.centre + mean)[None], root, _dot(pulls, residuals))
        basis, upper = orthonormal(self.design, weights)
        loads = np.array([_dot(weights * z, self.y) for z in basis])
        root = inverse_upper(upper)
        residuals = self._left(basis, weights)
        return Means(np.einsum("ijm,jm->im", root, loads), root, _dot(weights * residuals, residuals))

    def log_likelihood(self, tau2: Floats, *, restricted: bool) -> Floats:
        """(Restricted) log-likelihood up to a constant that does not depend on tau2."""
        q = self.q(tau2)[0]
        weights = self._scratch()[0]
        logs = np.log(np.where(weights > 0, weights, 1.0)).sum(axis=0)
        if not restricted:
            value: Floats = (logs - q) / 2
            return value
        if self.design:
            upper = orthonormal(self.design, weights)[1]
            log_det = 2 * sum(np.log(upper[i, i]) for i in range(len(self.design)))
        else:
            log_det = np.log(weights.sum(axis=0))
        found: Floats = (logs - q - log_det) / 2
        return found

    def unweighted(self) -> tuple[Floats, Floats]:
        """Residual sum of squares of ordinary least squares, and the expected share of sampling error in it."""
        present = self.present() if self.masked else np.ones_like(self.v)
        v = np.where(present > 0, self.v, 0.0) if self.masked else self.v
        if not self.design:
            residuals = (self.y - _dot(present, self.y) / self.count) * present
            return _dot(residuals, residuals), v.sum(axis=0) * (self.df / self.count)
        basis, _ = orthonormal(self.design, present)
        residuals = self._left(basis, present) * present
        leverage = sum(z * z for z in basis)
        return _dot(residuals, residuals), _dot(v, present * (1 - leverage))


def _check_range(y: Floats, vmin: Floats, vmax: Floats) -> None:
    least, most, furthest = float(vmin.min()), float(vmax.max()), max(float(y.max()), -float(y.min()))
    if least < _LEAST or most > _MOST or furthest > _FURTHEST:
        raise AnalysisError(
            f"effects of up to {furthest:.0e} with sampling variances from {least:.0e} to {most:.0e} cannot be "
            f"computed with; allowed are {_FURTHEST:.0e} and {_LEAST:.0e} to {_MOST:.0e}; use another unit"
        )


def _dot(a: Floats, b: Floats) -> Floats:
    """Sum over studies of the product, analysis by analysis."""
    found: Floats = np.einsum("km,km->m", a, b)
    return found


def orthonormal(design: tuple[Floats, ...], weights: Floats) -> tuple[list[Floats], Floats]:
    """Z with Z'WZ = 1 and the same column space as the design, and upper R with X = Z R, (p, p, m).

    Modified Gram-Schmidt, one analysis per column; a column that follows from the ones before gives infinities.
    """
    p = len(design)
    upper = np.zeros((p, p, weights.shape[1]))
    basis: list[Floats] = []
    for j, column in enumerate(design):
        rest: Floats = np.broadcast_to(column, weights.shape)
        for i, z in enumerate(basis):
            upper[i, j] = _dot(weights * z, rest)
            rest = rest - upper[i, j] * z
        upper[j, j] = np.sqrt(_dot(weights * rest, rest))
        basis.append(rest / upper[j, j])
    return basis, upper


def inverse_upper(upper: Floats) -> Floats:
    """Inverse of upper triangular matrices (p, p, m), analysis by analysis."""
    p = len(upper)
    inverse = np.zeros_like(upper)
    for j in range(p):
        inverse[j, j] = 1 / upper[j, j]
        for i in range(j - 1, -1, -1):
            inner = sum(upper[i, h] * inverse[h, j] for h in range(i + 1, j + 1))
            inverse[i, j] = -inner / upper[i, i]
    return inverse
