"""Commands that bring evidence in: add a study."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synthesis.cli.options import Project, day_or_today, root_of

if TYPE_CHECKING:
    from synthesis.evidence.collection import Evidence
    from synthesis.exchange.bibliography.model import Entry
    from synthesis.exchange.new_study import Duplicate


# A longer list of publications would hide the message; words of a title make it shorter.
_LISTED = 20


class Kind(StrEnum):
    study = "study"


def add(
    kind: Annotated[Kind, typer.Argument(help="What to add.")],
    project: Project = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A RIS, MEDLINE (.nbib), BibTeX, CSL-JSON or PubMed XML file on this machine."),
    ] = None,
    entry: Annotated[
        str | None, typer.Option(help="Which publication of the file, by its number in it or words of its title.")
    ] = None,
    doi: Annotated[str | None, typer.Option(help="Which publication of the file, by DOI.")] = None,
    pmid: Annotated[str | None, typer.Option(help="Which publication of the file, by PubMed number.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Id of the record. Default: first author and year.")] = None,
    report_of: Annotated[str | None, typer.Option(help="Add it as another report of this study instead.")] = None,
    new: Annotated[bool, typer.Option("--new", help="It is another study, although one like it is there.")] = False,
    on: Annotated[str | None, typer.Option(help="Date of adding, YYYY-MM-DD. Default: today.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the record; write nothing.")] = False,
) -> None:
    """Start the record of a study from a publication, or from your answers: id, duplicates, what is missing."""
    from synthesis.errors import UsageError
    from synthesis.evidence.load import read
    from synthesis.exchange.bibliography import read_bibliography

    root = root_of(project) / "evidence"
    evidence, _ = read(root)
    answers: dict[str, Any] = {}
    if source is None:
        if entry or doi or pmid:
            raise UsageError("--entry, --doi and --pmid choose from a file: give it with --from; nothing is fetched")
        found, answers = _asked(evidence)
    else:
        entries, remarks = read_bibliography(source)
        for remark in remarks:
            typer.echo(f"Note: {remark}", err=True)
        found = _chosen(entries, entry, doi, pmid, source.name)
    if report_of is not None:
        _add_report(evidence, report_of, found, dry_run)
        return
    _refuse_duplicate(evidence, found, new)
    _write_draft(evidence, found, answers, id, on, dry_run)


def _write_draft(
    evidence: Evidence, entry: Entry, answers: dict[str, Any], id: str | None, on: str | None, dry_run: bool
) -> None:
    from synthesis.errors import UsageError
    from synthesis.evidence.save import record_path, write_record
    from synthesis.exchange.new_study import check_id, draft, propose_id, questions_open

    if evidence.vocabulary is None:
        raise UsageError("vocabulary.yaml cannot be read: run synthesis check first")
    taken = {*evidence.studies, *(path.stem for path in (evidence.root / "studies").glob("*.yaml"))}
    name = check_id(id, evidence) if id is not None else propose_id(entry, taken)
    text = draft(entry, name, day_or_today(on), evidence.vocabulary, answers)
    if dry_run:
        typer.echo(text, nl=False)
        return
    path = record_path(evidence.root / "studies", name)
    write_record(path, text, seen=None)
    typer.echo(f"written: {_near(path)}")
    typer.echo(f"next: open it, fill in what the comments ask for, then run: synthesis check {_near(path)}")
    typer.echo("Questions it could enter:")
    for key, needs in questions_open(answers, evidence):
        typer.echo(f"  {key}: {needs}")


def _refuse_duplicate(evidence: Evidence, entry: Entry, new: bool) -> None:
    from synthesis.errors import UsageError
    from synthesis.exchange.new_study import duplicates

    found = duplicates(entry, evidence)
    same = [item for item in found if item.certain]
    if same:
        raise UsageError(
            f"{same[0].study} is there already: {same[0].why}. Nothing was written. "
            f"Edit evidence/studies/{same[0].study}.yaml instead"
        )
    if found and not new:
        raise UsageError("\n".join(["this may be another report of a study that is there:", *map(_shown, found[:5])]))


def _shown(item: Duplicate) -> str:
    return f"  {item.study} ({item.why})\n    if so: --report-of {item.study}; if it is another study: --new"


def _add_report(evidence: Evidence, study: str, entry: Entry, dry_run: bool) -> None:
    from synthesis.errors import UnknownKeyError, UsageError
    from synthesis.evidence.save import fingerprint, write_record
    from synthesis.exchange.new_study import duplicates, with_report

    if study not in evidence.studies:
        raise UnknownKeyError("study", study, evidence.studies)
    held = next((item for item in duplicates(entry, evidence) if item.certain), None)
    if held is not None:
        raise UsageError(f"it is in {held.study} already: {held.why}. Nothing was written")
    path = evidence.root / "studies" / f"{study}.yaml"
    text = path.read_text(encoding="utf-8")
    written = with_report(text, entry)
    if dry_run:
        typer.echo(written, nl=False)
        return
    write_record(path, written, seen=fingerprint(text.encode()))
    typer.echo(f"written: {_near(path)}, with one more report")


def _chosen(entries: list[Entry], which: str | None, doi: str | None, pmid: str | None, file: str) -> Entry:
    """The publication that is meant: the file's only one, or the one with the number, words or identifier."""
    from synthesis.errors import UsageError
    from synthesis.exchange.bibliography.model import doi_in
    from synthesis.exchange.new_study import plain_words

    numbered = list(enumerate(entries, start=1))
    wanted = {"doi": doi_in(doi) or doi.lower() if doi else None, "pmid": pmid}
    fits = [
        (number, entry) for number, entry in numbered
        if all(value is None or entry.reference.get(key) == value for key, value in wanted.items())
    ]  # fmt: skip
    if which is not None and which.isdecimal():
        fits = [(number, entry) for number, entry in fits if str(number) == which]
    elif which is not None:
        words = set(plain_words(which).split())
        fits = [pair for pair in fits if words <= set(plain_words(str(pair[1].reference["title"])).split())]
    if len(fits) == 1:
        return fits[0][1]
    listed = [f"  {number}. {_cited(entry)}" for number, entry in fits or numbered]
    shown = "\n".join(listed[:_LISTED] + ([f"  and {len(listed) - _LISTED} more"] if len(listed) > _LISTED else []))
    if not fits:
        raise UsageError(f"no publication in {file} fits what was asked for. It holds:\n{shown}")
    raise UsageError(f"{len(fits)} publications in {file} fit: choose one with --entry and its number:\n{shown}")


