"""Records are written whole, under safe names, and never over somebody else's work."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from synthesis.errors import ConflictError, EvidenceError, UsageError
from synthesis.evidence.house_style import format_records
from synthesis.evidence.load import Evidence
from synthesis.evidence.record_files import RESERVED
from synthesis.evidence.save import fingerprint, record_path, write_record


@pytest.mark.parametrize(
    "name", ["..", "a/b", "../up", "a\\b", "", ".", "A1", "a b", "a\0b", "é", "a" * 81, "-a", "a--b", "c:", *RESERVED]
)
def test_an_id_that_no_file_may_be_named_after_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the id"):
        record_path(tmp_path, name)


def test_a_record_is_written_once_and_again_only_by_who_has_seen_it(tmp_path: Path) -> None:
    path = record_path(tmp_path / "studies", "a1")
    first = write_record(path, "id: a1\n", seen=None)
    assert first == fingerprint(path.read_bytes())
    with pytest.raises(ConflictError, match="exists already"):
        write_record(path, "id: other\n", seen=None)
    second = write_record(path, "id: a1\nyear: 2000\n", seen=first)
    with pytest.raises(ConflictError, match="changed by somebody else"):
        write_record(path, "id: lost\n", seen=first)
    assert path.read_text() == "id: a1\nyear: 2000\n"
    path.unlink()
    with pytest.raises(ConflictError, match="deleted"):
        write_record(path, "id: back\n", seen=second)
    assert list(path.parent.iterdir()) == []


def test_of_many_who_save_at_once_one_succeeds_and_the_others_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a1.yaml"
    seen = write_record(path, "id: a1\n", seen=None)
    written: list[int] = []
    refused: list[int] = []
    gate = threading.Barrier(8)

    def save(number: int) -> None:
        gate.wait()
        try:
            write_record(path, f"id: a1\nyear: {2000 + number}\n", seen=seen)
            written.append(number)
        except ConflictError:
            refused.append(number)

    people = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(written) == 1 and len(refused) == 7
    assert path.read_text() == f"id: a1\nyear: {2000 + written[0]}\n"


def test_a_record_written_over_its_file_keeps_the_comments(evidence: Evidence, tmp_path: Path) -> None:
    study = evidence.studies["manning2012"]
    path = tmp_path / "manning2012.yaml"
    seen = write_record(path, study, seen=None)
    text = path.read_text().replace("year: 2012\n", "year: 2012  # of the report\n")
    path.write_text(text)
    assert fingerprint(text) != seen
    write_record(path, study, seen=fingerprint(text))
    assert path.read_text() == text


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a1.yaml"
    seen = write_record(path, "id: a1\n", seen=None)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("synthesis.evidence.save.os.fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_record(path, "id: half\n", seen=seen)
    assert [item.name for item in tmp_path.iterdir()] == ["a1.yaml"]
    assert path.read_text() == "id: a1\n"


def test_one_unreadable_record_does_not_keep_others_from_being_formatted(tmp_path: Path) -> None:
    studies = tmp_path / "studies"
    studies.mkdir()
    (studies / "a1.yaml").write_text("year: 2000\nid: a1\n")
    (studies / "b1.yaml").write_bytes(b"id: \xff\n")
    with pytest.raises(EvidenceError, match="not-utf-8"):
        format_records(tmp_path, write=True)
    assert (studies / "a1.yaml").read_text().endswith("\nid: a1\nyear: 2000\n")
    assert format_records(tmp_path, [studies / "a1.yaml"], write=False) == ()
    with pytest.raises(UsageError, match="not a record"):
        format_records(tmp_path, [tmp_path / "README.md"], write=True)
