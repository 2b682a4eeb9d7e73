"""Sums of many meta-analyses equal those of their definition, one by one with full matrices."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.errors import AnalysisError
from synthesis.pooling.batch_sums import Stack
from synthesis.pooling.batch_tau2 import tau2_many

RNG = np.random.default_rng(20)
K, M = 7, 5


def explicit(y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float) -> dict[str, float]:
    """y'P^j y, tr(P^j) and the likelihood from k x k matrices."""
    w = np.diag(1 / (v + tau2))
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    log_det = np.linalg.slogdet(x.T @ w @ x)[1]
    ml = (np.log(np.diag(w)).sum() - y @ p @ y) / 2
    return {
        "a1": y @ p @ y, "a2": y @ p @ p @ y, "a3": y @ p @ p @ p @ y, "b1": np.trace(p), "b2": np.trace(p @ p),
        "ml": ml, "reml": ml - log_det / 2,
    }  # fmt: skip


@pytest.fixture(params=["ones", "moderator"])
def case(request: pytest.FixtureRequest) -> tuple[Stack, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A stack in which study 3 takes no part in analysis 2, with its arrays and tau2."""
    y, v = RNG.normal(0.5, 1, (K, M)), RNG.uniform(0.1, 2, (K, M))
    z = RNG.normal(size=(K, M))
    tau2 = np.array([0.0, 0.3, 1.5, 0.02, 7.0])
    with_gap = v.copy()
    with_gap[3, 2] = np.inf
    design = () if request.param == "ones" else (np.ones((K, 1)), z)
    x = np.ones((K, M, 1)) if request.param == "ones" else np.stack([np.ones((K, M)), z], axis=2)
    return Stack(y, with_gap, design), y, with_gap, x, tau2


def test_sums_follow_their_definition(case: tuple[Stack, np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    stack, y, v, x, tau2 = case
    sums, total = stack.at(tau2), stack.at(tau2, restricted=False)
    ml, reml = (stack.log_likelihood(tau2, restricted=restricted) for restricted in (False, True))
    q, slope = stack.q(tau2)
    for j in range(M):
        in_j = np.isfinite(v[:, j])
        wanted = explicit(y[in_j, j], v[in_j, j], x[in_j, j], tau2[j])
        for name in ("a1", "a2", "a3", "b1", "b2"):
            assert getattr(sums, name)[j] == pytest.approx(wanted[name], rel=1e-10), (name, j)
        weights = 1 / (v[in_j, j] + tau2[j])
        assert (total.b1[j], total.b2[j]) == pytest.approx((weights.sum(), (weights**2).sum()))
        assert (q[j], slope[j]) == pytest.approx((wanted["a1"], wanted["a2"]))
        assert (ml[j], reml[j]) == pytest.approx((wanted["ml"], wanted["reml"]))


def test_coefficients_and_their_covariance(
    case: tuple[Stack, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    stack, y, v, x, tau2 = case
    means = stack.fit(tau2)
    for j in range(M):
        in_j = np.isfinite(v[:, j])
        w = np.diag(1 / (v[in_j, j] + tau2[j]))
        covariance = np.linalg.inv(x[in_j, j].T @ w @ x[in_j, j])
        assert means.beta[:, j] == pytest.approx(covariance @ x[in_j, j].T @ w @ y[in_j, j])
        assert means.root[:, :, j] @ means.root[:, :, j].T == pytest.approx(covariance)


def test_ordinary_least_squares(case: tuple[Stack, np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    stack, y, v, x, _ = case
    rss, expected = stack.unweighted()
    for j in range(M):
        in_j = np.isfinite(v[:, j])
        part = x[in_j, j]
        left = np.eye(in_j.sum()) - part @ np.linalg.inv(part.T @ part) @ part.T
        assert rss[j] == pytest.approx(y[in_j, j] @ left @ y[in_j, j])
        assert expected[j] == pytest.approx(np.trace(left @ np.diag(v[in_j, j])))


def test_parts_keep_their_sums(case: tuple[Stack, np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    stack, *_, tau2 = case
    picked = np.array([4, 1, 1])
    assert stack.take(picked).at(tau2[picked]).a3 == pytest.approx(stack.at(tau2).a3[picked], rel=1e-14)


def test_equal_effects_leave_exact_zeros() -> None:
    sums = Stack(np.full((4, 2), 0.1), RNG.uniform(0.1, 1, (4, 2))).at(np.zeros(2))
    assert np.all(sums.a1 == 0) and np.all(sums.a2 == 0)


@pytest.mark.parametrize(("y", "v"), [(1.0, 1e-60), (1.0, 1e60), (-1e26, 1.0)])
def test_numbers_whose_products_overflow_are_refused(y: float, v: float) -> None:
    with pytest.raises(AnalysisError, match="use another unit"):
        Stack(np.array([[0.0], [y]]), np.array([[1.0], [v]]))


@pytest.mark.parametrize(("y", "v"), [(1e24, 1e-49), (1e24, 1e49), (1e-300, 1e-49)])
def test_numbers_just_inside_the_range_do_not_overflow(y: float, v: float) -> None:
    stack = Stack(np.array([[0.0], [y], [-y]]), np.array([[1.0], [v], [v]]))
    for method in ("REML", "ML", "PM", "DL"):
        assert np.isfinite(tau2_many(method, stack).value).all()
