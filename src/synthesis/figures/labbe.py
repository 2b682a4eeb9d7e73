"""L'Abbé plot: the risk on one side of each study against the risk on the other."""

from __future__ import annotations

import math

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.certainty.absolute import RISKS, risk_with
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.axis import measured
from synthesis.figures.canvas import Point
from synthesis.figures.plane import RECALLED, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, drawing, key, mark, paragraph
from synthesis.formatting import effect, integer, percent, plural

LARGEST, SMALLEST = 20.0, 5.0
PLACES = 61


def labbe_plot(analysis: Analysis) -> Figure:
    """Risks of the two sides against each other; the area of a bubble is the number of people.

    Parameters
    ----------
    analysis : Analysis
        With at least one pooled study that counted events on both sides.

    Raises
    ------
    UsageError
        If no pooled study did.

    References
    ----------
    L'Abbé, Detsky and O'Rourke 1987, Annals of Internal Medicine 107:224-233.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"labbe-{analysis.question}", title=f"{analysis.title}: risk on one side against the other",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> Arranged:
    """Everything the plot shows, in its place; raises as ``labbe_plot``."""
    known = _known(analysis)
    if not known or analysis.pooled is None:
        raise UsageError(f"{analysis.question!r} has no pooled study that counted events on both sides")
    items, y = _key(analysis)
    up = f"With {phrases.lower_first(analysis.intervention)} (%)"
    across = f"With {phrases.lower_first(analysis.comparator)} (%)"
    reach = [100 * max(max(one, other) for _, one, other in known)]
    placed = plane(
        lambda room: measured(reach, room=room, zero=True),
        lambda room: measured(reach, room=room, zero=True, upright=True),
        top_of(y, up), inset=LARGEST / 2 + 1,
    )  # fmt: skip
    drawn, bottom = axes(placed, across, up)
    items += [*drawn, *_lines(analysis, placed), *_studies(analysis, placed)]
    for text in _notes(analysis):
        more, bottom = paragraph(text, 0, bottom + style.LEADING + 2, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(analysis),
        caption=line(
            f"Share of people with the outcome ({phrases.lower_first(analysis.outcome)}) on the two sides of each "
            "study; larger bubbles have more people. Above the thin line it is more frequent with "
            f"{phrases.lower_first(analysis.intervention)}."
        ),
        data=_data(analysis),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _known(analysis: Analysis) -> list[tuple[EffectRow, float, float]]:
    """Studies with the risk on the side of the intervention and on the other, the largest first."""
    found = []
    for row in analysis.effects:
        risks = [
            side.events / side.n if side is not None and side.events is not None and side.n else None
            for side in (row.intervention, row.comparator)
        ]
        if risks[0] is not None and risks[1] is not None:
            found.append((row, risks[0], risks[1]))
    return sorted(found, key=lambda item: -(item[0].n or 0))


def _key(analysis: Analysis) -> tuple[list[Item], float]:
    entries: list[tuple[list[Item], str]] = [([dot(True, 0, 0)], "Study")]
    if not all(row.read for row, _, _ in _known(analysis)):
        entries.append(([dot(False, 0, 0)], f"Study, {RECALLED}"))
    entries.append(([Stroke(points=((-7, 0), (7, 0)), width=0.7)], "No difference"))
    if analysis.measure in RISKS:
        entries.append(([Stroke(points=((-7, 0), (7, 0)), colour=style.POOLED, width=1.6)], "Pooled result"))
    return key(entries, style.TEXT)


def _lines(analysis: Analysis, placed: Plane) -> list[Stroke]:
    corner = (placed.x(placed.across.high), placed.y(placed.up.high))
    lines = [Stroke(points=((placed.x(0), placed.y(0)), corner), width=0.7)]
    if analysis.measure in RISKS and analysis.pooled is not None:
        value = MEASURES[analysis.measure].to_natural(analysis.pooled.estimate)
        shares = [placed.across.high / 100 * index / (PLACES - 1) for index in range(PLACES)]
        pairs = [(100 * share, 100 * risk_with(analysis.measure, value, share)) for share in shares if 0 < share < 1]
        path: list[Point] = [(placed.x(x), placed.y(y)) for x, y in pairs if not placed.up.cuts(y)]
        if len(path) > 1:
            lines.append(Stroke(points=tuple(path), colour=style.POOLED, width=1.6))
    return lines


def _studies(analysis: Analysis, placed: Plane) -> list[Item]:
    known = _known(analysis)
    most = known[0][0].n or 1
    largest = LARGEST * min(1.0, math.sqrt(12 / len(known)))
    marks: list[Item] = []
    spots = []
    for row, one, other in known:
        size = max(SMALLEST, largest * math.sqrt((row.n or 0) / most))
        x, y = placed.x(100 * other), placed.y(100 * one)
        edge, fill = (style.PAPER, style.STUDY) if row.read else (style.STUDY_LINE, style.PAPER)
        marks.append(mark("circle", x, y, size, fill=fill, edge=edge, width=1.0))
        spots.append(Spot(name=row.label, x=x, y=y, half=size / 2))
    return [*marks, *names(placed, spots, [item.points for item in _lines(analysis, placed)])]


def _notes(analysis: Analysis) -> list[str]:
    shown = {row.study for row, _, _ in _known(analysis)}
    left = [row.label for row in analysis.effects if row.study not in shown]
    return [f"Not shown, as events were not counted on both sides: {', '.join(left)}."] if left else []


def _alt(analysis: Analysis) -> str:
    known, measure = _known(analysis), MEASURES[analysis.measure]
    assert analysis.pooled is not None
    above, level = sum(one > other for _, one, other in known), sum(one == other for _, one, other in known)
    risks = [[100 * one for _, one, _ in known], [100 * other for _, _, other in known]]
    spans = [" to ".join(dict.fromkeys(f"{integer(end(side))}%" for end in (min, max))) for side in risks]
    equal = f" and equally frequent in {level}" if level else ""
    return (
        f"L’Abbé plot of {plural(len(known), 'study', 'studies')}. The outcome was seen in {spans[0]} with "
        f"{phrases.lower_first(analysis.intervention)} and in {spans[1]} with "
        f"{phrases.lower_first(analysis.comparator)}; it was more frequent with "
        f"{phrases.lower_first(analysis.intervention)} in {above} of {len(known)}{equal}. Pooled {measure.label}: "
        f"{effect(measure.to_natural(analysis.pooled.estimate), measure.axis)}."
    )


def _data(analysis: Analysis) -> Table:
    rows = [
        Row(
            cells=(
                line(row.label if row.read else f"{row.label} ({RECALLED})"), line(percent(one)), line(percent(other)),
                line("–" if row.n is None else integer(row.n)),
            )
        )
        for row, one, other in _known(analysis)
    ]  # fmt: skip
    return Table(
        id=f"labbe-{analysis.question}-data", caption=f"Numbers in the L’Abbé plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2),
            Column(label=phrases.upper_first(analysis.intervention), align="right", width=1),
            Column(label=phrases.upper_first(analysis.comparator), align="right", width=1),
            Column(label="People", align="right", width=1),
        ),
        rows=tuple(rows), notes=tuple(line(text) for text in _notes(analysis)),
    )  # fmt: skip
