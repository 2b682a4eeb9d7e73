"""Cumulative forest plot: what the pooled effect was each time another study had been published."""

from __future__ import annotations

from itertools import pairwise

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.diagnostics.cumulative import Accumulation
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.figures import row_drawing, row_plot, style, wording
from synthesis.figures.axis import Axis, axis
from synthesis.figures.forest import ForestLayout
from synthesis.figures.leave_one_out import MOST_NAMED
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, Sheet
from synthesis.formatting import effect_interval, integer, percent, plural
from synthesis.pooling.model import Pooled


def cumulative_forest(analysis: Analysis) -> Figure:
    """One row per study, in order of publication: the result of that study and all before it.

    Raises
    ------
    UsageError
        If fewer than two studies were pooled.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"cumulative-forest-{analysis.question}", title=f"{analysis.title}: as studies were published",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> ForestLayout:
    """Everything the plot shows, in its place; raises as ``cumulative_forest``."""
    steps = analysis.cumulative
    if not steps:
        raise UsageError(
            f"{analysis.question!r} has {plural(len(analysis.effects), 'pooled study', 'pooled studies')}; a "
            "cumulative plot needs at least 2"
        )
    last = steps[-1].pooled
    measure = MEASURES[last.measure]
    name, level = phrases.upper_first(measure.label), percent(last.ci.level)
    sheet = Sheet(
        columns=(
            Column(heading="Study added", wraps=True, least=90),
            Column(heading="Studies", align="right"),
            Column(heading=f"{name}{', log scale' if measure.axis == 'log' else ''}", align="center", drawn=True),
            Column(heading=f"{name}\n({level} CI)", align="right"),
            Column(heading="I²", align="right"),
        ),
        rows=tuple(_row(step, index, final=step is steps[-1]) for index, step in enumerate(steps)),
        make_axis=lambda room: _axis([step.pooled for step in steps], room),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=measure.to_natural(last.estimate),
        lines=(_models(steps),),
    )
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=_alt(analysis), data=_data(analysis, sheet),
        caption=line(
            f"{name} with {level} confidence interval, pooled again each time a study was published. The dashed line "
            "is the result of all studies."
        ),
    )  # fmt: skip


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _row(step: Accumulation, index: int, *, final: bool) -> Row:
    pooled = step.pooled
    value, low, high = _natural(pooled)
    texts = (
        f"+ {step.label}" if index else step.label,
        integer(pooled.k),
        effect_interval(value, low, high, MEASURES[pooled.measure].axis),
        percent(pooled.heterogeneity.i2) if pooled.k > 1 else "–",
    )
    # A single study is not yet a pooled result, and is drawn as a study.
    glyph = (
        Glyph(kind="square", value=value, low=low, high=high, side=style.LARGEST_SQUARE * 0.6)
        if pooled.k == 1
        else Glyph(kind="diamond", value=value, low=low, high=high, colour=style.POOLED, hollow=not final)
    )
    return Row(cells=tuple(Cell(text=text) for text in texts), glyph=glyph, look="total" if final else "body")


def _models(steps: tuple[Accumulation, ...]) -> str:
    """Which model each row comes from: the plan's rule may take another branch while there are few studies."""
    by_model: dict[str, list[int]] = {}
    for step in steps:
        if step.pooled.k > 1:
            by_model.setdefault(phrases.model_name(step.pooled), []).append(step.pooled.k)
    if len(by_model) == 1:
        return f"Pooled results: {phrases.lower_first(next(iter(by_model)))}."
    parts = (f"{_runs(counts)} studies: {model}" for model, counts in by_model.items())
    return f"Pooled results. {'. '.join(parts)}."


def _runs(counts: list[int]) -> str:
    """ "2 to 5, 7, 9": rising numbers, those that follow one another as from and to."""
    runs: list[list[int]] = []
    for count in counts:
        if runs and count == runs[-1][-1] + 1:
            runs[-1].append(count)
        else:
            runs.append([count])
    texts = (
        f"{integer(run[0])} to {integer(run[-1])}" if len(run) > 2 else ", ".join(map(integer, run)) for run in runs
    )
    return ", ".join(texts)


def _natural(pooled: Pooled) -> tuple[float, float, float]:
    on_plot = MEASURES[pooled.measure].to_natural
    return on_plot(pooled.estimate), on_plot(pooled.ci.low), on_plot(pooled.ci.high)


def _axis(models: list[Pooled], room: float) -> Axis:
    """All estimates and the interval of the last; wider intervals of earlier ones may be cut."""
    measure = MEASURES[models[0].measure]
    must = [*_natural(models[-1]), *(_natural(pooled)[0] for pooled in models)]
    may = [value for pooled in models for value in _natural(pooled)]
    return axis(must, may, scale=measure.axis, null=measure.null_natural, room=room)


def _alt(analysis: Analysis) -> str:
    steps = analysis.cumulative
    first, last = steps[0], steps[-1]
    words = (analysis.good_direction, analysis.intervention, analysis.comparator)
    null = MEASURES[last.pooled.measure].null
    sides = [step.pooled.ci.low <= null <= step.pooled.ci.high for step in steps]
    turns = [step.label for (before, after), step in zip(pairwise(sides), steps[1:], strict=True) if before != after]
    tail = (
        f"Whether the interval includes no difference changed with {', '.join(turns)}."
        if 0 < len(turns) <= MOST_NAMED
        else f"Whether the interval includes no difference changed {integer(len(turns))} times."
        if turns
        else "Whether the interval includes no difference never changed."
    )
    return (
        f"Pooled results as {plural(len(steps), 'study', 'studies')} came in. {first.label} alone: "
        f"{wording.result_in_words(first.pooled)}. With all: {wording.result_in_words(last.pooled)}. "
        f"{wording.position(last.pooled, *words)} {tail}"
    )


def _data(analysis: Analysis, sheet: Sheet) -> Table:
    headings = [column.heading.replace("\n", " ") for column in sheet.columns if not column.drawn]
    return Table(
        id=f"cumulative-forest-{analysis.question}-data",
        caption=f"Numbers in the cumulative forest plot: {analysis.title}",
        columns=tuple(
            TableColumn(label=heading, align="right" if index else "left", width=1 if index else 2)
            for index, heading in enumerate(headings)
        ),
        rows=tuple(TableRow(cells=tuple(line(cell.text) for cell in row.cells)) for row in sheet.rows),
    )
