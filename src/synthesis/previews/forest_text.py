"""A forest plot in characters, for places where no picture can be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synthesis.analysis.model import Analysis
from synthesis.effects.measure import Measure
from synthesis.effects.measures import MEASURES
from synthesis.formatting import effect_interval, percent
from synthesis.pooling.model import Pooled

if TYPE_CHECKING:
    from synthesis.figures.axis import Axis

CELLS = 45
# How wide one character is taken to be, in points, when ticks are chosen so that their labels do not touch.
CHARACTER = 6.0
Three = tuple[float, float, float]
# Name, weight and mark of a row, and its estimate with its interval on the natural scale.
Drawn = tuple[str, str, str, Three]
STUDY, POOLED, LINE, LEFT, RIGHT, NULL = "■", "◆", "─", "◂", "▸", "│"


def forest_text(analysis: Analysis, *, marked: Iterable[str] = (), before: Pooled | None = None) -> tuple[str, ...]:
    """The studies and the pooled result, one line each.

    Parameters
    ----------
    analysis : Analysis
        With at least one pooled study.
    marked : iterable of str
        Ids of studies to be marked as new or changed.
    before : Pooled or None
        The pooled result as it was, of the same measure.
    """
    pooled = analysis.pooled
    assert pooled is not None
    return tuple(_lines(analysis, pooled, frozenset(marked), before))


def _lines(analysis: Analysis, pooled: Pooled, marked: frozenset[str], before: Pooled | None) -> Iterator[str]:
    measure = MEASURES[pooled.measure]
    rows: list[Drawn] = []
    for row, weight in zip(analysis.effects.rows, pooled.weights, strict=True):
        low, high = row.wald(pooled.ci.level)
        star = " *" if row.study in marked else ""
        rows.append((row.label + star, percent(weight), STUDY, _natural(measure, (row.yi, low, high))))
    for name, found in (("Before", before), ("Now" if before else "Pooled", pooled)):
        if found is not None:
            numbers = (found.estimate, found.ci.low, found.ci.high)
            rows.append((name, "", POOLED, _natural(measure, numbers)))
    scale = _scale(rows, pooled.measure)
    width = max(len(name) for name, *_ in rows)
    texts = [effect_interval(*values, measure.axis) for *_, values in rows]
    longest = max(len(text) for text in texts)
    for (label, share, mark, drawn), text in zip(rows, texts, strict=True):
        if mark == POOLED and (label == "Before" or before is None):
            yield ""
        yield f"{label:<{width}}  {_drawn(drawn, mark, scale)}  {text:>{longest}}  {share:>4}".rstrip()
    yield f"{'':<{width}}  {_ticks(scale)}".rstrip()
    names = f"{measure.label}{', log scale' if measure.axis == 'log' else ''}"
    star = "; * new or changed" if marked & {row.study for row in analysis.effects.rows} else ""
    yield f"{'':<{width}}  {names}; {percent(pooled.ci.level)} intervals; weights at the right{star}"


def _natural(measure: Measure, values: Three) -> Three:
    point, low, high = (measure.to_natural(value) for value in values)
    return point, low, high


def _scale(rows: list[Drawn], key: str) -> Axis:
    from synthesis.figures.axis import axis

    measure = MEASURES[key]
    must = [values[0] for *_, values in rows]
    must += [end for _, _, mark, values in rows if mark == POOLED for end in values]
    may = [value for *_, values in rows for value in values]
    return axis(must, may, scale=measure.axis, null=measure.null_natural, room=CELLS * CHARACTER)


def _drawn(values: Three, mark: str, scale: Axis) -> str:
    cells = [" "] * CELLS
    cells[_place(scale.null, scale)] = NULL
    point, low, high = (_place(value, scale) for value in values)
    for place in range(low, high + 1):
        cells[place] = LINE
    if scale.cuts(values[1]):
        cells[low] = LEFT
    if scale.cuts(values[2]):
        cells[high] = RIGHT
    cells[point] = mark
    return "".join(cells)


def _place(value: float, scale: Axis) -> int:
    return round(scale.share(value) * (CELLS - 1))


def _ticks(scale: Axis) -> str:
    cells = [" "] * (CELLS + 8)
    free = 0
    for tick in scale.ticks:
        start = max(0, _place(tick.value, scale) - len(tick.label) // 2)
        if start >= free:
            cells[start : start + len(tick.label)] = tick.label
            free = start + len(tick.label) + 1
    return "".join(cells).rstrip()
