"""The chance of selection as a function of the p value, and the likelihood of what was selected.

Functions take complex numbers too, so that derivatives are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesis.effects.distributions import special
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError
from synthesis.registry import Registry

# Panels of Gauss-Legendre nodes in z = effect / standard error, where p values change: in each so many. The panels end
# where the smaller of p and 1 - p is the last number of double precision; beyond, a weight is that of the last p value.
_PANELS = (-37.0, -9.0, 0.0, 9.0, 37.0)
_NODES = 150
# p values nearer to 0 and 1 than this are taken as this by the beta density, which is infinite or 0 there.
_NEAREST = 1e-5
# Range in which selection parameters are searched, as logarithms; a relative chance beyond it cannot be told from it.
_LOG_LOW, _LOG_HIGH = -14.0, 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A selection function with its parameters.

    Attributes
    ----------
    names : tuple of str
        Of the parameters.
    neutral : float
        Value of every parameter without selection.
    starts : tuple of tuple of float
        Where searches begin.
    log_function : callable or None
        (p values, 1 - p values, parameters) -> logarithm of the chance of selection up to a constant; None for steps.
    nearest : float
        p values nearer to 0 or 1 are taken as this near.
    steps : tuple of float
        p values at which the chance changes; () for smooth functions.
    """

    names: tuple[str, ...]
    neutral: float
    starts: tuple[tuple[float, ...], ...]
    log_function: Callable[[Floats, Floats, np.ndarray], np.ndarray] | None
    nearest: float = 0.0
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionKind:
    """A form of selection: ``build`` takes the steps (used by ``step`` only)."""

    key: str
    label: str
    build: Callable[[tuple[float, ...]], Weights]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionLikelihood:
    """Log-likelihood of (k,) selected effects as a function of mean, tau2 and selection parameters.

    ``searched`` coordinates are mean, tau and logarithms of the selection parameters that are not held; ``natural``
    ones are mean, tau2 and all selection parameters. ``common`` holds tau2 at 0.
    """

    y: Floats
    v: Floats
    weights: Weights
    two_sided: bool
    common: bool
    held: Floats | None
    nodes: Floats
    shares: Floats
    end: float

    @classmethod
    def build(
        cls, y: Floats, v: Floats, weights: Weights, *, two_sided: bool, common: bool, held: Floats | None
    ) -> SelectionLikelihood:
        """With nodes in z and their shares in an integral."""
        edges = np.array(_PANELS)
        if weights.nearest:
            # Where the weight stops changing with p a panel ends.
            end = -float(special().ndtri(weights.nearest / (2 if two_sided else 1)))
            edges = np.array([-end, 0.0, end])
        at, shares = np.polynomial.legendre.leggauss(_NODES)
        middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
        return cls(
            y=y, v=v, weights=weights, two_sided=two_sided, common=common, held=held,
            nodes=(middle[:, None] + half[:, None] * at).ravel(), shares=(half[:, None] * shares).ravel(),
            end=float(edges[-1]),
        )  # fmt: skip

    def searched(self, mean: float, tau: float, parameters: tuple[float, ...]) -> Floats:
        """Search coordinates of a point."""
        tail = [] if self.held is not None else np.log(parameters).tolist()
        return np.array([mean, *([] if self.common else [tau]), *tail])

    def bounds(self) -> tuple[Floats, Floats]:
        """Range of the search coordinates."""
        n = 0 if self.held is not None else len(self.weights.names)
        low = [-math.inf, *([] if self.common else [0.0]), *[_LOG_LOW] * n]
        high = [math.inf, *([] if self.common else [math.inf]), *[_LOG_HIGH] * n]
        return np.array(low), np.array(high)

    def natural(self, point: np.ndarray) -> np.ndarray:
        """Natural coordinates of search coordinates."""
        tau = point.dtype.type(0) if self.common else point[1]
        tail = self.held if self.held is not None else np.exp(point[1 if self.common else 2 :])
        return np.concatenate([point[:1], [tau**2], tail])

    def free(self, natural: Floats) -> np.ndarray:
        """Which natural coordinates were estimated and lie inside their range."""
        tail = natural[2:]
        inside = (tail > math.exp(_LOG_LOW) * 1.01) & (tail < math.exp(_LOG_HIGH) * 0.99) & (self.held is None)
        return np.concatenate([[True, not self.common and natural[1] > 0], inside])

    def at_searched(self, point: np.ndarray) -> np.ndarray:
        """Log-likelihood at search coordinates."""
        return self.at_natural(self.natural(point))

    def at_natural(self, natural: np.ndarray) -> np.ndarray:
        """Log-likelihood at natural coordinates."""
        mean, tau2, parameters = natural[0], natural[1], natural[2:]
        variance = self.v + tau2
        density = -(np.log(2 * np.pi * variance) + (self.y - mean) ** 2 / variance) / 2
        if self.weights.log_function is None:
            own, average = self._steps(mean, variance, parameters)
            log_own = np.log(own)
        else:
            log_own, average = self._smooth(mean, variance, parameters)
        with np.errstate(divide="ignore", invalid="ignore"):
            total: np.ndarray = np.sum(density + log_own - np.log(average))
        # Far out, where not even the chance of being selected at all is a number.
        return total if np.isfinite(total) else np.asarray(-np.inf, dtype=total.dtype)

    def without_selection(self, mean: float, tau2: float) -> float:
        """Log-likelihood if every study is selected."""
        variance = self.v + tau2
        return -float(np.sum(np.log(2 * np.pi * variance) + (self.y - mean) ** 2 / variance)) / 2

    def p_values(self) -> Floats:
        """(k,) p values of the direction that counts."""
        return self._p(self.y / np.sqrt(self.v))[0]

    def _p(self, z: Floats) -> tuple[Floats, Floats]:
        """p values of z, and 1 minus them without loss of digits."""
        ndtr = special().ndtr
        if self.two_sided:
            return 2 * ndtr(-np.abs(z)), special().erf(np.abs(z) / math.sqrt(2))
        return ndtr(-z), ndtr(z)

    def _log_weights(self, z: Floats, parameters: np.ndarray) -> np.ndarray:
        assert self.weights.log_function is not None
        p, rest = (np.clip(values, self.weights.nearest, 1 - self.weights.nearest) for values in self._p(z))
        return self.weights.log_function(p, rest, parameters)

    def check_occupied(self) -> None:
        """Every interval between steps must hold a study, or its chance cannot be estimated."""
        if self.weights.log_function is not None:
            return
        edges = (0.0, *self.weights.steps, 1.0)
        counts = np.bincount(np.searchsorted(self.weights.steps, self.p_values()), minlength=len(edges) - 1)
        for low, high, count in zip(edges, edges[1:], counts, strict=False):
            if count == 0:
                raise AnalysisError(f"no study has a p value between {low:g} and {high:g}; use other steps")

    def _steps(self, mean: np.ndarray, variance: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chances = np.concatenate([[1.0], parameters])
        own = chances[np.searchsorted(self.weights.steps, self.p_values())]
        spread, sei, ndtr = np.sqrt(variance), np.sqrt(self.v), special().ndtr
        # Probability of a p value up to each step; 0 and 1 at the ends.
        below = [np.zeros(len(self.y))]
        for step in self.weights.steps:
            if self.two_sided:
                bound = -special().ndtri(step / 2) * sei
                below.append(ndtr((mean - bound) / spread) + ndtr((-mean - bound) / spread))
            else:
                below.append(ndtr((mean + special().ndtri(step) * sei) / spread))
        below.append(np.ones(len(self.y)))
        return own, sum(c * (b - a) for c, a, b in zip(chances, below, below[1:], strict=False))

    def _smooth(self, mean: np.ndarray, variance: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logarithm of each study's chance of being selected, and of a study like it on average."""
        sei, ndtr = np.sqrt(self.v), special().ndtr
        centre, spread = mean / sei, np.sqrt(variance) / sei
        density = np.exp(-(((self.nodes - centre[:, None]) / spread[:, None]) ** 2) / 2)
        inside = density @ (self.shares * np.exp(self._log_weights(self.nodes, parameters)))
        ends = np.array([-self.end, self.end])
        first, last = np.exp(self._log_weights(ends, parameters))
        beyond = first * ndtr((ends[0] - centre) / spread) + last * ndtr((centre - ends[1]) / spread)
        own = self._log_weights(self.y / sei, parameters)
        return own, inside / (math.sqrt(2 * math.pi) * spread) + beyond


def _step(steps: tuple[float, ...]) -> Weights:
    edges = (*steps, 1.0)
    names = tuple(f"p from {low:g} to {high:g}" for low, high in zip(steps, edges[1:], strict=True))
    n = len(names)
    return Weights(names=names, neutral=1.0, starts=((1.0,) * n, (0.3,) * n), log_function=None, steps=steps)


def _beta(steps: tuple[float, ...]) -> Weights:
    def log_function(p: Floats, rest: Floats, parameters: np.ndarray) -> np.ndarray:
        weights: np.ndarray = (parameters[0] - 1) * np.log(p) + (parameters[1] - 1) * np.log(rest)
        return weights

    return Weights(
        names=("first", "second"), neutral=1.0, starts=((1.0, 1.0), (0.5, 3.0)), log_function=log_function,
        nearest=_NEAREST,
    )  # fmt: skip


def _single(form: Callable[[Floats, Floats, np.ndarray], np.ndarray]) -> Callable[[tuple[float, ...]], Weights]:
    def build(steps: tuple[float, ...]) -> Weights:
        return Weights(
            names=("rate",), neutral=0.0, starts=((0.5,), (5.0,)), log_function=lambda p, rest, d: form(p, rest, d[0])
        )

    return build


SELECTION = Registry(
    "selection function",
    (
        SelectionKind(
            key="step", label="steps at given p values", build=_step,
            reference="Hedges 1992; Vevea and Hedges 1995; Iyengar and Greenhouse 1988",
        ),
        SelectionKind(key="beta", label="beta density of p", build=_beta, reference="Citkowicz and Vevea 2017"),
        SelectionKind(
            key="half-normal", label="exp(−rate p²)", build=_single(lambda p, rest, d: -d * p**2),
            reference="Preston et al 2004",
        ),
        SelectionKind(
            key="negative-exponential", label="exp(−rate p)", build=_single(lambda p, rest, d: -d * p),
            reference="Preston et al 2004",
        ),
        SelectionKind(
            key="power", label="(1 − p) to the power of the rate",
            build=_single(lambda p, rest, d: d * np.log(np.maximum(rest, 1e-300))),
            reference="Viechtbauer 2022",
        ),
    ),
)  # fmt: skip
