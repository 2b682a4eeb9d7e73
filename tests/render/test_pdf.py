"""The PDF is tagged as PDF/UA-1 asks, and says everything the document says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from synthesis.document.elements import Column, Document, Figure, Paragraph, Row, Span, Table, line, plain
from synthesis.document.walk import every_block, every_line
from synthesis.errors import DocumentError
from synthesis.render.assembly import assembled
from synthesis.render.pdf import to_pdf
from synthesis.render.pdf_check import problems
from synthesis.render.pdf_tags import attribute, children, elements, kind


@pytest.fixture(scope="module")
def made(sample: Document) -> bytes:
    return to_pdf(sample)


@pytest.fixture(scope="module")
def file(made: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(made)) as opened:
        yield opened


def text_of(made: bytes) -> str:
    with pypdfium2.PdfDocument(made) as opened:
        return "\n".join(page.get_textpage().get_text_bounded() for page in opened)


def squeezed(text: str) -> str:
    """Without spaces, which line breaks add, and the hyphens that end lines."""
    return re.sub(r"[\s\ufffe\x02]+", "", text)


def test_the_file_says_what_it_is(file: pikepdf.Pdf, sample: Document) -> None:
    root = file.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang) == sample.language
    assert root.ViewerPreferences.DisplayDocTitle
    assert "/ParentTree" in root.StructTreeRoot
    assert str(file.docinfo.Title) == sample.title
    with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        assert metadata["dc:title"] == sample.title
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert str(metadata["xmp:CreateDate"]).startswith(sample.date)
        assert metadata["dc:creator"] == [sample.metadata["author"]]


def test_every_section_has_a_bookmark(file: pikepdf.Pdf) -> None:
    with file.open_outline() as outline:
        assert [item.title for item in outline.root[0].children] == [
            "Key messages",
            "Summary of findings",
            "What others recommend",
            "Methods",
            "Data behind the figures",
            "References",
        ]


def test_figures_have_their_alternative(file: pikepdf.Pdf, sample: Document) -> None:
    expected = [block.alt for block in every_block(sample.blocks) if isinstance(block, Figure)]
    assert [str(element.Alt) for element in elements(file.Root.StructTreeRoot, "Figure")] == expected


def test_one_table_element_for_each_table(file: pikepdf.Pdf, sample: Document) -> None:
    # The order of the page: the table behind a figure comes in its own section near the end.
    blocks = [block for block in every_block(sample.blocks) if isinstance(block, Table)]
    blocks.sort(key=lambda block: block.id == "forest-data")
    tables = list(elements(file.Root.StructTreeRoot, "Table"))
    rows = [len(list(elements(table, "TR"))) for table in tables]
    assert rows == [len(block.rows) + 1 for block in blocks]
    assert max(rows) == 121


def test_tables_are_regular_and_every_header_has_its_scope(file: pikepdf.Pdf) -> None:
    for table in elements(file.Root.StructTreeRoot, "Table"):
        (head,) = elements(table, "THead")
        widths = {sum(int(attribute(cell, "/ColSpan") or 1) for cell in children(row)) for row in elements(table, "TR")}
        assert len(widths) == 1
        assert {str(attribute(cell, "/Scope")) for cell in elements(head, "TH")} == {"/Column"}
        for body in elements(table, "TBody"):
            for row in children(body):
                first, *others = children(row)
                # A row with one cell heads the group of rows below it.
                assert (kind(first), str(attribute(first, "/Scope"))) == ("TH", "/Row" if others else "/Column")
                assert {kind(cell) for cell in others} <= {"TD"}


def test_every_cell_names_its_headers(file: pikepdf.Pdf) -> None:
    root = file.Root.StructTreeRoot
    named = pikepdf.NameTree(root.IDTree)
    for name, element in named.items():
        assert (kind(element), str(element.ID)) == ("TH", name)
    for body in elements(root, "TBody"):
        for row in children(body):
            first, *others = children(row)
            for cell in others:
                headers = [str(name) for name in attribute(cell, "/Headers")]
                assert str(first.ID) in headers
                assert len(headers) > 1
                assert all(name in named for name in headers)


def test_the_checks_have_something_to_check(made: bytes, file: pikepdf.Pdf) -> None:
    # A file without lists, links or headings would pass them.
    assert problems(made) == ()
    used = {kind(element) for element in elements(file.Root.StructTreeRoot)}
    assert used >= {"H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "Figure", "Caption", "Link"}
    assert [kind(element) for element in elements(file.Root.StructTreeRoot, "H1", "H2")].count("H1") == 1
    assert {str(page.Tabs) for page in file.pages} == {"/S"}
    assert sum(len(page.get("/Annots", [])) for page in file.pages) > 10


def test_fonts_are_embedded_and_can_be_read_back(file: pikepdf.Pdf) -> None:
    names = set()
    for page in file.pages:
        for font in page.Resources.get("/Font", {}).values():
            names.add(str(font.BaseFont).partition("+")[2])
            assert "/ToUnicode" in font
            descendant = font.DescendantFonts[0]
            assert set(descendant.FontDescriptor.keys()) & {"/FontFile2", "/FontFile3"}
    assert {name.split("-")[0] for name in names} <= {"SourceSans3", "DejaVuSans", "DejaVuSansMono"}
    assert "SourceSans3-Regular" in names


def test_every_word_and_number_is_in_the_pdf(made: bytes, sample: Document) -> None:
    shown = squeezed(text_of(made))
    spans = [span for found in every_line(assembled(sample).blocks) for span in found]
    assert [span.text for span in spans if squeezed(span.text) not in shown] == []
    for table in (block for block in every_block(sample.blocks) if isinstance(block, Table)):
        for row in table.rows:
            assert squeezed("".join(map(plain, row.cells))) in re.sub("[●○?]", "", shown)


def test_pages_are_numbered_and_named(made: bytes) -> None:
    with pypdfium2.PdfDocument(made) as opened:
        pages = [squeezed(page.get_textpage().get_text_bounded()) for page in opened]
    for number, page in enumerate(pages, start=1):
        assert f"Page{number}of{len(pages)}" in page
        assert "Edition2026-11" in page
        assert ("Mutualaid(test)" in page) == (number > 1)


def test_the_title_is_printed_without_a_masthead() -> None:
    bare = Document(
        title="Bare", language="en", date="2026-11-03", metadata={}, blocks=(Paragraph(text=line("Text.")),)
    )
    assert text_of(to_pdf(bare)).startswith("Bare")


def test_a_long_word_and_a_wide_table_stay_on_the_page(sample: Document) -> None:
    columns = tuple(
        Column(label=f"A column with label {index}", align="right" if index else "left") for index in range(9)
    )
    cells = (
        line("Averyveryverylongwordwithoutanyplacetobreakit"),
        *(line("1,234.56 (−0.12 to 2,345.67)") for _ in range(8)),
    )
    table = Table(id="wide", caption="Wide", columns=columns, rows=(Row(cells=cells),) * 3)
    address = "https://example.org/" + "a-very-long-path/" * 12
    link = Paragraph(text=line(Span(text=address, style="link", target=address)))
    made = to_pdf(replace(sample, blocks=(table, link)))
    with pypdfium2.PdfDocument(made) as opened:
        for page in opened:
            width, height = page.get_size()
            words = page.get_textpage()
            for place in range(words.count_chars()):
                left, bottom, right, top = words.get_charbox(place)
                assert left >= 40
                assert right <= width - 40
                assert bottom >= 20
                assert top <= height - 20


def test_a_row_taller_than_a_page_is_not_cut_off(sample: Document) -> None:
    long = " ".join(f"word{index}" for index in range(1500))
    table = Table(
        id="tall",
        caption="Tall",
        columns=(Column(label="A"), Column(label="B")),
        rows=(Row(cells=(line("x"), line(long))),),
    )
    assert "word1499" in text_of(to_pdf(replace(sample, blocks=(table,))))


def test_hostile_text_stays_text(sample: Document) -> None:
    evil = '#panic("x") $a$ @b <c> \\ "d" [e] */ // f'
    spans = line(evil, Span(text=evil, style="number", target=evil))
    made = to_pdf(
        replace(sample, title=evil, metadata={"author": evil, "edition": evil}, blocks=(Paragraph(text=spans),))
    )
    assert squeezed(text_of(made)).count(squeezed(evil)) == 4
    with pikepdf.open(BytesIO(made)) as opened:
        assert str(opened.docinfo.Title) == evil


def test_what_typst_refuses_is_an_error_of_the_document(sample: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthesis.render.pdf.prelude", lambda: "#panic()")
    with pytest.raises(DocumentError, match="the PDF cannot be made"):
        to_pdf(sample)


def test_a_short_table_is_on_one_page_with_its_notes() -> None:
    table = Table(
        id="short", caption="A short table", columns=(Column(label="Name", width=1),),
        rows=(Row(cells=(line("first row"),)), Row(cells=(line("last row"),))), notes=(line("what it rests on"),),
    )  # fmt: skip
    broken = 0
    for count in range(24, 34):
        filler = tuple(Paragraph(text=line(f"Paragraph {index}.")) for index in range(count))
        made = to_pdf(
            Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=(*filler, table))
        )
        with pypdfium2.PdfDocument(made) as opened:
            pages = [page.get_textpage().get_text_bounded() for page in opened]
        at = [index for index, page in enumerate(pages) if "what it rests on" in page]
        assert at == [index for index, page in enumerate(pages) if "last row" in page]
        broken += len(pages) > 1
    assert 0 < broken < 10
