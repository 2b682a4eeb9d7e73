"""From a folder to one Evidence: what is usable is used, what is not is listed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Protocol

import pytest

from synthesis.errors import EvidenceError, UnknownKeyError
from synthesis.evidence.load import load, read, read_briefing

STUDY = "studies/sound2001.yaml"


class Folder(Protocol):
    root: Path

    def change(self, file: str, old: str, new: str) -> Folder: ...
    def write(self, file: str, content: str | bytes) -> Folder: ...
    def add_study(self, study_id: str, *changes: tuple[str, str]) -> Folder: ...
    def codes(self) -> list[str]: ...


def test_a_sound_folder_loads(folder: Folder) -> None:
    evidence = load(folder.root)
    assert list(evidence.studies) == ["sound2001"]
    assert list(evidence.sources) == ["review2010"]
    assert list(evidence.questions) == ["referral"]
    assert list(evidence.vocabulary.designs) == ["rct"]
    assert evidence.unusable == ()
    counts = evidence.studies["sound2001"].results[0].printed[0]
    assert counts.form == "counts" and counts.arms["one"].events == 20


def test_the_path_may_be_given_as_text(folder: Folder) -> None:
    assert load(str(folder.root)).content_hash == load(folder.root).content_hash  # type: ignore[arg-type]


def test_records_are_in_order_of_id(folder: Folder) -> None:
    folder.add_study("beta2001").add_study("alpha2001")
    assert list(load(folder.root).studies) == ["alpha2001", "beta2001", "sound2001"]


def test_fields_are_found_by_file_and_path(folder: Folder) -> None:
    evidence = load(folder.root)
    text = (folder.root / STUDY).read_text(encoding="utf-8").split("\n")
    assert "one: {events: 20" in text[evidence.line(STUDY, "results[0].printed[0].arms.one.events") - 1]
    assert evidence.line(STUDY) == 1
    assert evidence.files[STUDY].printed("results[0].printed[0].arms.one.events") == "20"
    assert evidence.files[STUDY].printed("results[9].printed[0]") is None
    study = evidence.studies["sound2001"]
    assert evidence.place(study, "year") == f"{STUDY}:{evidence.line(STUDY, 'year')}"
    with pytest.raises(UnknownKeyError, match="sound2001"):
        evidence.line("studies/sond2001.yaml")
    with pytest.raises(UnknownKeyError):
        evidence.place(study.model_copy())


def test_one_bad_record_takes_nothing_else_down(folder: Folder) -> None:
    folder.add_study("good2001").write(STUDY, b"\xff\xfe")
    evidence, problems = read(folder.root)
    assert list(evidence.studies) == ["good2001"]
    assert [problem.code for problem in problems] == ["not-utf-8"]
    assert evidence.unusable == (STUDY,)


def test_records_that_name_an_unusable_one_are_not_blamed_for_it(folder: Folder) -> None:
    folder.write(STUDY, "")
    assert folder.codes() == ["empty-file"]


def test_without_a_vocabulary_there_is_one_problem_and_not_hundreds(folder: Folder) -> None:
    (folder.root / "vocabulary.yaml").unlink()
    assert folder.codes() == ["missing-file"]
    folder.write("vocabulary.yaml", "schema_version: 1\n")
    assert set(folder.codes()) == {"missing-field"}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no-folder"):
        load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="no-folder"):
        load(tmp_path / "file")


def test_file_names_that_cannot_be_printed_are_escaped(folder: Folder) -> None:
    for name in (b"line\nbreak.yaml", b"not-utf8-\xff.yaml", b"escape-\x1b[2J.yml"):
        (folder.root / "studies" / os.fsdecode(name)).write_text("a: 1\n")
    _, problems = read(folder.root)
    files = {problem.file for problem in problems}
    assert files == {"studies/line\\nbreak.yaml", "studies/not-utf8-\\udcff.yaml", "studies/escape-\\x1b[2J.yml"}
    assert all(str(problem).isprintable() for problem in problems)


def test_folders_and_files_that_would_be_overlooked_are_reported(folder: Folder) -> None:
    (folder.root / "study").mkdir()
    (folder.root / "schema").mkdir()
    folder.write("README.md", "text").write(".hidden", "text").write("vocabulary.yml", "a: 1")
    _, problems = read(folder.root)
    assert [(problem.file, problem.code) for problem in problems] == [
        ("study", "not-a-record"),
        ("vocabulary.yml", "not-a-record"),
    ]
    assert "'studies'" in problems[0].fix


def test_the_hash_is_of_content_and_names_and_of_nothing_else(folder: Folder, tmp_path: Path) -> None:
    first = load(folder.root).content_hash
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    copy = Path(shutil.copytree(folder.root, tmp_path / "elsewhere"))
    (copy / "README.md").write_text("beside the records")
    assert load(copy).content_hash == first
    folder.change(STUDY, "# An invented study", "# An invented trial")
    assert load(folder.root).content_hash != first


def test_a_renamed_record_changes_the_hash(folder: Folder) -> None:
    before, _ = read(folder.root)
    (folder.root / STUDY).rename(folder.root / "studies" / "other.yaml")
    after, _ = read(folder.root)
    assert before.content_hash != after.content_hash


def test_evidence_shows_itself_in_one_line_and_a_small_table(folder: Folder) -> None:
    evidence = load(folder.root)
    assert repr(evidence).startswith("Evidence(1 study, 1 source, 1 question; ")
    assert "\n" not in repr(evidence)
    page = evidence._repr_html_()
    assert page.count("<tr>") == 4 and "Studies" in page


def test_two_files_with_one_id_leave_the_one_that_is_named_after_it(folder: Folder) -> None:
    text = (folder.root / STUDY).read_text(encoding="utf-8").replace("A clinic", "Another clinic")
    folder.write("studies/a-copy.yaml", text).write("studies/z-copy.yaml", text)
    evidence, _ = read(folder.root)
    assert evidence.studies["sound2001"].setting == "A clinic"
    assert sorted(folder.codes()) == ["duplicate-id", "duplicate-id", "id-not-file", "id-not-file"]


def test_a_comment_on_the_first_line_is_ignored(folder: Folder) -> None:
    text = (folder.root / STUDY).read_text(encoding="utf-8")
    folder.write(STUDY, "# yaml-language-server: $schema=../schema/study.schema.json\n" + text)
    assert folder.codes() == []


def test_a_repeated_field_is_a_problem_though_the_record_is_usable(folder: Folder) -> None:
    folder.change(STUDY, "year: 2001\n", "year: 2001\nyear: 2001\n")
    evidence, problems = read(folder.root)
    assert "sound2001" in evidence.studies and [problem.code for problem in problems] == ["duplicate-key"]
    with pytest.raises(EvidenceError):
        load(folder.root)


def test_a_sound_briefing_loads(briefing_file: Path) -> None:
    briefing = read_briefing(briefing_file)
    assert briefing.id == "referral" and briefing.review_months == 12


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("review_months: 12", "review_months: 0", "review_months", "out-of-range"),
        ("owner: Nobody", "ovner: Nobody", "ovner", "unknown-field"),
        ("id: referral", "id: referrals", "id", "id-not-folder"),
        ("title: Referral", "title: Referral\ntitle: Again", "title", "duplicate-key"),
    ],
)
def test_a_briefing_is_refused_in_the_same_words(
    briefing_file: Path, old: str, new: str, field: str, code: str
) -> None:
    text = briefing_file.read_text(encoding="utf-8")
    briefing_file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_briefing(briefing_file)
    assert (field, code) in [(problem.field, problem.code) for problem in caught.value.problems]
    assert {problem.file for problem in caught.value.problems} == {"referral/briefing.yaml"}


def test_a_briefing_that_is_not_there(briefing_file: Path) -> None:
    briefing_file.unlink()
    with pytest.raises(EvidenceError, match="missing-file"):
        read_briefing(briefing_file)
