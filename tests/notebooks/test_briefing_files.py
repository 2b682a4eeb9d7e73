"""The files of the shipped briefing and its annex: small, sound, and saying the same thing in both forms."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import html

from synthesis.document.elements import Document, Figure, Table, plain
from synthesis.document.walk import every_block
from synthesis.render.assembly import assembled
from synthesis.render.html import to_html
from synthesis.render.pdf import to_pdf
from synthesis.render.pdf_check import problems
from synthesis.render.pdf_tags import elements

# What a page may weigh, as it is and as a server sends it.
MOST_BYTES = 300_000
MOST_COMPRESSED = 60_000


# A briefing is for people with little time: it stays well below what a page may weigh, and short in print.
MOST_BYTES_OF_A_BRIEFING = 200_000
MOST_PAGES_OF_A_BRIEFING = 22


@pytest.fixture(scope="module", params=["briefing", "annex"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def document(name: str, documents: dict[str, Document]) -> Document:
    return documents[name]


@pytest.fixture(scope="module")
def page(name: str, built: dict[str, bytes]) -> Any:
    return html.document_fromstring(built[f"{name}.html"].decode())


@pytest.fixture(scope="module")
def file(name: str, built: dict[str, bytes]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(built[f"{name}.pdf"])) as opened:
        yield opened


@pytest.fixture(scope="module")
def text(name: str, built: dict[str, bytes]) -> str:
    with pypdfium2.PdfDocument(built[f"{name}.pdf"]) as opened:
        return "\n".join(found.get_textpage().get_text_bounded() for found in opened)


def tables_of(document: Document) -> list[Table]:
    """Tables in the order of the PDF, where those behind figures have a section of their own."""
    behind = [figure.data for figure in figures_of(document) if figure.data]
    return [
        block for block in every_block(document.blocks) if isinstance(block, Table) and block not in behind
    ] + behind


def figures_of(document: Document) -> list[Figure]:
    return [block for block in every_block(document.blocks) if isinstance(block, Figure)]


def test_the_page_keeps_to_its_budget(name: str, built: dict[str, bytes]) -> None:
    made = built[f"{name}.html"]
    assert len(made) <= MOST_BYTES
    assert len(gzip.compress(made, 9, mtime=0)) <= MOST_COMPRESSED


def test_the_briefing_is_short(built: dict[str, bytes]) -> None:
    assert len(built["briefing.html"]) <= MOST_BYTES_OF_A_BRIEFING
    with pypdfium2.PdfDocument(built["briefing.pdf"]) as opened:
        assert len(opened) <= MOST_PAGES_OF_A_BRIEFING


def test_each_leads_to_the_other(built: dict[str, bytes]) -> None:
    pages = {name: html.document_fromstring(built[f"{name}.html"].decode()) for name in ("briefing", "annex")}
    for name, other in (("briefing", "annex"), ("annex", "briefing")):
        links = [link for link in pages[name].xpath("//a/@href") if link.startswith(f"{other}.html")]
        assert links
        for link in links:
            _, _, place = link.partition("#")
            assert not place or pages[other].get_element_by_id(place) is not None
        with pikepdf.open(BytesIO(built[f"{name}.pdf"])) as opened:
            notes = [note for sheet in opened.pages for note in sheet.get("/Annots", [])]
            targets = {str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A}
        assert any(target.startswith(f"{other}.pdf") for target in targets)


def test_the_pdf_passes_every_check(name: str, built: dict[str, bytes]) -> None:
    assert problems(built[f"{name}.pdf"]) == ()


def test_both_forms_have_one_title_and_one_language(page: Any, file: pikepdf.Pdf) -> None:
    assert str(file.docinfo.Title) == page.findtext(".//title").strip()
    assert str(file.Root.Lang) == page.get("lang")


def test_every_figure_has_its_own_alternative(document: Document, page: Any, file: pikepdf.Pdf) -> None:
    figures = figures_of(document)
    assert figures
    expected = [figure.alt for figure in figures]
    assert [str(found.Alt) for found in elements(file.Root.StructTreeRoot, "Figure")] == expected
    # On the page a drawing may be a table that can be sorted instead; then it needs no words in its place.
    assert set(page.xpath("//*[local-name()='desc']/text()")) <= set(expected)
    assert len(set(expected)) == len(expected)
    for figure in figures:
        assert figure.alt not in (figure.title, plain(figure.caption))


def test_every_table_is_one_table(document: Document, page: Any, file: pikepdf.Pdf) -> None:
    expected = [len(table.rows) + 1 for table in tables_of(document)]
    found = elements(file.Root.StructTreeRoot, "Table")
    assert [len(list(elements(table, "TR"))) for table in found] == expected
    behind = {figure.data.id for figure in figures_of(document) if figure.data}
    own = {table.id: len(table.rows) + 1 for table in tables_of(document) if table.id not in behind}
    assert {name: len(page.get_element_by_id(name).xpath(".//tr")) for name in own} == own


def test_the_pdf_says_every_number_of_the_tables(document: Document, text: str) -> None:
    shown = re.sub(r"[\s\ufffe\x02]+", "", text)
    numbers = {
        number
        for table in tables_of(assembled(document))
        for row in table.rows
        for cell in row.cells
        for number in re.findall(r"\d(?:[\d,.]*\d)?", plain(cell))
    }
    assert len(numbers) > 100
    assert sorted(number for number in numbers if number not in shown) == []


def test_the_same_document_gives_the_same_bytes(name: str, document: Document, built: dict[str, bytes]) -> None:
    assert to_html(document).encode() == built[f"{name}.html"]
    assert to_pdf(document) == built[f"{name}.pdf"]
