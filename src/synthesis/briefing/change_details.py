"""The part of an annex that says what changed: a plot, and tables where there is something to list."""

from __future__ import annotations

from dataclasses import replace

from synthesis.changes.model import ChangeReport
from synthesis.changes.words import callout, tells_otherwise
from synthesis.document.elements import Callout, Figure, Table
from synthesis.figures.before_after import before_after
from synthesis.tables.changes import both_asked, causes_table, changed_claims_table, changes_table


def change_details(report: ChangeReport) -> tuple[Callout | Figure | Table, ...]:
    """Blocks to show one after the other: ``display(*syn.change_details(report))``.

    Parameters
    ----------
    report : ChangeReport

    Returns
    -------
    tuple of blocks
        The plot of conclusions before and now (a table, if none that reads otherwise can be put as people), what moved
        each, and the sentences that read otherwise. Of a first edition, and where nothing is to be listed, the few
        lines of the report.
    """
    if report.before is None:
        return (callout(report),)
    found: list[Callout | Figure | Table] = []
    moved = tuple(item for item in report.questions if item.label != "unchanged" or tells_otherwise(item))
    if any(side is not None and side.people is not None for item in moved for side in (item.before, item.after)):
        found.append(before_after(report))
    elif moved:
        found.append(changes_table(replace(report, questions=moved)))
    if any(item.causes and both_asked(item) for item in report.questions):
        found.append(causes_table(report))
    if any(item.before and item.before != item.after for item in report.claims):
        found.append(changed_claims_table(report))
    return tuple(found) or (callout(report),)
