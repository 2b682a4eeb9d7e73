"""Funnel plot: each study's effect against its standard error, over bands that show what p value it has by itself.

Studies missing on one side, in the band where results are not significant, suggest that results went unpublished;
studies missing elsewhere point to another cause (Peters et al 2008, Journal of Clinical Epidemiology 61:991-996).
"""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.diagnostics.small_study import FEWEST_STUDIES
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.distributions import critical_value
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.axis import Axis, axis
from synthesis.figures.lettering import width
from synthesis.figures.scene import Area, Arranged, Item, Scene, Stroke, Words, drawing, key, mark, paragraph
from synthesis.formatting import effect, number, plural
from synthesis.pooling.model import Pooled

HEIGHT = 230.0
LEFT, RIGHT = 40.0, 10.0
# p values that bound the bands, from the outside in, with the grey of what lies within the bound.
BANDS = ((0.01, "#DCDEE0"), (0.05, "#EEEFF0"), (0.10, style.PAPER))
OUTSIDE = "#C3C6C9"
SIZE = 8.0
RECALLED = "recalled, not read"
# With more studies than this, names beside the marks hide the shape of the funnel; the table has them.
MOST_LABELS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the plot lies, in points, and what its scales are; ``deepest`` is the standard error at the bottom."""

    top: float
    axis: Axis
    deepest: float

    def x(self, value: float) -> float:
        """Place of a value on the natural scale."""
        return LEFT + self.axis.share(value) * (style.WIDTH - LEFT - RIGHT)

    def y(self, se: float) -> float:
        """Place of a standard error, 0 at the top."""
        return self.top + HEIGHT * se / self.deepest


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Room that is taken: from left to right, one line of text high."""

    left: float
    right: float
    middle: float


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
    frame = _frame(analysis, y + style.BLOCK_GAP + style.LEADING)
    items += _bands(analysis, frame)
    items += _axes(analysis, frame)
    items += _studies(analysis, frame)
    bottom = frame.top + HEIGHT + style.TICK + 2 + 2 * style.TEXT + 8
    for text in _cautions(analysis):
        more, bottom = paragraph(text, 0, bottom + style.LEADING + 2, style.WIDTH)
        items += more
    measure = MEASURES[analysis.measure]
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


def _frame(analysis: Analysis, top: float) -> Frame:
    measure = MEASURES[analysis.measure]
    deepest = 1.12 * max(row.sei for row in analysis.effects)
    pooled = _pooled(analysis)
    reach = 1.15 * critical_value(1 - BANDS[0][0]) * deepest
    must = [row.yi for row in analysis.effects] + [pooled.estimate]
    may = [measure.null - reach, measure.null + reach]
    scaled = axis(
        [measure.to_natural(value) for value in must], [measure.to_natural(value) for value in may],
        scale=measure.axis, null=measure.null_natural, room=style.WIDTH - LEFT - RIGHT,
    )  # fmt: skip
    return Frame(top=top, axis=scaled, deepest=deepest)


def _key(analysis: Analysis) -> tuple[list[Item], float]:
    def box(fill: str) -> list[Item]:
        return [Area(points=((-7, -5), (7, -5), (7, 5), (-7, 5)), fill=fill, edge=style.RULE, width=0.6)]

    entries: list[tuple[list[Item], str]] = [([_mark(True, 0, 0)], "Study")]
    if not all(row.read for row in analysis.effects):
        entries.append(([_mark(False, 0, 0)], f"Study, {RECALLED}"))
    entries += [
        (box(style.PAPER), "p above 0.10"), (box(BANDS[1][1]), "p 0.05 to 0.10"), (box(BANDS[0][1]), "p 0.01 to 0.05"),
        (box(OUTSIDE), "p below 0.01"),
    ]  # fmt: skip
    return key(entries, style.TEXT)


def _bands(analysis: Analysis, frame: Frame) -> list[Item]:
    """The bands as nested triangles from "no effect" at the top, the outermost first."""
    measure = MEASURES[analysis.measure]
    bottom, top = frame.top + HEIGHT, frame.top
    left, right = frame.x(frame.axis.low), frame.x(frame.axis.high)
    items: list[Item] = [Area(points=((left, top), (right, top), (right, bottom), (left, bottom)), fill=OUTSIDE)]
    centre = frame.x(frame.axis.null)
    for p, fill in BANDS:
        half = critical_value(1 - p) * frame.deepest
        corners = [_edge(measure.null - half, analysis, frame, -1), _edge(measure.null + half, analysis, frame, 1)]
        items.append(Area(points=((centre, top), *corners[1], *reversed(corners[0])), fill=fill))
    items.append(Stroke(points=((centre, top), (centre, bottom)), width=0.7))
    return items


