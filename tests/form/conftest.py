"""A project that may be changed, for one test."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from synthesis.form.session import Session

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The shipped evidence in a folder of its own."""
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    (tmp_path / "briefings").mkdir()
    return tmp_path


@pytest.fixture
def session(project: Path) -> Session:
    return Session(project)


@pytest.fixture
def invented_tree() -> dict[str, Any]:
    """What stands in the page for an invented trial of active referral: test data, about nobody."""
    return {
        "design": "rct",
        "design_as_described": "invented trial",
        "countries": ["GB"],
        "setting": "invented",
        "population": "invented people",
        "substances": ["alcohol"],
        "year": "2024",
        "reports": [
            {
                "id": "main",
                "type": "article-journal",
                "title": "An invented trial",
                "author": [{"family": "Invented", "given": ""}],
            }
        ],
        "arms": [
            {"id": "active", "label": "Active", "category": "intensive-referral", "role": "intervention"},
            {"id": "leaflet", "label": "Leaflet", "category": "standard-referral", "role": "comparator"},
        ],
        "results": [
            {
                "id": "attended",
                "name": "Attended",
                "outcome": "mutual-aid-attendance",
                "timepoint_months": "6",
                "printed": [
                    {
                        "form": "counts",
                        "arms": {"active": {"events": "30", "n": "60"}, "leaflet": {"events": "20", "n": "60"}},
                    }
                ],
                "where": {"place": "table 2", "quote": "30 of 60 and 20 of 60 attended", "read": "true"},
                "poolable": "yes",
            }
        ],
        "read": "true",
        "added": "2026-11-27",
    }
