"""Bubble plot: the effects of the studies against a moderator, with the line and band of the meta-regression."""

from __future__ import annotations

import math

from synthesis.analysis import phrases
from synthesis.analysis.moderators import Moderated
from synthesis.diagnostics.small_study import FEWEST_STUDIES
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.figures import style
from synthesis.figures.axis import axis, measured
from synthesis.figures.canvas import Point
from synthesis.figures.plane import RECALLED, Plane, Spot, axes, dot, names, plane, top_of
from synthesis.figures.scene import Area, Arranged, Item, Scene, Stroke, drawing, key, mark, paragraph, rectangle
from synthesis.formatting import effect, effect_interval, number, p_value, percent, plural, shortest, significant

BAND = "#DCDEE0"
LARGEST, SMALLEST = 20.0, 5.0


def bubble_plot(regression: Moderated) -> Figure:
    """A bubble plot; the area of a bubble is the weight of the study.

    Parameters
    ----------
    regression : Moderated
        From ``meta_regression``.

    References
    ----------
    Cochrane Handbook 10.11.4; Thompson and Higgins 2002, Statistics in Medicine 21:1559-1573.
    """
    layout, analysis = arrange(regression), regression.analysis
    return Figure(
        id=f"bubble-{analysis.question}-{regression.moderator.key}",
        title=f"{analysis.title}: effect by {phrases.lower_first(regression.moderator.label)}",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(regression: Moderated) -> Arranged:
    """Everything the plot shows, in its place."""
    measure = MEASURES[regression.analysis.measure]
    name = f"{phrases.upper_first(measure.label)}{', log scale' if measure.axis == 'log' else ''}"
    # What is in the key follows from what the axes leave in sight.
    items, y = _key(regression, _plane(regression, 0.0))
    placed = _plane(regression, top_of(y, name))
    drawn, bottom = axes(placed, regression.moderator.label, name)
    items += [*_line(regression, placed), *drawn, *_studies(regression, placed)]
    for text in _notes(regression):
        more, bottom = paragraph(text, 0, bottom + style.LEADING + 2, style.WIDTH)
        items += more
    level = percent(regression.line[0].ci.level)
    return Arranged(
        scene=Scene(width=style.WIDTH, height=bottom + 5, items=tuple(items)), alt=_alt(regression),
        caption=line(
            f"{phrases.upper_first(measure.label)} of each study against "
            f"{phrases.lower_first(regression.moderator.label)}; larger bubbles have more weight. The line is the mean "
            f"effect, the grey band its {level} confidence interval."
        ),
        data=_data(regression),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _known(regression: Moderated) -> list[tuple[EffectRow, float, float]]:
    """Studies with their value and their weight, heavy ones first."""
    rows = zip(regression.analysis.effects, regression.values, regression.weights, strict=True)
    found = [(row, value, weight) for row, value, weight in rows if value is not None and weight is not None]
    return sorted(found, key=lambda item: -item[2])


def _key(regression: Moderated, placed: Plane) -> tuple[list[Item], float]:
    entries: list[tuple[list[Item], str]] = [([dot(True, 0, 0)], "Study")]
    if not all(row.read for row, _, _ in _known(regression)):
        entries.append(([dot(False, 0, 0)], f"Study, {RECALLED}"))
    fitted: list[Item] = [rectangle(-7, -5, 14, 10, fill=BAND)]
    fitted.append(Stroke(points=((-7, 0), (7, 0)), colour=style.POOLED, width=1.6))
    entries.append((fitted, f"Mean effect ({percent(regression.line[0].ci.level)} CI)"))
    if _expected(regression, placed):
        dashed: list[Item] = [Stroke(points=((-7, 0), (7, 0)), colour=style.PREDICTION, dash=True)]
        entries.append((dashed, f"{percent(regression.line[0].ci.level)} prediction interval"))
    return key(entries, style.TEXT)


def _plane(regression: Moderated, top: float) -> Plane:
    measure = MEASURES[regression.analysis.measure]
    known = _known(regression)
    must = [row.yi for row, _, _ in known] + [place.estimate for place in regression.line]
    may = [bound for place in regression.line for bound in (place.ci.low, place.ci.high)]
    may += [
        bound
        for place in regression.line
        if place.prediction is not None
        for bound in (place.prediction.low, place.prediction.high)
    ]
    values = [value for _, value, _ in known]
    return plane(
        lambda room: measured(values, room=room, years=regression.moderator.years),
        lambda room: axis(
            [measure.to_natural(value) for value in must], [measure.to_natural(value) for value in may],
            scale=measure.axis, null=measure.null_natural, room=room, upright=True,
        ),
        top, inset=LARGEST / 2 + 1,
    )  # fmt: skip


def _line(regression: Moderated, placed: Plane) -> list[Item]:
    """The line, its band, and the ends of the prediction interval; beyond the axis they are kept at its end."""
    measure = MEASURES[regression.analysis.measure]
    pairs = list(zip(regression.at, regression.line, strict=True))

    def path(values: list[float]) -> tuple[Point, ...]:
        places = zip(regression.at, values, strict=True)
        return tuple((placed.x(place), placed.y(measure.to_natural(value))) for place, value in places)

    low, high = path([found.ci.low for _, found in pairs]), path([found.ci.high for _, found in pairs])
    null = placed.y(measure.null_natural)
    items: list[Item] = [
        Area(points=(*high, *reversed(low)), fill=BAND),
        Stroke(points=((placed.left, null), (placed.right, null)), width=0.7),
    ]
    for ends in _expected(regression, placed):
        items.append(Stroke(points=ends, colour=style.PREDICTION, dash=True))
    mean = path([found.estimate for _, found in pairs])
    return [*items, Stroke(points=mean, colour=style.POOLED, width=1.6)]


def _expected(regression: Moderated, placed: Plane) -> list[tuple[Point, ...]]:
    """The ends of the prediction interval, as far as they lie within the axis."""
    to_natural = MEASURES[regression.analysis.measure].to_natural
    pairs = zip(regression.at, regression.line, strict=True)
    wide = [(place, found.prediction) for place, found in pairs if found.prediction is not None]
    sides = (
        [(place, to_natural(found.low)) for place, found in wide],
        [(place, to_natural(found.high)) for place, found in wide],
    )
    paths = [
        tuple((placed.x(place), placed.y(value)) for place, value in side if not placed.up.cuts(value))
        for side in sides
    ]
    return [path for path in paths if len(path) > 1]


def _studies(regression: Moderated, placed: Plane) -> list[Item]:
    measure, known = MEASURES[regression.analysis.measure], _known(regression)
    most = known[0][2]
    # Many bubbles have to be smaller, or they hide each other.
    largest = LARGEST * min(1.0, math.sqrt(12 / len(known)))
    marks: list[Item] = []
    spots = []
    for row, value, weight in known:
        size = max(SMALLEST, largest * math.sqrt(weight / most))
        x, y = placed.x(value), placed.y(measure.to_natural(row.yi))
        edge = style.STUDY_LINE if not row.read else style.PAPER
        fill = style.STUDY if row.read else style.PAPER
        marks.append(mark("circle", x, y, size, fill=fill, edge=edge, width=1.0))
        spots.append(Spot(name=row.label, x=x, y=y, half=size / 2))
    drawn = [item for item in _line(regression, placed) if isinstance(item, Stroke)]
    return [*marks, *names(placed, spots, [item.points for item in drawn])]


def _slope(regression: Moderated) -> str:
    """The coefficient of the moderator in words, on the natural scale."""
    measure, moderator = MEASURES[regression.analysis.measure], regression.moderator
    found = regression.regression.coefficients[-1]
    estimate, low, high = (value * moderator.step for value in (found.estimate, found.ci.low, found.ci.high))
    if measure.axis == "log":
        values = [measure.to_natural(value) for value in (estimate, low, high)]
        change = f"the {measure.label} is multiplied by {effect_interval(values[0], values[1], values[2], 'log')}"
    else:
        span = f"{significant(low)} to {significant(high)}"
        change = f"the {measure.label} changes by {significant(estimate)} ({span})"
    sign = "" if found.test.p < 0.001 else "= "
    return f"{change} for each {moderator.more}, p {sign}{p_value(found.test.p)}"


def _notes(regression: Moderated) -> list[str]:
    fit = regression.regression
    explained = "" if fit.r2 is None else f"; heterogeneity accounted for (R²): {percent(fit.r2)}"
    said = [
        f"{phrases.upper_first(_slope(regression))}. {plural(fit.k, 'study', 'studies')}; residual τ² = "
        f"{phrases.tau2_value(fit.tau2.value)}{explained}."
    ]
    left = [
        row.label for row, value in zip(regression.analysis.effects, regression.values, strict=True) if value is None
    ]
    if left:
        said.append(f"Left out, as the value is not known: {', '.join(left)}.")
    if fit.k < FEWEST_STUDIES:
        said.append(
            f"With {plural(fit.k, 'study', 'studies')} a line says little; at least {FEWEST_STUDIES} are needed."
        )
    said.append("Studies differ in other ways too: an association between studies need not hold within them.")
    return said


def _alt(regression: Moderated) -> str:
    measure, known = MEASURES[regression.analysis.measure], _known(regression)
    values = [value for _, value, _ in known]
    ends = [
        effect(measure.to_natural(found.estimate), measure.axis) for found in (regression.line[0], regression.line[-1])
    ]
    shown = [_value(regression, value) for value in (min(values), max(values))]
    return (
        f"Bubble plot of {plural(len(known), 'study', 'studies')}, {measure.label} against "
        f"{phrases.lower_first(regression.moderator.label)} from {shown[0]} to {shown[1]}. Along the line the mean "
        f"{measure.label} goes from {ends[0]} to {ends[1]}; {_slope(regression)}."
    )


def _value(regression: Moderated, value: float) -> str:
    return number(value, 0).replace(",", "") if regression.moderator.years else shortest(value, 2)


def _data(regression: Moderated) -> Table:
    analysis = regression.analysis
    measure = MEASURES[analysis.measure]
    rows = [
        Row(
            cells=(
                line(row.label if row.read else f"{row.label} ({RECALLED})"), line(_value(regression, value)),
                line(effect(measure.to_natural(row.yi), measure.axis)), line(percent(weight, 1)),
            )
        )
        for row, value, weight in sorted(_known(regression), key=lambda item: item[1])
    ]  # fmt: skip
    for place, found in ((regression.at[0], regression.line[0]), (regression.at[-1], regression.line[-1])):
        value, low, high = (measure.to_natural(end) for end in (found.estimate, found.ci.low, found.ci.high))
        text = effect_interval(value, low, high, measure.axis)
        name = f"Line at {_value(regression, place)} ({percent(found.ci.level)} CI)"
        cells = (line(name), line(_value(regression, place)), line(text), line(""))
        rows.append(Row(cells=cells, style="total"))
    return Table(
        id=f"bubble-{analysis.question}-{regression.moderator.key}-data",
        caption=f"Numbers in the bubble plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), Column(label=regression.moderator.label, align="right", width=1),
            Column(label=phrases.upper_first(measure.label), align="right", width=1.5),
            Column(label="Weight", align="right", width=1),
        ),
        rows=tuple(rows), notes=tuple(line(text) for text in _notes(regression)),
    )  # fmt: skip
