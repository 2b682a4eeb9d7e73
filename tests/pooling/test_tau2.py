"""tau2 estimators against formulas written out and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from synthesis.errors import UnknownKeyError
from synthesis.pooling.tau2 import ESTIMATORS, estimate_tau2, profile_likelihood, q_profile

YI = np.array([0.10, 0.30, 0.35, 0.65, 0.45, 0.15, 0.95])
VI = np.array([0.03, 0.03, 0.05, 0.01, 0.05, 0.02, 0.06])
X = np.ones((7, 1))


def log_likelihood(tau2: float, restricted: bool, yi: np.ndarray = YI, vi: np.ndarray = VI) -> float:
    w = 1 / (vi + tau2)
    mu = np.sum(w * yi) / np.sum(w)
    value = np.sum(np.log(w)) - np.sum(w * (yi - mu) ** 2)
    return float(value - np.log(np.sum(w)) if restricted else value) / 2


def test_dersimonian_laird_by_hand() -> None:
    w = 1 / VI
    q = np.sum(w * (YI - np.sum(w * YI) / np.sum(w)) ** 2)
    expected = (q - 6) / (np.sum(w) - np.sum(w**2) / np.sum(w))
    assert estimate_tau2("DL", YI, VI, X).value == pytest.approx(expected, rel=1e-12)


def test_hedges_by_hand() -> None:
    assert estimate_tau2("HE", YI, VI, X).value == pytest.approx(np.var(YI, ddof=1) - np.mean(VI), rel=1e-12)


def test_paule_mandel_solves_its_equation() -> None:
    tau2 = estimate_tau2("PM", YI, VI, X)
    w = 1 / (VI + tau2.value)
    assert np.sum(w * (YI - np.sum(w * YI) / np.sum(w)) ** 2) == pytest.approx(6, rel=1e-12)
    assert tau2.converged
    assert tau2.iterations > 0


@pytest.mark.parametrize(("method", "restricted"), [("REML", True), ("ML", False)])
def test_likelihood_maximum_by_brute_force(method: str, restricted: bool) -> None:
    best = minimize_scalar(lambda t: -log_likelihood(t, restricted), bounds=(0, 1), method="bounded").x
    assert estimate_tau2(method, YI, VI, X).value == pytest.approx(best, abs=1e-5)


def test_global_maximum_when_the_likelihood_has_two() -> None:
    # Two precise studies that agree, and imprecise ones far apart: one maximum near 0, one near their spread.
    yi = np.array([0.0, 0.001, -6.0, 7.0, -5.0, 6.5])
    vi = np.array([1e-6, 1e-6, 4.0, 4.0, 4.0, 4.0])
    grid = np.concatenate([[0.0], np.geomspace(1e-9, 1e4, 40001)])
    heights = np.array([log_likelihood(t, True, yi, vi) for t in grid])
    peaks = np.flatnonzero((heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:]))
    found = estimate_tau2("REML", yi, vi, np.ones((6, 1))).value
    assert len(peaks) + (heights[0] > heights[1]) >= 2
    assert log_likelihood(found, True, yi, vi) >= heights.max() - 1e-12


@pytest.mark.parametrize("method", ESTIMATORS)
def test_extreme_scales(method: str) -> None:
    for factor in (1e-8, 1e8):
        scaled = estimate_tau2(method, factor * YI, factor**2 * VI, X)
        assert scaled.value == pytest.approx(factor**2 * estimate_tau2(method, YI, VI, X).value, rel=1e-9)
        assert scaled.converged


@pytest.mark.parametrize("method", ESTIMATORS)
def test_closed_forms_have_no_iterations(method: str) -> None:
    assert (estimate_tau2(method, YI, VI, X).iterations > 0) == ESTIMATORS[method].iterative


def test_boundary_is_exactly_zero() -> None:
    yi = np.array([0.30, 0.31, 0.29, 0.305])
    for method in ("REML", "ML", "DL", "PM", "HE", "HS"):
        assert estimate_tau2(method, yi, np.full(4, 0.04), np.ones((4, 1))).value == 0


def test_moderators_take_up_heterogeneity() -> None:
    x = np.column_stack([np.ones(7), YI])
    assert estimate_tau2("REML", YI, VI, x).value == 0


def test_q_profile_bounds_solve_their_equations() -> None:
    interval = q_profile(YI, VI, X, level=0.9)
    for bound, share in ((interval.low, 0.95), (interval.high, 0.05)):
        w = 1 / (VI + bound)
        q = np.sum(w * (YI - np.sum(w * YI) / np.sum(w)) ** 2)
        # Quantiles of chi-squared with 6 degrees of freedom.
        assert q == pytest.approx({0.95: 12.591587243743977, 0.05: 1.6353828943279067}[share], rel=1e-9)
    assert (interval.level, interval.method) == (0.9, "q-profile")


def test_q_profile_can_be_empty() -> None:
    interval = q_profile(np.full(5, 0.2), np.full(5, 0.1), np.ones((5, 1)))
    assert (interval.low, interval.high, interval.method) == (0, 0, "q-profile-empty")


@pytest.mark.parametrize("restricted", [True, False])
def test_profile_likelihood_bounds_are_as_far_below_the_maximum_as_they_should(restricted: bool) -> None:
    # Half the 0.95 quantile of chi-squared with one degree of freedom.
    drop = 1.920729410347062
    for effects in (YI, 4 * YI):
        best = estimate_tau2("REML" if restricted else "ML", effects, VI, X).value
        height = log_likelihood(best, restricted, effects, VI)
        interval = profile_likelihood(effects, VI, X, restricted=restricted)
        assert interval.low <= best < interval.high
        assert height - log_likelihood(interval.high, restricted, effects, VI) == pytest.approx(drop, rel=1e-9)
        if interval.low > 0:
            assert height - log_likelihood(interval.low, restricted, effects, VI) == pytest.approx(drop, rel=1e-9)
    assert interval.low > 0


def test_unknown_estimator_lists_the_known_ones() -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean 'REML'"):
        estimate_tau2("RELM", YI, VI, X)
