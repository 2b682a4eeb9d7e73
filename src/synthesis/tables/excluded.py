"""What a question's rule reached and did not use, with the reason for each."""

from __future__ import annotations

from synthesis.analysis.model import Analysis
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.model import Excluded
from synthesis.tables.records import Records, cite, empty_row, sentence

COLUMNS = (Column(label="Study", width=1.6), Column(label="Result", width=2), Column(label="Reason", width=4.4))


def excluded_table(analysis: Analysis, evidence: Records | None = None) -> Table:
    """One row per study or result left out of the main analysis, in the order the analysis lists them.

    Parameters
    ----------
    analysis : Analysis
    evidence : Evidence or None
        Gives results their names; without it their ids are shown.
    """
    rows = [
        Row(
            cells=(
                line(f"{item.label} ", cite(item.study)),
                _result(item, evidence),
                line(sentence(item.reason[:1].upper() + item.reason[1:])),
            )
        )
        for item in analysis.effects.excluded
    ]
    return Table(
        id=f"excluded-{analysis.question}", caption=f"{analysis.title}: what was left out, and why", columns=COLUMNS,
        rows=tuple(rows) or (Row(cells=empty_row(3, "Nothing that the rule reached was left out.")),),
    )  # fmt: skip


def _result(item: Excluded, evidence: Records | None) -> Line:
    if evidence is not None:
        for result in evidence.studies[item.study].results:
            if result.id == item.result:
                return line(result.name)
    return line(Span(text=item.result, style="code"))
