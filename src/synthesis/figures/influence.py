"""Influence plot: what each study does to the result, one row per study and one panel per statistic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.diagnosis import Diagnosis
from synthesis.diagnostics.influence import StudyInfluence
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.figures import style
from synthesis.figures.axis import Axis, narrow
from synthesis.figures.lettering import wrap
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, Words, drawing, key, mark, paragraph
from synthesis.formatting import integer, percent, plural, significant

NAMES = 88.0
GAP = 13.0
# Free at either end of a panel, so that no mark touches the next one.
INSET = 4.5
SIZE = 6.5
# More rows than this have no room on a page; the table has every study.
MOST_ROWS = 36
MEDIAN_CHI2 = 0.454936423119572  # of one degree of freedom; Cook and Weisberg 1982


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A statistic: its heading, its value, where it has its usual limits for k studies, and where its stems start."""

    heading: str
    label: str
    value: Callable[[StudyInfluence], float]
    limits: Callable[[int], tuple[float, ...]] = lambda k: ()
    base: float | None = 0.0


PANELS = (
    Panel(heading="Residual", label="Standardised residual (rstudent)", value=lambda item: item.residual,
          limits=lambda k: (-1.959963984540054, 1.959963984540054)),
    Panel(heading="DFFITS", label="DFFITS", value=lambda item: item.dffits,
          limits=lambda k: (-3 / math.sqrt(k - 1), 3 / math.sqrt(k - 1)) if k > 1 else ()),
    Panel(heading="Cook’s distance", label="Cook’s distance", value=lambda item: item.cook,
          limits=lambda k: (MEDIAN_CHI2,)),
    Panel(heading="Covariance ratio", label="Covariance ratio", value=lambda item: item.covariance_ratio, base=1.0),
    Panel(heading="τ² without", label="τ² without it", value=lambda item: item.tau2, base=None),
    Panel(heading="Q without", label="Q without it", value=lambda item: item.q, base=None),
    Panel(heading="Weight (leverage)", label="Weight, which is the leverage", value=lambda item: item.weight,
          limits=lambda k: (3 / k,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A panel in its place: its axis between ``left`` and ``right``, in points."""

    panel: Panel
    left: float
    right: float
    axis: Axis
    heading: tuple[str, ...]

    def x(self, value: float) -> float:
        """Place of a value."""
        return self.left + self.axis.share(value) * (self.right - self.left)


def influence_plot(diagnosis: Diagnosis) -> Figure:
    """Influence statistics of every study, with the usual limits.

    Parameters
    ----------
    diagnosis : Diagnosis
        From ``diagnose``.

    References
    ----------
    Viechtbauer and Cheung 2010, Research Synthesis Methods 1:112-125.
    """
    layout, analysis = arrange(diagnosis), diagnosis.analysis
    return Figure(
        id=f"influence-{analysis.question}", title=f"{analysis.title}: the influence of each study",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(diagnosis: Diagnosis) -> Arranged:
    """Everything the plot shows, in its place."""
    items, y = _key(diagnosis)
    lanes = _lanes(diagnosis)
    top = y + style.BLOCK_GAP + max(len(lane.heading) for lane in lanes) * style.LEADING
    items += _headings(lanes, top)
    rows, bottom = _rows(diagnosis, lanes, top + 4)
    items += [*_guides(diagnosis, lanes, top, bottom), *rows, *_axes(lanes, bottom)]
    end = bottom + style.TICK + 2 + style.TEXT
    for text in _lines(diagnosis):
        more, end = paragraph(text, 0, end + style.LEADING + 4, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=end + 5, items=tuple(items)), alt=_alt(diagnosis),
        caption=line(
            "Each panel is one statistic, each row one study. Dashed lines are the usual limits; a study beyond one of "
            "those of DFFITS, Cook’s distance or weight counts as influential, and has a diamond and a bold name."
        ),
        data=_data(diagnosis),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _shown(diagnosis: Diagnosis) -> tuple[StudyInfluence, ...]:
    """The studies that are drawn: all, or those with the largest Cook's distance, in the order of the analysis."""
    found = diagnosis.influence
    most = sorted(found, key=lambda item: -item.cook)[:MOST_ROWS]
    return tuple(item for item in found if any(item is one for one in most))


def _sign(influential: bool, x: float, y: float) -> Item:
    if influential:
        return mark("diamond", x, y, SIZE + 2, fill=style.PREDICTION)
    return mark("circle", x, y, SIZE - 0.5, fill=style.STUDY_LINE)


def _key(diagnosis: Diagnosis) -> tuple[list[Item], float]:
    dash: list[Item] = [Stroke(points=((0, -5), (0, 5)), colour=style.SECONDARY, dash=True)]
    stem: list[Item] = [Stroke(points=((0, -5), (0, 5)), colour=style.SECONDARY)]
    entries: list[tuple[list[Item], str]] = [([_sign(False, 0, 0)], "Study")]
    if any(item.influential for item in _shown(diagnosis)):
        entries.append(([_sign(True, 0, 0)], "Influential study"))
    return key([*entries, (dash, "Usual limit"), (stem, "No influence, or the result of all studies")], style.TEXT)


def _lanes(diagnosis: Diagnosis) -> list[Lane]:
    size = (style.WIDTH - NAMES - GAP * (len(PANELS) + 0.5)) / len(PANELS)
    lanes = []
    for index, panel in enumerate(PANELS):
        left = NAMES + GAP + index * (size + GAP)
        room = size - 2 * INSET
        values = [panel.value(item) for item in _shown(diagnosis)]
        values += [value for value in (_whole(diagnosis, panel),) if value is not None]
        reach = max(abs(value) for value in values)
        # A limit far from every study would squeeze them together; then it is not shown.
        values += [limit for limit in panel.limits(len(diagnosis.influence)) if abs(limit) <= 2 * reach]
        made = narrow(values, room=room, margin=INSET + GAP / 2 - 1, zero=panel.base == 0)
        heading = wrap(panel.heading, size + GAP - 2, bold=True)
        lanes.append(Lane(panel=panel, left=left + INSET, right=left + size - INSET, axis=made, heading=heading))
    return lanes


def _whole(diagnosis: Diagnosis, panel: Panel) -> float | None:
    """Where the solid line of a panel stands: no influence, or the value with every study."""
    if panel.base is not None:
        return panel.base
    pooled = diagnosis.analysis.pooled
    assert pooled is not None
    return pooled.heterogeneity.q if panel.heading.startswith("Q") else pooled.tau2.value


def _headings(lanes: list[Lane], top: float) -> list[Item]:
    items: list[Item] = [Words(x=0, y=top - 5, text="Study", bold=True)]
    for lane in lanes:
        first = top - 5 - (len(lane.heading) - 1) * style.LEADING
        items += [
            Words(x=(lane.left + lane.right) / 2, y=first + index * style.LEADING, text=text, side="center", bold=True)
            for index, text in enumerate(lane.heading)
        ]
    items.append(Stroke(points=((0, top), (style.WIDTH, top))))
    return items


def _rows(diagnosis: Diagnosis, lanes: list[Lane], y: float) -> tuple[list[Item], float]:
    """A row per study, moved together where they would be taller than a page; and where they end."""
    shown = _shown(diagnosis)
    wrapped = [wrap(item.label, NAMES, bold=item.influential) for item in shown]
    lines = sum(len(names) for names in wrapped)
    loose = lines * style.LEADING + len(wrapped) * style.ROW_PADDING <= style.PAGE_HEIGHT - 120
    padding = style.ROW_PADDING if loose else style.TIGHT_PADDING
    items: list[Item] = []
    for item, names in zip(shown, wrapped, strict=True):
        height = len(names) * style.LEADING + padding
        middle = y + height / 2
        first = middle + (1 - len(names)) * style.LEADING / 2 + style.TEXT * 0.35
        items += [
            Words(x=0, y=first + index * style.LEADING, text=text, bold=item.influential)
            for index, text in enumerate(names)
        ]
        items.append(
            Stroke(points=((NAMES + GAP, middle), (style.WIDTH, middle)), colour=style.FAINT, width=style.HAIR)
        )
        for lane in lanes:
            x, base = lane.x(lane.panel.value(item)), _whole(diagnosis, lane.panel)
            if base is not None and abs(lane.x(base) - x) > 0.1:
                stem = ((lane.x(base), middle), (x, middle))
                items.append(Stroke(points=stem, colour=style.STUDY_LINE, width=style.CI_LINE))
            items.append(_sign(item.influential, x, middle))
        y += height
    return items, y + 3


def _guides(diagnosis: Diagnosis, lanes: list[Lane], top: float, bottom: float) -> list[Item]:
    items: list[Item] = []
    for lane in lanes:
        base = _whole(diagnosis, lane.panel)
        if base is not None:
            x = lane.x(base)
            items.append(Stroke(points=((x, top), (x, bottom)), colour=style.SECONDARY))
        for limit in lane.panel.limits(len(diagnosis.influence)):
            if not lane.axis.cuts(limit):
                x = lane.x(limit)
                items.append(Stroke(points=((x, top), (x, bottom)), colour=style.SECONDARY, dash=True))
    return items


def _axes(lanes: list[Lane], bottom: float) -> list[Item]:
    items: list[Item] = []
    for lane in lanes:
        items.append(Stroke(points=((lane.left, bottom), (lane.right, bottom))))
        for tick in lane.axis.ticks:
            x = lane.x(tick.value)
            items.append(Stroke(points=((x, bottom), (x, bottom + style.TICK))))
            items.append(Words(x=x, y=bottom + style.TICK + 2 + style.TEXT, text=tick.label, side="center"))
    return items


def _lines(diagnosis: Diagnosis) -> list[str]:
    pooled = diagnosis.analysis.pooled
    assert pooled is not None
    said = [f"Model: {phrases.lower_first(phrases.model_name(pooled))}."]
    count = len(diagnosis.influence)
    if count > MOST_ROWS:
        said.insert(0, f"Drawn: the {MOST_ROWS} of {integer(count)} studies with the largest Cook’s distance.")
    return said


def _alt(diagnosis: Diagnosis) -> str:
    found = diagnosis.influence
    named = [item.label for item in found if item.influential]
    largest = max(found, key=lambda item: abs(item.residual))
    cook = max(found, key=lambda item: item.cook)
    heavy = max(found, key=lambda item: item.weight)
    start = f"Seven influence statistics of {plural(len(found), 'study', 'studies')}. "
    start += f"Influential: {', '.join(named)}. " if named else "No study passes a usual limit of influence. "
    return (
        f"{start}Largest standardised residual: {largest.label}, {significant(largest.residual)}. Largest Cook’s "
        f"distance: {cook.label}, {significant(cook.cook)}. Largest weight: {heavy.label}, {percent(heavy.weight)}."
    )


def _data(diagnosis: Diagnosis) -> Table:
    analysis = diagnosis.analysis
    rows = [
        Row(
            cells=(
                line(item.label),
                *(
                    line(percent(item.weight, 1) if panel is PANELS[-1] else significant(panel.value(item)))
                    for panel in PANELS
                ),
                line("yes" if item.influential else "no"),
            )
        )
        for item in diagnosis.influence
    ]
    return Table(
        id=f"influence-{analysis.question}-data", caption=f"Numbers in the influence plot: {analysis.title}",
        columns=(
            Column(label="Study", width=2), *(Column(label=panel.label, align="right", width=1) for panel in PANELS),
            Column(label="Influential", width=1),
        ),
        rows=tuple(rows), notes=tuple(line(text) for text in _lines(diagnosis)),
    )  # fmt: skip
