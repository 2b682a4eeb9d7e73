"""Elements as Typst, for the PDF. No character of a document is ever read as Typst.

Text becomes string literals in code, where only the quotation mark and the backslash mean anything, and both are
escaped. What an element looks like is defined in ``elements.typ``; this module only calls the functions there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

from synthesis.document.addresses import as_file, checked_address
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
    Row,
    Span,
    StatementItem,
    Statements,
    Table,
    plain,
)
from synthesis.document.marks import certainty_mark
from synthesis.document.svg import parse_svg, view_box
from synthesis.document.walk import every_line, still
from synthesis.document.widths import (
    TEXT_WIDTH_MM,
    column_widths,
    has_long_words,
    height_in_lines,
    row_lines,
    table_points,
)

# A drawing as high as this leaves room for its title and caption.
_FIGURE_HEIGHT_MM = 190.0
# A table, or else a row, this many lines high or less stays on one page; a page holds about fifty.
_KEEP_LINES = 24
# A callout no longer than this stays on one page: about as many lines.
_KEEP_CHARACTERS = 2000


@cache
def prelude() -> str:
    """The Typst functions that ``markup`` calls."""
    return (Path(__file__).parent / "elements.typ").read_text(encoding="utf-8")


def markup(block: Block) -> str:
    """Typst for one block, to stand in markup after ``prelude()``."""
    return f"#{_block(block)}\n"


def text(value: str, *, keep_lines: bool = False) -> str:
    """A Typst string literal that prints ``value``."""
    escaped = printable(value, keep_lines=keep_lines).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def line(spans: Line) -> str:
    """A Typst expression for a line of text."""
    parts: list[str] = []
    for cited, run in groupby(spans, key=lambda span: span.style == "cite"):
        grouped = list(run)
        parts += [_citations(grouped)] if cited else map(_span, grouped)
    return "{" + "; ".join(parts) + "}" if parts else "[]"


def _array(items: Iterable[str]) -> str:
    # The trailing comma keeps an array of one from being read as a parenthesis.
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"section({block.level}, {text(block.id)}, {line(block.text)})"
        case Paragraph():
            return f"par({line(block.text)})"
        case ListBlock():
            items = _array(_item(item) for item in block.items)
            return f"{'enum' if block.ordered else 'list'}(..{items})"
        case Quotation():
            return f"quotation({line(block.text)}, {line(block.source)})"
        case Code():
            return f"raw(block: true, {text(block.text, keep_lines=True)})"
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)
        case Explorer() | LocalBaseline():
            return _block(still(block))
        case KeyMessages():
            return _key_messages(block)
        case Statements():
            return f"statements({_array(_statement(item) for item in block.items)})"
        case Callout():
            short = sum(len(plain(part)) for part in every_line(block.blocks)) <= _KEEP_CHARACTERS
            return f"callout({text(block.tone)}, {text(block.title)}, {_blocks(block.blocks)}, keep: {_flag(short)})"
        case Masthead():
            rows = _array(f"({text(name)}, {text(value)})" for name, value in block.rows)
            return f"masthead({text(block.title)}, {text(block.question)}, {rows})"
        case References():
            return _references(block)


def _blocks(blocks: Iterable[Block]) -> str:
    return "{" + "; ".join(_block(block) for block in blocks) + "}"


def _item(blocks: tuple[Block, ...]) -> str:
    match blocks:
        case (Paragraph() as first, *rest) if all(isinstance(block, ListBlock) for block in rest):
            return "{" + "; ".join([line(first.text), *map(_block, rest)]) + "}"
    return _blocks(blocks)


def _span(span: Span) -> str:
    words = text(span.text)
    match span.style:
        case "number" if span.anchor:
            typst = f"to-number(label({text(span.anchor)}), {words})"
        case "text" | "number":
            typst = words
        case "strong":
            return f"strong({words})"
        case "emphasis":
            typst = f"emph({words})"
        case "code":
            typst = f"raw({words})"
        case "quote":
            typst = text(f"‘{span.text}’")
        case "link":
            typst = _link(span.target, words)
        case "certainty":
            typst = f"certainty({text(certainty_mark(span.text))}, {words})"
        case "break":
            return "linebreak()"
        case "cite":
            return _citations([span])
    return f"strong({typst})" if span.strong else typst


def _link(address: str, body: str) -> str:
    checked = as_file(checked_address(address), "pdf", place="#nameddest=")
    target = f"label({text(checked[1:])})" if checked.startswith("#") else text(checked)
    return f"link({target}, {body})"


def _citations(spans: Sequence[Span]) -> str:
    marks = _array(
        f"({text(span.text or span.target)}, {text(f'ref-{span.target}' if span.text else '')}, {text(span.anchor)})"
        for span in spans
    )
    return f"citations({marks})"


def _table(table: Table) -> str:
    shares = _array(f"{width:.2f}fr" for width in column_widths(table))
    sides = {"left": "left", "right": "right", "centre": "center"}
    alignment = _array(sides[column.align] for column in table.columns)
    head = _array(text(column.label) for column in table.columns)
    rows = _array(_row(row) for row in table.rows)
    notes = _array(line(note) for note in table.notes)
    keep = height_in_lines(table) <= _KEEP_LINES
    whole_rows = max(row_lines(table)) <= _KEEP_LINES
    words = f"{text(table.id)}, {text(table.label)}, {text(table.caption)}"
    options = (
        f"notes: {notes}, keep: {_flag(keep)}, whole-rows: {_flag(whole_rows)}, "
        f"hyphenate: {_flag(has_long_words(table))}, size: {table_points(table):g}pt"
    )
    return f"data-table({words}, {shares}, {alignment}, {head}, {rows}, {options})"


def _row(row: Row) -> str:
    cells = row.cells[:1] if row.style == "group" or row.alone else row.cells
    content = [line(cell) for cell in cells]
    if row.id:
        content[0] = f"{{anchored({text(row.id)}); {content[0]}}}"
    return f"({text('alone' if row.alone else row.style)}, {_array(content)})"


def _figure(figure: Figure) -> str:
    _, _, width, height = view_box(parse_svg(figure.svg, name=figure.id), name=figure.id)
    shown = min(figure.width_mm, TEXT_WIDTH_MM, _FIGURE_HEIGHT_MM * width / height)
    data = text(figure.data.id) if figure.data else '""'
    words = f"{text(figure.id)}, {text(figure.label)}, {text(figure.title)}, {line(figure.caption)}, {text(figure.alt)}"
    svg = text(figure.svg, keep_lines=True)
    return f"drawing({words}, {svg}, {shown:g}mm, source: {line(figure.source)}, data: {data})"


def _key_messages(block: KeyMessages) -> str:
    messages = _array(
        f"({line(message.claim)}, {line(message.detail)}, "
        + _array(f"({text(certainty_mark(level))}, {line(words)})" for level, words in message.ratings)
        + ")"
        for message in block.messages
    )
    return f"key-messages({messages}, {line(block.note)})"


def _statement(item: StatementItem) -> str:
    year = f" ({item.year})" if item.year else ""
    quote = f"‘{item.quote}’" + (f", {item.place}" if item.place else "") if item.quote else ""
    lines = _array(f"({text(name)}, {line(spans)})" for name, spans in item.facts)
    cited = line(item.cited())
    return f"({text(item.body + year)}, {text(item.kind)}, {cited}, {line(item.says)}, {text(quote)}, {lines})"


def _references(block: References) -> str:
    entries = _array(
        f"({text(f'ref-{entry.key}')}, {line(entry.text)}, {_array(text(anchor) for anchor in entry.anchors)})"
        for entry in block.entries
    )
    return f"references({entries})"
