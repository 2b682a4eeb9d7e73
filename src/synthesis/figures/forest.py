"""Forest plot: every study of one analysis with its numbers, and what they come to together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, ModelKey
from synthesis.document.elements import Figure, Line, Table
from synthesis.effects.model import EffectRow
from synthesis.figures import row_drawing, row_plot, style
from synthesis.figures.axis import Axis, axis
from synthesis.figures.forest_content import (
    Content,
    by_design,
    content_of,
    footnotes_of,
    group_cells,
    has_means,
    own_effect,
)
from synthesis.figures.forest_text import alternative, caption, data_table
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, RowPlot, Sheet
from synthesis.formatting import effect_range, percent
from synthesis.pooling.model import Pooled


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

    Returns
    -------
    Figure

    Raises
    ------
    UsageError
        If nothing was pooled.
    UnknownKeyError
        For a model or variant that the analysis does not have.
    """
    content = content_of(analysis, model, variant)
    layout = _arranged(content)
    title = analysis.title if variant is None else f"{analysis.title}: {analysis.variant(variant).label.lower()}"
    return Figure(
        id=content.id, title=title, caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data,
        width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(
    analysis: Analysis,
    *,
    model: ModelKey = "plan",
    variant: str | None = None,
) -> ForestLayout:
    """Everything a forest plot shows, in its place; parameters as for ``forest``."""
    return _arranged(content_of(analysis, model, variant))


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _arranged(content: Content) -> ForestLayout:
    marks, footnotes = footnotes_of(content)
    cells = group_cells(content)
    analysis = content.analysis
    pooled = _pooled_rows(content, cells is not None)
    sheet = Sheet(
        columns=_columns(content, cells is not None),
        rows=(*_study_rows(content, cells, marks), *pooled),
        make_axis=axis_of(content),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=content.on_plot(content.main.estimate) if content.main.k > 1 else None,
        lines=(phrases.heterogeneity(content.main),),
        footnotes=footnotes,
    )
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=alternative(content), caption=caption(content),
        data=data_table(content, cells, marks, footnotes, pooled),
    )  # fmt: skip


def _columns(content: Content, groups: bool) -> tuple[Column, ...]:
    analysis, name = content.analysis, phrases.upper_first(content.measure.label)
    level = percent(content.main.ci.level)
    what = "mean (SD), n" if has_means(content.effects) else "events/n"
    sides = (
        Column(heading=f"{phrases.upper_first(analysis.intervention)}\n{what}", align="right", wraps=True, least=48),
        Column(heading=f"{phrases.upper_first(analysis.comparator)}\n{what}", align="right", wraps=True, least=48),
    )
    scale = ", log scale" if content.measure.axis == "log" else ""
    weight = (Column(heading="Weight", align="right"),) if content.main.k > 1 else ()
    return (
        Column(heading="Study", wraps=True, least=86),
        *(sides if groups else ()),
        Column(heading=f"{name}{scale}", align="center", drawn=True),
        Column(heading=f"{name}\n({level} CI)", align="right"),
        *weight,
    )


def axis_of(content: Content) -> Callable[[float], Axis]:
    """Makes the axis of a forest plot for the room there is, in points."""
    level = content.main.ci.level
    models = [pooled for pooled in (content.main, content.other) if pooled is not None]
    must = [row.yi for row in content.effects]
    must += [value for pooled in models for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)]
    may = [value for row in content.effects for value in row.wald(level)]
    if content.main.prediction is not None:
        may += [content.main.prediction.low, content.main.prediction.high]

    def make(room: float) -> Axis:
        return axis(
            [content.on_plot(value) for value in must], [content.on_plot(value) for value in may],
            scale=content.measure.axis, null=content.measure.null_natural, room=room,
        )  # fmt: skip

    return make


def _study_rows(content: Content, cells: list[tuple[str, str]] | None, marks: list[tuple[str, ...]]) -> list[Row]:
    largest = max(content.main.weights)
    rows: list[Row] = []
    designs = by_design(content)
    for design, indices in designs.items():
        if len(designs) > 1:
            rows.append(_group_row(content, design, cells is not None))
        for index in indices:
            row, weight = content.effects.rows[index], content.main.weights[index]
            weighed = (Cell(text=percent(weight, 1)),) if content.main.k > 1 else ()
            groups = tuple(Cell(text=text) for text in cells[index]) if cells else ()
            rows.append(
                Row(
                    cells=(
                        Cell(text=row.label, marks=marks[index]), *groups,
                        Cell(text=own_effect(content, row)), *weighed,
                    ),
                    glyph=_square(content, row, style.LARGEST_SQUARE * math.sqrt(weight / largest)),
                )
            )  # fmt: skip
    return rows


def _group_row(content: Content, design: str, groups: bool) -> Row:
    blanks = (Cell(),) * ((2 if groups else 0) + 1 + (1 if content.main.k > 1 else 0))
    return Row(
        cells=(Cell(text=phrases.design_name(design, content.analysis.design_labels)), *blanks),
        look="group",
        spans=True,
    )


def _square(content: Content, row: EffectRow, side: float) -> Glyph:
    low, high = row.wald(content.main.ci.level)
    return Glyph(
        kind="square", value=content.on_plot(row.yi), low=content.on_plot(low), high=content.on_plot(high), side=side,
        hollow=not row.read,
    )  # fmt: skip


def _pooled_rows(content: Content, groups: bool) -> list[Row]:
    """The diamonds and the prediction interval; nothing for a single study, which pools to itself."""
    if content.main.k < 2:
        return []
    blanks = (Cell(),) * (2 if groups else 0)
    rows = [
        Row(
            cells=(
                Cell(text=phrases.model_name(content.main)), *blanks,
                Cell(text=content.interval(content.main.estimate, content.main.ci)), Cell(text=percent(1)),
            ),
            glyph=_diamond(content, content.main, hollow=False), look="total", spans=True, ruled=True,
        )
    ]  # fmt: skip
    predicted = content.main.prediction
    if predicted is not None:
        low, high = content.on_plot(predicted.low), content.on_plot(predicted.high)
        rows.append(
            Row(
                cells=(
                    Cell(text=f"{percent(predicted.level)} prediction interval"), *blanks,
                    Cell(text=effect_range(low, high, content.measure.axis)), Cell(),
                ),
                glyph=Glyph(kind="bar", value=low, low=low, high=high, colour=style.PREDICTION), spans=True,
            )
        )  # fmt: skip
    if content.other is not None:
        text = content.interval(content.other.estimate, content.other.ci)
        rows.append(
            Row(
                cells=(Cell(text=phrases.model_name(content.other)), *blanks, Cell(text=text), Cell()),
                glyph=_diamond(content, content.other, hollow=True), spans=True,
            )
        )  # fmt: skip
    return rows


def _diamond(content: Content, pooled: Pooled, *, hollow: bool) -> Glyph:
    value, low, high = (content.on_plot(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    return Glyph(kind="diamond", value=value, low=low, high=high, hollow=hollow, colour=style.POOLED)
