"""Radial (Galbraith) plot: each study's standardised effect against its precision, with rays of equal effect."""

from __future__ import annotations

import math

from synthesis.analysis import phrases
from synthesis.analysis.diagnosis import Diagnosis
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.distributions import critical_value
from synthesis.effects.measures import MEASURES
from synthesis.figures import style
from synthesis.figures.axis import Axis, axis, measured
from synthesis.figures.canvas import Point
from synthesis.figures.lettering import width
from synthesis.figures.plane import RECALLED, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Area, Arranged, Item, Scene, Stroke, Words, drawing, key, rectangle
from synthesis.formatting import effect, percent, plural, significant
from synthesis.pooling.model import Pooled

ACROSS = "Precision (1 over the standard error, heterogeneity counted in)"
UP = "Effect in standard errors"
BAND = "#DCDEE0"
# Room for the scale of effects on the right.
SCALE = 44.0


def radial_plot(diagnosis: Diagnosis) -> Figure:
    """A radial plot: a line from the left through a study points at its effect on the scale on the right.

    Parameters
    ----------
    diagnosis : Diagnosis
        From ``diagnose``.

    References
    ----------
    Galbraith 1988, Statistics in Medicine 7:889-894.
    """
    layout, analysis = arrange(diagnosis), diagnosis.analysis
    return Figure(
        id=f"radial-{analysis.question}", title=f"{analysis.title}: effect and precision on rays",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(diagnosis: Diagnosis) -> Arranged:
    """Everything the plot shows, in its place."""
    pooled = _pooled(diagnosis)
    measure, level = MEASURES[pooled.measure], percent(pooled.ci.level)
    items, y = _key(diagnosis)
    placed = _plane(diagnosis, top_of(y, UP))
    drawn, bottom = axes(placed, ACROSS, UP)
    items += [*_band(diagnosis, placed), *drawn, *_rays(diagnosis, placed), *_studies(diagnosis, placed)]
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(diagnosis),
        caption=line(
            f"Precise studies are on the right. A line from 0 on the left through a study points at its "
            f"{measure.label} on the scale on the right. The thick line is the pooled result; {level} of studies are "
            "expected in the grey band around it."
        ),
        data=_data(diagnosis),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _pooled(diagnosis: Diagnosis) -> Pooled:
    assert diagnosis.analysis.pooled is not None
    return diagnosis.analysis.pooled


def _key(diagnosis: Diagnosis) -> tuple[list[Item], float]:
    entries: list[tuple[list[Item], str]] = [([dot(True, 0, 0)], "Study")]
    if not all(row.read for row in diagnosis.analysis.effects):
        entries.append(([dot(False, 0, 0)], f"Study, {RECALLED}"))
    ray: list[Item] = [Stroke(points=((-7, 0), (7, 0)), colour=style.POOLED, width=1.6)]
    box: list[Item] = [rectangle(-7, -5, 14, 10, fill=BAND)]
    share = percent(_pooled(diagnosis).ci.level)
    return key([*entries, (ray, "Pooled result"), (box, f"{share} of studies expected here")], style.TEXT)


def _plane(diagnosis: Diagnosis, top: float) -> Plane:
    pooled = _pooled(diagnosis)
    half = critical_value(pooled.ci.level)
    far = max(point.x for point in diagnosis.radial)
    heights = [0.0, half, -half, pooled.estimate * far + half, pooled.estimate * far - half]
    heights += [point.y for point in diagnosis.radial]

    def made(right: float) -> Plane:
        return plane(
            lambda room: measured([far], room=room, zero=True),
            lambda room: measured(heights, room=room, upright=True),
            top, right=right,
        )  # fmt: skip

    first = made(SCALE)
    labels = max(width(tick.label) for tick in _scale(diagnosis, first).ticks) + style.TICK + 4
    return first if labels <= SCALE else made(labels)


def _reach(placed: Plane, slope: float, start: float = 0.0) -> Point:
    """Where the line from ``start`` at precision 0 leaves the plot, in points."""
    end = placed.across.high
    height = start + slope * end
    low, high = placed.up.low, placed.up.high
    if not low <= height <= high:
        bound = high if height > high else low
        end, height = (bound - start) / slope, bound
    return placed.x(end), placed.y(height)


def _band(diagnosis: Diagnosis, placed: Plane) -> list[Item]:
    """The band around the pooled ray, cut where the plot ends."""
    pooled = _pooled(diagnosis)
    half, slope = critical_value(pooled.ci.level), pooled.estimate
    upper, lower = _reach(placed, slope, half), _reach(placed, slope, -half)
    corner: tuple[Point, ...] = ()
    if upper[0] < placed.right - 0.01 <= lower[0] or lower[0] < placed.right - 0.01 <= upper[0]:
        corner = ((placed.right, placed.top if slope > 0 else placed.bottom),)
    left = placed.left
    return [Area(points=((left, placed.y(half)), upper, *corner, lower, (left, placed.y(-half))), fill=BAND)]


def _rays(diagnosis: Diagnosis, placed: Plane) -> list[Item]:
    """The pooled ray, the ray of no effect, and the scale of effects along the right side."""
    pooled = _pooled(diagnosis)
    measure = MEASURES[pooled.measure]
    start = (placed.left, placed.y(0))
    items: list[Item] = [
        Stroke(points=(start, _reach(placed, measure.null)), width=0.7),
        Stroke(points=(start, _reach(placed, pooled.estimate)), colour=style.POOLED, width=1.6),
        Stroke(points=((placed.right, placed.top), (placed.right, placed.bottom))),
    ]
    last = math.inf
    ticks = _scale(diagnosis, placed).ticks
    for tick in sorted(ticks, key=lambda tick: placed.y(measure.to_analysis(tick.value) * placed.across.high)):
        height = measure.to_analysis(tick.value) * placed.across.high
        if not placed.up.low <= height <= placed.up.high:
            continue
        y = placed.y(height)
        if abs(y - last) < style.LEADING:
            continue
        last = y
        items.append(Stroke(points=((placed.right, y), (placed.right + style.TICK, y))))
        items.append(Words(x=placed.right + style.TICK + 2, y=y + style.TEXT * 0.35, text=tick.label))
    name = phrases.upper_first(measure.label)
    if width(name, bold=True) + width(UP, bold=True) + 2 * style.GAP < style.WIDTH:
        items.append(Words(x=style.WIDTH, y=placed.top - 7, text=name, side="right", bold=True))
    return items


def _scale(diagnosis: Diagnosis, placed: Plane) -> Axis:
    """Round effects between the lower and the upper right corner of the plot."""
    measure = MEASURES[_pooled(diagnosis).measure]
    ends = [measure.to_natural(height / placed.across.high) for height in (placed.up.low, placed.up.high)]
    return axis(ends, [], scale=measure.axis, null=measure.null_natural, room=placed.bottom - placed.top, upright=True)


def _studies(diagnosis: Diagnosis, placed: Plane) -> list[Item]:
    rows = diagnosis.analysis.effects.rows
    spots = [Spot(name=point.label, x=placed.x(point.x), y=placed.y(point.y)) for point in diagnosis.radial]
    marks = [dot(row.read, spot.x, spot.y) for row, spot in zip(rows, spots, strict=True)]
    pooled = _pooled(diagnosis)
    start = (placed.left, placed.y(0))
    null = MEASURES[pooled.measure].null
    rays = [(start, _reach(placed, slope)) for slope in (null, pooled.estimate)]
    # Names go first to the studies that lie farthest from the pooled ray.
    slope = pooled.estimate
    off = {id(spot): abs(point.y - slope * point.x) for spot, point in zip(spots, diagnosis.radial, strict=True)}
    return [*marks, *names(placed, sorted(spots, key=lambda spot: -off[id(spot)]), rays)]


def _outside(diagnosis: Diagnosis) -> list[str]:
    pooled = _pooled(diagnosis)
    half = critical_value(pooled.ci.level)
    return [point.label for point in diagnosis.radial if abs(point.y - pooled.estimate * point.x) > half]


def _alt(diagnosis: Diagnosis) -> str:
    points, pooled = diagnosis.radial, _pooled(diagnosis)
    measure, outside = MEASURES[pooled.measure], _outside(diagnosis)
    most = max(points, key=lambda point: point.x)
    value = effect(measure.to_natural(pooled.estimate), measure.axis)
    where = f"Outside it: {', '.join(outside)}." if outside else "No study lies outside it."
    return (
        f"Radial plot of {plural(len(points), 'study', 'studies')} around the pooled {measure.label} of {value}. Most "
        f"precise: {most.label}, {measure.label} {effect(measure.to_natural(most.y / most.x), measure.axis)}. "
        f"{len(points) - len(outside)} of {len(points)} lie in the band in which {percent(pooled.ci.level)} are "
        f"expected. {where}"
    )


def _data(diagnosis: Diagnosis) -> Table:
    analysis, pooled = diagnosis.analysis, _pooled(diagnosis)
    measure, outside = MEASURES[pooled.measure], set(_outside(diagnosis))
    rows = [
        Row(
            cells=(
                line(row.label if row.read else f"{row.label} ({RECALLED})"), line(significant(point.x)),
                line(significant(point.y)), line(effect(measure.to_natural(row.yi), measure.axis)),
                line("outside" if point.label in outside else "inside"),
            )
        )
        for point, row in zip(diagnosis.radial, analysis.effects, strict=True)
    ]  # fmt: skip
    return Table(
        id=f"radial-{analysis.question}-data", caption=f"Numbers in the radial plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), Column(label="Precision", align="right", width=1),
            Column(label=UP, align="right", width=1),
            Column(label=phrases.upper_first(measure.label), align="right", width=1), Column(label="Band", width=1),
        ),
        rows=tuple(rows),
        notes=(line(f"Model: {phrases.lower_first(phrases.model_name(pooled))}."),),
    )  # fmt: skip
