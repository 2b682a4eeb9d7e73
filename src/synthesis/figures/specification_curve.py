"""Specification curve: every way of analysing a question that is as good as the plan's, from the smallest result up.

Read down the page instead of across it, so that each way can be named in words. Ways with one and the same printed
result share a row, which counts them. No p value is computed over the ways: they share their studies.

References
----------
Simonsohn, Simmons and Nelson 2020, Nat Hum Behav 4:1208-1214 (specification curves).
Del Giudice and Gangestad 2021, Adv Methods Pract Psychol Sci 4(1) (which choices are equivalent).
"""

from __future__ import annotations

from collections.abc import Iterable

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, Robustness, Specification
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.figures import row_drawing, row_plot, style
from synthesis.figures.axis import Axis, axis
from synthesis.figures.forest import ForestLayout
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, Sheet
from synthesis.formatting import effect, effect_interval, integer, percent

PLANNED = "as planned"
# Ways whose printed results are the same.
Same = tuple[Specification, ...]
AGREES = {True: "yes", False: "no"}
GROUPS = {
    "equivalent": "Equivalent choices, in every combination",
    "uncertain": "May not be equivalent, one at a time",
    "not-equivalent": "Not equivalent, one at a time",
}


def specification_curve(analysis: Analysis) -> Figure:
    """One row per result of the ways of analysing the question, from the smallest to the largest.

    Raises
    ------
    UsageError
        If nothing was pooled or no choice is declared.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"specification-curve-{analysis.question}", title=f"{analysis.title}: other ways of analysing it",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> ForestLayout:
    """Everything the plot shows, in its place; raises as ``specification_curve``."""
    found, whole = analysis.robustness, analysis.pooled
    if found is None or whole is None:
        raise UsageError(f"{analysis.question!r} has no declared choices that were carried out; nothing can be drawn")
    measure = MEASURES[whole.measure]
    groups = _groups(found)
    drawn = [same[0] for _, sames in groups for same in sames if same[0].measure == whole.measure]
    name, level = phrases.upper_first(measure.label), percent(whole.ci.level)
    sheet = Sheet(
        columns=(
            Column(heading="What is not as planned", wraps=True, least=120),
            Column(heading="Analyses", align="right"),
            Column(heading=f"{name}{', log scale' if measure.axis == 'log' else ''}", align="center", drawn=True),
            Column(heading=f"{name}\n({level} CI)", align="right"),
            Column(heading="Agrees", align="right"),
        ),
        rows=tuple(
            row
            for title, sames in groups
            for row in (_heading(title), *(_row(found, same, whole.measure) for same in sames))
        ),
        make_axis=lambda room: _axis(drawn, whole.measure, room),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=measure.to_natural(whole.estimate),
        lines=(phrases.robustness_statement(found),),
    )
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=_alt(found, whole.measure), data=_data(analysis, sheet),
        caption=line(
            f"{name} with {level} confidence interval. Analyses with one result share a row. Hollow: the interval does "
            "not lie as the plan’s does. The dashed line is the plan’s result."
        ),
    )  # fmt: skip


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _groups(found: Robustness) -> list[tuple[str, list[Same]]]:
    """The ways by status, those with the same result together."""
    groups = [(GROUPS["equivalent"], _together(found.equivalent))]
    for status in ("uncertain", "not-equivalent"):
        own = [item for item in found.alone if all(found.statuses[choice] == status for choice in item.options)]
        if own:
            # Each of these is an alternative by itself, so that none is merged with another.
            groups.append((GROUPS[status], sorted(((item,) for item in own), key=_place)))
    return groups


def _together(items: Iterable[Specification]) -> list[Same]:
    """Ways with the same printed result, from the smallest estimate to the largest; those without one last."""
    found: dict[tuple[str, str, int | None], list[Specification]] = {}
    for item in items:
        found.setdefault((item.measure, _result(item), item.side), []).append(item)
    return sorted((tuple(same) for same in found.values()), key=_place)


def _place(same: Same) -> tuple[bool, float, float]:
    first = same[0]
    return first.estimate is None, first.estimate or 0.0, first.low or 0.0


def _heading(title: str) -> Row:
    return Row(cells=(Cell(text=title), Cell(), Cell(), Cell()), look="group", spans=True)


def _row(found: Robustness, same: Same, planned: str) -> Row:
    agrees = same[0].side == found.side
    texts = (_named(found, same), integer(len(same)), _result(same[0]), AGREES[agrees])
    has_plan = any(not item.options for item in same)
    return Row(
        cells=tuple(Cell(text=text) for text in texts),
        glyph=_glyph(same[0], agrees, planned, has_plan),
        look="total" if has_plan else "body",
    )


def _named(found: Robustness, same: Same) -> str:
    """What the ways have in common: for each choice that is not free among them, the alternatives they take."""
    parts = []
    for choice in [key for key in found.labels if "/" not in key]:
        every = {item.options.get(choice, "") for item in (*found.equivalent, *found.alone)}
        taken = {item.options.get(choice, "") for item in same}
        if found.statuses[choice] != "equivalent":
            taken -= {""}
        if not taken or taken == every:
            continue
        names = [found.labels[f"{choice}/{option}"] if option else PLANNED for option in sorted(taken)]
        if taken != {""} or len(same) == 1:
            parts.append(f"{found.labels[choice]}: {' or '.join(names)}")
    if all(part.endswith(f": {PLANNED}") for part in parts):
        return "Everything as planned" if len(same) == 1 else "As planned, or otherwise without a difference"
    return "; ".join(part for part in parts if not part.endswith(f": {PLANNED}"))


def _result(item: Specification) -> str:
    if item.estimate is None or item.low is None or item.high is None:
        return "no study left"
    measure = MEASURES[item.measure]
    point, low, high = (measure.to_natural(value) for value in (item.estimate, item.low, item.high))
    return effect_interval(point, low, high, measure.axis)


def _glyph(item: Specification, agrees: bool, planned: str, has_plan: bool) -> Glyph | None:
    """A way that uses another effect measure has no place on the axis; its numbers stand beside it."""
    if item.estimate is None or item.low is None or item.high is None or item.measure != planned:
        return None
    natural = MEASURES[item.measure].to_natural
    return Glyph(
        kind="square", value=natural(item.estimate), low=natural(item.low), high=natural(item.high),
        side=style.LARGEST_SQUARE * (0.75 if has_plan else 0.5), hollow=not agrees,
        colour=style.POOLED if has_plan else style.STUDY,
    )  # fmt: skip


def _axis(items: list[Specification], key: str, room: float) -> Axis:
    """All estimates and the plan's interval; wider intervals of others may be cut."""
    measure = MEASURES[key]
    must, may = [], []
    for item in items:
        if item.estimate is not None and item.low is not None and item.high is not None:
            values = [measure.to_natural(value) for value in (item.estimate, item.low, item.high)]
            must += values[:1] if item.options else values
            may += values
    return axis(must, may, scale=measure.axis, null=measure.null_natural, room=room)


