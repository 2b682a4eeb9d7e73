"""Permutation tests against arrangements written out one by one."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from synthesis.diagnostics.permutation import _unranked, permutation_test
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.regression import regress

Y = np.array([0.1, 0.9, 0.4, -0.3, 0.2, 0.8])
V = np.array([0.02, 0.05, 0.04, 0.10, 0.01, 0.03])
SAME = 1e-8


@pytest.mark.parametrize("ci", ["wald", "hartung-knapp", "hartung-knapp-floored"])
def test_signs_written_out(ci: str) -> None:
    observed = pool_arrays(Y, V, ci=ci).test.statistic
    flipped = [pool_arrays(Y * np.array(signs), V, ci=ci).test.statistic for signs in product((1, -1), repeat=6)]
    found = permutation_test(Y, V, ci=ci)
    assert found.exact and found.arrangements == 64
    assert found.names == ("intercept",) and found.moderators_p is None
    assert found.statistics == pytest.approx((observed,))
    assert found.p == pytest.approx((np.mean(np.abs(flipped) >= abs(observed) - SAME),))


@pytest.mark.parametrize("ci", ["wald", "hartung-knapp"])
def test_moderators_written_out(ci: str) -> None:
    x, z = np.array([0.0, 0, 1, 1, 1, 0]), np.array([1.0, 1, 1, 2, 2, 2])
    design = sorted(set(permutations(list(zip(x, z, strict=True)))))
    fits = []
    for rows in design:
        columns = np.array(rows)
        fits.append(regress(Y, V, {"x": columns[:, 0], "z": columns[:, 1]}, ci=ci, tau2="DL"))
    observed = regress(Y, V, {"x": x, "z": z}, ci=ci, tau2="DL")
    assert observed.moderators is not None
    found = permutation_test(Y, V, {"x": x, "z": z}, ci=ci, tau2="DL")
    assert found.exact and found.arrangements == len(design) == 180
    assert found.statistics == pytest.approx([c.test.statistic for c in observed.coefficients])
    assert found.moderators_statistic == pytest.approx(observed.moderators.statistic)
    for j, p in enumerate(found.p):
        statistics = np.array([fit.coefficients[j].test.statistic for fit in fits])
        assert p == pytest.approx(np.mean(np.abs(statistics) >= abs(found.statistics[j]) - SAME))
    joint = np.array([fit.moderators.statistic for fit in fits if fit.moderators])
    assert found.moderators_p == pytest.approx(np.mean(joint >= observed.moderators.statistic - SAME))


@pytest.mark.parametrize("options", [{"model": "common", "ci": "wald"}, {"tau2": 0.05}, {"tau2": "PM"}])
def test_other_models(options: dict[str, object]) -> None:
    x = np.arange(6.0)
    found = permutation_test(Y, V, {"x": x}, **options)  # type: ignore[arg-type]
    wanted = regress(Y, V, {"x": x}, **options)  # type: ignore[arg-type]
    assert found.statistics == pytest.approx([c.test.statistic for c in wanted.coefficients], rel=1e-8)
    assert found.exact and found.arrangements == 720


def test_without_an_intercept() -> None:
    x = np.arange(1.0, 7.0)
    found = permutation_test(Y, V, {"x": x}, intercept=False)
    wanted = regress(Y, V, {"x": x}, intercept=False)
    assert found.names == ("x",)
    assert found.statistics == pytest.approx([wanted.coefficients[0].test.statistic], rel=1e-8)


def test_drawn_arrangements_come_near_the_exact_p() -> None:
    x = np.array([0.0, 0, 1, 1, 1, 0])
    exact = permutation_test(Y, V, {"x": x}, draws=1000)
    drawn = permutation_test(Y, V, {"x": x}, draws=19, seed=3)
    many = permutation_test(np.tile(Y, 3), np.tile(V, 3), {"x": np.tile(x, 3)}, draws=500, seed=3)
    assert exact.exact and not drawn.exact and drawn.arrangements == 20
    # The observed arrangement is counted, so no p value is 0.
    assert min(drawn.p) >= 1 / 20
    assert many == permutation_test(np.tile(Y, 3), np.tile(V, 3), {"x": np.tile(x, 3)}, draws=500, seed=3)
    flips = permutation_test(Y, V, draws=64)
    more = [permutation_test(Y, V, draws=63, seed=seed).p[0] for seed in range(20)]
    assert np.mean(more) == pytest.approx(flips.p[0], abs=0.05)


def test_arrangements_in_dictionary_order() -> None:
    wanted = sorted(set(permutations([0, 0, 1, 2, 2])))
    found = _unranked(np.arange(len(wanted)), (2, 1, 2))
    assert [tuple(row) for row in found.tolist()] == wanted


def test_out_of_range() -> None:
    with pytest.raises(UsageError, match="draws is 0"):
        permutation_test(Y, V, draws=0)
    with pytest.raises(UsageError, match="intercept to test"):
        permutation_test(Y, V, intercept=False)
    with pytest.raises(UsageError, match="fixed value must be finite"):
        permutation_test(Y, V, tau2=-1.0)
    with pytest.raises(AnalysisError, match="needs model='random'"):
        permutation_test(Y, V, model="common")
    with pytest.raises(AnalysisError, match="'x' is constant"):
        permutation_test(Y, V, {"x": np.ones(6)})
