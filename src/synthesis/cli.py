"""The command line: arguments, messages, exit codes, and nothing else.

Exit codes: 0 all is well; 1 problems were found in the evidence or the document; 2 the command was used wrongly.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Evidence synthesis and briefings as code.",
    epilog="Exit codes: 0 fine, 1 problems found in the evidence or document, 2 wrong usage. "
    "Start with: synthesis check, then synthesis build mutual-aid.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Project = Annotated[
    Path | None,
    typer.Option("--project", help="The folder with evidence/ and briefings/. Default: found from here upwards."),
]


class ListFormat(StrEnum):
    table = "table"
    json = "json"


class PoolFormat(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


class Engine(StrEnum):
    own = "own"
    quarto = "quarto"


@app.command(epilog="Examples: synthesis check; synthesis check --evidence path/to/evidence")
def check(
    project: Project = None,
    evidence: Annotated[Path | None, typer.Option(help="Check this evidence folder instead of the project's.")] = None,
) -> None:
    """Check every record and report all problems in one run."""
    from synthesis.analysis.arithmetic import check_arithmetic
    from synthesis.analysis.check_certainty import check_certainty
    from synthesis.certainty.check_rob import check_risk_of_bias
    from synthesis.errors import EvidenceError
    from synthesis.evidence.checks import check as check_records
    from synthesis.evidence.load import read

    held, problems = read(evidence if evidence is not None else _root(project) / "evidence")
    found = (*problems, *check_records(held), *check_arithmetic(held), *check_risk_of_bias(held))
    # Questions are analysed only on records that are sound: the facts of anything else would mislead.
    found = found or check_certainty(held)
    if found:
        raise EvidenceError(found)
    typer.echo(
        f"0 problems in {len(held.studies)} studies, {len(held.sources)} sources and {len(held.questions)} questions"
    )


@app.command("list", epilog="Examples: synthesis list; synthesis list --format json")
def list_records(
    project: Project = None,
    format: Annotated[ListFormat, typer.Option(help="How to print.")] = ListFormat.table,
) -> None:
    """List the studies, sources and questions there are."""
    from synthesis.evidence.load import load

    evidence = load(_root(project) / "evidence")
    studies: list[dict[str, Any]] = [
        {
            "id": item.id,
            "label": item.label,
            "design": item.design,
            "participants": item.participants.value if item.participants else None,
            "countries": list(item.countries),
            "results": len(item.results),
            "read": item.read,
        }
        for item in evidence.studies.values()
    ]
    sources: list[dict[str, Any]] = [
        {"id": item.id, "label": item.short_name, "type": item.type, "year": item.year, "read": item.read}
        for item in evidence.sources.values()
    ]
    questions: list[dict[str, Any]] = [
        {"id": item.id, "title": item.title, "synthesis": item.plan.synthesis, "measure": item.plan.measure}
        for item in evidence.questions.values()
    ]
    if format is ListFormat.json:
        _json({"studies": studies, "sources": sources, "questions": questions})
        return
    for title, rows in (("Studies", studies), ("Sources", sources), ("Questions", questions)):
        typer.echo(f"{title}: {len(rows)}")
        _columns(rows)
        typer.echo("")


@app.command(
    epilog="Examples: synthesis pool active-referral-attendance; "
    "synthesis pool cocaine-abstinence --format json; synthesis pool treatment-retention --format csv"
)
def pool(
    question: Annotated[str, typer.Argument(help="Id of a question; see synthesis list.")],
    project: Project = None,
    format: Annotated[PoolFormat, typer.Option(help="How to print.")] = PoolFormat.table,
    variant: Annotated[str | None, typer.Option(help="A sensitivity analysis of the question instead.")] = None,
) -> None:
    """Carry out one question's plan and show the effects, the pooled results and what was left out."""
    from synthesis.analysis.run import analyse
    from synthesis.evidence.load import load

    evidence = load(_root(project) / "evidence")
    analysis = analyse(evidence, question)
    if variant is not None:
        analysis.variant(variant)
    if format is PoolFormat.json:
        from synthesis.exchange.results import pool_data

        _json(pool_data(analysis, variant))
    elif format is PoolFormat.csv:
        from synthesis.exchange.tables import EFFECT_COLUMNS, evidence_rows, to_csv

        rows = evidence_rows(evidence, [analysis])
        rows = [row for row in rows if row["analysis"] == (variant or "plan")]
        typer.echo(to_csv(rows, tuple(EFFECT_COLUMNS)), nl=False)
    else:
        _show_pool(analysis, evidence, variant)


