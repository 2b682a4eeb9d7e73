"""An edition is issued from its inputs alone, once, in order, and only where nothing speaks against it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from editions.tiny_project import add_study, commit, quick_build, run_git
from synthesis.editions.archive import unpack
from synthesis.editions.issue import Request, issue
from synthesis.editions.read import editions_of, read_edition, unpack_inputs
from synthesis.editions.verify import intact
from synthesis.errors import BusyError, EditionError, EvidenceError, SynthesisError, UnknownKeyError, UsageError
from synthesis.evidence.load import load
from synthesis.evidence.project import open_briefing
from synthesis.storage import only_writer

FIRST = Request(briefing="referral", edition="2026-01", type="new-evidence", date="2026-01-05")
SECOND = replace(FIRST, edition="2026-07", date="2026-07-01", note="One more trial.")


def frozen(project: Path, request: Request = FIRST) -> Any:
    return issue(project, request, build=quick_build)


def names(project: Path) -> list[str]:
    return sorted(path.name for path in (project / "briefings" / "referral").iterdir())


def test_an_edition_holds_everything_it_was_made_from(project: Path, tmp_path: Path) -> None:
    edition = frozen(project)
    manifest = edition.manifest
    assert names(project) == ["2026-01", "briefing.yaml", "claims.yaml"]
    assert sorted(manifest.inputs) == [
        "briefings/referral/briefing.yaml",
        "briefings/referral/claims.yaml",
        "evidence/questions/referral.yaml",
        "evidence/studies/alpha2001.yaml",
        "evidence/vocabulary.yaml",
        "notebooks/referral.ipynb",
    ]
    assert sorted(manifest.outputs) == ["briefing.html", "briefing.pdf", "inputs.zip", "numbers.json"]
    assert (manifest.type, manifest.issued, manifest.previous) == ("new-evidence", "2026-01-05", None)
    assert manifest.plans["referral"]["tau2"] == "REML"
    assert manifest.repository is not None and manifest.repository.commit == run_git(project, "rev-parse", "HEAD")
    assert not manifest.repository.dirty and manifest.software.packages["numpy"]
    unpacked = unpack_inputs(edition.folder, tmp_path / "elsewhere")
    assert load(unpacked / "evidence").content_hash == load(project / "evidence").content_hash == manifest.evidence
    assert open_briefing("referral", unpacked).id == "referral"
    assert str(tmp_path) not in (edition.folder / "manifest.json").read_text()


def test_editions_follow_one_another_and_the_next_is_built_beside_the_last(project: Path, tmp_path: Path) -> None:
    first = frozen(project)
    add_study(project, "beta2002")
    commit(project)
    second = frozen(project, SECOND)
    assert second.manifest.previous is not None and second.manifest.previous.edition == first.id
    assert [edition.id for edition in editions_of(project, "referral")] == ["2026-01", "2026-07"]
    assert intact(project, first) == intact(project, second) == ()
    assert b"beta2002" in (second.folder / "briefing.html").read_bytes()
    # The edition before it lies where the report of changes looks for it.
    unpacked = unpack_inputs(second.folder, tmp_path / "second")
    assert read_edition(unpacked, "referral", "2026-01").manifest == first.manifest


def test_the_same_inputs_give_the_same_edition(project: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    assert frozen(project).manifest == frozen(copy).manifest


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"edition": "2026/07"}, UsageError, "cannot name an edition"),
        ({"edition": ".."}, UsageError, "cannot name an edition"),
        ({"date": "July"}, UsageError, "'July' is not a date"),
        ({"briefing": "referal"}, UnknownKeyError, "Did you mean 'referral'"),
        ({"type": "correction", "note": None}, UsageError, "needs a note that says what is changed"),
        ({"type": "amendment", "nothing_new": True}, UsageError, "is an edition of type new-evidence"),
        ({"edition": "2026-01"}, EditionError, "briefings/referral/2026-01 exists already"),
        ({"date": "2026-01-04"}, EditionError, "2026-01-04 is before 2026-01-05"),
        ({"type": "retirement"}, EditionError, "write retired, with a reason, into briefing.yaml"),
    ],
)
def test_what_may_not_be_issued_is_refused_and_nothing_is_written(
    project: Path, changes: dict[str, Any], error: type[SynthesisError], says: str
) -> None:
    frozen(project)
    before = (project / "briefings" / "referral" / "2026-01" / "manifest.json").read_bytes()
    with pytest.raises(error, match=says):
        frozen(project, replace(SECOND, **changes))
    assert names(project) == ["2026-01", "briefing.yaml", "claims.yaml"]
    assert (project / "briefings" / "referral" / "2026-01" / "manifest.json").read_bytes() == before
    assert not (project / "build").exists()


def test_the_first_edition_cannot_correct_anything(project: Path) -> None:
    with pytest.raises(EditionError, match="there is no edition yet"):
        frozen(project, replace(FIRST, type="correction", note="A slip."))


def test_files_that_are_not_committed_hold_it_up_unless_that_is_allowed_and_said(project: Path) -> None:
    add_study(project, "beta2002")
    says = r"1 file not committed: evidence/studies/beta2002.yaml; commit first"
    with pytest.raises(EditionError, match=says):
        frozen(project)
    edition = frozen(project, replace(FIRST, allow_dirty=True))
    assert edition.manifest.repository is not None and edition.manifest.repository.dirty


def test_a_repository_that_git_cannot_read_is_not_taken_for_none(project: Path) -> None:
    (project / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(EditionError, match="git finds no commit here, or may not read it"):
        frozen(project)
    assert frozen(project, replace(FIRST, allow_dirty=True)).manifest.repository is None


def test_several_editions_may_be_committed_together(project: Path) -> None:
    frozen(project)
    assert not frozen(project, SECOND).manifest.repository.dirty


def test_a_project_that_is_not_under_git_says_so(project: Path) -> None:
    shutil.rmtree(project / ".git")
    assert frozen(project).manifest.repository is None


def test_problems_and_stale_judgements_hold_it_up(project: Path) -> None:
    study = project / "evidence" / "studies" / "alpha2001.yaml"
    good = study.read_text()
    study.write_text(good.replace("events: 40", "events: 400"))
    with pytest.raises(EvidenceError, match="events-exceed-n"):
        frozen(project, replace(FIRST, allow_dirty=True))
    study.write_text(good)
    judged = "certainty:\n  status: no-evidence\n  reason: none was found\n  by: Nobody\n  on: 2026-01-01\n"
    question = project / "evidence" / "questions" / "referral.yaml"
    question.write_text(question.read_text() + judged)
    with pytest.raises(EvidenceError, match="stale-judgement"):
        frozen(project, replace(FIRST, allow_dirty=True))
    assert names(project) == ["briefing.yaml", "claims.yaml"]


def test_a_damaged_earlier_edition_holds_it_up(project: Path) -> None:
    page = frozen(project).folder / "briefing.html"
    page.write_bytes(page.read_bytes() + b" ")
    with pytest.raises(EditionError, match=r"2026-01/briefing.html has been changed since the edition was issued"):
        frozen(project, SECOND)


def test_nothing_new_is_an_edition_of_one_line_and_has_to_be_true(project: Path) -> None:
    frozen(project)
    definition = project / "briefings" / "referral" / "briefing.yaml"
    definition.write_text(definition.read_text().replace("evidence_to: 2026-01-04", "evidence_to: 2026-06-30"))
    commit(project)
    same = frozen(project, replace(SECOND, nothing_new=True, note=None))
    assert same.manifest.nothing_new and same.manifest.parameters["nothing_new"] is True
    add_study(project, "beta2002")
    commit(project)
    with pytest.raises(EditionError, match=r"since 2026-07 evidence/studies/beta2002.yaml changed"):
        frozen(project, replace(SECOND, edition="2026-08", nothing_new=True))


def test_a_retired_briefing_gets_a_last_edition_and_no_other(project: Path) -> None:
    frozen(project)
    definition = project / "briefings" / "referral" / "briefing.yaml"
    definition.write_text(definition.read_text() + "retired: {reason: Nobody asks any more., instead: Ask a friend.}\n")
    commit(project)
    with pytest.raises(EditionError, match="says that the briefing is retired"):
        frozen(project, SECOND)
    assert frozen(project, replace(SECOND, type="retirement")).manifest.type == "retirement"


def test_one_at_a_time(project: Path) -> None:
    with (
        only_writer(project / "build" / ".referral.lock", "a build of referral"),
        pytest.raises(BusyError, match="a build of referral"),
    ):
        frozen(project)


def test_a_build_that_fails_or_a_full_disk_leaves_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> dict[str, bytes]:
        raise EditionError("the notebook failed")

    with pytest.raises(EditionError, match="the notebook failed"):
        issue(project, FIRST, build=fails)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            frozen(project)
    assert names(project) == ["briefing.yaml", "claims.yaml"]
    frozen(project)


def test_an_archive_that_leads_out_of_the_project_is_not_unpacked(tmp_path: Path) -> None:
    import io
    import zipfile

    for name in ("../evil", "/etc/evil", "a/../../b", "a\\b", "C:evil"):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), "x")
        with pytest.raises(EditionError, match="not unpacked"):
            unpack(made.getvalue(), "inputs.zip")
    for content in (b"", b"PK", b"not an archive"):
        with pytest.raises(EditionError, match="cannot be unpacked"):
            unpack(content, "inputs.zip")


def test_the_manifest_is_plain_json_that_knows_when_it_was_changed(project: Path) -> None:
    edition = frozen(project)
    path = edition.folder / "manifest.json"
    content = path.read_bytes()
    assert json.loads(content)["format"] == "synthesis-edition/1"
    for place in range(0, len(content), 97):
        flipped = bytearray(content)
        flipped[place] ^= 1
        path.write_bytes(bytes(flipped))
        with pytest.raises(EditionError):
            read_edition(project, "referral", "2026-01")
    path.write_bytes(content.replace(b"\n", b"\r\n"))
    with pytest.raises(EditionError, match="has been changed"):
        read_edition(project, "referral", "2026-01")
