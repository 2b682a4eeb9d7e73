"""Compare two states: every question of either, its change and its causes."""

from __future__ import annotations

from collections.abc import Mapping

from synthesis.changes.model import Conclusion, Difference, QuestionChange
from synthesis.changes.records import Records, differences
from synthesis.changes.replay import replay

Frozen = Mapping[str, Conclusion]


def compare(
    before: Records, after: Records, *, frozen: tuple[Frozen, Frozen] | None = None
) -> tuple[tuple[QuestionChange, ...], tuple[Difference, ...]]:
    """Every question that either state asks, in the later one's order, and everything that differs in the records.

    Parameters
    ----------
    before, after : Records
    frozen : pair of mappings, or None
        What each side printed when it was issued, by question; empty for a side that was not issued. Differences from
        what the program finds now count as method.
    """
    found = differences(before, after)
    then, now = frozen or ({}, {})
    keys = [*after.asked, *(key for key in before.asked if key not in after.asked)]
    changes = tuple(replay(before, after, key, found, frozen=(then.get(key), now.get(key))) for key in keys)
    return changes, found
