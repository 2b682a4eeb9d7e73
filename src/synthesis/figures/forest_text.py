"""A forest plot in words and numbers: caption, text alternative, and the table of everything in the picture."""

from __future__ import annotations

from collections.abc import Sequence

from synthesis.analysis import phrases
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.figures import wording
from synthesis.figures.bias_signs import bias_line, overall_in_words
from synthesis.figures.forest_columns import ForestColumn, entries_of
from synthesis.figures.forest_content import Content
from synthesis.formatting import effect_range, integer, number, p_value, percent, plural

# Why a study that a question's rule takes has no effect.
NOT_ESTIMABLE = frozenset({"not-poolable", "no-usable-numbers"})
# Beyond this many names the line under the plot gives their number; the lists of what was left out name them.
MOST_NAMES = 8


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
        model = "random effects" if content.main.model == "random" else "common effect"
        parts.append(
            f"Squares are studies, their area the weight (inverse variance, {model}); diamonds are pooled results."
        )
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
    if content.groups is not None:
        by_group = "; ".join(
            f"{group.name}: {wording.result_in_words(group.pooled)}" for group in content.groups.result.groups
        )
        parts.append(f"By {content.groups.label.lower()}: {by_group}.")
    if content.bias is not None:
        parts.append(overall_in_words(content.bias))
    parts.append(f"{phrases.heterogeneity(main)}.")
    return " ".join(parts)


def data_table(content: Content, columns: Sequence[ForestColumn], footnotes: tuple[tuple[str, str], ...]) -> Table:
    """The rows of the picture as a table, in its order, with the time of measurement."""
    rows: list[Row] = []
    for entry in entries_of(content):
        if entry.kind == "group":
            rows.append(Row(cells=(line(entry.name),), style="group"))
        else:
            texts = tuple(line(column.in_words(entry)) for column in columns)
            rows.append(Row(cells=texts, style="body" if entry.kind == "study" else "total"))
    notes = (*(line(text) for text in lines_below(content)), *(line(f"{mark} {text}") for mark, text in footnotes))
    return Table(
        id=f"{content.id}-data", caption=f"Numbers in the forest plot: {content.analysis.title}",
        columns=tuple(
            Column(label=column.label, align="right" if index else "left", width=column.share)
            for index, column in enumerate(columns)
        ),
        rows=tuple(rows), notes=notes,
    )  # fmt: skip


def lines_below(content: Content) -> tuple[str, ...]:
    """What stands under the plot: how much studies differ, whether groups do, and what the further columns hold."""
    lines = [phrases.heterogeneity(content.main, defined=True)]
    if content.main.k > 1:
        lines = [f"{lines[0]}. {phrases.overall_test(content.main)}."]
    if content.groups is not None:
        test = content.groups.result
        sign = "" if test.p < 0.001 else "= "
        lines.append(
            f"Differences between groups ({content.groups.label.lower()}): Q = {number(test.q)}, "
            f"{plural(test.df, 'degree')} of freedom, p {sign}{p_value(test.p)}"
        )
        lines += [
            f"{group.name}: {phrases.heterogeneity(group.pooled).removeprefix('Heterogeneity: ')}. "
            f"{phrases.overall_test(group.pooled)}."
            for group in test.groups
            if group.pooled.k > 1
        ]
    baseline = content.analysis.per_thousand
    if content.per_thousand and baseline is not None:
        lines.append(
            f"Per 1,000: people more (+) or fewer (\u2212) with the outcome among 1,000, if "
            f"{integer(baseline.baseline)} have it with {phrases.lower_first(content.analysis.comparator)} "
            f"({baseline.baseline_source})."
        )
    if content.bias is not None:
        lines.append(bias_line(content.bias))
    lines += _without_row(content)
    return tuple(lines)


def _without_row(content: Content) -> list[str]:
    """Studies that answer the question and print nothing that could be pooled: seen to be missing, in one line."""
    shown = {row.study for row in content.effects}
    labels = {out.study: out.label for out in content.effects.excluded if out.code in NOT_ESTIMABLE}
    names = [label for study, label in labels.items() if study not in shown]
    if not names:
        return []
    if len(names) > MOST_NAMES:
        return [f"No row for {integer(len(names))} more studies: they print no numbers that could be pooled."]
    verb = "it prints" if len(names) == 1 else "they print"
    last = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return [f"No row for {last}: {verb} no numbers that could be pooled."]
