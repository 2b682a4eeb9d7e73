"""The table of tables, on the shipped evidence: every one can be made and written for every question."""

from __future__ import annotations

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.states import changes_between
from synthesis.document.elements import Statements, Table, plain
from synthesis.document.html import fragment
from synthesis.document.text import plain_text
from synthesis.evidence.countries import COUNTRIES
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.tables.catalogue import TABLES

PER_ANALYSIS = (
    "certainty", "robustness", "what-would-change", "pooled", "effects", "provenance", "directions", "excluded",
)  # fmt: skip
OF_CHANGES = ("changes", "change-causes", "changed-claims", "record-differences")


@pytest.fixture(scope="module")
def analyses(evidence: Evidence) -> list[Analysis]:
    return [analyse(evidence, question) for question in evidence.questions]


@pytest.fixture(scope="module")
def blocks(evidence: Evidence, analyses: list[Analysis]) -> list[Table | Statements]:
    whole = [
        TABLES["summary-of-findings"].function(analyses),
        TABLES["robustness-summary"].function(analyses),
        TABLES["characteristics"].function(evidence),
        TABLES["published-estimates"].function(evidence, include_recalled=True),
        TABLES["statements"].function(evidence),
    ]
    needs_records = {"effects", "provenance", "excluded"}
    each = [
        TABLES[key].function(analysis, *([evidence] if key in needs_records else []))
        for analysis in analyses
        for key in PER_ANALYSIS
    ]
    changed = changes_between(
        evidence.without("timko2007"), evidence, open_briefing("mutual-aid", evidence.root.parent)
    )
    return [*whole, *each, *(TABLES[key].function(changed) for key in OF_CHANGES)]


def test_every_table_can_be_written(blocks: list[Table | Statements]) -> None:
    whole = {"summary-of-findings", "robustness-summary", "characteristics", "published-estimates", "statements"}
    assert {*whole, *PER_ANALYSIS, *OF_CHANGES} == set(TABLES)
    for block in blocks:
        assert "<" in fragment(block)
        assert plain_text(block).strip()


def test_rows_have_a_cell_for_every_column(blocks: list[Table | Statements]) -> None:
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                assert len(row.cells) == (1 if row.style == "group" else len(block.columns)), block.id
                assert plain(row.cells[0]).strip(), block.id


def test_ids_are_unique(blocks: list[Table | Statements]) -> None:
    ids = [block.id for block in blocks if isinstance(block, Table)]
    assert len(ids) == len(set(ids))


def test_everything_cited_is_a_record(evidence: Evidence, blocks: list[Table | Statements]) -> None:
    for block in blocks:
        rows = block.rows if isinstance(block, Table) else ()
        cited = {span.target for row in rows for cell in row.cells for span in cell if span.style == "cite"}
        assert cited <= {*evidence.studies, *evidence.sources}


def test_every_study_and_every_published_result_has_a_row(evidence: Evidence, blocks: list[Table | Statements]) -> None:
    _, _, characteristics, published, said = blocks[:5]
    assert isinstance(characteristics, Table) and isinstance(published, Table) and isinstance(said, Statements)
    assert len(characteristics.rows) == len(evidence.studies)
    estimates = sum(len(source.estimates) for source in evidence.sources.values())
    assert sum(row.style == "body" for row in published.rows) == estimates
    assert len(said.items) == sum(len(source.statements) for source in evidence.sources.values())


def test_every_country_in_the_evidence_has_a_name(evidence: Evidence) -> None:
    codes = {code for study in evidence.studies.values() for code in study.countries}
    assert codes <= set(COUNTRIES)
