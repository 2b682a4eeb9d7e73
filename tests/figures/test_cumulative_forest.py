"""Cumulative forest plots."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.document.elements import plain
from synthesis.errors import UsageError
from synthesis.figures.cumulative_forest import _runs, arrange, cumulative_forest


def test_studies_come_in_by_year_and_the_last_row_is_all_of_them(three: Analysis) -> None:
    rows = arrange(three).plot.rows
    assert [row.row.cells[0].text for row in rows] == ["Birch 1990", "+ Alder 2001", "+ Cedar 2007"]
    assert [row.row.cells[1].text for row in rows] == ["1", "2", "3"]
    assert [row.glyph.glyph.kind for row in rows if row.glyph] == ["square", "diamond", "diamond"]
    last = rows[-1].glyph
    assert last is not None and not last.glyph.hollow
    assert last.glyph.value == pytest.approx(math.exp(three.models["plan"].estimate))


def test_the_models_are_named_where_the_rule_takes_another_branch(three: Analysis) -> None:
    (text,) = arrange(three).sheet.lines
    assert text.startswith("Pooled results. 2 studies: Random effects (REML, Wald)")


def test_the_alternative_says_when_the_answer_turned(three: Analysis) -> None:
    layout = arrange(three)
    assert "Birch 1990 alone" in layout.alt and "With all" in layout.alt
    inside = [step.pooled.ci.low <= 0 <= step.pooled.ci.high for step in three.cumulative]
    turned = any(before != after for before, after in pairwise(inside))
    assert ("never changed" in layout.alt) is not turned


def test_the_table_has_every_row(three: Analysis) -> None:
    figure = cumulative_forest(three)
    assert figure.data is not None
    assert [plain(row.cells[0]) for row in figure.data.rows][-1] == "+ Cedar 2007"
    assert figure.alt != plain(figure.caption)


def test_one_study_is_too_few(three: Analysis) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        cumulative_forest(replace(three, cumulative=()))


def test_an_analysis_accumulates_by_year_and_ends_at_its_own_result(evidence: Any) -> None:
    for question in evidence.questions:
        analysis = analyse(evidence, question)
        assert bool(analysis.cumulative) is (len(analysis.effects) > 1)
        if analysis.cumulative:
            years = [evidence.studies[step.study].year for step in analysis.cumulative]
            assert years == sorted(years) == [step.order for step in analysis.cumulative]
            assert analysis.cumulative[-1].pooled.estimate == pytest.approx(analysis.models["plan"].estimate)


@pytest.mark.parametrize(
    ("counts", "text"),
    [([3], "3"), ([2, 3], "2, 3"), ([2, 3, 4, 5, 9], "2 to 5, 9"), ([1, 3, 5, 6, 7, 1000], "1, 3, 5 to 7, 1,000")],
)
def test_numbers_that_follow_one_another_are_a_range(counts: list[int], text: str) -> None:
    assert _runs(counts) == text
