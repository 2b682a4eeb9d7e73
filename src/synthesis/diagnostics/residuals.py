"""Residuals: how far single studies are from what the model says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.diagnostics.model_fit import ModelFit
from synthesis.document.results import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResidual:
    """Residuals of one study, analysis scale unless standardised.

    Attributes
    ----------
    label : str
    raw : float
        Effect minus fitted value.
    pearson : float
        raw / sqrt(vi + tau2).
    internal, internal_se : float
        raw over its standard error in the model with the study in it, and that standard error.
    deleted, deleted_se, external : float
        Effect minus the value predicted by the model fitted without the study, its standard error, and their ratio.
    """

    label: str
    raw: float
    pearson: float
    internal: float
    internal_se: float
    deleted: float
    deleted_se: float
    external: float


def residuals(fit: ModelFit) -> Listing[StudyResidual]:
    """Residuals of every study, in the order of the rows.

    Raises
    ------
    AnalysisError
        If the model cannot be fitted without one of the studies.

    References
    ----------
    Viechtbauer and Cheung 2010, Research Synthesis Methods 1:112-125; Cook and Weisberg 1982.
    """
    own = np.sqrt(fit.variances * (1 - fit.hat))
    return Listing(_one(fit, index, float(own[index])) for index in range(len(fit.y)))


def _one(fit: ModelFit, index: int, own: float) -> StudyResidual:
    without = fit.without(index)
    row = fit.x[index]
    raw = float(fit.residuals[index])
    deleted = float(fit.y[index] - row @ without.beta)
    deleted_se = float(np.sqrt(fit.v[index] + without.tau2 + row @ without.covariance @ row))
    return StudyResidual(
        label=fit.labels[index],
        raw=raw,
        pearson=raw / float(np.sqrt(fit.variances[index])),
        internal=raw / own,
        internal_se=own,
        deleted=deleted,
        deleted_se=deleted_se,
        external=deleted / deleted_se,
    )
