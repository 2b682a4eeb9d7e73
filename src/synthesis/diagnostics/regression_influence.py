"""How strongly single studies pull on a meta-regression."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from synthesis.diagnostics.model_fit import ModelFit
from synthesis.effects.distributions import chi2_upper_p
from synthesis.pooling.generalised_q import GeneralisedQ
from synthesis.pooling.regression import weighted_least_squares


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionInfluence:
    """Influence of one study on a model with moderators; see ``StudyInfluence`` for the words.

    ``dfbetas`` holds the change of each coefficient in its standard errors, in the order of the coefficients.
    """

    label: str
    residual: float
    dffits: float
    cook: float
    covariance_ratio: float
    tau2: float
    q: float
    hat: float
    dfbetas: tuple[float, ...]
    influential: bool


def regression_influence(fit: ModelFit) -> tuple[RegressionInfluence, ...]:
    """Influence statistics of every study, in the order of the rows.

    Raises
    ------
    AnalysisError
        If the model cannot be fitted without one of the studies.

    References
    ----------
    Viechtbauer and Cheung 2010, Research Synthesis Methods 1:112-125.
    """
    return tuple(_one(fit, index) for index in range(len(fit.y)))


def _one(fit: ModelFit, index: int) -> RegressionInfluence:
    k, p = fit.x.shape
    without, row = fit.without(index), fit.x[index]
    change = fit.beta - without.beta
    variance = float(fit.v[index]) + without.tau2
    hat = float(fit.hat[index])
    dffits = float(row @ change) / math.sqrt(hat * variance)
    cook = float(change @ np.linalg.solve(fit.covariance, change))
    # All studies, but the tau2 of the others: otherwise leaving one out would change the yardstick too.
    yardstick = weighted_least_squares(fit.y, fit.v + without.tau2, fit.x).covariance
    dfbetas = change / np.sqrt(np.diag(yardstick))
    large = abs(dffits) > 3 * math.sqrt(p / (k - p)) or bool(np.any(np.abs(dfbetas) > 1))
    return RegressionInfluence(
        label=fit.labels[index],
        residual=float(fit.y[index] - row @ without.beta) / math.sqrt(variance + float(row @ without.covariance @ row)),
        dffits=dffits,
        cook=cook,
        covariance_ratio=float(np.linalg.det(np.linalg.solve(fit.covariance, without.covariance))),
        tau2=without.tau2,
        q=float(GeneralisedQ(without.y, without.v, without.x).q(np.zeros(1))[0]),
        hat=hat,
        dfbetas=tuple(float(value) for value in dfbetas),
        influential=large or chi2_upper_p(cook, p) < 0.5 or hat > 3 * p / k,
    )
