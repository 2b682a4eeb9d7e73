"""Results that other reviews published."""

from __future__ import annotations

import pytest

from synthesis.document.elements import Table, plain
from synthesis.errors import UnknownKeyError
from synthesis.tables.estimates import published_estimates
from synthesis.tables.records import Records


def texts(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def test_rows_stand_under_their_source(held: Records) -> None:
    table = published_estimates(held, ["review-2020"])
    assert table.rows[0].style == "group"
    assert [span.target for span in table.rows[0].cells[0] if span.style == "cite"] == ["review-2020"]
    assert texts(table)[1:] == [
        ["Abstinence\n12 months", "One v other", "RR 1.21 (95% CI 1.03 to 1.42)", "2 (1,936)", "high"],
        ["Days", "Not stated", "MD −3.03 (95% CI −10.43 to 4.36) percentage points", "4 †", "very low †"],
        ["Cost", "Not stated", "Probably lower.", "not stated", "not stated"],
    ]


def test_recalled_results_are_left_out_and_counted_unless_asked_for(held: Records) -> None:
    table = published_estimates(held)
    assert not any("SMD" in row[2] for row in texts(table)[1:] if len(row) > 2)
    assert "Not shown, because recalled and not read: 1." in [plain(note) for note in table.notes]
    table = published_estimates(held, include_recalled=True)
    assert texts(table)[-1][2] == "SMD 0.4 †"
    assert not any("Not shown" in plain(note) for note in table.notes)


def test_numbers_carry_the_name_of_their_fact(held: Records) -> None:
    row = published_estimates(held).rows[1]
    targets = [span.target for cell in row.cells for span in cell if span.style == "number"]
    assert targets == ["review-2020.abst.effect", "review-2020.abst.studies", "review-2020.abst.participants"]


def test_certainty_is_a_mark_of_its_own_kind(held: Records) -> None:
    assert [span.style for span in published_estimates(held).rows[1].cells[4]] == ["certainty"]


def test_only_the_measures_used_are_explained(held: Records) -> None:
    note = plain(published_estimates(held).notes[0])
    assert "risk ratio" in note and "mean difference" in note and "odds ratio" not in note


def test_a_source_without_results_says_so(held: Records) -> None:
    assert texts(published_estimates(held, ["guide-2011"]))[0][0] == "No published result that was read"


def test_an_unknown_source_is_refused(held: Records) -> None:
    with pytest.raises(UnknownKeyError, match="review-2020"):
        published_estimates(held, ["review-2021"])
