"""The likelihood of a generalised linear mixed model of counts, and its maximum.

A parameter that belongs to one study alone is profiled out study by study, so that the search is over a handful of
parameters however many studies there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from synthesis.effects.model import Floats
from synthesis.pooling.count_families import Numbers
from synthesis.pooling.maximise import complex_gradient, hessian, maximise
from synthesis.pooling.quadrature import Integrand

_STEP = 1e-30
_OWN_STEPS = 100
# A study whose own parameter has no finite best value (an empty cell) is held here: the likelihood is flat beyond.
_FARTHEST = 40.0
# Standard deviations from which the search begins, log scale.
_STARTS = (0.05, 0.3, 1.0, 3.0)
_LARGEST_SD = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountModel:
    """k studies with m counts each: linear predictor = effect + level of the study + random effects.

    Attributes
    ----------
    integrand : Integrand
    x : (k, p) array
        Design of the effects, columns of length sqrt(k) and orthogonal.
    effect : (m,) array
        Which counts the effect raises.
    own : (m,) array or None
        Which counts a parameter of each study raises; None without such parameters.
    shared : bool
        Whether there is a level of all studies, with a random deviation of each.
    spread : (m,) array or None
        Which counts a random deviation of a study's effect raises; None with a common effect.
    start : (p,) array
        Where the search for the effects begins.
    """

    integrand: Integrand
    x: Floats
    effect: Floats
    own: Floats | None
    shared: bool
    spread: Floats | None
    start: Floats

    @property
    def size(self) -> int:
        """Parameters of all studies: effects, level, its standard deviation, standard deviation of the effects."""
        return int(self.x.shape[1]) + 2 * self.shared + (self.spread is not None)

    def studies(self, theta: Numbers, alpha: Numbers) -> Numbers:
        """(k,) log-likelihood at (size,) parameters and (k,) parameters of the studies."""
        eta, loading = self.parts(theta, alpha)
        return self.integrand.log_likelihood(eta, loading)

    def parts(self, theta: Numbers, alpha: Numbers) -> tuple[Numbers, Numbers]:
        """Fixed part of the linear predictor (k, m), and the loadings (m, r) of the random effects."""
        p = self.x.shape[1]
        eta = (self.x @ theta[:p])[:, None] * self.effect
        columns = []
        if self.own is not None:
            eta = eta + alpha[:, None] * self.own
        if self.shared:
            eta = eta + theta[p]
            columns.append(theta[p + 1] * np.ones(len(self.effect)))
        if self.spread is not None:
            columns.append(theta[-1] * self.spread)
        return eta, np.stack(columns, axis=1) if columns else np.zeros((len(self.effect), 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFit:
    """The maximum: parameters, covariance of those inside their range (others 0), height, whether it is one."""

    model: CountModel
    theta: Floats
    alpha: Floats
    covariance: Floats
    height: float
    converged: bool

    def conditional_log_likelihood(self) -> float:
        """Log-likelihood of the counts given each study's most likely random effects."""
        eta, loading = self.model.parts(self.theta, self.alpha)
        u = self.model.integrand.modes(eta, loading)
        return float(self.model.integrand.family.log_likelihood(eta + u @ loading.T).sum())

    def own_covariance(self) -> Floats:
        """(k, k) covariance of the parameters of the studies."""
        search = _Search(self.model, self.alpha)
        curvature = -search.own_curvature(self.theta, self.alpha)
        cross = np.empty((len(self.alpha), len(self.theta)))
        for index in range(len(self.theta)):
            step = 1e-5 * max(1.0, abs(float(self.theta[index])))
            up, down = self.theta.copy(), self.theta.copy()
            up[index] += step
            down[index] -= step
            cross[:, index] = (search.own_slope(up, self.alpha) - search.own_slope(down, self.alpha)) / (2 * step)
        moves = cross / curvature[:, None]
        covariance: Floats = np.diag(1 / curvature) + moves @ self.covariance @ moves.T
        return covariance


