"""The table of new evidence that would change a conclusion."""

from __future__ import annotations

import math
from dataclasses import replace

from synthesis.analysis.model import Analysis, NeededTrial, WhatWouldChange
from synthesis.document.elements import plain
from synthesis.tables.what_would_change import what_would_change_table


def trial(n: int, effect: float, side: int, tau2: float = 0.0) -> NeededTrial:
    return NeededTrial(finds="any", effect=math.log(effect), vi=0.1, n=n, side=side, tau2=tau2)


FOUND = WhatWouldChange(
    side=1, smallest=trial(1200, 1.0, 0), largest=10_000, most_trials=100, trials_without_effect=None,
    named={"as pooled": None, "no difference": trial(1200, 1.0, 0), "the opposite": trial(300, 0.6, 0)},
)  # fmt: skip


def test_each_trial_has_its_size_and_what_follows(pooled: Analysis) -> None:
    table = what_would_change_table(replace(pooled, what_would_change=FOUND))
    cells = [[plain(cell) for cell in row.cells] for row in table.rows]
    assert cells[0][1:] == ["1,200", "OR 1.00", "across no difference"]
    assert cells[1][1:] == ["No plausible single study", "", ""]
    assert cells[3][1:] == ["300", "OR 0.60", "across no difference"]
    assert cells[4][1] == "None would do"
    note = plain(table.notes[0])
    assert "above no difference" in note and "10,000 people" in note and "100 trials" in note
    assert len(table.notes) == 1


def test_a_trial_smaller_than_any_there_is_comes_with_a_warning(pooled: Analysis) -> None:
    tiny = replace(FOUND, smallest=trial(8, 1.0, 0, tau2=0.25), trials_without_effect=1)
    table = what_would_change_table(replace(pooled, what_would_change=tiny))
    assert "smaller than any here" in plain(table.notes[1]) and "0.25" in plain(table.notes[1])
    assert plain(table.rows[-1].cells[1]) == "1 trial"


def test_where_nothing_was_pooled_the_table_says_so(nothing: Analysis) -> None:
    (row,) = what_would_change_table(nothing).rows
    assert "would be the first" in plain(row.cells[0])
