"""Commands about changes: what changed between two versions, and what a change would do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from synthesis.cli.options import Project, briefing_of, root_of
from synthesis.cli.terminal import print_json, print_table

Briefing = Annotated[str | None, typer.Option(help="Which briefing. Default: the only one there is.")]


class ChangesFormat(StrEnum):
    text = "text"
    markdown = "markdown"
    json = "json"


class PreviewFormat(StrEnum):
    markdown = "markdown"
    json = "json"


def changes(
    before: Annotated[
        str | None,
        typer.Argument(help="An edition, a git reference or a project's folder. Default: the last edition."),
    ] = None,
    after: Annotated[str | None, typer.Argument(help="The same. Default: the working tree.")] = None,
    project: Project = None,
    briefing: Briefing = None,
    format: Annotated[ChangesFormat, typer.Option(help="How to print.")] = ChangesFormat.text,
) -> None:
    """Say which conclusions changed between two versions of a briefing, and what moved each."""
    from synthesis.briefing.states import change_report
    from synthesis.changes.words import lines
    from synthesis.previews.places import last_edition, opened

    root = root_of(project)
    which = briefing_of(briefing, root)
    start = opened(root, which, before if before is not None else last_edition(root, which))
    report = change_report(start, opened(root, which, after))
    if format is ChangesFormat.json:
        print_json(report.to_dict() | {"lines": list(lines(report))})
    elif format is ChangesFormat.markdown:
        from synthesis.previews.report import report_lines

        typer.echo("\n".join(report_lines(report)).rstrip())
    else:
        from synthesis.tables.changes import causes_table, changed_claims_table, changes_table, differences_table

        for text in (*lines(report), *report.notes):
            typer.echo(text)
        typer.echo("")
        print_table(changes_table(report))
        if report.differences:
            print_table(causes_table(report))
        if any(item.before != item.after for item in report.claims):
            print_table(changed_claims_table(report))
        if report.differences:
            print_table(differences_table(report))


def preview(
    against: Annotated[
        str | None, typer.Option(help="A git reference. Default: where this branch left the main one.")
    ] = None,
    project: Project = None,
    briefing: Briefing = None,
    format: Annotated[PreviewFormat, typer.Option(help="How to print.")] = PreviewFormat.markdown,
) -> None:
    """Show what the working tree does to a briefing, for a pull request; exit code 1 where a build would stop."""
    from synthesis.previews.preview import preview as gather
    from synthesis.previews.text import preview_text

    root = root_of(project)
    found = gather(root, briefing_of(briefing, root), against)
    if format is PreviewFormat.json:
        print_json(found.to_dict())
    else:
        typer.echo(preview_text(found), nl=False)
    if not found.sound:
        raise typer.Exit(1)
