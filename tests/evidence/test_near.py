"""A changed record checked beside the few that have a name in common with it, and what the whole check says of it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from synthesis.errors import Problem, UsageError
from synthesis.evidence.checks import check
from synthesis.evidence.load import read
from synthesis.evidence.near import concerns, read_near

SHIPPED = Path(__file__).parent.parent.parent / "evidence"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "evidence"
    shutil.copytree(SHIPPED, root, ignore=shutil.ignore_patterns("schema"))
    return root


def near(folder: Path, *files: str) -> list[Problem]:
    evidence, problems, names = read_near(folder, [folder / file for file in files])
    return sorted(problem for problem in (*problems, *check(evidence)) if concerns(problem, names))


def whole(folder: Path) -> list[Problem]:
    evidence, problems = read(folder)
    return sorted({*problems, *check(evidence)})


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_records_have_no_problem_one_by_one_either(folder: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*.yaml"))
    for file in files[::9]:
        assert near(folder, file) == [], file
    assert near(folder, "vocabulary.yaml") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("studies/manning2012.yaml", "percent: 64", "percent: 640", "percent-over-100"),
        ("studies/manning2012.yaml", "percent: 64", "percent: 65", "quote-lacks-number"),
        ("studies/manning2012.yaml", "id: manning2012", "id: someoneelse2012", "id-not-file"),
        ("studies/timko2006.yaml", "outcome: mutual-aid-attendance", "outcome: mutual-aid-attendence", "unknown-word"),
        ("sources/kelly2020.yaml", "schema_version: 1", "schema_version: 1\nschema_version: 1", "duplicate-key"),
        ("questions/cocaine-abstinence.yaml", "study: carroll1998", "study: carroll1999", "unknown-study"),
    ],
)
def test_the_same_is_said_with_the_same_line(folder: Path, file: str, old: str, new: str, code: str) -> None:
    change(folder / file, old, new)
    found = near(folder, file)
    assert code in {problem.code for problem in found}
    assert found == [problem for problem in whole(folder) if problem.file == file]


def test_a_publication_entered_twice_is_found_whichever_of_the_two_is_named(folder: Path) -> None:
    text = (folder / "studies" / "timko2006.yaml").read_text(encoding="utf-8")
    copy = re.sub(r"^family: .*\n", "", text.replace("id: timko2006", "id: aaa2006", 1), flags=re.MULTILINE)
    assert "doi:" in copy or "pmid:" in copy
    (folder / "studies" / "aaa2006.yaml").write_text(copy, encoding="utf-8")
    assert read(folder)[1] == ()
    for file in ("studies/aaa2006.yaml", "studies/timko2006.yaml"):
        assert "shared-identifier" in {problem.code for problem in near(folder, file)}, file


def test_a_family_of_one_is_found_and_those_of_others_are_not_missed(folder: Path) -> None:
    change(folder / "studies" / "manning2012.yaml", "year: 2012\n", "year: 2012\nfamily: alone\n")
    assert [problem.code for problem in near(folder, "studies/manning2012.yaml")] == ["family-of-one"]


def test_what_names_a_record_that_changed_its_id_is_found(folder: Path) -> None:
    (folder / "studies" / "carroll1998.yaml").rename(folder / "studies" / "carroll1997.yaml")
    found = near(folder, "studies/carroll1997.yaml")
    assert {"id-not-file", "unknown-study"} >= {problem.code for problem in found} > set()


def test_what_is_left_out_is_known_by_name(folder: Path) -> None:
    evidence, _, names = read_near(folder, [folder / "studies" / "manning2012.yaml"])
    assert names == {"studies/manning2012.yaml"}
    assert len(evidence.files) < 40 < len(evidence.unopened)
    assert "zemore2018" in evidence.unread_ids("studies")


def test_a_file_may_be_named_from_the_evidence_folder_or_from_anywhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    for file in ("studies/manning2012.yaml", "evidence/studies/manning2012.yaml"):
        assert read_near(Path("evidence"), [Path(file)])[2] == {"studies/manning2012.yaml"}


@pytest.mark.parametrize("file", ["README.md", "studies", "nothing.yaml", "../briefing.yaml", "/etc/hostname"])
def test_what_is_no_record_is_refused(folder: Path, file: str) -> None:
    with pytest.raises(UsageError, match="is no record in evidence/"):
        read_near(folder, [Path(file)])


def test_a_link_that_leads_out_and_a_pipe_are_said_as_before(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "studies" / "link2000.yaml").symlink_to(tmp_path / "secret.yaml")
    os.mkfifo(folder / "studies" / "pipe2000.yaml")
    for name, code in (("link2000", "outside"), ("pipe2000", "not-a-file")):
        assert [problem.code for problem in near(folder, f"studies/{name}.yaml")] == [code]
    assert near(folder, "studies/manning2012.yaml") == []
