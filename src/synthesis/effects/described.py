"""What the effects of an analysis show: a line, a row for each study, and where they come from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from synthesis.document.results import Cells, Shown
from synthesis.effects.measures import MEASURES
from synthesis.formatting import integer, percent, plural

if TYPE_CHECKING:
    from synthesis.effects.model import EffectRow, Effects

LEVEL = 0.95


def effects(result: Effects) -> Shown:
    """Effects with their standard errors and intervals, analysis scale; of ratios their natural scale beside it."""
    left_out = plural(len(result.excluded), "result") + " left out"
    return Shown(
        title=f"{plural(len(result), 'effect')}, {_scale(result)}{f', {left_out}' if result.excluded else ''}",
        rows=[_row(result, row) for row in result] or [{"study": "No effects"}],
        sentences=_sentences(result),
    )


def _is_log(result: Effects) -> bool:
    return result.measure in MEASURES and MEASURES[result.measure].axis == "log"


def _scale(result: Effects) -> str:
    return f"{'log ' * _is_log(result)}{result.measure}" if result.measure else "no measure"


def _row(result: Effects, row: EffectRow) -> Cells:
    low, high = row.wald(LEVEL)
    natural: Cells = {"estimate_natural": MEASURES[result.measure].to_natural(row.yi)} if _is_log(result) else {}
    return {
        "study": row.label, "estimate": row.yi, "se": row.sei, "low": low, "high": high, **natural, "n": row.n,
        "design": row.design, "route": row.route, "read": row.read,
    }  # fmt: skip


def _sentences(result: Effects) -> tuple[str, ...]:
    name = MEASURES[result.measure].label if result.measure in MEASURES else "effect"
    found = Counter(row.route for row in result)
    routes = "; ".join(f"{route} ({integer(count)})" for route, count in found.items())
    recalled = sum(not row.read for row in result)
    parts = [
        f"{plural(len(result), 'effect')} ({name}{', log scale' if _is_log(result) else ''})"
        f"{f', computed from: {routes}' if routes else ''}.",
        f"Intervals of single studies are {percent(LEVEL)} Wald intervals.",
    ]
    if recalled:
        parts.append(f"Of these, {integer(recalled)} rest on recalled numbers.")
    if result.excluded:
        parts.append(f"{plural(len(result.excluded), 'result')} that the question reaches stayed out.")
    return tuple(parts)
