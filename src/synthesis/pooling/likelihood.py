"""How well a model fits: log-likelihood, deviance and information criteria; comparing two models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.distributions import chi2_upper_p
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError
from synthesis.pooling.model import Test
from synthesis.pooling.regression import design, weighted_least_squares
from synthesis.pooling.tau2 import estimate_tau2


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Likelihood(Result):
    """A log-likelihood and what follows from it.

    Attributes
    ----------
    log_likelihood : float
        With all constants.
    deviance : float
        Twice the distance from the log-likelihood of the saturated model; for the restricted likelihood minus twice
        the log-likelihood, since there is no such model.
    aic, bic, aicc : float
        Criteria of Akaike, of Schwarz, and of Akaike corrected for small k.
    parameters : int
        Coefficients and, unless it is held fixed, tau2.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:fit"
    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    aicc: float
    parameters: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LikelihoodRatio(Result):
    """A likelihood-ratio test of a model against one with fewer moderators, both by maximum likelihood."""

    shown_by: ClassVar[str] = "synthesis.pooling.described:likelihood_ratio"
    test: Test
    log_likelihood_full: float
    log_likelihood_reduced: float
    tau2_full: float
    tau2_reduced: float


def likelihood(
    yi: Floats,
    vi: Floats,
    x: Floats,
    *,
    tau2: float,
    restricted: bool,
    tau2_estimated: bool = True,
    beta: Floats | None = None,
) -> Likelihood:
    """Likelihood of a model with given tau2.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances, analysis scale.
    x : (k, p) array
        Design of full column rank.
    tau2 : float
        Between-study variance; 0 for the common-effect model.
    restricted : bool
        Whether the likelihood is the restricted one. It includes + 1/2 log det(X'X), so that its values can be
        compared between models with the same columns only.
    tau2_estimated : bool
        Whether tau2 counts as a parameter.
    beta : (p,) array or None
        Coefficients, if they are not the weighted least squares ones.

    References
    ----------
    Viechtbauer 2005; Harville 1974, Biometrika 61:383-385; Hurvich and Tsai 1989, Biometrika 76:297-307.
    """
    k, p = x.shape
    variances = vi + tau2
    if beta is None:
        beta = weighted_least_squares(yi, variances, x).beta
    rows = k - p if restricted else k
    fit = -(rows * math.log(2 * math.pi) + float(np.sum(np.log(variances) + (yi - x @ beta) ** 2 / variances))) / 2
    if restricted:
        of_design, of_information = _log_det(x), _log_det(x / np.sqrt(variances)[:, None])
        fit += (of_design - of_information) / 2
        deviance = -2 * fit
    else:
        saturated = -(k * math.log(2 * math.pi) + float(np.sum(np.log(vi)))) / 2
        deviance = -2 * (fit - saturated)
    parameters = p + tau2_estimated
    room = max(rows, parameters + 2)
    return Likelihood(
        log_likelihood=fit,
        deviance=deviance,
        aic=2 * parameters - 2 * fit,
        bic=parameters * math.log(rows) - 2 * fit,
        aicc=2 * parameters * room / (room - parameters - 1) - 2 * fit,
        parameters=parameters,
    )


def _log_det(x: Floats) -> float:
    """log det(X'X), without the product."""
    return 2 * float(np.sum(np.log(np.abs(np.diagonal(np.linalg.qr(x, mode="r"))))))


def likelihood_ratio_test(
    yi: ArrayLike, vi: ArrayLike, full: Mapping[str, ArrayLike], reduced: Mapping[str, ArrayLike]
) -> LikelihoodRatio:
    """Test that the moderators that ``full`` has and ``reduced`` has not are not needed; both with an intercept.

    Parameters
    ----------
    yi, vi : (k,) array
        Analysis scale.
    full, reduced : mapping of str to (k,) array
        Moderators; all of ``reduced`` must be in ``full``.

    Raises
    ------
    AnalysisError
        If the models are not nested, and as for ``regress``.
    """
    if not set(reduced) < set(full):
        raise AnalysisError(
            f"the smaller model must have some of the larger model's moderators and no others; found "
            f"{', '.join(sorted(reduced)) or 'none'} against {', '.join(sorted(full)) or 'none'}"
        )
    fits = []
    for moderators in (full, reduced):
        y, v, x, _ = design(yi, vi, moderators, True)
        tau2 = estimate_tau2("ML", y, v, x).value
        fits.append((likelihood(y, v, x, tau2=tau2, restricted=False).log_likelihood, tau2))
    (high, tau2_full), (low, tau2_reduced) = fits
    statistic, df = max(0.0, 2 * (high - low)), len(full) - len(reduced)
    return LikelihoodRatio(
        test=Test(statistic=statistic, df=df, p=chi2_upper_p(statistic, df)),
        log_likelihood_full=high,
        log_likelihood_reduced=low,
        tau2_full=tau2_full,
        tau2_reduced=tau2_reduced,
    )
