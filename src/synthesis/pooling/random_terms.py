"""Random effects of dependent results: which rows share a deviation, and how deviations are correlated.

A term turns parameters into a (k, k) covariance that is added to that of sampling. ``Shared`` is one deviation per
group (rows of one study, of one laboratory); ``Correlated`` is one deviation per inner level within each outer group
(outcomes within studies), with a structure from ``STRUCTURES``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthesis.effects.model import Floats
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One random deviation per group.

    ``groups`` has one name per row; for a level nested in others use ``nested``, so that equal names in different
    outer groups are different groups.
    """

    name: str
    groups: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlated:
    """One random deviation per inner level and outer group, correlated within the outer group.

    ``rho`` holds the correlation at a value instead of estimating it; for structures with a single one.
    """

    name: str
    inner: tuple[Hashable, ...]
    outer: tuple[Hashable, ...]
    structure: str = "CS"
    rho: float | None = None


Term = Shared | Correlated


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A covariance of m inner levels.

    Attributes
    ----------
    key, label : str
    variances, correlations : callable
        m -> how many there are.
    unfold : callable
        (m, standard deviations, correlations) -> (m, m) covariance matrix; also for complex numbers.
    reference : str
    """

    key: str
    label: str
    variances: Callable[[int], int]
    correlations: Callable[[int], int]
    unfold: Callable[[int, Floats, Floats], Floats]
    reference: str


def nested(columns: Mapping[str, Sequence[Hashable]]) -> list[Shared]:
    """Terms of a nesting, outermost first: ``district``, ``district/school``, ...; (k,) names per level."""
    names, values = list(columns), list(columns.values())
    return [
        Shared(name="/".join(names[:depth]), groups=tuple(zip(*values[:depth], strict=True)))
        for depth in range(1, len(names) + 1)
    ]


def levels(values: Sequence[Hashable]) -> list[Hashable]:
    """Distinct values in sorted order."""
    return sorted(set(values), key=lambda value: (str(type(value)), value))


def _one_correlation(m: int, sd: Floats, correlations: Floats) -> Floats:
    covariance = np.outer(np.broadcast_to(sd, m), np.broadcast_to(sd, m))
    covariance[~np.eye(m, dtype=bool)] *= correlations[0]
    return covariance


def _diagonal(m: int, sd: Floats, correlations: Floats) -> Floats:
    return np.diag(sd**2)


def _unstructured(m: int, sd: Floats, correlations: Floats) -> Floats:
    covariance = np.outer(sd, sd).astype(np.result_type(sd, correlations))
    upper = np.triu_indices(m, 1)
    covariance[upper] *= correlations
    covariance.T[upper] *= correlations
    return covariance


STRUCTURES = Registry(
    "covariance structure",
    (
        Structure(
            key="CS", label="compound symmetry: one variance, one correlation", variances=lambda m: 1,
            correlations=lambda m: 1, unfold=_one_correlation, reference="Pinheiro and Bates 2000",
        ),
        Structure(
            key="HCS", label="a variance per level, one correlation", variances=lambda m: m,
            correlations=lambda m: 1, unfold=_one_correlation, reference="Pinheiro and Bates 2000",
        ),
        Structure(
            key="DIAG", label="a variance per level, no correlation", variances=lambda m: m,
            correlations=lambda m: 0, unfold=_diagonal, reference="Pinheiro and Bates 2000",
        ),
        Structure(
            key="UN", label="a variance per level, a correlation per pair", variances=lambda m: m,
            correlations=lambda m: m * (m - 1) // 2, unfold=_unstructured, reference="Berkey et al 1998",
        ),
    ),
)  # fmt: skip
