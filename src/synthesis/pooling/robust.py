"""Cluster-robust standard errors: right even where the model has the dependence within clusters wrong.

``m`` is the number of clusters. With few of them use CR2, whose degrees of freedom say how much is known about each
coefficient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.distributions import check_level
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.marginal import Marginal
from synthesis.pooling.model import Note
from synthesis.pooling.regression import Coefficient, coefficient_row
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Rows of one cluster: design (n, p), residuals (n,), marginal covariance and its inverse (n, n)."""

    x: Floats
    residual: Floats
    marginal: Floats
    inverse: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustMethod:
    """A cluster-robust covariance.

    Attributes
    ----------
    key, label : str
    adjust : callable
        (cluster, (p, p) covariance of the coefficients, or None to leave residuals alone) -> (n, n) matrix that
        residuals are multiplied with.
    factor : callable
        (m clusters, p coefficients) -> factor on the covariance.
    satterthwaite : bool
        Whether degrees of freedom follow from the design instead of being m - p.
    reference : str
    """

    key: str
    label: str
    adjust: Callable[[Cluster, Floats], Floats]
    factor: Callable[[int, int], float]
    satterthwaite: bool
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Robust(Result):
    """Coefficients with cluster-robust standard errors.

    ``covariance`` is (p, p); ``clusters`` their number; ``method`` a key in ``ROBUST``.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:robust"
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    clusters: int
    method: str
    notes: tuple[Note, ...] = ()


class Fitted(Protocol):
    """A model that knows its marginal covariance, such as ``Multilevel``."""

    @property
    def marginal(self) -> Marginal: ...


def robust(
    fitted: Marginal | Fitted, clusters: Sequence[Hashable], *, method: str = "CR2", level: float = 0.95
) -> Robust:
    """Cluster-robust standard errors for a fitted model.

    Parameters
    ----------
    fitted : Multilevel or Marginal
        A model of dependent results, or ``independent`` for one without random terms but tau2.
    clusters : sequence
        (k,) name of the cluster of each row, usually the study; nothing may be correlated across clusters.
    method : str
        Key in ``ROBUST``.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError, UsageError
        If there are not more clusters than coefficients, or a random term reaches across clusters; if there is not
        one name per row.

    References
    ----------
    Hedges, Tipton and Johnson 2010, Research Synthesis Methods 1:39-65; Pustejovsky and Tipton 2018, Journal of
    Business and Economic Statistics 36:672-683.
    """
    chosen = ROBUST[method]
    model = fitted if isinstance(fitted, Marginal) else fitted.marginal
    k, p = model.x.shape
    if len(clusters) != k:
        raise UsageError(f"clusters has {len(clusters)} names for {k} effects; give one per effect")
    found = _clusters(model, clusters)
    m = len(found)
    if m <= p:
        raise AnalysisError(f"{p} coefficients need at least {p + 1} clusters; found {m}")
    bread = model.covariance
    adjusted = [chosen.adjust(cluster, bread) for cluster in found]
    scores = [c.x.T @ c.inverse @ a @ c.residual for c, a in zip(found, adjusted, strict=True)]
    meat = sum((np.outer(score, score) for score in scores), np.zeros((p, p)))
    covariance = chosen.factor(m, p) * bread @ meat @ bread
    dfs = _satterthwaite(found, adjusted, bread) if chosen.satterthwaite else [float(m - p)] * p
    check_level(level)
    return Robust(
        coefficients=tuple(
            coefficient_row(name, float(b), math.sqrt(float(v)), df, level, method)
            for name, b, v, df in zip(model.names, model.beta, np.diag(covariance), dfs, strict=True)
        ),
        covariance=tuple(tuple(float(value) for value in row) for row in covariance),
        clusters=m,
        method=method,
        notes=_notes(dfs),
    )


def independent(y: Floats, variances: Floats, x: Floats, names: tuple[str, ...]) -> Marginal:
    """A model whose (k,) effects are independent with known total variances (sampling plus tau2)."""
    return Marginal.build(y, x, names, variances, (), restricted=True)


def _clusters(model: Marginal, names: Sequence[Hashable]) -> list[Cluster]:
    residual = model.y * model.scale - model.x @ model.beta
    found = []
    whole = {name: [index for index, other in enumerate(names) if other == name] for name in dict.fromkeys(names)}
    marginals = {name: np.zeros((len(rows), len(rows))) for name, rows in whole.items()}
    for block in model.blocks:
        placed = 0.0
        for name in dict.fromkeys(names[row] for row in block.rows):
            here = [i for i, row in enumerate(block.rows) if names[row] == name]
            there = [whole[name].index(int(block.rows[i])) for i in here]
            part = block.marginal[np.ix_(here, here)]
            marginals[name][np.ix_(there, there)] = part * model.scale**2
            placed += float(np.sum(np.abs(part)))
        if placed < (1 - 1e-12) * float(np.sum(np.abs(block.marginal))):
            raise AnalysisError("a random term reaches across clusters; use clusters that hold its groups together")
    for name, rows in whole.items():
        inverse = np.asarray(np.linalg.inv(marginals[name]), dtype=np.float64)
        found.append(Cluster(x=model.x[rows], residual=residual[rows], marginal=marginals[name], inverse=inverse))
    return found


def _leave(cluster: Cluster, bread: Floats) -> Floats:
    return np.eye(len(cluster.residual))


def _bias_reduced(cluster: Cluster, bread: Floats) -> Floats:
    """Residuals vary less than errors; this gives them the model's covariance back (Bell and McCaffrey 2002)."""
    root = np.linalg.cholesky(cluster.marginal).T
    spread = root @ (cluster.marginal - cluster.x @ bread @ cluster.x.T) @ root.T
    values, vectors = np.linalg.eigh(spread)
    # A direction in which residuals are always 0 stays as it is.
    usable = values > 1e-10 * values.max()
    inverse = vectors[:, usable] @ np.diag(values[usable] ** -0.5) @ vectors[:, usable].T
    adjustment: Floats = root.T @ inverse @ root
    return adjustment


