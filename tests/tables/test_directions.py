"""Results as directions."""

from __future__ import annotations

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.tables.directions import WAYS, directions_table


def test_a_direction_is_an_arrow_and_a_word(observed: Analysis) -> None:
    rows = [[plain(cell) for cell in row.cells] for row in directions_table(observed).rows]
    assert rows[0] == [
        "Birch Group 1998 ", "Cohort study, 480 people, 12 months", "Abstinent: OR 3.7", "↑ better", "yes",
    ]  # fmt: skip
    assert rows[2] == [
        "Birch Group 1998 † ", "Cohort study, number of people not stated, time not stated",
        "Abstinent: no figure printed", "↔ no clear difference", "not stated",
    ]  # fmt: skip


def test_every_direction_there_is_has_words() -> None:
    assert set(WAYS) == {"better", "worse", "mixed", "unclear", "not-stated"}
    assert len(set(WAYS.values())) == 5


def test_notes_say_that_nothing_is_counted_by_significance(observed: Analysis) -> None:
    notes = [plain(note) for note in directions_table(observed).notes]
    assert "not a count of significant results" in notes[0]
    assert notes[1].startswith("† Recalled")


def test_an_analysis_without_directions_says_so(pooled: Analysis) -> None:
    assert plain(directions_table(pooled).rows[0].cells[0]) == "No result to show."
