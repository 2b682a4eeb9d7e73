"""Figures over several pages: the same cut for every figure whose rows are a list of any length."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.figures.conftest import analysis_of, effects_from_counts
from tests.figures.test_every_figure import check_page, drawn

from synthesis.analysis.model import Analysis, Direction
from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.changes.model import ChangeReport
from synthesis.document.elements import Figure, plain
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.before_after import before_after
from synthesis.figures.catalogue import FIGURES, figure_pages
from synthesis.figures.forest import forest
from synthesis.figures.funnel import funnel
from synthesis.figures.leave_one_out import leave_one_out

LISTED = [key for key, kind in FIGURES.items() if kind.layout is not None]


def studies(count: int) -> Analysis:
    rows = ((f"Study {index:03} 2001", 10 + index * 7 % 19, 40, 9 + index % 4, 40, {}) for index in range(count))
    return analysis_of(effects_from_counts(list(rows)))


def given(key: str, count: int, changed: ChangeReport) -> Any:
    """What a listed figure is drawn from, with ``count`` rows of its own."""
    if key == "rob-traffic-light":
        judged = (JudgedStudy(study=f"s{index}", label=f"Study {index:03}", domains={}) for index in range(count))
        return Judgements(id="made-up", title="Made up", tool="rob2", studies=tuple(judged))
    if key == "before-after":
        questions = [
            replace(item, title=f"Question {index:03}", question=f"q{index}")
            for index in range(count)
            for item in changed.questions[:1]
        ]
        return replace(changed, questions=tuple(questions))
    if key == "effect-direction":
        directions = (
            Direction(
                study=f"s{index}", result="r", label=f"Study {index:03}", design="cohort", n=480.0,
                timepoint_months=12.0, outcome="Abstinence", outcome_key="abstinence", direction="better",
                printed="OR 2", measure="", ratio=2.0, adjusted=None, read=index % 3 > 0,
            )
            for index in range(count)
        )  # fmt: skip
        return replace(studies(3), directions=tuple(directions), synthesis="effect-direction")
    return studies(count)


def height(page: Figure) -> float:
    found = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', page.svg)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("key", [key for key in LISTED if key != "specification-curve"])
@pytest.mark.parametrize("count", [60, 300])
def test_no_page_is_too_tall_and_every_row_is_on_one(key: str, count: int, changed: ChangeReport) -> None:
    kind, source = FIGURES[key], given(key, count, changed)
    whole = kind.function(source)
    pages = figure_pages(kind.function, source)
    assert height(whole) > style.PAGE_HEIGHT and len(pages) > 1
    assert max(map(height, pages)) <= style.PAGE_HEIGHT
    assert len(pages) < 2 + 2 * height(whole) / style.PAGE_HEIGHT
    assert len({page.id for page in pages}) == len({page.alt for page in pages}) == len(pages)
    assert pages[0].alt == whole.alt and pages[1].alt.startswith(f"{kind.title}, continued: from ")
    assert [page.title for page in pages] == [
        f"{whole.title} (page {number} of {len(pages)})" for number in range(1, len(pages) + 1)
    ]
    for page in pages:
        check_page(page)
    tables = [page.data for page in pages if page.data is not None]
    assert whole.data is not None and all(table.rows for table in tables)
    assert [row for table in tables for row in table.rows] == list(whole.data.rows)
    assert len({table.id for table in tables}) == len(pages)
    assert [table.notes for table in tables] == [*((),) * (len(pages) - 1), whole.data.notes]


def test_a_figure_that_fits_is_itself(three: Analysis) -> None:
    assert figure_pages(leave_one_out, three) == (leave_one_out(three),)


def test_pages_can_be_lower(six_means: Analysis) -> None:
    pages = figure_pages(forest, six_means, page_height=200)
    assert len(pages) > 1
    names = [plain(row.cells[0]) for page in pages if page.data is not None for row in page.data.rows]
    assert names[: len(six_means.effects)] == list(six_means.effects.labels)


def test_a_row_of_the_table_without_one_in_the_picture_is_kept(counts: Callable[..., Analysis]) -> None:
    rows = [(f"Study {index:03} 2001", 20 + index % 9, 60, 18, 60) for index in range(60)]
    analysis = replace(counts(*rows), intervention="A very long name " * 3, comparator="Another very long name " * 3)
    judged = tuple(JudgedStudy(study=row.study, label=row.label, domains={}) for row in analysis.effects)
    bias = Judgements(id="made-up", title="Made up", tool="robins-i", studies=judged)
    whole, pages = forest(analysis, bias=bias), figure_pages(forest, analysis, bias=bias)
    assert whole.data is not None
    assert [row for page in pages if page.data for row in page.data.rows] == list(whole.data.rows)


def test_a_figure_without_rows_is_refused(three: Analysis) -> None:
    with pytest.raises(UsageError, match=r"funnel has no rows .* leave_one_out"):
        figure_pages(funnel, three)


@pytest.mark.parametrize("key", [key for key in FIGURES if key not in LISTED])
def test_any_other_figure_of_many_studies_fits_on_a_page(
    key: str, counts: Callable[..., Analysis], invented: Any, changed: ChangeReport
) -> None:
    rows = [(f"Study {index} 2001", 10 + index % 9, 40, 9 + index % 4, 40) for index in range(80)]
    assert height(drawn(key, counts(*rows), invented, changed)) <= style.PAGE_HEIGHT


def test_before_and_now_of_a_conclusion_stay_on_one_page(changed: ChangeReport) -> None:
    source = given("before-after", 60, changed)
    for low in range(300, 420, 7):
        for page in figure_pages(before_after, source, page_height=float(low)):
            assert page.svg.count(">Before<") == page.svg.count(">Now<") > 0, low
