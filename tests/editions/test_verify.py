"""Frozen editions are intact or it is said where not, and are built again to the same bytes or it is said why not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy
import pytest

import synthesis
from editions.tiny_project import commit, make_project, run_git
from synthesis.editions import verify
from synthesis.editions.issue import Request, issue
from synthesis.editions.model import MANIFEST
from synthesis.editions.read import editions_of, read_edition
from synthesis.editions.verify import intact, rebuilt
from synthesis.errors import EditionError

REQUEST = Request(briefing="referral", edition="2026-01", type="new-evidence", date="2026-01-05", note="The first.")
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "7"}


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one edition, issued with this program."""
    root = make_project(tmp_path_factory.mktemp("this") / "project")
    issue(root, REQUEST)
    return root


@pytest.fixture(scope="module")
def issued_then(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one edition, issued with an earlier program that stood in the same repository."""
    root = make_project(tmp_path_factory.mktemp("then") / "project")
    program = Path(synthesis.__file__).parent
    shutil.copytree(program, root / "src" / "synthesis", ignore=shutil.ignore_patterns("__pycache__"))
    words = root / "src" / "synthesis" / "briefing" / "compose.py"
    then = words.read_text().replace('"new evidence"', '"new evidence, as we said then"')
    assert then != words.read_text()
    words.write_text(then)
    commit(root)
    command = [sys.executable, "-P", "-m", "synthesis", "edition", "referral", "2026-01", "--type", "new-evidence"]
    subprocess.run(
        [*command, "--date", "2026-01-05", "--project", str(root)],
        env=os.environ | {"PYTHONPATH": str(root / "src")}, check=True, capture_output=True,
    )  # fmt: skip
    commit(root)
    words.write_text(then.replace("as we said then", "as we say now"))
    commit(root)
    return root


def test_one_flipped_byte_in_any_file_is_found(issued: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in (issued / "briefings" / "referral" / "2026-01").iterdir())
    assert {"briefing.html", "briefing.pdf", "changes.json", "claims.json", "inputs.zip", "manifest.json"} < set(names)
    for number, name in enumerate(names):
        root = shutil.copytree(issued, tmp_path / str(number))
        path = root / "briefings" / "referral" / "2026-01" / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
        says = f"briefings/referral/2026-01/{name} has been changed since the edition was issued"
        try:
            assert intact(root, read_edition(root, "referral", "2026-01"))[0] == says
        except EditionError as error:
            # Where the byte was in the name of a field, the file is no manifest at all.
            none = f"briefings/referral/2026-01/{name} is not the manifest of an edition: "
            assert name == "manifest.json" and str(error).startswith((says, none))
    for command in (["verify", "--intact"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "synthesis", *command, "--project", str(root)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, says in done.stderr) == (1, True)


def test_files_that_are_missing_or_too_many_are_named(issued: Path, tmp_path: Path) -> None:
    root = shutil.copytree(issued, tmp_path / "copy")
    folder = root / "briefings" / "referral" / "2026-01"
    (folder / "claims.json").unlink()
    (folder / "notes.txt").write_text("x")
    where = "briefings/referral/2026-01"
    assert intact(root, read_edition(root, "referral", "2026-01")) == (
        f"{where}/claims.json is missing",
        f"{where}/notes.txt is not part of the edition",
    )


def test_an_edition_put_in_place_of_another_breaks_the_chain(issued: Path, tmp_path: Path) -> None:
    root = shutil.copytree(issued, tmp_path / "copy")
    second = Request(briefing="referral", edition="2026-02", type="new-evidence", date="2026-02-01")
    quick = {"numbers.json": b"{}"}
    issue(root, second, build=lambda *_, **__: quick)
    first = root / "briefings" / "referral" / "2026-01"
    shutil.rmtree(first)
    with pytest.raises(EditionError, match="do not follow one another: 2026-02 cannot be reached"):
        editions_of(root, "referral")
    moved = root / "briefings" / "referral" / "2026-02"
    aside = moved.rename(tmp_path / "aside")
    issue(root, REQUEST, build=lambda *_, **__: quick)
    aside.rename(moved)
    says = "the edition before it, 2026-01, is not the one it followed"
    assert says in intact(root, read_edition(root, "referral", "2026-02"))[0]


def test_claims_are_frozen_as_they_were_said(issued: Path) -> None:
    claims = json.loads((issued / "briefings" / "referral" / "2026-01" / "claims.json").read_text())["claims"]
    assert [claim["id"] for claim in claims] == ["raises"]
    assert claims[0]["says"].startswith("More people were abstinent after referral (OR 2.00")
    assert claims[0]["when"] == ["referral.estimate > 1"]


def test_built_again_on_another_day_in_another_zone_and_place_it_is_the_same(
    issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shutil.copytree(issued, tmp_path / "another place")
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    found = rebuilt(root, read_edition(root, "referral", "2026-01"))
    assert (found.outcome, found.how, found.different, found.needs) == ("same", "this program", (), ())


def test_what_the_inputs_do_not_give_is_never_called_the_same(issued: Path, tmp_path: Path) -> None:
    root = shutil.copytree(issued, tmp_path / "forged")
    edition = read_edition(root, "referral", "2026-01")
    page = edition.folder / "briefing.html"
    page.write_bytes(page.read_bytes().replace(b"Referral", b"Deferral"))
    outputs = edition.manifest.outputs | {"briefing.html": sha256(page.read_bytes()).hexdigest()}
    forged = edition.manifest.model_copy(update={"outputs": outputs})
    (edition.folder / MANIFEST).write_bytes(forged.to_bytes())
    edition = read_edition(root, "referral", "2026-01")
    assert intact(root, edition) == ()
    found = rebuilt(root, edition)
    assert (found.outcome, found.different) == ("different", ("briefing.html",))


def test_a_difference_counts_only_where_everything_it_was_made_with_is_the_same(
    issued: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = read_edition(issued, "referral", "2026-01")
    monkeypatch.setattr(verify, "built_apart", lambda *_, **__: {"briefing.html": b"otherwise"})
    assert rebuilt(issued, edition).outcome == "different"
    recorded = edition.manifest.software.model_copy(update={"packages": {"numpy": "1.0", "gone": "2.0"}})
    older = edition.manifest.model_copy(update={"software": recorded})
    found = rebuilt(issued, replace(edition, manifest=older))
    assert (found.outcome, found.needs[1]) == ("not-done", f"numpy 1.0 (here: {numpy.__version__})")
    assert found.needs[0] == "gone 2.0 (here: not installed)"

    def fails(*_: object, **__: object) -> dict[str, bytes]:
        raise EditionError("the notebook failed")

    monkeypatch.setattr(verify, "built_apart", fails)
    assert rebuilt(issued, edition).different == ("the build failed: the notebook failed",)


def test_an_edition_of_an_earlier_program_is_built_with_that_program(issued_then: Path, tmp_path: Path) -> None:
    root = shutil.copytree(issued_then, tmp_path / "rewritten")
    # History is written anew: no commit that the manifest could name is left.
    run_git(root, "checkout", "--quiet", "--orphan", "anew", "main~1")
    commit(root, "All of it")
    run_git(root, "branch", "--quiet", "-D", "main")
    run_git(root, "reflog", "expire", "--expire=now", "--all")
    run_git(root, "gc", "--quiet", "--prune=now")
    edition = read_edition(root, "referral", "2026-01")
    assert b"as we said then" in (edition.folder / "briefing.html").read_bytes()
    found = rebuilt(root, edition)
    assert found.outcome == "same"
    assert found.how == f"the program as git holds it in tree {edition.manifest.software.source_tree[:12]}"


def test_a_program_that_is_not_to_be_found_is_named(issued_then: Path, tmp_path: Path) -> None:
    root = shutil.copytree(issued_then, tmp_path / "shallow", ignore=shutil.ignore_patterns(".git"))
    edition = read_edition(root, "referral", "2026-01")
    found = rebuilt(root, edition)
    assert (found.outcome, found.how) == ("not-done", "")
    assert found.needs[0].startswith(f"the program of git tree {edition.manifest.software.source_tree}")
    done = subprocess.run(
        [sys.executable, "-m", "synthesis", "verify", "--project", str(root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "referral 2026-01: intact; not built again here" in done.stderr
