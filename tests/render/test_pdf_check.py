"""Each fault that a PDF can have is found: one is put into a good file at a time."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from synthesis.document.elements import Document
from synthesis.errors import UsageError
from synthesis.render.pdf import to_pdf
from synthesis.render.pdf_check import PDF_CHECKS, problems
from synthesis.render.pdf_tags import children, elements, kind, listed

Fault = Callable[[pikepdf.Pdf], None]


@pytest.fixture(scope="module")
def good(sample: Document) -> bytes:
    return to_pdf(sample)


def tree(file: pikepdf.Pdf) -> Any:
    return file.Root.StructTreeRoot


def first(file: pikepdf.Pdf, name: str) -> Any:
    return next(elements(tree(file), name))


def parent_of(file: pikepdf.Pdf, name: str) -> Any:
    return next(element for element in elements(tree(file)) if any(kind(child) == name for child in children(element)))


def metadata(name: str, value: str | None) -> Fault:
    def change(file: pikepdf.Pdf) -> None:
        with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as data:
            if value is None:
                del data[name]
            else:
                data[name] = value

    return change


def drop(find: Callable[[pikepdf.Pdf], Any], *names: str) -> Fault:
    def change(file: pikepdf.Pdf) -> None:
        for name in names:
            del find(file)[name]

    return change


def figure_alternative(words: str) -> Fault:
    def change(file: pikepdf.Pdf) -> None:
        first(file, "Figure").Alt = pikepdf.String(words)

    return change


def no_scope(file: pikepdf.Pdf) -> None:
    for cell in elements(tree(file), "TH"):
        for attributes in listed(cell.A):
            if "/Scope" in attributes:
                del attributes["/Scope"]


def skipped_heading(file: pikepdf.Pdf) -> None:
    first(file, "H2").S = pikepdf.Name.H4


def ragged_row(file: pikepdf.Pdf) -> None:
    row = list(elements(tree(file), "TR"))[-1]
    row.K = pikepdf.Array(list(row.K)[:-1])


def headers_as_cells(file: pikepdf.Pdf) -> None:
    for cell in elements(tree(file), "TH"):
        cell.S = pikepdf.Name.TD


def unknown_type(file: pikepdf.Pdf) -> None:
    first(file, "P").S = pikepdf.Name.Paragraph


def roles_in_a_circle(file: pikepdf.Pdf) -> None:
    unknown_type(file)
    tree(file).RoleMap["/Paragraph"] = pikepdf.Name.Absatz
    tree(file).RoleMap["/Absatz"] = pikepdf.Name.Paragraph


def paint_outside(file: pikepdf.Pdf) -> None:
    page = file.pages[0]
    page.contents_add(file.make_stream(b"q 0 0 m 10 10 l S Q"))


def unclosed(file: pikepdf.Pdf) -> None:
    file.pages[0].contents_add(file.make_stream(b"/Artifact BMC"))


def not_embedded(file: pikepdf.Pdf) -> None:
    for font in file.pages[0].Resources.Font.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        for name in {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            del descriptor[name]


def unreadable_font(file: pikepdf.Pdf) -> None:
    for font in file.pages[0].Resources.Font.values():
        del font["/ToUnicode"]


def loose_item(file: pikepdf.Pdf) -> None:
    element = parent_of(file, "LI")
    element.S = pikepdf.Name.Div


def item_of_paragraphs(file: pikepdf.Pdf) -> None:
    first(file, "LBody").S = pikepdf.Name.P


def note(file: pikepdf.Pdf) -> None:
    first(file, "P").S = pikepdf.Name.Note


def notes_of_one_name(file: pikepdf.Pdf) -> None:
    for element in list(elements(tree(file), "P"))[:2]:
        element.S, element.ID = pikepdf.Name.Note, pikepdf.String("n1")


def linked_page(file: pikepdf.Pdf) -> Any:
    return next(page.obj for page in file.pages if "/Annots" in page)


def link(file: pikepdf.Pdf) -> Any:
    return linked_page(file).Annots[0]


def link_to_nowhere(file: pikepdf.Pdf) -> None:
    link(file).StructParent = 999_999


def empty_tree(file: pikepdf.Pdf) -> None:
    tree(file).K = pikepdf.Array([])


def window_title(file: pikepdf.Pdf) -> None:
    file.Root.ViewerPreferences.DisplayDocTitle = False


def other_title(file: pikepdf.Pdf) -> None:
    file.trailer.Info.Title = pikepdf.String("Something else")


def unmarked(file: pikepdf.Pdf) -> None:
    file.Root.MarkInfo.Marked = False


def blank_language(file: pikepdf.Pdf) -> None:
    file.Root.Lang = pikepdf.String(" ")


# What is done to the file, the check that must see it, and a part of what it must say. The first nine are those that
# a survey of checkers seeded; two of them pass a validator.
FAULTS: dict[str, tuple[Fault, str, str]] = {
    "figure-without-alternative": (drop(lambda file: first(file, "Figure"), "/Alt"), "alternatives", "figure 1 has no"),
    "no-language": (drop(lambda file: file.Root, "/Lang"), "language", "does not name its language"),
    "file-name-shown": (window_title, "title", "DisplayDocTitle"),
    "headers-without-scope": (no_scope, "tables", "do not say what they head"),
    "heading-skipped": (skipped_heading, "headings", "a heading of level 4 follows one of level 1"),
    "ragged-row": (ragged_row, "tables", "table 3 has rows of 4, 5 columns"),
    "no-claim": (metadata("pdfuaid:part", None), "identifier", "pdfuaid:part is missing"),
    "headers-as-cells": (headers_as_cells, "tables", "no header row"),
    "empty-alternative": (
        figure_alternative("No description has been provided for this image"), "alternatives", "says nothing",
    ),
    "blank-alternative": (figure_alternative(" "), "alternatives", "has no text alternative"),
    "blank-language": (blank_language, "language", "does not name its language"),
    "not-marked": (unmarked, "tagged", "does not say that it is tagged"),
    "no-tree": (drop(lambda file: file.Root, "/StructTreeRoot"), "tagged", "no structure tree"),
    "empty-tree": (empty_tree, "tagged", "the structure tree is empty"),
    "no-way-back": (drop(tree, "/ParentTree"), "tagged", "no way back"),
    "no-title": (metadata("dc:title", None), "title", "no title"),
    "two-titles": (other_title, "title", "'Something else' in the document information"),
    "another-standard": (metadata("pdfuaid:part", "2"), "identifier", "pdfuaid:part is 2"),
    "unknown-type": (unknown_type, "types", "Paragraph is neither"),
    "roles-in-a-circle": (roles_in_a_circle, "types", "Paragraph is neither"),
    "items-outside-a-list": (loose_item, "lists", "Div contains LI outside a list"),
    "item-of-paragraphs": (item_of_paragraphs, "lists", "LI contains P"),
    "note-without-id": (note, "notes", "a note has no ID"),
    "notes-of-one-name": (notes_of_one_name, "notes", "the ID of another: 'n1'"),
    "no-tab-order": (drop(linked_page, "/Tabs"), "annotations", "(Tabs)"),
    "link-outside-the-structure": (drop(link, "/StructParent"), "annotations", "(StructParent)"),
    "link-to-nowhere": (link_to_nowhere, "annotations", "(StructParent)"),
    "link-without-description": (drop(link, "/Contents"), "annotations", "(Contents)"),
    "painted-outside": (paint_outside, "painting", "page 1 has 1 marks"),
    "left-open": (unclosed, "painting", "page 1 does not close"),
    "font-not-embedded": (not_embedded, "fonts", "is not embedded"),
    "font-that-cannot-be-read": (unreadable_font, "fonts", "(ToUnicode)"),
}  # fmt: skip


def test_a_good_file_has_no_problem(good: bytes) -> None:
    assert problems(good) == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_check_that_looks_for_it(good: bytes, name: str) -> None:
    seed, key, words = FAULTS[name]
    with pikepdf.open(BytesIO(good)) as file:
        seed(file)
        target = BytesIO()
        file.save(target)
    found = problems(target.getvalue())
    assert any(text.startswith(f"{key}: ") and words in text for text in found), found


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert {key for _, key, _ in FAULTS.values()} == set(PDF_CHECKS)


def test_a_cell_that_reaches_down_counts_in_the_rows_it_reaches() -> None:
    def row(*cells: dict[str, int]) -> Any:
        made = [
            pikepdf.Dictionary(S=pikepdf.Name.TH, A=pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row))
            for _ in cells
        ]
        for cell, spans in zip(made, cells, strict=True):
            for name, count in spans.items():
                cell.A[f"/{name}"] = count
        return pikepdf.Dictionary(S=pikepdf.Name.TR, K=pikepdf.Array(made))

    def about(*rows: Any) -> list[str]:
        file = pikepdf.new()
        table = pikepdf.Dictionary(S=pikepdf.Name.Table, K=pikepdf.Array(rows))
        file.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Array([table]))
        return list(PDF_CHECKS["tables"].function(file))

    assert about(row({"RowSpan": 2}, {"ColSpan": 2}), row({}, {}), row({}, {}, {})) == []
    assert about(row({"RowSpan": 2}, {"ColSpan": 2}), row({}, {}), row({}, {})) == ["table 1 has rows of 2, 3 columns"]
    assert about() == ["table 1 has rows of no columns", "table 1 has no header row"]


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(UsageError, match="not a PDF that can be opened"):
        problems(b"<html></html>")


def test_a_locked_file_is_refused(good: bytes) -> None:
    target = BytesIO()
    with pikepdf.open(BytesIO(good)) as file:
        file.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(UsageError, match="locked by a password"):
        problems(target.getvalue())
