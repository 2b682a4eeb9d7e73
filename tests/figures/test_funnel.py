"""Funnel plots: places follow effect and standard error, the bands follow p, few studies carry a caution."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.effects.distributions import critical_value
from synthesis.errors import UsageError
from synthesis.figures.funnel import BANDS, arrange, funnel
from synthesis.figures.plane import HEIGHT, SIZE
from synthesis.figures.scene import Area, Arranged, Disc, Words


def discs(layout: Arranged) -> list[tuple[float, float, str | None]]:
    """Centres and fills of the studies, the first sign being that of the key."""
    found = [item for item in layout.scene.items if isinstance(item, Disc)]
    assert all(item.radius == SIZE / 2 for item in found)
    return [(item.x, item.y, item.fill) for item in found]


def bands(layout: Arranged) -> list[Area]:
    filled = [item for item in layout.scene.items if isinstance(item, Area) and item.edge is None]
    return [item for item in filled if item.fill in {fill for _, fill in BANDS}]


@pytest.fixture
def many(counts: Callable[..., Analysis]) -> Analysis:
    rows = [(f"Study {index:02} 20{index:02}", 30 + index, 100, 25, 90 + 5 * index) for index in range(11)]
    return counts(*rows)


def test_precise_studies_are_higher_and_larger_effects_further_right(three: Analysis) -> None:
    spots = discs(arrange(three))[2:]
    rows = sorted(three.effects, key=lambda row: row.sei)
    assert len(spots) == len(rows)
    assert [y for _, y, _ in spots] == sorted(y for _, y, _ in spots)
    order = sorted(range(len(rows)), key=lambda index: rows[index].yi)
    assert order == sorted(range(len(rows)), key=lambda index: spots[index][0])


def test_a_point_on_the_edge_of_a_band_has_its_p_value(many: Analysis) -> None:
    layout = arrange(many)
    rows = sorted(many.effects, key=lambda row: row.sei)
    spots = discs(layout)[1:]
    # Two studies give the scale of the axis; the bands have to agree with it.
    (x1, y1, _), (x2, _, _) = spots[0], spots[-1]
    per_unit = (x2 - x1) / (rows[-1].yi - rows[0].yi)
    null = x1 - rows[0].yi * per_unit
    for (p, _), band in zip(BANDS, bands(layout), strict=True):
        (apex_x, apex_y), *corners = band.points
        assert apex_x == pytest.approx(null, abs=0.01)
        per_se = (y1 - apex_y) / rows[0].sei
        right_x, right_y = corners[0]
        z = abs(right_x - null) / per_unit / ((right_y - apex_y) / per_se)
        assert z == pytest.approx(critical_value(1 - p), rel=1e-6)


def test_bands_stay_within_the_plot(three: Analysis) -> None:
    layout = arrange(three)
    for band in bands(layout):
        (_, top), *corners = band.points
        assert all(20 <= x <= layout.scene.width and y <= top + HEIGHT + 0.01 for x, y in corners)


def test_fewer_than_ten_studies_carry_a_caution(three: Analysis, many: Analysis) -> None:
    for layout, cautious in ((arrange(three), True), (arrange(many), False)):
        words = " ".join(item.text for item in layout.scene.words)
        assert ("cannot tell asymmetry from chance" in words) is cautious
        assert ("cannot tell asymmetry from chance" in layout.alt) is cautious


def test_recalled_studies_are_hollow_and_named_so(three: Analysis) -> None:
    layout = arrange(three)
    assert [fill for _, _, fill in discs(layout)].count("#ffffff") == 2  # in the key and in the plot
    assert any("recalled" in plain(row.cells[0]) for row in layout.data.rows)
    read = replace(three, effects=replace(three.effects, rows=three.effects.rows[:2]))
    assert "#ffffff" not in [fill for _, _, fill in discs(arrange(read))]


def test_names_stand_beside_the_studies_and_say_it_in_the_table(many: Analysis) -> None:
    layout = arrange(many)
    names = {item.text for item in layout.scene.words if isinstance(item, Words)} & set(many.effects.labels)
    assert names
    assert {plain(row.cells[0]) for row in layout.data.rows} == set(many.effects.labels)


def test_the_alternative_gives_the_extremes_and_the_sides(six_means: Analysis) -> None:
    text = arrange(six_means).alt
    rows = sorted(six_means.effects, key=lambda row: row.sei)
    assert f"Most precise: {rows[0].label}" in text and f"Least precise: {rows[-1].label}" in text
    below = sum(row.yi < six_means.models["plan"].estimate for row in rows)
    assert f"{below} of 6 lie below" in text


def test_one_study_is_refused(counts: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        funnel(counts(("Alone 2001", 10, 20, 5, 20)))


def test_extreme_effects_are_drawn(counts: Callable[..., Analysis]) -> None:
    wide = counts(("Alder 2001", 999, 1000, 1, 1000), ("Birch 2002", 1, 1000, 999, 1000), ("Cedar 2003", 5, 10, 5, 10))
    for x, y, _ in discs(arrange(wide)):
        assert math.isfinite(x) and math.isfinite(y)
