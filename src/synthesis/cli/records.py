"""Commands about records: check them, list them, and the schema that editors complete and check with."""

from __future__ import annotations

import gc
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthesis.cli.options import Project, root_of
from synthesis.cli.terminal import print_columns, print_json

if TYPE_CHECKING:
    from synthesis.errors import Problem


class ListFormat(StrEnum):
    table = "table"
    json = "json"


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Record files that changed: only what concerns them is checked. Default: everything."),
    ] = None,
    project: Project = None,
    evidence: Annotated[Path | None, typer.Option(help="Check this evidence folder instead of the project's.")] = None,
) -> None:
    """Check every record, or the files named, and report all problems in one run."""
    from synthesis.errors import EditionError, EvidenceError, SynthesisError

    folder = evidence if evidence is not None else root_of(project) / "evidence"
    found, said = _near(folder, files) if files else _whole(folder)
    damage = () if files or evidence is not None else _damage(folder.parent)
    if found and damage:
        raise SynthesisError(f"{EvidenceError(found)}\n{damage}")
    if found:
        raise EvidenceError(found)
    if damage:
        raise EditionError(damage)
    typer.echo(said)


def _damage(root: Path) -> str:
    """Every frozen edition that is not what was issued, one line each; empty if all are."""
    from synthesis.editions.read import editions_of
    from synthesis.editions.verify import intact
    from synthesis.errors import EditionError
    from synthesis.evidence.project import briefing_ids

    lines: list[str] = []
    for briefing in briefing_ids(root):
        try:
            lines += [text for edition in editions_of(root, briefing) for text in intact(root, edition)]
        except EditionError as error:
            lines.append(str(error))
    return "\n".join(lines)


def _whole(folder: Path) -> tuple[tuple[Problem, ...], str]:
    """Every problem in an evidence folder, and what to say if there is none."""
    from synthesis.analysis.problems import every_problem
    from synthesis.evidence.load import no_collection, read
    from synthesis.formatting import plural

    with no_collection():
        held, problems = read(folder)
        found = every_problem(held, problems)
        gc.freeze()  # all of it is kept until the end of the process, where it would be looked through once more
    held_here = (
        f"{plural(len(held.studies), 'study', 'studies')}, {plural(len(held.sources), 'source')} and "
        f"{plural(len(held.questions), 'question')}"
    )
    made_up = len(held.demonstration)
    said = f"; {made_up} of these records are demonstration data, made up and no evidence" if made_up else ""
    return found, f"0 problems in {held_here}{said}"


def _near(folder: Path, files: list[Path]) -> tuple[tuple[Problem, ...], str]:
    """Every problem that concerns these record files, and what to say if there is none."""
    from synthesis.analysis.problems import record_problems
    from synthesis.evidence.load import no_collection
    from synthesis.evidence.near import concerns, read_near
    from synthesis.formatting import plural

    with no_collection():
        held, problems, names = read_near(folder, files)
    found = tuple(problem for problem in (*problems, *record_problems(held)) if concerns(problem, names))
    beside = len(held.files.keys() - names)
    said = (
        f"0 problems in {plural(len(names), 'file')}, checked beside {plural(beside, 'related record')}. "
        "Judgements of certainty and whole questions: synthesis check"
    )
    return found, said if found else "\n".join([said, *_entered(folder, names)])


def _entered(folder: Path, names: frozenset[str]) -> list[str]:
    """What each question makes of the studies among these record files."""
    from synthesis.evidence.load import read
    from synthesis.exchange.new_study import questions_entered

    studies = frozenset(name for name in names if name.startswith("studies/"))
    if not studies:
        return []
    questions = {f"questions/{path.name}" for path in (folder / "questions").glob("*.yaml")}
    held, _ = read(folder, only=studies | questions | {"vocabulary.yaml"})
    lines = []
    for study in held.studies.values():
        entered = questions_entered(study, held)
        lines += [f"{study.id} in {question}: {what}" for question, what in entered]
        if not entered:
            lines.append(f"{study.id} is reached by no question: see its arms' categories, its outcomes and its design")
    return lines


def list_records(
    project: Project = None,
    format: Annotated[ListFormat, typer.Option(help="How to print.")] = ListFormat.table,
) -> None:
    """List the studies, sources and questions there are."""
    from synthesis.evidence.load import load

    evidence = load(root_of(project) / "evidence")
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
        print_json({"studies": studies, "sources": sources, "questions": questions})
        return
    for title, rows in (("Studies", studies), ("Sources", sources), ("Questions", questions)):
        typer.echo(f"{title}: {len(rows)}")
        print_columns(rows)
        typer.echo("")


def schema(project: Project = None) -> None:
    """Write the JSON Schema of every kind of record into evidence/schema/, for editors."""
    from synthesis.evidence.collection import VOCABULARY_FILE
    from synthesis.evidence.load import read
    from synthesis.evidence.schema import write

    folder = root_of(project) / "evidence"
    for path in write(folder / "schema", read(folder, only=(VOCABULARY_FILE,))[0].vocabulary):
        typer.echo(path.name)


def format_files(
    files: Annotated[list[Path] | None, typer.Argument(help="Record files. Default: every record.")] = None,
    project: Project = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if something would.")] = False,
) -> None:
    """Write records in their one canonical form: order of fields, wrapping, quotation marks. Comments are kept."""
    from synthesis.errors import UsageError
    from synthesis.evidence.house_style import format_records
    from synthesis.formatting import plural

    for path in files or ():
        if not path.is_file():
            raise UsageError(f"{path}: no such file")
    changed = format_records(root_of(project) / "evidence", files or (), write=not check)
    for name in changed:
        typer.echo(f"{'not canonical' if check else 'written'}: {name}")
    if check and changed:
        typer.echo(f"{plural(len(changed), 'record')} to write anew: run synthesis format", err=True)
        raise typer.Exit(1)
    if not changed:
        typer.echo("every record is in canonical form" if not files else "nothing to change")
