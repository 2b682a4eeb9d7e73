"""Frozen editions as they stand in the repository: planned, in order, and untouched."""

from __future__ import annotations

from pathlib import Path

from synthesis.editions.read import editions_of
from synthesis.editions.verify import intact
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import briefing_ids, open_briefing


def test_editions_are_what_was_issued(repository: Path) -> None:
    for briefing in briefing_ids(repository):
        for edition in editions_of(repository, briefing):
            assert intact(repository, edition) == ()


def test_the_editions_of_mutual_aid_are_issued_together_or_not_at_all(repository: Path) -> None:
    issued = [edition.id for edition in editions_of(repository, "mutual-aid")]
    assert issued == [] or issued[:3] == ["2013-12", "2020-12", "2026-11"]


def test_plans_of_editions_name_what_there_is(repository: Path, evidence: Evidence) -> None:
    for briefing in briefing_ids(repository):
        definition = open_briefing(briefing, repository)
        for plan in definition.editions:
            edition = open_briefing(briefing, repository, edition=plan.edition)
            assert (repository / edition.notebook).is_file()
            assert set(edition.questions) | set(plan.scope.not_judged) <= set(evidence.questions)
            assert edition.issue.scope == plan.scope
            if plan.scope.published_to is not None:
                assert plan.label is not None and "reconstruction" in plan.label, "a reconstruction says that it is one"
