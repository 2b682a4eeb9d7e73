"""Two hundred kills at random moments while an edition is issued."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_a_kill_at_any_moment_leaves_the_whole_edition_or_none(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(TESTS), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name("kills.py")), str(tmp_path / "project")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    none, whole = (int(part) for part in done.stdout.split())
    assert none + whole == 200
    assert none and whole, "the moments must lie on both sides of the step that matters"
