"""Commands about topics: start a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    topic: Annotated[str, typer.Argument(help="What it is about, in plain words: coffee, 'walking groups'.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="Where. Default: a folder here, named after the topic. Never one with content."),
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of the records and the briefing, YYYY-MM-DD. Default: 2026-01-01.")
    ] = None,
) -> None:
    """Start another topic: an evidence base and briefing that build at once, with demonstration data to replace."""
    from synthesis.evidence.edition import issue_date
    from synthesis.starter import DAY, new_project, slug_of

    made = new_project(topic, folder, date=issue_date(date, DAY))
    typer.echo(f"{made}: a new topic. Its studies are demonstration data, made up to be replaced; README.md says how.")
    typer.echo(f"Next: cd {made} && synthesis check && synthesis build {slug_of(' '.join(topic.split()))}")
