"""Printed numbers become links: to the table of effects they were pooled in, or to where they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from synthesis.document.elements import Block, Column, Heading, Line, Row, Span, Table, line
from synthesis.document.walk import changed, every_block, every_line

TITLE = "Where single numbers were read"
# What shows the results behind a question's numbers, by the start of its id.
TABLES = ("provenance", "effects", "directions")
COLUMNS = (
    Column(label="Number", width=1.2),
    Column(label="From", width=1.6),
    Column(label="Place and words", width=4.2),
)


def walkable(blocks: tuple[Block, ...], places: Mapping[str, Mapping[str, Any]]) -> tuple[Block, ...]:
    """The blocks with each printed number leading to what it rests on.

    Parameters
    ----------
    blocks : tuple of Block
        A whole document, without its reference list; that list's heading may come last.
    places : mapping
        Where numbers were read, by the start of their names.

    Returns
    -------
    tuple of Block
        With a table of the places, at the end, of the numbers that no table of effects holds.
    """
    tables = {block.id for block in every_block(blocks) if isinstance(block, Table)}
    read: dict[str, dict[str, None]] = {}
    for printed in every_line(blocks):
        for span in printed:
            key = _key(span, tables, places)
            if key is not None:
                read.setdefault(key, {})[span.text] = None

    def linked(printed: Line) -> Line:
        return tuple(replace(span, anchor=_anchor(span, tables, places)) for span in printed)

    done = tuple(changed(block, linked) for block in blocks)
    if not read:
        return done
    last = len(done) - isinstance(done[-1], Heading)
    rows = tuple(_row(key, tuple(texts), places[key]) for key, texts in read.items())
    table = Table(
        id="numbers-read", caption="Numbers of single studies and reviews", columns=COLUMNS, rows=rows, fine=True
    )
    return (*done[:last], Heading(level=2, text=line(TITLE), id="where-single-numbers"), table, *done[last:])


def _effects(span: Span, tables: set[str]) -> str:
    """The id of the table that shows what a question's number rests on; "" if the document has none."""
    question = span.target.split(".")[0]
    names = (f"{kind}-{question}" for kind in TABLES)
    return next((name for name in names if name in tables), "")


def _key(span: Span, tables: set[str], places: Mapping[str, Mapping[str, Any]]) -> str | None:
    if span.style != "number" or _effects(span, tables):
        return None
    parts = span.target.split(".")
    return next((name for name in (".".join(parts[:2]), parts[0]) if name in places), None)


def _anchor(span: Span, tables: set[str], places: Mapping[str, Mapping[str, Any]]) -> str:
    if span.style != "number":
        return span.anchor
    key = _key(span, tables, places)
    return _effects(span, tables) if key is None else _name(key)


def _name(key: str) -> str:
    return "number-" + key.replace(".", "-")


def _row(key: str, texts: tuple[str, ...], place: Mapping[str, Any]) -> Row:
    said = [f"{place['what'][:1].upper()}{place['what'][1:]}. "] if place["what"] else []
    read = "Read" if place["read"] else "Not read in the source, recalled"
    parts: list[str | Span] = [*said, f"{read}: {place['place']}."]
    if place["quote"]:
        own = str(place["quote"]).endswith((".", "!", "?"))
        parts += [" ", Span(text=place["quote"], style="quote"), "" if own else "."]
    if place["note"]:
        parts.append(f" {place['note'][:1].upper()}{place['note'][1:]}.")
    if str(place["address"]).startswith(("http://", "https://")) and " " not in place["address"]:
        parts += [" ", Span(text=f"Page read for {place['label']}", style="link", target=place["address"])]
    cells = (
        line(", ".join(texts)),
        line(f"{place['label']} ", Span(style="cite", target=place["record"])),
        line(*parts),
    )
    return Row(cells=cells, id=_name(key))
