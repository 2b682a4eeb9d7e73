"""The marginal covariance of dependent effects as a function of its parameters, and the likelihood that follows.

Parameters are standard deviations (in units of ``scale``) and correlations. Small models are one block; large ones are
taken block by block, so that memory grows with the largest block and not with k squared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError
from synthesis.pooling.random_terms import STRUCTURES, Shared, Term, levels

# Up to here one matrix is quicker than many small ones.
_ONE_BLOCK = 60
# Starting standard deviations, in units of the spread of the effects, and starting correlations.
_STARTS = ((0.5, 0.5), (0.1, 0.0), (1.0, 0.9), (0.02, 0.3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A standard deviation or a correlation of a term, its range, and the value it is held at (None: estimated)."""

    term: str
    level: str
    kind: Literal["variance", "correlation"]
    low: float
    high: float
    held: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTerm:
    """A term as indices: (k,) group of each row, (k,) inner level of each row (zeros for ``Shared``)."""

    term: Term
    group: np.ndarray
    inner: np.ndarray
    m: int
    parameters: tuple[Parameter, ...]

    def unfold(self, values: np.ndarray) -> np.ndarray:
        """(m, m) covariance of the inner levels; ``values`` may be complex."""
        if isinstance(self.term, Shared):
            return np.atleast_2d(values[0] ** 2)
        structure = STRUCTURES[self.term.structure]
        n = structure.variances(self.m)
        return structure.unfold(self.m, values[:n], values[n:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that are correlated with no others, their sampling covariance, and the inverse of the marginal one."""

    rows: np.ndarray
    sampling: Floats
    inverse: Floats
    marginal: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marginal:
    """A model at one value of its parameters (``theta``; estimated ones only, in the order of ``parameters``).

    ``y``, ``x`` and the blocks are in units of ``scale`` (``x`` is not scaled); ``beta`` and ``covariance`` are on the
    analysis scale.
    """

    y: Floats
    x: Floats
    names: tuple[str, ...]
    terms: tuple[CompiledTerm, ...]
    blocks: tuple[Block, ...]
    scale: float
    restricted: bool
    theta: Floats

    @classmethod
    def build(
        cls,
        y: Floats,
        x: Floats,
        names: tuple[str, ...],
        sampling: Floats,
        random: tuple[Term, ...],
        *,
        restricted: bool,
    ) -> Marginal:
        """The model with all estimated parameters at 0; ``sampling`` is (k,) variances or a (k, k) covariance.

        Raises
        ------
        AnalysisError
            If a term does not have one value per row, or the sampling covariance is not positive definite.
        """
        k = len(y)
        residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        variances = np.diag(sampling) if sampling.ndim == 2 else sampling
        scale = math.sqrt(float(np.median(variances)) + float(residual @ residual) / k)
        terms = tuple(_compile(term, k) for term in random)
        blocks = tuple(_sampling_block(rows, sampling, scale) for rows in _rows_of_blocks(k, terms, sampling))
        model = cls(
            y=y / scale, x=x, names=names, terms=terms, blocks=blocks, scale=scale, restricted=restricted,
            theta=np.empty(0),
        )  # fmt: skip
        return model.at(np.zeros(len(model.parameters)))

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """Every parameter, held ones too."""
        return tuple(parameter for term in self.terms for parameter in term.parameters)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The estimated ones."""
        return tuple(parameter for parameter in self.all_parameters if parameter.held is None)

    @property
    def low(self) -> Floats:
        """Lower ends of the ranges of the estimated parameters."""
        return np.array([parameter.low for parameter in self.parameters])

    @property
    def high(self) -> Floats:
        """Upper ends."""
        return np.array([parameter.high for parameter in self.parameters])

    def starts(self) -> list[Floats]:
        """Where searches begin."""
        kinds = [parameter.kind for parameter in self.parameters]
        return [np.array([sd if kind == "variance" else rho for kind in kinds]) for sd, rho in _STARTS]

    def holding(self, parameter: Parameter, value: float) -> Marginal:
        """The same model with one parameter held at a value."""
        held = replace(parameter, held=value)
        terms = tuple(
            replace(term, parameters=tuple(held if p == parameter else p for p in term.parameters))
            for term in self.terms
        )
        model = replace(self, terms=terms, theta=np.empty(0))
        return model.at(np.zeros(len(model.parameters)))

    def at(self, theta: Floats) -> Marginal:
        """The model at other parameters.

        Raises
        ------
        AnalysisError
            If the covariance there is not positive definite.
        """
        unfolded = [term.unfold(values) for term, values in zip(self.terms, self._spread(theta), strict=True)]
        blocks = []
        for block in self.blocks:
            marginal = block.sampling.copy()
            for term, covariance in zip(self.terms, unfolded, strict=True):
                marginal += _placed(term, block.rows, covariance)
            try:
                root = np.linalg.inv(np.linalg.cholesky(marginal))
            except np.linalg.LinAlgError:
                raise AnalysisError("the covariance of the effects is not positive definite") from None
            blocks.append(replace(block, marginal=marginal, inverse=root.T @ root))
        return replace(self, blocks=tuple(blocks), theta=np.array(theta, dtype=float))

    def _spread(self, theta: np.ndarray) -> list[np.ndarray]:
        """Values of each term's parameters, held ones filled in."""
        values = iter(theta)
        return [np.array([next(values) if p.held is None else p.held for p in term.parameters]) for term in self.terms]

    @property
    def information(self) -> Floats:
        """(p, p) X'M^-1 X."""
        total = np.zeros((self.x.shape[1], self.x.shape[1]))
        for b in self.blocks:
            total += self.x[b.rows].T @ b.inverse @ self.x[b.rows]
        return total

    @property
    def covariance(self) -> Floats:
        """(p, p) covariance of the coefficients."""
        return _inverse(self.information) * self.scale**2

    @property
    def beta(self) -> Floats:
        """(p,) coefficients."""
        return self._scaled_beta() * self.scale

    def _scaled_beta(self) -> Floats:
        moments = sum(self.x[b.rows].T @ b.inverse @ self.y[b.rows] for b in self.blocks)
        beta: Floats = np.linalg.solve(self.information, moments)
        return beta

    @property
    def log_likelihood(self) -> float:
        """(Restricted) log-likelihood with all constants, on the analysis scale."""
        k, p = self.x.shape
        residual = self.y - self.x @ self._scaled_beta()
        total = 0.0
        for b in self.blocks:
            total += -float(np.linalg.slogdet(b.inverse)[1]) + float(residual[b.rows] @ b.inverse @ residual[b.rows])
        rows = k - p if self.restricted else k
        if self.restricted:
            total += float(np.linalg.slogdet(self.information)[1]) - float(np.linalg.slogdet(self.x.T @ self.x)[1])
        return -float(rows * math.log(2 * math.pi * self.scale**2) + total) / 2

    def value(self, theta: Floats) -> float:
        """Log-likelihood at ``theta``; minus infinity where the covariance is not positive definite."""
        try:
            return self.at(theta).log_likelihood
        except AnalysisError:
            return -math.inf

    def gradient(self, theta: Floats) -> Floats:
        """Derivatives of the log-likelihood by ``theta``."""
        model = self.at(theta)
        residual = model.y - model.x @ model._scaled_beta()
        spread = np.linalg.inv(model.information)
        derivatives = model._derivatives(theta)
        slopes = np.zeros(len(theta))
        for b in model.blocks:
            weighted, rows = b.inverse @ residual[b.rows], b.inverse @ model.x[b.rows]
            # tr(P dM) - y'P dM P y, with P = M^-1 - M^-1 X (X'M^-1 X)^-1 X'M^-1 for the restricted likelihood.
            kernel = b.inverse - np.outer(weighted, weighted)
            if self.restricted:
                kernel = kernel - rows @ spread @ rows.T
            for index, (term, covariance) in enumerate(derivatives):
                slopes[index] -= float(np.sum(kernel * _placed(term, b.rows, covariance))) / 2
        return slopes

    def _derivatives(self, theta: Floats) -> list[tuple[CompiledTerm, Floats]]:
        found, step = [], 1e-30
        index = 0
        for position, term in enumerate(self.terms):
            for parameter in term.parameters:
                if parameter.held is None:
                    shifted = theta.astype(complex)
                    shifted[index] += step * 1j
                    found.append((term, np.imag(term.unfold(self._spread(shifted)[position])) / step))
                    index += 1
        return found

    def residual_q(self) -> float:
        """Q of the model with sampling error alone."""
        return self._sampling_only().deviance()

    def _sampling_only(self) -> Marginal:
        blocks = tuple(replace(b, marginal=b.sampling, inverse=_inverse(b.sampling)) for b in self.blocks)
        return replace(self, blocks=blocks)

    def deviance(self) -> float:
        """Sum of squared residuals in units of the marginal covariance."""
        residual = self.y - self.x @ self._scaled_beta()
        return float(sum(residual[b.rows] @ b.inverse @ residual[b.rows] for b in self.blocks))

    def shares(self) -> tuple[float, ...]:
        """Share of each ``Shared`` term in the total variance, by the typical sampling variance; () with others."""
        if not all(isinstance(term.term, Shared) for term in self.terms):
            return ()
        k, p = self.x.shape
        alone = self._sampling_only()
        spread = np.linalg.inv(alone.information)
        trace = 0.0
        for b in alone.blocks:
            rows = b.inverse @ self.x[b.rows]
            trace += float(np.trace(b.inverse)) - float(np.sum((rows @ spread) * rows))
        variances = [float(values[0]) ** 2 for values in self._spread(self.theta)]
        total = sum(variances) + (k - p) / trace
        return tuple(variance / total for variance in variances)


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _placed(term: CompiledTerm, rows: np.ndarray, covariance: Floats) -> Floats:
    """The part of a block's covariance that a term makes."""
    group, inner = term.group[rows], term.inner[rows]
    same = group[:, None] == group[None, :]
    placed: Floats = np.where(same, covariance[np.ix_(inner, inner)], 0.0)
    return placed


def _compile(term: Term, k: int) -> CompiledTerm:
    names = term.groups if isinstance(term, Shared) else term.outer
    inner_names = (0,) * len(names) if isinstance(term, Shared) else term.inner
    if not len(names) == len(inner_names) == k:
        raise AnalysisError(f"random term {term.name!r} has {len(names)} rows; there are {k} effects")
    places = {name: index for index, name in enumerate(dict.fromkeys(names))}
    found = levels(inner_names)
    order = {name: index for index, name in enumerate(found)}
    return CompiledTerm(
        term=term,
        group=np.array([places[name] for name in names]),
        inner=np.array([order[name] for name in inner_names]),
        m=len(found),
        parameters=_parameters(term, [str(name) for name in found]),
    )


def _parameters(term: Term, inner: list[str]) -> tuple[Parameter, ...]:
    def sd(level: str) -> Parameter:
        return Parameter(term=term.name, level=level, kind="variance", low=0.0, high=math.inf)

    if isinstance(term, Shared):
        return (sd(""),)
    structure, m = STRUCTURES[term.structure], len(inner)
    n, pairs = structure.variances(m), structure.correlations(m)
    if term.rho is not None and pairs != 1:
        raise AnalysisError(f"a correlation can be held in structures with one; {structure.key} has {pairs}")
    # With one correlation for all pairs, a lower one would not be a covariance.
    low = -1 / (m - 1) if pairs == 1 and m > 1 else -1.0
    names = [""] if pairs == 1 else [f"{a}, {b}" for i, a in enumerate(inner) for b in inner[i + 1 :]]
    return (
        *(sd(level) for level in ([""] if n == 1 else inner)),
        *(
            Parameter(term=term.name, level=name, kind="correlation", low=low, high=1.0, held=term.rho)
            for name in names[:pairs]
        ),
    )


def _rows_of_blocks(k: int, terms: tuple[CompiledTerm, ...], sampling: Floats) -> list[np.ndarray]:
    if k <= _ONE_BLOCK:
        return [np.arange(k)]
    label = np.arange(k)
    for _ in range(k):
        before = label.copy()
        for term in terms:
            lowest = np.full(int(term.group.max()) + 1, k)
            np.minimum.at(lowest, term.group, label)
            label = lowest[term.group]
        if sampling.ndim == 2:
            label = np.array([label[np.flatnonzero(row)].min() for row in sampling])
        if np.array_equal(before, label):
            break
    return [np.flatnonzero(label == name) for name in np.unique(label)]


def _sampling_block(rows: np.ndarray, sampling: Floats, scale: float) -> Block:
    part = sampling[np.ix_(rows, rows)] if sampling.ndim == 2 else np.diag(sampling[rows])
    if not np.allclose(part, part.T, rtol=1e-9, atol=0) or float(np.linalg.eigvalsh(part)[0]) <= 0:
        raise AnalysisError("the sampling covariance is not symmetric and positive definite")
    return Block(rows=rows, sampling=part / scale**2, inverse=np.eye(len(rows)), marginal=np.eye(len(rows)))
