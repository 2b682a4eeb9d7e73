"""Masthead and date of issue: the calendar, the order of precedence, and no clock."""

from __future__ import annotations

import ast
import datetime
import time
from pathlib import Path
from typing import Any

import pytest

from synthesis.briefing import compose
from synthesis.briefing.compose import briefing_facts, masthead
from synthesis.errors import UsageError
from synthesis.evidence import edition
from synthesis.evidence.edition import issue_date
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.evidence.question import Briefing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def briefing() -> Briefing:
    return open_briefing("mutual-aid", ROOT)


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def due(evidence: Evidence, briefing: Briefing, issued: str, months: int) -> str:
    head = masthead(evidence, briefing.model_copy(update={"review_months": months}), issued=issued)
    return dict(head.rows)["Review due"]


@pytest.mark.parametrize(
    ("issued", "months", "expected"),
    [
        ("2026-11-23", 12, "23 November 2027"),
        ("2026-01-31", 1, "28 February 2026"),
        ("2027-01-31", 13, "29 February 2028"),
        ("2028-02-29", 12, "28 February 2029"),
        ("2028-02-29", 48, "29 February 2032"),
        ("2026-12-01", 1, "1 January 2027"),
        ("2026-08-31", 3, "30 November 2026"),
        ("2026-12-31", 12, "31 December 2027"),
        ("2026-03-30", 120, "30 March 2036"),
    ],
)
def test_the_review_falls_due_on_a_day_there_is(
    evidence: Evidence, briefing: Briefing, issued: str, months: int, expected: str
) -> None:
    assert due(evidence, briefing, issued, months) == expected


def test_the_masthead_says_what_a_reader_needs(evidence: Evidence, briefing: Briefing) -> None:
    head = masthead(evidence, briefing)
    rows = dict(head.rows)
    assert (head.title, head.question) == (briefing.title, briefing.question)
    assert rows["Issued"] == "27 November 2026"
    assert rows["Evidence recorded to"] == "23 November 2026"
    assert rows["Owner"] == briefing.owner
    assert rows["Evidence held"] == (f"{len(evidence.studies)} studies, {len(evidence.sources)} reviews and guidelines")


def test_the_month_does_not_follow_the_machine(
    evidence: Evidence, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not every machine has another locale installed, so the standard library's answer is changed instead.
    monkeypatch.setattr("calendar.month_name", ["", *(f"mois {i}" for i in range(1, 13))])
    assert dict(masthead(evidence, briefing).rows)["Issued"] == "27 November 2026"


def test_the_argument_comes_before_the_environment_and_that_before_the_definition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert issue_date(None, "2026-11-23") == "2026-11-23"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert issue_date(None, "2026-11-23") == "1970-01-02"
    assert issue_date("2027-05-01", "2026-11-23") == "2027-05-01"


@pytest.mark.parametrize(("epoch", "day"), [("0", "1970-01-01"), ("86399", "1970-01-01"), ("4102444800", "2100-01-01")])
def test_the_epoch_is_read_in_universal_time(monkeypatch: pytest.MonkeyPatch, epoch: str, day: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert issue_date(None, "2026-11-23") == day
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "today",
        "23 November 2026",
        "2026-11",
        "2026-13-01",
        "2026-02-29",
        "20261123",
        "2026-W48-1",
        "2026-11-23T00:00",
    ],
)
def test_what_is_no_date_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match="is not a date; write it as YYYY-MM-DD"):
        issue_date(asked, "2026-11-23")


@pytest.mark.parametrize("epoch", ["", "now", "-1", "1.5", "²", "١", " 1", "9" * 15, "9" * 5000])
def test_an_epoch_that_is_none_is_refused_shortly(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH is .* whole number of seconds since 1970") as caught:
        issue_date(None, "2026-11-23")
    assert len(str(caught.value)) < 200


def test_no_clock_is_read(evidence: Evidence, briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise AssertionError("the clock was read")

    class Day(datetime.date):
        today = broken

    class Moment(datetime.datetime):
        now = today = utcnow = broken

    for module in (compose, edition):
        monkeypatch.setattr(module, "date", Day)
    monkeypatch.setattr(edition, "datetime", Moment)
    monkeypatch.setattr(time, "time", broken)
    assert dict(masthead(evidence, briefing).rows)["Issued"] == "27 November 2026"
    assert briefing_facts(evidence, briefing, []).document["date"] == "2026-11-27"


def test_nothing_in_the_package_asks_for_the_time() -> None:
    asking = {"now", "today", "utcnow", "time_ns", "gmtime", "localtime", "ctime"}
    # For commands that build nothing: a record is added today, and things stand as they do today.
    calls = []
    for path in sorted((ROOT / "src" / "synthesis").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                clock = isinstance(node.func.value, ast.Name) and node.func.value.id == "time"
                if node.func.attr in asking or (clock and node.func.attr == "time"):
                    calls.append(f"{path.parent.name}/{path.name}: {ast.unparse(node)}")
    assert calls == ["cli/options.py: date.today()"]


def test_the_document_says_what_it_is(evidence: Evidence, briefing: Briefing) -> None:
    facts = briefing_facts(evidence, briefing, [], issued="2027-01-02")
    assert facts.document["title"] == briefing.title
    assert facts.document["language"] == "en-GB"
    assert facts.document["date"] == "2027-01-02"
    assert facts.document["metadata"]["edition"] == briefing.edition
    ids = [reference["id"] for reference in facts.references]
    assert sorted(ids) == sorted([*evidence.studies, *evidence.sources])
