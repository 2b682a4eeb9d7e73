"""How a briefing stands on a day: the same definition and the same day give the same status."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from synthesis.briefing.compose import masthead
from synthesis.briefing.life import life_of, months_after
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.edition import EditionPlan, Retirement, Scope, last_day
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import for_edition, open_briefing
from synthesis.evidence.question import Briefing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def briefing() -> Briefing:
    changes = {"date": "2026-11-30", "review_months": 3, "review_notice_months": 1, "editions": (), "retired": None}
    return open_briefing("mutual-aid", ROOT).model_copy(update=changes)


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2026-11-30", "current"),
        ("2027-01-27", "current"),
        ("2027-01-28", "due"),
        ("2027-02-28", "due"),
        ("2027-03-01", "overdue"),
        ("2099-01-01", "overdue"),
    ],
)
def test_the_status_follows_from_the_day(briefing: Briefing, on: str, status: str) -> None:
    life = life_of(briefing, on=on)
    assert (life.status, life.review_due) == (status, date(2027, 2, 28))
    assert life.data() == {"status": status, "review_due": "2027-02-28", "on": on}


def test_a_retired_briefing_stays_retired_and_points_onward(briefing: Briefing, evidence: Evidence) -> None:
    ended = briefing.model_copy(update={"retired": Retirement(reason="Nobody asks any more.", instead="Ask a friend.")})
    last = for_edition(ended, {"edition": "2027-01", "type": "retirement", "status_on": "2030-01-01"})
    assert life_of(last).status == "retired"
    rows = dict(masthead(evidence, last).rows)
    assert rows["Why"] == "Nobody asks any more." and rows["Read instead"] == "Ask a friend."
    assert "Review due" not in rows


def test_the_head_of_an_edition_says_what_it_is(briefing: Briefing, evidence: Evidence) -> None:
    asked = {"edition": "2027-01", "date": "2027-01-05", "nothing_new": True, "note": "A yearly look."}
    rows = dict(masthead(evidence, for_edition(briefing, asked)).rows)
    assert rows["Edition"] == "2027-01 (new evidence)"
    assert rows["Search"] == "Searched to 23 November 2026; nothing new was found"
    assert (rows["This edition"], rows["Status"]) == ("A yearly look.", "Current on 5 January 2027")


def test_a_plan_changes_its_own_edition_only(briefing: Briefing, evidence: Evidence) -> None:
    plan = EditionPlan(
        edition="2013-12", label="Reconstruction", scope=Scope(published_to="2013"), questions=(), claims=(),
        notebook="notebooks/then.ipynb",
    )  # fmt: skip
    planned = briefing.model_copy(update={"editions": (plan,), "annex": "notebooks/annex.ipynb"})
    then, now = for_edition(planned, "2013-12"), for_edition(planned)
    assert (then.questions, then.issue.scope.published_to, then.issue.claims) == ((), "2013", ())
    assert (then.notebook, then.annex) == ("notebooks/then.ipynb", None)
    assert (now.notebook, now.annex, now.issue.claims) == (briefing.notebook, "notebooks/annex.ipynb", None)
    assert life_of(then, on="2030-01-01").status == "past"
    assert (now.questions, now.issue.scope) == (briefing.questions, Scope())
    rows = dict(masthead(evidence, then).rows)
    assert (rows["What this is"], rows["Evidence up to"]) == ("Reconstruction", "31 December 2013")


def test_what_an_edition_cannot_be_is_said(briefing: Briefing) -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean 'note'"):
        for_edition(briefing, {"notes": "x"})
    with pytest.raises(UsageError, match="edition '2026-11': type cannot be 'update'"):
        for_edition(briefing, {"type": "update"})


def test_dates_of_less_than_a_day_mean_the_last_day() -> None:
    assert [last_day(text) for text in ("2013", "2012-02", "2012-02-03")] == [
        date(2013, 12, 31),
        date(2012, 2, 29),
        date(2012, 2, 3),
    ]
    assert months_after(date(2026, 3, 31), -1) == date(2026, 2, 28)
