"""A forest plot in words and numbers: caption, text alternative, and the table of everything in the picture."""

from __future__ import annotations

from collections.abc import Sequence

from synthesis.analysis import phrases
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.figures import row_plot, wording
from synthesis.figures.forest_content import UNKNOWN, Content, by_design, has_means, own_effect
from synthesis.formatting import effect_range, percent, plural, shortest


def caption(content: Content) -> Line:
    """Measure, population, comparison, outcome and time; how the signs are to be read."""
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


def alternative(content: Content) -> str:
    """What somebody who cannot see the plot needs to know."""
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


def data_table(
    content: Content,
    cells: list[tuple[str, str]] | None,
    marks: list[tuple[str, ...]],
    footnotes: tuple[tuple[str, str], ...],
    pooled: Sequence[row_plot.Row],
) -> Table:
    """The rows of the picture as a table, in its order, with the time of measurement."""
    level = percent(content.main.ci.level)
    columns = [Column(label="Study", width=3), Column(label="Months", align="right", width=1)]
    if cells:
        what = "mean (SD), n" if has_means(content.effects) else "events/n"
        for side in (content.analysis.intervention, content.analysis.comparator):
            columns.append(Column(label=f"{phrases.upper_first(side)}, {what}", align="right", width=2))
    name = phrases.upper_first(content.measure.label)
    columns.append(Column(label=f"{name} ({level} CI)", align="right", width=2.5))
    if content.main.k > 1:
        columns.append(Column(label="Weight", align="right", width=1.2))
    rows: list[Row] = []
    groups = by_design(content)
    for design, indices in groups.items():
        if len(groups) > 1:
            name_of_design = phrases.design_name(design, content.analysis.design_labels)
            rows.append(Row(cells=(line(name_of_design),), style="group"))
        rows.extend(_data_row(content, index, cells, marks) for index in indices)
    for row in pooled:
        texts = [cell.text for cell in row.cells]
        rows.append(Row(cells=tuple(line(text) for text in (texts[0], "", *texts[1:])), style="total"))
    notes = (line(phrases.heterogeneity(content.main)), *(line(f"{mark} {text}") for mark, text in footnotes))
    return Table(
        id=f"{content.id}-data", caption=f"Numbers in the forest plot: {content.analysis.title}",
        columns=tuple(columns), rows=tuple(rows), notes=notes,
    )  # fmt: skip


def _data_row(content: Content, index: int, cells: list[tuple[str, str]] | None, marks: list[tuple[str, ...]]) -> Row:
    row = content.effects.rows[index]
    label = f"{row.label} {' '.join(marks[index])}".strip()
    months = UNKNOWN if row.timepoint_months is None else shortest(row.timepoint_months, 1)
    weight = (percent(content.main.weights[index], 1),) if content.main.k > 1 else ()
    texts = (label, months, *(cells[index] if cells else ()), own_effect(content, row), *weight)
    return Row(cells=tuple(line(text) for text in texts))
