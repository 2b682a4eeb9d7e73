"""Pooling through its public functions: notes, edge cases k = 0, 1, 2, 3, and errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling import tau2 as tau2_module
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import pool, pool_arrays
from synthesis.pooling.roots import Root
from synthesis.registry import Registry

YI = [0.1, 0.9, 0.4, -0.3, 0.2, 0.6]
VI = [0.02, 0.05, 0.04, 0.10, 0.03, 0.02]


def row(index: int, yi: float, vi: float, n: float | None = 40) -> EffectRow:
    return EffectRow(
        study=f"s{index}", result="r", label=f"S {index}", yi=yi, vi=vi, n=n, route="counts", read=True, design="rct",
        timepoint_months=12, intervention=None, comparator=None,
    )  # fmt: skip


def effects(n: float | None = 40) -> Effects:
    return Effects(measure="OR", rows=tuple(row(i, y, v, n) for i, (y, v) in enumerate(zip(YI, VI, strict=True))))


def codes(pooled: Pooled) -> list[str]:
    return [note.code for note in pooled.notes]


def test_default_is_the_cochrane_rule() -> None:
    pooled = pool(effects())
    assert (pooled.measure, pooled.model, pooled.k, pooled.n) == ("OR", "random", 6, 240)
    assert (pooled.tau2.method, pooled.ci.method) == ("REML", "hartung-knapp")
    assert pooled.prediction is not None
    assert pooled.prediction.method == "t(k-1)"
    assert codes(pooled) == ["interval-hartung-knapp"]
    assert pooled.tau2.interval is not None
    assert pooled.tau2.value in pooled.tau2.interval
    assert sum(pooled.weights) == pytest.approx(1, rel=1e-14)


def test_unknown_n_stays_unknown() -> None:
    assert pool(effects(None)).n is None


def test_common_effect_is_the_inverse_variance_mean() -> None:
    pooled = pool(effects(), model="common")
    w = 1 / np.array(VI)
    assert pooled.estimate == pytest.approx(np.sum(w * YI) / w.sum(), rel=1e-13)
    assert pooled.se == pytest.approx(1 / math.sqrt(w.sum()), rel=1e-13)
    assert pooled.weights == pytest.approx(w / w.sum(), rel=1e-13)
    assert (pooled.ci.method, pooled.tau2.method, pooled.prediction) == ("wald", "none", None)
    assert pooled.heterogeneity.i2 == pooled.heterogeneity.i2_q


def test_no_effects() -> None:
    with pytest.raises(AnalysisError, match="no effects to pool; see the excluded rows"):
        pool(Effects(measure="OR", rows=()))
    with pytest.raises(AnalysisError, match="no effects"):
        pool_arrays([], [])


@pytest.mark.parametrize("model", ["random", "common"])
def test_one_study_is_returned(model: Any) -> None:
    pooled = pool_arrays([0.4], [0.04], model=model)
    assert (pooled.estimate, pooled.se, pooled.weights) == (0.4, pytest.approx(0.2), (1.0,))
    assert pooled.ci.low == pytest.approx(0.4 - 1.959963984540054 * 0.2)
    assert (pooled.tau2.value, pooled.tau2.interval, pooled.prediction) == (0.0, None, None)
    assert "single-study" in codes(pooled)


def test_two_studies_get_a_wald_interval_and_say_why() -> None:
    pooled = pool_arrays([0.1, 0.9], [0.02, 0.03])
    assert pooled.ci.method == "wald"
    assert codes(pooled) == ["interval-wald", "no-prediction-interval"]
    assert "fewer than 3 studies" in pooled.notes[0].text
    assert "at least 5 studies, there are 2" in pooled.notes[1].text


def test_three_studies_without_heterogeneity_get_a_wald_interval() -> None:
    pooled = pool_arrays([0.30, 0.31, 0.29], [0.02, 0.03, 0.05])
    assert (pooled.tau2.value, pooled.ci.method) == (0.0, "wald")
    assert codes(pooled)[0] == "tau2-at-zero"
    assert "interval-wald" in codes(pooled)


def test_a_narrow_hartung_knapp_interval_is_reported_not_changed() -> None:
    yi, vi = np.array([0.0, 0.0, 0.0, 3.0, 3.0, 3.0]) * 0.36, np.array([1, 1, 1, 100, 100, 100]) * 0.02
    pooled = pool_arrays(yi, vi, tau2=0.01)
    plain = pool_arrays(yi, vi, tau2=0.01, ci="hartung-knapp")
    common = pool_arrays(yi, vi, model="common")
    assert pooled.ci.high - pooled.ci.low < common.ci.high - common.ci.low
    assert pooled.ci == plain.ci
    assert "narrower-than-common-effect" in codes(pooled)
    assert "narrower-than-common-effect" not in codes(plain)


def test_fixed_tau2() -> None:
    pooled = pool_arrays(YI, VI, tau2=0.05, ci="wald")
    w = 1 / (np.array(VI) + 0.05)
    assert pooled.estimate == pytest.approx(np.sum(w * YI) / w.sum(), rel=1e-13)
    assert (pooled.tau2.value, pooled.tau2.method) == (0.05, "fixed")
    assert "tau2-at-zero" not in codes(pool_arrays(YI, VI, tau2=0, ci="wald"))


def test_identical_effects() -> None:
    pooled = pool_arrays([0.25] * 7, [0.1, 0.2, 0.3, 0.05, 0.1, 0.7, 0.2], ci="hartung-knapp")
    assert (pooled.estimate, pooled.se, pooled.tau2.value, pooled.heterogeneity.q) == (0.25, 0, 0, 0)
    assert (pooled.test.statistic, pooled.test.p) == (math.inf, 0)
    assert "tau2-interval-empty" in codes(pooled)
    zero = pool_arrays([0.0] * 3, [0.1] * 3, ci="hartung-knapp")
    assert (zero.test.statistic, zero.test.p) == (0, 1)


def test_prediction_can_be_asked_for_or_declined() -> None:
    assert pool_arrays(YI, VI, prediction="none").prediction is None
    asked = pool_arrays(YI[:3], VI[:3], prediction="t(k-2)")
    assert asked.prediction is not None
    assert asked.prediction.method == "t(k-2)"
    too_few = pool_arrays(YI[:2], VI[:2], prediction="t(k-2)", ci="wald")
    assert too_few.prediction is None
    assert codes(too_few) == ["no-prediction-interval"]


def test_non_convergence_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tau2_module.Estimator(
        key="REML", label="stuck", function=lambda generalised: Root(0.1, False, 100), iterative=True, reference="none"
    )
    table = Registry("tau2 estimator", (stuck,))
    monkeypatch.setattr(tau2_module, "ESTIMATORS", table)
    pooled = pool_arrays(YI, VI)
    assert not pooled.tau2.converged
    assert "not-converged" in codes(pooled)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": "fixed"}, UsageError, "must be 'common' or 'random'"),
        ({"tau2": -0.1}, UsageError, "0 or more"),
        ({"tau2": math.nan}, UsageError, "finite"),
        ({"tau2": "DLL"}, UnknownKeyError, "Did you mean 'DL'"),
        ({"ci": "walt"}, UnknownKeyError, "cochrane-2025"),
        ({"prediction": "t"}, UnknownKeyError, "auto"),
        ({"level": 95}, UsageError, "for 95% write 0.95"),
        ({"model": "common", "ci": "hartung-knapp"}, AnalysisError, "use model='random'"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        pool_arrays(YI, VI, **options)


@pytest.mark.parametrize(
    ("yi", "vi", "error", "message"),
    [
        ([0.1, math.nan], [0.1, 0.1], AnalysisError, "effect 2 of 2 cannot be pooled: yi = nan"),
        ([0.1, 0.2], [0.1, 0.0], AnalysisError, "vi = 0; both must be finite and vi above 0"),
        ([0.1, 0.2], [0.1], UsageError, "one and the same length"),
    ],
)
def test_effects_that_cannot_be_pooled(yi: Any, vi: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        pool_arrays(yi, vi)


def test_hartung_knapp_needs_two_studies() -> None:
    with pytest.raises(AnalysisError, match="at least 2 studies; found 1 study; use ci='wald'"):
        pool_arrays([0.1], [0.1], ci="hartung-knapp")
