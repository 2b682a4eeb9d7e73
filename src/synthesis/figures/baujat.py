"""Baujat plot: which studies make the heterogeneity, and which of them move the result."""

from __future__ import annotations

from synthesis.analysis import phrases
from synthesis.analysis.diagnosis import Diagnosis
from synthesis.diagnostics.heterogeneity_plots import PlotPoint
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.figures import style
from synthesis.figures.axis import measured
from synthesis.figures.plane import RECALLED, SIZE, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Arranged, Item, Scene, drawing, key
from synthesis.formatting import plural, significant

ACROSS = "Contribution to heterogeneity (squared Pearson residual)"
UP = "Influence on the pooled result (squared change without the study, over its variance)"


def baujat_plot(diagnosis: Diagnosis) -> Figure:
    """A Baujat plot: studies on the right disagree with the others, studies at the top move the result.

    Parameters
    ----------
    diagnosis : Diagnosis
        From ``diagnose``.

    References
    ----------
    Baujat et al 2002, Statistics in Medicine 21:2641-2652.
    """
    layout, analysis = arrange(diagnosis), diagnosis.analysis
    return Figure(
        id=f"baujat-{analysis.question}", title=f"{analysis.title}: which studies disagree, and which count",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(diagnosis: Diagnosis) -> Arranged:
    """Everything the plot shows, in its place."""
    points, effects = diagnosis.baujat, diagnosis.analysis.effects
    items, y = _key(all(row.read for row in effects))
    placed = plane(
        lambda room: measured([point.x for point in points], room=room, zero=True),
        lambda room: measured([point.y for point in points], room=room, zero=True, upright=True),
        top_of(y, UP), inset=SIZE / 2 + 1,
    )  # fmt: skip
    drawn, bottom = axes(placed, ACROSS, UP)
    items += drawn
    items += _studies(diagnosis, placed)
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(diagnosis),
        caption=line(
            "Studies to the right add most to the heterogeneity; studies further up change the pooled result most "
            "when they are left out. Those far to the right and far up deserve a second look."
        ),
        data=_data(diagnosis),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _key(all_read: bool) -> tuple[list[Item], float]:
    if all_read:
        return [], 0.0
    return key([([dot(True, 0, 0)], "Study"), ([dot(False, 0, 0)], f"Study, {RECALLED}")], style.TEXT)


def _studies(diagnosis: Diagnosis, placed: Plane) -> list[Item]:
    rows = diagnosis.analysis.effects.rows
    spots = [
        Spot(name=point.label, x=placed.x(point.x), y=placed.y(point.y), half=SIZE / 2) for point in diagnosis.baujat
    ]
    # Names go first to the studies farthest from the corner where nothing happens.
    far = sorted(spots, key=lambda spot: (placed.bottom - spot.y) + (spot.x - placed.left), reverse=True)
    marks = [dot(row.read, spot.x, spot.y) for row, spot in zip(rows, spots, strict=True)]
    return [*marks, *names(placed, far)]


def _alt(diagnosis: Diagnosis) -> str:
    points = diagnosis.baujat
    right, top = max(points, key=lambda point: point.x), max(points, key=lambda point: point.y)
    said = (
        f"Baujat plot of {plural(len(points), 'study', 'studies')}. {right.label} adds most to the heterogeneity "
        f"(squared Pearson residual {significant(right.x)})"
    )
    if right is top:
        return f"{said} and also moves the pooled result most ({significant(top.y)})."
    return f"{said}; {top.label} moves the pooled result most ({significant(top.y)})."


def _data(diagnosis: Diagnosis) -> Table:
    analysis, pooled = diagnosis.analysis, diagnosis.analysis.pooled
    assert pooled is not None

    def cells(point: PlotPoint, read: bool) -> Row:
        name = point.label if read else f"{point.label} ({RECALLED})"
        return Row(cells=(line(name), line(significant(point.x)), line(significant(point.y))))

    pairs = zip(diagnosis.baujat, analysis.effects, strict=True)
    return Table(
        id=f"baujat-{analysis.question}-data", caption=f"Numbers in the Baujat plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), Column(label=ACROSS, align="right", width=1.5),
            Column(label=UP, align="right", width=1.5),
        ),
        rows=tuple(cells(point, row.read) for point, row in sorted(pairs, key=lambda pair: -pair[0].x)),
        notes=(line(f"Model: {phrases.lower_first(phrases.model_name(pooled))}."),),
    )  # fmt: skip
