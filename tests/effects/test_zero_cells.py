"""Policies for empty cells."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.effects.zero_cells import ZERO_CELLS, drop_double_zero

CELLS = np.array([[0.0, 4.0], [10.0, 6.0], [2.0, 5.0], [8.0, 5.0]])


@pytest.mark.parametrize(
    ("key", "added"),
    [("only0", [0.5, 0]), ("only0-drop00", [0.5, 0]), ("if0all", [0.5, 0.5]), ("all", [0.5, 0.5]), ("none", [0, 0])],
)
def test_where_a_policy_adds(key: str, added: list[float]) -> None:
    before = CELLS.copy()
    assert (ZERO_CELLS[key].apply(CELLS) - CELLS).tolist() == [added] * 4
    assert np.array_equal(CELLS, before)


def test_if0all_leaves_full_tables_alone() -> None:
    assert np.array_equal(ZERO_CELLS["if0all"].apply(CELLS[:, 1:]), CELLS[:, 1:])


def test_double_zero_is_about_events_or_non_events_in_both_groups() -> None:
    cells = np.array([[0.0, 5, 0], [5, 0, 5], [0, 5, 1], [5, 0, 4]])
    assert np.isnan(drop_double_zero(cells)).all(axis=0).tolist() == [True, True, False]
