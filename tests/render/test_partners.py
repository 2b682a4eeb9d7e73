"""A briefing and its annex link to each other by the names of their notebooks, in whatever they are written as."""

from __future__ import annotations

import pytest

from synthesis.document.addresses import as_file, checked_address, partner
from synthesis.document.elements import Column, Document, Heading, Paragraph, Row, Span, Table, line
from synthesis.document.html import inline
from synthesis.document.typst import line as typst_line
from synthesis.errors import DocumentError
from synthesis.render.partners import joined

NAMES = {"short": "briefing", "long_one": "annex"}


def document(*targets: str) -> Document:
    links = tuple(Span(text="there", style="link", target=target) for target in targets)
    blocks = (
        Heading(level=2, text=line("Results"), id="results"),
        Paragraph(text=links),
        Table(id="t", caption="c", columns=(Column(label="a"),), rows=(Row(cells=(line("x"),), id="row-x"),)),
    )
    return Document(title="T", language="en-GB", date="2026-11-23", metadata={}, blocks=blocks)


def targets(found: Document) -> list[str]:
    (paragraph,) = (block for block in found.blocks if isinstance(block, Paragraph))
    return [span.target for span in paragraph.text]


def test_links_take_the_names_of_the_files() -> None:
    made = joined(
        {
            "briefing": document("long_one.ipynb#row-x", "#results", "https://example.org"),
            "annex": document("short.ipynb"),
        },
        NAMES,
    )
    assert targets(made["briefing"]) == ["annex.ipynb#row-x", "#results", "https://example.org"]
    assert targets(made["annex"]) == ["briefing.ipynb"]


def test_every_link_that_leads_nowhere_is_named() -> None:
    with pytest.raises(DocumentError) as caught:
        joined({"briefing": document("long_one.ipynb#reslts", "other.ipynb"), "annex": document()}, NAMES)
    assert str(caught.value).splitlines() == [
        "briefing links to 'long_one.ipynb#reslts', which has no place 'reslts'",
        "briefing links to 'other.ipynb', which is not built with it; what can be linked to: "
        "short.ipynb, long_one.ipynb",
    ]


def test_a_link_leads_to_the_file_of_its_own_kind() -> None:
    span = Span(text="annex", style="link", target="annex.ipynb#results")
    assert inline((span,)) == '<a href="annex.html#results">annex</a>'
    assert 'link("annex.pdf#nameddest=results", "annex")' in typst_line((span,))
    assert as_file("annex.ipynb#results", "docx", place="") == "annex.docx"
    assert as_file("https://example.org/a.ipynb", "html") == "https://example.org/a.ipynb"


@pytest.mark.parametrize(
    "address", ["../annex.ipynb", "a b.ipynb", "annex.ipynb#", "annex.ipynb#1", "annex.html", "/annex.ipynb"]
)
def test_only_a_notebook_beside_it_is_a_partner(address: str) -> None:
    assert partner(address) is None
    with pytest.raises(DocumentError, match="cannot link to"):
        checked_address(address)
