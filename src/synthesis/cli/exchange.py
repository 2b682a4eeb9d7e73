"""Commands that exchange evidence with other programs: import and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthesis.cli.options import Project, day_or_today, root_of

if TYPE_CHECKING:
    from synthesis.exchange.review import Review


def import_file(
    file: Annotated[Path, typer.Argument(help="A file of another program.", show_default=False)],
    form: Annotated[str | None, typer.Option("--as", help="Its format. Default: told from its content.")] = None,
    into: Annotated[
        Path | None, typer.Option(help="An evidence folder to add to. Default: a new project named after the file.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="What the effects are, where the file does not say: OR, SMD ...")
    ] = None,
    design: Annotated[str | None, typer.Option(help="Design of the studies, a word of the vocabulary: rct ...")] = None,
    on: Annotated[str | None, typer.Option(help="Date of adding, YYYY-MM-DD. Default: today.")] = None,
) -> None:
    """Make records of a review: RevMan 5 or Web, Covidence, metafor, robvis, PRISMA 2020, Excel; says what is lost."""
    from synthesis.exchange.formats import read_file
    from synthesis.exchange.importing import import_review
    from synthesis.exchange.to_records import NOT_STATED
    from synthesis.formatting import plural

    found, review = read_file(file, form=form, measure=measure)
    rows = sum(len(analysis.rows) for analysis in review.analyses)
    counts = (
        f"{plural(len(review.studies), 'study', 'studies')}, {plural(len(review.analyses), 'analysis', 'analyses')}"
    )
    typer.echo(f"{file.name}: {found.label}; {counts}, {plural(rows, 'result')}")
    for remark in review.remarks:
        typer.echo(f"  {remark}")
    if review.studies:
        folder = into if into is not None else Path(file.stem) / "evidence"
        written = import_review(review, folder, on=day_or_today(on), design=design or NOT_STATED)
        if into is None:
            (folder.parent / "briefings").mkdir(exist_ok=True)
        typer.echo(f"written: {plural(len(written.files), 'file')} in {folder}")
        for sentence in written.alike:
            typer.echo(f"  {sentence}: keep one of the two")
        _show_recomputed(review)
        for question in written.questions[:3]:
            typer.echo(f"next: synthesis pool {question}{'' if into else f' --project {folder.parent}'}")
    _show_lost(review)


def _show_recomputed(review: Review) -> None:
    """Each analysis by its own method, beside what the file says."""
    from synthesis.exchange.recompute import recompute
    from synthesis.formatting import number

    def shown(values: tuple[float, float, float]) -> str:
        estimate, low, high = (number(value, 4) for value in values)
        return f"{estimate} ({low} to {high})"

    for analysis in review.analyses:
        found = recompute(analysis)
        methods = {"mantel-haenszel": "Mantel-Haenszel", "peto": "Peto", "inverse-variance": "inverse variance"}
        model = methods[analysis.method] if analysis.model == "common" else f"random effects, {analysis.tau2}"
        about = f"  {analysis.number} {analysis.title}: {analysis.measure} by {model}"
        if found is None:
            typer.echo(f"{about} cannot be computed from what the file holds")
            continue
        file = "the file gives none" if analysis.published is None else f"in the file {shown(analysis.published)}"
        typer.echo(f"{about} {shown(found.values)}; {file}{'; THEY DIFFER' if found.agrees is False else ''}")


def _show_lost(review: Review) -> None:
    if not review.lost:
        typer.echo("everything in the file was carried")
        return
    typer.echo("not carried:")
    for name, item in review.lost.items():
        typer.echo(f"  {name} ({item.count}): {item.why}; first at {item.place}")


def export_file(
    name: Annotated[str, typer.Argument(help="Id of a question, or of a briefing for all of its questions.")],
    form: Annotated[str, typer.Option("--as", help="metafor, revman, robvis, prisma2020, ris, csl-json or excel.")],
    project: Project = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write into. Default: build/export/<name>.")] = None,
) -> None:
    """Write results for another program: metafor with a script, RevMan, robvis, PRISMA2020, RIS, CSL-JSON, Excel."""
    from synthesis.analysis.run import analyse
    from synthesis.errors import UnknownKeyError, UsageError
    from synthesis.evidence.load import load
    from synthesis.evidence.project import open_briefing
    from synthesis.evidence.save import replace_file
    from synthesis.exchange.formats import FORMATS, writable
    from synthesis.exchange.from_records import PARTS, parts_there

    if form not in writable():
        raise UnknownKeyError("format to write", form, writable())
    root = root_of(project)
    evidence = load(root / "evidence")
    if name in evidence.questions:
        questions: tuple[str, ...] = (name,)
    elif (root / "briefings" / name / "briefing.yaml").is_file():
        questions = open_briefing(name, root).questions
    else:
        briefings = [path.name for path in (root / "briefings").iterdir() if path.is_dir()]
        raise UnknownKeyError("question or briefing", name, [*evidence.questions, *briefings])
    analyses = [analyse(evidence, question) for question in questions]
    chosen = FORMATS[form]
    assert chosen.write is not None
    files = chosen.write(evidence, analyses)
    if not files:
        raise UsageError(f"{name} has nothing that {chosen.label} can hold")
    folder = to if to is not None else root / "build" / "export" / name
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        replace_file(folder / path, data)
        typer.echo(folder / path)
    left = [PARTS[key].label for key in parts_there(evidence, analyses) if key not in chosen.carries]
    if left:
        typer.echo(f"not carried: {'; '.join(left)}")
