"""Finding the project from wherever one is, and opening what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import find_root, open_briefing, open_project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("evidence", "briefings", "notebooks/deep/deeper"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path.resolve()


def test_the_project_is_found_from_any_folder_in_it(project: Path) -> None:
    for start in (project, project / "notebooks", project / "notebooks" / "deep" / "deeper", project / "evidence"):
        assert find_root(start) == project


def test_a_folder_that_is_named_is_not_searched_upwards(project: Path) -> None:
    assert find_root(project, upwards=False) == project
    with pytest.raises(UsageError, match="change into one or name it with --project") as caught:
        find_root(project / "notebooks", upwards=False)
    assert "above" not in str(caught.value)


def test_half_a_project_is_none(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    with pytest.raises(UsageError, match="holds the folders evidence/ and briefings/"):
        find_root(tmp_path)
    (tmp_path / "briefings").write_text("a file, not a folder")
    with pytest.raises(UsageError):
        find_root(tmp_path)


def test_the_current_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, evidence: Evidence) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert open_project().content_hash == evidence.content_hash
    assert open_project(ROOT).content_hash == open_project(str(ROOT)).content_hash == evidence.content_hash


def test_an_unknown_briefing_names_the_known_ones() -> None:
    assert open_briefing("mutual-aid", ROOT).id == "mutual-aid"
    with pytest.raises(UnknownKeyError, match=r"unknown briefing 'mutual-ade'. Did you mean 'mutual-aid'"):
        open_briefing("mutual-ade", ROOT)


@pytest.mark.parametrize("name", ["../briefings/mutual-aid", "", ".", "/etc"])
def test_a_path_is_not_a_briefing(name: str) -> None:
    with pytest.raises(UnknownKeyError):
        open_briefing(name, ROOT)
