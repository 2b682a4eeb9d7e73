"""Forest plot: every study of one analysis with its numbers, and what they come to together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, ModelKey
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Line, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.effects.measures import MEASURES, Measure
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.figures import row_drawing, row_plot, style, wording
from synthesis.figures.axis import Axis, axis
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, RowPlot, Sheet
from synthesis.formatting import effect_interval, effect_range, integer, percent, plural, shortest
from synthesis.pooling.model import Interval, Pooled

RECALLED = "†"
UNKNOWN = "–"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What one forest plot shows: an analysis or one of its variants, under one model."""

    analysis: Analysis
    effects: Effects
    main: Pooled
    other: Pooled | None
    measure: Measure
    id: str

    def on_plot(self, value: float) -> float:
        return self.measure.to_natural(value)

    def interval(self, estimate: float, ci: Interval) -> str:
        value, low, high = (self.on_plot(x) for x in (estimate, ci.low, ci.high))
        return effect_interval(value, low, high, self.measure.axis)


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
    content = _content(analysis, model, variant)
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
    return _arranged(_content(analysis, model, variant))


def draw(layout: ForestLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _content(analysis: Analysis, model: ModelKey, variant: str | None) -> _Content:
    source = analysis if variant is None else analysis.variant(variant)
    if not source.effects.rows:
        raise UsageError(
            f"{analysis.question!r} has no pooled studies to draw; use effect_direction for results that were not "
            "pooled, or look at what was left out and why"
        )
    if model not in source.models:
        raise UnknownKeyError("model", model, source.models)
    main = source.models[model]
    other = source.models.get("common" if main.model == "random" else "plan")
    if other is not None and other.model == main.model:
        other = source.models.get("DL")
    suffix = "".join(f"-{part}" for part in (variant, model if model != "plan" else None) if part)
    return _Content(
        analysis=analysis, effects=source.effects, main=main, other=other if main.k > 1 else None,
        measure=MEASURES[source.effects.measure], id=f"forest-{analysis.question}{suffix}".lower(),
    )  # fmt: skip


def _arranged(content: _Content) -> ForestLayout:
    marks, footnotes = _footnotes(content)
    cells = _group_cells(content)
    analysis = content.analysis
    sheet = Sheet(
        columns=_columns(content, cells is not None),
        rows=(*_study_rows(content, cells, marks), *_pooled_rows(content, cells is not None)),
        make_axis=_axis(content),
        below=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        guide=content.on_plot(content.main.estimate) if content.main.k > 1 else None,
        lines=(phrases.heterogeneity(content.main),),
        footnotes=footnotes,
    )
    return ForestLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=_alt(content), caption=_caption(content),
        data=_data(content, cells, marks, footnotes),
    )  # fmt: skip


def _columns(content: _Content, groups: bool) -> tuple[Column, ...]:
    analysis, name = content.analysis, phrases.upper_first(content.measure.label)
    level = percent(content.main.ci.level)
    what = "mean (SD), n" if _has_means(content.effects) else "events/n"
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


def _axis(content: _Content) -> Callable[[float], Axis]:
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


def _study_rows(content: _Content, cells: list[tuple[str, str]] | None, marks: list[tuple[str, ...]]) -> list[Row]:
    largest = max(content.main.weights)
    rows: list[Row] = []
    by_design: dict[str, list[int]] = {}
    for index, effect_row in enumerate(content.effects):
        by_design.setdefault(effect_row.design, []).append(index)
    for design, indices in by_design.items():
        if len(by_design) > 1:
            rows.append(_group_row(content, design, cells is not None))
        for index in indices:
            row, weight = content.effects.rows[index], content.main.weights[index]
            weighed = (Cell(text=percent(weight, 1)),) if content.main.k > 1 else ()
            groups = tuple(Cell(text=text) for text in cells[index]) if cells else ()
            rows.append(
                Row(
                    cells=(
                        Cell(text=row.label, marks=marks[index]), *groups, Cell(text=_own(content, row)), *weighed,
                    ),
                    glyph=_square(content, row, style.LARGEST_SQUARE * math.sqrt(weight / largest)),
                )
            )  # fmt: skip
    return rows


