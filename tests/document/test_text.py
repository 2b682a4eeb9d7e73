"""Plain text keeps every word and number."""

from __future__ import annotations

from synthesis.document.elements import (
    Column,
    KeyMessage,
    KeyMessages,
    Row,
    Span,
    Table,
    line,
)
from synthesis.document.text import plain_text


def test_a_table_lines_up() -> None:
    table = Table(
        id="t",
        caption="Test data",
        columns=(Column(label="Study"), Column(label="OR", align="right")),
        rows=(
            Row(cells=(line("Trials"),), style="group"),
            Row(cells=(line("A"), line("0.51"))),
            Row(cells=(line("Beta"), line("−12.00"))),
        ),
        notes=(line("A note."),),
    )
    assert plain_text(table).splitlines() == [
        "Test data",
        "Study      OR",
        "-----  ------",
        "Trials",
        "A        0.51",
        "Beta   −12.00",
        "A note.",
    ]


def test_certainty_is_a_mark_and_a_word() -> None:
    block = KeyMessages(
        messages=(
            KeyMessage(claim=line("It helps."), detail=line("By ", Span(text="5", style="number")), certainty="low"),
        )
    )
    assert (
        plain_text(block) == "1. It helps.\n   By 5\n   ●●○○ Low certainty: we have limited confidence in this result"
    )


def test_controls_do_not_reach_the_terminal() -> None:
    assert plain_text(KeyMessages(messages=(), note=line("\x1b[31mred"))) == "\ufffd[31mred"
