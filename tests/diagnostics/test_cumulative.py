"""Cumulative pooling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from synthesis.diagnostics.cumulative import cumulative
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import UsageError
from synthesis.pooling.pool import pool

YEARS = [2004, 1999, 2004, 2011]


def effects() -> Effects:
    values = [(0.1, 0.02), (0.9, 0.05), (0.4, 0.04), (-0.3, 0.10)]
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=y, vi=v, n=50.0, route="counts", read=True, design="rct",
            timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(values)
    )  # fmt: skip
    return Effects(measure="OR", rows=rows)


def test_order_and_subsets(same: Callable[..., bool]) -> None:
    everything = effects()
    steps = cumulative(everything, YEARS)
    assert [(step.study, step.order) for step in steps] == [("s1", 1999), ("s0", 2004), ("s2", 2004), ("s3", 2011)]
    chosen = tuple(everything.rows[index] for index in (1, 0, 2))
    assert same(steps[2].pooled, pool(Effects(measure="OR", rows=chosen)))
    assert steps[-1].pooled.estimate == pytest.approx(pool(everything).estimate, rel=1e-10)


def test_too_few_studies_for_the_interval_are_noted() -> None:
    first, second, *_ = cumulative(effects(), YEARS, ci="hartung-knapp")
    assert (first.pooled.ci.method, second.pooled.ci.method) == ("wald", "hartung-knapp")
    assert "Too few studies for the Hartung-Knapp interval" in first.pooled.notes[-1].text


def test_one_value_per_effect() -> None:
    with pytest.raises(UsageError, match="order has 2 values for 4 effects"):
        cumulative(effects(), [1, 2])
