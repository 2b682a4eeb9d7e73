"""Elements as Word paragraphs and tables. Text is data: every run is plain text, and none of it is read as markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count, groupby
from typing import Any

from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from synthesis.document.addresses import as_file, checked_address
from synthesis.document.characters import printable
from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Column,
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
    line,
)
from synthesis.document.marks import certainty_mark
from synthesis.document.walk import still
from synthesis.document.widths import TEXT_WIDTH_MM, column_widths, height_in_lines, table_points
from synthesis.errors import DocumentError
from synthesis.render.docx_parts import add_field, add_link, element, new_list, set_bookmark, set_box, set_list
from synthesis.render.docx_styles import TABLE_STYLE
from synthesis.render.drawings import png, shown_width_mm

_DEEPEST_LIST = 3
_INDENT_MM = 6.0
# A table this many lines high or less stays on one page.
_KEEP_LINES = 24
# Column widths are measured for the typeface of the page; that of the file is wider by about a ninth.
_NARROWER = 0.9
_AFTER_TABLE_POINTS = 8.0
# Styles with a space above them that is large enough after a table.
_SPACED = ("Caption", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "Heading 5")
_TONES = {"note": "1D70B8", "warning": "F46A25", "change": "28A197"}
_SIDES = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "centre": WD_ALIGN_PARAGRAPH.CENTER}


@dataclass(slots=True)
class Writer:
    """Appends blocks to a Word file.

    Attributes
    ----------
    file : docx.document.Document
    bookmarks : mapping of str to str
        Name in the file of each id of the document; a reference has ``ref-<key>``.
    """

    file: File
    bookmarks: Mapping[str, str]
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _style_ids: dict[str, str] = field(default_factory=dict)
    _after_table: bool = False

    def blocks(self, blocks: Iterable[Block]) -> None:
        """Append ``blocks`` in order.

        Raises
        ------
        DocumentError
            For a block that is not one of those in ``document/elements.py``, or a drawing that cannot be drawn.
        """
        for block in blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                made = self.paragraph(block.text, f"Heading {block.level - 1}")
                self.mark(made, block.id)
            case Paragraph():
                self.paragraph(block.text)
            case ListBlock():
                self.list(block, 1)
            case Quotation():
                self.paragraph(block.text, "Quote")
                if block.source:
                    self.paragraph(block.source, "Quote Source")
            case Code():
                self.code(block)
            case Table():
                self.table(block)
            case Figure():
                self.figure(block)
            case Explorer() | LocalBaseline():
                self.block(still(block))
            case KeyMessages():
                self.key_messages(block)
            case Statements():
                for item in block.items:
                    self.statement(item)
            case Callout():
                self.callout(block)
            case Masthead():
                self.masthead(block)
            case References():
                self.references(block)
            case _:
                raise DocumentError(
                    f"a Word file cannot hold {type(block).__name__}; build the briefing as html or pdf"
                )

    # Lines

    def new(self, style: str) -> WordParagraph:
        """An empty paragraph at the end of the file."""
        made = self.file.add_paragraph()
        made._p.style = self.style_id(style)
        if self._after_table and style not in _SPACED:
            made.paragraph_format.space_before = Pt(_AFTER_TABLE_POINTS)
        self._after_table = False
        return made

    def style_id(self, style: str) -> str:
        # The library goes through every style of the file on each look-up.
        if style not in self._style_ids:
            self._style_ids[style] = self.file.styles[style].style_id
        return self._style_ids[style]

    def paragraph(self, text: Line, style: str = "Normal") -> WordParagraph:
        made = self.new(style)
        self.line(made, text)
        return made

    def line(self, into: WordParagraph, text: Line, *, strong: bool = False) -> None:
        """Append a line of text to a paragraph."""
        for cited, run in groupby(text, key=lambda span: span.style == "cite"):
            if cited:
                self.citations(into, list(run))
                continue
            for span in run:
                self.span(into, span, strong=strong or span.strong)

    def span(self, into: WordParagraph, span: Span, *, strong: bool) -> None:
        words = printable(span.text)
        match span.style:
            case "number" if span.anchor:
                made = self.styled(into, words, "Number")
                says = "What this number rests on"
                add_link(into, bookmark=self.bookmarks[span.anchor], says=says).append(made._r)
            case "text" | "number":
                made = into.add_run(words)
            case "strong":
                made, strong = into.add_run(words), True
            case "emphasis":
                made = self.styled(into, words, "Emphasis")
            case "code":
                made = self.styled(into, words, "Code Text")
            case "quote":
                made = into.add_run(f"‘{words}’")
            case "certainty":
                made = into.add_run(f"{certainty_mark(span.text)}\xa0{words}")
            case "link":
                made = self.link(into, span)
            case "break":
                into.add_run().add_break()
                return
            case "cite":
                self.citations(into, [span])
                return
        if strong:
            made.bold = True

    def styled(self, into: WordParagraph, words: str, style: str) -> Run:
        made = into.add_run(words)
        made._r.style = self.style_id(style)
        return made

    def link(self, into: WordParagraph, span: Span) -> Run:
        address = as_file(checked_address(span.target), "docx", place="")
        inside = address.startswith("#")
        link = add_link(into, bookmark=self.bookmarks[address[1:]]) if inside else add_link(into, address=address)
        made = self.styled(into, printable(span.text), "Hyperlink")
        link.append(made._r)
        return made

    def citations(self, into: WordParagraph, spans: list[Span]) -> None:
        into.add_run("[")
        for place, span in enumerate(spans):
            if place:
                into.add_run(", ")
            link = add_link(into, bookmark=self.bookmarks[f"ref-{span.target}"], says=f"Reference {span.text}")
            link.append(self.styled(into, printable(span.text), "Hyperlink")._r)
        into.add_run("]")

    def mark(self, paragraph: WordParagraph, name: str) -> None:
        set_bookmark(paragraph, self.bookmarks[name], next(self._numbers))

    # Blocks

    def list(self, block: ListBlock, depth: int) -> None:
        style = "List Number" if block.ordered else "List Bullet"
        level = "" if depth == 1 else f" {min(depth, _DEEPEST_LIST)}"
        number = new_list(self.file, style + level) if block.ordered else 0
        for item in block.items:
            # An item that starts with anything else still needs a paragraph to carry its mark.
            text, rest = (item[0].text, item[1:]) if item and isinstance(item[0], Paragraph) else ((), item)
            made = self.paragraph(text, style + level)
            if number:
                set_list(made, number)
            if depth > _DEEPEST_LIST:
                made.paragraph_format.left_indent = Mm(_INDENT_MM * depth)
            for part in rest:
                if isinstance(part, ListBlock):
                    self.list(part, depth + 1)
                elif isinstance(part, Paragraph):
                    self.paragraph(part.text, f"List Continue{level}")
                else:
                    self.block(part)

    def code(self, block: Code) -> None:
        made = self.new("Code")
        for place, text in enumerate(printable(block.text, keep_lines=True).split("\n")):
            if place:
                made.add_run().add_break()
            made.add_run(text)

    def key_messages(self, block: KeyMessages) -> None:
        number = new_list(self.file, "List Number")
        for message in block.messages:
            made = self.new("List Number")
            self.line(made, message.claim, strong=True)
            made.paragraph_format.keep_with_next = True
            set_list(made, number)
            if message.detail:
                self.paragraph(message.detail, "List Continue").paragraph_format.keep_with_next = True
            for level, words in message.ratings:
                sure = self.new("List Continue")
                sure.add_run(f"{certainty_mark(level)}\xa0")
                self.line(sure, words)
        if block.note:
            self.paragraph(block.note, "Note")

    def statement(self, item: StatementItem) -> None:
        who = self.new("Statement")
        kind = printable(item.kind) + (" " if item.cite else "")
        if item.body:
            year = f" ({item.year})" if item.year else ""
            who.add_run(printable(item.body + year)).bold = True
            kind = f", {kind}"
        # A statement without a body is of the one above it.
        who.add_run(kind)
        self.line(who, item.cited())
        self.paragraph(item.says)
        if item.quote:
            place = f", {item.place}" if item.place else ""
            self.paragraph(line(f"‘{item.quote}’{place}"), "Quote")
        for name, text in item.facts:
            self.fact(name, text, "Note")

    def fact(self, name: str, text: Line, style: str) -> None:
        made = self.new(style)
        made.add_run(f"{printable(name)}: ").bold = True
        self.line(made, text)

    def callout(self, block: Callout) -> None:
        body: Any = self.file.element.body
        before = len(body)
        self.paragraph(line(block.title), "Callout Title")
        self.blocks(block.blocks)
        # The last child is the section's properties, which stay last.
        for made in body[before - 1 : -1]:
            if made.tag.endswith("}p"):
                set_box(made, _TONES[block.tone])

    def masthead(self, block: Masthead) -> None:
        self.paragraph(line(block.title), "Title")
        if block.question:
            self.paragraph(line(block.question), "Subtitle")
        for name, value in block.rows:
            self.fact(name, line(value), "Masthead Fact")

    def references(self, block: References) -> None:
        number = new_list(self.file, "List Number")
        for entry in block.entries:
            made = self.paragraph(entry.text, "List Number")
            set_list(made, number)
            self.mark(made, f"ref-{entry.key}")

    # Figures and tables

    def caption(self, label: str, title: str, name: str) -> None:
        made = self.new("Caption")
        kind, _, number = label.rpartition(" ")
        if kind in ("Table", "Figure"):
            made.add_run(f"{kind} ")
            add_field(made, f"SEQ {kind} \\* ARABIC", number)
            made.add_run(": ")
        elif label:
            made.add_run(f"{label}: ")
        made.add_run(printable(title))
        self.mark(made, name)

    def figure(self, figure: Figure) -> None:
        self.caption(figure.label, figure.title, figure.id)
        self.paragraph(figure.caption, "Figure Caption")
        made = self.new("Figure")
        drawn = png(figure.svg, name=figure.id)
        picture = made.add_run().add_picture(BytesIO(drawn), width=Mm(shown_width_mm(figure)))
        properties: Any = picture._inline.docPr
        properties.set("name", figure.label or figure.id)
        properties.set("title", printable(figure.title))
        properties.set("descr", printable(figure.alt))
        if figure.source:
            made.paragraph_format.keep_with_next = True
            self.paragraph(figure.source, "Note")

    def table(self, table: Table) -> None:
        self.caption(table.label, table.caption, table.id)
        made = self.file.add_table(rows=0, cols=len(table.columns), style=TABLE_STYLE)
        made.autofit = False
        shares = column_widths(table)
        for column, share in zip(made.columns, shares, strict=True):
            column.width = Mm(TEXT_WIDTH_MM * share / sum(shares))
        properties: Any = made._tbl.tblPr
        for look in properties.findall(f"{{{properties.nsmap['w']}}}tblLook"):
            properties.remove(look)
        properties.append(
            element(
                "w:tblLook",
                val="00A0",
                firstRow="1",
                lastRow="0",
                firstColumn="1",
                lastColumn="0",
                noHBand="1",
                noVBand="1",
            )
        )
        properties.append(element("w:tblCaption", val=printable(table.caption)))
        points, keep = table_points(table) * _NARROWER, height_in_lines(table) <= _KEEP_LINES
        head = made.add_row()
        _set_row(head, header=True)
        for cell, column in zip(head.cells, table.columns, strict=True):
            self.cell(cell, line(column.label), column, "Table Heading", points, keep=True)
        for place, row in enumerate(table.rows, start=1):
            self.row(made.add_row(), table, row, points, keep=keep and place < len(table.rows))
        self._after_table = True
        for note in table.notes:
            self.paragraph(note, "Note")

    def row(self, made: _Row, table: Table, row: Row, points: float, *, keep: bool) -> None:
        _set_row(made, header=False)
        cells = made.cells
        if row.style == "group":
            joined = cells[0].merge(cells[-1]) if len(cells) > 1 else cells[0]
            self.cell(joined, row.cells[0], table.columns[0], "Table Group", points, keep=True)
            return
        total = row.style == "total"
        for place, (cell, text, column) in enumerate(zip(cells, row.cells, table.columns, strict=True)):
            style = "Table Text" if place else "Table Row Heading"
            self.cell(cell, text, column, style, points, keep=keep, strong=total)
        if row.id:
            self.mark(cells[0].paragraphs[0], row.id)

    def cell(
        self, cell: _Cell, text: Line, column: Column, style: str, points: float, *, keep: bool, strong: bool = False
    ) -> None:
        made = cell.paragraphs[0]
        made._p.style = self.style_id(style)
        made.alignment = _SIDES[column.align]
        if keep:
            made.paragraph_format.keep_with_next = True
        self.line(made, text, strong=strong)
        # Those inside links too, which the paragraph does not count among its own.
        for run in made._p.iter(qn("w:r")):
            Run(run, made).font.size = Pt(points)


def _set_row(row: _Row, *, header: bool) -> None:
    """Keep the row on one page; a header row is repeated on each page of its table."""
    properties: Any = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if header:
        properties.append(element("w:tblHeader"))
