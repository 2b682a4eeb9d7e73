"""tau2 of many meta-analyses equals tau2 of each, also where the likelihood has several maxima."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.pooling import batch_tau2
from synthesis.pooling.batch_sums import Stack
from synthesis.pooling.batch_tau2 import q_profile_many, tau2_many
from synthesis.pooling.generalised_q import GeneralisedQ
from synthesis.pooling.tau2 import ESTIMATORS, estimate_tau2, q_profile

ONES = {k: np.ones((k, 1)) for k in range(2, 30)}


def simulated(seed: int, k: int, n: int, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances (k, n), variances spread over ``ratio``, tau2 from none to much."""
    rng = np.random.default_rng(seed)
    v = np.exp(rng.uniform(0, np.log(ratio), (k, n))) / ratio
    tau2 = rng.choice([0.0, 0.01, 0.1, 1.0], n)
    return rng.normal(0.3, np.sqrt(v + tau2)), v


@pytest.mark.parametrize("ratio", [1.0, 30.0, 1e6])
@pytest.mark.parametrize("k", [2, 3, 11])
@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_each_equals_the_single_estimate(method: str, k: int, ratio: float) -> None:
    y, v = simulated(1, k, 60, ratio)
    found = tau2_many(method, Stack(y, v))
    assert found.converged.all()
    for j in range(60):
        wanted = estimate_tau2(method, y[:, j], v[:, j], ONES[k]).value
        assert found.value[j] == pytest.approx(wanted, rel=1e-8, abs=1e-9 * v[:, j].min()), j


@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_with_a_moderator(method: str) -> None:
    k, n = 9, 40
    y, v = simulated(2, k, n, 30.0)
    z = np.random.default_rng(3).normal(2000, 10, (k, n))
    found = tau2_many(method, Stack(y, v, (np.ones((k, 1)), z)))
    for j in range(n):
        wanted = estimate_tau2(method, y[:, j], v[:, j], np.column_stack([np.ones(k), z[:, j]])).value
        assert found.value[j] == pytest.approx(wanted, rel=1e-7, abs=1e-8 * v[:, j].min()), j


@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_a_study_left_out_changes_nothing(method: str) -> None:
    y, v = simulated(4, 6, 30, 30.0)
    extra = np.vstack([y, np.zeros(30)]), np.vstack([v, np.full(30, np.inf)])
    assert tau2_many(method, Stack(*extra)).value == pytest.approx(tau2_many(method, Stack(y, v)).value, rel=1e-10)


@pytest.mark.parametrize("restricted", [True, False])
def test_the_highest_of_several_maxima(restricted: bool) -> None:
    y, v = simulated(5, 4, 4000, 1e4)
    method = "REML" if restricted else "ML"
    found = tau2_many(method, Stack(y, v)).value
    several = 0
    for j in range(4000):
        # Analyses whose score changes sign more than once on a fine grid have several maxima.
        generalised = GeneralisedQ(y[:, j], v[:, j], ONES[4])
        grid = generalised.vmin * np.expm1(np.linspace(0, np.log1p(200 / generalised.vmin), 120))
        positive = generalised.score(grid, restricted=restricted) > 0
        if (~positive[0]) + np.sum(positive[:-1] & ~positive[1:]) < 2:
            continue
        several += 1
        reached, best = generalised.log_likelihood(
            np.array([found[j], estimate_tau2(method, y[:, j], v[:, j], ONES[4]).value]), restricted=restricted
        )
        assert reached >= best - 1e-9, j
    assert several >= 20


def test_the_proof_of_one_maximum_is_never_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    y, v = simulated(6, 4, 5000, 1e4)
    shown = tau2_many("REML", Stack(y, v)).value
    # Without the proof every analysis is searched on the grid.
    monkeypatch.setattr(batch_tau2, "_single", lambda sums: np.zeros(len(sums.a1), dtype=bool))
    searched = tau2_many("REML", Stack(y, v)).value
    assert shown == pytest.approx(searched, rel=1e-6, abs=1e-9)


def test_every_one_of_two_thousand_converges() -> None:
    rng = np.random.default_rng(7)
    v = rng.uniform(0.01, 0.5, (10, 2000))
    y = rng.normal(0.2, np.sqrt(v + rng.choice([0, 0.02, 0.2], 2000)))
    for method in ("REML", "ML", "PM"):
        found = tau2_many(method, Stack(y, v))
        assert found.converged.all() and np.all(found.value >= 0)
        assert np.any(found.value == 0)


def test_intervals_equal_the_single_interval() -> None:
    y, v = simulated(8, 5, 60, 30.0)
    low, high, empty = q_profile_many(Stack(y, v), level=0.9)
    for j in range(60):
        wanted = q_profile(y[:, j], v[:, j], ONES[5], level=0.9)
        assert (low[j], high[j]) == pytest.approx((wanted.low, wanted.high), rel=1e-8, abs=1e-12)
        assert empty[j] == (wanted.method == "q-profile-empty")
    assert empty.any() and (low > 0).any()


def test_extreme_variances_and_equal_effects() -> None:
    v = np.array([[1e-8, 1e-4, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1e-40, 1.0, 1e10, 1.0]]).T
    y = np.array([[0.0, 0.1, -3.0, 4.0], [0.25] * 4, [0.0, 1.0, 5.0, -1.0]]).T
    found = tau2_many("REML", Stack(y, v))
    assert found.converged.all() and np.isfinite(found.value).all()
    assert found.value[1] == 0
    assert found.value[0] == pytest.approx(estimate_tau2("REML", y[:, 0], v[:, 0], ONES[4]).value, rel=1e-8)


def test_the_table_has_every_estimator() -> None:
    assert set(batch_tau2._METHODS) == set(ESTIMATORS)
