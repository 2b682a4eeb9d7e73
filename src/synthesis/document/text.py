"""Elements as plain text, for terminals and for notebook front ends that show nothing else."""

from __future__ import annotations

from synthesis.document.characters import printable
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
    plain,
)
from synthesis.document.marks import certainty_mark
from synthesis.document.walk import still


def plain_text(block: Block) -> str:
    """The words and numbers of a block, without a trailing line end."""
    return printable("\n".join(_lines(block)), keep_lines=True)


def plain_line(line: Line) -> str:
    """A line of a document in plain characters: citations as keys or numbers, certainty as mark and word."""
    parts = []
    for span in line:
        if span.style == "cite":
            parts.append(f"[{span.text or span.target}]")
        elif span.style == "certainty":
            parts.append(f"{certainty_mark(span.text)} {span.text}")
        elif span.style == "quote":
            parts.append(f"‘{span.text}’")
        else:
            parts.append(plain((span,)))
    return "".join(parts)


def _lines(block: Block) -> list[str]:
    match block:
        case Heading():
            return [f"{'#' * block.level} {plain_line(block.text)}"]
        case Paragraph():
            return [plain_line(block.text)]
        case ListBlock():
            return _list(block)
        case Quotation():
            source = [f"> {plain_line(block.source)}"] if block.source else []
            return [f"> {plain_line(block.text)}", *source]
        case Code():
            return [f"    {line}" for line in block.text.splitlines()]
        case Table():
            return _table(block)
        case Figure():
            data = _table(block.data) if block.data else []
            return [_titled(block.label, block.title), plain_line(block.caption), f"[{block.alt}]", *data]
        case Explorer() | LocalBaseline():
            return _lines(still(block))
        case KeyMessages():
            return _key_messages(block)
        case Statements():
            return [line for item in block.items for line in _statement(item)]
        case Callout():
            return [block.title, *(f"  {line}" for inner in block.blocks for line in _lines(inner))]
        case Masthead():
            return [block.title, block.question, *(f"{name}: {value}" for name, value in block.rows)]
        case References():
            return [f"{number}. {plain_line(entry.text)}" for number, entry in enumerate(block.entries, start=1)]


def _titled(label: str, title: str) -> str:
    return f"{label}: {title}" if label else title


def _list(block: ListBlock) -> list[str]:
    lines = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}." if block.ordered else "-"
        inner = [line for part in item for line in _lines(part)] or [""]
        lines += [f"{mark} {inner[0]}", *(f"{' ' * len(mark)} {line}" for line in inner[1:])]
    return lines


def _table(table: Table) -> list[str]:
    head = [column.label for column in table.columns]
    rows = [
        head,
        *([plain_line(cell).replace("\n", " ") for cell in row.cells] for row in table.rows if row.style != "group"),
    ]
    widths = [max(len(row[index]) for row in rows) for index in range(len(head))]

    def laid_out(cells: list[str]) -> str:
        pairs = zip(cells, widths, table.columns, strict=True)
        return "  ".join(
            cell.rjust(width) if column.align == "right" else cell.ljust(width) for cell, width, column in pairs
        ).rstrip()

    lines = [_titled(table.label, table.caption), laid_out(head), "  ".join("-" * width for width in widths)]
    for row in table.rows:
        cells = [plain_line(cell).replace("\n", " ") for cell in row.cells]
        lines.append(cells[0] if row.style == "group" else laid_out(cells))
    return [*lines, *(plain_line(note) for note in table.notes)]


def _key_messages(block: KeyMessages) -> list[str]:
    lines = []
    for number, message in enumerate(block.messages, start=1):
        lines.append(f"{number}. {plain_line(message.claim)}")
        if message.detail:
            lines.append(f"   {plain_line(message.detail)}")
        lines += [f"   {certainty_mark(level)} {plain_line(words)}" for level, words in message.ratings]
    return [*lines, plain_line(block.note)] if block.note else lines


def _statement(item: StatementItem) -> list[str]:
    year = f" ({item.year})" if item.year else ""
    who = f"{item.body}{year}, {item.kind}" if item.body else f"  {item.kind}"
    lines = [f"{who} {plain_line(item.cited())}".rstrip(), f"  {plain_line(item.says)}"]
    if item.quote:
        lines.append(f"  ‘{item.quote}’" + (f", {item.place}" if item.place else ""))
    return [*lines, *(f"  {name}: {plain_line(line)}" for name, line in item.facts)]
