"""Forest plots over several pages: the same columns and axis, every row once, results on the last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.figures import style
from synthesis.figures.forest import arrange, forest
from synthesis.figures.forest_pages import forest_pages
from synthesis.figures.paging import split

Make = Callable[..., Analysis]


def many(counts: Make, k: int, designs: tuple[str, ...] = ("rct",)) -> Analysis:
    rows: list[tuple[Any, ...]] = []
    for index in range(k):
        events = 20 + (index * 7) % 30
        rows.append((f"Study {index:03} 2001", events, 100, 25, 100, {"design": designs[index * len(designs) // k]}))
    return counts(*rows)


def test_a_short_plot_is_one_page_and_the_plot_itself(three: Analysis) -> None:
    (page,) = forest_pages(three)
    assert page.svg == forest(three).svg and page.id == forest(three).id


@pytest.mark.parametrize("k", [60, 300])
def test_every_row_is_on_one_page_and_no_page_is_too_tall(counts: Make, k: int) -> None:
    analysis = many(counts, k)
    plot = arrange(analysis).plot
    pages = split(plot, style.PAGE_HEIGHT)
    assert len(pages) > 1
    rows = [row.row for page in pages for row in page.rows]
    assert rows == [row.row for row in plot.rows]
    for page in pages:
        assert page.height <= style.PAGE_HEIGHT
        assert (page.columns, page.axis, page.axis_left) == (plot.columns, plot.axis, plot.axis_left)
        bottom = page.rows[-1].top + page.rows[-1].height
        assert page.rows[0].top == plot.rows[0].top and page.rows_bottom >= bottom
        assert all(page.rows_bottom < label.y <= page.height for label in (*page.favours, *page.labels))
    assert [bool(page.labels) for page in pages] == [False] * (len(pages) - 1) + [True]


def test_the_heading_of_a_group_is_never_the_last_row(counts: Make) -> None:
    plot = arrange(many(counts, 60, ("rct", "cohort", "quasi-experimental"))).plot
    for height in range(300, 560, 7):
        for page in split(plot, float(height)):
            assert page.rows[-1].row.look != "group", height


def test_each_page_has_its_own_name_title_and_numbers(counts: Make) -> None:
    analysis = many(counts, 60)
    pages = forest_pages(analysis)
    assert len({page.id for page in pages}) == len(pages) == 2
    assert [page.title.partition(" (")[2] for page in pages] == ["page 1 of 2)", "page 2 of 2)"]
    whole = forest(analysis).data
    tables = [page.data for page in pages]
    assert whole is not None
    assert [row for table in tables if table is not None for row in table.rows] == list(whole.rows)
    assert [bool(table.notes) for table in tables if table is not None] == [False, True]
    assert len({page.alt for page in pages}) == 2
    assert plain(pages[0].caption) == plain(pages[1].caption)
