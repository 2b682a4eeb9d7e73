"""The table of domains: facts, judgements, reasons, and what is stale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthesis.analysis.model import Analysis, Certainty, DomainCertainty
from synthesis.document.elements import plain
from synthesis.tables.certainty_table import certainty_table, change_text

JUDGED = Certainty(
    status="judged", level="low", start="high", start_reason="Trials", by="Somebody", on="2026-01-01",
    thresholds="50, 100 and 200 people per 1,000. Invented.",
    domains=(
        DomainCertainty(domain="imprecision", label="Imprecision", facts={"people": "200", "studies": "2"}, change=-2,
                        reason="Wide", by="Somebody", on="2026-01-01", stale=True),
        DomainCertainty(domain="large-effect", label="Large effect", facts={"ratio": "1.2"}),
    ),
)  # fmt: skip


def rows(analysis: Analysis) -> list[list[str]]:
    return [[plain(cell) for cell in row.cells] for row in certainty_table(analysis).rows]


def test_a_judged_question_shows_start_domains_and_level(pooled: Analysis) -> None:
    assert rows(replace(pooled, certainty=JUDGED)) == [
        ["Kind of study", "", "Starts high", "Trials."],
        ["Imprecision", "people: 200\nstudies: 2", "−2 levels\njudged on other facts", "Wide."],
        ["Large effect", "ratio: 1.2", "Not judged", ""],
        ["Certainty", "", "low", "Signed: Somebody, 1 January 2026."],
    ]
    notes = " ".join(plain(note) for note in certainty_table(replace(pooled, certainty=JUDGED)).notes)
    assert "50, 100 and 200" in notes and "Facts of 1 of the domains" in notes


def test_a_question_nobody_judged_shows_the_facts_alone(pooled: Analysis) -> None:
    domains = (DomainCertainty(domain="imprecision", label="Imprecision", facts={"people": "200"}),)
    found = rows(replace(pooled, certainty=Certainty(status="not-yet-judged", domains=domains)))
    assert found == [["Imprecision", "people: 200", "Not judged", ""]]


def test_no_evidence_says_what_was_looked_for(pooled: Analysis) -> None:
    found = rows(replace(pooled, certainty=Certainty(status="no-evidence", reason="No trial found")))
    assert found == [["All", "No study answers the question.", "", "No trial found."]]


@pytest.mark.parametrize(("change", "text"), [(0, "No change"), (-1, "−1 level"), (-3, "−3 levels"), (1, "+1 level")])
def test_changes_in_words(change: int, text: str) -> None:
    assert change_text(change) == text
