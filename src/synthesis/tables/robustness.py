"""How many ways of analysing a question agree with its conclusion, and which choices change it."""

from __future__ import annotations

from collections.abc import Iterable

from synthesis.analysis.model import Analysis, Robustness, Specification
from synthesis.analysis.phrases import SIDES, robustness_exceptions, robustness_statement
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.formatting import effect_interval, integer, plural
from synthesis.tables.records import empty_row, fact

COLUMNS = (
    Column(label="What differs from the plan", width=3.4),
    Column(label="Studies", align="right", width=0.8),
    Column(label="Result (95% CI)", align="right", width=2),
    Column(label="The interval lies", width=1.8),
)
SUMMARY = (
    Column(label="Question", width=1.6),
    Column(label="Conclusion", width=2),
    Column(label="Agree", width=0.8),
    Column(label="Those that do not", width=2.6),
)
CONCLUSIONS = {
    -1: "The whole interval lies below no difference",
    0: "More, fewer and no difference are all possible",
    1: "The whole interval lies above no difference",
}
PLAN = "Nothing: the plan"
STATUSES = {
    "equivalent": "Equivalent choices, in every combination",
    "not-equivalent": "Choices that are not equivalent, one at a time",
    "uncertain": "Choices that may not be equivalent, one at a time",
}


def robustness_table(analysis: Analysis) -> Table:
    """Every way of analysing one question.

    Parameters
    ----------
    analysis : Analysis
        A question without declared choices gets a row that says so.

    Returns
    -------
    Table
        With the statement in words as its first note.
    """
    found = analysis.robustness
    return Table(
        id=f"robustness-{analysis.question}",
        caption=f"{analysis.title}: other ways of analysing it",
        columns=COLUMNS,
        rows=_rows(found) if found is not None else (_nothing(),),
        notes=_notes(found) if found is not None else (),
    )


def robustness_summary(analyses: Iterable[Analysis]) -> Table:
    """One row per question: how many equivalent analyses agree with its conclusion, and what the others have in common.

    Parameters
    ----------
    analyses : iterable of Analysis
        Questions in which nothing was pooled have no row.

    Returns
    -------
    Table
    """
    held = [(item, item.robustness) for item in analyses if item.robustness is not None]
    rows = tuple(
        Row(
            cells=(
                line(item.title),
                line(CONCLUSIONS[found.side]),
                line(
                    fact(integer(len(found.agree)), f"{item.question}.equivalent-agree"),
                    " of ",
                    fact(integer(len(found.equivalent)), f"{item.question}.equivalent-analyses"),
                ),
                line(robustness_exceptions(found) or "–"),
            )
        )
        for item, found in held
    )
    nothing = Row(cells=empty_row(len(SUMMARY), "No question declares choices that could have been made otherwise."))
    return Table(
        id="robustness-summary",
        caption="How many equivalent analyses agree",
        columns=SUMMARY,
        rows=rows or (nothing,),
    )


def _nothing() -> Row:
    return Row(cells=empty_row(len(COLUMNS), "No choices are declared that could have been made otherwise."))


def _rows(found: Robustness) -> tuple[Row, ...]:
    rows = [_group("equivalent"), *(_row(found, item) for item in found.equivalent)]
    for status in ("uncertain", "not-equivalent"):
        own = [item for item in found.alone if all(found.statuses[choice] == status for choice in item.options)]
        if own:
            rows += [_group(status), *(_row(found, item) for item in own)]
    return tuple(rows)


def _group(status: str) -> Row:
    return Row(cells=(line(STATUSES[status]),), style="group")


def _row(found: Robustness, item: Specification) -> Row:
    options = [f"{found.labels[c]}: {found.labels[f'{c}/{option}']}" for c, option in item.options.items()]
    lies = "no study left" if item.side is None else SIDES[item.side]
    return Row(cells=(line("; ".join(options) or PLAN), line(integer(item.k)), line(_result(item)), line(lies)))


def _result(item: Specification) -> str:
    if item.estimate is None or item.low is None or item.high is None:
        return "–"
    measure = MEASURES[item.measure]
    values = (measure.to_natural(value) for value in (item.estimate, item.low, item.high))
    estimate, low, high = values
    return f"{measure.short} {effect_interval(estimate, low, high, measure.axis)}"


def _notes(found: Robustness) -> tuple[Line, ...]:
    made = plural(len([status for status in found.statuses.values() if status == "equivalent"]), "choice")
    return (
        line(robustness_statement(found)),
        line(f"{made} declared equivalent. The analyses share their studies, so no p value is worked out over them."),
    )