def _edge(end: float, analysis: Analysis, frame: Frame, sign: int) -> tuple[tuple[float, float], ...]:
    """Where one side of a band goes: to the bottom, or to the side of the plot and down it."""
    measure = MEASURES[analysis.measure]
    bound = measure.to_analysis(frame.axis.high if sign > 0 else frame.axis.low)
    bottom = frame.top + HEIGHT
    if abs(end - measure.null) <= abs(bound - measure.null):
        return ((frame.x(measure.to_natural(end)), bottom),)
    depth = frame.deepest * abs(bound - measure.null) / abs(end - measure.null)
    x = frame.x(measure.to_natural(bound))
    return ((x, frame.y(depth)), (x, bottom))


def _axes(analysis: Analysis, frame: Frame) -> list[Item]:
    measure, pooled = MEASURES[analysis.measure], _pooled(analysis)
    bottom = frame.top + HEIGHT
    left, right = frame.x(frame.axis.low), frame.x(frame.axis.high)
    middle = frame.x(measure.to_natural(pooled.estimate))
    items: list[Item] = [
        Stroke(points=((middle, frame.top), (middle, bottom)), colour=style.POOLED, width=1.0, dash=True),
        Stroke(points=((left, bottom), (right, bottom))),
        Stroke(points=((left, frame.top), (left, bottom))),
    ]
    for tick in frame.axis.ticks:
        x = frame.x(tick.value)
        items.append(Stroke(points=((x, bottom), (x, bottom + style.TICK))))
        items.append(Words(x=x, y=bottom + style.TICK + 2 + style.TEXT, text=tick.label, side="center"))
    name = f"{phrases.upper_first(measure.label)}{', log scale' if measure.axis == 'log' else ''}"
    y = bottom + style.TICK + 2 + 2 * style.TEXT + 5
    items.append(Words(x=(left + right) / 2, y=y, text=name, side="center", bold=True))
    for se in _depths(frame.deepest):
        items.append(Stroke(points=((left - style.TICK, frame.y(se)), (left, frame.y(se)))))
        items.append(
            Words(x=left - style.TICK - 2, y=frame.y(se) + style.TEXT * 0.35, text=number(se, _digits(frame.deepest)),
                  side="right")
        )  # fmt: skip
    items.append(Words(x=0, y=frame.top - 5, text="Standard error", bold=True))
    return items


def _depths(deepest: float) -> list[float]:
    """Round standard errors from 0 down, three to seven of them."""
    step = next(
        digit * 10.0**power
        for power in range(-6, 7)
        for digit in (1, 2, 5)
        if deepest / (digit * 10.0**power) < 6
    )  # fmt: skip
    return [index * step for index in range(int(deepest / step) + 1)]


def _digits(deepest: float) -> int:
    step = _depths(deepest)[1] if len(_depths(deepest)) > 1 else deepest
    return 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3


def _mark(read: bool, x: float, y: float) -> Item:
    if read:
        return mark("circle", x, y, SIZE, fill=style.STUDY_LINE, edge=style.PAPER, width=0.6)
    return mark("circle", x, y, SIZE, fill=style.PAPER, edge=style.STUDY_LINE, width=1.2)


def _studies(analysis: Analysis, frame: Frame) -> list[Item]:
    measure = MEASURES[analysis.measure]
    spots = [
        (row, frame.x(measure.to_natural(row.yi)), frame.y(row.sei))
        for row in sorted(analysis.effects, key=lambda row: row.sei)
    ]
    items: list[Item] = [_mark(row.read, x, y) for row, x, y in spots]
    if len(spots) > MOST_LABELS:
        return items
    lines = [frame.x(frame.axis.null), frame.x(measure.to_natural(_pooled(analysis).estimate))]
    taken = [Box(left=x - SIZE / 2, right=x + SIZE / 2, middle=y) for _, x, y in spots]
    for row, x, y in spots:
        label = _beside(row, x, y, frame, taken, lines) or _beside(row, x, y, frame, taken, [])
        if label is not None:
            items.append(label)
            taken.append(Box(left=label.left, right=label.right, middle=label.y - style.TEXT * 0.35))
    return items


def _beside(row: EffectRow, x: float, y: float, frame: Frame, taken: list[Box], lines: list[float]) -> Words | None:
    """The study's name right or left of its mark, above or below it; None where there is no room.

    It covers nothing in ``taken`` and crosses none of the upright ``lines``.
    """
    size, away = width(row.label), SIZE / 2 + 3
    for left, middle in (
        (x + away, y), (x - away - size, y), (x - size / 2, y - style.LEADING), (x - size / 2, y + style.LEADING),
    ):  # fmt: skip
        right = left + size
        inside = left > frame.x(frame.axis.low) and right < frame.x(frame.axis.high)
        free = not any(left < box.right and right > box.left and abs(middle - box.middle) < 9 for box in taken)
        clear = not any(left - 2 < line < right + 2 for line in lines)
        if inside and free and clear and frame.top + 6 < middle < frame.top + HEIGHT - 6:
            return Words(x=left, y=middle + style.TEXT * 0.35, text=row.label)
    return None


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
