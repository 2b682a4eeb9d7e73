"""Standard errors of tau2 against their definition with full matrices, and against simulation of the quadratic form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parity.exact import Exact
from synthesis.errors import AnalysisError
from synthesis.pooling.tau2 import ESTIMATORS
from synthesis.pooling.tau2_uncertainty import quadratic_trace, tau2_se, trace

VI = np.array([0.05, 0.1, 0.04, 0.02, 0.3, 0.08])
X = np.column_stack([np.ones(6), [1.0, 2.0, 2.5, 0.5, 3.0, 1.5]])
YI = np.array([0.5, 0.9, 0.1, 0.4, 1.2, -0.3])


def projection(weights: np.ndarray) -> np.ndarray:
    w = np.diag(weights)
    return w - w @ X @ np.linalg.solve(X.T @ w @ X, X.T @ w)


def test_traces_are_those_of_the_matrices() -> None:
    weights, m = 1 / VI, VI + 0.2
    p = projection(weights)
    assert trace(X, weights) == pytest.approx(np.trace(p), rel=1e-12)
    pm = p @ np.diag(m)
    assert quadratic_trace(X, weights, m) == pytest.approx(np.trace(pm @ pm), rel=1e-12)


def test_dersimonian_laird_by_its_moments() -> None:
    p = projection(1 / VI)
    tau2 = 0.2
    variance = 2 * 4 + 4 * tau2 * np.trace(p) + 2 * tau2**2 * np.trace(p @ p)
    assert tau2_se("DL", VI, X, tau2) == pytest.approx(math.sqrt(variance) / np.trace(p), rel=1e-12)


def test_reml_is_the_information() -> None:
    p = projection(1 / (VI + 0.2))
    assert tau2_se("REML", VI, X, 0.2) == pytest.approx(math.sqrt(2 / np.trace(p @ p)), rel=1e-12)


@pytest.mark.parametrize("method", ESTIMATORS)
@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_scale_equivariance(method: str, factor: float) -> None:
    one = tau2_se(method, VI, X, 0.2, yi=YI)
    other = tau2_se(method, factor**2 * VI, X, factor**2 * 0.2, yi=factor * YI)
    assert one is not None
    assert other == pytest.approx(factor**2 * one, rel=1e-9)


def test_limits() -> None:
    assert tau2_se("fixed", VI, X, 0.2) is None
    assert tau2_se("SJ", VI, X, 0.0, yi=np.ones(6)) == 0
    with pytest.raises(AnalysisError, match="needs the effects"):
        tau2_se("SJ", VI, X, 0.2)


def test_no_digits_are_lost_to_a_year_or_to_one_heavy_study() -> None:
    vi = np.array([3e-4, 0.9, 0.4, 2e-4, 5.0, 0.08, 0.6, 1.1])
    years = np.array([2001.0, 1999, 2001, 2010, 1987, 2004, 2004, 1990])
    x = np.column_stack([np.ones(8), years, np.arange(8) % 3 == 0, np.arange(8) % 3 == 1]).astype(float)
    exact = Exact(YI[np.arange(8) % 6], vi, x, 0.01)
    for method in ("REML", "DL", "HE", "SJ"):
        found = tau2_se(method, vi, x, 0.01, yi=YI[np.arange(8) % 6])
        assert found == pytest.approx(exact.tau2_se(method), rel=1e-11), method
