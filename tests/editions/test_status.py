"""How briefings stand, and a retraction that holds up an edition until somebody decides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from editions.tiny_project import add_study, commit, quick_build
from synthesis.editions.issue import Request, issue
from synthesis.editions.status import standings
from synthesis.errors import EditionError

REQUEST = Request(briefing="referral", edition="2026-01", type="new-evidence", date="2026-01-05")
NOTICE = (
    "Record ID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,RetractionDate\n"
    "1,10.9999/beta2002,0,Retraction,2/17/2026 0:00\n"
)


def test_a_briefing_stands_as_its_last_edition_does(project: Path) -> None:
    assert [item.status for item in standings(project, "2026-01-05")] == ["not issued"]
    issue(project, REQUEST, build=quick_build)
    on = {"2026-01-05": "current", "2026-12-05": "due", "2027-01-05": "due", "2027-01-06": "overdue"}
    assert {day: standings(project, day)[0].status for day in on} == on
    command = [sys.executable, "-m", "synthesis", "status", "--on", "2027-01-06", "--format", "json"]
    done = subprocess.run([*command, "--project", str(project)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        {
            "briefing": "referral",
            "title": "Referral",
            "status": "overdue",
            "edition": "2026-01",
            "issued": "2026-01-05",
            "review_due": "2027-01-05",
            "on": "2027-01-06",
            "triggers": [],
            "undecided_retractions": [],
        }
    ]


def test_a_retired_briefing_stays_retired(project: Path) -> None:
    definition = project / "briefings" / "referral" / "briefing.yaml"
    definition.write_text(definition.read_text() + "retired: {reason: Nobody asks any more.}\n")
    commit(project)
    issue(
        project, Request(briefing="referral", edition="last", type="retirement", date="2026-01-05"), build=quick_build
    )
    assert standings(project, "2030-01-01")[0].status == "retired"


def test_a_retraction_holds_up_an_edition_and_shows_both_results(project: Path) -> None:
    add_study(project, "beta2002", events=60)
    (project / "evidence" / "retractions.csv").write_text(NOTICE)
    commit(project)
    with pytest.raises(EditionError) as caught:
        issue(project, REQUEST, build=quick_build)
    lines = str(caught.value).splitlines()
    assert lines[0] == "studies on the list of retractions need a decision"
    assert lines[1] == (
        "studies/beta2002.yaml: report main (10.9999/beta2002) has a notice: retraction, 2026-02-17 (retractions.csv:2)"
    )
    assert lines[2].startswith("  referral with it: OR 3.0") and lines[2].endswith("2 studies")
    assert lines[3].startswith("  referral without it: OR 2.00") and lines[3].endswith("1 study")
    assert "decision: use (keep or exclude)" in lines[4]
    assert standings(project, "2026-01-05")[0].retractions == tuple(lines[1:])
    study = project / "evidence" / "studies" / "beta2002.yaml"
    decided = (
        "concerns:\n  - kind: retraction\n    statement: The journal withdrew the paper.\n"
        "    where: {place: notice, read: true}\n"
        "    decision: {use: exclude, reason: withdrawn, by: Nobody, on: 2026-02-18}\nread: true\nadded"
    )
    study.write_text(study.read_text().replace("read: true\nadded", decided))
    commit(project)
    edition = issue(project, REQUEST, build=quick_build)
    assert "evidence/retractions.csv" in edition.manifest.inputs
