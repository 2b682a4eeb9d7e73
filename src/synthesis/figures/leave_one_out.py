"""Leave-one-out plot: what the pooled effect would be without each study in turn."""

from __future__ import annotations

from collections.abc import Callable

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.figures import row_drawing, row_plot, style, wording
from synthesis.figures.axis import Axis, axis
from synthesis.figures.forest import ForestLayout
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, Sheet
from synthesis.formatting import effect, effect_interval, percent, plural
from synthesis.pooling.model import Pooled

# Of more rows than this, marks say which model each comes from.
MOST_NAMED = 20


def leave_one_out(analysis: Analysis) -> Figure:
    """One row per study left out, and all studies together.

    Raises
    ------
    UsageError
        If fewer than two studies were pooled.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"leave-one-out-{analysis.question}", title=f"{analysis.title}: leaving out one study at a time",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> ForestLayout:
    """Everything the plot shows, in its place; raises as ``leave_one_out``."""
    whole = analysis.pooled
    if whole is None or not analysis.leave_one_out:
        raise UsageError(
            f"{analysis.question!r} has {plural(len(analysis.effects), 'pooled study', 'pooled studies')}; leaving "
            "one out needs at least 2"
        )
    named = [(f"Without {item.label}", item.pooled) for item in analysis.leave_one_out]
    every = [*named, (f"All {plural(whole.k, 'study', 'studies')}", whole)]
    marks, footnotes = _marked(every)
    rows = [_row(label, pooled, marks(pooled), total=pooled is whole) for label, pooled in every]
    measure = MEASURES[whole.measure]
    name, level = phrases.upper_first(measure.label), percent(whole.ci.level)
    sheet = Sheet(
        columns=(
            Column(heading="Pooled result", wraps=True, least=90),
            Column(heading=f"{name}{', log scale' if measure.axis == 'log' else ''}", align="center", drawn=True),
            Column(heading=f"{name}\n({level} CI)", align="right"),
            Column(heading="I²", align="right"),
        ),
        rows=tuple(rows),
        make_axis=lambda room: _axis([whole, *(pooled for _, pooled in named)], room),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=measure.to_natural(whole.estimate),
        lines=() if footnotes else (_models(every),), footnotes=footnotes,
    )  # fmt: skip
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=_alt(analysis, whole), data=_data(analysis, sheet),
        caption=line(
            f"{name} with {level} confidence interval, pooled again without each study. The dashed line is the "
            "result of all studies."
        ),
    )  # fmt: skip


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _row(label: str, pooled: Pooled, marks: tuple[str, ...], *, total: bool) -> Row:
    value, low, high = _natural(pooled)
    i2 = percent(pooled.heterogeneity.i2) if pooled.k > 1 else "–"
    text = effect_interval(value, low, high, MEASURES[pooled.measure].axis)
    return Row(
        cells=(Cell(text=label, marks=marks), Cell(text=text), Cell(text=i2)),
        glyph=Glyph(kind="diamond", value=value, low=low, high=high, colour=style.POOLED, hollow=not total),
        look="total" if total else "body", ruled=total,
    )  # fmt: skip


def _marked(
    named: list[tuple[str, Pooled]],
) -> tuple[Callable[[Pooled], tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Marks of the rows and what they mean, where rows come from several models and are too many to be named."""
    models = list(dict.fromkeys(phrases.model_name(pooled) for _, pooled in named))
    if len(models) == 1 or len(named) <= MOST_NAMED:
        return (lambda pooled: ()), ()
    letters = {model: chr(ord("a") + index) for index, model in enumerate(models)}
    return (lambda pooled: (letters[phrases.model_name(pooled)],)), tuple((letters[model], model) for model in models)


def _models(named: list[tuple[str, Pooled]]) -> str:
    """Which model each row comes from; with fewer studies the plan's rule may take another branch."""
    by_model: dict[str, list[str]] = {}
    for label, pooled in named:
        by_model.setdefault(phrases.model_name(pooled), []).append(label[:1].lower() + label[1:])
    if len(by_model) == 1:
        return f"Every row: {phrases.lower_first(next(iter(by_model)))}."
    return ". ".join(f"{model}: {', '.join(labels)}" for model, labels in by_model.items()) + "."


def _natural(pooled: Pooled) -> tuple[float, float, float]:
    on_plot = MEASURES[pooled.measure].to_natural
    return on_plot(pooled.estimate), on_plot(pooled.ci.low), on_plot(pooled.ci.high)


def _axis(models: list[Pooled], room: float) -> Axis:
    """All estimates and the interval of the whole; wider intervals of parts may be cut."""
    measure = MEASURES[models[0].measure]
    must = [*_natural(models[0]), *(_natural(pooled)[0] for pooled in models)]
    may = [value for pooled in models for value in _natural(pooled)]
    return axis(must, may, scale=measure.axis, null=measure.null_natural, room=room)


def _alt(analysis: Analysis, whole: Pooled) -> str:
    measure = MEASURES[whole.measure]
    words = (analysis.good_direction, analysis.intervention, analysis.comparator)
    lowest = min(analysis.leave_one_out, key=lambda item: item.pooled.estimate)
    highest = max(analysis.leave_one_out, key=lambda item: item.pooled.estimate)
    crossing = [
        item.label for item in analysis.leave_one_out if item.pooled.ci.low <= measure.null <= item.pooled.ci.high
    ]
    includes = whole.ci.low <= measure.null <= whole.ci.high
    changed = [item.label for item in analysis.leave_one_out if (item.label in crossing) != includes]
    tail = (
        f"Whether the interval includes no difference changes when {_listed(changed)} is left out."
        if 0 < len(changed) <= MOST_NAMED
        else f"Whether the interval includes no difference changes with {len(changed)} of them left out."
        if changed
        else "Whether the interval includes no difference does not change with any study left out."
    )
    return (
        f"Pooled results with each of {plural(whole.k, 'study', 'studies')} left out in turn. All together: "
        f"{wording.result_in_words(whole)}. {wording.position(whole, *words)} Without one study the estimate runs from "
        f"{effect(measure.to_natural(lowest.pooled.estimate), measure.axis)} (without {lowest.label}) to "
        f"{effect(measure.to_natural(highest.pooled.estimate), measure.axis)} (without {highest.label}). {tail}"
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _data(analysis: Analysis, sheet: Sheet) -> Table:
    headings = [column.heading.replace("\n", " ") for column in sheet.columns if not column.drawn]
    return Table(
        id=f"leave-one-out-{analysis.question}-data",
        caption=f"Numbers in the leave-one-out plot: {analysis.title}",
        columns=tuple(
            TableColumn(label=heading, align="right" if index else "left", width=1 if index else 2)
            for index, heading in enumerate(headings)
        ),
        rows=tuple(
            TableRow(
                cells=tuple(line(" ".join((cell.text, *cell.marks))) for cell in row.cells),
                style="total" if row.ruled else "body",
            )
            for row in sheet.rows
        ),
        notes=tuple(line(f"{mark} {text}") for mark, text in sheet.footnotes),
    )