@dataclass(slots=True)
class _Search:
    """The profile likelihood of a model; remembers the studies' parameters, from which the next search starts."""

    model: CountModel
    alpha: Floats
    _at: Floats | None = field(default=None)

    def value(self, theta: Floats) -> float:
        with np.errstate(all="ignore"):
            return float(self.model.studies(theta, self.best_own(theta)).sum())

    def gradient(self, theta: Floats) -> Floats:
        alpha = self.best_own(theta)
        with np.errstate(all="ignore"):
            return complex_gradient(lambda point: self.model.studies(point, alpha).sum())(theta)

    def own_slope(self, theta: Floats, alpha: Floats) -> Floats:
        with np.errstate(all="ignore"):
            slope: Floats = np.imag(self.model.studies(theta, alpha + _STEP * 1j)) / _STEP
        return slope

    def own_curvature(self, theta: Floats, alpha: Floats) -> Floats:
        step = 1e-5
        return (self.own_slope(theta, alpha + step) - self.own_slope(theta, alpha - step)) / (2 * step)

    def best_own(self, theta: Floats) -> Floats:
        """The studies' best parameters given the others: Newton steps that never go down."""
        if self.model.own is None or (self._at is not None and np.array_equal(self._at, theta)):
            return self.alpha
        alpha = self.alpha.copy()
        height = np.real(self.model.studies(theta, alpha))
        for _ in range(_OWN_STEPS):
            slope = self.own_slope(theta, alpha)
            curvature = self.own_curvature(theta, alpha)
            step = np.where(curvature < 0, -slope / np.where(curvature < 0, curvature, 1), np.sign(slope))
            step = np.clip(np.nan_to_num(step), -2, 2)
            for _ in range(40):
                moved = np.clip(alpha + step, -_FARTHEST, _FARTHEST)
                tried = np.real(self.model.studies(theta, moved))
                worse = ~(tried >= height - 1e-13 * (1 + np.abs(height)))
                if not worse.any():
                    break
                step[worse] /= 2
            moves = np.abs(moved - alpha)
            alpha, height = moved, tried
            if np.all((moves <= 1e-11 * (1 + np.abs(alpha))) | (np.abs(slope) <= 1e-13)):
                break
        self.alpha, self._at = alpha, theta.copy()
        return alpha


def fit_counts(model: CountModel) -> CountFit:
    """Maximise the likelihood; a standard deviation of the effects at which it is no higher than at 0 is exactly 0."""
    search = _Search(model, _first_own(model))
    p = model.x.shape[1]
    if not model.size:
        return _settled(search, np.empty(0), True)
    low = np.concatenate([model.start - 60, [-60.0, 0.0] * model.shared, [0.0] * (model.spread is not None)])
    high = low + 120
    high[p + model.shared :] = _LARGEST_SD
    if model.spread is None:
        level = [float(np.median(_first_own(replace(model, own=np.ones(len(model.effect))))))] if model.shared else []
        begin = np.concatenate([model.start, level, [1.0] * model.shared])
        best = maximise(search.value, search.gradient, [begin], low=low, high=high)
        return _settled(search, best.point, best.converged and not _at_end(best.point, low, high, p + model.shared))
    without = fit_counts(replace(model, spread=None))
    starts = [np.concatenate([without.theta, [sd]]) for sd in _STARTS]
    best = maximise(search.value, search.gradient, [max(starts, key=search.value)], low=low, high=high)
    theta, converged = best.point, best.converged and not _at_end(best.point, low, high, p + model.shared)
    if without.height >= best.height - 1e-9:
        theta, converged = np.concatenate([without.theta, [0.0]]), without.converged
    return _settled(search, theta, converged)


def _at_end(theta: Floats, low: Floats, high: Floats, effects: int) -> bool:
    """Whether a parameter ran to the end of its range; 0 is a fair value of a standard deviation."""
    ends = theta >= high - 1e-6
    ends[:effects] |= theta[:effects] <= low[:effects] + 1e-6
    return bool(ends.any())


def _settled(search: _Search, theta: Floats, converged: bool) -> CountFit:
    covariance = np.zeros((len(theta), len(theta)))
    p = search.model.x.shape[1]
    free = np.array([index < p + search.model.shared or theta[index] > 0 for index in range(len(theta))], dtype=bool)
    if free.any():
        curvature = hessian(search.gradient, theta, free)
        try:
            covariance[np.ix_(free, free)] = np.linalg.inv(-curvature)
        except np.linalg.LinAlgError:
            converged = False
    converged = converged and bool(np.all(np.diag(covariance)[free] > 0))
    return CountFit(
        model=search.model,
        theta=theta,
        alpha=search.best_own(theta),
        covariance=covariance,
        height=search.value(theta),
        converged=converged,
    )


def _first_own(model: CountModel) -> Floats:
    """A study's level where its last count is fitted exactly, half an event added."""
    family = model.integrand.family
    if model.own is None:
        return np.zeros(len(family.counts))
    observed, _, _ = family.saturated()
    chosen = observed[:, 0 if model.own[-1] == 0 else -1]
    return np.clip(np.nan_to_num(chosen, posinf=3.0, neginf=-3.0), -20, 20)
