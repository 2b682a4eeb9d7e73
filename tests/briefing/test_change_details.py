"""What an annex shows of a change report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from synthesis.briefing.change_details import change_details
from synthesis.changes.model import ChangeReport, ClaimChange
from synthesis.changes.words import callout

SAVED = Path(__file__).resolve().parents[1] / "figures" / "baseline" / "changes.json"


@pytest.fixture
def report() -> ChangeReport:
    """Made up, as in the tests of figures."""
    return ChangeReport.from_dict(json.loads(SAVED.read_text(encoding="utf-8")))


def test_each_part_is_there_if_it_has_something_to_say(report: ChangeReport) -> None:
    assert [block.kind for block in change_details(report)] == ["figure", "table"]
    claim = ClaimChange(claim="c", label="unchanged", before="Of 1.", after="Of 2.", questions=(), numbers={})
    assert [block.kind for block in change_details(replace(report, claims=(claim,)))] == ["figure", "table", "table"]


def test_where_nothing_is_to_be_listed_the_few_lines_stand(report: ChangeReport) -> None:
    same = replace(report, questions=report.questions[1:3])
    assert change_details(same) == (callout(same),)
    first = replace(report, before=None)
    assert change_details(first) == (callout(first),)


def test_directions_alone_are_a_table_and_new_questions_have_no_causes(report: ChangeReport) -> None:
    observed = report.questions[2]
    assert observed.after is not None
    later = replace(observed, after=replace(observed.after, ways={"better": 4, "worse": 1}))
    assert [block.kind for block in change_details(replace(report, questions=(later,)))] == ["table"]
    added = replace(report.questions[0], before=None, label="new", moves=())
    assert [block.kind for block in change_details(replace(report, questions=(added,)))] == ["figure"]
