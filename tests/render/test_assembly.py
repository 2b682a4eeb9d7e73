"""What is numbered, and what no writer may be given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthesis.document.elements import (
    Block,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    Masthead,
    Paragraph,
    Reference,
    References,
    Row,
    Span,
    Table,
    line,
)
from synthesis.document.walk import every_block, every_line
from synthesis.errors import DocumentError
from synthesis.render.assembly import assembled

TABLE = Table(
    id="t", caption="Caption", columns=(Column(label="A"), Column(label="B")), rows=(Row(cells=(line("x"), line("1"))),)
)
FIGURE = Figure(
    id="f",
    title="Title",
    caption=line("Caption"),
    alt="A line going up.",
    svg='<svg xmlns="http://www.w3.org/2000/svg"/>',
)


def document(*blocks: Block, title: str = "Title", language: str = "en-GB", date: str = "2026-11-03") -> Document:
    return Document(title=title, language=language, date=date, metadata={}, blocks=blocks)


def test_tables_and_figures_are_numbered_apart(sample: Document) -> None:
    labels = [block.label for block in every_block(assembled(sample).blocks) if isinstance(block, Table | Figure)]
    assert labels == ["Table 1", "Figure 1", "Data for figure 1", "Table 2"]


def test_a_table_in_a_callout_is_numbered_in_its_place() -> None:
    second = replace(TABLE, id="u")
    made = assembled(document(Callout(title="Note", blocks=(TABLE,)), second))
    labels = [block.label for block in every_block(made.blocks) if isinstance(block, Table)]
    assert labels == ["Table 1", "Table 2"]


def test_citations_get_the_number_of_their_entry_and_a_place_to_come_back_to(sample: Document) -> None:
    made = assembled(sample)
    marks = [
        (span.target, span.text, span.anchor)
        for found in every_line(made.blocks)
        for span in found
        if span.style == "cite"
    ]
    assert marks[0] == ("beta2011", "1", "cite-1-1")
    assert marks[1] == ("alpha2007", "2", "cite-2-1")
    assert len({anchor for _, _, anchor in marks}) == len(marks)
    (references,) = (block for block in made.blocks if isinstance(block, References))
    assert {anchor for entry in references.entries for anchor in entry.anchors} == {anchor for _, _, anchor in marks}


def test_assembling_twice_changes_nothing(sample: Document) -> None:
    once = assembled(sample)
    assert assembled(once) == once


def heading(level: int, text: str, name: str) -> Heading:
    return Heading(level=level, text=line(text), id=name)


def cites(key: str) -> Paragraph:
    return Paragraph(text=line(Span(style="cite", target=key)))


ENTRY = Reference(key="a", text=line("A."))
HEAD = Masthead(title="Title", question="", rows=())


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (document(title=" "), "it has no title"),
        (document(language="english please"), "its language is 'english please'"),
        (document(date="3 November"), "its date is '3 November'"),
        (document(heading(1, "Top", "a")), "has level 1, which is the title's"),
        (
            document(heading(2, "Top", "a"), heading(4, "Deep", "b")),
            "'Deep' has level 4 but follows level 2; use level 3",
        ),
        (document(heading(3, "Deep", "b")), "'Deep' has level 3 but follows level 1"),
        (document(heading(2, " ", "a")), "a heading of level 2 is empty"),
        (document(heading(2, "One", "a"), heading(2, "Two", "a")), "the id 'a' is used 2 times"),
        (document(heading(2, "One", "content")), "the id 'content' cannot be used"),
        (document(replace(TABLE, id="1 2")), "the id '1 2' cannot be used"),
        (document(Paragraph(text=line(Span(text="x", style="link", target="#none")))), "it links to '#none'"),
        (document(cites("b"), References(entries=(ENTRY,))), "it cites 'b', which is not a reference; known: a"),
        (document(References(entries=(ENTRY, ENTRY))), "the reference 'a' is in the list 2 times"),
        (document(References(entries=(replace(ENTRY, key="a b"),))), "the reference key 'a b' cannot be used"),
        (document(References(entries=()), cites("a")), "the reference list must come last"),
        (document(TABLE, HEAD), "the masthead must come first"),
        (document(replace(TABLE, caption=" ")), "the table 't' has no caption"),
        (document(replace(TABLE, rows=())), "the table 't' has no rows"),
        (document(replace(TABLE, columns=(Column(label="A"), Column(label="")))), "a column without a label"),
        (document(replace(TABLE, rows=(Row(cells=(line("x"),)),))), "row 1: found 1 cells for 2 columns"),
        (document(replace(TABLE, rows=(Row(cells=(line(""), line("1"))),))), "row 1: the first cell is empty"),
        (
            document(replace(TABLE, rows=(Row(cells=(line("x"), line("y")), style="group"),))),
            "a group row has one cell",
        ),
        (document(replace(FIGURE, alt="")), "the figure 'f' has no text alternative"),
        (document(replace(FIGURE, alt="No description has been provided for this image")), "has no text alternative"),
        (document(replace(FIGURE, alt="Forest plot", title="Forest plot")), "repeats its title or caption"),
        (document(replace(FIGURE, alt="Caption")), "repeats its title or caption"),
        (document(replace(FIGURE, title="")), "the figure 'f' has no title"),
    ],
)
def test_what_cannot_be_rendered_is_named(broken: Document, message: str) -> None:
    with pytest.raises(DocumentError, match="cannot be rendered") as caught:
        assembled(broken)
    assert message in str(caught.value)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(DocumentError) as caught:
        assembled(document(replace(TABLE, caption=""), replace(FIGURE, alt=""), title=""))
    assert str(caught.value).count("\n- ") == 3
