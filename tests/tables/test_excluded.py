"""What was left out, and why."""

from __future__ import annotations

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.tables.excluded import excluded_table
from synthesis.tables.records import Records


def test_each_result_left_out_has_its_reason(pooled: Analysis, held: Records) -> None:
    (row,) = excluded_table(pooled, held).rows
    assert [plain(cell) for cell in row.cells] == ["Alder 2007 ", "Attended at all", "Measured early."]
    assert [span.target for span in row.cells[0] if span.style == "cite"] == ["alder2007"]


def test_without_the_records_the_result_is_named_by_its_id(pooled: Analysis) -> None:
    (cell,) = excluded_table(pooled).rows[0].cells[1]
    assert (cell.text, cell.style) == ("att-3m", "code")


def test_nothing_left_out_is_said(nothing: Analysis) -> None:
    assert plain(excluded_table(nothing).rows[0].cells[0]) == "Nothing that the rule reached was left out."
