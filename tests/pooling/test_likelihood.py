"""Likelihoods against the multivariate normal density, and comparing models."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.errors import AnalysisError
from synthesis.pooling.likelihood import likelihood, likelihood_ratio_test
from synthesis.pooling.tau2 import estimate_tau2

YI = np.array([0.5, 0.9, 0.1, 0.4, 1.2, -0.3, 0.2, 0.8])
VI = np.array([0.05, 0.1, 0.04, 0.02, 0.3, 0.08, 0.09, 0.11])
DOSE = np.array([1.0, 2.0, 2.5, 0.5, 3.0, 1.5, 0.7, 2.2])
X = np.column_stack([np.ones(8), DOSE])


def log_density(residual: np.ndarray, covariance: np.ndarray) -> float:
    k = len(residual)
    _, log_det = np.linalg.slogdet(covariance)
    return -(k * math.log(2 * math.pi) + log_det + residual @ np.linalg.solve(covariance, residual)) / 2


def test_log_likelihood_is_the_density() -> None:
    found = likelihood(YI, VI, X, tau2=0.1, restricted=False)
    covariance = np.diag(VI + 0.1)
    beta = np.linalg.solve(X.T @ np.linalg.solve(covariance, X), X.T @ np.linalg.solve(covariance, YI))
    assert found.log_likelihood == pytest.approx(log_density(YI - X @ beta, covariance), rel=1e-12)
    saturated = log_density(np.zeros(8), np.diag(VI))
    assert found.deviance == pytest.approx(2 * (saturated - found.log_likelihood), rel=1e-12)
    assert found.parameters == 3
    assert found.aic == pytest.approx(6 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(3 * math.log(8) - 2 * found.log_likelihood)
    assert found.aicc == pytest.approx(found.aic + 2 * 3 * 4 / (8 - 3 - 1))


def test_restricted_log_likelihood_is_the_density_of_error_contrasts() -> None:
    contrasts = np.linalg.svd(X)[0][:, 2:]
    found = likelihood(YI, VI, X, tau2=0.1, restricted=True).log_likelihood
    expected = log_density(contrasts.T @ YI, contrasts.T @ np.diag(VI + 0.1) @ contrasts)
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("method", "restricted"), [("ML", False), ("REML", True)])
def test_estimates_are_maxima(method: str, restricted: bool) -> None:
    best = estimate_tau2(method, YI, VI, X).value
    height = likelihood(YI, VI, X, tau2=best, restricted=restricted).log_likelihood
    for other in (best * 0.99, best * 1.01):
        assert likelihood(YI, VI, X, tau2=other, restricted=restricted).log_likelihood < height


def test_a_fixed_tau2_is_no_parameter() -> None:
    one, other = (likelihood(YI, VI, X, tau2=0.1, restricted=False, tau2_estimated=free) for free in (True, False))
    assert one.aic - other.aic == pytest.approx(2)


def test_comparing_models() -> None:
    found = likelihood_ratio_test(YI, VI, {"dose": DOSE}, {})
    assert found.log_likelihood_full >= found.log_likelihood_reduced
    assert found.test.statistic == pytest.approx(2 * (found.log_likelihood_full - found.log_likelihood_reduced))
    assert found.test.df == 1
    assert found.test.p == pytest.approx(math.erfc(math.sqrt(found.test.statistic / 2)))


@pytest.mark.parametrize("full", [{}, {"other": DOSE}, {"dose": DOSE}])
def test_models_must_be_nested(full: dict[str, np.ndarray]) -> None:
    with pytest.raises(AnalysisError, match="some of the larger model's moderators"):
        likelihood_ratio_test(YI, VI, full, {"dose": DOSE})
