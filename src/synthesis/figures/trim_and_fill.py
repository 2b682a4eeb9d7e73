"""Trim-and-fill funnel: the studies there are, and the mirror images that would make the funnel symmetric."""

from __future__ import annotations

import math

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.diagnostics.trim_and_fill import TrimAndFill
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.distributions import critical_value
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.figures import style, wording
from synthesis.figures.axis import axis, measured
from synthesis.figures.plane import RECALLED, SIZE, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Area, Arranged, Item, Scene, Stroke, drawing, key, mark, paragraph
from synthesis.formatting import effect, integer, percent, plural, significant
from synthesis.pooling.model import Pooled

FUNNEL = "#EEEFF0"


def trim_and_fill_plot(analysis: Analysis, filled: TrimAndFill) -> Figure:
    """A funnel plot with the studies that trim and fill adds, each a triangle with a name.

    Parameters
    ----------
    analysis : Analysis
    filled : TrimAndFill
        From ``trim_and_fill`` of the effects of ``analysis``.

    Raises
    ------
    UsageError
        If ``filled`` is of other studies.

    References
    ----------
    Duval and Tweedie 2000, Biometrics 56:455-463; Cochrane Handbook 13.3.5.
    """
    layout = arrange(analysis, filled)
    return Figure(
        id=f"trim-and-fill-{analysis.question}", title=f"{analysis.title}: the funnel made symmetric",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis, filled: TrimAndFill) -> Arranged:
    """Everything the plot shows, in its place; raises as ``trim_and_fill_plot``."""
    if filled.observed.k != len(analysis.effects):
        raise UsageError(
            f"trim and fill was done with {filled.observed.k} studies and {analysis.question!r} has "
            f"{len(analysis.effects)}; do it with the effects of the analysis that is drawn"
        )
    items, y = _key(analysis, filled)
    placed = _plane(analysis, filled, top_of(y, "Standard error"))
    measure = MEASURES[analysis.measure]
    name = f"{phrases.upper_first(measure.label)}{', log scale' if measure.axis == 'log' else ''}"
    drawn, bottom = axes(placed, name, "Standard error")
    items += [*_funnel(analysis, filled, placed), *drawn, *_lines(filled, placed), *_marks(analysis, filled, placed)]
    for text in _notes(filled):
        more, bottom = paragraph(text, 0, bottom + style.LEADING + 2, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(analysis, filled),
        caption=line(
            "Triangles are made up by the method: mirror images of the studies that have no counterpart on the other "
            "side. Comparing the two lines shows how far such studies, had they existed, would move the result."
            if filled.missing
            else "Each study’s effect against its standard error. The method looks for studies that have no "
            "counterpart on the other side, and found none."
        ),
        data=_data(analysis, filled),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _triangle(x: float, y: float) -> Item:
    return mark("triangle", x, y, SIZE + 1, fill=style.PAPER, edge=style.PREDICTION, width=1.3)


def _imputed(index: int) -> str:
    return f"Imputed {index + 1}"


def _key(analysis: Analysis, filled: TrimAndFill) -> tuple[list[Item], float]:
    entries: list[tuple[list[Item], str]] = [([dot(True, 0, 0)], "Study")]
    if not all(row.read for row in analysis.effects):
        entries.append(([dot(False, 0, 0)], f"Study, {RECALLED}"))
    entries.append(([Stroke(points=((0, -6), (0, 6)), colour=style.POOLED, width=1.4)], "Pooled, as observed"))
    if filled.missing:
        entries.append(([_triangle(0, 0)], "Imputed study"))
        dashed = Stroke(points=((0, -6), (0, 6)), colour=style.PREDICTION, width=1.4, dash=True)
        entries.append(([dashed], "Pooled with imputed studies"))
    return key(entries, style.TEXT)


def _plane(analysis: Analysis, filled: TrimAndFill, top: float) -> Plane:
    measure = MEASURES[analysis.measure]
    errors = [row.sei for row in analysis.effects]
    half = critical_value(filled.filled.ci.level) * max(errors)
    must = [row.yi for row in analysis.effects]
    must += [*filled.filled_yi, filled.observed.estimate, filled.filled.estimate]
    centre = filled.filled.estimate
    return plane(
        lambda room: axis(
            [measure.to_natural(value) for value in must],
            [measure.to_natural(value) for value in (centre - half, centre + half)],
            scale=measure.axis, null=measure.null_natural, room=room,
        ),
        lambda room: measured(errors, room=room, zero=True, upright=True),
        top, down=True,
    )  # fmt: skip


def _funnel(analysis: Analysis, filled: TrimAndFill, placed: Plane) -> list[Item]:
    """Where studies are expected around the result with the imputed ones, if nothing but chance sets them apart."""
    measure, pooled = MEASURES[analysis.measure], filled.filled
    z = critical_value(pooled.ci.level)
    corners: list[tuple[float, float]] = [(placed.x(measure.to_natural(pooled.estimate)), placed.top)]
    for sign in (1, -1):
        bound = measure.to_analysis(placed.across.high if sign > 0 else placed.across.low)
        depth = min(placed.up.high, abs(bound - pooled.estimate) / z)
        edge = (placed.x(measure.to_natural(pooled.estimate + sign * z * depth)), placed.y(depth))
        side = [edge, (edge[0], placed.bottom)] if depth < placed.up.high else [edge]
        corners += side if sign > 0 else side[::-1]
    null = placed.x(measure.null_natural)
    return [
        Area(points=tuple(corners), fill=FUNNEL), Stroke(points=((null, placed.top), (null, placed.bottom)), width=0.7),
    ]  # fmt: skip


def _lines(filled: TrimAndFill, placed: Plane) -> list[Item]:
    items: list[Item] = [_upright(filled.observed, placed, style.POOLED, dash=False)]
    if filled.missing:
        items.append(_upright(filled.filled, placed, style.PREDICTION, dash=True))
    return items


def _upright(pooled: Pooled, placed: Plane, colour: str, *, dash: bool) -> Stroke:
    x = placed.x(MEASURES[pooled.measure].to_natural(pooled.estimate))
    return Stroke(points=((x, placed.top), (x, placed.bottom)), colour=colour, width=1.4, dash=dash)


def _marks(analysis: Analysis, filled: TrimAndFill, placed: Plane) -> list[Item]:
    measure = MEASURES[analysis.measure]
    added = [
        Spot(name=_imputed(index), x=placed.x(measure.to_natural(yi)), y=placed.y(math.sqrt(vi)), half=SIZE * 0.6)
        for index, (yi, vi) in enumerate(zip(filled.filled_yi, filled.filled_vi, strict=True))
    ]
    found = [
        Spot(name=row.label, x=placed.x(measure.to_natural(row.yi)), y=placed.y(row.sei)) for row in analysis.effects
    ]
    lines = [(item.points) for item in _lines(filled, placed) if isinstance(item, Stroke)]
    null = placed.x(measure.null_natural)
    lines.append(((null, placed.top), (null, placed.bottom)))
    dots = [dot(row.read, spot.x, spot.y) for row, spot in zip(analysis.effects, found, strict=True)]
    # Imputed studies get their names first: they must not be taken for studies.
    return [*dots, *(_triangle(spot.x, spot.y) for spot in added), *names(placed, [*added, *found], lines)]


def _result(pooled: Pooled) -> str:
    return wording.result_in_words(pooled)


def _notes(filled: TrimAndFill) -> list[str]:
    said = [
        f"As observed: {_result(filled.observed)} ({phrases.lower_first(phrases.model_name(filled.observed))}). "
        + (f"With {plural(filled.missing, 'imputed study', 'imputed studies')}: {_result(filled.filled)}. "
           if filled.missing else "No study seems to be missing. ")
        + f"Estimator {filled.estimator}; grey: where {percent(filled.filled.ci.level)} of studies are expected.",
        "A sensitivity analysis, not a correction: a funnel can be lopsided for other reasons than missing studies.",
    ]  # fmt: skip
    return [*said, *(note.text for note in filled.notes)]


def _alt(analysis: Analysis, filled: TrimAndFill) -> str:
    start = f"Funnel plot of {plural(len(analysis.effects), 'study', 'studies')} after trim and fill. "
    if not filled.missing:
        return f"{start}No study seems to be missing. Pooled: {_result(filled.observed)}."
    return (
        f"{start}{integer(filled.missing)} imputed on the {filled.side}. As observed: {_result(filled.observed)}. "
        f"With imputed studies: {_result(filled.filled)}."
    )


def _data(analysis: Analysis, filled: TrimAndFill) -> Table:
    measure = MEASURES[analysis.measure]

    def row(name: str, yi: float, sei: float, kind: str) -> Row:
        value = effect(measure.to_natural(yi), measure.axis)
        return Row(cells=(line(name), line(kind), line(value), line(significant(sei))))

    rows = [
        row(item.label if item.read else f"{item.label} ({RECALLED})", item.yi, item.sei, "study")
        for item in analysis.effects
    ]
    rows += [
        row(_imputed(index), yi, math.sqrt(vi), "imputed")
        for index, (yi, vi) in enumerate(zip(filled.filled_yi, filled.filled_vi, strict=True))
    ]
    scale = " (log scale)" if measure.axis == "log" else ""
    return Table(
        id=f"trim-and-fill-{analysis.question}-data", caption=f"Numbers in the trim-and-fill plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), Column(label="Kind", width=1),
            Column(label=phrases.upper_first(measure.label), align="right", width=1),
            Column(label=f"Standard error{scale}", align="right", width=1),
        ),
        rows=tuple(rows), notes=tuple(line(text) for text in _notes(filled)),
    )  # fmt: skip
