"""A forest plot in characters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthesis.analysis.model import Analysis
from synthesis.previews.forest_text import CELLS, LINE, NULL, POOLED, STUDY, forest_text

SAVED = Path(__file__).resolve().parents[1] / "figures" / "baseline" / "pooled.json"


@pytest.fixture
def analysis() -> Analysis:
    """Made up, as in the tests of figures."""
    return Analysis.from_dict(json.loads(SAVED.read_text(encoding="utf-8")))


def test_one_line_for_each_study_and_one_for_the_result(analysis: Analysis) -> None:
    pooled = analysis.pooled
    assert pooled is not None
    lines = forest_text(analysis, marked=[analysis.effects.rows[0].study], before=pooled)
    studies = [line for line in lines if STUDY in line]
    assert [line.split("  ")[0].strip() for line in studies] == [
        f"{row.label}{' *' if place == 0 else ''}" for place, row in enumerate(analysis.effects.rows)
    ]
    assert [line.split()[0] for line in lines if POOLED in line] == ["Before", "Now"]
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1].endswith("weights at the right; * new or changed")


def test_marks_stand_in_order_of_their_values(analysis: Analysis) -> None:
    lines = [line for line in forest_text(analysis) if STUDY in line]
    start = max(len(row.label) for row in analysis.effects.rows) + 2
    drawn = [line[start : start + CELLS] for line in lines]
    order = sorted(range(len(drawn)), key=lambda place: analysis.effects.rows[place].yi)
    places = [drawn[place].index(STUDY) for place in order]
    assert places == sorted(places)
    assert all(set(line) <= {" ", LINE, NULL, STUDY, "◂", "▸"} for line in drawn)
