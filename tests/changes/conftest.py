"""The invented project, and a copy to make changes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from changes.invented_project import Project, a_result, a_study, make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Seven questions, each about an outcome of its own, and three trials that measured all of them."""
    return make_project(tmp_path / "project")


@pytest.fixture
def after(project: Project, tmp_path: Path) -> Project:
    """The same project, a copy to make changes in."""
    return project.copy(tmp_path / "after")


@pytest.fixture
def study() -> Callable[..., dict[str, Any]]:
    """Makes a study of two arms."""
    return a_study


@pytest.fixture
def result() -> Callable[..., dict[str, Any]]:
    """Makes a result in counts: outcome, events with help and with usual care, people in each arm."""
    return a_result
