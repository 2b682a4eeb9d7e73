"""HTML says what the elements say, and nothing in a text can become markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from synthesis.document.addresses import checked_address
from synthesis.document.characters import printable
from synthesis.document.elements import (
    Callout,
    Code,
    Column,
    Figure,
    Heading,
    KeyMessage,
    KeyMessages,
    Masthead,
    Paragraph,
    Quotation,
    Reference,
    References,
    Row,
    Span,
    StatementItem,
    Statements,
    Table,
    line,
)
from synthesis.document.html import fragment, inline, markup
from synthesis.document.marks import CERTAINTY_MARKS
from synthesis.errors import DocumentError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path id="p"/></svg>'


def table() -> Table:
    return Table(
        id="t",
        caption="Caption",
        columns=(Column(label="Outcome"), Column(label="People", align="right"), Column(label="Note", align="centre")),
        rows=(
            Row(cells=(line("Top"), line("1"), line("x"))),
            Row(cells=(line("Group"),), style="group"),
            Row(cells=(line("Inner"), line("2"), line("y"))),
            Row(cells=(line("All"), line("3"), line("z")), style="total"),
        ),
    )


def test_table_headers_have_scopes() -> None:
    root = lxml_html.fragment_fromstring(markup(table()))
    assert [th.text for th in root.findall(".//th[@scope='col']")] == ["Outcome", "People", "Note"]
    assert [th.text for th in root.findall(".//th[@scope='row']")] == ["Top", "Inner", "All"]
    (group,) = root.findall(".//th[@scope='rowgroup']")
    assert (group.text, group.get("colspan")) == ("Group", "3")
    assert [len(body.findall("tr")) for body in root.findall(".//tbody")] == [1, 3]
    assert root.get("role") == "region"
    assert root.get("tabindex") == "0"
    assert root.find(".//caption").get("id") == root.get("aria-labelledby")
    assert root.find(".//table").get("class") == "r2 c3"
    assert not root.xpath(".//td/@class")


def test_a_stacked_table_says_whether_its_rows_end_in_words() -> None:
    outcome, note, count = Column(label="Outcome"), Column(label="Note"), Column(label="n", align="right")
    found = [
        str(lxml_html.fragment_fromstring(markup(replace(table(), columns=columns))).get("class"))
        for columns in ((outcome, note, count), (outcome, count, note))
    ]
    assert found == ["table stack", "table stack words"]


def test_a_row_that_says_one_thing_has_the_width_of_the_table() -> None:
    nothing = Row(cells=(line("Nothing was left out."), (), ()))
    root = lxml_html.fragment_fromstring(markup(replace(table(), rows=(nothing,))))
    (cell,) = root.findall(".//tbody/tr/*")
    assert (cell.tag, cell.get("colspan"), cell.text) == ("td", "3", "Nothing was left out.")


@pytest.mark.parametrize(("count", "folded"), [(0, False), (12, False), (13, True)])
def test_many_notes_are_folded_away_and_few_are_not(count: int, folded: bool) -> None:
    notes = tuple(line(f"note {place}") for place in range(count))
    root = lxml_html.fromstring(f"<main>{markup(replace(table(), label='Table 1', notes=notes))}</main>")
    assert [item.text for item in root.findall(".//summary")] == (["Table 1: 13 notes"] if folded else [])
    assert [item.text for item in root.findall(".//*[@class='notes']/p")] == [f"note {place}" for place in range(count)]


def test_key_messages_show_a_level_that_others_published_before_ours() -> None:
    words = line("A review: ", Span(text="high", style="number", target="review.certainty"), " certainty")
    message = KeyMessage(
        claim=line("It may."), detail=(), certainty="low", of="Our trials", published="high", published_words=words
    )
    root = lxml_html.fragment_fromstring(markup(KeyMessages(messages=(message,))))
    assert [item.text_content() for item in root.findall(".//p[@class='sure']")] == [
        "●●●●\xa0A review: high certainty",
        "●●○○\xa0Our trials: low certainty. We have limited confidence in this result",
    ]


def test_a_fragment_has_no_ids_and_a_page_has() -> None:
    blocks = (
        table(),
        Heading(level=2, text=line("H"), id="h"),
        References(entries=(Reference(key="a", text=line("A")),)),
    )
    for block in blocks:
        assert not lxml_html.fragment_fromstring(fragment(block)).xpath("//*[@id]")
        assert lxml_html.fragment_fromstring(markup(block), create_parent=True).xpath("//*[@id]")


def test_two_drawings_in_a_notebook_share_no_id() -> None:
    first = Figure(id="f", title="T", caption=(), alt="A", svg=SVG)
    second = Figure(id="f", title="T", caption=(), alt="A", svg=SVG.replace("1 1", "2 2"))
    ids = lxml_html.fragment_fromstring(fragment(first) + fragment(second), create_parent=True).xpath("//@id")
    assert len(ids) == len(set(ids)) == 8


def test_citations_run_together_and_link_to_their_entries() -> None:
    spans = (
        Span(text="1", style="cite", target="a", anchor="cite-1-1"),
        Span(text="2", style="cite", target="b", anchor="cite-2-1"),
    )
    root = lxml_html.fragment_fromstring(inline(spans))
    assert root.text_content() == "[1, 2]"
    assert [(a.get("href"), a.get("id"), a.get("aria-label")) for a in root.findall("a")] == [
        ("#ref-a", "cite-1-1", "Reference 1"),
        ("#ref-b", "cite-2-1", "Reference 2"),
    ]


def test_a_citation_in_a_notebook_shows_its_key() -> None:
    assert "[alpha2007]" in fragment(Paragraph(text=line(Span(style="cite", target="alpha2007"))))


def test_a_number_says_which_fact_it_is() -> None:
    assert inline(line(Span(text="5", style="number", target="a.b"))) == '<data class="number" value="a.b">5</data>'


@pytest.mark.parametrize("level", CERTAINTY_MARKS)
def test_certainty_is_a_hidden_mark_and_a_word(level: str) -> None:
    root = lxml_html.fragment_fromstring(inline(line(Span(text=level, style="certainty"))))
    mark = root.find("span")
    assert (mark.get("aria-hidden"), mark.text, mark.tail) == ("true", CERTAINTY_MARKS[level], f"\xa0{level}")


def test_an_unknown_certainty_is_refused() -> None:
    with pytest.raises(DocumentError, match="unknown certainty 'medium'; allowed: high, moderate"):
        inline(line(Span(text="medium", style="certainty")))


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1#c", "http://example.org", "mailto:a@example.org", "#here"]
)
def test_safe_addresses(address: str) -> None:
    assert checked_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "a.html",
        "",
        "#",
        "http://[",
        'https://a"b',
    ],
)
def test_unsafe_addresses(address: str) -> None:
    with pytest.raises(DocumentError, match="cannot link to"):
        checked_address(address)


HOSTILE = st.text(alphabet=st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><b>", "&lt;", "{{ x }}", "]]>", "<!--"]
)


@settings(deadline=None)
@given(text=HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    spans = line(text, Span(text=text, style="strong"), Span(text=text, style="number", target=text))
    blocks = (
        Paragraph(text=spans),
        Code(text=text),
        Quotation(text=spans, source=spans),
        Callout(title=text, blocks=(Paragraph(text=spans),)),
        Masthead(title=text, question=text, rows=((text, text),)),
        KeyMessages(messages=(KeyMessage(claim=spans, detail=spans, certainty="low"),), note=spans),
        Statements(
            items=(
                StatementItem(
                    body=text,
                    year=text,
                    kind=text,
                    says=spans,
                    quote=text,
                    place=text,
                    basis=spans,
                    status=spans,
                    cite="",
                ),
            )
        ),
        Table(id="t", caption=text, columns=(Column(label=text),), rows=(Row(cells=(spans,)),), notes=(spans,)),
        Figure(id="f", title=text, caption=spans, alt=text, svg=SVG, source=spans),
    )
    for block in blocks:
        root = lxml_html.fragment_fromstring(markup(block), create_parent=True)
        assert not root.xpath("//script | //img | //comment() | //@onerror")
        if text.strip() and not any(character in text for character in "\r\n\t\x0b\x0c"):
            assert printable(text).strip() in root.text_content()
