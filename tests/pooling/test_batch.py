"""Pooling many at once gives what pooling one by one gives."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling.batch import FACTORS, PooledMany, blocks, pool_many
from synthesis.pooling.batch_tau2 import BLOCK
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.pool import pool_arrays

RNG = np.random.default_rng(11)
N, K = 40, 6
V = RNG.uniform(0.05, 0.6, (N, K))
Y = RNG.normal(0.2, np.sqrt(V + RNG.choice([0, 0.3], N)[:, None]))


def check(found: PooledMany, j: int, y: np.ndarray, v: np.ndarray, **options: object) -> None:
    one = pool_arrays(y, v, **options)  # type: ignore[arg-type]
    spread = one.heterogeneity
    pairs = {
        "estimate": one.estimate, "se": one.se, "ci_low": one.ci.low, "ci_high": one.ci.high, "tau2": one.tau2.value,
        "statistic": one.test.statistic, "p": one.test.p, "q": spread.q, "i2": spread.i2, "h2": spread.h2,
        "q_p": spread.p, "k": one.k, "df": np.inf if one.test.df is None else one.test.df,
    }  # fmt: skip
    for name, wanted in pairs.items():
        assert getattr(found, name)[j] == pytest.approx(wanted, rel=1e-8, abs=1e-11), (name, j)


@pytest.mark.parametrize("ci", [*INTERVALS, "cochrane-2025"])
@pytest.mark.parametrize("tau2", ["REML", "DL", 0.1])
def test_each_equals_pooling_it_alone(tau2: str | float, ci: str) -> None:
    found = pool_many(Y, V, tau2=tau2, ci=ci, level=0.9)
    for j in range(N):
        check(found, j, Y[j], V[j], tau2=tau2, ci=ci, level=0.9)


@pytest.mark.parametrize("ci", ["wald", "t", "cochrane-2025"])
def test_common_effect(ci: str) -> None:
    found = pool_many(Y, V, model="common", ci=ci)
    for j in range(N):
        check(found, j, Y[j], V[j], model="common", ci=ci)


def test_studies_left_out_may_hold_anything() -> None:
    include = RNG.random((N, K)) < 0.6
    include[:, 0] |= ~include.any(axis=1)
    y, v = np.where(include, Y, np.nan), np.where(include, V, -1.0)
    found = pool_many(y, v, include=include, ci="wald")
    for j in range(N):
        check(found, j, Y[j, include[j]], V[j, include[j]], ci="wald")
    assert {1, 2} <= set(found.k)


def test_one_set_of_studies_is_shared_by_all_subsets() -> None:
    include = np.tri(K, dtype=bool)
    found = pool_many(Y[0], V[0], include=include, ci="hartung-knapp")
    for j in range(1, K):
        check(found, j, Y[0, : j + 1], V[0, : j + 1], ci="hartung-knapp")
    assert found.estimate[0] == pytest.approx(Y[0, 0])
    assert np.isinf(found.df[0])


def test_shared_variances() -> None:
    found = pool_many(Y, V[0])
    check(found, 7, Y[7], V[0])


def test_blocks_cover_everything_once_and_do_not_matter() -> None:
    n = 3 * (BLOCK // K) + 5
    parts = list(blocks(n, K))
    assert [index for part in parts for index in range(n)[part]] == list(range(n))
    repeated = np.arange(n) % N
    found = pool_many(Y[repeated], V[repeated])
    assert np.array_equal(found.estimate, pool_many(Y, V).estimate[repeated])


def test_arrays_are_read_only() -> None:
    found = pool_many(Y, V)
    assert len(found) == N
    with pytest.raises(ValueError, match="read-only"):
        found.estimate[0] = 1.0


def test_memory_grows_with_studies_not_with_their_square() -> None:
    k = 50_000
    v = RNG.uniform(0.05, 0.6, k)
    y = RNG.normal(0, np.sqrt(v + 0.1))
    pool_many(y[:10], v[:10])
    tracemalloc.start()
    found = pool_many(y, v)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.tau2[0] == pytest.approx(0.1, rel=0.1)
    assert peak < 30 * 8 * k


def test_what_cannot_be_pooled_is_named() -> None:
    bad = V.copy()
    bad[3, 2] = 0
    with pytest.raises(AnalysisError, match="effect 3 of analysis 4"):
        pool_many(Y, bad)
    with pytest.raises(AnalysisError, match="analysis 2 includes no study"):
        pool_many(Y, V, include=np.arange(N)[:, None] != np.full(K, 1))
    with pytest.raises(AnalysisError, match="no effects"):
        pool_many(np.empty((0, 3)), np.empty((0, 3)))


def test_options_out_of_range() -> None:
    with pytest.raises(UsageError, match=r"one k; found yi \(40, 6\), vi \(40, 5\)"):
        pool_many(Y, V[:, :5])
    with pytest.raises(UsageError, match="as many rows"):
        pool_many(Y, V[:3])
    with pytest.raises(UsageError, match="model is 'fixed'"):
        pool_many(Y, V, model="fixed")  # type: ignore[arg-type]
    with pytest.raises(UnknownKeyError, match="REML"):
        pool_many(Y, V, tau2="RML")
    with pytest.raises(UsageError, match="fixed value must be finite"):
        pool_many(Y, V, tau2=-1.0)
    with pytest.raises(UnknownKeyError, match="hartung-knapp"):
        pool_many(Y, V, ci="hk")
    with pytest.raises(AnalysisError, match="needs model='random'"):
        pool_many(Y, V, model="common", ci="hartung-knapp")
    with pytest.raises(UsageError, match=r"0\.95"):
        pool_many(Y, V, level=95)


def test_every_interval_method_has_its_factor() -> None:
    assert set(FACTORS) == set(INTERVALS)
    ratio = np.array([0.3, 1.0, 4.0])
    for key, factor in FACTORS.items():
        assert factor(ratio) == pytest.approx([INTERVALS[key].factor(float(value)) for value in ratio])