def _satterthwaite(clusters: list[Cluster], adjusted: list[Floats], bread: Floats) -> list[float]:
    """Degrees of freedom per coefficient under the working model."""
    dfs = []
    for contrast in np.eye(len(bread)):
        parts = [a.T @ c.inverse @ c.x @ bread @ contrast for c, a in zip(clusters, adjusted, strict=True)]
        lean = np.array([c.x.T @ part for c, part in zip(clusters, parts, strict=True)])
        products = -lean @ bread @ lean.T
        own = [float(part @ c.marginal @ part) for c, part in zip(clusters, parts, strict=True)]
        products[np.diag_indices(len(clusters))] += own
        dfs.append(float(np.trace(products)) ** 2 / float(np.sum(products**2)))
    return dfs


def _notes(dfs: Sequence[float]) -> tuple[Note, ...]:
    # Tipton 2015: below 4 degrees of freedom the t approximation fails.
    if min(dfs) >= 4:
        return ()
    text = "A coefficient has fewer than 4 degrees of freedom: its p value and interval cannot be relied on."
    return (Note(code="few-degrees-of-freedom", text=text),)


ROBUST = Registry(
    "cluster-robust method",
    (
        RobustMethod(
            key="CR0", label="as it is", adjust=_leave, factor=lambda m, p: 1.0, satterthwaite=False,
            reference="Liang and Zeger 1986; Hedges, Tipton and Johnson 2010",
        ),
        RobustMethod(
            key="CR1", label="times m / (m − p)", adjust=_leave, factor=lambda m, p: m / (m - p), satterthwaite=False,
            reference="Hedges, Tipton and Johnson 2010",
        ),
        RobustMethod(
            key="CR2", label="bias-reduced, Satterthwaite degrees of freedom", adjust=_bias_reduced,
            factor=lambda m, p: 1.0, satterthwaite=True,
            reference="Bell and McCaffrey 2002; Tipton 2015; Pustejovsky and Tipton 2018",
        ),
    ),
)  # fmt: skip
