"""How the width of a table is shared among its columns, the same on the page and on paper.

Widths are in ems, from the advance widths of the typeface. Each column first gets room for its longest word, so that no
word need be broken; what is left goes to the columns in proportion to what they could still use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil

from synthesis.document.elements import Column, Line, Row, Table, plain
from synthesis.document.marks import certainty_mark

# The text block of an A4 page with the margins of the page template.
TEXT_WIDTH_MM = 166.0
# Size of text in a table, in points; a table with many columns is set smaller.
TABLE_POINTS = 10.0
DENSE_POINTS = 9.0
FINE_POINTS = 8.5
# More columns than this are many.
DENSE_COLUMNS = 5
# The space between two columns, in ems.
PADDING = 1.1

# Advance widths of Source Sans 3 in ems, by group of characters; measured from the font file and rounded up.
_ADVANCES = (
    (" ", 0.2),
    ("ijlI|',.:;‘’!f", 0.28),
    ("()[]{}-tr/\\", 0.34),
    ("sz*?xcvy“”†JY–", 0.46),
    ("0123456789kFLaeg#$+<=>^_~−", 0.5),
    ("wMWm%@—", 0.8),
)
_ADVANCE = {character: width for characters, width in _ADVANCES for character in characters}
_OTHER_ADVANCE = 0.58
# Bold text is wider than the same text in regular.
_BOLD = 1.07
# A longer word may be hyphenated, lest one long word starve the other columns.
_LONGEST_WORD = 10.0
_POINTS_PER_MM = 72 / 25.4


def is_dense(table: Table) -> bool:
    """Whether the table's text is set smaller: because it is fine, or has so many columns."""
    return table.fine or len(table.columns) > DENSE_COLUMNS


def table_points(table: Table) -> float:
    """Size of the table's text on paper, in points."""
    if table.fine:
        return FINE_POINTS
    return DENSE_POINTS if is_dense(table) else TABLE_POINTS


def table_ems(table: Table) -> float:
    """Width of a full-width table on paper, in ems of its text."""
    return TEXT_WIDTH_MM * _POINTS_PER_MM / table_points(table)


# The same words are measured for several columns, for the page and for paper.
@lru_cache(maxsize=20_000)
def text_ems(text: str) -> float:
    """About how wide ``text`` is, in ems, on one line."""
    return sum(_ADVANCE.get(character, _OTHER_ADVANCE) for character in text)


def column_widths(table: Table) -> tuple[float, ...]:
    """The width of each column in ems, padding included; they add up to ``table_ems(table)``.

    Parameters
    ----------
    table : Table
        A column's ``width``, where it is above zero, says what share it would like.
    """
    total = table_ems(table)
    columns = [(column, _cells(table, index)) for index, column in enumerate(table.columns)]
    least = [_least(column, cells) for column, cells in columns]
    room = total - sum(least)
    if room <= 0:
        return tuple(total * width / sum(least) for width in least)
    wanted = _wanted(table, [cells for _, cells in columns], total)
    more = [max(want - width, 0.0) for want, width in zip(wanted, least, strict=True)]
    if not sum(more):
        more = least
    return tuple(width + room * extra / sum(more) for width, extra in zip(least, more, strict=True))


def row_lines(table: Table) -> tuple[int, ...]:
    """About how many lines each row takes on paper, the header row first."""
    total = table_ems(table)
    room = [max(width - PADDING, 1.0) for width in column_widths(table)]

    def height(cells: Iterable[str]) -> int:
        return max(_lines(cell, space) for cell, space in zip(cells, room, strict=True))

    def row_height(row: Row) -> int:
        whole = row.style == "group" or row.alone
        return _lines(plain(row.cells[0]), total) if whole else height(map(plain, row.cells))

    return (height(column.label for column in table.columns), *map(row_height, table.rows))


def height_in_lines(table: Table) -> int:
    """About how many lines the table takes on paper, with its notes."""
    return sum(row_lines(table)) + sum(_lines(plain(note), table_ems(table)) for note in table.notes)


def has_long_words(table: Table) -> bool:
    """Whether some word may be wider than its column, so that words have to be broken."""
    widths = column_widths(table)
    words = (
        (_BOLD * text_ems(word), widths[index]) if header else (text_ems(word), widths[index])
        for index, column in enumerate(table.columns)
        for header, cells in ((True, [column.label]), (False, _cells(table, index)))
        for cell in cells
        for word in cell.split()
    )
    return any(word > width - PADDING + 0.01 for word, width in words)


def _lines(text: str, space: float) -> int:
    # Lines are seldom full, because words go over whole.
    return sum(max(ceil(1.1 * text_ems(part) / space), 1) for part in text.split("\n"))


def _cells(table: Table, index: int) -> list[str]:
    return [_measured(row.cells[index]) for row in table.rows if row.style != "group" and not row.alone]


def _measured(spans: Line) -> str:
    """The line as it is set: a certainty mark stays with the first word after it."""
    return "".join(
        f"{certainty_mark(span.text)}_{span.text}" if span.style == "certainty" else plain((span,)) for span in spans
    )


def _least(column: Column, cells: Sequence[str]) -> float:
    header = max((_BOLD * text_ems(word) for word in column.label.split()), default=0.0)
    body = max((text_ems(word) for cell in cells for word in cell.split()), default=0.0)
    return min(max(header, body, 1.0), _LONGEST_WORD) + PADDING


def _wanted(table: Table, columns: Sequence[Sequence[str]], total: float) -> list[float]:
    """What each column would like: its share where one is given, else from the usual length of its cells."""
    given = sum(column.width for column in table.columns)
    if given > 0:
        return [total * column.width / given for column in table.columns]
    return [_usual(column, cells) for column, cells in zip(table.columns, columns, strict=True)]


def _usual(column: Column, cells: Sequence[str]) -> float:
    widths = sorted(max(map(text_ems, cell.split("\n"))) for cell in cells) or [1.0]
    usual = widths[int(0.8 * (len(widths) - 1))]
    # Text may wrap, so long cells earn width slowly; a number should not wrap, so it gets what it needs.
    return PADDING + (usual if column.align == "right" else min(usual, 8 + 0.3 * usual))
