"""What is done with 2x2 tables that have empty cells, as a table of named policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthesis.effects.model import Floats
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCells:
    """A policy for empty cells.

    Attributes
    ----------
    key : str
        Name in ``ZERO_CELLS``.
    add : float
        What is added to every cell of a table that is corrected.
    to : {"only0", "if0all", "all", "none"}
        Which tables are corrected: those with an empty cell; all, if any has an empty cell; all; none.
    drop00 : bool
        Whether tables without events (or without non-events) in both groups are left out.
    reason : str
        When the policy is a fair choice.
    """

    key: str
    add: float
    to: Literal["only0", "if0all", "all", "none"]
    drop00: bool
    reason: str

    def apply(self, cells: Floats) -> Floats:
        """Corrected copy of ``cells``.

        Parameters
        ----------
        cells : (m, k) array
            Cells that must not be empty, one column per table.

        Returns
        -------
        (m, k) array
            With ``add`` added where the policy says so.
        """
        corrected = np.array(cells, dtype=np.float64)
        empty = np.any(corrected == 0, axis=0)
        chosen = {
            "only0": empty,
            "if0all": np.full(empty.shape, bool(empty.any())),
            "all": np.full(empty.shape, True),
            "none": np.full(empty.shape, False),
        }[self.to]
        corrected[:, chosen] += self.add
        return corrected


def drop_double_zero(cells: Floats) -> Floats:
    """Copy of 2x2 tables with those set to NaN in which both groups have no events, or both have no non-events.

    Parameters
    ----------
    cells : (4, k) array
        Events and non-events in group 1, events and non-events in group 2.
    """
    dropped = np.array(cells, dtype=np.float64)
    events1, rest1, events2, rest2 = cells
    dropped[:, ((events1 == 0) & (events2 == 0)) | ((rest1 == 0) & (rest2 == 0))] = np.nan
    return dropped


ZERO_CELLS = Registry(
    "zero-cell policy",
    (
        ZeroCells(
            key="only0",
            add=0.5,
            to="only0",
            drop00=False,
            reason="Half an event is added to the four cells of a table that has an empty one (Gart and Zweifel 1967).",
        ),
        ZeroCells(
            key="only0-drop00",
            add=0.5,
            to="only0",
            drop00=True,
            reason="The same, and studies without events in both groups are left out: they say nothing about a ratio "
            "(Cochrane Handbook 10.4.4.2).",
        ),
        ZeroCells(
            key="if0all",
            add=0.5,
            to="if0all",
            drop00=False,
            reason="Half an event is added to every table as soon as one has an empty cell.",
        ),
        ZeroCells(
            key="all",
            add=0.5,
            to="all",
            drop00=False,
            reason="Half an event is added to every table, whether or not it has an empty cell.",
        ),
        ZeroCells(
            key="none",
            add=0.0,
            to="none",
            drop00=False,
            reason="Nothing is added; ratio measures are undefined where a cell is empty.",
        ),
    ),
)
