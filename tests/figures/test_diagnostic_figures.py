"""Figures of what single studies do: marks, lines and bands lie where the numbers say, words name them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from synthesis.analysis.diagnosis import Diagnosis, diagnose
from synthesis.analysis.model import Analysis
from synthesis.analysis.moderators import MODERATORS, Moderated, moderated
from synthesis.diagnostics.gosh import gosh
from synthesis.diagnostics.trim_and_fill import trim_and_fill
from synthesis.document.elements import Table, plain
from synthesis.effects.distributions import critical_value
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.figures import baujat, bubble, influence, labbe, radial, style
from synthesis.figures import gosh as gosh_figure
from synthesis.figures import trim_and_fill as filled_figure
from synthesis.figures.plane import HEIGHT
from synthesis.figures.scene import Area, Arranged, Disc, Stroke

ROWS = [(f"Study {index:02}", 20 + 3 * index, 100 + 5 * index, 25, 90 + 6 * index, {}) for index in range(11)]


@pytest.fixture
def many(counts: Callable[..., Analysis]) -> Analysis:
    """Eleven studies that agree, and one that does not."""
    return counts(*ROWS, ("Outlier 2020", 90, 100, 10, 100, {"read": False}))


@pytest.fixture
def found(many: Analysis) -> Diagnosis:
    return diagnose(many)


def discs(layout: Arranged) -> list[Disc]:
    """Marks of studies, without those of the key."""
    return [item for item in layout.scene.items if isinstance(item, Disc) and item.y > 20]


def shown(layout: Arranged) -> set[str]:
    return {item.text for item in layout.scene.words}


def column(table: Table | None, index: int) -> list[str]:
    assert table is not None
    return [plain(row.cells[index]) for row in table.rows]


def test_baujat_marks_follow_both_numbers(found: Diagnosis) -> None:
    layout = baujat.arrange(found)
    marks = discs(layout)
    across = sorted(range(len(marks)), key=lambda index: found.baujat[index].x)
    up = sorted(range(len(marks)), key=lambda index: found.baujat[index].y)
    assert across == sorted(range(len(marks)), key=lambda index: marks[index].x)
    assert up == sorted(range(len(marks)), key=lambda index: -marks[index].y)
    assert "Outlier 2020" in shown(layout) and "Outlier 2020 adds most to the heterogeneity" in layout.alt
    assert column(layout.data, 0)[0].startswith("Outlier 2020") and "recalled" in column(layout.data, 0)[0]


def test_a_line_through_a_radial_mark_points_at_the_effect(found: Diagnosis) -> None:
    layout = radial.arrange(found)
    pooled = found.analysis.models["plan"]
    ray = next(
        item for item in layout.scene.items if isinstance(item, Stroke) and item.width == 1.6 and item.points[0][1] > 20
    )
    (x0, y0), (x1, y1) = ray.points
    marks = discs(layout)
    rows = found.analysis.effects.rows
    for mark, row in zip(marks, rows, strict=True):
        # The slope of the line from the origin is the effect; the pooled ray gives the scale.
        assert (y0 - mark.y) / (mark.x - x0) / ((y0 - y1) / (x1 - x0)) == pytest.approx(row.yi / pooled.estimate)
    outside = [
        text for text, word in zip(column(layout.data, 0), column(layout.data, 4), strict=True) if word == "outside"
    ]
    assert outside == ["Outlier 2020 (recalled, not read)"] and "Outside it: Outlier 2020." in layout.alt


def test_the_radial_band_is_as_wide_as_the_level_says(found: Diagnosis) -> None:
    layout = radial.arrange(found)
    band = next(
        item
        for item in layout.scene.items
        if isinstance(item, Area) and item.fill == radial.BAND and len(item.points) > 3 and item.points[0][1] > 20
    )
    marks = discs(layout)
    one, other = found.radial[0], found.radial[-1]
    per_se = (marks[0].y - marks[-1].y) / (other.y - one.y)
    assert band.points[-1][1] - band.points[0][1] == pytest.approx(2 * critical_value(0.95) * per_se)


def test_influential_studies_have_another_shape_and_are_named(counts: Callable[..., Analysis]) -> None:
    rows = [(f"Study {index:02}", 10 + index, 40, 10, 40, {}) for index in range(9)]
    found = diagnose(counts(*rows, ("Large 2020", 900, 1000, 300, 1000, {})))
    layout = influence.arrange(found)
    named = [item.label for item in found.influence if item.influential]
    assert "Large 2020" in named
    diamonds = [item for item in layout.scene.items if isinstance(item, Area) and item.fill == style.PREDICTION]
    assert len(diamonds) == len(named) * len(influence.PANELS) + 1  # one in the key
    bold = {item.text for item in layout.scene.words if item.bold}
    assert set(named) <= bold and "Study 00" not in bold
    assert f"Influential: {', '.join(named)}." in layout.alt
    assert column(layout.data, 8).count("yes") == len(named)


def test_of_very_many_studies_those_with_most_influence_are_drawn(counts: Callable[..., Analysis]) -> None:
    found = diagnose(counts(*((f"Study {index:03}", 10 + index % 17, 60, 12, 60, {}) for index in range(80))))
    layout = influence.arrange(found)
    drawn = [item.label for item in found.influence if item.label in shown(layout)]
    assert len(drawn) == influence.MOST_ROWS and layout.scene.height <= style.PAGE_HEIGHT
    least = min(item.cook for item in found.influence if item.label in drawn)
    assert all(item.cook <= least for item in found.influence if item.label not in drawn)
    assert "Drawn: the 36 of 80 studies with the largest Cook’s distance." in shown(layout)
    assert len(column(layout.data, 0)) == 80


def test_each_panel_of_influence_is_in_order(found: Diagnosis) -> None:
    lanes = influence._lanes(found)
    assert all(lane.right + influence.INSET < style.WIDTH for lane in lanes)
    for lane in lanes:
        values = [lane.panel.value(item) for item in found.influence]
        places = [lane.x(value) for value in values]
        assert sorted(range(12), key=lambda index: values[index]) == sorted(range(12), key=lambda index: places[index])
        assert all(lane.left - 0.01 <= place <= lane.right + 0.01 for place in places)


def test_imputed_studies_are_hollow_triangles_with_names(many: Analysis) -> None:
    filled = trim_and_fill(many.effects, side="right")
    forced = replace(filled, missing=2, filled_yi=(1.9, 2.4), filled_vi=(0.04, 0.09))
    layout = filled_figure.arrange(many, forced)
    triangles = [
        item for item in layout.scene.items
        if isinstance(item, Area) and len(item.points) == 3 and item.edge == style.PREDICTION
    ]  # fmt: skip
    assert len(triangles) == 3 and {item.fill for item in triangles} == {style.PAPER}
    assert {"Imputed 1", "Imputed 2"} <= shown(layout)
    assert len(discs(layout)) == 12
    assert column(layout.data, 1) == ["study"] * 12 + ["imputed"] * 2
    assert "not a correction" in " ".join(shown(layout))
    assert "2 imputed on the right" in layout.alt
    with pytest.raises(UsageError, match="12 studies"):
        filled_figure.arrange(replace(many, effects=replace(many.effects, rows=many.effects.rows[:5])), filled)


def test_the_filled_funnel_is_as_wide_as_the_level_says(many: Analysis) -> None:
    filled = trim_and_fill(many.effects)
    layout = filled_figure.arrange(many, filled)
    funnel = next(item for item in layout.scene.items if isinstance(item, Area) and item.fill == filled_figure.FUNNEL)
    marks, rows = discs(layout), many.effects.rows
    per_unit = (marks[-1].x - marks[0].x) / (rows[-1].yi - rows[0].yi)
    per_se = (marks[-1].y - marks[0].y) / (rows[-1].sei - rows[0].sei)
    (apex_x, apex_y), (right_x, right_y), *_ = funnel.points
    assert (right_x - apex_x) / per_unit / ((right_y - apex_y) / per_se) == pytest.approx(critical_value(0.95))


def test_squares_of_subsets_count_every_subset(many: Analysis) -> None:
    subsets = gosh(many.effects, subsets=3000)
    whole = gosh_figure._parts(many, subsets, None)
    plane = gosh_figure._plane(many, subsets)
    assert sum(field.count for field in gosh_figure._fields(many, subsets, whole[0], plane)) == 3000
    parts = gosh_figure._parts(many, subsets, "Outlier 2020")
    assert [part.name for part in parts] == ["With Outlier 2020", "Without Outlier 2020"]
    counted = [sum(f.count for f in gosh_figure._fields(many, subsets, part, plane)) for part in parts]
    assert counted == [int(subsets.include[:, 11].sum()), 3000 - int(subsets.include[:, 11].sum())]


def test_subsets_with_a_study_and_without_it_are_told_apart(many: Analysis) -> None:
    layout = gosh_figure.arrange(many, gosh(many.effects), study="study11")
    assert "With Outlier 2020: median odds ratio" in layout.alt and "Without Outlier 2020: median" in layout.alt
    rows = column(layout.data, 0)
    assert len(rows) == 25 and rows[-1] == "All of these subsets"
    assert "4,095 subsets (every subset); model: random effects (REML)." in shown(layout)
    with pytest.raises(UnknownKeyError, match="Nobody"):
        gosh_figure.gosh_plot(many, gosh(many.effects), study="Nobody")
    with pytest.raises(UsageError, match="12 studies"):
        gosh_figure.gosh_plot(
            replace(many, effects=replace(many.effects, rows=many.effects.rows[:5])), gosh(many.effects)
        )


@pytest.fixture
def regression(many: Analysis) -> Moderated:
    return moderated(many, [float(index) for index in range(11)] + [None], MODERATORS["months"])


def test_the_line_of_the_bubble_plot_is_the_regression(regression: Moderated) -> None:
    layout = bubble.arrange(regression)
    line = next(
        item for item in layout.scene.items if isinstance(item, Stroke) and len(item.points) > 2 and item.width == 1.6
    )
    marks = {mark.x: mark for mark in discs(layout)}
    assert len(marks) == 11
    (x0, y0), (x1, y1) = line.points[0], line.points[-1]
    left, right = marks[min(marks)], marks[max(marks)]
    assert (x0, x1) == (pytest.approx(left.x), pytest.approx(right.x))
    rows = regression.analysis.effects.rows
    per_unit = (right.y - left.y) / (rows[10].yi - rows[0].yi)
    slope = regression.regression.coefficients[-1].estimate
    assert (y1 - y0) / per_unit == pytest.approx(10 * slope)


def test_larger_bubbles_have_more_weight_and_what_is_unknown_is_left_out(regression: Moderated) -> None:
    layout = bubble.arrange(regression)
    by_place = sorted(discs(layout), key=lambda mark: mark.x)
    weights = [weight for weight in regression.weights if weight is not None]
    for one in range(11):
        for other in range(11):
            if weights[one] > weights[other]:
                assert by_place[one].radius >= by_place[other].radius
    assert "Left out, as the value is not known: Outlier 2020." in shown(layout)
    assert "for each month longer" in layout.alt


def test_few_studies_in_a_bubble_plot_carry_a_caution(three: Analysis) -> None:
    layout = bubble.arrange(moderated(three, [1.0, 2.0, 5.0], MODERATORS["months"]))
    assert any("a line says little" in text for text in shown(layout))
    with pytest.raises(AnalysisError, match="at least 3"):
        moderated(three, [1.0, None, 5.0], MODERATORS["months"])


def test_labbe_marks_are_the_two_risks(many: Analysis) -> None:
    layout = labbe.arrange(many)
    marks = discs(layout)
    diagonal = next(
        item for item in layout.scene.items if isinstance(item, Stroke) and item.width == 0.7 and item.points[0][1] > 20
    )
    (x0, y0), (x1, y1) = diagonal.points
    assert y0 - y1 == pytest.approx(HEIGHT - 2 * (labbe.LARGEST / 2 + 1))
    known = labbe._known(many)
    for mark, (_, one, other) in zip(marks, known, strict=True):
        # Shares of the way to the corner, which is the same risk on both axes.
        ratio = ((y0 - mark.y) / (y0 - y1)) / ((mark.x - x0) / (x1 - x0))
        assert ratio == pytest.approx(one / other)
    assert "more frequent with active referral in" in layout.alt


def test_labbe_needs_events(six_means: Analysis) -> None:
    with pytest.raises(UsageError, match="no pooled study that counted events"):
        labbe.arrange(six_means)


def test_diagnosis_uses_the_model_of_the_plan(many: Analysis) -> None:
    found = diagnose(many)
    pooled = many.models["plan"]
    assert sum(item.weight for item in found.influence) == pytest.approx(1)
    assert [item.weight for item in found.influence] == pytest.approx(list(pooled.weights))
    tau2 = pooled.tau2.value
    assert found.radial[0].x == pytest.approx(1 / math.sqrt(many.effects.rows[0].vi + tau2))
    common = replace(many, models={**many.models, "plan": many.models["common"]})
    assert diagnose(common).radial[0].x == pytest.approx(1 / many.effects.rows[0].sei)


def test_diagnosis_of_one_study_is_refused(counts: Callable[..., Analysis]) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        diagnose(counts(("Alone 2001", 10, 20, 5, 20)))
