"""A forest plot beside a published Cochrane one: the same rows, numbers and totals, to the printed digit.

``published/cooney2013.json`` says where the numbers were read. Where the programs differ by rule, the difference is
named.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.figures.conftest import analysis_of

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.effects.measures import from_counts, from_means
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.figures.forest import arrange
from synthesis.formatting import effect_interval
from synthesis.pooling.pool import pool

PUBLISHED = json.loads((Path(__file__).parent / "published" / "cooney2013.json").read_text())["analyses"]


def _row(index: int, row: dict[str, Any], yi: float, vi: float, one: Group, other: Group) -> EffectRow:
    return EffectRow(
        study=f"study{index}", result="r", label=row["label"], yi=yi, vi=vi, n=(one.n or 0) + (other.n or 0),
        route="counts", read=True, design="rct", timepoint_months=None, intervention=one, comparator=other,
    )  # fmt: skip


def _counts(rows: list[dict[str, Any]]) -> Effects:
    made = []
    for index, row in enumerate(rows):
        one, other = row["exercise"], row["control"]
        estimate = from_counts("RR", *one, *other)
        groups = (Group(label="e", events=one[0], n=one[1]), Group(label="c", events=other[0], n=other[1]))
        made.append(_row(index, row, estimate.yi, estimate.vi, *groups))
    return Effects(measure="RR", rows=tuple(made))


def _means(rows: list[dict[str, Any]], *, their_variance: bool) -> Effects:
    made = []
    for index, row in enumerate(rows):
        one, other = row["exercise"], row["control"]
        estimate = from_means("SMD", *one, *other)
        vi, n = estimate.vi, one[2] + other[2]
        if their_variance:  # Deeks and Higgins 2010, Statistical algorithms in Review Manager 5
            vi = n / (one[2] * other[2]) + estimate.yi**2 / (2 * (n - 3.94))
        groups = (
            Group(label="e", mean=one[0], sd=one[1], n=one[2]), Group(label="c", mean=other[0], sd=other[1], n=other[2])
        )  # fmt: skip
        made.append(_row(index, row, estimate.yi, vi, *groups))
    return Effects(measure="SMD", rows=tuple(made))


def _analysis(effects: Effects, good: Any) -> Analysis:
    models = {"common": pool(effects, model="common", ci="wald"), "plan": pool(effects, tau2="DL", ci="revman-5")}
    return analysis_of(effects, models=models, good_direction=good, intervention="Exercise", comparator="Control")


def _table(analysis: Analysis) -> dict[str, list[str]]:
    rows = [[plain(cell) for cell in row.cells] for row in arrange(analysis).data.rows]
    return {row[0]: row[1:] for row in rows}


def _printed(values: list[float], scale: Any) -> str:
    return effect_interval(*values, scale)


def test_counts_are_drawn_as_published() -> None:
    theirs = PUBLISHED["1.3"]
    analysis = _analysis(_counts(theirs["rows"]), "higher-better")
    ours = _table(analysis)
    differ = []
    for row in theirs["rows"]:
        _, one, other, effect, weight = ours[row["label"]]
        assert (one, other) == tuple(f"{events}/{n}" for events, n in (row["exercise"], row["control"]))
        assert float(weight.rstrip("%")) == pytest.approx(row["weight"], abs=0.16)
        if effect != _printed(row["printed"], "log"):
            differ.append(row)
    # Where everybody had the event on both sides, they widen the interval and leave the ratio at 1; here half an
    # event is added to each cell, which moves the ratio as well.
    assert all(events == n for row in differ for events, n in (row["exercise"], row["control"]))
    total = ours["Random effects (DL, Wald)"]
    assert total[3] == _printed(theirs["total"]["printed"], "log")
    assert ours["All studies"][1:3] == [
        f"{events}/{n}" for events, n in (theirs["total"]["exercise"], theirs["total"]["control"])
    ]
    main = analysis.models["plan"]
    assert main.heterogeneity.q == pytest.approx(theirs["chi2"], abs=0.05)
    assert (main.heterogeneity.df, main.heterogeneity.i2, main.tau2.value) == (theirs["df"], 0.0, 0.0)
    assert main.test.statistic == pytest.approx(theirs["z"], abs=0.01)
    assert list(arrange(analysis).sheet.below) == theirs["favours"]


@pytest.mark.parametrize("key", ["1.1", "1.2"])
def test_means_are_drawn_as_published_with_the_variance_of_their_program(key: str) -> None:
    theirs = PUBLISHED[key]
    analysis = _analysis(_means(theirs["rows"], their_variance=True), "lower-better")
    ours = _table(analysis)
    for row, effect in zip(theirs["rows"], analysis.effects, strict=True):
        # They computed from means with more digits than they print, which a small SD turns into up to 0.06.
        half = 1.959964 * math.sqrt(effect.vi)
        mine = np.array([effect.yi, effect.yi - half, effect.yi + half])
        np.testing.assert_allclose(mine, row["printed"], atol=0.065)
        assert ours[row["label"]][1].endswith(f", {row['exercise'][2]}")
        assert float(ours[row["label"]][4].rstrip("%")) == pytest.approx(row["weight"], abs=0.1)
    assert ours["All studies"][1:3] == [f"n = {theirs['total'][side]}" for side in ("exercise", "control")]
    main = analysis.models["plan"]
    np.testing.assert_allclose([main.estimate, main.ci.low, main.ci.high], theirs["total"]["printed"], atol=0.011)
    assert main.heterogeneity.q == pytest.approx(theirs["chi2"], abs=0.1)
    assert 100 * main.heterogeneity.i2 == pytest.approx(theirs["i2"], abs=0.2)
    assert main.tau2.value == pytest.approx(theirs["tau2"], abs=0.005)
    assert abs(main.test.statistic) == pytest.approx(theirs["z"], abs=0.02)
    assert list(arrange(analysis).sheet.below) == theirs["favours"]


def test_the_variance_used_here_gives_nearly_the_same() -> None:
    main = _analysis(_means(PUBLISHED["1.1"]["rows"], their_variance=False), "lower-better").models["plan"]
    np.testing.assert_allclose(
        [main.estimate, main.ci.low, main.ci.high], PUBLISHED["1.1"]["total"]["printed"], atol=0.015
    )
