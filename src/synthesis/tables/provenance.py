"""Where the numbers of one question come from: each study's printed values, its effect, and the words they stand in.

The short form of ``effects_table`` and ``directions_table``, for a document whose readers want to look a number up and
not to follow each conversion.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.analysis.model import Analysis, Direction
from synthesis.analysis.phrases import lower_first, upper_first
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.evidence.base import Where
from synthesis.evidence.study import Result, Study
from synthesis.formatting import effect_interval, months
from synthesis.tables.directions import WAYS
from synthesis.tables.printed import printed_lines
from synthesis.tables.records import RECALLED, RECALLED_NOTE, Records, after_quote, cite, empty_row, stacked

LEVEL = 0.95
WORDS = Column(label="Where it was read, and the words there", width=4.2)


def provenance_table(analysis: Analysis, evidence: Records) -> Table:
    """One row per result used, also by sensitivity analyses alone; one row per result where nothing was pooled.

    Parameters
    ----------
    analysis : Analysis
    evidence : Evidence
        The evidence the analysis was made from.
    """
    if analysis.directions:
        columns = (
            Column(label="Study", width=1.2),
            Column(label="Outcome, as printed", width=2.8),
            Column(label="Direction", width=0.9),
            WORDS,
        )
        rows = [_direction(item, evidence) for item in analysis.directions]
    else:
        columns = (
            Column(label="Study, result", width=2.3),
            Column(label="As printed", width=2.7),
            Column(label=f"{MEASURES[analysis.measure].short} (95% CI)", width=1.3),
            WORDS,
        )
        rows = [_effect(row, evidence, measure, only) for row, measure, only in _used(analysis)]
    recalled = any(RECALLED in span.text for row in rows for cell in row.cells for span in cell)
    return Table(
        id=f"provenance-{analysis.question}",
        caption=analysis.title,
        columns=columns,
        rows=tuple(rows) or (Row(cells=empty_row(len(columns), "No study with numbers that can be used.")),),
        notes=(line(RECALLED_NOTE),) if recalled else (),
        fine=True,
    )


def _used(analysis: Analysis) -> Iterator[tuple[EffectRow, str, str]]:
    """Each effect with its measure, and the sensitivity analysis that alone uses it ("" for the plan)."""
    seen: set[tuple[str, str, str]] = set()
    sets = [(analysis.effects, ""), *((item.effects, item.label) for item in analysis.variants)]
    for effects, label in sets:
        for row in effects:
            key = (row.study, row.result, row.route)
            if key not in seen:
                seen.add(key)
                yield row, effects.measure, label


def _effect(row: EffectRow, evidence: Records, key: str, only: str) -> Row:
    study, result = _records(evidence, row.study, row.result)
    measure = MEASURES[key]
    low, high = row.wald(LEVEL)
    value = effect_interval(measure.to_natural(row.yi), measure.to_natural(low), measure.to_natural(high), measure.axis)
    time = [line(months(row.timepoint_months))] if row.timepoint_months is not None else []
    use = [line(Span(text=f"Only in the analysis “{lower_first(only)}”", style="emphasis"))] if only else []
    mark = "" if row.read else f" {RECALLED}"
    return Row(
        cells=(
            stacked([line(f"{row.label}{mark} ", cite(row.study)), line(result.name), *time, *use]),
            stacked(line(text) for text in printed_lines(study, result)),
            line(value),
            _words(result),
        )
    )


def _direction(item: Direction, evidence: Records) -> Row:
    _, result = _records(evidence, item.study, item.result)
    mark = "" if item.read else f" {RECALLED}"
    return Row(
        cells=(
            line(f"{item.label}{mark} ", cite(item.study)),
            line(f"{upper_first(item.outcome)}: {item.printed or 'no figure printed'}"),
            line(WAYS[item.direction]),
            _words(result),
        )
    )


def _records(evidence: Records, study_id: str, result_id: str) -> tuple[Study, Result]:
    study = evidence.studies[study_id]
    return study, next(result for result in study.results if result.id == result_id)


def _words(result: Result) -> Line:
    """Every place a number of the result was read, with the words that carry it."""
    places = [result.where, *(item.where for item in result.printed if item.where is not None)]
    return stacked(_place(where) for where in dict.fromkeys(places))


def _place(where: Where) -> Line:
    second = ", second-hand" if where.secondary else ""
    read = "Read" if where.read else f"Not read in the source, recalled {RECALLED}"
    parts: list[str | Span] = [f"{read}: {where.place}{second}. "]
    if where.quote:
        parts += [Span(text=where.quote, style="quote"), after_quote(where.quote)]
    if where.quote_note:
        parts.append(f"{upper_first(where.quote_note)}. ")
    if where.address and where.address.startswith(("http://", "https://")) and " " not in where.address:
        parts.append(Span(text="Page read", style="link", target=where.address))
    return line(*parts)
