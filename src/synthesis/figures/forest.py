"""Forest plot: every study of one analysis with its numbers, and what they come to together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, ModelKey
from synthesis.analysis.subgroups import StudyGroups
from synthesis.certainty.judgements import Judgements
from synthesis.document.elements import Figure, Line, Table, line
from synthesis.effects.model import EffectRow
from synthesis.figures import row_drawing, row_plot, style
from synthesis.figures.axis import Axis, axis
from synthesis.figures.bias_signs import name_of, occurring, sign
from synthesis.figures.forest_columns import (
    SIGN_SIZE,
    Entry,
    ForestColumn,
    absolute_column,
    bias_column,
    effect_column,
    entries_of,
    months_column,
    name_column,
    side_columns,
    weight_column,
)
from synthesis.figures.forest_content import Content, content_of, footnotes_of, group_cells, with_options
from synthesis.figures.forest_text import alternative, caption, data_table, lines_below
from synthesis.figures.row_plot import Column, Glyph, Row, RowPlot, Sheet
from synthesis.pooling.model import Pooled

# Where the numbers of the two sides have no room, names of results stand in the first column alone.
NAMES = 118.0
SIDES = " The numbers of the two sides are in the table."
SIDES_AND_WEIGHTS = " The numbers of the two sides and the weights are in the table."


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestLayout:
    """An arranged forest plot: the content, its places on the page, and the same in words and numbers.

    Attributes
    ----------
    sheet, plot : Sheet, RowPlot
        Content, and content with places.
    alt : str
        Text alternative.
    caption : Line
    data : Table
        Every number in the picture.
    """

    sheet: Sheet
    plot: RowPlot
    alt: str
    caption: Line
    data: Table


def forest(
    analysis: Analysis,
    *,
    model: ModelKey = "plan",
    variant: str | None = None,
    bias: Judgements | None = None,
    per_thousand: bool = False,
    groups: StudyGroups | None = None,
) -> Figure:
    """A forest plot.

    Parameters
    ----------
    analysis : Analysis
        With at least one pooled study.
    model : {"plan", "DL", "common"}
        Whose weights and estimate lead. The common-effect estimate (or, beside it, the plan's) is shown as well.
    variant : str or None
        Id of a sensitivity analysis to show instead of the main one.
    bias : Judgements or None
        Judgements of risk of bias, from ``risk_of_bias``: a sign for each domain beside each study.
    per_thousand : bool
        Whether each effect is also shown as people per 1,000 at the question's baseline risk. Where the page is too
        narrow for it or for ``bias``, the numbers of the two sides are in the table alone.
    groups : StudyGroups or None
        Studies in groups, from ``subgroup_analysis``, each with what it comes to; otherwise they are grouped by
        design.

    Returns
    -------
    Figure

    Raises
    ------
    UsageError
        If nothing was pooled, the groups are of other studies, or there is no baseline risk.
    UnknownKeyError
        For a model or variant that the analysis does not have.
    """
    content = with_options(
        content_of(analysis, model, variant), bias=bias, per_thousand=per_thousand, groups=groups
    )  # fmt: skip
    layout = arranged(content)
    return Figure(
        id=content.id, title=title_of(analysis, variant), caption=layout.caption, alt=layout.alt, svg=draw(layout),
        data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def title_of(analysis: Analysis, variant: str | None) -> str:
    """What the plot is of."""
    return analysis.title if variant is None else f"{analysis.title}: {analysis.variant(variant).label.lower()}"


def arrange(
    analysis: Analysis,
    *,
    model: ModelKey = "plan",
    variant: str | None = None,
    bias: Judgements | None = None,
    per_thousand: bool = False,
    groups: StudyGroups | None = None,
) -> ForestLayout:
    """Everything a forest plot shows, in its place; parameters as for ``forest``."""
    content = content_of(analysis, model, variant)
    return arranged(with_options(content, bias=bias, per_thousand=per_thousand, groups=groups))


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def arranged(content: Content) -> ForestLayout:
    """The content in its place."""
    marks, footnotes = footnotes_of(content)
    name, sides, weight = name_column(marks), side_columns(content, group_cells(content)), weight_column(content)
    first = (effect_column(content), *absolute_column(content))
    last = bias_column(content)
    sheet, kept_back = _sheet(content, (name, *sides), (*first, *weight, *last), footnotes), ""
    wide = name_column(marks, least=NAMES)
    for columns, words in (((*first, *weight, *last), SIDES), ((*first, *last), SIDES_AND_WEIGHTS)):
        if not row_plot.fits(sheet):
            sheet, kept_back = _sheet(content, (wide,), columns, footnotes), words
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=alternative(content),
        caption=(*caption(content), *line(kept_back)) if kept_back else caption(content),
        data=data_table(content, (name, months_column(content), *sides, *first, *weight, *last), footnotes),
    )  # fmt: skip


def _sheet(
    content: Content,
    before: tuple[ForestColumn, ...],
    after: tuple[ForestColumn, ...],
    footnotes: tuple[tuple[str, str], ...],
) -> Sheet:
    analysis, name = content.analysis, phrases.upper_first(content.measure.label)
    scale = ", log scale" if content.measure.axis == "log" else ""
    bias = content.bias
    levels = () if bias is None else occurring(bias)
    return Sheet(
        columns=(
            *(item.column for item in before), Column(heading=f"{name}{scale}", align="center", drawn=True),
            *(item.column for item in after),
        ),
        rows=tuple(
            _row(content, entry, (*before, *after), sides=len(before) > 1)
            for entry in entries_of(content)
            if entry.kind != "sum" or len(before) > 1
        ),
        make_axis=axis_of(content),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=content.on_plot(content.main.estimate) if content.main.k > 1 else None,
        lines=lines_below(content), footnotes=footnotes,
        key=tuple((tuple(sign(level, 0, 0, SIGN_SIZE)), name_of(level)) for level in levels),
    )  # fmt: skip


def axis_of(content: Content) -> Callable[[float], Axis]:
    """Makes the axis of a forest plot for the room there is, in points."""
    level = content.main.ci.level
    models = [pooled for pooled in (content.main, content.other) if pooled is not None]
    parts = [group.pooled for group in content.groups.result.groups] if content.groups is not None else []
    must = [row.yi for row in content.effects]
    must += [value for pooled in models for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)]
    may = [value for row in content.effects for value in row.wald(level)]
    may += [value for pooled in parts for value in (pooled.ci.low, pooled.ci.high)]
    if content.main.prediction is not None:
        may += [content.main.prediction.low, content.main.prediction.high]

    def make(room: float) -> Axis:
        return axis(
            [content.on_plot(value) for value in must], [content.on_plot(value) for value in may],
            scale=content.measure.axis, null=content.measure.null_natural, room=room,
        )  # fmt: skip

    return make


def _row(content: Content, entry: Entry, columns: tuple[ForestColumn, ...], *, sides: bool) -> Row:
    cells = tuple(column.of(entry) for column in columns)
    if entry.kind == "group":
        return Row(cells=cells, look="group", spans=sides)
    if entry.kind == "study":
        weight, largest = content.main.weights[entry.index], max(content.main.weights)
        side = style.LARGEST_SQUARE * math.sqrt(weight / largest)
        return Row(cells=cells, glyph=_square(content, content.effects.rows[entry.index], side))
    if entry.pooled is None:
        return Row(cells=cells, ruled=True)
    if entry.kind == "prediction" and entry.pooled.prediction is not None:
        low, high = content.on_plot(entry.pooled.prediction.low), content.on_plot(entry.pooled.prediction.high)
        bar = Glyph(kind="bar", value=low, low=low, high=high, colour=style.PREDICTION)
        return Row(cells=cells, glyph=bar, spans=sides)
    diamond = _diamond(content, entry.pooled, hollow=entry.kind != "total")
    if entry.kind == "total":
        return Row(cells=cells, glyph=diamond, look="total", spans=sides, ruled=not (entry.counted and sides))
    # The people of a group stand beside its name.
    return Row(cells=cells, glyph=diamond, spans=sides and not entry.members)


def _square(content: Content, row: EffectRow, side: float) -> Glyph:
    low, high = row.wald(content.main.ci.level)
    return Glyph(
        kind="square", value=content.on_plot(row.yi), low=content.on_plot(low), high=content.on_plot(high), side=side,
        hollow=not row.read,
    )  # fmt: skip


def _diamond(content: Content, pooled: Pooled, *, hollow: bool) -> Glyph:
    value, low, high = (content.on_plot(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    return Glyph(kind="diamond", value=value, low=low, high=high, hollow=hollow, colour=style.POOLED)
