"""The Word file has real styles, headers, alternatives and links, and says everything the document says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as File
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph
from hypothesis import given
from hypothesis import strategies as st

from synthesis.document.elements import (
    Block,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    Line,
    ListBlock,
    Paragraph,
    Row,
    Span,
    StatementItem,
    Statements,
    Table,
    line,
    plain,
)
from synthesis.document.walk import every_block, every_line
from synthesis.errors import DocumentError
from synthesis.render.docx import to_docx
from synthesis.render.docx_blocks import Writer
from synthesis.render.docx_parts import bookmark_names
from synthesis.render.drawings import png, shown_width_mm


@pytest.fixture(scope="module")
def made(sample: Document) -> bytes:
    return to_docx(sample)


@pytest.fixture(scope="module")
def file(made: bytes) -> File:
    return docx.Document(BytesIO(made))


def small(*blocks: Block) -> Document:
    return Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=blocks)


def opened(*blocks: Block) -> File:
    return docx.Document(BytesIO(to_docx(small(*blocks))))


def words(element: Any) -> str:
    """The text of an element in reading order, links and fields included."""
    parts = {qn("w:t"): lambda node: node.text or "", qn("w:br"): lambda node: "\n"}
    return "".join(parts[node.tag](node) for node in element.iter(*parts))


def styled(file: File, *styles: str) -> list[WordParagraph]:
    return [
        paragraph for paragraph in file.paragraphs if paragraph.style is not None and paragraph.style.name in styles
    ]


def attributes(root: Any, tag: str, name: str) -> list[str]:
    return [node.get(qn(name)) for node in root.iter(qn(tag))]


def test_the_same_document_gives_the_same_bytes(made: bytes, sample: Document) -> None:
    assert to_docx(sample) == made
    with ZipFile(BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        assert "docProps/thumbnail.jpeg" not in archive.namelist()


def test_properties_come_from_the_document(file: File, sample: Document) -> None:
    properties = file.core_properties
    assert (properties.title, properties.author) == (sample.title, "The test team")
    assert (properties.language, properties.keywords) == ("en-GB", "mutual aid, test")
    assert properties.created == properties.modified
    assert properties.created is not None and properties.created.replace(tzinfo=None) == datetime(2026, 11, 3)
    assert set(attributes(file.styles.element, "w:lang", "w:val")) == {"en-GB"}


def test_long_properties_are_shortened_and_say_so() -> None:
    made = to_docx(replace(small(), title="long " * 100))
    title = docx.Document(BytesIO(made)).core_properties.title
    assert len(title) == 255 and title.endswith("…")


def test_sections_are_real_headings(file: File, sample: Document) -> None:
    headings = [block for block in every_block(sample.blocks) if isinstance(block, Heading)]
    shown = [
        (paragraph.text, paragraph.style.name)
        for paragraph in file.paragraphs
        if paragraph.style is not None and str(paragraph.style.name).startswith("Heading")
    ]
    expected = [(plain(block.text), f"Heading {block.level - 1}") for block in headings]
    expected.insert(-1, ("Data behind the figures", "Heading 1"))
    assert shown == expected
    assert [paragraph.text for paragraph in styled(file, "Title")] == [sample.title]


def test_a_document_without_a_masthead_has_its_title() -> None:
    assert [paragraph.text for paragraph in styled(opened(Paragraph(text=line("x"))), "Title")] == ["A test"]


def test_every_word_and_number_is_in_the_file(file: File, sample: Document) -> None:
    shown = re.sub(r"\s+", " ", words(file.element.body))
    missing = [
        span.text
        for found in every_line(sample.blocks)
        for span in found
        if span.style != "cite" and re.sub(r"\s+", " ", span.text) not in shown
    ]
    assert missing == []
    for block in every_block(sample.blocks):
        if isinstance(block, Table):
            assert all(column.label in shown for column in block.columns)


def tables(sample: Document) -> list[Table]:
    """The tables in the order in which the file has them: those behind figures last."""
    found = [block for block in every_block(sample.blocks) if isinstance(block, Table)]
    behind = [block.data for block in every_block(sample.blocks) if isinstance(block, Figure) and block.data]
    return [table for table in found if table not in behind] + behind


def test_tables_have_repeated_header_rows_and_a_header_column(file: File, sample: Document) -> None:
    assert len(file.tables) == len(tables(sample))
    for shown, table in zip(file.tables, tables(sample), strict=True):
        properties: Any = shown._tbl.tblPr
        look = properties.find(qn("w:tblLook"))
        assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")
        assert attributes(properties, "w:tblCaption", "w:val") == [table.caption]
        rows = shown._tbl.tr_lst
        assert len(rows) == len(table.rows) + 1
        assert [bool(list(row.iter(qn("w:tblHeader")))) for row in rows] == [True] + [False] * len(table.rows)
        assert all(list(row.iter(qn("w:cantSplit"))) for row in rows)
        for row, source in zip(rows[1:], table.rows, strict=True):
            assert len(row.tc_lst) == len(source.cells)
            style = "TableGroup" if source.style == "group" else "TableRowHeading"
            assert row.tc_lst[0].p_lst[0].style == style
            assert all(cell.p_lst[0].style == "TableText" for cell in row.tc_lst[1:])


def test_group_rows_span_the_table(file: File) -> None:
    row = file.tables[0]._tbl.tr_lst[1]
    assert [cell.grid_span for cell in row.tc_lst] == [6]
    assert words(row) == "Attendance"


def test_captions_have_numbers_that_word_keeps(file: File) -> None:
    captions = [words(paragraph._p) for paragraph in styled(file, "Caption")]
    assert captions == [
        "Table 1: What facilitation changes at 12 months",
        "Figure 1: Facilitation probably increases days without drinking",
        "Table 2: All 120 test studies",
        "Data for figure 1: Abstinent days, study by study",
    ]
    fields = attributes(file.element.body, "w:fldSimple", "w:instr")
    assert fields == [r" SEQ Table \* ARABIC ", r" SEQ Figure \* ARABIC ", r" SEQ Table \* ARABIC "]
    assert all(paragraph.paragraph_format.keep_with_next is None for paragraph in styled(file, "Caption"))
    assert file.styles["Caption"].paragraph_format.keep_with_next  # type: ignore[attr-defined]


def test_pictures_have_their_text_alternative(file: File, sample: Document) -> None:
    figures = [block for block in every_block(sample.blocks) if isinstance(block, Figure)]
    shapes = list(file.inline_shapes)
    assert len(shapes) == len(figures)
    for shape, figure in zip(shapes, figures, strict=True):
        about = shape._inline.docPr
        assert about.get("descr") == figure.alt
        assert about.get("title") == figure.title
        assert shape.width.mm == pytest.approx(shown_width_mm(figure), abs=0.01)


def test_a_high_drawing_fits_on_a_page() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400"><path d="M0 0h9"/></svg>'
    high = Figure(id="f", title="High", caption=line("c"), alt="A high drawing", svg=svg)
    (shape,) = opened(high).inline_shapes
    assert shape.height.mm == pytest.approx(190, abs=0.5)


def test_drawings_are_drawn_the_same_each_time_and_at_print_size() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect width="100" height="50"/></svg>'
    image = png(svg, name="f", width_mm=25.4)
    assert image == png(svg, name="f", width_mm=25.4)
    assert image.startswith(b"\x89PNG")
    assert (int.from_bytes(image[16:20]), int.from_bytes(image[20:24])) == (200, 100)


@pytest.mark.parametrize("svg", ["<svg", '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'])
def test_a_drawing_that_cannot_be_trusted_is_refused(svg: str) -> None:
    with pytest.raises(DocumentError, match="'f'"):
        png(svg, name="f")


def test_links_and_citations_lead_to_bookmarks_or_addresses(file: File, sample: Document) -> None:
    body = file.element.body
    names = attributes(body, "w:bookmarkStart", "w:name")
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name) for name in names)
    numbers = attributes(body, "w:bookmarkStart", "w:id")
    assert len(set(numbers)) == len(numbers)
    assert numbers == attributes(body, "w:bookmarkEnd", "w:id")
    anchors = [target for target in attributes(body, "w:hyperlink", "w:anchor") if target]
    assert len(anchors) == 9 and set(anchors) <= set(names)
    relations = [key for key in attributes(body, "w:hyperlink", "r:id") if key]
    assert {file.part.rels[key].target_ref for key in relations} == {"https://doi.org/10.0000/test"}
    shown = words(body)
    assert "(from 11 to 152 more) [1, 2]." in shown
    assert "score was −2.5 points [2]." in shown


def test_a_number_leads_to_the_table_or_row_it_rests_on(leading: tuple[Block, ...]) -> None:
    body = opened(*leading).element.body
    marked = {node.get(qn("w:name")): words(node.getparent()) for node in body.iter(qn("w:bookmarkStart"))}
    links = [(words(link), marked[link.get(qn("w:anchor"))]) for link in body.iter(qn("w:hyperlink"))]
    assert links == [("12", "Table 1: Effects"), ("34", "y"), ("34", "y")]


def test_all_text_of_a_table_has_one_size(leading: tuple[Block, ...]) -> None:
    (table,) = opened(*leading).tables
    runs = list(table._tbl.iter(qn("w:r")))
    assert len(runs) == 6
    assert {run.find(f"{qn('w:rPr')}/{qn('w:sz')}").get(qn("w:val")) for run in runs} == {"18"}


def test_each_reference_is_a_place_to_go_to(file: File) -> None:
    marked = [
        words(node.getparent())
        for node in file.element.body.iter(qn("w:bookmarkStart"))
        if "ref_" in node.get(qn("w:name"))
    ]
    assert [text.split(".")[0] for text in marked] == ["Beta C, Gamma D", "Alpha A", "Gamma E, et al"]


def item_numbers(file: File) -> list[str]:
    return [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in file.paragraphs
        if paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    ]


def test_each_numbered_list_starts_at_one() -> None:
    item = (Paragraph(text=line("x")),)
    once = ListBlock(items=(item, item), ordered=True)
    file = opened(once, Paragraph(text=line("between")), once)
    first, again, second, last = item_numbers(file)
    assert first == again and second == last and first != second
    numbering = file.part.numbering_part.element
    for number in (first, second):
        (start,) = numbering.num_having_numId(number).iter(qn("w:startOverride"))
        assert start.val == 1


def nested(depth: int) -> ListBlock:
    text = Paragraph(text=line(f"level {depth}"))
    return ListBlock(items=((text, nested(depth + 1)) if depth < 5 else (text,),))


def test_lists_in_lists_go_in_deeper() -> None:
    shown = [paragraph for paragraph in opened(nested(1)).paragraphs if paragraph.text.startswith("level")]
    styles = [paragraph.style.name for paragraph in shown if paragraph.style is not None]
    assert styles == ["List Bullet", "List Bullet 2", "List Bullet 3", "List Bullet 3", "List Bullet 3"]
    indents = [paragraph.paragraph_format.left_indent for paragraph in shown[3:]]
    assert indents[0] is not None and indents[1] is not None and indents[0] < indents[1]


def test_an_item_may_hold_more_than_a_paragraph() -> None:
    text = Paragraph(text=line("more"))
    file = opened(ListBlock(items=((text, text), (Callout(title="Aside", blocks=(text,)),))))
    shown = [(paragraph.text, paragraph.style.name) for paragraph in file.paragraphs[1:] if paragraph.style is not None]
    assert shown == [
        ("more", "List Bullet"),
        ("more", "List Continue"),
        ("", "List Bullet"),
        ("Aside", "Callout Title"),
        ("more", "Normal"),
    ]


def test_only_what_a_callout_holds_is_boxed() -> None:
    text = Paragraph(text=line("x"))
    file = opened(text, Callout(title="Aside", blocks=(text, text), tone="warning"), text)
    boxed = [bool(list(paragraph._p.iter(qn("w:pBdr")))) for paragraph in file.paragraphs]
    assert boxed == [False, False, True, True, True, False]


def test_a_further_statement_of_the_same_body_does_not_name_it_again() -> None:
    again = StatementItem(body="", year="", kind="Finding", says=line("x"), quote="", place="", basis=(), status=())
    file = opened(Statements(items=(replace(again, body="Council", year="2013", kind="finding"), again)))
    assert [paragraph.text for paragraph in styled(file, "Statement")] == ["Council (2013), finding", "Finding"]


def test_the_footer_counts_the_pages(file: File) -> None:
    footer = file.sections[0].footer
    assert words(footer._element) == "Mutual aid (test). Edition: Edition 2026-11. Page 1 of 1"
    assert attributes(footer._element, "w:fldSimple", "w:instr") == [" PAGE ", " NUMPAGES "]


def test_nothing_is_fetched(made: bytes) -> None:
    with ZipFile(BytesIO(made)) as archive:
        relations = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
    outside = [target for text in relations for target in re.findall(r"<Relationship [^>]*External[^>]*>", text)]
    assert outside and all("/hyperlink" in target for target in outside)


def test_an_element_it_does_not_know_is_an_error() -> None:
    with pytest.raises(DocumentError, match="a Word file cannot hold object"):
        Writer(docx.Document(), {}).block(object())  # type: ignore[arg-type]


def test_a_document_with_faults_is_refused() -> None:
    with pytest.raises(DocumentError, match="has no caption"):
        to_docx(small(Table(id="t", caption="", columns=(Column(label="A"),), rows=(Row(cells=(line("x"),)),))))


def test_bookmark_names_differ_however_long_the_ids() -> None:
    ids = [f"{'a' * 60}-{number}" for number in range(30)] + ["a.b", "a-b", "a:b"]
    names = bookmark_names(ids)
    assert len(set(names.values())) == len(ids)
    assert all(len(name) <= 40 for name in names.values())


HOSTILE = (
    "<w:p>",
    "</w:t>",
    "]]>",
    "&amp;",
    "{{ x }}",
    "\u202eabc",
    "👩‍🔬",
    "a" * 10_000,
    "\x00\x0b\ufffe",
    "#import",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    styles = ("text", "strong", "emphasis", "code", "quote", "number")
    spans: Line = tuple(Span(text=text, style=style, target="x") for style in styles)  # type: ignore[arg-type]
    file = opened(Paragraph(text=spans))
    shown = words(file.paragraphs[1]._p)
    kept = re.sub("[\x00\x0b\ufffe]", "\ufffd", text)
    assert shown.count(kept) == len(styles)


@given(st.text(min_size=1, max_size=40))
def test_any_text_gives_a_file_that_opens(text: str) -> None:
    table = Table(
        id="t", caption=f"x{text}", columns=(Column(label=f"x{text}"),), rows=(Row(cells=(line(f"x{text}"),)),)
    )
    file = opened(Paragraph(text=line(text)), table)
    assert words(file.tables[0]._tbl).startswith("x")
