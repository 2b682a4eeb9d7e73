"""Laws of pooling, for every tau2 estimator and every interval method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.pooling.intervals import INTERVALS, PREDICTIONS
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.profiles import PROFILES
from synthesis.pooling.tau2 import ESTIMATORS

Studies = tuple[np.ndarray, np.ndarray]


def studies(smallest: int = 3, largest: int = 9) -> st.SearchStrategy[Studies]:
    """yi and vi of k studies; effects on a grid, so that none differ by rounding error alone."""

    def arrays(k: int) -> st.SearchStrategy[Studies]:
        yi = st.lists(st.integers(-200, 200), min_size=k, max_size=k).map(lambda v: np.array(v) / 100)
        vi = st.lists(st.integers(1, 1000), min_size=k, max_size=k).map(lambda v: np.array(v) / 500)
        return st.tuples(yi, vi)

    return st.integers(smallest, largest).flatmap(arrays)


def close(found: float, expected: float, scale: float) -> bool:
    return abs(found - expected) <= 1e-8 * (abs(expected) + scale)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies(), seed=st.integers(0, 2**16))
def test_order_never_matters(method: str, data: Studies, seed: int) -> None:
    yi, vi = data
    order = np.random.default_rng(seed).permutation(len(yi))
    one, other = (pool_arrays(y, v, tau2=method) for y, v in ((yi, vi), (yi[order], vi[order])))
    assert close(other.tau2.value, one.tau2.value, vi.min())
    assert close(other.estimate, one.estimate, 1.0)
    assert np.array(other.weights) == pytest.approx(np.array(one.weights)[order], rel=1e-6)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies(), shift=st.integers(-50, 50))
def test_a_shift_moves_the_estimate_only(method: str, data: Studies, shift: int) -> None:
    yi, vi = data
    one, other = pool_arrays(yi, vi, tau2=method), pool_arrays(yi + shift, vi, tau2=method)
    assert close(other.tau2.value, one.tau2.value, vi.min())
    assert close(other.estimate, one.estimate + shift, 1.0)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies(), factor=st.sampled_from([1e-5, 0.1, 3.0, 1e4]))
def test_scale_equivariance(method: str, data: Studies, factor: float) -> None:
    yi, vi = data
    one, other = pool_arrays(yi, vi, tau2=method), pool_arrays(factor * yi, factor**2 * vi, tau2=method)
    assert close(other.tau2.value / factor**2, one.tau2.value, vi.min())
    assert close(other.estimate / factor, one.estimate, 1.0)
    assert close(other.se / factor, one.se, 0.0)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies())
def test_turning_the_direction_round(method: str, data: Studies) -> None:
    yi, vi = data
    one, other = pool_arrays(yi, vi, tau2=method), pool_arrays(-yi, vi, tau2=method)
    assert close(other.tau2.value, one.tau2.value, vi.min())
    assert close(other.ci.low, -one.ci.high, 1.0)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies())
def test_tau2_is_not_negative_and_converges(method: str, data: Studies) -> None:
    tau2 = pool_arrays(*data, tau2=method).tau2
    assert tau2.value >= 0
    assert tau2.converged


@pytest.mark.parametrize("method", ESTIMATORS)
@given(vi=st.lists(st.floats(0.001, 10), min_size=2, max_size=8), effect=st.floats(-3, 3))
def test_identical_studies_have_no_heterogeneity(method: str, vi: list[float], effect: float) -> None:
    pooled = pool_arrays([effect] * len(vi), vi, tau2=method, ci="wald")
    assert (pooled.estimate, pooled.tau2.value, pooled.heterogeneity.i2) == (effect, 0.0, 0.0)


@pytest.mark.parametrize("method", ESTIMATORS)
@given(data=studies())
def test_no_more_spread_than_expected_gives_zero(method: str, data: Studies) -> None:
    yi, vi = data
    # Shrunk until every estimator's statistic is far below its expectation.
    squeezed = yi * np.sqrt(vi.min()) / (1 + np.ptp(yi)) / 10
    found = pool_arrays(squeezed, vi, tau2=method).tau2.value
    excused = any(law == "zero-when-homogeneous" for law, _ in ESTIMATORS[method].exceptions)
    assert found == 0 or excused


@pytest.mark.parametrize("ci", INTERVALS)
@given(data=studies())
def test_zero_tau2_gives_the_common_effect_estimate(ci: str, data: Studies) -> None:
    random = pool_arrays(*data, tau2=0.0, ci=ci)
    common = pool_arrays(*data, model="common")
    assert random.estimate == common.estimate
    assert random.weights == common.weights


@pytest.mark.parametrize("ci", [*INTERVALS, *PROFILES])
@given(data=studies())
def test_a_higher_level_gives_a_wider_interval(ci: str, data: Studies) -> None:
    narrow, wide = (pool_arrays(*data, ci=ci, level=level) for level in (0.9, 0.99))
    assert wide.ci.low <= narrow.ci.low <= narrow.estimate <= narrow.ci.high <= wide.ci.high
    assert narrow.tau2.interval is not None
    assert wide.tau2.interval is not None
    assert wide.tau2.interval.low <= narrow.tau2.interval.low
    assert wide.tau2.interval.high >= narrow.tau2.interval.high


@pytest.mark.parametrize("ci", [*INTERVALS, *PROFILES])
@given(data=studies(5))
def test_prediction_interval_contains_the_confidence_interval(ci: str, data: Studies) -> None:
    pooled = pool_arrays(*data, ci=ci)
    assert pooled.prediction is not None
    assert pooled.prediction.low <= pooled.ci.low
    assert pooled.prediction.high >= pooled.ci.high


@pytest.mark.parametrize("key", PREDICTIONS)
@given(data=studies(5), tau2=st.floats(0, 5))
def test_more_heterogeneity_widens_the_prediction(key: str, data: Studies, tau2: float) -> None:
    one, other = (pool_arrays(*data, tau2=t, ci="wald", prediction=key).prediction for t in (tau2, tau2 + 1))
    assert one is not None
    assert other is not None
    assert other.high - other.low > one.high - one.low


@given(data=studies(), tau2=st.floats(0, 4), effect=st.floats(-5, 5))
def test_an_uninformative_study_changes_nothing_with_tau2_held(data: Studies, tau2: float, effect: float) -> None:
    yi, vi = data
    without = pool_arrays(yi, vi, tau2=tau2, ci="wald")
    extended = pool_arrays(np.append(yi, effect), np.append(vi, 1e14), tau2=tau2, ci="wald")
    assert extended.estimate == pytest.approx(without.estimate, abs=1e-9)
    assert extended.se == pytest.approx(without.se, rel=1e-9)


@pytest.mark.parametrize("ci", [*INTERVALS, *PROFILES])
@pytest.mark.parametrize("model", ["common", "random"])
@given(data=studies(1, 1))
def test_one_study_is_returned(ci: str, model: str, data: Studies) -> None:
    if ci in INTERVALS and (INTERVALS[ci].smallest_k > 1 or (model == "common" and not INTERVALS[ci].common)):
        return
    pooled = pool_arrays(*data, ci=ci, model=model)  # type: ignore[arg-type]
    assert pooled.estimate == data[0][0]
    assert pooled.se == pytest.approx(np.sqrt(data[1][0]), rel=1e-14)


@given(data=studies())
def test_weights_are_shares_and_i2_is_a_share(data: Studies) -> None:
    pooled = pool_arrays(*data)
    assert sum(pooled.weights) == pytest.approx(1, rel=1e-12)
    assert min(pooled.weights) > 0
    assert 0 <= pooled.heterogeneity.i2 < 1
    assert 0 <= pooled.heterogeneity.i2_q < 1
    assert pooled.heterogeneity.h2 >= 1
