"""The audit table: what was printed, what was done with it, where it was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError
from synthesis.tables.effects_table import effects_table
from synthesis.tables.records import Records


def test_a_row_walks_from_the_page_to_the_effect(pooled: Analysis, held: Records) -> None:
    table = effects_table(pooled, held)
    assert len(table.rows) == 3
    study, printed, used, effect, where = (plain(cell) for cell in table.rows[1].cells)
    assert study == "Alder 2007 \nAttended weekly\n12 months"
    assert printed == "Intensive referral 51%; Standard referral 41%\np 0.048"
    assert used.split("\n") == [
        "From counts of events.", "Events = round(51% × 164) = 84. (A handbook)", "Arm sizes recalled.",
        "Prefer counts.",
    ]  # fmt: skip
    assert effect == "OR 1.52 (0.99 to 2.32)\nlog OR 0.418, SE 0.217"
    assert where == "Abstract\n51% versus 41%\nPage read for Alder 2007"


def test_the_page_is_a_link_and_the_study_a_reference(pooled: Analysis, held: Records) -> None:
    row = effects_table(pooled, held).rows[0]
    assert [span.target for span in row.cells[4] if span.style == "link"] == ["https://example.org/alder"]
    assert [span.target for span in row.cells[0] if span.style == "cite"] == ["alder2007"]
    assert [span.text for span in row.cells[4] if span.style == "quote"] == ["51% versus 41%"]


def test_recalled_and_second_hand_figures_are_marked(pooled: Analysis, held: Records) -> None:
    rows = (replace(pooled.effects.rows[0], result="att-3m", read=False),)
    table = effects_table(replace(pooled, effects=replace(pooled.effects, rows=rows)), held)
    study, printed, _, _, where = (plain(cell) for cell in table.rows[0].cells)
    assert study.startswith("Alder 2007 †")
    assert printed == "OR 1.6 (95% CI 1.1 to 2.4; p 0.02; adjusted), Intensive referral against Standard referral †"
    assert where == "Table 2, second-hand"
    assert any(plain(note).startswith("† Recalled") for note in table.notes)


def test_a_variant_has_its_own_table(pooled: Analysis, held: Records) -> None:
    table = effects_table(pooled, held, variant="recalled")
    assert (table.id, len(table.rows)) == ("effects-made-up-recalled", 1)
    with pytest.raises(UnknownKeyError, match="recalled"):
        effects_table(pooled, held, variant="other")


def test_an_empty_analysis_says_so(nothing: Analysis, held: Records) -> None:
    assert "No study" in plain(effects_table(nothing, held).rows[0].cells[0])
