"""What changed since the edition before: editions of an invented project, built without running a notebook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from changes.invented_project import Project, a_result, a_study
from synthesis.analysis.run import analyse
from synthesis.briefing.states import change_report
from synthesis.changes.model import ChangeReport
from synthesis.changes.replay import PROGRAM
from synthesis.changes.words import FIRST, lines
from synthesis.editions.derive import derived
from synthesis.editions.issue import Request, issue
from synthesis.editions.read import read_edition, unpack_inputs
from synthesis.editions.since import edition_state, what_changed
from synthesis.errors import EditionError
from synthesis.evidence.load import load
from synthesis.evidence.project import open_briefing, open_claims
from synthesis.previews.places import opened


def quick(
    project: Path, briefing: str, parameters: Mapping[str, object], formats: Iterable[str], **more: Any
) -> dict[str, bytes]:
    """The numbers of a build without its document."""
    definition = open_briefing(briefing, project, edition=parameters)
    evidence = load(project / "evidence")
    numbers = {
        "briefing": briefing, "edition": definition.edition, "issued": definition.date, "claims": {}, "facts": {},
        "edition_type": definition.issue.type,
        "analyses": [analyse(evidence, key).to_dict() for key in definition.questions],
    }  # fmt: skip
    files = {"numbers.json": json.dumps(numbers).encode()}
    return files | derived(project, briefing, files)


def issued(project: Project, edition: str, date: str) -> ChangeReport:
    request = Request(briefing="help", edition=edition, type="new-evidence", date=date, allow_dirty=True)
    made = issue(project.root, request, build=quick)
    return ChangeReport.from_dict(json.loads((made.folder / "changes.json").read_bytes()))


@pytest.fixture
def ready(project: Project) -> Project:
    """A project that may be issued: with a notebook, and without judgements that would have to be signed."""
    (project.root / "notebooks").mkdir()
    (project.root / "notebooks" / "help.ipynb").write_text("{}", encoding="utf-8")
    for path in sorted((project.root / "evidence/questions").glob("*.yaml")):
        project.edit(f"evidence/questions/{path.name}", lambda data: data.pop("certainty"))
    return project


def test_a_first_edition_a_second_and_a_working_build_between(ready: Project) -> None:
    assert lines(issued(ready, "2026-01", "2026-01-31")) == (FIRST,)
    ready.write("evidence/studies/delta2004.yaml", a_study("delta2004", a_result("entering", 4, 120, 200), n=200))
    evidence, briefing = load(ready.root / "evidence"), open_briefing("help", ready.root, edition="2027-01")
    analyses = [analyse(evidence, key) for key in briefing.questions]
    between = what_changed(evidence, briefing, analyses, claims=open_claims("help", ready.root))
    assert between.before is not None and between.before.name == "edition 2026-01"
    assert lines(between)[0].startswith(
        "Compared with edition 2026-01, issued 31 January 2026: of 7 conclusions, 1 is "
    )
    second = issued(ready, "2027-01", "2027-01-31")
    assert [(item.question, item.label) for item in second.changed] == [("entering", "reversed")]
    assert {item.because for item in second.changed} == {("new-studies",)}
    # Of an edition that is issued, what changed is what changed when it was, however often its notebook is run.
    again = what_changed(evidence, briefing, analyses, claims=open_claims("help", ready.root))
    assert (again.before, again.questions) == (second.before, second.questions)


def test_a_project_unpacked_from_an_edition_finds_the_same_edition_before(ready: Project, tmp_path: Path) -> None:
    for year in (2026, 2027, 2028):
        ready.edit(
            "evidence/questions/resting.yaml", lambda data, year=year: data["baseline_risk"].update(value=year / 1e4)
        )
        report = issued(ready, f"{year}-01", f"{year}-01-31")
    folder = ready.root / "briefings/help/2028-01"
    root = unpack_inputs(folder, tmp_path / "apart")
    files = quick(root, "help", {"edition": "2028-01", "date": "2028-01-31", "type": "new-evidence"}, ())
    assert files["changes.json"] == (folder / "changes.json").read_bytes()
    assert report.before is not None and report.before.name == "edition 2027-01"


def test_editions_are_compared_by_name(ready: Project) -> None:
    for edition, date in (("2026-01", "2026-01-31"), ("2027-01", "2027-01-31")):
        issued(ready, edition, date)
        ready.edit("evidence/questions/resting.yaml", lambda data: data["baseline_risk"].update(value=0.3))
    states = [opened(ready.root, "help", name) for name in ("2026-01", "2027-01")]
    assert [state.version.name for state in states] == ["edition 2026-01", "edition 2027-01"]
    report = change_report(*states)
    assert {item.question: item.because for item in report.questions if item.because} == {"resting": ("method",)}


def test_what_an_edition_printed_is_kept_beside_what_the_program_finds_now(ready: Project) -> None:
    issued(ready, "2026-01", "2026-01-31")
    edition = read_edition(ready.root, "help", "2026-01")
    path = edition.folder / "numbers.json"
    data = json.loads(path.read_bytes())
    data["analyses"][0]["models"]["plan"]["estimate"] += 0.5
    path.write_text(json.dumps(data), encoding="utf-8")
    report = change_report(edition_state(edition), ready.state())
    assert {item.question: item.because for item in report.questions if item.because} == {"entering": ("method",)}
    (cause,) = report.questions[0].causes
    assert cause.details == (PROGRAM,) and cause.in_turn.estimate == pytest.approx(-0.5)
    del data["analyses"][0]["models"]["plan"]["estimate"]
    path.write_text(json.dumps(data), encoding="utf-8")
    report = change_report(edition_state(edition), ready.state())
    assert not any(item.because for item in report.questions)
    assert "kept in another form than this program reads" in report.notes[0]
    path.write_text("{", encoding="utf-8")
    with pytest.raises(EditionError, match=r"help/2026-01/numbers\.json cannot be read"):
        edition_state(edition)
