"""Checks of any PDF against what PDF/UA-1 asks and software can see.

They find what a reader with a screen reader would trip over, some of which a validator passes: headers marked as plain
cells, or a text alternative that describes nothing. Whether the reading order makes sense and an alternative says what
matters, a person has to judge.

References
----------
ISO 14289-1:2014 (PDF/UA-1); ISO 32000-1:2008, section 14.8; Matterhorn Protocol 1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

from synthesis.errors import UsageError
from synthesis.registry import Registry
from synthesis.render.assembly import EMPTY_ALTERNATIVES
from synthesis.render.pdf_tags import attribute, children, elements, kind, listed

# ISO 32000-1, section 14.8.4.
STANDARD_TYPES = frozenset(
    (
        *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct"),
        *("Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH"),
        *("TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot"),
        *("Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP", "Figure", "Formula", "Form"),
    )
)
_HEADINGS = tuple(f"H{level}" for level in range(1, 7))
_PAINTING = frozenset(
    ("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Tj", "TJ", "'", '"', "sh", "Do", "INLINE IMAGE")
)
_FONT_FILES = frozenset(("/FontFile", "/FontFile2", "/FontFile3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfCheck:
    """One check: its key, what it asks of a file, and the function that names what it finds."""

    key: str
    asks: str
    function: Callable[[pikepdf.Pdf], Iterator[str]] = field(repr=False)


def problems(made: bytes) -> tuple[str, ...]:
    """What is wrong with a PDF, each as ``key: what was found``; empty if nothing is.

    Parameters
    ----------
    made : bytes
        A whole PDF file.

    Raises
    ------
    UsageError
        If it is no PDF that can be opened.
    """
    try:
        with pikepdf.open(BytesIO(made)) as file:
            return tuple(f"{check.key}: {found}" for check in PDF_CHECKS.values() for found in check.function(file))
    except pikepdf.PasswordError:
        raise UsageError("the PDF is locked by a password; check a copy without one") from None
    except pikepdf.PdfError as error:
        raise UsageError(f"this is not a PDF that can be opened ({error}); give the path of a PDF file") from None


def _tree(file: pikepdf.Pdf) -> Any:
    """The structure tree, empty for a file without one; ``_tagged`` reports that."""
    return file.Root.get("/StructTreeRoot", pikepdf.Dictionary())


def _words(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _tagged(file: pikepdf.Pdf) -> Iterator[str]:
    mark = file.Root.get("/MarkInfo", pikepdf.Dictionary())
    if not mark.get("/Marked"):
        yield "the file does not say that it is tagged (MarkInfo, Marked)"
    if "/StructTreeRoot" not in file.Root:
        yield "there is no structure tree"
    elif "/ParentTree" not in _tree(file):
        yield "the structure tree has no way back from the page (ParentTree)"
    elif not children(_tree(file)):
        yield "the structure tree is empty"


def _language(file: pikepdf.Pdf) -> Iterator[str]:
    if not _words(file.Root.get("/Lang")):
        yield "the file does not name its language (Lang)"


def _title(file: pikepdf.Pdf) -> Iterator[str]:
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        in_metadata = _words(metadata.get("dc:title"))
    in_info = _words(file.trailer.get("/Info", pikepdf.Dictionary()).get("/Title"))
    if not in_metadata:
        yield "the metadata have no title (dc:title)"
    elif in_info != in_metadata:
        yield f"the title is {in_metadata!r} in the metadata and {in_info!r} in the document information"
    preferences = file.Root.get("/ViewerPreferences", pikepdf.Dictionary())
    if not preferences.get("/DisplayDocTitle"):
        yield "a window would show the file's name and not its title (DisplayDocTitle)"


def _identifier(file: pikepdf.Pdf) -> Iterator[str]:
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        part = _words(metadata.get("pdfuaid:part"))
    if part != "1":
        yield f"the file does not claim PDF/UA-1 (pdfuaid:part is {part or 'missing'})"


def _types(file: pikepdf.Pdf) -> Iterator[str]:
    roles = {str(name)[1:]: str(role)[1:] for name, role in _tree(file).get("/RoleMap", {}).items()}
    for name in sorted({kind(element) for element in elements(_tree(file))}):
        known, role = {name}, name
        while role not in STANDARD_TYPES and role in roles and roles[role] not in known:
            role = roles[role]
            known.add(role)
        if role not in STANDARD_TYPES:
            yield f"the structure type {name} is neither standard nor mapped to one that is"


def _headings(file: pikepdf.Pdf) -> Iterator[str]:
    before = 0
    for element in elements(_tree(file), *_HEADINGS):
        level = int(kind(element)[1])
        if level > before + 1:
            yield f"a heading of level {level} follows " + (f"one of level {before}" if before else "none of level 1")
        before = level


def _alternatives(file: pikepdf.Pdf) -> Iterator[str]:
    for number, element in enumerate(elements(_tree(file), "Figure", "Formula"), start=1):
        words = _words(element.get("/Alt"))
        what = f"{kind(element).lower()} {number}"
        if not words:
            yield f"{what} has no text alternative"
        elif EMPTY_ALTERNATIVES.fullmatch(words.lower()):
            yield f"{what} has a text alternative that says nothing: {words!r}"


def _tables(file: pikepdf.Pdf) -> Iterator[str]:
    for number, table in enumerate(elements(_tree(file), "Table"), start=1):
        rows = [[cell for cell in children(row) if kind(cell) in ("TH", "TD")] for row in _rows(table)]
        widths = sorted(set(_row_widths(rows)))
        if len(widths) != 1:
            yield f"table {number} has rows of {', '.join(map(str, widths)) or 'no'} columns"
        if not any(row and all(kind(cell) == "TH" for cell in row) for row in rows):
            yield f"table {number} has no header row"
        headers = [cell for row in rows for cell in row if kind(cell) == "TH"]
        bare = sum(str(attribute(cell, "/Scope")) not in ("/Row", "/Column", "/Both") for cell in headers)
        if bare:
            yield f"table {number} has {bare} of {len(headers)} headers that do not say what they head (Scope)"


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, without those of a table inside one of its cells."""
    for child in children(table):
        if kind(child) == "TR":
            yield child
        elif kind(child) in ("THead", "TBody", "TFoot"):
            yield from _rows(child)


