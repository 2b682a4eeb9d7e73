"""What the model says about the true effect in each single study (best linear unbiased predictions)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.diagnostics.model_fit import ModelFit
from synthesis.document.results import Listing
from synthesis.effects.distributions import critical_value
from synthesis.effects.model import Floats
from synthesis.pooling.model import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEffect:
    """A prediction for one study: label, value, standard error, interval; analysis scale."""

    label: str
    estimate: float
    se: float
    interval: Interval


def study_effects(fit: ModelFit, *, level: float = 0.95) -> Listing[StudyEffect]:
    """True effects of the studies: each drawn towards the fitted value, the more the larger vi is against tau2.

    Parameters
    ----------
    fit : ModelFit
        From ``fit_model``.
    level : float
        Level of the intervals, a share; normal distribution.

    References
    ----------
    Morris 1983; Raudenbush and Bryk 1985.
    """
    share = fit.tau2 / fit.variances
    fitted = fit.x @ fit.beta
    se = np.sqrt(share * fit.v + (1 - share) ** 2 * fit.fitted_variances)
    return _rows(fit, fitted + share * fit.residuals, se, level, "best-linear-unbiased-prediction")


def random_effects(fit: ModelFit, *, level: float = 0.95) -> Listing[StudyEffect]:
    """How far the studies' true effects lie from the fitted values; parameters as for ``study_effects``."""
    share = fit.tau2 / fit.variances
    se = np.sqrt(share * fit.v + share**2 * fit.fitted_variances)
    return _rows(fit, share * fit.residuals, se, level, "best-linear-unbiased-prediction")


def _rows(fit: ModelFit, values: Floats, se: Floats, level: float, method: str) -> Listing[StudyEffect]:
    half = critical_value(level) * se
    return Listing(
        StudyEffect(
            label=label,
            estimate=float(value),
            se=float(error),
            interval=Interval(low=float(value - width), high=float(value + width), level=level, method=method),
        )
        for label, value, error, width in zip(fit.labels, values, se, half, strict=True)
    )
