"""The command that serves the form for studies in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from synthesis.cli.options import Project, root_of

if TYPE_CHECKING:
    from synthesis.form.server import FormServer


def form(
    study: Annotated[
        str | None, typer.Argument(help="Open this study, or start it if there is none.", show_default=False)
    ] = None,
    project: Project = None,
    port: Annotated[int | None, typer.Option(help="Where to serve it on this machine. Default: any free port.")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address; open no browser.")] = False,
) -> None:
    """Enter studies in the browser, checked as you type, with what each change does to the results."""
    from synthesis.evidence.save import record_path
    from synthesis.form.server import serve

    root = root_of(project)
    if study is not None:
        record_path(root / "evidence" / "studies", study)

    def started(server: FormServer) -> None:
        address = server.address_of(study)
        typer.echo(f"Form: {address}")
        typer.echo("Only this machine can open it, with the whole address. Ctrl-C stops it; unsaved work is kept.")
        if not no_open:
            typer.launch(address)

    serve(root, port=port, started=started)
