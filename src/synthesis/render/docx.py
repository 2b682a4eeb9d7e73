"""A document as a Word file, for those who comment in Word: real styles, headers, alternatives; the same bytes always.

The page and the PDF are what is published. The Word file says the same, and whoever reads a comment in it can find the
place: sections, figures, tables and references have the numbers they have in the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as File
from docx.opc.constants import RELATIONSHIP_TYPE

from synthesis.document.characters import printable
from synthesis.document.elements import Block, Document, Figure, Heading, Masthead, References, Span, Table, line
from synthesis.document.walk import every_block
from synthesis.formatting import long_date
from synthesis.render.assembly import assembled
from synthesis.render.docx_blocks import Writer
from synthesis.render.docx_parts import add_field, bookmark_names
from synthesis.render.docx_styles import set_styles
from synthesis.render.pdf import with_figure_data

# The earliest moment that a ZIP archive can hold.
_MOMENT = (1980, 1, 1, 0, 0, 0)
# Longer texts are not allowed in the properties of a file.
_LONGEST_PROPERTY = 255


def to_docx(document: Document) -> bytes:
    """The document as a Word file (Office Open XML); the same document gives the same bytes.

    Parameters
    ----------
    document : Document
        Its title becomes the style Title, a section of level 2 the style Heading 1.

    Raises
    ------
    DocumentError
        If the document cannot be rendered; the message names every reason.
    """
    document = assembled(document)
    blocks = with_figure_data(document.blocks)
    file = docx.Document()
    set_styles(file, document.language)
    _set_properties(file, document)
    _set_footer(file, document)
    writer = Writer(file, bookmark_names(_ids(blocks)))
    if notice := document.metadata.get("notice"):
        writer.paragraph(line(Span(text=notice, style="strong")), "Normal")
    if not any(isinstance(block, Masthead) for block in blocks):
        writer.paragraph(line(document.title), "Title")
    writer.blocks(blocks)
    made = BytesIO()
    file.save(made)
    return _fixed(made.getvalue())


def _ids(blocks: Iterable[Block]) -> Iterator[str]:
    for block in every_block(blocks):
        if isinstance(block, Heading | Table | Figure):
            yield block.id
        if isinstance(block, Table):
            yield from (row.id for row in block.rows if row.id)
        elif isinstance(block, References):
            yield from (f"ref-{entry.key}" for entry in block.entries)


def _set_properties(file: File, document: Document) -> None:
    day = datetime.combine(date.fromisoformat(document.date), datetime.min.time(), tzinfo=UTC)
    about = document.metadata
    properties = file.core_properties
    properties.title = _property(document.title)
    properties.author = _property(about.get("author", ""))
    properties.last_modified_by = properties.author
    properties.subject = _property(about.get("subject", ""))
    properties.comments = _property(about.get("description", ""))
    properties.keywords = _property(about.get("keywords", ""))
    properties.language = document.language
    properties.version = _property(about.get("edition", ""))
    properties.created = properties.modified = day.replace(tzinfo=None)
    properties.revision = 1
    # The template carries a picture of an empty page, which file managers would show.
    package = file.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            package.rels.pop(key)


def _property(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST_PROPERTY else text[: _LONGEST_PROPERTY - 1] + "…"


def _set_footer(file: File, document: Document) -> None:
    edition = document.metadata.get("edition") or long_date(date.fromisoformat(document.date))
    if notice := document.metadata.get("notice"):
        header = file.sections[0].header.paragraphs[0]
        header.style = file.styles["Footer"]
        header.add_run(printable(notice)).bold = True
    footer = file.sections[0].footer.paragraphs[0]
    footer.style = file.styles["Footer"]
    footer.add_run(printable(f"{document.metadata.get('short-title') or document.title}. Edition: {edition}. Page "))
    add_field(footer, "PAGE", "1")
    footer.add_run(" of ")
    add_field(footer, "NUMPAGES", "1")


def _fixed(made: bytes) -> bytes:
    """The same archive without the moment at which it was written."""
    out = BytesIO()
    with ZipFile(BytesIO(made)) as given, ZipFile(out, "w") as fixed:
        for name in given.namelist():
            entry = ZipInfo(name, date_time=_MOMENT)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            fixed.writestr(entry, given.read(name))
    return out.getvalue()
