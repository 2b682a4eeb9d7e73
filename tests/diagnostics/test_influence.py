"""Influence statistics."""

from __future__ import annotations

import math

import pytest

from synthesis.diagnostics.influence import influence
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError
from synthesis.pooling.pool import pool

VALUES = [(0.10, 0.02), (0.15, 0.02), (0.05, 0.03), (0.12, 0.02), (0.08, 0.03), (2.50, 0.02)]


def effects(k: int = 6) -> Effects:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=y, vi=v, n=50.0, route="counts", read=True, design="rct",
            timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(VALUES[:k])
    )  # fmt: skip
    return Effects(measure="OR", rows=rows)


def test_the_outlier_stands_out() -> None:
    found = influence(effects())
    assert [study.influential for study in found] == [False] * 5 + [True]
    assert max(found, key=lambda study: study.cook).study == "s5"
    assert found[5].residual > 5
    assert found[5].tau2 == 0


def test_definitions_written_out() -> None:
    everything = effects()
    full = pool(everything, ci="wald")
    for index, study in enumerate(influence(everything)):
        rest = pool(Effects(measure="OR", rows=everything.rows[:index] + everything.rows[index + 1 :]), ci="wald")
        row = everything.rows[index]
        assert study.without.estimate == pytest.approx(rest.estimate, rel=1e-12)
        spread = math.sqrt(row.vi + rest.tau2.value + rest.se**2)
        assert study.residual == pytest.approx((row.yi - rest.estimate) / spread)
        assert study.cook == pytest.approx((full.estimate - rest.estimate) ** 2 / full.se**2)
        assert study.covariance_ratio == pytest.approx(rest.se**2 / full.se**2)
        assert study.weight == full.weights[index]


def test_one_study_has_no_influence() -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects"):
        influence(effects(1))
