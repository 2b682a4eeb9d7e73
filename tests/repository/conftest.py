"""The repository as files: what a clone holds, without what is generated in it."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def repository_files() -> tuple[Path, ...]:
    """Every file of the repository, sorted; folders named in .gitignore are not entered.

    The folder is walked rather than asked of git, so that the tests also run where git is not installed.
    """
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.endswith("/")]
    found: list[Path] = []
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(
            name for name in names if name != ".git" and not any(fnmatch(name, pattern) for pattern in ignored)
        )
        found.extend(Path(folder) / file for file in files)
    return tuple(sorted(found))