def _row_widths(rows: list[list[Any]]) -> Iterator[int]:
    """How many columns each row covers, with cells that reach down from the rows above it."""
    reaching: list[tuple[int, int]] = []  # rows still to cover, columns
    for row in rows:
        covered = sum(columns for _, columns in reaching)
        reaching = [(left - 1, columns) for left, columns in reaching if left > 1]
        for cell in row:
            columns, deep = (int(attribute(cell, name) or 1) for name in ("/ColSpan", "/RowSpan"))
            covered += columns
            if deep > 1:
                reaching.append((deep - 1, columns))
        yield covered


def _lists(file: pikepdf.Pdf) -> Iterator[str]:
    allowed = {"L": {"L", "LI", "Caption"}, "LI": {"Lbl", "LBody"}}
    for element in elements(_tree(file), *allowed):
        wrong = sorted({kind(child) for child in children(element)} - allowed[kind(element)])
        if wrong:
            yield f"{kind(element)} contains {', '.join(wrong)}"
    for element in elements(_tree(file)):
        stray = sorted({kind(child) for child in children(element)} & {"LI", "Lbl", "LBody"})
        if stray and kind(element) not in ("L", "LI", "Note", "BibEntry"):
            yield f"{kind(element)} contains {', '.join(stray)} outside a list"


