"""Elements as semantic HTML. Every piece of text is escaped; no element brings a script, a remote address or a style.

``fragment`` is for a notebook, where the same block may be shown twice: it has no ids. ``markup`` is for a page of
its own: it has the ids that links and labels need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from zlib import crc32

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
)
from synthesis.document.explorer_html import explorer_markup
from synthesis.document.local_baseline_html import local_baseline_markup
from synthesis.document.marks import certainty_mark
from synthesis.document.svg import inline_svg
from synthesis.document.widths import column_widths, is_dense

# A longer table read as one card per row on a small screen would lose the reader; it scrolls sideways instead.
_STACK_ROWS = 30
# A column with a larger share of the width holds text to read: beside its name on a card, that would be a narrow strip.
_WIDE_COLUMN = 0.25
# More notes than this would push what follows a table a screen or more away.
_OPEN_NOTES = 12

_NOTEBOOK_STYLE = (
    "<style>.synthesis-block{max-width:48rem}"
    ".synthesis-block td,.synthesis-block th{text-align:left;vertical-align:top}"
    ".synthesis-block .right{text-align:right;font-variant-numeric:tabular-nums}"
    ".synthesis-block caption,.synthesis-block .figure-title{text-align:left;font-weight:bold}"
    ".synthesis-block .centre{text-align:center}.synthesis-block svg{width:100%}</style>"
)


def fragment(block: Block) -> str:
    """HTML of one block for a notebook: no ids that could clash, and a few rules of its own."""
    return f'<div class="synthesis-block">{_NOTEBOOK_STYLE}{_Writer(ids=False).block(block)}</div>'


def bare(block: Block) -> str:
    """HTML of one block for a page that may show it several times and brings its own style: no ids, no scripts."""
    return _Writer(ids=False).block(block)


def markup(block: Block) -> str:
    """HTML of one block for a page, with ids."""
    return _Writer(ids=True).block(block)


def inline(line: Line) -> str:
    """HTML of one line of text for a page, with ids."""
    return _Writer(ids=True).line(line)


def _text(text: str) -> str:
    return escape(printable(text))


def _class(*names: str) -> str:
    given = " ".join(name for name in names if name and name != "left")
    return f' class="{given}"' if given else ""


def _names(table: Table) -> str:
    """The names of the columns as style, once for the table: on a small screen each cell stands under its name."""
    names = (f'--c{place}:"{_css(column.label)}"' for place, column in enumerate(table.columns[1:], start=2))
    return f' style="{escape(";".join(names))}"'


def _css(value: str) -> str:
    """Text inside a CSS string."""
    return "".join(
        f"\\{ord(character):x} " if character in '"\\<>' or not character.isprintable() else character
        for character in printable(value)
    )


def _roles(stack: bool) -> Callable[[str], str]:
    """Roles for the parts of a table that is shown as cards on a small screen, where browsers forget what it was."""
    # Without quotation marks, which HTML does not ask for: there are hundreds of these.
    return lambda role: f" role={role}" if stack else ""


@dataclass(frozen=True, slots=True)
class _Writer:
    ids: bool

    def id(self, value: str) -> str:
        return f' id="{escape(value)}"' if self.ids and value else ""

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return f"<h{block.level}{self.id(block.id)}>{self.line(block.text)}</h{block.level}>"
            case Paragraph():
                return f"<p>{self.line(block.text)}</p>"
            case ListBlock():
                return self.list(block)
            case Quotation():
                return self.quotation(block)
            case Code():
                return f'<pre tabindex="0"><code>{escape(printable(block.text, keep_lines=True))}</code></pre>'
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)
            case Explorer():
                return explorer_markup(block, self)
            case LocalBaseline():
                return local_baseline_markup(block, self)
            case KeyMessages():
                return self.key_messages(block)
            case Statements():
                return '<ul class="statements">' + "".join(self.statement(item) for item in block.items) + "</ul>"
            case Callout():
                title = _text(block.title)
                body = f'<p class="callout-title">{title}</p>{self.blocks(block.blocks)}'
                return f'<div class="callout {block.tone}" role="note" aria-label="{title}">{body}</div>'
            case Masthead():
                return self.masthead(block)
            case References():
                return self.references(block)

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def line(self, line: Line) -> str:
        parts: list[str] = []
        for cited, run in groupby(line, key=lambda span: span.style == "cite"):
            spans = list(run)
            parts += [self.citations(spans)] if cited else map(self.span, spans)
        return "".join(parts)

    def span(self, span: Span) -> str:
        text = _text(span.text)
        match span.style:
            case "text":
                html = text
            case "strong":
                return f"<strong>{text}</strong>"
            case "emphasis":
                html = f"<em>{text}</em>"
            case "code":
                html = f"<code>{text}</code>"
            case "quote":
                html = f"<q>{text}</q>"
            case "link":
                address = as_file(checked_address(span.target), "html")
                html = f'<a href="{escape(address)}">{text}</a>'
            case "number":
                html = f'<data class="number" value="{_text(span.target)}">{text}</data>'
                if span.anchor and self.ids:
                    html = f'<a class="number" href="#{escape(span.anchor)}">{text}</a>'
            case "certainty":
                html = self.certainty(span.text, _text(span.text))
            case "break":
                return "<br>"
            case "cite":
                return self.citations([span])
        return f"<strong>{html}</strong>" if span.strong else html

    def citations(self, spans: Iterable[Span]) -> str:
        marks = []
        for span in spans:
            if not (self.ids and span.text):
                marks.append(_text(span.text or span.target))
                continue
            number = _text(span.text)
            link = f'href="#ref-{escape(span.target)}"{self.id(span.anchor)}'
            marks.append(f'<a {link} aria-label="Reference {number}">{number}</a>')
        return f'<span class="cite">[{", ".join(marks)}]</span>'

    def certainty(self, level: str, words: str) -> str:
        mark = certainty_mark(level)
        name = level.replace(" ", "-")
        # A no-break space keeps the mark with the first word; the others may go to the next line of a narrow column.
        return f'<span class="certainty {name}"><span class="mark" aria-hidden="true">{mark}</span>\xa0{words}</span>'

    def list(self, block: ListBlock) -> str:
        tag = "ol" if block.ordered else "ul"
        return f"<{tag}>" + "".join(f"<li>{self.item(item)}</li>" for item in block.items) + f"</{tag}>"

    def item(self, blocks: tuple[Block, ...]) -> str:
        match blocks:
            case (Paragraph() as only,):
                return self.line(only.text)
            case (Paragraph() as first, ListBlock() as rest):
                return self.line(first.text) + self.list(rest)
        return self.blocks(blocks)

    def quotation(self, block: Quotation) -> str:
        quoted = f"<blockquote><p>{self.line(block.text)}</p></blockquote>"
        if not block.source:
            return quoted
        return f'<figure class="quotation">{quoted}<figcaption>{self.line(block.source)}</figcaption></figure>'

    def table(self, table: Table) -> str:
        label = f'<span class="label">{_text(table.label)}:</span> ' if table.label else ""
        caption = f"{label}{_text(table.caption)}"
        named = f'aria-labelledby="{escape(table.id)}-caption"' if self.ids else f'aria-label="{_text(table.caption)}"'
        stack = len(table.columns) > 2 and len(table.rows) <= _STACK_ROWS
        dense = "dense" if is_dense(table) else ""
        widths = column_widths(table)
        shares = "".join(f'<col style="width:{100 * width / sum(widths):.1f}%">' for width in widths)
        role = _roles(stack)
        names = _names(table) if stack else ""
        words = "words" if stack and table.columns[-1].align == "left" else ""
        head = "".join(
            f'<th scope="col"{role("columnheader")}{self.side(column)}>{_text(column.label)}</th>'
            for column in table.columns
        )
        notes = "".join(f"<p>{self.line(note)}</p>" for note in table.notes)
        return (
            f'<div{_class("table", "stack" if stack else "", words, dense)} role="region" tabindex="0" {named}>'
            f"<table{role('table')}{self.id(table.id)}{self.sides(table, widths if stack else ())}{names}>"
            f"<caption{self.id(f'{table.id}-caption')}>{caption}</caption>"
            f"<colgroup>{shares}</colgroup>"
            f"<thead{role('rowgroup')}><tr{role('row')}>{head}</tr></thead>{self.bodies(table, stack)}</table></div>"
            + self.notes(table, notes)
        )

    def notes(self, table: Table, notes: str) -> str:
        """What stands under a table; many notes are folded away, so that the text goes on in sight of the table."""
        if len(table.notes) <= _OPEN_NOTES:
            return f'<div class="notes">{notes}</div>' if notes else ""
        summary = _text(f"{table.label or 'Table'}: {len(table.notes)} notes")
        return f'<details class="notes"><summary>{summary}</summary>{notes}</details>'

    def side(self, column: Column) -> str:
        """The class of a cell that is not set left; on a page the table says it once for the whole column."""
        return "" if self.ids else _class(column.align)

    def sides(self, table: Table, widths: Sequence[float]) -> str:
        """The columns that are not set left, and those of ``widths`` whose text has a line of its own on a card."""
        marks = {"right": "r", "centre": "c"}
        columns = list(enumerate(table.columns, 1))
        places = [f"{marks[column.align]}{n}" for n, column in columns if column.align in marks]
        wide = [n for n, width in enumerate(widths, 1) if width >= _WIDE_COLUMN * sum(widths)]
        places += [f"w{n}" for n, column in columns if n in wide and n > 1 and column.align == "left"]
        return _class(*places) if self.ids else ""

    def bodies(self, table: Table, stack: bool) -> str:
        """One ``tbody`` per group, so that a group's header row heads its own rows and no others."""
        bodies: list[list[str]] = [[]]
        for row in table.rows:
            if row.style == "group" and bodies[-1]:
                bodies.append([])
            bodies[-1].append(self.row(table, row, stack))
        return "".join(f"<tbody{_roles(stack)('rowgroup')}>{''.join(rows)}</tbody>" for rows in bodies if rows)

    def row(self, table: Table, row: Row, stack: bool) -> str:
        role = _roles(stack)
        if row.style == "group":
            span = len(table.columns)
            return (
                f'<tr class="group"{role("row")}><th scope="rowgroup"{role("rowheader")} colspan="{span}">'
                f"{self.line(row.cells[0])}</th></tr>"
            )
        if row.alone:
            span = len(table.columns)
            place = self.id(row.id)
            return f'<tr{place}{role("row")}><td{role("cell")} colspan="{span}">{self.line(row.cells[0])}</td></tr>'
        cells = [
            f'<th scope="row"{role("rowheader")}{self.side(table.columns[0])}>{self.line(row.cells[0])}</th>',
            *(
                f"<td{role('cell')}{self.side(column)}>{self.line(cell)}</td>"
                for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
            ),
        ]
        place = self.id(row.id) if row.id else ""
        return f"<tr{place}{role('row')}{_class('total' if row.style == 'total' else '')}>{''.join(cells)}</tr>"

    def figure(self, figure: Figure) -> str:
        # In a notebook two figures may have one id; their content tells them apart.
        prefix = (
            f"{figure.id}-drawing" if self.ids else f"{figure.id}-{crc32(figure.svg.encode('utf-8', 'replace')):08x}"
        )
        label = f'<span class="label">{_text(figure.label)}:</span> ' if figure.label else ""
        drawing = inline_svg(figure.svg, prefix=prefix, title=figure.title, description=figure.alt, name=figure.id)
        name = _text(f"{figure.label or 'Figure'}, drawing")
        source = f'<p class="source">{self.line(figure.source)}</p>' if figure.source else ""
        details = ""
        if figure.data:
            summary = _text(f"{figure.label or 'Figure'}: the numbers as a table")
            details = f"<details><summary>{summary}</summary>{self.table(figure.data)}</details>"
        return (
            f'<figure class="figure"{self.id(figure.id)}><figcaption>'
            f'<p class="figure-title">{label}{_text(figure.title)}</p>'
            f'<p class="figure-caption">{self.line(figure.caption)}</p></figcaption>'
            f'<div class="drawing" role="region" tabindex="0" aria-label="{name}">{drawing}</div>'
            f"{source}{details}</figure>"
        )

    def key_messages(self, block: KeyMessages) -> str:
        items = "".join(
            f'<li><p class="claim">{self.line(message.claim)}</p>'
            + (f"<p>{self.line(message.detail)}</p>" if message.detail else "")
            + "".join(
                f'<p class="sure">{self.certainty(level, self.line(words))}</p>' for level, words in message.ratings
            )
            + "</li>"
            for message in block.messages
        )
        note = f'<p class="note">{self.line(block.note)}</p>' if block.note else ""
        return f'<section class="key-messages" aria-label="Key messages"><ol>{items}</ol>{note}</section>'

    def statement(self, item: StatementItem) -> str:
        cite = f" {self.line(item.cited())}" if item.cite else ""
        quote = ""
        if item.quote:
            place = f", {_text(item.place)}" if item.place else ""
            quote = f'<p class="words"><q>{_text(item.quote)}</q>{place}</p>'
        facts = "".join(f"<div><dt>{name}</dt><dd>{self.line(line)}</dd></div>" for name, line in item.facts)
        year = f" ({_text(item.year)})" if item.year else ""
        opening = (
            f'<li><p class="who"><strong>{_text(item.body)}{year}</strong> '
            if item.body
            else ('<li class="same"><p class="who">')
        )
        return (
            f'{opening}<span class="kind">{_text(item.kind)}</span>{cite}</p><p class="says">{self.line(item.says)}</p>'
            f"{quote}{f'<dl>{facts}</dl>' if facts else ''}</li>"
        )

    def masthead(self, block: Masthead) -> str:
        rows = "".join(f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in block.rows)
        question = f'<p class="question">{_text(block.question)}</p>' if block.question else ""
        return f'<h1>{_text(block.title)}</h1>{question}<dl class="masthead-facts">{rows}</dl>'

    def references(self, block: References) -> str:
        items = []
        for number, entry in enumerate(block.entries, start=1):
            back = self.back_links(number, entry.anchors)
            items.append(f"<li{self.id(f'ref-{entry.key}')}>{self.line(entry.text)}{back}</li>")
        return f'<ol class="references">{"".join(items)}</ol>'

    def back_links(self, number: int, anchors: tuple[str, ...]) -> str:
        if not self.ids or not anchors:
            return ""
        links = []
        for place, anchor in enumerate(anchors, start=1):
            name = f"Back to citation {number}" + (f", place {place}" if len(anchors) > 1 else "")
            shown = f"<sup>{place}</sup>" if len(anchors) > 1 else ""
            links.append(f'<a href="#{escape(anchor)}" aria-label="{name}">↑{shown}</a>')
        return f' <span class="back">{" ".join(links)}</span>'
