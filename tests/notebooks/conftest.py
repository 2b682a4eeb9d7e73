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
from synthesis.render.partners import joined

ROOT = Path(__file__).resolve().parents[2]
BRIEFING = ROOT / "notebooks" / "mutual_aid_briefing.ipynb"
ANNEX = ROOT / "notebooks" / "mutual_aid_annex.ipynb"


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
def documents(executed: Any) -> dict[str, Document]:
    """The briefing and its annex, before they are numbered, with their links to each other as they are written."""
    made = {"briefing": document_from_notebook(executed(BRIEFING)), "annex": document_from_notebook(executed(ANNEX))}
    return joined(made, {BRIEFING.stem: "briefing", ANNEX.stem: "annex"})


@pytest.fixture(scope="session")
def built(executed: Any, evidence: Evidence) -> dict[str, bytes]:
    """The files that a build of the briefing writes."""
    definition = open_briefing("mutual-aid", ROOT)
    return render(executed(BRIEFING), evidence, definition, ("html", "pdf"), annex=executed(ANNEX))
