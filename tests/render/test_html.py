"""The page is semantic, self-contained, and says everything the document says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html as lxml_html

from synthesis.document.elements import Document, Figure, Heading, Paragraph, Span, Table, line, plain
from synthesis.document.walk import every_block, every_line
from synthesis.render import html
from synthesis.render.html import WORDS_A_MINUTE, reading_minutes, to_html


@pytest.fixture(scope="module")
def text(sample: Document) -> str:
    return to_html(sample)


@pytest.fixture(scope="module")
def root(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text)


def test_the_page_says_what_it_is(text: str, root: lxml_html.HtmlElement, sample: Document) -> None:
    assert text.startswith("<!DOCTYPE html>\n")
    assert root.get("lang") == "en-GB"
    assert root.findtext("head/title") == sample.title
    assert root.xpath("//meta[@name='description']/@content") == [sample.metadata["description"]]
    assert root.xpath("//meta[@charset='utf-8']")


def test_landmarks(root: lxml_html.HtmlElement) -> None:
    assert [len(root.xpath(f"//body//{name}")) for name in ("main", "nav", "footer")] == [1, 1, 1]
    (nav,) = root.xpath("//nav")
    assert root.get_element_by_id(nav.get("aria-labelledby")).text == "Contents"
    first = root.xpath("//body//a")[0]
    assert (first.get("class"), first.get("href")) == ("skip", "#content")
    assert root.get_element_by_id("content").tag == "main"
    assert len(root.xpath("//body/header")) == 1


def test_headings_start_at_one_and_never_skip(root: lxml_html.HtmlElement, sample: Document) -> None:
    levels = [int(node.tag[1]) for node in root.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert root.xpath("//h1")[0].text_content() == sample.title


def test_the_contents_list_every_section(root: lxml_html.HtmlElement) -> None:
    listed = [(link.get("href"), link.text) for link in root.xpath("//nav//a")]
    assert listed == [(f"#{node.get('id')}", node.text_content()) for node in root.xpath("//h2")]
    assert len(listed) == 5


def test_ids_are_unique_and_every_link_resolves(root: lxml_html.HtmlElement) -> None:
    ids = Counter(root.xpath("//@id"))
    assert [name for name, count in ids.items() if count > 1] == []
    targets = [target[1:] for target in root.xpath("//@href") if target.startswith("#")]
    assert [target for target in targets if target not in ids] == []
    named = " ".join(root.xpath("//@aria-labelledby | //@aria-describedby")).split()
    assert [name for name in named if name not in ids] == []
    assert not re.findall(r"url\(#(?!forest-drawing-)", lxml_html.tostring(root, encoding="unicode"))


def test_nothing_is_fetched_or_run(text: str, root: lxml_html.HtmlElement) -> None:
    assert root.xpath("//script | //link | //iframe | //img | //@src | //@srcset | //object | //embed") == []
    assert [name for name in root.xpath("//@*") if getattr(name, "attrname", "").startswith("on")] == []
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import|@font-face", text)
    outside = {target.split("/")[0] for target in root.xpath("//@href") if not target.startswith("#")}
    assert outside == {"https:"}


def test_every_table_has_a_caption_and_scoped_headers(root: lxml_html.HtmlElement, sample: Document) -> None:
    tables = root.xpath("//table")
    blocks = {block.id: block for block in every_block(sample.blocks) if isinstance(block, Table)}
    assert {table.get("id") for table in tables} == set(blocks)
    for table in tables:
        block = blocks[table.get("id")]
        assert table.find("caption").text_content().endswith(block.caption)
        assert all(cell.get("scope") for cell in table.findall(".//th"))
        assert [cell.text_content() for cell in table.findall("thead/tr/th")] == [
            column.label for column in block.columns
        ]
        body = table.findall("tbody/tr")
        assert len(body) == len(block.rows)
        for row, source in zip(body, block.rows, strict=True):
            assert row[0].tag == "th"
            shown = [cell.text_content() for cell in row]
            assert len(shown) == len(source.cells)
            assert all(plain(cell) in found for cell, found in zip(source.cells, shown, strict=True))


def test_figures_have_names_descriptions_and_their_numbers(root: lxml_html.HtmlElement, sample: Document) -> None:
    figures = {block.id: block for block in every_block(sample.blocks) if isinstance(block, Figure)}
    drawings = root.xpath("//*[local-name()='svg']")
    assert len(drawings) == len(figures)
    for drawing in drawings:
        figure = drawing.xpath("ancestor::figure")[0]
        block = figures[figure.get("id")]
        assert drawing.get("role") == "img"
        assert drawing.xpath("string(*[local-name()='title'])") == block.title
        assert drawing.xpath("string(*[local-name()='desc'])") == block.alt
        assert block.data is not None
        assert figure.xpath(".//details//table/@id") == [block.data.id]


def words(document: Document) -> Iterator[str]:
    for found in every_line(document.blocks):
        yield from (span.text for span in found if span.text.strip())


def test_every_word_and_number_is_on_the_page(root: lxml_html.HtmlElement, sample: Document) -> None:
    shown = re.sub(r"\s+", " ", root.xpath("string(//body)"))
    assert [found for found in words(sample) if found.strip() not in shown] == []
    numbers = [span.text for found in every_line(sample.blocks) for span in found if span.style == "number"]
    assert Counter(node.text for node in root.xpath("//data[@class='number']")) == Counter(numbers)


def test_each_citation_and_its_entry_link_to_each_other(root: lxml_html.HtmlElement) -> None:
    marks = root.xpath("//span[@class='cite']/a")
    assert len(marks) == 8
    for mark in marks:
        assert mark.get("aria-label") == f"Reference {mark.text}"
        entry = root.get_element_by_id(mark.get("href")[1:])
        assert entry.getparent().index(entry) + 1 == int(mark.text)
        assert f"#{mark.get('id')}" in entry.xpath(".//@href")


def test_the_style_serves_small_screens_the_dark_and_print(text: str) -> None:
    for query in ("(max-width: 40rem)", "(prefers-color-scheme: dark)", "print"):
        assert f"@media {query}" in text
    assert "width=device-width, initial-scale=1" in text


def test_a_document_without_a_masthead_has_its_title_as_heading() -> None:
    made = Document(
        title="A <b>", language="en-GB", date="2026-11-03", metadata={}, blocks=(Paragraph(text=line("x")),)
    )
    root = lxml_html.document_fromstring(to_html(made))
    assert [node.text for node in root.xpath("//h1")] == ["A <b>"]
    assert root.xpath("//nav") == []


def test_hostile_metadata_stays_text(sample: Document) -> None:
    evil = '"><script>alert(1)</script></title></style>'
    made = replace(sample, title=evil, metadata={"description": evil, "author": evil})
    root = lxml_html.document_fromstring(to_html(made))
    assert root.xpath("//script") == []
    assert root.findtext("head/title") == evil
    assert root.xpath("//meta[@name='author']/@content") == [evil]


def test_hostile_text_stays_text(sample: Document) -> None:
    evil = "</main></body><script>alert(1)</script>"
    made = replace(
        sample, blocks=(*sample.blocks[:1], Paragraph(text=line(Span(text=evil, style="number", target=evil))))
    )
    root = lxml_html.document_fromstring(to_html(made))
    assert root.xpath("//script") == []
    assert root.xpath("string(//main//data)") == evil


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        (front, back)
        for front in ("text", "secondary", "link", "accent", "warning", "change")
        for back in ("page", "panel")
    ]
    + [("head-text", "head"), ("focus-text", "focus")],
)
def test_colours_have_enough_contrast(scheme: str, front: str, back: str) -> None:
    css = (Path(html.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, flags=re.DOTALL)[:2]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", dark))
    bright, dim = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    # WCAG 2.2, 1.4.3, level AA: 4.5 to 1 for text.
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_reading_time_counts_prose_and_leaves_out_tables_and_annexes() -> None:
    def prose(words: int) -> Paragraph:
        return Paragraph(text=line("word " * words))

    annex = Heading(level=2, text=line("Annex: the rest"), id="annex")
    assert reading_minutes((prose(WORDS_A_MINUTE * 3),)) == 3
    assert reading_minutes((prose(WORDS_A_MINUTE * 3), annex, prose(WORDS_A_MINUTE * 9))) == 3
    assert reading_minutes((prose(1),)) == 1
