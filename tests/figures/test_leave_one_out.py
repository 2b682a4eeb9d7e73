"""Leave-one-out plots."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.errors import UsageError
from synthesis.figures.leave_one_out import arrange, leave_one_out


def test_one_row_for_each_study_left_out_and_one_for_all(three: Analysis) -> None:
    layout = arrange(three)
    labels = [row.row.cells[0].text for row in layout.plot.rows]
    assert labels == ["Without Alder 2001", "Without Birch 1990", "Without Cedar 2007", "All 3 studies"]
    for row, pooled in zip(layout.plot.rows, [item.pooled for item in three.leave_one_out], strict=False):
        assert row.glyph is not None
        assert row.glyph.x == pytest.approx(layout.plot.x(math.exp(pooled.estimate)))
    assert layout.sheet.guide == pytest.approx(math.exp(three.models["plan"].estimate))


def test_the_model_of_each_row_is_said_where_rows_differ(three: Analysis) -> None:
    (text,) = arrange(three).sheet.lines
    assert text.startswith("Random effects (REML, Wald): without Alder 2001")
    assert text.endswith("Random effects (REML, Hartung-Knapp): all 3 studies.")


def test_the_alternative_names_the_omission_that_matters(counts: Callable[..., Analysis]) -> None:
    analysis = counts(("Strong 2001", 300, 400, 200, 400), ("Weak 2002", 22, 50, 20, 50))
    whole, without_weak = analysis.models["plan"].ci, analysis.leave_one_out[1].pooled.ci
    assert whole.low < 0 < whole.high and without_weak.low > 0
    assert "changes when Weak 2002 is left out." in arrange(analysis).alt


def test_the_alternative_says_so_where_no_omission_matters(three: Analysis) -> None:
    assert "does not change with any study left out" in arrange(three).alt


def test_the_table_has_every_row(three: Analysis) -> None:
    figure = leave_one_out(three)
    assert figure.data is not None
    assert [plain(row.cells[0]) for row in figure.data.rows][-1] == "All 3 studies"
    assert figure.alt != plain(figure.caption)
    assert figure.svg.startswith("<svg")


def test_one_study_is_too_few(three: Analysis) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        leave_one_out(replace(three, leave_one_out=()))


def test_marks_say_which_model_a_row_is_from_where_rows_are_too_many_to_be_named(
    counts: Callable[..., Analysis],
) -> None:
    # One study far apart from the rest: with it tau² is above 0, without it the rule takes the other branch.
    rows = [(f"Study {index:02} 2001", 20, 60, 20, 60) for index in range(24)]
    analysis = counts(*rows, ("Far 2002", 590, 600, 10, 600))
    layout = arrange(analysis)
    models = {phrases.model_name(item.pooled) for item in analysis.leave_one_out}
    assert len(models) == 2 and layout.sheet.lines == ()
    meaning = dict(layout.sheet.footnotes)
    assert set(meaning.values()) == models
    for row, item in zip(layout.sheet.rows, analysis.leave_one_out, strict=False):
        assert [meaning[mark] for mark in row.cells[0].marks] == [phrases.model_name(item.pooled)]
    assert [plain(note) for note in layout.data.notes] == [f"{mark} {text}" for mark, text in meaning.items()]
