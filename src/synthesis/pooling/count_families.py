"""Distributions of counts as exponential families: log-likelihood, mean and variance by the linear predictor.

The linear predictor may be complex: a derivative is then exact to rounding (complex step).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synthesis.effects.distributions import special
from synthesis.effects.model import Floats

Numbers = np.ndarray


class Family(Protocol):
    """Counts of k studies with m observations each. ``eta`` is (k, m, ...): more axes are more points per study."""

    @property
    def counts(self) -> Floats:
        """(k, m) observed counts."""
        ...

    def log_likelihood(self, eta: Numbers) -> Numbers:
        """log p(counts | eta), with all constants."""
        ...

    def moments(self, eta: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and variance of the counts."""
        ...

    def saturated(self) -> tuple[Floats, Floats, float]:
        """The eta that fits each count exactly (infinite at the end of its range), its variance, log-likelihood."""
        ...


def _log_factorial(n: Floats) -> Floats:
    value: Floats = special().gammaln(n + 1)
    return value


def _log_choose(n: Floats, x: Floats) -> Floats:
    return _log_factorial(n) - _log_factorial(x) - _log_factorial(n - x)


def _stretch(values: Floats, eta: Numbers) -> Floats:
    """(k, m) values with as many axes as ``eta``."""
    return values.reshape(values.shape + (1,) * (eta.ndim - 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Binomial:
    """``counts`` of ``totals``, logit link, plus an ``offset``; all (k, m)."""

    counts: Floats
    totals: Floats
    offset: Floats

    def log_likelihood(self, eta: Numbers) -> Numbers:
        """Binomial log-likelihood."""
        x, n = _stretch(self.counts, eta), _stretch(self.totals, eta)
        shifted = eta + _stretch(self.offset, eta)
        high = np.real(shifted) > 0
        softplus = np.log1p(np.exp(np.where(high, -shifted, shifted))) + np.where(high, shifted, 0)
        value: Numbers = _stretch(_log_choose(self.totals, self.counts), eta) + x * shifted - n * softplus
        return value

    def moments(self, eta: Numbers) -> tuple[Numbers, Numbers]:
        """n p and n p (1 - p)."""
        shifted = eta + _stretch(self.offset, eta)
        high = np.real(shifted) > 0
        small = np.exp(np.where(high, -shifted, shifted))
        p = np.where(high, 1, small) / (1 + small)
        n = _stretch(self.totals, eta)
        return n * p, n * small / (1 + small) ** 2

    def saturated(self) -> tuple[Floats, Floats, float]:
        """Observed logits."""
        x, rest = self.counts, self.totals - self.counts
        with np.errstate(divide="ignore"):
            eta = np.log(x) - np.log(rest) - self.offset
            variance = 1 / x + 1 / rest
        p = x / self.totals
        inside = (x > 0) & (rest > 0)
        terms = np.where(inside, x * np.log(np.where(inside, p, 1)) + rest * np.log(np.where(inside, 1 - p, 1)), 0)
        return eta, variance, float(np.sum(_log_choose(self.totals, x) + terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """``counts`` with log link, plus the ``offset`` log time; both (k, m)."""

    counts: Floats
    offset: Floats

    def log_likelihood(self, eta: Numbers) -> Numbers:
        """Poisson log-likelihood."""
        shifted = eta + _stretch(self.offset, eta)
        x = _stretch(self.counts, eta)
        value: Numbers = x * shifted - np.exp(shifted) - _stretch(_log_factorial(self.counts), eta)
        return value

    def moments(self, eta: Numbers) -> tuple[Numbers, Numbers]:
        """The mean, twice."""
        mean = np.exp(eta + _stretch(self.offset, eta))
        return mean, mean

    def saturated(self) -> tuple[Floats, Floats, float]:
        """Observed log rates."""
        x = self.counts
        with np.errstate(divide="ignore"):
            eta, variance = np.log(x) - self.offset, 1 / x
        terms = np.where(x > 0, x * np.log(np.where(x > 0, x, 1)) - x, 0) - _log_factorial(x)
        return eta, variance, float(np.sum(terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypergeometric:
    """Fisher's noncentral hypergeometric distribution of the events in group 1, given both margins of a 2x2 table.

    ``counts`` is (k, 1); ``values`` (k, J) the possible counts, ``weights`` (k, J) their log weights at eta = 0,
    minus infinity where a study has fewer possible counts than the widest.
    """

    counts: Floats
    values: Floats
    weights: Floats

    @classmethod
    def of(cls, events1: Floats, n1: Floats, events2: Floats, n2: Floats) -> Hypergeometric:
        """From the columns of 2x2 tables."""
        total = events1 + events2
        low, high = np.maximum(0, total - n2), np.minimum(total, n1)
        values = low[:, None] + np.arange(int(np.max(high - low)) + 1)[None, :]
        possible = values <= high[:, None]
        inside = np.where(possible, values, high[:, None])
        weights = _log_choose(n1[:, None], inside) + _log_choose(n2[:, None], total[:, None] - inside)
        return cls(counts=events1[:, None], values=inside, weights=np.where(possible, weights, -np.inf))

    def _terms(self, eta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        axes = (len(self.counts), 1) + (1,) * (eta.ndim - 2) + (self.values.shape[1],)
        values = self.values.reshape(axes)
        logs = self.weights.reshape(axes) + values * eta[..., None]
        top = np.max(np.real(logs), axis=-1, keepdims=True)
        return values, np.exp(logs - top), top[..., 0]

    def log_likelihood(self, eta: Numbers) -> Numbers:
        """Conditional log-likelihood."""
        _, terms, top = self._terms(eta)
        at = np.argmax((self.values == self.counts) & np.isfinite(self.weights), axis=1)
        own = self.weights[np.arange(len(at)), at][:, None]
        value: Numbers = _stretch(own, eta) + _stretch(self.counts, eta) * eta - np.log(terms.sum(axis=-1)) - top
        return value

    def moments(self, eta: Numbers) -> tuple[Numbers, Numbers]:
        """Conditional mean and variance."""
        values, terms, _ = self._terms(eta)
        shares = terms / terms.sum(axis=-1, keepdims=True)
        mean = (shares * values).sum(axis=-1)
        return mean, (shares * (values - mean[..., None]) ** 2).sum(axis=-1)

    def saturated(self) -> tuple[Floats, Floats, float]:
        """Conditional log odds ratios, by bisection and Newton steps."""
        low, high = self.values.min(axis=1, keepdims=True), self.values.max(axis=1, keepdims=True)
        inside = (self.counts > low) & (self.counts < high)
        eta = np.zeros(self.counts.shape)
        below, above = np.full(eta.shape, -60.0), np.full(eta.shape, 60.0)
        for _ in range(200):
            mean, variance = self.moments(eta)
            short = mean < self.counts
            below, above = np.where(short, eta, below), np.where(short, above, eta)
            newton = eta + (self.counts - mean) / np.maximum(variance, 1e-300)
            moved = np.where((newton > below) & (newton < above), newton, (below + above) / 2)
            done = bool(np.all(~inside | (np.abs(moved - eta) <= 1e-13 * (1 + np.abs(eta)))))
            eta = np.where(inside, moved, eta)
            if done:
                break
        _, variance = self.moments(eta)
        fitted = np.where(inside, self.log_likelihood(eta), 0)
        # A table with one possible count says nothing; otherwise the end of the range fits it without limit.
        ends = np.where(low == high, 0.0, np.where(self.counts == low, -np.inf, np.inf))
        with np.errstate(divide="ignore"):
            spread = np.where(inside, 1 / variance, np.inf)
        return np.where(inside, eta, ends), spread, float(fitted.sum())
