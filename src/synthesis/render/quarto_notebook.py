"""A document as a notebook that Quarto renders as it stands: nothing left to run, fill in or look up.

Prose is in Markdown cells with numbers filled in and citations numbered. A figure or table is the output of a code cell
whose options give its label, caption and text alternative. A table is raw HTML inside Markdown: it keeps its header
cells, Quarto turns it into a table of its own for a PDF, and no output of type HTML makes Quarto add remote scripts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

import nbformat.v4
import yaml

from synthesis.document.characters import printable
from synthesis.document.elements import (
    Block,
    Callout,
    Document,
    Explorer,
    Figure,
    Heading,
    Line,
    LocalBaseline,
    Masthead,
    Row,
    Span,
    Table,
)
from synthesis.document.html import inline
from synthesis.document.text import plain_text
from synthesis.document.walk import changed, every_block, still
from synthesis.render.assembly import assembled
from synthesis.render.pdf import with_figure_data
from synthesis.render.quarto_markdown import MarkdownWriter, escaped

_PREFIXES: tuple[tuple[type[Figure] | type[Table], str], ...] = ((Figure, "fig-"), (Table, "tbl-"))
_SIDES = {"left": "left", "right": "right", "centre": "center"}
_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9-]+")
_HTML = {"embed-resources": True, "toc": True, "html-math-method": "mathml"}
_TYPST = {"papersize": "a4", "pdf-standard": "ua-1"}


def quarto_notebook(document: Document) -> str:
    """The document as a notebook for Quarto, as JSON text.

    Raises
    ------
    DocumentError
        If the document cannot be rendered, or has a block that Quarto cannot be given.
    """
    document = assembled(document)
    blocks = (*_notice(document), *with_figure_data(document.blocks))
    labels = _labels(blocks)
    writer = MarkdownWriter(lambda name: labels.get(name, name))
    cells = [_raw(_front_matter(document)), _parameters(document), *_cells(blocks, writer, labels)]
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
    )
    # Written this way each source is a list of lines; Quarto loses the line ends of a source that is one string.
    written: str = nbformat.writes(notebook)
    return f"{written}\n"


def _labels(blocks: Iterable[Block]) -> dict[str, str]:
    """The label of each figure and table by id: with the prefix that tells Quarto what it is, all different."""
    labels: dict[str, str] = {}
    for block in every_block(blocks):
        for kind, prefix in _PREFIXES:
            if isinstance(block, kind):
                stem = prefix + _NOT_IN_LABEL.sub("-", block.id).strip("-")
                label, count = stem, 1
                while label in labels.values():
                    count += 1
                    label = f"{stem}-{count}"
                labels[block.id] = label
    return labels


def _notice(document: Document) -> tuple[Block, ...]:
    notice = document.metadata.get("notice")
    return (Callout(title=notice, blocks=(), tone="warning"),) if notice else ()


def _front_matter(document: Document) -> str:
    masthead = next((block for block in document.blocks if isinstance(block, Masthead)), None)
    about: dict[str, Any] = {"title": escaped(document.title)}
    if masthead and masthead.question:
        about["subtitle"] = escaped(masthead.question)
    about |= {"lang": document.language, "date": document.date}
    # Quarto reads these as Markdown.
    about |= {name: escaped(document.metadata[name]) for name in ("author", "description") if name in document.metadata}
    keywords = [escaped(word.strip()) for word in document.metadata.get("keywords", "").split(",") if word.strip()]
    # Pandoc's template for Typst takes the words of keywords for code.
    html = {**_HTML, "keywords": keywords} if keywords else _HTML
    about |= {"execute": {"enabled": False, "echo": False}, "format": {"html": html, "typst": _TYPST}}
    written = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=1_000_000)
    return f"---\n{written}---"


def _parameters(document: Document) -> Any:
    source = f"#| include: false\nedition_date = {document.date!r}"
    return _code(source, tags=["parameters"])


def _cells(blocks: Iterable[Block], writer: MarkdownWriter, labels: Mapping[str, str]) -> list[Any]:
    cells: list[Any] = []
    prose: list[Block] = []

    def flush() -> None:
        if prose:
            cells.append(_markdown(writer.blocks(prose)))
            prose.clear()

    for block in blocks:
        block = still(block) if isinstance(block, Explorer | LocalBaseline) else block
        if isinstance(block, Figure | Table):
            flush()
            cells += _figure(block, writer, labels) if isinstance(block, Figure) else _table(block, writer, labels)
            continue
        if isinstance(block, Heading):
            flush()
        prose.append(block)
    flush()
    return cells


def _figure(figure: Figure, writer: MarkdownWriter, labels: Mapping[str, str]) -> list[Any]:
    caption = f"**{escaped(figure.title)}** {writer.line(figure.caption)}".strip()
    options = {"label": labels[figure.id], "fig-cap": caption, "fig-alt": printable(figure.alt)}
    cells = [_code(_options(options), {"image/svg+xml": figure.svg, "text/plain": printable(figure.alt)})]
    if figure.source:
        cells.append(_markdown(writer.line(figure.source)))
    return cells


def _table(table: Table, writer: MarkdownWriter, labels: Mapping[str, str]) -> list[Any]:
    options = {"label": labels[table.id], "tbl-cap": escaped(table.caption)}
    placed = changed(table, lambda text: _placed(text, writer))
    assert isinstance(placed, Table)
    shown = {"text/markdown": f"```{{=html}}\n{_table_html(placed)}\n```\n", "text/plain": plain_text(table)}
    cells = [_code(_options(options), shown)]
    if table.notes:
        cells.append(_markdown("\n\n".join(map(writer.line, table.notes))))
    return cells


def _placed(text: Line, writer: MarkdownWriter) -> Line:
    """The line with its links to places in the document leading to where Quarto has them."""
    return tuple(_placed_span(span, writer) for span in text)


def _placed_span(span: Span, writer: MarkdownWriter) -> Span:
    if span.style == "number" and span.anchor:
        return replace(span, anchor=writer.place(span.anchor))
    if span.style == "link":
        return replace(span, target=writer.address(span.target))
    return span


def _table_html(table: Table) -> str:
    """The table on one line, without its caption, which Quarto adds with the number it gives it."""
    sides = [
        f' style="text-align: {"center" if column.align == "centre" else column.align}"' for column in table.columns
    ]
    head = "".join(
        f'<th scope="col"{side}>{escape(printable(column.label))}</th>'
        for column, side in zip(table.columns, sides, strict=True)
    )
    rows = "".join(f"<tr>{_row_html(row, sides)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row_html(row: Row, sides: list[str]) -> str:
    first, *rest = map(inline, row.cells)
    if row.id:
        # A table made from this one for a PDF keeps the name of a piece of text, and not that of a row.
        first = f'<span id="{escape(row.id)}">{first}</span>'
    if row.style == "group":
        return f'<th scope="rowgroup" colspan="{len(sides)}" style="text-align: left">{first}</th>'
    cells = "".join(f"<td{side}>{cell}</td>" for cell, side in zip(rest, sides[1:], strict=True))
    return f'<th scope="row"{sides[0]}>{first}</th>{cells}'


def _options(options: Mapping[str, str]) -> str:
    # A string in JSON is a string in YAML, on one line whatever stands in it.
    lines = [f"#| {name}: {json.dumps(' '.join(value.split()), ensure_ascii=False)}" for name, value in options.items()]
    return "\n".join([*lines, "#| echo: false"])


def _raw(source: str) -> Any:
    return nbformat.v4.new_raw_cell(source)


def _markdown(source: str) -> Any:
    return nbformat.v4.new_markdown_cell(source)


def _code(source: str, shown: Mapping[str, str] | None = None, *, tags: Iterable[str] = ()) -> Any:
    outputs = []
    if shown is not None:
        outputs = [nbformat.v4.new_output("display_data", data=dict(shown))]
    about = {"tags": list(tags)} if tags else {}
    return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1, metadata=about)
