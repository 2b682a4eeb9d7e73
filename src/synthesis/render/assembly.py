"""A document made ready for either writer: numbered, and checked for what neither could put right.

Both outputs come from the assembled document, so a table has the same number and a citation the same mark in each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from synthesis.document.characters import REPLACEMENT
from synthesis.document.elements import (
    Block,
    Callout,
    Document,
    Explorer,
    Figure,
    Heading,
    Line,
    ListBlock,
    LocalBaseline,
    Masthead,
    Reference,
    References,
    Row,
    Span,
    Table,
    plain,
)
from synthesis.document.walk import changed, every_block, every_line, with_still
from synthesis.errors import DocumentError

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Ids that the page itself uses.
PAGE_IDS = frozenset({"content", "contents", "top"})
# Text alternatives that only silence a checker.
EMPTY_ALTERNATIVES = re.compile(r"(no description.*|figure|image|plot|chart|graph|picture|alt( text)?|todo|tbc)?\.?")


def assembled(document: Document) -> Document:
    """``document`` numbered and checked; assembling it again changes nothing.

    Raises
    ------
    DocumentError
        Naming everything that is wrong: ids used twice, links and citations to nothing, skipped heading levels,
        ragged tables, figures without a text alternative.
    """
    problems = tuple(_problems(document))
    if problems:
        raise DocumentError("the document cannot be rendered:\n" + "\n".join(f"- {problem}" for problem in problems))
    return replace(document, blocks=_cited(_labelled(document.blocks)))


def reference_entries(blocks: Iterable[Block]) -> tuple[Reference, ...]:
    """The entries of the document's reference list; empty when there is none."""
    return tuple(entry for block in blocks if isinstance(block, References) for entry in block.entries)


