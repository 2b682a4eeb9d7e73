"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Project = Annotated[
    Path | None,
    typer.Option("--project", help="The folder with evidence/ and briefings/. Default: found from here upwards."),
]


def root_of(project: Path | None) -> Path:
    """The project meant: the one named, or the one found from the working folder upwards."""
    from synthesis.evidence.project import find_root

    return find_root(Path.cwd() if project is None else project, upwards=project is None)


def briefing_of(named: str | None, root: Path) -> str:
    """The briefing meant: the one named, or the only one the project has."""
    from synthesis.errors import UsageError
    from synthesis.evidence.project import briefing_ids

    if named is not None:
        return named
    known = briefing_ids(root)
    if len(known) != 1:
        raise UsageError(f"name the briefing with --briefing; there are {', '.join(known) or 'none'}")
    return known[0]


def day_or_today(on: str | None) -> str:
    """The day named, else today's date: the one place that reads the clock, for commands that build nothing.

    Raises
    ------
    UsageError
        If what is named is not a date.
    """
    from datetime import date

    from synthesis.evidence.edition import issue_date

    return date.today().isoformat() if on is None else issue_date(on, "")
