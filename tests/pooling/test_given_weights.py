"""Pooling with weights that are given."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.given_weights import pool_with_weights
from synthesis.pooling.pool import pool_arrays

YI = [0.5, 0.9, 0.1, 0.4]
VI = [0.05, 0.1, 0.04, 0.02]


def effects(k: int = 4) -> Effects:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"Study {i}", yi=y, vi=v, n=None, route="contrast", read=True,
            design="rct", timepoint_months=None, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(zip(YI[:k], VI[:k], strict=True))
    )  # fmt: skip
    return Effects(measure="MD", rows=rows)


def test_equal_weights_give_the_plain_mean() -> None:
    found = pool_with_weights(effects(), "equal", tau2=0.1)
    assert found.estimate == pytest.approx(np.mean(YI))
    assert found.se == pytest.approx(math.sqrt(sum(VI) + 0.4) / 4)
    assert found.weights == (0.25,) * 4


@pytest.mark.parametrize("model", ["common", "random"])
def test_inverse_variances_give_the_usual_result(model: str) -> None:
    tau2 = 0.0 if model == "common" else 0.07
    found = pool_with_weights(effects(), [1 / (v + tau2) for v in VI], model=model, tau2=0.07)  # type: ignore[arg-type]
    usual = pool_arrays(YI, VI, model=model, tau2=0.07, ci="wald")  # type: ignore[arg-type]
    assert (found.estimate, found.se) == pytest.approx((usual.estimate, usual.se), rel=1e-12)
    assert (found.prediction is None) == (model == "common")


def test_the_moment_estimator_with_inverse_variances_is_dersimonian_lairds() -> None:
    found = pool_with_weights(effects(), [1 / v for v in VI], tau2="GENQ")
    assert found.tau2.value == pytest.approx(pool_arrays(YI, VI, tau2="DL", ci="wald").tau2.value, rel=1e-12)
    assert found.tau2.method == "GENQ"


def test_the_scale_of_weights_does_not_matter() -> None:
    one, other = (pool_with_weights(effects(), [c * w for w in (1, 2, 3, 4)], tau2="GENQ") for c in (1, 1000))
    assert (one.estimate, one.se, one.tau2.value) == pytest.approx((other.estimate, other.se, other.tau2.value))


def test_errors() -> None:
    with pytest.raises(UsageError, match="the weight of Study 2 is -1"):
        pool_with_weights(effects(), [1, 2, -1, 3])
    with pytest.raises(UsageError, match=r"shape \(2,\); there are 4"):
        pool_with_weights(effects(), [1, 2])
    with pytest.raises(UsageError, match="must be 'equal'"):
        pool_with_weights(effects(), "unit")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        pool_with_weights(effects(1), "equal")
