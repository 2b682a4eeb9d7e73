"""Effect-direction plots: shape and words for every direction, no counting by significance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.effect_direction import WAYS, arrange, effect_direction
from synthesis.figures.lettering import width


def test_each_direction_has_a_shape_of_its_own(observed: Analysis) -> None:
    kinds = [row.glyph.glyph.kind for row in arrange(observed).plot.rows if row.glyph]
    assert kinds == ["up", "up", "down", "both", "ring", "dash"]
    assert len({way.kind for way in WAYS}) == len(WAYS)


def test_the_key_names_the_directions_that_occur_and_no_others(observed: Analysis) -> None:
    assert [text for _, text in arrange(observed).sheet.key] == [way.words for way in WAYS]
    only = replace(observed, directions=observed.directions[:2])
    assert [text for _, text in arrange(only).sheet.key] == ["Points to better"]


def test_recalled_results_are_hollow_and_marked(observed: Analysis) -> None:
    layout = arrange(observed)
    hollow = [row.row.cells[0] for row in layout.plot.rows if row.glyph and row.glyph.glyph.hollow]
    assert [(cell.text, cell.marks) for cell in hollow] == [("Birch 2012", ("†",))]
    assert layout.sheet.footnotes[0][0] == "†"


def test_counts_and_range_are_said_below_and_in_the_alternative(observed: Analysis) -> None:
    layout = arrange(observed)
    assert layout.sheet.lines[0].startswith("6 results of 5 studies. Points to better: 2; points to worse: 1")
    for text in (layout.sheet.lines[0], layout.alt):
        assert "0.90 to 3.70" in text
        assert "significant" not in text
    assert "Points to worse: 1 (Birch 2012)" in layout.alt


def test_more_results_than_fit_on_a_page_become_one_row_per_study(observed: Analysis) -> None:
    first, worse = observed.directions[0], observed.directions[2]
    many = tuple(
        replace(item, study=f"study{index}", label=f"Study {index}", ratio=ratio)
        for index in range(30)
        for item, ratio in ((worse, None), (first, 1.5), (first, 2.5))
    )
    layout = arrange(replace(observed, directions=many))
    assert len(layout.plot.rows) == 30
    assert layout.plot.height <= style.PAGE_HEIGHT
    row = layout.plot.rows[0]
    assert row.glyph is not None
    assert [spot.glyph.kind for spot in (row.glyph, *row.more)] == ["up", "up", "down"]
    assert [spot.glyph.hollow for spot in (row.glyph, *row.more)] == [False, False, True]
    assert (row.row.cells[0].marks, row.row.cells[-1].text) == (("†",), "1.50 to 2.50")
    places = [spot.x for spot in (row.glyph, *row.more)]
    drawn = next(column for column in layout.plot.columns if column.drawn)
    assert drawn.left < places[0] < places[1] < places[2] < drawn.right
    assert len(layout.data.rows) == 90
    assert "One row per study" in plain(layout.caption) and "one row per study" in layout.alt


def test_what_is_not_known_is_shown_as_such(observed: Analysis) -> None:
    rows = arrange(observed).sheet.rows
    assert rows[2].cells[2].text == "–"
    assert rows[5].cells[3].text == "–"
    assert rows[5].cells[5].text == "No figure printed"
    assert rows[1].cells[5].text == "OR 1.7, adjusted"


def test_columns_hold_their_text(observed: Analysis) -> None:
    plot = arrange(observed).plot
    assert plot.axis is None
    assert plot.columns[-1].right <= plot.width + 0.01
    columns = [column for column in plot.columns if not column.drawn]
    for row in plot.rows:
        for lines, column in zip(row.cells, columns, strict=True):
            assert all(width(line) <= column.right - column.left + 0.02 for line in lines)


def test_the_table_says_the_direction_in_words(observed: Analysis) -> None:
    figure = effect_direction(observed)
    assert figure.data is not None
    words = [plain(row.cells[-2]) for row in figure.data.rows]
    assert words[:3] == ["Points to better", "Points to better", "Points to worse"]
    assert figure.svg.startswith("<svg")


def test_an_analysis_without_directions_is_refused(three: Analysis) -> None:
    with pytest.raises(UsageError, match="forest"):
        effect_direction(three)
