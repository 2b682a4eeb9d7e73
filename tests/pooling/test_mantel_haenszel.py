"""Pooling tables: by hand, with empty cells, and from effects."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.effects.measures import MEASURES, effect_sizes, from_groups
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.errors import AnalysisError
from synthesis.pooling.mantel_haenszel import TABLE_METHODS, pool_effect_tables, pool_tables
from synthesis.pooling.pool import pool_arrays

COUNTS = {"events1": [5, 9, 3], "n1": [50, 60, 40], "events2": [9, 12, 8], "n2": [52, 61, 39]}
RATES = {"events1": [5, 9, 3], "time1": [500, 610, 400], "events2": [9, 12, 8], "time2": [520, 600, 390]}


def numbers(measure: str) -> dict[str, list[int]]:
    return COUNTS if MEASURES[measure].data == "counts" else RATES


def test_odds_ratio_by_hand() -> None:
    top = 5 * 43 / 102 + 9 * 49 / 121 + 3 * 31 / 79
    bottom = 45 * 9 / 102 + 51 * 12 / 121 + 37 * 8 / 79
    pooled = pool_tables("OR", COUNTS)
    assert pooled.estimate == pytest.approx(math.log(top / bottom), rel=1e-13)
    assert (pooled.k, pooled.n, pooled.model, pooled.ci.method) == (3, 302, "common", "mantel-haenszel")


@pytest.mark.parametrize("measure", TABLE_METHODS)
def test_close_to_inverse_variance_pooling(measure: str) -> None:
    pooled = pool_tables(measure, numbers(measure))
    inverse = pool_arrays(*effect_sizes(measure, numbers(measure)), model="common")
    assert abs(pooled.estimate - inverse.estimate) < 0.35 * inverse.se
    assert pooled.se == pytest.approx(inverse.se, rel=0.1)
    assert sum(pooled.weights) == pytest.approx(1)


@pytest.mark.parametrize("measure", TABLE_METHODS)
def test_swapping_groups_negates(measure: str) -> None:
    data = numbers(measure)
    other = {name[:-1] + {"1": "2", "2": "1"}[name[-1]]: values for name, values in data.items()}
    one, turned = pool_tables(measure, data), pool_tables(measure, other)
    assert turned.estimate == pytest.approx(-one.estimate, rel=1e-12)
    assert turned.se == pytest.approx(one.se, rel=1e-12)


@pytest.mark.parametrize("measure", TABLE_METHODS)
def test_one_table_gives_its_own_effect(measure: str) -> None:
    data = {name: values[:1] for name, values in numbers(measure).items()}
    pooled = pool_tables(measure, data)
    assert pooled.estimate == pytest.approx(effect_sizes(measure, data)[0][0], rel=1e-12)
    assert pooled.heterogeneity.df == 0


def test_studies_without_events_do_not_move_the_ratio() -> None:
    extended = {name: [*values, extra] for (name, values), extra in zip(COUNTS.items(), (0, 30, 0, 31), strict=True)}
    one, other = pool_tables("OR", COUNTS), pool_tables("OR", extended)
    assert (other.estimate, other.k) == (pytest.approx(one.estimate), 4)
    assert [note.code for note in other.notes] == ["studies-without-weight"]
    assert other.heterogeneity.df == one.heterogeneity.df


def test_no_events_on_one_side() -> None:
    data = {"events1": [0, 0], "n1": [10, 20], "events2": [3, 4], "n2": [10, 20]}
    with pytest.raises(AnalysisError, match="one side has no events"):
        pool_tables("OR", data)
    with pytest.raises(AnalysisError, match="no tables"):
        pool_tables("OR", {name: [np.nan] for name in data})


def effects(known: bool) -> Effects:
    rows = []
    for index, (a, n1, c, n2) in enumerate(zip(*COUNTS.values(), strict=True)):
        one = Group(label="A", events=a, n=n1)
        two = Group(label="B", events=c if known else None, n=n2)
        estimate = from_groups("OR", one, Group(label="B", events=c, n=n2))
        rows.append(
            EffectRow(
                study=f"s{index}", result="r", label=f"S {index}", yi=estimate.yi, vi=estimate.vi, n=n1 + n2,
                route="counts", read=True, design="rct", timepoint_months=12, intervention=one, comparator=two,
            )
        )  # fmt: skip
    return Effects(measure="OR", rows=tuple(rows))


def test_tables_that_travel_with_effects() -> None:
    assert pool_effect_tables(effects(True)) == pool_tables("OR", COUNTS)
    with pytest.raises(AnalysisError, match="S 0 has no counts in both groups"):
        pool_effect_tables(effects(False))
