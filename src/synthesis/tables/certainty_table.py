"""How certain one question's result is: what the evidence shows on each domain, what people judged, and why."""

from __future__ import annotations

import re
from datetime import date

from synthesis.analysis.model import Analysis, Certainty, DomainCertainty
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.evidence.countries import country
from synthesis.formatting import MINUS, integer, long_date, plural
from synthesis.tables.records import certainty, sentence, stacked

COLUMNS = (
    Column(label="Domain", width=1.4),
    Column(label="What the evidence shows", width=3.9),
    Column(label="Judged", width=1.1),
    Column(label="Why", width=3.2),
)
NOT_JUDGED = "Not judged"
# Facts are stored in short names, which judgements are held to; some are printed in plainer words.
_NAMES = {
    "results that point to better": "results that point to better outcomes",
    "results that point to worse": "results that point to worse outcomes",
    "results that point to mixed": "results that are mixed",
    "results that point to unclear": "results that show no clear difference",
    "results that point to not-stated": "results that do not say which way",
    "study estimates from, to": "study estimates, lowest to highest",
}
_COUNTRIES = frozenset({"countries", "studies by country"})
_CODE = re.compile(r"\b[A-Z]{2}\b")
_IN_A_WORD = re.compile(r"(?<=[a-z])-(?=[a-z])")
_SUBSTANCES = frozenset({"substances", "studies by substance"})


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
    facts = stacked(line(f"{_NAMES.get(name, name)}: {_shown(name, value)}") for name, value in item.facts.items())
    return Row(cells=(line(item.label), facts, _judged(item), line(sentence(item.reason) if item.reason else "")))


def _shown(name: str, value: str) -> str:
    """A fact in words: codes of countries and keys of substances by their names."""
    if name in _COUNTRIES:
        return _CODE.sub(lambda code: country(code[0]), value)
    return _IN_A_WORD.sub(" ", value) if name in _SUBSTANCES else value


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
    day = long_date(date.fromisoformat(found.on)) if found.on else ""
    return f"Signed: {', '.join(part for part in (found.by, day) if part)}."


def _notes(found: Certainty) -> tuple[Line, ...]:
    notes = []
    if found.thresholds:
        notes.append(line(f"Small, moderate and large: {sentence(found.thresholds)}"))
    if found.stale:
        count = integer(len(found.stale))
        notes.append(line(f"Facts of {count} of the domains have changed since they were judged."))
    return tuple(notes)
