"""A change report as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.changes.model import ChangeReport
from synthesis.changes.words import lines
from synthesis.previews.markdown import escaped, folded, table_lines
from synthesis.tables.changes import causes_table, changed_claims_table, changes_table, differences_table


def report_lines(report: ChangeReport) -> Iterator[str]:
    """The whole report: its few lines, conclusions before and now, and the rest folded."""
    yield from (f"## What changed in {escaped(report.briefing)}", "")
    yield from (f"- {escaped(text)}" for text in (*lines(report), *report.notes))
    yield ""
    yield from table_lines(changes_table(report), heading="### Conclusions")
    if report.before is None:
        return
    yield ""
    yield from details_lines(report)


def details_lines(report: ChangeReport) -> Iterator[str]:
    """What moved each conclusion, which sentences read otherwise, and what differs in the records; all folded."""
    tables = [causes_table(report)]
    if any(item.before != item.after for item in report.claims):
        tables.append(changed_claims_table(report))
    if report.differences:
        tables.append(differences_table(report))
    for table in tables:
        yield from folded(table.caption, table_lines(table))
        yield ""
