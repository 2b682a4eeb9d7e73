"""From each number a reader meets first to the words on the page it came from, in two steps at most, without script."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import html

from synthesis.briefing.standards.assess import sections_of
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def page(built: dict[str, bytes]) -> Any:
    return html.document_fromstring(built["briefing.html"].decode())


# Counted over the records themselves, or a count of nothing: there is no page to lead to.
WITHOUT_PLACE = re.compile(r"^(evidence|document|smart-recovery|harms)\.")


def test_every_number_in_key_messages_and_findings_leads_to_a_quotation_or_says_it_was_not_read(page: Any) -> None:
    found = page.xpath("//section[contains(@class, 'key-messages')]") + page.xpath(
        "//table[contains(@aria-labelledby, 'summary-of-findings') or .//caption[contains(@id, 'summary-of-findings')]]"
    )
    assert len(found) == 2
    bare = [item.get("value") for part in found for item in part.xpath(".//data[@class='number']")]
    assert [name for name in bare if not WITHOUT_PLACE.match(name)] == []
    links = [link for part in found for link in part.xpath(".//a[@class='number']")]
    assert len(links) > 30
    for link in links:
        (target,) = page.xpath(f"//*[@id='{link.get('href')[1:]}']")
        text = target.text_content()
        assert target.xpath(".//q") or "‘" in text or "Not read in the source" in text or "Read:" in text, text[:200]


def test_each_row_of_single_numbers_names_record_place_and_words(page: Any, evidence: Evidence) -> None:
    rows = page.xpath("//tr[starts-with(@id, 'number-')]")
    assert len(rows) > 5
    by_id = {row.get("id"): row.text_content() for row in rows}
    seen = 0
    for study in evidence.studies.values():
        for result in study.results:
            text = by_id.get(f"number-{study.id}-{result.id}")
            if text is not None and result.where.quote is not None:
                seen += 1
                assert result.where.quote in text and study.label in text
    assert seen > 1
    assert "Manning 2012" in by_id["number-manning2012-abst-post"]


def test_numbers_are_links_in_the_pdf_too(built: dict[str, bytes]) -> None:
    with pikepdf.open(BytesIO(built["briefing.pdf"])) as opened:
        first = [note for note in opened.pages[0].get("/Annots", []) if note.get("/Subtype") == "/Link"]
        assert len(first) > 10
        assert all("/Dest" in note or "/A" in note for note in first)


def test_the_share_of_headline_results_with_a_quotation_is_true(evidence: Evidence) -> None:
    import synthesis as syn

    briefing = syn.open_briefing("mutual-aid", evidence.root.parent)
    analyses = [syn.analyse(evidence, question) for question in briefing.questions]
    facts = syn.briefing_facts(evidence, briefing, analyses)
    used = {(row.study, row.result) for analysis in analyses for row in analysis.effects.rows}
    quoted = 0
    for study, name in used:
        (result,) = (item for item in evidence.studies[study].results if item.id == name)
        quoted += bool(result.where.quote) and result.where.read and result.where.quote_covers != "none"
    assert facts["evidence.headline-results"].value == len(used)
    assert facts["evidence.headline-results-quoted"].value == quoted


def test_sections_that_standards_point_to_are_places_of_the_pages(built: dict[str, bytes]) -> None:
    definition = open_briefing("mutual-aid", ROOT)
    places = {
        Path(notebook or "").name: set(html.document_fromstring(built[f"{name}.html"].decode()).xpath("//h2/@id | //h3/@id | //table/@id"))
        for name, notebook in (("briefing", definition.notebook), ("annex", definition.annex))
    }
    for section in sections_of(definition, ROOT).values():
        assert section.id in places[section.notebook], section
