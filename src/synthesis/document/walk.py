"""Every line of a document, wherever it stands: to read them all, or to change each one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Explorer,
    Figure,
    Heading,
    KeyMessages,
    Line,
    ListBlock,
    LocalBaseline,
    Masthead,
    Paragraph,
    Quotation,
    References,
    StatementItem,
    Statements,
    Table,
)

Change = Callable[[Line], Line]


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Each block in reading order, those inside others too; a figure's table follows the figure.

    What stands for an explorer or a local baseline follows it.
    """
    for block in blocks:
        yield block
        match block:
            case ListBlock():
                for item in block.items:
                    yield from every_block(item)
            case Callout():
                yield from every_block(block.blocks)
            case Figure() if block.data:
                yield block.data
            case Explorer() | LocalBaseline():
                yield from every_block((still(block),))


def still(block: Explorer | LocalBaseline) -> Figure | Table:
    """What stands for ``block`` where nothing can be clicked or typed."""
    return block.figure if isinstance(block, Explorer) else block.table


def with_still(block: Explorer | LocalBaseline, change: Callable[[Any], Any]) -> Explorer | LocalBaseline:
    """``block`` with ``change`` applied to what stands for it."""
    if isinstance(block, Explorer):
        return replace(block, figure=change(block.figure))
    return replace(block, table=change(block.table))


def every_line(blocks: Iterable[Block]) -> Iterator[Line]:
    """Each line of text in reading order."""
    found: list[Line] = []

    def keep(line: Line) -> Line:
        found.append(line)
        return line

    for block in blocks:
        changed(block, keep)
    yield from found


def changed(block: Block, change: Change) -> Block:
    """``block`` with ``change`` applied to each of its lines, in reading order."""
    match block:
        case Heading() | Paragraph():
            return replace(block, text=change(block.text))
        case ListBlock():
            return replace(block, items=tuple(tuple(changed(part, change) for part in item) for item in block.items))
        case Quotation():
            return replace(block, text=change(block.text), source=change(block.source))
        case Table():
            return _table(block, change)
        case Figure():
            caption, source = change(block.caption), change(block.source)
            return replace(
                block, caption=caption, source=source, data=_table(block.data, change) if block.data else None
            )
        case KeyMessages():
            messages = tuple(
                replace(
                    message,
                    claim=change(message.claim),
                    detail=change(message.detail),
                    published_words=change(message.published_words),
                )
                for message in block.messages
            )
            return replace(block, messages=messages, note=change(block.note))
        case Statements():
            return replace(block, items=tuple(_statement(item, change) for item in block.items))
        case Callout():
            return replace(block, blocks=tuple(changed(inner, change) for inner in block.blocks))
        case References():
            return replace(block, entries=tuple(replace(entry, text=change(entry.text)) for entry in block.entries))
        case Explorer() | LocalBaseline():
            return with_still(block, lambda part: changed(part, change))
        case Code() | Masthead():
            return block


def _table(table: Table, change: Change) -> Table:
    rows = tuple(replace(row, cells=tuple(change(cell) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=rows, notes=tuple(change(note) for note in table.notes))


def _statement(item: StatementItem, change: Change) -> StatementItem:
    citation = change(item.cited())
    says, ours, basis, status = (change(line) for line in (item.says, item.ours, item.basis, item.status))
    return replace(item, citation=citation, says=says, ours=ours, basis=basis, status=status)
