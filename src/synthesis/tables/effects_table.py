"""The audit table: for every study in an analysis what was printed, each conversion, the effect, where it was read."""

from __future__ import annotations

from synthesis.analysis.model import Analysis
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.contrasts import ROUTES
from synthesis.effects.measures import MEASURES, Measure
from synthesis.effects.model import EffectRow
from synthesis.evidence.base import Where
from synthesis.evidence.study import Result, Study
from synthesis.formatting import effect_interval, months, number, percent
from synthesis.tables.printed import printed_lines
from synthesis.tables.records import RECALLED, RECALLED_NOTE, Records, cite, empty_row, sentence, stacked

LEVEL = 0.95


def effects_table(analysis: Analysis, evidence: Records, *, variant: str | None = None) -> Table:
    """One row per study used.

    Parameters
    ----------
    analysis : Analysis
    evidence : Evidence
        The evidence the analysis was made from: it holds the printed numbers and where they were read.
    variant : str or None
        Id of a sensitivity analysis whose rows are wanted instead.

    Raises
    ------
    UnknownKeyError
        For a variant that the analysis does not have.
    """
    effects = analysis.effects if variant is None else analysis.variant(variant).effects
    measure = MEASURES[effects.measure]
    columns = (
        Column(label="Study, result", width=1.9),
        Column(label="As printed", width=2.3),
        Column(label="How it was used", width=3),
        Column(label=f"Effect ({percent(LEVEL)} CI)", width=1.7),
        Column(label="Where it was read", width=2.5),
    )
    notes = [
        line(
            "SE: standard error, on the scale on which effects are pooled. Every conversion names where its method is "
            "described."
        )
    ]
    if any(not row.read for row in effects) or any(_has_recalled(row, evidence) for row in effects):
        notes.append(line(RECALLED_NOTE))
    return Table(
        id=f"effects-{analysis.question}" + (f"-{variant}" if variant else ""),
        caption=f"{analysis.title}: from what was printed to the effect",
        columns=columns,
        rows=tuple(_row(row, evidence, measure) for row in effects)
        or (Row(cells=empty_row(len(columns), "No study with numbers that can be used.")),),
        notes=tuple(notes),
        fine=True,
    )


def _records(row: EffectRow, evidence: Records) -> tuple[Study, Result]:
    study = evidence.studies[row.study]
    return study, next(result for result in study.results if result.id == row.result)


def _has_recalled(row: EffectRow, evidence: Records) -> bool:
    return any(RECALLED in text for text in printed_lines(*_records(row, evidence), said=()))


def _row(row: EffectRow, evidence: Records, measure: Measure) -> Row:
    study, result = _records(row, evidence)
    time = [line(months(row.timepoint_months))] if row.timepoint_months is not None else []
    mark = "" if row.read else f" {RECALLED}"
    return Row(
        cells=(
            stacked([line(f"{row.label}{mark} ", cite(row.study)), line(result.name), *time]),
            stacked(line(text) for text in printed_lines(study, result, said=row.notes)),
            _use(row),
            _effect(row, measure),
            _where(row.label, study, result),
        )
    )


def _use(row: EffectRow) -> Line:
    """The route from the printed numbers to the effect, each step with its source, and remarks."""
    lines = [line(f"From {ROUTES[row.route].label}.")]
    lines += [
        line(f"{sentence(step.text[:1].upper() + step.text[1:])} ", Span(text=f"({step.source})", style="emphasis"))
        for step in row.steps
    ]
    lines += [line(sentence(note[:1].upper() + note[1:])) for note in (*row.notes, row.remark) if note]
    return stacked(lines)


def _effect(row: EffectRow, measure: Measure) -> Line:
    low, high = row.wald(LEVEL)
    value = effect_interval(measure.to_natural(row.yi), measure.to_natural(low), measure.to_natural(high), measure.axis)
    name = f"log {measure.short} {number(row.yi, 3)}, " if measure.scale == "log" else ""
    return stacked([line(f"{measure.short} {value}"), line(f"{name}SE {number(row.sei, 3)}")])


def _where(label: str, study: Study, result: Result) -> Line:
    """Every place a number of the result was read, with the words that carry it."""
    places = [result.where, *(item.where for item in result.printed if item.where is not None)]
    return stacked(part for where in dict.fromkeys(places) for part in _place(label, where))


def _place(label: str, where: Where) -> list[Line]:
    second = ", second-hand" if where.secondary else ""
    read = "" if where.read else f" {RECALLED}"
    lines = [line(f"{where.place[:1].upper()}{where.place[1:]}{second}{read}")]
    if where.quote:
        lines.append(line(Span(text=where.quote, style="quote")))
    if where.quote_note:
        lines.append(line(sentence(where.quote_note[:1].upper() + where.quote_note[1:])))
    if where.known:
        lines.append(line(f"Known: {sentence(where.known)}"))
    if where.address and where.address.startswith(("http://", "https://")):
        lines.append(line(Span(text=f"Page read for {label}", style="link", target=where.address)))
    return lines
