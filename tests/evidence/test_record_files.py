"""Only ordinary, readable, small files inside the folder are records."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.record_files import MOST_BYTES, decode, read_bytes, record_names


def refusal(path: Path, root: Path) -> Problem:
    with pytest.raises(EvidenceError) as caught:
        read_bytes(path, root=root, file="studies/x.yaml")
    (problem,) = caught.value.problems
    assert problem.file == "studies/x.yaml" and problem.line == 1
    return problem


def test_an_ordinary_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: 1\n")
    assert read_bytes(tmp_path / "x.yaml", root=tmp_path, file="x.yaml") == b"a: 1\n"


def test_a_file_of_just_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert len(read_bytes(path, root=tmp_path, file="x.yaml")) == MOST_BYTES
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    problem = refusal(path, tmp_path)
    assert problem.code == "too-large" and problem.found == "1,000,001 bytes"


def test_links_may_stay_inside_the_folder_but_not_leave_it(tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    root.mkdir()
    (tmp_path / "outside.yaml").write_text("a: 1\n")
    (root / "inside.yaml").write_text("b: 2\n")
    (root / "good.yaml").symlink_to(root / "inside.yaml")
    (root / "bad.yaml").symlink_to(tmp_path / "outside.yaml")
    assert read_bytes(root / "good.yaml", root=root, file="good.yaml") == b"b: 2\n"
    assert refusal(root / "bad.yaml", root).code == "outside"


def test_a_folder_with_a_name_that_starts_alike_is_outside(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence-old").mkdir()
    (tmp_path / "evidence-old" / "x.yaml").write_text("a: 1\n")
    (tmp_path / "evidence" / "x.yaml").symlink_to(tmp_path / "evidence-old" / "x.yaml")
    assert refusal(tmp_path / "evidence" / "x.yaml", tmp_path / "evidence").code == "outside"


def test_what_is_not_an_ordinary_file(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert refusal(tmp_path / "folder.yaml", tmp_path).found == "a folder"
    assert refusal(tmp_path / "pipe.yaml", tmp_path).found == "a device or pipe"
    assert refusal(tmp_path / "loop.yaml", tmp_path).code == "unreadable"
    assert refusal(tmp_path / "dangling.yaml", tmp_path).code == "missing-file"


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\n", "x") == "a: 1\n"


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (b"a: 1\nb: \xf6\n", 2, "byte 0xF6 at position 9, "),
        (b"\xef\xbb\xbfa: \xff\n", 1, "byte 0xFF at position 7, "),
        ("a: 1\n".encode("utf-16"), 1, "byte 0xFF at position 1, "),
        (b"a: \xed\xa0\x80\n", 1, "byte 0xED at position 4, "),
    ],
)
def test_text_that_is_not_utf_8_is_named_by_byte_and_position(data: bytes, line: int, found: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        decode(data, "x.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.code) == (line, "not-utf-8")
    assert problem.found.startswith(found)


def test_records_are_listed_in_order_and_nothing_is_overlooked(tmp_path: Path) -> None:
    studies = tmp_path / "studies"
    studies.mkdir()
    for name in ("b.yaml", "a.yaml", "README.md", ".hidden", "c.yml", "d.yaml~"):
        (studies / name).write_text("")
    (studies / "more").mkdir()
    listed = list(record_names(studies, tmp_path))
    assert [entry for entry in listed if isinstance(entry, str)] == ["a.yaml", "b.yaml"]
    odd = {entry.file for entry in listed if isinstance(entry, Problem)}
    assert odd == {"studies/c.yml", "studies/d.yaml~", "studies/more"}


def test_a_missing_folder_holds_no_records_and_a_file_in_its_place_is_a_problem(tmp_path: Path) -> None:
    assert list(record_names(tmp_path / "studies", tmp_path)) == []
    (tmp_path / "studies").write_text("")
    (problem,) = record_names(tmp_path / "studies", tmp_path)
    assert isinstance(problem, Problem) and problem.code == "not-a-folder"


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.yaml").write_text("a: 1\n")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "studies").symlink_to(tmp_path / "elsewhere")
    (problem,) = record_names(tmp_path / "evidence" / "studies", tmp_path / "evidence")
    assert isinstance(problem, Problem) and problem.code == "outside"
