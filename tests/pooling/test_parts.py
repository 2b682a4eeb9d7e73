"""Parts of one set of effects, pooled together, equal the parts pooled alone."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.pooling.parts import pool_parts
from synthesis.pooling.pool import pool_subset

VALUES = [(0.1, 0.02), (0.9, 0.05), (0.4, 0.04), (-0.3, 0.10), (0.2, 0.01)]


def effects(ns: tuple[float | None, ...] = (50.0,) * 5) -> Effects:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=y, vi=v, n=n, route="counts", read=True, design="rct",
            timepoint_months=12, intervention=None, comparator=None,
        )
        for i, ((y, v), n) in enumerate(zip(VALUES, ns, strict=True))
    )  # fmt: skip
    return Effects(measure="OR", rows=rows)


@pytest.mark.parametrize("ci", ["cochrane-2025", "hartung-knapp", "wald"])
@pytest.mark.parametrize("tau2", ["REML", "DL", 0.2])
def test_each_part_equals_itself_pooled_alone(tau2: str | float, ci: str) -> None:
    include = ((np.arange(1, 32)[:, None] >> np.arange(5)) & 1).astype(bool)
    found = pool_parts(effects(), include, tau2=tau2, ci=ci)
    for part, pooled in zip(include, found, strict=True):
        rows = tuple(row for row, inside in zip(effects().rows, part, strict=True) if inside)
        alone = pool_subset(Effects(measure="OR", rows=rows), tau2=tau2, ci=ci)
        assert (pooled.k, pooled.n, pooled.ci.method) == (alone.k, alone.n, alone.ci.method)
        assert [note.code for note in pooled.notes] == [note.code for note in alone.notes]
        assert pooled.estimate == pytest.approx(alone.estimate, rel=1e-9)
        assert (pooled.ci.low, pooled.ci.high) == pytest.approx((alone.ci.low, alone.ci.high), rel=1e-9)
        assert pooled.tau2.value == pytest.approx(alone.tau2.value, rel=1e-8, abs=1e-12)
        assert (pooled.tau2.interval is None) == (alone.tau2.interval is None)
        if alone.tau2.interval is not None and pooled.tau2.interval is not None:
            assert pooled.tau2.interval.method == alone.tau2.interval.method
            assert pooled.tau2.interval.high == pytest.approx(alone.tau2.interval.high, rel=1e-8, abs=1e-12)


def test_participants_are_known_only_if_all_are() -> None:
    include = np.array([[True, True, False, False, False], [False, False, True, True, True]])
    assert [part.n for part in pool_parts(effects((10.0, 20.0, 30.0, 40.0, 50.0)), include)] == [30.0, 120.0]
    assert [part.n for part in pool_parts(effects((10.0, 20.0, None, 40.0, 50.0)), include)] == [30.0, None]


def test_what_cannot_be_pooled() -> None:
    with pytest.raises(AnalysisError, match="without any study"):
        pool_parts(effects(), np.zeros((1, 5), dtype=bool))
    with pytest.raises(UnknownKeyError, match="REML"):
        pool_parts(effects(), np.ones((1, 5), dtype=bool), tau2="RELM")
