"""Cluster-robust standard errors: special cases with a known answer, degrees of freedom, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.random_terms import Shared
from synthesis.pooling.robust import ROBUST, independent, robust

YI = np.array([0.5, 0.9, 0.1, 0.4, 1.2, -0.3, 0.2, 0.8])
ONES = np.ones((8, 1))
PAIRS = ("a", "a", "b", "b", "c", "c", "d", "d")


def test_clusters_of_one_with_equal_variances_are_the_usual_mean() -> None:
    model = independent(YI, np.ones(8), ONES, ("intercept",))
    usual = float(np.std(YI, ddof=1)) / math.sqrt(8)
    for method in ("CR1", "CR2"):
        (mean,) = robust(model, range(8), method=method).coefficients
        assert mean.se == pytest.approx(usual, rel=1e-10)
        assert mean.test.df == pytest.approx(7)
    assert robust(model, range(8), method="CR0").coefficients[0].se == pytest.approx(usual * math.sqrt(7 / 8))


def test_balanced_clusters_are_the_means_of_clusters() -> None:
    model = independent(YI, np.ones(8), ONES, ("intercept",))
    means = YI.reshape(4, 2).mean(axis=1)
    found = robust(model, PAIRS, method="CR2")
    assert found.coefficients[0].se == pytest.approx(float(np.std(means, ddof=1)) / 2, rel=1e-10)
    assert found.coefficients[0].test.df == pytest.approx(3)
    assert [note.code for note in found.notes] == ["few-degrees-of-freedom"]


def test_copies_of_a_row_add_no_information() -> None:
    model = independent(np.repeat(YI, 3), np.ones(24), np.ones((24, 1)), ("intercept",))
    found = robust(model, np.repeat(np.arange(8), 3).tolist(), method="CR1")
    assert found.coefficients[0].se == pytest.approx(float(np.std(YI, ddof=1)) / math.sqrt(8), rel=1e-10)


@pytest.mark.parametrize("method", ROBUST)
def test_the_order_of_rows_does_not_matter(method: str) -> None:
    x = np.column_stack([np.ones(8), np.arange(8.0)])
    variances = np.linspace(0.1, 0.8, 8)
    order = np.array([3, 7, 1, 0, 5, 2, 6, 4])
    one = robust(independent(YI, variances, x, ("intercept", "x")), PAIRS, method=method)
    shuffled = independent(YI[order], variances[order], x[order], ("intercept", "x"))
    other = robust(shuffled, [PAIRS[index] for index in order], method=method)
    for a, b in zip(one.coefficients, other.coefficients, strict=True):
        assert (a.estimate, a.se, a.test.df) == pytest.approx((b.estimate, b.se, b.test.df), rel=1e-9)


def test_errors() -> None:
    fitted = fit_multilevel(YI, np.full(8, 0.05), [Shared(name="pair", groups=PAIRS)])
    with pytest.raises(AnalysisError, match="reaches across clusters"):
        robust(fitted.marginal, range(8))
    with pytest.raises(AnalysisError, match="1 coefficients need at least 2 clusters; found 1"):
        robust(fitted.marginal, ["a"] * 8)
    with pytest.raises(UsageError, match="2 names for 8 effects"):
        robust(fitted.marginal, ["a", "b"])
