"""The invented project, and editions of it that were issued once for the whole module."""

from __future__ import annotations

from pathlib import Path

import pytest

from editions.tiny_project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")
