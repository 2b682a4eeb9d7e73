"""A file that is saved, added, removed or replaced is seen; what editors keep for themselves is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthesis.watch.changes import changed, stamps

NOTEBOOK = "notebooks/n.ipynb"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("evidence/studies/a.yaml", "evidence/vocabulary.yaml", "briefings/b/briefing.yaml", NOTEBOOK):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def test_everything_a_briefing_is_made_from_is_looked_at(root: Path) -> None:
    (root / "briefings" / "b" / "claims.yaml").write_text("x")
    (root / "briefings" / "b" / "2026-01").mkdir()
    (root / "briefings" / "b" / "2026-01" / "numbers.yaml").write_text("x")
    (root / "briefings" / "other").mkdir()
    (root / "briefings" / "other" / "briefing.yaml").write_text("x")
    assert list(stamps(root, "b", (NOTEBOOK,))) == [
        NOTEBOOK,
        "briefings/b/briefing.yaml",
        "briefings/b/claims.yaml",
        "evidence/vocabulary.yaml",
        "evidence/studies/a.yaml",
    ]


@pytest.mark.parametrize("name", ["evidence/studies/a.yaml", "briefings/b/briefing.yaml", NOTEBOOK])
def test_a_save_is_seen_even_if_size_and_content_are_as_before(root: Path, name: str) -> None:
    before = stamps(root, "b", (NOTEBOOK,))
    os.utime(root / name, ns=(1, 1))
    assert changed(before, stamps(root, "b", (NOTEBOOK,))) == (name,)


def test_a_file_put_in_place_of_another_is_seen_even_if_it_has_its_time(root: Path) -> None:
    before = stamps(root, "b", (NOTEBOOK,))
    path = root / "evidence" / "vocabulary.yaml"
    state = path.stat()
    new = root / "new"
    new.write_text("y")
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    new.replace(path)
    assert changed(before, stamps(root, "b", (NOTEBOOK,))) == ("evidence/vocabulary.yaml",)


def test_added_and_removed_files_are_seen(root: Path) -> None:
    before = stamps(root, "b", (NOTEBOOK,))
    (root / "evidence" / "studies" / "a.yaml").unlink()
    (root / "evidence" / "studies" / "b.yaml").write_text("x")
    (root / NOTEBOOK).unlink()
    assert changed(before, stamps(root, "b", (NOTEBOOK,))) == (
        "evidence/studies/a.yaml",
        "evidence/studies/b.yaml",
        NOTEBOOK,
    )


def test_what_editors_keep_for_themselves_is_not_looked_at(root: Path) -> None:
    before = stamps(root, "b", (NOTEBOOK,))
    for name in (".a.yaml.swp", "a.yaml~", ".#a.yaml"):
        (root / "evidence" / "studies" / name).write_text("x")
    assert stamps(root, "b", (NOTEBOOK,)) == before


def test_a_link_to_nothing_is_no_fault(root: Path) -> None:
    (root / "evidence" / "studies" / "gone.yaml").symlink_to(root / "nowhere")
    assert "evidence/studies/gone.yaml" not in stamps(root, "b", (NOTEBOOK,))
