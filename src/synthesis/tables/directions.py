"""Results that were not pooled, as directions, with what their sources print (synthesis without meta-analysis)."""

from __future__ import annotations

from synthesis.analysis.model import Analysis, Direction
from synthesis.analysis.phrases import design_name, upper_first
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.formatting import integer, months
from synthesis.tables.records import NOT_STATED, RECALLED, RECALLED_NOTE, Records, cite, empty_row

COLUMNS = (
    Column(label="Study", width=1.4),
    Column(label="Design, people, time", width=2),
    Column(label="Outcome, as printed", width=4),
    Column(label="Direction", width=1.1),
    Column(label="Adjusted", width=0.9),
)
WORDS = Column(label="Where it was read", width=3)
# An arrow and a word: neither has to be understood alone.
WAYS = {
    "better": "↑ better",
    "worse": "↓ worse",
    "mixed": "↕ mixed",
    "unclear": "↔ no clear difference",
    "not-stated": NOT_STATED,
}
ADJUSTED = {True: "yes", False: "no", None: NOT_STATED}


def directions_table(analysis: Analysis, evidence: Records | None = None) -> Table:
    """One row per result of an analysis whose results were not pooled.

    Parameters
    ----------
    analysis : Analysis
    evidence : Evidence or None
        With it, the last column gives the place and the words read there instead of the adjustment, which most
        printed results state.
    """
    columns = COLUMNS if evidence is None else (*COLUMNS[:-1], WORDS)
    notes = [
        line(
            "Direction is the way the estimate points for the people concerned, whatever its precision, or what the "
            "source says in words. It is not a count of significant results."
        )
    ]
    if any(not item.read for item in analysis.directions):
        notes.append(line(RECALLED_NOTE))
    return Table(
        id=f"directions-{analysis.question}", caption=f"{analysis.title}: results as directions", columns=columns,
        rows=tuple(_row(item, analysis, evidence) for item in analysis.directions)
        or (Row(cells=empty_row(len(COLUMNS), "No result to show.")),),
        notes=tuple(notes), fine=True,
    )  # fmt: skip


def _row(item: Direction, analysis: Analysis, evidence: Records | None) -> Row:
    mark = "" if item.read else f" {RECALLED}"
    return Row(
        cells=(
            line(f"{item.label}{mark} ", cite(item.study)),
            line(_setting(item, analysis)),
            line(f"{upper_first(item.outcome)}: {item.printed or 'no figure printed'}"),
            line(WAYS[item.direction]),
            line(ADJUSTED[item.adjusted]) if evidence is None else _words(item, evidence),
        )
    )


def _setting(item: Direction, analysis: Analysis) -> str:
    """ "Cohort study, 103 people, 24 months"."""
    people = f"number of people {NOT_STATED}" if item.n is None else f"{integer(item.n)} people"
    time = f"time {NOT_STATED}" if item.timepoint_months is None else months(item.timepoint_months)
    return f"{design_name(item.design, analysis.design_labels)}, {people}, {time}"


def _words(item: Direction, evidence: Records) -> Line:
    where = next(result.where for result in evidence.studies[item.study].results if result.id == item.result)
    second = ", second-hand" if where.secondary else ""
    parts: list[str | Span] = [upper_first(where.place), second, "" if where.read else f" {RECALLED}"]
    if where.quote:
        parts += [": ", Span(text=where.quote, style="quote")]
    return line(*parts)