def _group_row(content: _Content, design: str, groups: bool) -> Row:
    blanks = (Cell(),) * ((2 if groups else 0) + 1 + (1 if content.main.k > 1 else 0))
    return Row(
        cells=(Cell(text=phrases.design_name(design, content.analysis.design_labels)), *blanks),
        look="group",
        spans=True,
    )


def _own(content: _Content, row: EffectRow) -> str:
    low, high = row.wald(content.main.ci.level)
    return content.interval(row.yi, Interval(low=low, high=high, level=content.main.ci.level, method="wald"))


def _square(content: _Content, row: EffectRow, side: float) -> Glyph:
    low, high = row.wald(content.main.ci.level)
    return Glyph(
        kind="square", value=content.on_plot(row.yi), low=content.on_plot(low), high=content.on_plot(high), side=side,
        hollow=not row.read,
    )  # fmt: skip


def _pooled_rows(content: _Content, groups: bool) -> list[Row]:
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


def _diamond(content: _Content, pooled: Pooled, *, hollow: bool) -> Glyph:
    value, low, high = (content.on_plot(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    return Glyph(kind="diamond", value=value, low=low, high=high, hollow=hollow, colour=style.POOLED)


def _has_means(effects: Effects) -> bool:
    return any(group is not None and group.mean is not None for row in effects for group in _sides(row))


def _sides(row: EffectRow) -> tuple[Group | None, Group | None]:
    return row.intervention, row.comparator


def _group_cells(content: _Content) -> list[tuple[str, str]] | None:
    """The two sides of each study as text; None if no study has numbers for a side."""
    means = _has_means(content.effects)
    cells = [(_group_text(row.intervention, means), _group_text(row.comparator, means)) for row in content.effects]
    return cells if any(text != UNKNOWN for pair in cells for text in pair) else None


def _group_text(group: Group | None, means: bool) -> str:
    if group is None or (group.n is None and group.mean is None):
        return UNKNOWN
    size = UNKNOWN if group.n is None else integer(group.n)
    if means and group.mean is not None:
        spread = f" ({shortest(group.sd, 2)})" if group.sd is not None else ""
        return f"{shortest(group.mean, 2)}{spread}, {size}"
    if not means and group.events is not None:
        return f"{integer(group.events)}/{size}"
    return f"n = {size}"


def _footnotes(content: _Content) -> tuple[list[tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """The marks of each study, and what they mean; the same words share a mark."""
    concerns: dict[str, list[str]] = {}
    for study, statement in content.analysis.concerns:
        concerns.setdefault(study, []).append(f"Concern on record: {statement}")
    texts = [
        (*(phrases.upper_first(note) for note in row.notes), *concerns.get(row.study, ())) for row in content.effects
    ]
    order = list(dict.fromkeys(text for own in texts for text in own))
    letters = {text: _letter(index) for index, text in enumerate(order)}
    marks = [
        (*((RECALLED,) if not row.read else ()), *(letters[text] for text in dict.fromkeys(own)))
        for row, own in zip(content.effects, texts, strict=True)
    ]
    notes = [(letters[text], text) for text in order]
    if any(not row.read for row in content.effects):
        notes.insert(0, (RECALLED, "Rests on numbers that are recalled, not read in a source; drawn hollow."))
    return marks, tuple(notes)


def _letter(index: int) -> str:
    """a to z, then aa, ab, ..."""
    first = "" if index < 26 else chr(ord("a") + index // 26 - 1)
    return first + chr(ord("a") + index % 26)


def _caption(content: _Content) -> Line:
    analysis = content.analysis
    time = phrases.times(content.effects)
    parts = [
        f"{phrases.upper_first(content.measure.label)} with {percent(content.main.ci.level)} confidence interval.",
        f"{phrases.upper_first(analysis.population)}: {phrases.lower_first(analysis.intervention)} compared with "
        f"{phrases.lower_first(analysis.comparator)}.",
        f"Outcome: {phrases.lower_first(analysis.outcome)}{f', at {time}' if time else ''}.",
    ]
    if content.main.k > 1:
        parts.append("Squares are studies, their area the weight; diamonds are pooled results.")
    return line(" ".join(parts))


def _alt(content: _Content) -> str:
    analysis, main = content.analysis, content.main
    scale = "a logarithmic" if content.measure.axis == "log" else "a linear"
    words = (analysis.good_direction, analysis.intervention, analysis.comparator)
    parts = [
        f"Forest plot of {plural(main.k, 'study', 'studies')} on {scale} axis, "
        f"{phrases.lower_first(analysis.intervention)} against {phrases.lower_first(analysis.comparator)}.",
        wording.spread(content.effects, *words),
    ]
    if main.k == 1:
        return " ".join([*parts, f"In full: {wording.result_in_words(main)}.", wording.position(main, *words)])
    parts += [
        f"{phrases.model_name(main)}: {wording.result_in_words(main)}.",
        wording.position(main, *words),
    ]
    if main.prediction is not None:
        bounds = (content.on_plot(main.prediction.low), content.on_plot(main.prediction.high))
        span = effect_range(*bounds, content.measure.axis)
        parts.append(f"Where the effect in a new study may lie: {span} ({percent(main.prediction.level)}).")
    if content.other is not None:
        parts.append(f"{phrases.model_name(content.other)}: {wording.result_in_words(content.other)}.")
    parts.append(f"{phrases.heterogeneity(main)}.")
    return " ".join(parts)


def _data(
    content: _Content, cells: list[tuple[str, str]] | None, marks: list[tuple[str, ...]],
    footnotes: tuple[tuple[str, str], ...],
) -> Table:  # fmt: skip
    """The same rows as a table, with time and number of people, in the order of the picture."""
    level = percent(content.main.ci.level)
    columns = [TableColumn(label="Study", width=3), TableColumn(label="Months", align="right", width=1)]
    if cells:
        what = "mean (SD), n" if _has_means(content.effects) else "events/n"
        for side in (content.analysis.intervention, content.analysis.comparator):
            columns.append(TableColumn(label=f"{phrases.upper_first(side)}, {what}", align="right", width=2))
    name = phrases.upper_first(content.measure.label)
    columns.append(TableColumn(label=f"{name} ({level} CI)", align="right", width=2.5))
    if content.main.k > 1:
        columns.append(TableColumn(label="Weight", align="right", width=1.2))
    rows = [_data_row(content, index, cells, marks) for index in range(len(content.effects))]
    for row in _pooled_rows(content, cells is not None):
        texts = [cell.text for cell in row.cells]
        rows.append(TableRow(cells=tuple(line(text) for text in (texts[0], "", *texts[1:])), style="total"))
    notes = (line(phrases.heterogeneity(content.main)), *(line(f"{mark} {text}") for mark, text in footnotes))
    return Table(
        id=f"{content.id}-data", caption=f"Numbers in the forest plot: {content.analysis.title}",
        columns=tuple(columns), rows=tuple(rows), notes=notes,
    )  # fmt: skip


def _data_row(
    content: _Content, index: int, cells: list[tuple[str, str]] | None, marks: list[tuple[str, ...]]
) -> TableRow:
    row = content.effects.rows[index]
    label = f"{row.label} {' '.join(marks[index])}".strip()
    months = UNKNOWN if row.timepoint_months is None else shortest(row.timepoint_months, 1)
    weight = (percent(content.main.weights[index], 1),) if content.main.k > 1 else ()
    texts = (label, months, *(cells[index] if cells else ()), _own(content, row), *weight)
    return TableRow(cells=tuple(line(text) for text in texts))
