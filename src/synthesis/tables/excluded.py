"""What a question's rule reached and did not use, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synthesis.analysis.model import Analysis
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.model import Excluded
from synthesis.tables.records import Records, cite, empty_row, sentence

COLUMNS = (Column(label="Study", width=1.6), Column(label="Result", width=2), Column(label="Reason", width=4.4))


def excluded_table(analyses: Analysis | Iterable[Analysis], evidence: Records | None = None) -> Table:
    """One row per study or result left out of the main analysis, in the order the analysis lists them.

    Parameters
    ----------
    analyses : Analysis or iterable of Analysis
        Of several, each stands under its own heading.
    evidence : Evidence or None
        Gives results their names; without it their ids are shown.
    """
    done = (analyses,) if isinstance(analyses, Analysis) else tuple(analyses)
    rows: list[Row] = []
    for analysis in done:
        if len(done) > 1:
            rows.append(Row(cells=(line(analysis.title),), style="group"))
        rows.extend(_rows(analysis, evidence))
    about = f"{done[0].title}: what" if len(done) == 1 else "What"
    name = done[0].question if len(done) == 1 else "all"
    caption = f"{about} was left out, and why"
    return Table(id=f"excluded-{name}", caption=caption, columns=COLUMNS, rows=tuple(rows))


def _rows(analysis: Analysis, evidence: Records | None) -> Iterator[Row]:
    for item in analysis.effects.excluded:
        study, reason = line(f"{item.label} ", cite(item.study)), _reason(item, evidence)
        yield Row(cells=(study, _result(item, evidence), line(sentence(reason[:1].upper() + reason[1:]))))
    if not analysis.effects.excluded:
        yield Row(cells=empty_row(3, "Nothing that the rule reached was left out."))


def _reason(item: Excluded, evidence: Records | None) -> str:
    """Why it was left out; another result that is used instead is called by its name."""
    reason = item.reason
    if evidence is not None and item.code == "other-result":
        for result in evidence.studies[item.study].results:
            reason = reason.replace(f" is used: {result.id} (", f" is used: {result.name} (")
    return reason


def _result(item: Excluded, evidence: Records | None) -> Line:
    if evidence is not None:
        for result in evidence.studies[item.study].results:
            if result.id == item.result:
                return line(result.name)
    return line(Span(text=item.result, style="code"))