def _alt(found: Robustness, key: str) -> str:
    measure = MEASURES[key]
    same = [item for item in found.equivalent if item.estimate is not None and item.measure == key]
    values = sorted(measure.to_natural(item.estimate) for item in same if item.estimate is not None)
    spread = "None of the equivalent ones has an estimate on this scale."
    if values:
        first, last = (f"{measure.short} {effect(value, measure.axis)}" for value in (values[0], values[-1]))
        spread = (
            f"Estimates of the equivalent ones run from {first} to {last}."
            if first != last
            else f"The estimate of every equivalent one is {first}."
        )
    alone = len(found.alone)
    more = (
        f" {integer(alone)} that are not equivalent, or may not be, stand below and are not counted." if alone else ""
    )
    return f"{phrases.robustness_statement(found)} {spread}{more}"


def _data(analysis: Analysis, sheet: Sheet) -> Table:
    headings = [column.heading.replace("\n", " ") for column in sheet.columns if not column.drawn]
    return Table(
        id=f"specification-curve-{analysis.question}-data",
        caption=f"Numbers in the specification curve: {analysis.title}",
        columns=tuple(
            TableColumn(label=heading, align="right" if index else "left", width=(3, 0.8, 1.6, 0.7)[index])
            for index, heading in enumerate(headings)
        ),
        rows=tuple(
            TableRow(cells=(line(row.cells[0].text),), style="group")
            if row.look == "group"
            else TableRow(cells=tuple(line(cell.text) for cell in row.cells))
            for row in sheet.rows
        ),
        notes=(line("The analyses share their studies, so no p value is worked out over them."),),
    )