def _labelled(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Tables and figures with their numbers. The table behind a figure shares the figure's number."""
    counts: Counter[str] = Counter()

    def labelled(block: Block) -> Block:
        match block:
            case Table():
                counts["Table"] += 1
                return replace(block, label=f"Table {counts['Table']}")
            case Figure():
                counts["Figure"] += 1
                label = f"Figure {counts['Figure']}"
                data = replace(block.data, label=f"Data for {label.lower()}") if block.data else None
                return replace(block, label=label, data=data)
            case Explorer() | LocalBaseline():
                return with_still(block, labelled)
            case Callout():
                return replace(block, blocks=tuple(labelled(part) for part in block.blocks))
            case ListBlock():
                return replace(block, items=tuple(tuple(labelled(part) for part in item) for item in block.items))
        return block

    return tuple(labelled(block) for block in blocks)


def _cited(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Citations with their numbers, and the reference list with the way back to each."""
    numbers = {entry.key: number for number, entry in enumerate(reference_entries(blocks), start=1)}
    uses: Counter[str] = Counter()

    def numbered(line: Line) -> Line:
        return tuple(mark(span) if span.style == "cite" else span for span in line)

    def mark(span: Span) -> Span:
        number = numbers[span.target]
        uses[span.target] += 1
        return replace(span, text=str(number), anchor=f"cite-{number}-{uses[span.target]}")

    marked = tuple(changed(block, numbered) for block in blocks)
    return tuple(_with_anchors(block, numbers, uses) if isinstance(block, References) else block for block in marked)


def _with_anchors(block: References, numbers: dict[str, int], uses: Counter[str]) -> References:
    def anchors(key: str) -> tuple[str, ...]:
        return tuple(f"cite-{numbers[key]}-{place}" for place in range(1, uses[key] + 1))

    return replace(block, entries=tuple(replace(entry, anchors=anchors(entry.key)) for entry in block.entries))


def _problems(document: Document) -> Iterator[str]:
    blocks = tuple(every_block(document.blocks))
    yield from _metadata_problems(document)
    yield from _order_problems(document.blocks)
    yield from _heading_problems(blocks)
    yield from _link_problems(document, blocks)
    for block in blocks:
        if isinstance(block, Table):
            yield from _table_problems(block)
        elif isinstance(block, Figure):
            yield from _figure_problems(block)


def _metadata_problems(document: Document) -> Iterator[str]:
    if not document.title.strip():
        yield "it has no title; give it one in the front matter"
    if not _LANGUAGE.fullmatch(document.language):
        yield f"its language is {document.language!r}; write a language tag such as en-GB"
    try:
        date.fromisoformat(document.date)
    except ValueError:
        yield f"its date is {document.date!r}; write the date of the edition as YYYY-MM-DD"


def _order_problems(blocks: tuple[Block, ...]) -> Iterator[str]:
    mastheads = [place for place, block in enumerate(blocks) if isinstance(block, Masthead)]
    if mastheads not in ([], [0]):
        yield "the masthead must come first, and only once"
    lists = [place for place, block in enumerate(blocks) if isinstance(block, References)]
    if lists not in ([], [len(blocks) - 1]):
        yield "the reference list must come last, and only once"


def _heading_problems(blocks: tuple[Block, ...]) -> Iterator[str]:
    level = 1
    for block in blocks:
        if not isinstance(block, Heading):
            continue
        name = plain(block.text)
        if not name.strip():
            yield f"a heading of level {block.level} is empty"
        if block.level == 1:
            yield f"the heading {name!r} has level 1, which is the title's; start sections with ##"
        elif block.level > level + 1:
            yield f"the heading {name!r} has level {block.level} but follows level {level}; use level {level + 1}"
        elif block.level > 6:
            yield f"the heading {name!r} has level {block.level}; levels go from 2 to 6"
        level = block.level


def _link_problems(document: Document, blocks: tuple[Block, ...]) -> Iterator[str]:
    ids = [block.id for block in blocks if isinstance(block, Heading | Table | Figure)]
    keys = [entry.key for entry in reference_entries(document.blocks)]
    for name, count in Counter(ids).items():
        if count > 1:
            yield f"the id {name!r} is used {count} times; ids must differ"
        if not _ID.fullmatch(name) or name in PAGE_IDS or name.startswith(("ref-", "cite-")):
            yield f"the id {name!r} cannot be used; start with a letter, go on with letters, digits, - _ . :"
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"the reference {key!r} is in the list {count} times"
        if not _ID.fullmatch(f"ref-{key}"):
            yield f"the reference key {key!r} cannot be used; it may have letters, digits, - _ . :"
    for line in every_line(document.blocks):
        for span in line:
            if span.style == "cite" and span.target not in keys:
                yield f"it cites {span.target!r}, which is not a reference; known: {', '.join(keys) or 'none'}"
            if span.style == "link" and span.target.startswith("#") and span.target[1:] not in ids:
                yield f"it links to {span.target!r}, which is not an id in it; known: {', '.join(ids) or 'none'}"


def _table_problems(table: Table) -> Iterator[str]:
    name = f"the table {table.id!r}"
    if not table.caption.strip():
        yield f"{name} has no caption"
    if not table.rows:
        yield f"{name} has no rows"
    if any(not column.label.strip() for column in table.columns):
        yield f"{name} has a column without a label; a reader who cannot see the table needs one"
    for number, row in enumerate(table.rows, start=1):
        if row.style == "group" and len(row.cells) != 1:
            yield f"{name}, row {number}: a group row has one cell, found {len(row.cells)}"
        elif row.style != "group" and len(row.cells) != len(table.columns):
            yield f"{name}, row {number}: found {len(row.cells)} cells for {len(table.columns)} columns"
        elif not _first_cell(row).strip():
            yield f"{name}, row {number}: the first cell is empty; it is the row's header"


def _first_cell(row: Row) -> str:
    return plain(row.cells[0]) if row.cells else ""


def _figure_problems(figure: Figure) -> Iterator[str]:
    name = f"the figure {figure.id!r}"
    if not figure.title.strip():
        yield f"{name} has no title"
    if EMPTY_ALTERNATIVES.fullmatch(figure.alt.strip().lower()) or REPLACEMENT in figure.alt:
        yield f"{name} has no text alternative ({figure.alt!r}); say what somebody who cannot see it needs to know"
    if figure.alt.strip() in (figure.title.strip(), plain(figure.caption).strip()):
        yield f"{name} repeats its title or caption as text alternative; say what the drawing shows"
