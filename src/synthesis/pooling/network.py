"""Network meta-analysis of arms: many treatments compared with one, directly and through each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.model import Note
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.random_terms import Correlated
from synthesis.pooling.regression import Coefficient


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Network(Result):
    """Every treatment against the reference.

    Attributes
    ----------
    reference : str
    contrasts : tuple of Coefficient
        One per other treatment, in sorted order of their names; analysis scale.
    covariance : tuple of tuple of float
        Of the contrasts, from which any other comparison follows.
    tau2 : float
        Variance of the treatment effects between studies.
    q, q_df, q_p : float, int, float
        Heterogeneity within and inconsistency between designs together.
    studies, arms : int
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:network"
    reference: str
    contrasts: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    tau2: float
    q: float
    q_df: int
    q_p: float
    studies: int
    arms: int
    notes: tuple[Note, ...] = ()


def network(
    yi: ArrayLike, vi: ArrayLike, study: Sequence[str], treatment: Sequence[str], *, reference: str, level: float = 0.95
) -> Network:
    """Arm-based network meta-analysis with fixed study effects, by restricted maximum likelihood.

    Parameters
    ----------
    yi, vi : (k,) array
        One row per arm: mean, log odds, ... and its sampling variance, analysis scale.
    study, treatment : sequence of str
        (k,) names.
    reference : str
        The treatment all others are compared with.
    level : float
        Confidence level as a share.

    Raises
    ------
    UsageError, AnalysisError
        If the reference is not among the treatments; if treatments are not connected through studies, naming one.

    Notes
    -----
    Deviations of the arms of one study have correlation 1/2, which gives every contrast the same variance tau2.

    References
    ----------
    Lu and Ades 2004, Statistics in Medicine 23:3105-3124; Senn et al 2013, Statistical Methods in Medical Research
    22:169-189.
    """
    names = sorted(set(treatment))
    if reference not in names:
        raise UsageError(f"reference {reference!r} is not among the treatments: {', '.join(names)}")
    lost = _unreached(study, treatment, reference)
    if lost:
        raise AnalysisError(f"no chain of studies connects {', '.join(lost)} with {reference}")
    others = [name for name in names if name != reference]
    columns = {f"study {name}": np.array([s == name for s in study], dtype=float) for name in sorted(set(study))}
    columns |= {name: np.array([t == name for t in treatment], dtype=float) for name in others}
    arms = Correlated(name="treatment in study", inner=tuple(treatment), outer=tuple(study), structure="CS", rho=0.5)
    fitted = fit_multilevel(yi, vi, [arms], moderators=columns, intercept=False, level=level)
    first = len(columns) - len(others)
    return Network(
        reference=reference,
        contrasts=fitted.coefficients[first:],
        covariance=tuple(row[first:] for row in fitted.covariance[first:]),
        tau2=next(c.value for c in fitted.components if c.kind == "variance"),
        q=fitted.q,
        q_df=fitted.q_df,
        q_p=fitted.q_p,
        studies=first,
        arms=fitted.k,
        notes=fitted.notes,
    )


def _unreached(study: Sequence[str], treatment: Sequence[str], reference: str) -> list[str]:
    """Treatments that no chain of studies connects with the reference."""
    reached: set[str] = {reference}
    arms = {name: {t for s, t in zip(study, treatment, strict=True) if s == name} for name in set(study)}
    while True:
        linked = set().union(reached, *(found for found in arms.values() if found & reached))
        if linked == reached:
            return sorted(set(treatment) - reached)
        reached = linked
