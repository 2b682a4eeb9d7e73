"""Laws of pooling many at once, for every estimator and interval method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.pooling.batch import pool_many
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.tau2 import ESTIMATORS


@st.composite
def many(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """yi and vi (n, k), n from 1 to 4 and k from 2 to 6; variances over up to eight orders of magnitude."""
    n, k = draw(st.integers(1, 4)), draw(st.integers(2, 6))
    effects = st.lists(st.integers(-3000, 3000), min_size=n * k, max_size=n * k)
    exponents = st.lists(st.integers(-40, 40), min_size=n * k, max_size=n * k)
    y = np.array(draw(effects)).reshape(n, k) / 1000
    return y, 10.0 ** (np.array(draw(exponents)).reshape(n, k) / 10)


def close(found: np.ndarray, wanted: np.ndarray, scale: np.ndarray) -> None:
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-8 * float(np.max(scale)))


@pytest.mark.parametrize("method", list(ESTIMATORS))
@given(data=many())
def test_each_equals_itself_alone(method: str, data: tuple[np.ndarray, np.ndarray]) -> None:
    y, v = data
    found = pool_many(y, v, tau2=method, ci="wald")
    assert found.converged.all() and np.all(found.tau2 >= 0)
    for j in range(len(y)):
        alone = pool_arrays(y[j], v[j], tau2=method, ci="wald")
        # Two maxima of equal height may be told apart either way; their likelihoods are compared in the unit tests.
        assert found.tau2[j] == pytest.approx(alone.tau2.value, rel=1e-5, abs=1e-6 * float(v[j].min()))
        assert found.estimate[j] == pytest.approx(alone.estimate, rel=1e-5, abs=1e-6 * alone.se)
        assert found.q[j] == pytest.approx(alone.heterogeneity.q, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("ci", list(INTERVALS))
@given(data=many(), shift=st.integers(-5, 5))
def test_order_and_shift(ci: str, data: tuple[np.ndarray, np.ndarray], shift: int) -> None:
    y, v = data
    plain = pool_many(y, v, ci=ci)
    turned = pool_many(y[:, ::-1] + shift, v[:, ::-1], ci=ci)
    close(turned.tau2, plain.tau2, v.min(axis=1))
    close(turned.estimate - shift, plain.estimate, plain.se + 1e-7)
    close(turned.se, plain.se, plain.se + 1e-7)


@given(data=many(), power=st.integers(-10, 10))
def test_scale(data: tuple[np.ndarray, np.ndarray], power: int) -> None:
    y, v = data
    factor = 2.0**power
    plain, scaled = pool_many(y, v), pool_many(factor * y, factor**2 * v)
    assert scaled.tau2 == pytest.approx(factor**2 * plain.tau2, rel=1e-12)
    assert scaled.estimate == pytest.approx(factor * plain.estimate, rel=1e-12, abs=1e-300)
    assert scaled.i2 == pytest.approx(plain.i2, rel=1e-12)


@given(data=many())
def test_excluded_studies_and_neighbours_change_nothing(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, v = data
    n = len(y)
    include = np.hstack([np.ones(y.shape, bool), np.zeros((n, 2), bool)])
    wider = pool_many(np.hstack([y, np.full((n, 2), np.nan)]), np.hstack([v, np.zeros((n, 2))]), include=include)
    plain = pool_many(y, v)
    assert wider.tau2 == pytest.approx(plain.tau2, rel=1e-9, abs=1e-12 * float(v.min()))
    assert wider.estimate == pytest.approx(plain.estimate, rel=1e-9, abs=1e-9)
    assert pool_many(y[:1], v[:1]).tau2[0] == pytest.approx(plain.tau2[0], rel=1e-9, abs=1e-12 * float(v.min()))