def _show_pool(analysis: Any, evidence: Any, variant: str | None) -> None:
    from synthesis.tables.directions import directions_table
    from synthesis.tables.effects_table import effects_table
    from synthesis.tables.excluded import excluded_table
    from synthesis.tables.pooled import pooled_table

    typer.echo(f"{analysis.title}\n{analysis.text}\n")
    if analysis.synthesis == "effect-direction":
        _table(directions_table(analysis))
    else:
        _table(effects_table(analysis, evidence, variant=variant))
        _table(pooled_table(analysis))
    _table(excluded_table(analysis, evidence))
    for note in analysis.notes:
        typer.echo(f"Note: {note.text}")


def _table(table: Any) -> None:
    """Print a table as wide as the terminal; 120 characters where there is no terminal."""
    from rich.console import Console
    from rich.text import Text

    from synthesis.document.text import plain_line

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False, markup=False, emoji=False)
    console.print(Text(table.caption, style="bold"))
    shown = _columns_of(table, header=True)
    for row in table.rows:
        if row.style == "group":
            if shown.row_count or shown.show_header:
                console.print(shown)
            console.print(Text(plain_line(row.cells[0]), style="bold"))
            shown = _columns_of(table, header=False)
        else:
            shown.add_row(*(Text(plain_line(cell)) for cell in row.cells))
    console.print(shown)
    for note in table.notes:
        console.print(Text(plain_line(note), style="dim"))
    console.print()


