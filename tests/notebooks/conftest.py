"""Notebooks run once, whichever tests ask for them, and the briefing built from them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from synthesis.document.elements import Document
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.pipeline import execute, render
from synthesis.render.notebook import document_from_notebook

ROOT = Path(__file__).resolve().parents[2]
BRIEFING = ROOT / "notebooks" / "mutual_aid_briefing.ipynb"


@pytest.fixture(scope="session")
def executed() -> Any:
    """Run a notebook once, whichever tests ask for it."""
    done: dict[Path, Any] = {}
    # A date from the environment would find its way into the document.
    epoch = os.environ.pop("SOURCE_DATE_EPOCH", None)

    def run(path: Path) -> Any:
        if path not in done:
            done[path] = execute(path, {})
        return done[path]

    yield run
    if epoch is not None:
        os.environ["SOURCE_DATE_EPOCH"] = epoch


@pytest.fixture(scope="session")
def document(executed: Any) -> Document:
    """The briefing, before it is numbered."""
    return document_from_notebook(executed(BRIEFING))


@pytest.fixture(scope="session")
def built(executed: Any, evidence: Evidence) -> dict[str, bytes]:
    """The files that a build of the briefing writes."""
    return render(executed(BRIEFING), evidence, open_briefing("mutual-aid", ROOT), ("html", "pdf"))
