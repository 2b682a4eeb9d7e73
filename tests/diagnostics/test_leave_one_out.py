"""Leaving one study out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from synthesis.diagnostics.leave_one_out import leave_one_out, leave_one_out_arrays
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError
from synthesis.pooling.pool import pool


def effects(k: int) -> Effects:
    values = [(0.1, 0.02), (0.9, 0.05), (0.4, 0.04), (-0.3, 0.10)][:k]
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=y, vi=v, n=50.0 + i, route="counts", read=True,
            design="rct", timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(values)
    )  # fmt: skip
    return Effects(measure="OR", rows=rows)


@pytest.mark.parametrize("options", [{}, {"model": "common"}, {"tau2": "DL", "ci": "wald", "level": 0.9}])
def test_equals_pooling_the_subset(options: dict[str, object], same: Callable[..., bool]) -> None:
    everything = effects(4)
    omissions = leave_one_out(everything, **options)  # type: ignore[arg-type]
    assert [(o.study, o.label) for o in omissions] == [(row.study, row.label) for row in everything]
    for index, omission in enumerate(omissions):
        rest = tuple(row for i, row in enumerate(everything.rows) if i != index)
        assert same(omission.pooled, pool(Effects(measure="OR", rows=rest), **options))  # type: ignore[arg-type]


def test_two_studies_leave_one() -> None:
    first, second = leave_one_out(effects(2))
    assert (first.pooled.estimate, second.pooled.estimate) == (0.9, 0.1)


def test_one_study_cannot_be_left_out() -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        leave_one_out(effects(1))


@pytest.mark.parametrize("options", [{}, {"tau2": "DL", "ci": "wald", "level": 0.9}])
def test_arrays_hold_the_same_numbers(options: dict[str, object]) -> None:
    everything = effects(4)
    arrays = leave_one_out_arrays(everything.yi, everything.vi, **options)  # type: ignore[arg-type]
    for index, omission in enumerate(leave_one_out(everything, **options)):  # type: ignore[arg-type]
        assert arrays.estimate[index] == pytest.approx(omission.pooled.estimate, rel=1e-10)
        assert arrays.ci_high[index] == pytest.approx(omission.pooled.ci.high, rel=1e-10)
        assert arrays.tau2[index] == pytest.approx(omission.pooled.tau2.value, rel=1e-9, abs=1e-12)


def test_arrays_need_memory_for_the_studies_not_their_square() -> None:
    k = 3000
    generator = np.random.default_rng(1)
    v = generator.uniform(0.05, 0.5, k)
    y = generator.normal(0, np.sqrt(v))
    leave_one_out_arrays(y[:20], v[:20], tau2="DL")
    tracemalloc.start()
    found = leave_one_out_arrays(y, v, tau2="DL")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == k
    # One byte for each pair of studies would be 9 MB.
    assert peak < 6e6


def test_arrays_of_one_study() -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        leave_one_out_arrays([0.1], [0.2])
