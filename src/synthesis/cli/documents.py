"""Commands about documents: build a briefing, check a PDF."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from synthesis.cli.options import Project, root_of
from synthesis.cli.terminal import progress


class Engine(StrEnum):
    own = "own"
    quarto = "quarto"


def build(
    briefing: Annotated[str, typer.Argument(help="A folder name under briefings/.")],
    project: Project = None,
    format: Annotated[
        str | None,
        typer.Option(help="html, pdf, docx, or several with commas. Default: html,pdf; with --watch html."),
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of issue, YYYY-MM-DD. Default: the one in briefing.yaml.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Day for which the status is worked out, YYYY-MM-DD. Default: the date of issue.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Who writes the files: this program, or an installed Quarto.")] = (
        Engine.own
    ),
    watch: Annotated[bool, typer.Option("--watch", help="Build again at each save; the open page reloads.")] = False,
    port: Annotated[int | None, typer.Option(help="With --watch: where to serve the page on this machine.")] = None,
) -> None:
    """Run a briefing's notebook and write HTML, PDF, numbers.json and evidence.csv into build/."""
    from synthesis.errors import UsageError
    from synthesis.pipeline import DEFAULT_FORMATS
    from synthesis.pipeline import build as run

    root = root_of(project)
    formats = None if format is None else [part.strip() for part in format.split(",") if part.strip()]
    if watch:
        if engine is not Engine.own:
            raise UsageError("--watch builds our own page; leave out --engine")
        if on is not None:
            raise UsageError("--watch builds for the date of issue; leave out --on")
        from synthesis.watch.loop import watch as follow

        follow(root, briefing, formats=formats or ("html",), issued=date, port=port, say=typer.echo)
        return
    if port is not None:
        raise UsageError("--port says where --watch serves the page; add --watch or leave it out")
    with progress() as say:
        built = run(
            root,
            briefing,
            formats=DEFAULT_FORMATS if formats is None else formats,
            issued=date,
            on=on,
            engine=engine.value,
            progress=say,
        )
    for path in built.files:
        typer.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def check_pdf(
    file: Annotated[Path, typer.Argument(help="Any PDF file.", exists=True, dir_okay=False, show_default=False)],
) -> None:
    """Check any PDF for what PDF/UA-1 asks of it and software can see."""
    from synthesis.errors import DocumentError
    from synthesis.formatting import plural
    from synthesis.render.pdf_check import PDF_CHECKS, problems

    found = problems(file.read_bytes())
    if found:
        count = plural(len(found), "problem")
        raise DocumentError("\n".join((f"{count} in {file}", *(f"- {text}" for text in found))))
    typer.echo(
        f"0 problems in {file}: {len(PDF_CHECKS)} checks passed. Whether its reading order makes sense and its text "
        "alternatives say what matters, a person has to judge."
    )


def site(
    project: Project = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where to write it. Default: build/site.", show_default=False)
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(help="Day, YYYY-MM-DD, for which each status is shown. Default: the day of the newest edition."),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Where the site will stand, for the links of its feed: https://...")
    ] = None,
) -> None:
    """Write a static site over all briefings and editions: latest edition, archive, what changed, feed."""
    from synthesis.site.build import build_site

    made = build_site(root_of(project), folder=folder, on=on, address=address)
    shown = made.relative_to(Path.cwd()) if made.is_relative_to(Path.cwd()) else made
    typer.echo(f"{shown / 'index.html'}")
