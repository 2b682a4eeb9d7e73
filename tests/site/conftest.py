"""A project with two briefings and invented editions of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from invented_editions import frozen, two_briefings


@pytest.fixture
def freeze() -> Callable[..., Path]:
    return frozen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return two_briefings(tmp_path / "project")
