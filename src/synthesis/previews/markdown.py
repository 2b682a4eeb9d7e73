"""Blocks and text as Markdown for a pull request: what comes from records is text in it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from synthesis.document.elements import Line, Table
from synthesis.document.text import plain_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_MENTION = re.compile(r"@(?=\w)")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def escaped(text: str) -> str:
    """Text that no Markdown reader takes for markup, and that nobody is notified by."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _MENTION.sub("@<!-- -->", _ENTITY.sub("&amp;", plain))


def table_lines(table: Table, *, heading: str = "") -> Iterator[str]:
    """A table with its notes; group rows are bold, and stand alone in their row."""
    if heading:
        yield from (heading, "")
    yield "| " + " | ".join(escaped(column.label) for column in table.columns) + " |"
    yield "|" + "|".join(" ---: " if column.align == "right" else " --- " for column in table.columns) + "|"
    for row in table.rows:
        cells = [_cell(cell) for cell in row.cells]
        if row.style != "body":
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        cells += [""] * (len(table.columns) - len(cells))
        yield f"| {' | '.join(cells)} |"
    for note in table.notes:
        yield from ("", f"<sub>{_cell(note)}</sub>")


def _cell(cell: Line) -> str:
    return "<br>".join(escaped(part) for part in plain_line(cell).split("\n"))


def folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines that a reader opens when they want them."""
    yield from ("<details>", f"<summary>{escaped(summary)}</summary>", "")
    yield from lines
    yield from ("", "</details>")