def _cited(entry: Entry) -> str:
    own = entry.reference
    identifier = (
        f"doi {own['doi']}" if own.get("doi") else f"pmid {own['pmid']}" if own.get("pmid") else "no identifier"
    )
    return f"{identifier}: {entry.first_author or 'no author'} {entry.year or 'no year'}, {str(own['title'])[:70]}"


def _asked(evidence: Evidence) -> tuple[Entry, dict[str, Any]]:
    """A publication and what is known of the study, from answers on a terminal."""
    from synthesis.errors import UsageError
    from synthesis.exchange.bibliography.model import Entry, date_in, person, tidy

    if not _on_terminal():
        raise UsageError("nothing to start from: give a file with --from, or run this on a terminal to be asked")
    typer.echo("Return leaves a question open; it becomes a comment in the record.")
    title = _ask("Title", required=True)
    names = _ask("Authors, as 'Kelly JF; Humphreys K'", required=True)
    reference = {
        "type": "article-journal",
        "title": title,
        "author": [found for found in (person(name) for name in names.split(";")) if found],
        "issued": date_in(_ask("Year of publication", required=True, fits=lambda text: date_in(text) is not None)),
        "container_title": _ask("Journal"),
        "doi": _ask("DOI", fits=lambda text: text.startswith("10.")),
        "pmid": _ask("PubMed number", fits=str.isdigit),
    }
    designs = list(evidence.vocabulary.designs) if evidence.vocabulary else []
    answers = {
        "design": _ask(f"Design ({', '.join(designs)})", fits=lambda text: text in designs),
        "countries": [part.strip().upper() for part in _ask("Countries, as 'GB, US'").split(",") if part.strip()],
        "setting": _ask("Setting"),
        "population": _ask("Who took part"),
    }
    return Entry(reference=tidy(reference), place="your answers"), tidy(answers)


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _ask(question: str, *, required: bool = False, fits: Any = None) -> str:
    while True:
        text = str(typer.prompt(question, default="", show_default=False)).strip()
        if not text and required:
            typer.echo("  this one is needed")
        elif text and fits is not None and not fits(text):
            typer.echo("  that does not fit; try again, or press return")
        else:
            return text


def _near(path: Path) -> str:
    """A path as somebody in the working folder would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
