"""Meta-regression: matrix algebra written out, laws, and errors a user can act on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.regression import indicators, joint_test, predict, regress

YI = np.array([0.10, 0.30, 0.35, 0.65, 0.45, 0.15, 0.95, 0.5])
VI = np.array([0.03, 0.03, 0.05, 0.01, 0.05, 0.02, 0.06, 0.04])
DOSE = np.array([1.0, 2, 2, 3, 4, 1, 5, 3])
GROUP = ["b", "a", "a", "c", "b", "a", "c", "c"]


def test_matrix_algebra_written_out() -> None:
    found = regress(YI, VI, {"dose": DOSE}, tau2=0.02, ci="wald")
    x = np.column_stack([np.ones(8), DOSE])
    w = np.diag(1 / (VI + 0.02))
    covariance = np.linalg.inv(x.T @ w @ x)
    assert [c.estimate for c in found.coefficients] == pytest.approx(covariance @ x.T @ w @ YI, rel=1e-10)
    assert np.array(found.covariance) == pytest.approx(covariance, rel=1e-10)
    assert found.moderators is not None
    assert found.moderators.statistic == pytest.approx(found.coefficients[1].test.statistic ** 2, rel=1e-12)
    assert (found.tau2.method, found.r2, found.q_df) == ("fixed", None, 6)


def test_without_moderators_it_is_pooling() -> None:
    found, pooled = regress(YI, VI, {}), pool_arrays(YI, VI, ci="hartung-knapp")
    (mean,) = found.coefficients
    assert mean.estimate == pytest.approx(pooled.estimate, rel=1e-12)
    assert mean.ci.low == pytest.approx(pooled.ci.low, rel=1e-10)
    assert found.tau2.value == pytest.approx(pooled.tau2.value, rel=1e-10)
    assert found.i2 == pytest.approx(pooled.heterogeneity.i2, rel=1e-10)
    assert found.moderators is None


@pytest.mark.parametrize(("factor", "shift"), [(10.0, 0.0), (1e-6, 0.0), (1.0, 1950.0), (1e5, -3e5)])
def test_rescaling_a_moderator_changes_its_coefficient_only(factor: float, shift: float) -> None:
    one, other = regress(YI, VI, {"dose": DOSE}), regress(YI, VI, {"dose": factor * DOSE + shift})
    assert other.coefficients[1].estimate * factor == pytest.approx(one.coefficients[1].estimate, rel=1e-7)
    assert other.coefficients[1].test.p == pytest.approx(one.coefficients[1].test.p, rel=1e-6)
    assert other.tau2.value == pytest.approx(one.tau2.value, rel=1e-6)


def test_groups_as_indicators() -> None:
    columns = indicators(GROUP)
    assert list(columns) == ["b", "c"]
    assert list(indicators(GROUP, reference="c")) == ["a", "b"]
    with pytest.raises(UsageError, match="reference group 'z' is not among 'a', 'b', 'c'"):
        indicators(GROUP, reference="z")
    found = regress(YI, VI, columns, model="common", ci="wald")
    for name in "abc":
        inside = np.array([group == name for group in GROUP])
        at = {"b": float(name == "b"), "c": float(name == "c")}
        group = pool_arrays(YI[inside], VI[inside], model="common")
        assert predict(found, at).estimate == pytest.approx(group.estimate, rel=1e-10)
        assert predict(found, at).se == pytest.approx(group.se, rel=1e-10)
    assert predict(found, {"b": 0, "c": 0}).prediction is None


def test_prediction_interval_contains_the_confidence_interval() -> None:
    at = predict(regress(YI, VI, {"dose": DOSE}), {"dose": 2.5})
    assert at.prediction is not None
    assert at.prediction.low <= at.ci.low < at.estimate < at.ci.high <= at.prediction.high
    with pytest.raises(UsageError, match="values are needed for dose; found none"):
        predict(regress(YI, VI, {"dose": DOSE}), {})


def test_joint_test_of_one_coefficient_is_its_own() -> None:
    found = regress(YI, VI, {"dose": DOSE, "other": DOSE**2})
    tested = joint_test(found, ["other"])
    assert tested.statistic == pytest.approx(found.coefficients[2].test.statistic ** 2, rel=1e-9)
    assert tested.p == pytest.approx(found.coefficients[2].test.p, rel=1e-8)
    assert (tested.df, tested.df_residual) == (1, 5)
    with pytest.raises(UsageError, match="found nothing; known: intercept, dose, other"):
        joint_test(found, ["nothing"])


def test_share_explained() -> None:
    found = regress(YI, VI, {"dose": DOSE})
    assert found.r2 is not None
    assert 0 <= found.r2 <= 1
    assert regress(YI, VI, {"dose": DOSE}, model="common", ci="wald").r2 is None


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"moderators": {"one": np.full(8, 3.0)}}, AnalysisError, "moderator 'one' is constant"),
        ({"moderators": {"a": DOSE, "b": 2 * DOSE + 1}}, AnalysisError, "moderator 'b' is constant or follows"),
        ({"moderators": {"a": DOSE[:5]}}, UsageError, r"a has shape \(5,\)"),
        ({"moderators": {"a": np.where(DOSE > 4, math.nan, DOSE)}}, AnalysisError, "a has a missing"),
        ({"moderators": {f"m{i}": DOSE**i for i in range(1, 9)}}, AnalysisError, "9 coefficients need at least 10"),
        ({"moderators": {"a": DOSE}, "model": "common"}, AnalysisError, "needs model='random'"),
    ],
)
def test_designs_that_cannot_be_fitted(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        regress(YI, VI, **options)
