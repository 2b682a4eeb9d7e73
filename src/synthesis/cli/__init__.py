"""The command line: arguments, messages, exit codes, and nothing else.

Exit codes: 0 all is well; 1 problems were found in the evidence or the document; 2 the command was used wrongly; 3 an
edition is intact but could not be built again here.

A command is a function in one of the modules here and an entry in ``COMMANDS``. Functions import what they need when
they run, so that help is instant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from synthesis.cli import adding, changes, documents, editions, exchange, form, reconciling, records, results, topics


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, what it runs, the heading it stands under in the help, and examples of its use."""

    name: str
    run: Callable[..., None]
    panel: str
    examples: tuple[str, ...]


TOPICS = "Topics"
EVIDENCE = "Evidence"
RESULTS = "Results"
BRIEFINGS = "Briefings"

COMMANDS = (
    Command("new", topics.new, TOPICS, ("synthesis new coffee", "synthesis new 'walking groups' path/to/folder")),
    Command("check", records.check, EVIDENCE, ("synthesis check", "synthesis check evidence/studies/manning2012.yaml")),
    Command("list", records.list_records, EVIDENCE, ("synthesis list", "synthesis list --format json")),
    Command("form", form.form, EVIDENCE, ("synthesis form", "synthesis form manning2012", "synthesis form --no-open")),
    Command(
        "add",
        adding.add,
        EVIDENCE,
        (
            "synthesis add study --from citation.nbib",
            "synthesis add study --from library.ris --doi 10.1234/example.2020",
            "synthesis add study --from library.ris --entry 3",
            "synthesis add study",
        ),
    ),
    Command(
        "reconcile",
        reconciling.reconcile,
        EVIDENCE,
        (
            "synthesis reconcile branch-of-one branch-of-other",
            "synthesis reconcile one/manning2012.yaml other/manning2012.yaml",
            "synthesis reconcile one other --study manning2012 --first 'A. Reader' --second 'B. Reader' "
            "--by 'C. Judge' --take 'b results[att-post].timepoint_months' --take 'a all'",
        ),
    ),
    Command(
        "import",
        exchange.import_file,
        EVIDENCE,
        (
            "synthesis import review.rm5",
            "synthesis import dataPackage.zip --design rct --into evidence",
            "synthesis import effects.csv --measure SMD",
        ),
    ),
    Command(
        "export",
        exchange.export_file,
        RESULTS,
        (
            "synthesis export cocaine-abstinence --as metafor",
            "synthesis export mutual-aid --as excel --to results",
        ),
    ),
    Command(
        "format",
        records.format_files,
        EVIDENCE,
        ("synthesis format", "synthesis format --check", "synthesis format evidence/studies/manning2012.yaml"),
    ),
    Command("schema", records.schema, EVIDENCE, ("synthesis schema",)),
    Command(
        "pool",
        results.pool,
        RESULTS,
        (
            "synthesis pool active-referral-attendance",
            "synthesis pool cocaine-abstinence --format json",
            "synthesis pool treatment-retention --format csv",
        ),
    ),
    Command(
        "explain",
        results.explain,
        RESULTS,
        (
            "synthesis explain cocaine-abstinence.effect",
            "synthesis explain cocaine-leans-the-other-way",
            "synthesis explain manning2012.att-post.pi",
        ),
    ),
    Command(
        "judge",
        results.judge,
        RESULTS,
        (
            "synthesis judge smart-recovery",
            "synthesis judge cocaine-abstinence --sign 'A. Reader' --on 2026-11-23 "
            "--rate 'imprecision=-2: the interval crosses every threshold'",
        ),
    ),
    Command(
        "build",
        documents.build,
        BRIEFINGS,
        (
            "synthesis build mutual-aid",
            "synthesis build mutual-aid --format html,docx --date 2026-11-23",
            "synthesis build mutual-aid --watch",
            "synthesis build mutual-aid --engine quarto",
        ),
    ),
    Command(
        "changes",
        changes.changes,
        BRIEFINGS,
        ("synthesis changes", "synthesis changes 2020-03 2026-11", "synthesis changes main --format markdown"),
    ),
    Command(
        "preview",
        changes.preview,
        BRIEFINGS,
        ("synthesis preview", "synthesis preview --against origin/main --format json"),
    ),
    Command(
        "standards",
        results.standards,
        BRIEFINGS,
        ("synthesis standards mutual-aid", "synthesis standards mutual-aid --format json"),
    ),
    Command(
        "edition",
        editions.edition,
        BRIEFINGS,
        (
            "synthesis edition mutual-aid 2026-11 --type new-evidence --date 2026-11-27",
            "synthesis edition mutual-aid 2027-11 --type new-evidence --date 2027-11-20 --nothing-new",
        ),
    ),
    Command(
        "verify",
        editions.verify,
        BRIEFINGS,
        ("synthesis verify", "synthesis verify mutual-aid 2026-11", "synthesis verify --intact"),
    ),
    Command(
        "status", editions.status, BRIEFINGS, ("synthesis status", "synthesis status --on 2028-01-01 --format json")
    ),
    Command(
        "site",
        documents.site,
        BRIEFINGS,
        ("synthesis site", "synthesis site --on 2026-12-01 --address https://briefings.example.org"),
    ),
    Command("check-pdf", documents.check_pdf, BRIEFINGS, ("synthesis check-pdf build/mutual-aid/briefing.pdf",)),
)


_BY_NAME = {command.name: command for command in COMMANDS}
_PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


class _Commands(TyperGroup):
    """Each command is put together when it is run or explained, so that none waits for the others.

    Help and complaints are plain text, which is there sooner than boxes and is read out better.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands: Any = dict.fromkeys(_BY_NAME)  # the names among which the nearest is looked for

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_BY_NAME)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = _BY_NAME.get(cmd_name)
        if command is None:
            return None
        word = "Example" if len(command.examples) == 1 else "Examples"
        alone = typer.Typer(**_PLAIN)
        alone.command(command.name, epilog=f"{word}: {'; '.join(command.examples)}")(command.run)
        return get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(map(len, _BY_NAME))
        for panel in dict.fromkeys(command.panel for command in COMMANDS):
            with formatter.section(panel):
                formatter.write_dl(
                    [
                        (command.name.ljust(width), (command.run.__doc__ or "").split("\n\n")[0])
                        for command in COMMANDS
                        if command.panel == panel
                    ]
                )


def _app() -> typer.Typer:
    made = typer.Typer(
        cls=_Commands,
        help="Evidence synthesis and briefings as code.",
        epilog="Exit codes: 0 fine, 1 problems found in the evidence or document, 2 wrong usage. "
        "Start with: synthesis check, then synthesis build mutual-aid.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        **_PLAIN,
    )
    made.callback()(lambda: None)
    return made


app = _app()


def main() -> None:
    """Run the command line; errors a user should read are printed without a traceback."""
    from synthesis.errors import SynthesisError

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows a question mark; the command goes on.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SynthesisError as error:
        typer.echo(f"synthesis: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
