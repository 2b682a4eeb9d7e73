"""GOSH plot: the pooled result of every subset of the studies against how much the studies in it differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesis.analysis.model import Analysis
from synthesis.diagnostics.gosh import Gosh, SubsetSummary
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.figures import style
from synthesis.figures.axis import axis, measured
from synthesis.figures.plane import Plane, axes, plane, top_of
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, drawing, key, moved, paragraph, rectangle
from synthesis.formatting import effect, effect_range, integer, percent, plural

UP = "Heterogeneity (I², %)"
# Subsets that fall into one field of this size share a square.
FIELD = 8.0
SMALLEST, LARGEST = 1.8, 7.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the plot with subsets in it: its centre in points, and how many they are."""

    x: float
    y: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Subsets that are drawn together, and what they have in common ("" for all of them)."""

    name: str
    chosen: NDArray[np.bool_]


def gosh_plot(analysis: Analysis, subsets: Gosh, *, study: str | None = None) -> Figure:
    """The pooled results of many subsets; more than one cloud means that the studies do not tell one story.

    Parameters
    ----------
    analysis : Analysis
    subsets : Gosh
        From ``gosh`` of the effects of ``analysis``.
    study : str or None
        Id or label of a study: subsets with it and without it are drawn apart.

    Raises
    ------
    UsageError
        If ``subsets`` are of other studies.
    UnknownKeyError
        If the analysis has no such study.

    References
    ----------
    Olkin, Dahabreh and Trikalinos 2012, Research Synthesis Methods 3:214-223.
    """
    layout = arrange(analysis, subsets, study=study)
    suffix = "" if study is None else f"-{analysis.effects.rows[_place(analysis, study)].study}"
    return Figure(
        id=f"gosh-{analysis.question}{suffix}", title=f"{analysis.title}: every subset of the studies",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis, subsets: Gosh, *, study: str | None = None) -> Arranged:
    """Everything the plot shows, in its place; parameters as for ``gosh_plot``."""
    k = subsets.include.shape[1]
    if k != len(analysis.effects):
        raise UsageError(
            f"the subsets are of {k} studies and {analysis.question!r} has {len(analysis.effects)}; make them from "
            "the effects of the analysis that is drawn"
        )
    parts = _parts(analysis, subsets, study)
    planes = [_plane(analysis, subsets) for _ in parts]
    fields = [_fields(analysis, subsets, part, placed) for part, placed in zip(parts, planes, strict=True)]
    most = max((field.count for part in fields for field in part), default=1)
    items, y = _key(most)
    for part, placed, found in zip(parts, planes, fields, strict=True):
        drawn, y = _panel(analysis, subsets, part, placed, found, most, y)
        items += drawn
    for text in _notes(subsets):
        more, y = paragraph(text, 0, y + style.LEADING + 2, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=y + 5, items=tuple(items)), alt=_alt(analysis, subsets, study),
        caption=line(
            "Each square stands for subsets of the studies that give nearly the same result, its size for how many. "
            "One cloud: the studies agree about as well as one can tell. Several clouds, or a long tail: look for the "
            "study that parts them."
        ),
        data=_data(analysis, subsets),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _place(analysis: Analysis, study: str) -> int:
    for index, row in enumerate(analysis.effects):
        if study in (row.study, row.label):
            return index
    raise UnknownKeyError("study", study, [row.study for row in analysis.effects])


def _parts(analysis: Analysis, subsets: Gosh, study: str | None) -> list[Part]:
    if study is None:
        return [Part(name="", chosen=np.ones(len(subsets), dtype=bool))]
    index = _place(analysis, study)
    name, holding = analysis.effects.rows[index].label, subsets.include[:, index]
    return [Part(name=f"With {name}", chosen=holding), Part(name=f"Without {name}", chosen=~holding)]


def _plane(analysis: Analysis, subsets: Gosh) -> Plane:
    """The axes at the top of the page; every panel has the same."""
    measure = MEASURES[analysis.measure]
    ends = [measure.to_natural(float(value)) for value in (subsets.estimate.min(), subsets.estimate.max())]
    return plane(
        lambda room: axis(ends, [], scale=measure.axis, null=measure.null_natural, room=room),
        lambda room: measured([0.0, 100.0], room=room, zero=True, upright=True),
        0.0,
    )


def _fields(analysis: Analysis, subsets: Gosh, part: Part, placed: Plane) -> list[Field]:
    """Subsets counted field by field."""
    to_natural = MEASURES[analysis.measure].to_natural
    wide, high = placed.right - placed.left, placed.bottom - placed.top
    columns, lines = max(1, round(wide / FIELD)), max(1, round(high / FIELD))
    estimates, i2 = subsets.estimate[part.chosen], subsets.i2[part.chosen]
    shares = np.array([placed.across.share(to_natural(float(value))) for value in estimates])
    across = np.minimum((shares * columns).astype(int), columns - 1)
    up = np.minimum((np.clip(i2, 0, 1) * lines).astype(int), lines - 1)
    counts = np.bincount(up * columns + across, minlength=columns * lines)
    return [
        Field(
            x=placed.left + (index % columns + 0.5) * wide / columns,
            y=placed.bottom - (index // columns + 0.5) * high / lines, count=int(counts[index]),
        )
        for index in np.flatnonzero(counts).tolist()
    ]  # fmt: skip


def _square(x: float, y: float, count: int, most: int) -> Item:
    share = 1.0 if most == 1 else math.log(count) / math.log(most)
    side = SMALLEST + (LARGEST - SMALLEST) * share
    return rectangle(x - side / 2, y - side / 2, side, side, fill=style.STUDY_LINE)


def _key(most: int) -> tuple[list[Item], float]:
    counts = sorted({1, round(math.sqrt(most)), most})
    entries: list[tuple[list[Item], str]] = [
        ([_square(0, 0, count, most)], plural(count, "subset")) for count in counts
    ]
    whole: list[Item] = [Stroke(points=((0, -6), (0, 6)), colour=style.PREDICTION, width=1.4, dash=True)]
    return key([*entries, (whole, "Result of all studies")], style.TEXT)


def _panel(
    analysis: Analysis, subsets: Gosh, part: Part, placed: Plane, fields: list[Field], most: int, y: float
) -> tuple[list[Item], float]:
    """One panel below ``y``, and where it ends."""
    measure = MEASURES[analysis.measure]
    name = f"Pooled {measure.label}{', log scale' if measure.axis == 'log' else ''}"
    head: list[Item] = []
    if part.name:
        words = f"{part.name} ({plural(int(part.chosen.sum()), 'subset')})"
        head, y = paragraph(words, 0, y + style.BLOCK_GAP + style.TEXT, style.WIDTH, bold=True)
    items, bottom = axes(placed, name, UP)
    null = placed.x(measure.null_natural)
    items.insert(0, Stroke(points=((null, placed.top), (null, placed.bottom)), width=0.7))
    items += [_square(field.x, field.y, field.count, most) for field in fields]
    whole = _whole(analysis, subsets)
    if whole is not None:
        x = placed.x(measure.to_natural(whole))
        points = ((x, placed.top), (x, placed.bottom))
        items.append(Stroke(points=points, colour=style.PREDICTION, width=1.4, dash=True))
    down = top_of(y, UP)
    return [*head, *(moved(item, 0, down) for item in items)], bottom + down


def _whole(analysis: Analysis, subsets: Gosh) -> float | None:
    """What all studies give under the model of the subsets; None where nobody has computed it."""
    full = subsets.include.all(axis=1)
    if full.any():
        return float(subsets.estimate[full][0])
    pooled = analysis.pooled
    same = pooled is not None and (pooled.model, pooled.tau2.method) == (subsets.model, subsets.method)
    return pooled.estimate if same and pooled is not None else None


def _notes(subsets: Gosh) -> list[str]:
    how = "every subset" if subsets.complete else "subsets drawn at random"
    model = "common effect" if subsets.model == "common" else f"random effects ({subsets.method})"
    return [f"{integer(len(subsets))} subsets ({how}); model: {model}."]


def _said(analysis: Analysis, found: SubsetSummary) -> str:
    measure = MEASURES[analysis.measure]
    median = effect(measure.to_natural(found.median), measure.axis)
    span = effect_range(measure.to_natural(found.low), measure.to_natural(found.high), measure.axis)
    return f"median {measure.label} {median}, nine in ten between {span.replace(' to ', ' and ')}"


def _alt(analysis: Analysis, subsets: Gosh, study: str | None) -> str:
    count = integer(len(subsets))
    which = f"all {count} subsets" if subsets.complete else f"{count} random subsets"
    start = f"Pooled results of {which} of {plural(len(analysis.effects), 'study', 'studies')}"
    if study is None:
        return f"{start}: {_said(analysis, subsets.summary())}; median I² {percent(subsets.summary().i2)}."
    index = _place(analysis, study)
    label = analysis.effects.rows[index].label
    parts = [
        f"{word} {label}: {_said(analysis, found)}, median I² {percent(found.i2)}"
        for word, found in (
            ("With", subsets.summary(index)), ("Without", subsets.summary(index, holding=False)),
        )
        if found.n
    ]  # fmt: skip
    return f"{start}. {'. '.join(parts)}."


def _data(analysis: Analysis, subsets: Gosh) -> Table:
    measure = MEASURES[analysis.measure]

    def row(name: str, found: SubsetSummary, *, total: bool = False) -> Row:
        if not found.n:
            return Row(cells=(line(name), line("0"), line("–"), line("–"), line("–")))
        low, median, high = (measure.to_natural(value) for value in (found.low, found.median, found.high))
        cells = (
            line(name), line(integer(found.n)), line(effect(median, measure.axis)),
            line(effect_range(low, high, measure.axis)), line(percent(found.i2)),
        )  # fmt: skip
        return Row(cells=cells, style="total" if total else "body")

    rows = [
        row(f"{word} {item.label}", subsets.summary(index, holding=holding))
        for index, item in enumerate(analysis.effects)
        for word, holding in (("With", True), ("Without", False))
    ]
    return Table(
        id=f"gosh-{analysis.question}-data", caption=f"Numbers in the plot of subsets: {analysis.title}",
        columns=(
            Column(label="Subsets", width=2.5), Column(label="How many", align="right", width=1),
            Column(label=f"Median {measure.label}", align="right", width=1),
            Column(label="Nine in ten lie in", align="right", width=1.5),
            Column(label="Median I²", align="right", width=1),
        ),
        rows=(*rows, row("All of these subsets", subsets.summary(), total=True)),
        notes=tuple(line(text) for text in _notes(subsets)),
    )  # fmt: skip
