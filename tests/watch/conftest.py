"""A project that may be changed, for one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from watch.small_project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)
