"""Prose is read exactly, or refused."""

from __future__ import annotations

import pytest

from synthesis.document.elements import (
    Code,
    Heading,
    ListBlock,
    Paragraph,
    Quotation,
    Span,
    line,
    plain,
)
from synthesis.document.markdown import blocks, slot_names
from synthesis.errors import DocumentError


def only(markdown: str, **slots: str) -> Paragraph:
    (block,) = blocks(markdown, slots=slots)
    assert isinstance(block, Paragraph)
    return block


def test_inline_styles() -> None:
    text = only("Plain, **strong**, *emphasis*, `code`, [words](https://example.org/a?b=1&c=2).").text
    assert text == (
        Span(text="Plain, "),
        Span(text="strong", style="strong"),
        Span(text=", "),
        Span(text="emphasis", style="emphasis"),
        Span(text=", "),
        Span(text="code", style="code"),
        Span(text=", "),
        Span(text="words", style="link", target="https://example.org/a?b=1&c=2"),
        Span(text="."),
    )


def test_a_slot_becomes_a_number_that_is_never_read_as_markdown() -> None:
    value = "**5** [@x](y) <b> {{ b }}"
    assert only("Of {{ a }}.", a=value).text == (
        Span(text="Of "),
        Span(text=value, style="number", target="a"),
        Span(text="."),
    )


def test_a_slot_inside_strong_text_stays_bold() -> None:
    assert only("**{{a.b-c}} more**", **{"a.b-c": "131"}).text == (
        Span(text="131", style="number", target="a.b-c", strong=True),
        Span(text=" more", style="strong"),
    )


def test_a_slot_in_code_is_left_alone() -> None:
    assert only("`{{ a }}`").text == (Span(text="{{ a }}", style="code"),)


def test_an_unknown_slot_names_the_nearest() -> None:
    with pytest.raises(DocumentError, match=r"unknown slot 'efect' \(line 3 of the cell\). Did you mean 'effect'\?"):
        blocks("One.\n\nTwo {{ efect }}.", slots={"effect": "1"})


def test_slot_names() -> None:
    assert slot_names("# {{ a }}\n\nText {{b}} and {{ a }}, not `{{ c }}`.") == ("a", "b", "a")


def test_citations() -> None:
    assert only("Known [@alpha2007; @beta2011].").text == (
        Span(text="Known "),
        Span(style="cite", target="alpha2007"),
        Span(style="cite", target="beta2011"),
        Span(text="."),
    )


def test_headings_get_ids_that_differ() -> None:
    found = blocks("## One & two\n\n## One & two\n\n### Taken\n\n## …", slots={}, taken=frozenset({"taken"}))
    assert [block.id for block in found if isinstance(block, Heading)] == ["one-two", "one-two-2", "taken-2", "section"]
    assert [block.level for block in found if isinstance(block, Heading)] == [2, 2, 3, 2]


def test_a_changed_number_does_not_change_the_id_of_its_heading() -> None:
    (heading,) = blocks("## The {{ k }} trials", slots={"k": "5"})
    assert isinstance(heading, Heading)
    assert heading.id == "the-trials"
    assert plain(heading.text) == "The 5 trials"


def test_lists_nest() -> None:
    (found,) = blocks("1. one\n2. two\n   - inner\n\n     more", slots={})
    assert isinstance(found, ListBlock)
    assert found.ordered
    first, second = found.items
    assert first == (Paragraph(text=line("one")),)
    assert isinstance(second[1], ListBlock)
    assert second[1].items == ((Paragraph(text=line("inner")), Paragraph(text=line("more"))),)


def test_a_quotation_may_say_who_is_quoted() -> None:
    (found,) = blocks("> First.\n>\n> Second.\n>\n> — A witness [@a]", slots={})
    assert found == Quotation(
        text=(Span(text="First."), Span(style="break"), Span(text="Second.")),
        source=(Span(text="A witness "), Span(style="cite", target="a")),
    )


def test_code_keeps_its_lines() -> None:
    assert blocks("```python\na = 1\n  b\n```", slots={}) == (Code(text="a = 1\n  b", language="python"),)


@pytest.mark.parametrize(
    "prose", ["p <0.001 & k >5", "[note]: https://example.org", "a_b_c, 5 * 3", "~~kept~~", "&amp;lt;"]
)
def test_what_is_not_markup_is_text(prose: str) -> None:
    assert plain(only(prose).text) == prose.replace("&amp;", "&")


@pytest.mark.parametrize(
    ("prose", "message"),
    [
        ("a <b>c</b>", "HTML"),
        ("<div>\nc\n</div>", "HTML"),
        ("<!-- hidden -->", "HTML"),
        ("![alt](a.png)", "an image"),
        ("|a|b|\n|-|-|\n|1|2|", "a table"),
        ("one\n\n---\n\ntwo", "a horizontal rule"),
        ("text[^1]", "a footnote"),
        ("[x](javascript:alert(1))", "cannot link to"),
        ("[x](data:text/html,a)", "cannot link to"),
        ("[x](page.html)", "cannot link to"),
        ("[@a b]", "cannot read the citation"),
        ("[@a, @b]", "cannot read the citation"),
        ("3. three", "must start at 1"),
        ("- ## heading", "heading inside a list"),
        ("> - list", "may hold paragraphs only"),
    ],
)
def test_what_cannot_be_printed_is_refused(prose: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        blocks(prose, slots={})
