"""Laws for the tables of diagnostics, dependence and counts, over every entry of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.diagnostics.excess_significance import EXCESS_TESTS, excess_significance
from synthesis.diagnostics.fail_safe import FAIL_SAFE, fail_safe_n
from synthesis.diagnostics.selection_model import selection_model
from synthesis.diagnostics.selection_weights import SELECTION
from synthesis.diagnostics.trim_and_fill import TRIM_ESTIMATORS, trim_and_fill
from synthesis.effects.model import EffectRow, Effects
from synthesis.pooling.glmm import GLMM_KINDS, fit_glmm
from synthesis.pooling.mantel_haenszel import TABLE_METHODS, pool_tables
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.random_terms import STRUCTURES, Correlated
from synthesis.pooling.regression import regress
from synthesis.pooling.robust import ROBUST, independent, robust

K = 10
# Whole numbers, so that moving and turning them costs no digits; all different, so that ranks have no ties.
EFFECTS = st.lists(st.integers(-300, 300), min_size=K, max_size=K, unique=True).map(lambda v: np.array(v) / 100)
VARIANCES = st.lists(st.integers(2, 400), min_size=K, max_size=K, unique=True).map(lambda v: np.array(v) / 1000)
SEEDS = st.integers(0, 2**16)


def effects_of(y: np.ndarray, v: np.ndarray) -> Effects:
    rows = (
        EffectRow(
            study=f"s{index}", result="r", label=f"S{index}", yi=float(a), vi=float(b), n=None, route="contrast",
            read=True, design="rct", timepoint_months=None, intervention=None, comparator=None,
        )
        for index, (a, b) in enumerate(zip(y, v, strict=True))
    )  # fmt: skip
    return Effects(measure="MD", rows=tuple(rows))


@pytest.mark.parametrize("estimator", TRIM_ESTIMATORS)
@given(y=EFFECTS, v=VARIANCES, seed=SEEDS)
def test_trim_and_fill_turns_with_the_effects(estimator: str, y: np.ndarray, v: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(K)
    one = trim_and_fill(effects_of(y, v), estimator=estimator, side="left", tau2="DL")
    other = trim_and_fill(effects_of(-y[order], v[order]), estimator=estimator, side="right", tau2="DL")
    assert one.missing == other.missing >= 0
    assert one.filled.estimate == pytest.approx(-other.filled.estimate, abs=1e-9)
    assert sorted(one.filled_yi) == pytest.approx(sorted(-y for y in other.filled_yi), abs=1e-9)
    assert one.filled.k == K + one.missing


@pytest.mark.parametrize("test", EXCESS_TESTS)
@given(y=EFFECTS, v=VARIANCES, seed=SEEDS)
def test_excess_does_not_depend_on_order_or_direction(test: str, y: np.ndarray, v: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(K)
    one = excess_significance(effects_of(y, v), test=test, tau2="DL")
    other = excess_significance(effects_of(-y[order], v[order]), test=test, tau2="DL")
    assert one.observed == other.observed
    assert one.expected == pytest.approx(other.expected, rel=1e-9)
    assert 0 <= one.p <= 1
    assert one.p == pytest.approx(other.p, rel=1e-6, abs=1e-12)
    assert all(0 < power < 1 + 1e-12 for power in one.power)


@pytest.mark.parametrize("method", FAIL_SAFE)
@given(y=EFFECTS, v=VARIANCES, seed=SEEDS)
def test_fail_safe_numbers_are_whole_and_do_not_depend_on_order(
    method: str, y: np.ndarray, v: np.ndarray, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(K)
    one, other = (fail_safe_n(effects_of(a, b), method=method) for a, b in ((y, v), (y[order], v[order])))
    assert one.studies == other.studies >= 0
    assert one.studies == int(one.studies)


@pytest.mark.parametrize("kind", SELECTION)
def test_selection_models_turn_with_the_effects(kind: str) -> None:
    # One data set: a fit integrates numerically and takes its time.
    y = np.array([0.1, 0.5, 0.8, -0.2, 1.1, 0.3, 0.65, 0.9, 0.05, 0.45])
    v = np.array([0.02, 0.05, 0.1, 0.03, 0.2, 0.015, 0.08, 0.12, 0.025, 0.06])
    options: dict[str, Any] = {"kind": kind, **({"steps": (0.05,)} if kind == "step" else {})}
    one = selection_model(effects_of(y, v), alternative="greater", **options)
    other = selection_model(effects_of(-y[::-1], v[::-1]), alternative="less", **options)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-9)
    assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)
    assert one.log_likelihood >= one.log_likelihood_unselected
    assert one.tau2 >= 0


@pytest.mark.parametrize("method", ROBUST)
@given(y=EFFECTS, v=VARIANCES, seed=SEEDS, factor=st.sampled_from([1e-3, 7.0]))
def test_robust_standard_errors_follow_scale_and_not_order(
    method: str, y: np.ndarray, v: np.ndarray, seed: int, factor: float
) -> None:
    order = np.random.default_rng(seed).permutation(K)
    clusters = np.array(list("aabbccddee"))
    x = np.ones((K, 1))
    one = robust(independent(y, v, x, ("intercept",)), clusters.tolist(), method=method)
    other = robust(
        independent(factor * y[order], factor**2 * v[order], x, ("intercept",)), clusters[order].tolist(), method=method
    )
    assert other.coefficients[0].estimate == pytest.approx(factor * one.coefficients[0].estimate, rel=1e-9, abs=1e-12)
    assert other.coefficients[0].se == pytest.approx(factor * one.coefficients[0].se, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("structure", STRUCTURES)
@settings(max_examples=1)
@given(seed=SEEDS)
def test_structures_do_not_depend_on_order(structure: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    outer, inner = np.repeat(np.arange(8), 2), np.tile(["one", "two"], 8)
    v = generator.uniform(0.02, 0.1, 16)
    y = generator.normal(size=8)[outer] * 0.5 + generator.normal(size=16) * np.sqrt(v + 0.05)
    heights = []
    for order in (np.arange(16), generator.permutation(16)):
        term = Correlated(
            name="outcome", inner=tuple(inner[order]), outer=tuple(outer[order].tolist()), structure=structure
        )
        found = fit_multilevel(y[order], v[order], [term])
        heights.append(found.log_likelihood)
        assert all(c.value >= 0 for c in found.components if c.kind == "variance")
        assert all(-1 <= c.value <= 1 for c in found.components if c.kind == "correlation")
    assert heights[0] == pytest.approx(heights[1], abs=1e-7)


def table(generator: np.random.Generator, two_groups: bool, rates: bool) -> dict[str, np.ndarray]:
    size = generator.integers(30, 120, (2, 6)).astype(float)
    events = generator.binomial(size.astype(int), generator.uniform(0.1, 0.4, (2, 6))).astype(float) + 1
    name = "time" if rates else "n"
    if not two_groups:
        return {"events": events[0], name: size[0]}
    return {"events1": events[0], f"{name}1": size[0], "events2": events[1], f"{name}2": size[1]}


def other_way(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name[:-1] + {"1": "2", "2": "1"}[name[-1]]: values for name, values in data.items()}


@pytest.mark.parametrize("measure", TABLE_METHODS)
@given(seed=SEEDS)
def test_pooled_tables_turn_with_the_arms_and_not_with_order(measure: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    data = table(generator, True, measure in ("IRR", "IRD"))
    order = generator.permutation(6)
    one = pool_tables(measure, data)
    turned = pool_tables(measure, {name: values[order] for name, values in other_way(data).items()})
    assert turned.estimate == pytest.approx(-one.estimate, abs=1e-10)
    assert turned.se == pytest.approx(one.se, rel=1e-9)
    assert sum(one.weights) == pytest.approx(1)


@pytest.mark.parametrize(
    ("kind", "measure"), [(key, measure) for key, entry in GLMM_KINDS.items() for measure in entry.measures]
)
@settings(max_examples=1)
@given(seed=SEEDS)
def test_mixed_models_turn_with_the_arms_and_not_with_order(kind: str, measure: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    two = kind != "one-group"
    data = table(generator, two, measure.startswith("IR"))
    order = generator.permutation(6)
    turn: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]] = other_way if two else dict
    options: dict[str, Any] = {"kind": kind, "points": 3}
    one = fit_glmm(measure, data, **options)
    turned = fit_glmm(measure, {name: values[order] for name, values in turn(data).items()}, **options)
    sign = -1 if two else 1
    assert turned.coefficients[0].estimate == pytest.approx(sign * one.coefficients[0].estimate, abs=1e-6)
    assert turned.tau2.value == pytest.approx(one.tau2.value, abs=1e-6)
    assert one.tau2.value >= 0
    assert one.likelihood_ratio.statistic >= 0


@given(y=EFFECTS, v=VARIANCES, seed=SEEDS)
def test_regression_does_not_depend_on_order_or_units_of_moderators(y: np.ndarray, v: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(K)
    x = np.arange(K) ** 1.5
    one = regress(y, v, {"x": x})
    other = regress(y[order], v[order], {"x": 1000 * x[order]})
    assert other.coefficients[1].estimate * 1000 == pytest.approx(one.coefficients[1].estimate, rel=1e-6, abs=1e-9)
    assert other.q == pytest.approx(one.q, rel=1e-8)
