"""The invented project under git, with a branch to make changes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from changes.invented_project import Project, make_project

Git = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The invented project."""
    return make_project(tmp_path / "project")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Runs git in the project, knowing nothing of the settings of this machine or of a repository around it."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Nobody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "nobody@example.org")

    def run(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=tmp_path / "project", capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def branch(tmp_path: Path, git: Git) -> Project:
    """The project, committed on main, with a new branch checked out."""
    project = make_project(tmp_path / "project")
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=Start")
    git("checkout", "--quiet", "-b", "change")
    return project
