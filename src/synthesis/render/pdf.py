"""A document as PDF, tagged for accessibility (PDF/UA-1) and fit for the archive (PDF/A-2a); the same bytes always.

Typst refuses to write a file that breaks either standard. What it cannot yet say, that the first cell of a row is its
header, ``row_headers`` adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pikepdf
import typst

from synthesis.document.elements import (
    Block,
    Document,
    Figure,
    Heading,
    Masthead,
    References,
    Span,
)
from synthesis.document.fonts import FALLBACKS, FAMILY, FONT_DIR, MONOSPACE
from synthesis.document.typst import markup, prelude, text
from synthesis.document.walk import every_block
from synthesis.errors import DocumentError
from synthesis.formatting import long_date
from synthesis.render.assembly import assembled
from synthesis.render.pdf_tags import children, listed

_TEMPLATE = Path(__file__).parent / "templates" / "page.typ"
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
DATA_HEADING = Heading(level=2, text=(Span(text="Data behind the figures"),), id="data-behind-the-figures")


def to_pdf(document: Document) -> bytes:
    """The document as PDF; the same document gives the same bytes.

    Raises
    ------
    DocumentError
        If the document cannot be rendered, or the PDF would break a standard it claims.
    """
    source = typst_source(document)
    moment = datetime.combine(date.fromisoformat(document.date), datetime.min.time(), tzinfo=UTC)
    try:
        # The stub's signature has a type variable that nothing binds when no package path is given.
        made: bytes = typst.compile(  # type: ignore[call-overload]
            source.encode("utf-8"),
            format="pdf",
            font_paths=_fonts(),
            pdf_standards=STANDARDS,
            timestamp=moment,
        )
    except typst.TypstError as error:
        hints = "".join(f" {hint}." for hint in error.hints)
        raise DocumentError(f"the PDF cannot be made: {error.message}.{hints}") from error
    return row_headers(made)


def typst_source(document: Document) -> str:
    """The whole Typst source of a document, drawings included."""
    document = assembled(document)
    body = "\n".join(markup(block) for block in with_figure_data(document.blocks))
    title = "" if any(isinstance(block, Masthead) for block in document.blocks) else _bare_title(document)
    return "\n".join((f"#let subject = {_subject(document)}", prelude(), _template(), title, body))


def with_figure_data(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with each figure's table in a section of its own, before the references.

    On paper nothing folds away, so the numbers behind a figure would push its conclusion to the next page.
    """
    tables = tuple(
        replace(block.data, fine=True) for block in every_block(blocks) if isinstance(block, Figure) and block.data
    )
    if not tables:
        return blocks
    end = len(blocks)
    if end and isinstance(blocks[-1], References):
        end -= 1
        before = blocks[end - 1] if end else None
        if isinstance(before, Heading) and before.level == 2:
            end -= 1
    return (*blocks[:end], DATA_HEADING, *tables, *blocks[end:])


def row_headers(made: bytes) -> bytes:
    """``made`` with the first cell of each body row of its tables tagged as the header of that row's other cells.

    Parameters
    ----------
    made : bytes
        A tagged PDF.
    """
    with pikepdf.open(BytesIO(made)) as file:
        root = file.Root.StructTreeRoot
        names = pikepdf.NameTree(root.IDTree) if "/IDTree" in root else pikepdf.NameTree.new(file)
        for number, cells in enumerate(_body_rows(root)):
            if not cells or cells[0].S != "/TD":
                continue
            header, *others = cells
            name = f"row-{number}"
            header.S = pikepdf.Name.TH
            header.ID = pikepdf.String(name)
            names[name] = header
            _table_attributes(header)["/Scope"] = pikepdf.Name.Row
            for cell in others:
                attributes = _table_attributes(cell)
                attributes["/Headers"] = pikepdf.Array([*attributes.get("/Headers", []), pikepdf.String(name)])
        root.IDTree = names.obj
        out = BytesIO()
        file.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _body_rows(element: Any) -> Iterator[list[Any]]:
    """The cells of each row in the bodies of tables."""
    for child in children(element):
        if child.S == "/TBody":
            yield from (children(row) for row in children(child) if row.S == "/TR")
        yield from _body_rows(child)


def _table_attributes(cell: Any) -> Any:
    """The attributes that belong to the cell as part of a table, added if there are none."""
    given = listed(cell.get("/A"))
    for attributes in given:
        if attributes.get("/O") == "/Table":
            return attributes
    cell.A = pikepdf.Array([pikepdf.Dictionary(O=pikepdf.Name.Table), *given])
    return cell.A[0]


def _subject(document: Document) -> str:
    language, _, region = document.language.partition("-")
    day = date.fromisoformat(document.date)
    metadata = document.metadata
    keywords = [word.strip() for word in metadata.get("keywords", "").split(",") if word.strip()]
    edition = metadata.get("edition") or f"Edition of {long_date(day)}"
    values = {
        "title": text(document.title),
        "author": text(metadata["author"]) if metadata.get("author") else "()",
        "description": text(metadata["description"]) if metadata.get("description") else "none",
        "keywords": "(" + "".join(f"{text(word)}, " for word in keywords) + ")",
        "date": f"datetime(year: {day.year}, month: {day.month}, day: {day.day}, hour: 0, minute: 0, second: 0)",
        "running": text(metadata.get("short-title") or document.title),
        "edition": text(edition),
        "notice": text(metadata["notice"]) if metadata.get("notice") else "none",
        "language": text(language),
        "region": text(region) if len(region) == 2 else "none",
        "fonts": "(" + "".join(f"{text(name)}, " for name in (FAMILY, *FALLBACKS)) + ")",
        "monospace": text(MONOSPACE),
    }
    return "(" + ", ".join(f"{name}: {value}" for name, value in values.items()) + ")"


def _bare_title(document: Document) -> str:
    return f"#heading(level: 1, {text(document.title)})\n#v(14pt)"


@cache
def _template() -> str:
    return _TEMPLATE.read_text(encoding="utf-8")


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIR)])
