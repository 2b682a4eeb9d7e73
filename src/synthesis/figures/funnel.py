"""Funnel plot: each study's effect against its standard error, over bands that show what p value it has by itself.

Studies missing on one side, in the band where results are not significant, suggest that results went unpublished;
studies missing elsewhere point to another cause (Peters et al 2008, Journal of Clinical Epidemiology 61:991-996).
"""

from __future__ import annotations

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.diagnostics.small_study import FEWEST_STUDIES
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.distributions import critical_value
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.axis import axis, measured
from synthesis.figures.canvas import Point
from synthesis.figures.plane import HEIGHT, MOST_NAMES, RECALLED, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Area, Arranged, Item, Scene, Stroke, drawing, key, paragraph
from synthesis.formatting import effect, number, plural
from synthesis.pooling.model import Pooled

# p values that bound the bands, from the outside in, with the grey of what lies within the bound.
BANDS = ((0.01, "#DCDEE0"), (0.05, "#EEEFF0"), (0.10, style.PAPER))
OUTSIDE = "#C3C6C9"


def funnel(analysis: Analysis) -> Figure:
    """A contour-enhanced funnel plot.

    Parameters
    ----------
    analysis : Analysis
        With at least two pooled studies. Below ten the figure says that it cannot show asymmetry.

    Raises
    ------
    UsageError
        If fewer than two studies were pooled.

    References
    ----------
    Cochrane Handbook 13.3.5.2 to 13.3.5.4.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"funnel-{analysis.question}", title=f"{analysis.title}: effect and precision of each study",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> Arranged:
    """Everything the plot shows, in its place; raises as ``funnel``."""
    if len(analysis.effects) < 2 or analysis.pooled is None:
        count = plural(len(analysis.effects), "pooled study", "pooled studies")
        raise UsageError(f"{analysis.question!r} has {count}; a funnel plot needs at least 2")
    items, y = _key(analysis)
    placed = _plane(analysis, top_of(y, "Standard error"))
    measure = MEASURES[analysis.measure]
    name = f"{phrases.upper_first(measure.label)}{', log scale' if measure.axis == 'log' else ''}"
    drawn, bottom = axes(placed, name, "Standard error")
    items += [*_bands(analysis, placed), _pooled_line(analysis, placed), *drawn, *_studies(analysis, placed)]
    for text in _cautions(analysis):
        more, bottom = paragraph(text, 0, bottom + style.LEADING + 2, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(analysis),
        caption=line(
            f"{phrases.upper_first(measure.label)} of each study against its standard error"
            f"{', both on the log scale' if measure.axis == 'log' else ''}; precise studies are at the top. Bands "
            "show the p value that a study has by itself. The dashed line is the pooled result. A study has its name "
            "beside it where there is room."
        ),
        data=_data(analysis),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _plane(analysis: Analysis, top: float) -> Plane:
    measure = MEASURES[analysis.measure]
    errors = [row.sei for row in analysis.effects]
    # A little room below the least precise study.
    upright = measured([1.03 * max(errors)], room=HEIGHT, zero=True, upright=True)
    reach = 1.05 * critical_value(1 - BANDS[0][0]) * upright.high
    must = [row.yi for row in analysis.effects] + [_pooled(analysis).estimate]
    may = [measure.null - reach, measure.null + reach]
    return plane(
        lambda room: axis(
            [measure.to_natural(value) for value in must], [measure.to_natural(value) for value in may],
            scale=measure.axis, null=measure.null_natural, room=room,
        ),
        lambda room: upright, top, down=True,
    )  # fmt: skip


def _key(analysis: Analysis) -> tuple[list[Item], float]:
    def box(fill: str) -> list[Item]:
        return [Area(points=((-7, -5), (7, -5), (7, 5), (-7, 5)), fill=fill, edge=style.RULE, width=0.6)]

    entries: list[tuple[list[Item], str]] = [([dot(True, 0, 0)], "Study")]
    if not all(row.read for row in analysis.effects):
        entries.append(([dot(False, 0, 0)], f"Study, {RECALLED}"))
    entries += [
        (box(style.PAPER), "p above 0.10"), (box(BANDS[1][1]), "p 0.05 to 0.10"), (box(BANDS[0][1]), "p 0.01 to 0.05"),
        (box(OUTSIDE), "p below 0.01"),
    ]  # fmt: skip
    return key(entries, style.TEXT)


def _bands(analysis: Analysis, placed: Plane) -> list[Item]:
    """The bands as nested triangles from "no effect" at the top, the outermost first."""
    measure = MEASURES[analysis.measure]
    left, right, top, bottom = placed.left, placed.right, placed.top, placed.bottom
    items: list[Item] = [Area(points=((left, top), (right, top), (right, bottom), (left, bottom)), fill=OUTSIDE)]
    centre = placed.x(placed.across.null)
    for p, fill in BANDS:
        half = critical_value(1 - p) * placed.up.high
        corners = [_edge(measure.null - half, analysis, placed, -1), _edge(measure.null + half, analysis, placed, 1)]
        items.append(Area(points=((centre, top), *corners[1], *reversed(corners[0])), fill=fill))
    items.append(Stroke(points=((centre, top), (centre, bottom)), width=0.7))
    return items


def _edge(end: float, analysis: Analysis, placed: Plane, sign: int) -> tuple[Point, ...]:
    """Where one side of a band goes: to the bottom, or to the side of the plot and down it."""
    measure = MEASURES[analysis.measure]
    bound = measure.to_analysis(placed.across.high if sign > 0 else placed.across.low)
    if abs(end - measure.null) <= abs(bound - measure.null):
        return ((placed.x(measure.to_natural(end)), placed.bottom),)
    depth = placed.up.high * abs(bound - measure.null) / abs(end - measure.null)
    x = placed.x(measure.to_natural(bound))
    return ((x, placed.y(depth)), (x, placed.bottom))


def _pooled_line(analysis: Analysis, placed: Plane) -> Stroke:
    x = placed.x(MEASURES[analysis.measure].to_natural(_pooled(analysis).estimate))
    return Stroke(points=((x, placed.top), (x, placed.bottom)), colour=style.POOLED, width=1.0, dash=True)


def _studies(analysis: Analysis, placed: Plane) -> list[Item]:
    measure = MEASURES[analysis.measure]
    rows = sorted(analysis.effects, key=lambda row: row.sei)
    spots = [Spot(name=row.label, x=placed.x(measure.to_natural(row.yi)), y=placed.y(row.sei)) for row in rows]
    marks = [dot(row.read, spot.x, spot.y) for row, spot in zip(rows, spots, strict=True)]
    if len(spots) > MOST_NAMES:
        return marks
    null = placed.x(placed.across.null)
    lines = [((null, placed.top), (null, placed.bottom)), _pooled_line(analysis, placed).points]
    return [*marks, *names(placed, spots, lines)]


def _pooled(analysis: Analysis) -> Pooled:
    assert analysis.pooled is not None
    return analysis.pooled


def _cautions(analysis: Analysis) -> list[str]:
    k = len(analysis.effects)
    if k >= FEWEST_STUDIES:
        return []
    return [
        f"With {plural(k, 'study', 'studies')} this cannot tell asymmetry from chance; at least {FEWEST_STUDIES} are "
        "needed before it says anything about studies that are missing."
    ]


def _alt(analysis: Analysis) -> str:
    measure, pooled = MEASURES[analysis.measure], _pooled(analysis)
    rows = sorted(analysis.effects, key=lambda row: row.sei)
    left = sum(row.yi < pooled.estimate for row in rows)
    inside = sum(abs(row.yi - measure.null) < critical_value(0.95) * row.sei for row in rows)
    most, least = rows[0], rows[-1]
    said = (
        f"Funnel plot of {plural(len(rows), 'study', 'studies')}. Most precise: {most.label}, {measure.label} "
        f"{effect(measure.to_natural(most.yi), measure.axis)}, standard error {number(most.sei)}. Least precise: "
        f"{least.label}, {effect(measure.to_natural(least.yi), measure.axis)}, standard error {number(least.sei)}. "
        f"{left} of {len(rows)} lie below the pooled result of "
        f"{effect(measure.to_natural(pooled.estimate), measure.axis)}; {inside} lie where p is above 0.05."
    )
    return " ".join([said, *_cautions(analysis)])


def _data(analysis: Analysis) -> Table:
    measure = MEASURES[analysis.measure]
    rows = [
        Row(
            cells=(
                line(row.label if row.read else f"{row.label} ({RECALLED})"),
                line(effect(measure.to_natural(row.yi), measure.axis)),
                line(number(row.sei, 3)),
            )
        )
        for row in sorted(analysis.effects, key=lambda row: row.sei)
    ]
    scale = " (log scale)" if measure.axis == "log" else ""
    return Table(
        id=f"funnel-{analysis.question}-data", caption=f"Numbers in the funnel plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), Column(label=phrases.upper_first(measure.label), align="right", width=1),
            Column(label=f"Standard error{scale}", align="right", width=1),
        ),
        rows=tuple(rows),
    )  # fmt: skip
