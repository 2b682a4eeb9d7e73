"""References in the Vancouver style, with every author and every address. The items are made up."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.document.elements import Callout, Paragraph, Span, line, plain
from synthesis.errors import DocumentError
from synthesis.evidence.base import Person
from synthesis.render.references import STYLE, cited_keys, reference_list

ARTICLE: dict[str, Any] = {
    "id": "Alpha2012",
    "type": "article-journal",
    "title": "Twelve steps & <b>more</b>",
    "author": [
        {"family": "Alpha", "given": "Ann Beth"},
        {"family": "O’Beta", "given": "C."},
        {"literal": "The Test Group"},
    ],
    "container-title": "Journal of Tests",
    "issued": {"date-parts": [[2012, 7]]},
    "volume": 43,
    "issue": "1",
    "page": "102-110",
    "DOI": "10.1000/j.test.2011.10.010",
}
REPORT: dict[str, Any] = {
    "id": "nice-cg0",
    "type": "report",
    "title": "Test guideline",
    "author": [{"literal": "Test Institute"}],
    "publisher": "Test Press",
    "issued": {"date-parts": [["2011"]]},
    "URL": "https://example.org/guidance/(cg0)",
    "accessed": {"date-parts": [[2026, 11, 3]]},
}


def test_an_article() -> None:
    (entry,) = reference_list(["Alpha2012"], [REPORT, ARTICLE]).entries
    assert plain(entry.text) == (
        "Alpha AB, O’Beta C, The Test Group. Twelve steps & <b>more</b>. Journal of Tests. 2012 Jul;43(1):102–10. "
        "doi:10.1000/j.test.2011.10.010"
    )
    assert [(span.text, span.target) for span in entry.text if span.style == "link"] == [
        ("doi:10.1000/j.test.2011.10.010", "https://doi.org/10.1000/j.test.2011.10.010")
    ]


def test_a_report_online() -> None:
    (entry,) = reference_list(["nice-cg0"], [REPORT]).entries
    assert plain(entry.text) == (
        "Test Institute. Test guideline [Internet]. Test Press; 2011 [cited 2026 Nov 3]. "
        "Available from: https://example.org/guidance/(cg0)"
    )
    assert entry.text[-1].target == "https://example.org/guidance/(cg0)"


def test_more_than_six_authors_become_et_al() -> None:
    authors = [{"family": f"Author{letter}", "given": letter} for letter in "ABCDEFGH"]
    (entry,) = reference_list(["Alpha2012"], [{**ARTICLE, "author": authors}]).entries
    assert plain(entry.text).startswith("AuthorA A, AuthorB B, AuthorC C, AuthorD D, AuthorE E, AuthorF F, et al. ")


def test_a_title_that_starts_with_a_number_keeps_it() -> None:
    (entry,) = reference_list(["x"], [{"id": "x", "type": "book", "title": "1. First"}]).entries
    assert plain(entry.text) == "1. First."


def test_keys_that_differ_only_in_case_stay_apart() -> None:
    items = [{"id": "a", "type": "book", "title": "Small"}, {"id": "A", "type": "book", "title": "Large"}]
    entries = reference_list(["A", "a"], items).entries
    assert [(entry.key, plain(entry.text)) for entry in entries] == [("A", "Large."), ("a", "Small.")]


def test_only_what_is_cited_in_the_order_of_citation() -> None:
    def cite(key: str) -> Span:
        return Span(style="cite", target=key)

    blocks = (
        Paragraph(text=line("x", cite("b"))),
        Callout(title="t", blocks=(Paragraph(text=line(cite("a"), cite("b"))),)),
    )
    assert cited_keys(blocks) == ("b", "a")
    items = [{"id": key, "type": "book", "title": key.upper()} for key in "abc"]
    assert [entry.key for entry in reference_list(cited_keys(blocks), items).entries] == ["b", "a"]


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(
        DocumentError, match=r"cited but not among the references: alfa2012\. Known: Alpha2012, nice-cg0"
    ):
        reference_list(["alfa2012"], [ARTICLE, REPORT])


@pytest.mark.parametrize(
    "item",
    [
        {"id": "x", "title": "No type"},
        {"id": "x", "type": "no-such-type"},
        {"id": "x", "type": "book", "author": ["A B"]},
    ],
)
def test_an_item_that_is_not_csl_is_named(item: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match="the reference 'x'"):
        reference_list(["x"], [item])


def test_the_style_keeps_its_notice() -> None:
    assert "creativecommons.org/licenses/by-sa/3.0" in STYLE.read_text(encoding="utf-8")
    assert "Attribution-ShareAlike" in STYLE.with_name("NOTICE.txt").read_text(encoding="utf-8")


def test_initials_written_together_are_all_printed() -> None:
    person = Person(family="Kaskutas", given="LA")
    (entry,) = reference_list(["Alpha2012"], [{**ARTICLE, "author": [person.csl()]}]).entries
    assert plain(entry.text).startswith("Kaskutas LA. ")
