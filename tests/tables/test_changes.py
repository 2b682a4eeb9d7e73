"""The change report as tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthesis.changes.model import (
    Cause,
    ChangeReport,
    ClaimChange,
    Conclusion,
    Difference,
    QuestionChange,
    Shift,
    Version,
)
from synthesis.document.elements import Table, plain
from synthesis.tables.changes import causes_table, changed_claims_table, changes_table, differences_table

NOTHING = Conclusion(question="q", title="Q", kind="nothing", certainty="no evidence")
SAVED = Path(__file__).resolve().parents[1] / "figures" / "baseline" / "changes.json"


@pytest.fixture
def report() -> ChangeReport:
    """The made-up report that is drawn in the tests of figures."""
    import json

    return ChangeReport.from_dict(json.loads(SAVED.read_text(encoding="utf-8")))


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def test_conclusions_before_and_now(report: ChangeReport) -> None:
    table = changes_table(report)
    assert table.caption == "Conclusions before and now, compared with edition 2025-01"
    assert cells(table)[0] == [
        "Attendance",
        "150 more people per 1,000 (40 more to 260 more); small increase; moderate certainty",
        "90 more people per 1,000 (20 fewer to 200 more); small increase; low certainty; includes no difference",
        "weaker: certainty falls from moderate to low; the interval now includes no difference",
        "new studies (Alder 2024)",
    ]


def test_shifts_alone_in_turn_together_and_in_all() -> None:
    def cause(key: str, alone: float, turn: float, details: tuple[str, ...]) -> Cause:
        return Cause(
            key=key, alone=Shift(estimate=alone, people=100 * alone), in_turn=Shift(estimate=turn, people=100 * turn),
            label="weaker", moves=True, details=details,
        )  # fmt: skip

    many = tuple(f"field {number}: 1 → 2" for number in range(9))
    change = QuestionChange(
        question="q", title="Q", label="weaker", before=NOTHING, after=NOTHING, moves=(),
        causes=(cause("method", -0.1, -0.1, many), cause("new-studies", -0.2, -0.5, ("Alder 2024",))),
        total=Shift(estimate=-0.6, people=None), together=Shift(estimate=-0.3, people=None),
    )  # fmt: skip
    report = ChangeReport(briefing="b", before=Version(name="a"), after=Version(name="b"), questions=(change,))
    assert cells(causes_table(report)) == [
        ["Q: weaker"],
        ["Method", "−0.100", "−0.100", "−10.0", "−10.0",
         "field 0: 1 → 2; field 1: 1 → 2; field 2: 1 → 2; 6 more"],
        ["New studies", "−0.200", "−0.500", "−20.0", "−50.0", "Alder 2024"],
        ["Together, beyond these", "−0.300", "–", "–", "–", "interaction: in none of them alone"],
        ["All", "−0.600", "−0.600", "–", "–", ""],
    ]  # fmt: skip


def test_sentences_and_fields_that_differ(report: ChangeReport) -> None:
    def claim(key: str, label: str, before: str, after: str) -> ClaimChange:
        return ClaimChange(claim=key, label=label, before=before, after=after, questions=(), numbers={})

    some = ChangeReport(
        briefing="b", before=Version(name="a"), after=Version(name="b"),
        claims=(
            claim("same", "unchanged", "One.", "One."), claim("numbers", "unchanged", "Of 1.", "Of 2."),
            claim("added", "new", "", "Two."),
        ),
        differences=(Difference(record="studies/a", field="", cause="new-studies", before="", after="added"),),
    )  # fmt: skip
    assert cells(changed_claims_table(some)) == [
        ["numbers", "Of 1.", "Of 2.", "other numbers"],
    ]
    assert plain(changed_claims_table(some).notes[1]) == "1 new sentence, to be read in the text, not listed here."
    assert cells(differences_table(some)) == [["studies/a", "new studies", "whole record", "–", "added"]]
    for empty in (changed_claims_table(report), differences_table(report)):
        assert len(empty.rows) == 1
