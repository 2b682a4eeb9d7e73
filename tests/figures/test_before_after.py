"""Conclusions before and after, drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthesis.changes.model import ChangeReport
from synthesis.document.elements import plain
from synthesis.figures.before_after import arrange, before_after


def texts(report: ChangeReport) -> list[list[str]]:
    return [[cell.text for cell in row.row.cells] for row in arrange(report).plot.rows]


def test_two_rows_where_something_moved_and_the_others_named_below(changed: ChangeReport) -> None:
    assert texts(changed) == [
        ["Attendance: weaker"],
        ["Before", "+150 (+40 to +260)", "moderate"],
        ["Now", "+90 (−20 to +200)", "low"],
        ["Retention: new"],
        ["Before", "no usable study", ""],
        ["Now", "+20 (−5 to +45)", "not yet judged"],
    ]
    assert arrange(changed).sheet.lines == ("Unchanged, with the same numbers: Abstinence; Observed.",)


def test_every_conclusion_has_one_row_where_all_read_as_before(changed: ChangeReport) -> None:
    same = replace(changed, questions=changed.questions[1:3])
    assert texts(same) == [
        ["Abstinence: unchanged"],
        ["Before and now", "−30 (−90 to +40)", "low"],
        ["Observed: unchanged"],
        ["Before and now", "3 of 4 studies point to better", "very low"],
    ]


def test_marks_stand_at_the_difference_hollow_before_and_filled_now(changed: ChangeReport) -> None:
    plot = arrange(changed).plot
    marks = [row.glyph for row in plot.rows if row.glyph is not None]
    assert [(mark.glyph.value, mark.glyph.hollow) for mark in marks] == [
        (150, True),
        (90, False),
        (20, False),
    ]
    assert all(mark.x == pytest.approx(plot.x(mark.glyph.value)) for mark in marks)


def test_the_alternative_says_what_changed_and_how(changed: ChangeReport) -> None:
    alt = before_after(changed).alt
    assert "of 4 conclusions, 1 is weaker, 1 is new and 2 are unchanged." in alt
    assert "Attendance, weaker: 150 more people per 1,000 (40 more to 260 more) before, 90 more people per 1,000" in alt
    assert "Abstinence" not in alt


def test_the_table_has_a_row_for_each_conclusion_drawn(changed: ChangeReport) -> None:
    figure = before_after(changed)
    assert figure.data is not None
    assert [plain(row.cells[0]) for row in figure.data.rows] == ["Attendance", "Retention"]
    assert plain(figure.data.rows[0].cells[4]) == "new studies (Alder 2024)"


def test_a_first_edition_has_one_row_for_each(changed: ChangeReport) -> None:
    first = replace(
        changed, before=None,
        questions=tuple(replace(item, before=None, label="new", moves=(), causes=()) for item in changed.questions),
    )  # fmt: skip
    assert [row[0] for row in texts(first)] == [
        "Attendance", "Now", "Abstinence", "Now", "Observed", "Now", "Retention", "Now"
    ]  # fmt: skip
    figure = before_after(first)
    assert figure.title == "Conclusions"
    assert "first edition" in figure.alt


def test_no_conclusion_in_people_still_draws(changed: ChangeReport) -> None:
    only = replace(changed, questions=(changed.questions[2],))
    assert arrange(only).plot.axis is None
    assert before_after(only).svg.startswith("<svg")


def test_what_was_not_asked_before_has_one_row(changed: ChangeReport) -> None:
    added = replace(changed, questions=(replace(changed.questions[0], before=None, label="new", moves=()),))
    assert texts(added) == [["Attendance: new"], ["Now", "+90 (−20 to +200)", "low"]]
    dropped = replace(changed, questions=(replace(changed.questions[0], after=None, label="withdrawn", moves=()),))
    assert texts(dropped) == [["Attendance: withdrawn"], ["Before", "+150 (+40 to +260)", "moderate"]]
