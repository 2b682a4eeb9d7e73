"""How certain one question's result is: what the evidence shows on each domain, what people judged, and why."""

from __future__ import annotations

from synthesis.analysis.model import Analysis, Certainty, DomainCertainty
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.formatting import MINUS, integer, plural
from synthesis.tables.records import certainty, sentence, stacked

COLUMNS = (
    Column(label="Domain", width=1.3),
    Column(label="What the evidence shows", width=3.6),
    Column(label="Judged", width=1.3),
    Column(label="Why", width=3.2),
)
NOT_JUDGED = "Not judged"


def certainty_table(analysis: Analysis) -> Table:
    """The domains of GRADE for one question.

    Parameters
    ----------
    analysis : Analysis
        A question without evidence gets one row that says so.

    Returns
    -------
    Table
    """
    found = analysis.certainty
    return Table(
        id=f"certainty-{analysis.question}",
        caption=f"{analysis.title}: how certain, and why",
        columns=COLUMNS,
        rows=tuple(_rows(found)),
        notes=_notes(found),
    )


def _rows(found: Certainty) -> list[Row]:
    if not found.domains:
        text = found.reason or "There is no evidence whose certainty could be judged."
        return [Row(cells=(line("All"), line("No study answers the question."), line(), line(sentence(text))))]
    rows = []
    if found.start is not None:
        start = line(f"Starts {found.start}")
        rows.append(Row(cells=(line("Kind of study"), line(), start, line(sentence(found.start_reason)))))
    rows += [_row(item) for item in found.domains]
    if found.status == "judged":
        rows.append(Row(cells=(line("Certainty"), line(), (certainty(found.word),), line(_signed(found)))))
    return rows


def _row(item: DomainCertainty) -> Row:
    facts = stacked(line(f"{name}: {value}") for name, value in item.facts.items())
    return Row(cells=(line(item.label), facts, _judged(item), line(sentence(item.reason) if item.reason else "")))


def _judged(item: DomainCertainty) -> Line:
    if item.change is None:
        return line(NOT_JUDGED)
    lines = [line(change_text(item.change))]
    if item.stale:
        lines.append(line("judged on other facts"))
    return stacked(lines)


def change_text(change: int) -> str:
    """ "−1 level", "+1 level", "no change"."""
    if change == 0:
        return "No change"
    return f"{MINUS if change < 0 else '+'}{plural(abs(change), 'level')}"


def _signed(found: Certainty) -> str:
    return f"Judged by {found.by}, {found.on}."


def _notes(found: Certainty) -> tuple[Line, ...]:
    notes = [line("Code works out what the evidence shows. People judge what it means.")]
    if found.thresholds:
        notes.append(line(f"Small, moderate and large: {sentence(found.thresholds)}"))
    if found.stale:
        count = integer(len(found.stale))
        notes.append(line(f"Facts of {count} of the domains have changed since they were judged."))
    return tuple(notes)