def _notes(file: pikepdf.Pdf) -> Iterator[str]:
    seen: set[str] = set()
    for element in elements(_tree(file), "Note"):
        name = _words(element.get("/ID"))
        if not name or name in seen:
            yield f"a note has the ID of another: {name!r}" if name else "a note has no ID"
        seen.add(name)


def _annotations(file: pikepdf.Pdf) -> Iterator[str]:
    parents = _tree(file).get("/ParentTree")
    known = pikepdf.NumberTree(parents) if parents is not None else {}
    for number, page in enumerate(file.pages, start=1):
        marks = [mark for mark in page.get("/Annots", []) if str(mark.get("/Subtype")) != "/Popup"]
        if marks and str(page.get("/Tabs")) != "/S":
            yield f"page {number} is not walked in the order of its structure (Tabs)"
        loose = sum("/StructParent" not in mark or int(mark.StructParent) not in known for mark in marks)
        if loose:
            yield f"page {number} has {loose} of {len(marks)} links or notes outside the structure (StructParent)"
        silent = sum(not _words(mark.get("/Contents")) for mark in marks)
        if silent:
            yield f"page {number} has {silent} of {len(marks)} links or notes without a description (Contents)"


def _painting(file: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(file.pages, start=1):
        depth = outside = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            outside += not depth and operator in _PAINTING
        if outside:
            yield f"page {number} has {outside} marks that are neither content nor decoration"
        if depth:
            yield f"page {number} does not close what it opens ({depth} pieces of content)"


def _fonts(file: pikepdf.Pdf) -> Iterator[str]:
    fonts: dict[Any, Any] = {}
    for page in file.pages:
        _collect_fonts(page.get("/Resources"), fonts, set())
    for font in fonts.values():
        name = str(font.get("/BaseFont", "/unnamed"))[1:]
        descendant = (listed(font.get("/DescendantFonts")) or [font])[0]
        held = set(descendant.get("/FontDescriptor", pikepdf.Dictionary()).keys())
        if not held & _FONT_FILES and str(font.get("/Subtype")) != "/Type3":
            yield f"the font {name} is not embedded"
        if "/ToUnicode" not in font:
            yield f"the font {name} does not say which letters its shapes are (ToUnicode)"


def _collect_fonts(resources: Any, fonts: dict[Any, Any], seen: set[Any]) -> None:
    if resources is None:
        return
    for font in resources.get("/Font", {}).values():
        fonts.setdefault(font.objgen, font)
    for drawing in resources.get("/XObject", {}).values():
        if drawing.objgen not in seen:
            seen.add(drawing.objgen)
            _collect_fonts(drawing.get("/Resources"), fonts, seen)


PDF_CHECKS = Registry(
    "PDF check",
    (
        PdfCheck(key="tagged", asks="a structure tree that leads from the page to it and back", function=_tagged),
        PdfCheck(key="language", asks="a language", function=_language),
        PdfCheck(key="title", asks="one title, in the metadata and shown by the window", function=_title),
        PdfCheck(key="identifier", asks="the claim of PDF/UA-1", function=_identifier),
        PdfCheck(key="types", asks="structure types that are standard or mapped to one", function=_types),
        PdfCheck(key="headings", asks="headings that start at level 1 and skip none", function=_headings),
        PdfCheck(key="alternatives", asks="a text alternative that says something, on each figure and formula",
                 function=_alternatives),
        PdfCheck(key="tables", asks="tables with rows of one width, a header row, and headers that say what they head",
                 function=_tables),
        PdfCheck(key="lists", asks="lists made of items, items of label and body", function=_lists),
        PdfCheck(key="notes", asks="notes with an ID of their own", function=_notes),
        PdfCheck(key="annotations", asks="links with a description, in the structure and in its order",
                 function=_annotations),
        PdfCheck(key="painting", asks="nothing on a page that is neither content nor decoration", function=_painting),
        PdfCheck(key="fonts", asks="fonts in the file, with the letters their shapes stand for", function=_fonts),
    ),
)  # fmt: skip
