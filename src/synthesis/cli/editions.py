"""Commands about editions: issue one, verify them, and how every briefing stands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from synthesis.cli.options import Project, day_or_today, root_of
from synthesis.cli.terminal import print_json, progress


class EditionKind(StrEnum):
    new_evidence = "new-evidence"
    amendment = "amendment"
    correction = "correction"
    retirement = "retirement"


class StatusFormat(StrEnum):
    table = "table"
    json = "json"


def edition(
    briefing: Annotated[str, typer.Argument(help="A folder name under briefings/.")],
    name: Annotated[str, typer.Argument(help="Name of the edition, for example 2026-11.")],
    type: Annotated[
        EditionKind,
        typer.Option(help="Why it is issued: a new search, a change without one, a mistake mended, the last one."),
    ],
    date: Annotated[str, typer.Option(help="Date of issue, YYYY-MM-DD.")],
    project: Project = None,
    note: Annotated[str | None, typer.Option(help="In one sentence, what is new about it.")] = None,
    nothing_new: Annotated[
        bool, typer.Option("--nothing-new", help="A search was done and found nothing new; nothing else changed.")
    ] = False,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Issue it although files are not committed; the manifest says so.")
    ] = False,
) -> None:
    """Build an edition from its inputs alone and freeze it in briefings/, with everything it was made from."""
    from synthesis.editions.issue import Request, issue

    root = root_of(project)
    request = Request(
        briefing=briefing,
        edition=name,
        type=type.value,
        date=date,
        note=note,
        nothing_new=nothing_new,
        allow_dirty=allow_dirty,
    )
    with progress() as say:
        issued = issue(root, request, progress=say)
    for path in (*issued.files, issued.folder / "manifest.json"):
        typer.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def verify(
    briefing: Annotated[str | None, typer.Argument(help="A folder name under briefings/. Default: every one.")] = None,
    name: Annotated[str | None, typer.Argument(help="Name of an edition. Default: every one.")] = None,
    project: Project = None,
    intact_only: Annotated[
        bool, typer.Option("--intact", help="Only whether the files are those that were issued; nothing is built.")
    ] = False,
) -> None:
    """Check that frozen editions are intact, and that building them again gives the same bytes.

    Exit codes: 0 all is well; 1 a file is not what was issued, or came out otherwise; 3 intact, but one could not be
    built again here, and what is lacking is named.
    """
    from synthesis.editions.read import editions_of, read_edition
    from synthesis.editions.verify import intact, rebuilt
    from synthesis.evidence.project import briefing_ids

    root = root_of(project)
    names = briefing_ids(root) if briefing is None else (briefing,)
    chosen = [item for key in names for item in editions_of(root, key) if name in (None, item.id)]
    if name is not None and not chosen:
        read_edition(root, names[0], name)
    results = []
    with progress() as say:
        for item in chosen:
            label = f"{item.briefing} {item.id}"
            damage = intact(root, item)
            if not damage and not intact_only:
                say(f"building {label} again")
            results.append((label, damage, None if damage or intact_only else rebuilt(root, item, progress=say)))
    codes = [_told(label, damage, found) for label, damage, found in results]
    if not chosen:
        typer.echo("no edition has been issued")
    raise typer.Exit(1 if 1 in codes else max(codes, default=0))


def _told(label: str, damage: tuple[str, ...], found: Any) -> int:
    """Say what was found of one edition, and with which exit code."""
    if damage:
        typer.echo(f"{label}: not as it was issued", err=True)
        for text in damage:
            typer.echo(f"  {text}", err=True)
        return 1
    if found is None:
        typer.echo(f"{label}: intact")
        return 0
    if found.outcome == "same":
        typer.echo(f"{label}: intact, and the same bytes when built again with {found.how}")
        return 0
    if found.outcome == "different":
        typer.echo(f"{label}: intact, but not the same when built again with {found.how}", err=True)
        for text in found.different:
            typer.echo(f"  {text}", err=True)
        return 1
    typer.echo(f"{label}: intact; not built again here", err=True)
    for text in found.different:
        typer.echo(f"  came out otherwise: {text}", err=True)
    for text in found.needs:
        typer.echo(f"  needs {text}", err=True)
    return 3


def status(
    project: Project = None,
    on: Annotated[str | None, typer.Option(help="The day asked about, YYYY-MM-DD. Default: today.")] = None,
    format: Annotated[StatusFormat, typer.Option(help="How to print.")] = StatusFormat.table,
) -> None:
    """Say how every briefing stands: current, due for review, overdue or retired."""
    from synthesis.editions.status import standings

    day = day_or_today(on)
    found = standings(root_of(project), day)
    if format is StatusFormat.json:
        print_json([item.data() for item in found])
        return
    for item in found:
        typer.echo(f"{item.briefing.id}: {item.status}")
        if item.edition is None or item.life is None:
            typer.echo("  no edition has been issued")
        else:
            typer.echo(f"  edition {item.edition.id}, issued {item.edition.issued}")
            if item.life.status != "retired":
                typer.echo(f"  review due {item.life.review_due.isoformat()}")
        for text in item.briefing.triggers:
            typer.echo(f"  looked at earlier if: {text}")
        for text in item.retractions:
            typer.echo(f"  {text}")
