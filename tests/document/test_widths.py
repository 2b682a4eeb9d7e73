"""Columns get room for their words first, and for the rest of their text after that."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from synthesis.document.elements import Column, Row, Span, Table, line
from synthesis.document.fonts import FONT_DIR
from synthesis.document.widths import (
    PADDING,
    column_widths,
    has_long_words,
    height_in_lines,
    row_lines,
    table_ems,
    text_ems,
)


def table(columns: tuple[Column, ...], *rows: tuple[str, ...]) -> Table:
    made = tuple(Row(cells=tuple(line(cell) for cell in cells)) for cells in rows)
    return Table(id="t", caption="c", columns=columns, rows=made)


@pytest.mark.parametrize("name", ["Regular", "Bold"])
def test_the_measure_follows_the_typeface(name: str) -> None:
    text = "Odds ratio (95% CI) 1.29 (1.11 to 1.49); with the intervention, per 1,000 people: moderate"
    with TTFont(FONT_DIR / f"SourceSans3-{name}.ttf") as font:
        characters = font.getBestCmap()
        advance = sum(font["hmtx"][characters[ord(character)]][0] for character in text) / font["head"].unitsPerEm
    factor = {"Regular": 1.0, "Bold": 1.07}[name]
    assert factor * text_ems(text) == pytest.approx(advance, rel=0.06)


def test_widths_fill_the_table() -> None:
    many = tuple(Column(label=f"Column {index}") for index in range(12))
    for columns in (many, many[:1], many[:3]):
        made = table(columns, ("x",) * len(columns))
        assert sum(column_widths(made)) == pytest.approx(table_ems(made))


def test_no_column_is_narrower_than_its_longest_word() -> None:
    columns = (Column(label="Study"), Column(label="Intervention"), Column(label="n", align="right"))
    widths = column_widths(table(columns, ("x", "a", "1"), ("a long text " * 40, "b", "12,345.67 (-1")))
    assert widths[1] >= text_ems("Intervention") + PADDING
    assert widths[2] >= text_ems("12,345.67") + PADDING


def test_a_certainty_mark_counts_with_its_first_word() -> None:
    columns = (Column(label="A"), Column(label="B"))
    rows = (Row(cells=(line("x " * 200), line(Span(text="very low", style="certainty")))),)
    assert column_widths(Table(id="t", caption="c", columns=columns, rows=rows))[1] >= text_ems("●○○○ very") + PADDING


def test_given_shares_are_followed_where_words_allow() -> None:
    columns = (Column(label="A", width=3), Column(label="B", width=1))
    wide, narrow = column_widths(table(columns, ("x", "y")))
    assert wide / narrow == pytest.approx(3)
    wide, narrow = column_widths(table(columns, ("x", "Unbreakableword" * 2)))
    assert narrow >= 10


def test_long_cells_get_more_than_short_ones() -> None:
    columns = (Column(label="A"), Column(label="B"))
    wide, narrow = column_widths(table(columns, ("words " * 30, "x"), ("words " * 20, "x")))
    assert wide > 2 * narrow


def test_height_grows_with_rows_and_with_text() -> None:
    columns = (Column(label="A"), Column(label="B"))
    assert height_in_lines(table(columns, ("x", "y"))) == 2
    assert height_in_lines(table(columns, ("x", "y"), ("x", "y"))) == 3
    assert height_in_lines(table(columns, ("x", "word " * 60))) > 3


def test_only_a_word_that_cannot_fit_calls_for_hyphens() -> None:
    columns = (Column(label="Intervention"), Column(label="B"))
    assert not has_long_words(table(columns, ("comparator", "words " * 50)))
    assert has_long_words(table(columns, ("Pneumonoultramicroscopicsilicovolcanoconiosis", "words " * 50)))


def test_row_heights_start_with_the_header() -> None:
    columns = (Column(label="A"), Column(label="B"))
    assert row_lines(table(columns, ("x", "y"), ("x", "one\ntwo\nthree"))) == (1, 1, 3)