def _columns_of(table: Any, *, header: bool) -> Any:
    """An empty terminal table with the columns of ``table``; tables made from one share their widths."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD if header else None, show_header=header, expand=True, pad_edge=False)
    for column in table.columns:
        justify: Any = "right" if column.align == "right" else "left"
        shown.add_column(Text(column.label), justify=justify, ratio=max(1, round(10 * column.width)))
    return shown


@app.command(
    epilog="Examples: synthesis build mutual-aid; synthesis build mutual-aid --format html,docx --date 2026-11-23; "
    "synthesis build mutual-aid --watch; synthesis build mutual-aid --engine quarto"
)
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

    root = _root(project)
    formats = None if format is None else [part.strip() for part in format.split(",") if part.strip()]
    if watch:
        if engine is not Engine.own:
            raise UsageError("--watch builds our own page; leave out --engine")
        from synthesis.watch.loop import watch as follow

        follow(root, briefing, formats=formats or ("html",), issued=date, port=port, say=typer.echo)
        return
    if port is not None:
        raise UsageError("--port says where --watch serves the page; add --watch or leave it out")
    with _progress() as say:
        built = run(
            root,
            briefing,
            formats=DEFAULT_FORMATS if formats is None else formats,
            issued=date,
            engine=engine.value,
            progress=say,
        )
    for path in built.files:
        typer.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


@app.command(
    epilog="Examples: synthesis explain cocaine-abstinence.effect; "
    "synthesis explain cocaine-leans-the-other-way; synthesis explain manning2012.att-post.pi"
)
def explain(
    name: Annotated[str, typer.Argument(help="A named number or the id of a claim.")],
    project: Project = None,
    briefing: Annotated[str, typer.Option(help="The briefing whose claims are meant.")] = "mutual-aid",
) -> None:
    """Walk a printed number or claim back to the page: pooled result, studies, conversions, record, quotation."""
    from synthesis.analysis.run import analyse
    from synthesis.briefing.explain import trail
    from synthesis.briefing.facts import facts_of
    from synthesis.evidence.load import load
    from synthesis.evidence.project import open_briefing, open_claims

    root = _root(project)
    evidence = load(root / "evidence")
    analyses = {key: analyse(evidence, key) for key in open_briefing(briefing, root).questions}
    held = open_claims(briefing, root) if (root / "briefings" / briefing / "claims.yaml").is_file() else None
    for line in trail(name, evidence, facts_of(evidence, analyses.values()), analyses, held):
        typer.echo(line)


@app.command(
    epilog="Examples: synthesis judge smart-recovery; "
    "synthesis judge cocaine-abstinence --sign 'A. Reader' --on 2026-11-23 "
    "--rate 'imprecision=-2: the interval crosses every threshold'"
)
def judge(
    question: Annotated[str, typer.Argument(help="Id of a question; see synthesis list.")],
    project: Project = None,
    sign: Annotated[str | None, typer.Option(help="Who judges. Writes the judgement into the record.")] = None,
    on: Annotated[str | None, typer.Option(help="Date of the judgement, YYYY-MM-DD.")] = None,
    rate: Annotated[
        list[str] | None, typer.Option(help="A rating, 'domain=-1: reason'. May be given several times.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Where the evidence starts, 'high: reason' or 'low: reason'.")
    ] = None,
    none: Annotated[str | None, typer.Option(help="Where there is no evidence: what was looked for.")] = None,
) -> None:
    """Show what the evidence says on each domain of GRADE, or sign a judgement of it; earlier ratings are kept."""
    from synthesis.analysis.run import analyse
    from synthesis.errors import UsageError
    from synthesis.evidence.load import load

    root = _root(project) / "evidence"
    evidence = load(root)
    analysis = analyse(evidence, question)
    if sign is None or on is None:
        if any(item is not None for item in (sign, on, rate, start, none)):
            raise UsageError("a judgement is signed: give --sign and --on with it")
        _show_certainty(analysis, evidence.questions[question])
        return
    from synthesis.certainty.signing import read_ratings, read_start
    from synthesis.certainty.signing import sign as signed
    from synthesis.evidence.judgement_text import with_judgement

    old = evidence.questions[question].certainty
    new = signed(
        old, {item.domain: item.facts for item in analysis.certainty.domains}, by=sign, on=on,
        ratings=read_ratings(rate or []), start=None if start is None else read_start(start), reason=none,
    )  # fmt: skip
    path = root / "questions" / f"{question}.yaml"
    path.write_text(with_judgement(path.read_text(encoding="utf-8"), new, old), encoding="utf-8")
    typer.echo(f"{question}: {(new.level or 'no evidence').replace('-', ' ')}, signed by {sign}, {on}")


def _show_certainty(analysis: Any, question: Any) -> None:
    from synthesis.analysis.certainty import changed_facts
    from synthesis.tables.certainty_table import certainty_table

    _table(certainty_table(analysis))
    for domain, pairs in changed_facts(question, analysis.certainty).items():
        for name, (seen, now) in pairs.items():
            typer.echo(f"Changed since judged: {domain}, {name}: {seen or 'nothing'} -> {now or 'nothing'}")


@app.command(epilog="Example: synthesis schema")
def schema(project: Project = None) -> None:
    """Write the JSON Schema of every kind of record into evidence/schema/, for editors."""
    from synthesis.evidence.schema import write

    for path in write(_root(project) / "evidence" / "schema"):
        typer.echo(path.name)


@app.command("check-pdf", epilog="Example: synthesis check-pdf build/mutual-aid/briefing.pdf")
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


def _root(project: Path | None) -> Path:
    from synthesis.evidence.project import find_root

    return find_root(Path.cwd() if project is None else project, upwards=project is None)


def _json(data: object) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def _columns(rows: list[dict[str, Any]]) -> None:
    texts = [list(rows[0])] if rows else []
    texts += [[_word(value) for value in row.values()] for row in rows]
    widths = [max((len(text[i]) for text in texts), default=0) for i in range(len(rows[0]) if rows else 0)]
    for text in texts:
        typer.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(text, widths, strict=True)).rstrip())


def _word(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "read" if value else "recalled"
    return ",".join(value) if isinstance(value, list) else str(value)


class _Progress:
    """Progress on standard error: a spinner on a terminal, one line per step elsewhere."""

    def __enter__(self) -> Any:
        from rich.console import Console

        console = Console(stderr=True)
        if not console.is_terminal:
            seen: set[str] = set()
            return lambda text: _say_once(text.split(", cell ")[0], seen)
        self._status = console.status("starting")
        self._status.__enter__()
        return self._status.update

    def __exit__(self, *details: Any) -> None:
        status = getattr(self, "_status", None)
        if status is not None:
            status.__exit__(*details)


def _say_once(text: str, seen: set[str]) -> None:
    if text not in seen:
        seen.add(text)
        typer.echo(text, err=True)


def _progress() -> _Progress:
    return _Progress()


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
