"""The command that makes one record of two extractions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthesis.cli.options import Project, day_or_today

if TYPE_CHECKING:
    from synthesis.evidence.reconcile import Comparison, Difference, Side
    from synthesis.exchange.extractions import Extracted

_SIDES: dict[str, Side] = {"a": "first", "b": "second"}


def reconcile(
    a: Annotated[str, typer.Argument(help="A file, a folder, or a branch or commit.", show_default=False)],
    b: Annotated[str, typer.Argument(help="The same studies, extracted by somebody else.", show_default=False)],
    project: Project = None,
    study: Annotated[str | None, typer.Option(help="One study. Default: every study that is in both.")] = None,
    take: Annotated[
        list[str] | None, typer.Option(help="Whose value stands: 'a FIELD' or 'b FIELD'; 'a all' for what is left.")
    ] = None,
    first: Annotated[str | None, typer.Option(help="Who made the extraction in A.")] = None,
    second: Annotated[str | None, typer.Option(help="Who made the extraction in B.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Who decides. Writes the record once every difference is decided.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Date, YYYY-MM-DD. Default: today.")] = None,
    to: Annotated[Path | None, typer.Option(help="File to write. Default: the project's record of the study.")] = None,
) -> None:
    """Compare two extractions: where they differ, with both quotations; make one record that keeps both."""
    from synthesis.errors import UsageError
    from synthesis.evidence.reconcile import compare

    root = _project(project)
    one, other = _found(a, root), _found(b, root)
    names = _studies(one, other, study)
    decide = bool(take) or by is not None
    if decide and len(names) != 1:
        raise UsageError(f"decide on one study at a time: add --study, one of {', '.join(names[:12])}")
    differing = 0
    for name in names:
        comparison = compare(one.data(name), other.data(name))
        differing += len(comparison.differences)
        if comparison.differences or len(names) == 1:
            _show(name, comparison, a, b)
        if decide:
            _decide(name, comparison, take or [], (one, other), (first, second, by), on, to, root)
    if len(names) > 1:
        typer.echo(f"{len(names)} studies in both; {differing} differences")
    if differing and not decide:
        typer.echo(
            "next: decide with --study, --by NAME and --take 'a FIELD' or 'b FIELD', or on a terminal with --by alone"
        )
        raise typer.Exit(1)


def _project(project: Path | None) -> Path | None:
    from synthesis.errors import UsageError
    from synthesis.evidence.project import find_root

    try:
        return find_root(Path.cwd() if project is None else project, upwards=project is None)
    except UsageError:
        if project is not None:
            raise
        return None


def _found(place: str, root: Path | None) -> Extracted:
    from synthesis.exchange.extractions import find

    return find(place, root)


def _studies(one: Extracted, other: Extracted, study: str | None) -> list[str]:
    from synthesis.errors import UnknownKeyError, UsageError

    both = sorted(one.texts.keys() & other.texts.keys())
    if study is not None and study not in both:
        raise UnknownKeyError("study in both", study, both)
    if not both:
        raise UsageError("no study is in both")
    # On two branches most records are the same file.
    return [study] if study is not None else [name for name in both if one.texts[name] != other.texts[name]] or both[:1]


def _show(name: str, comparison: Comparison, a: str, b: str) -> None:
    from synthesis.evidence.reconcile import as_yaml
    from synthesis.formatting import percent

    share = percent(100 * comparison.agreed / comparison.compared) if comparison.compared else "nothing"
    typer.echo(f"{name}: {comparison.agreed} of {comparison.compared} fields agree ({share}); a is {a}, b is {b}")
    for item in comparison.differences:
        typer.echo(f"\n  {item.field}")
        for letter, value, quote in zip("ab", item.values, item.quotes, strict=True):
            typer.echo(f"    {letter}: {'nothing' if value is None else as_yaml(value)}")
            if quote:
                typer.echo(f"       {quote}")
    poor = {kind: pair for kind, pair in comparison.agreement.items() if pair[0] != pair[1]}
    if poor:
        typer.echo("\n  agreement by field:")
        for kind, (count, agreed) in sorted(poor.items(), key=lambda pair: pair[1][1] / pair[1][0]):
            typer.echo(f"    {kind}: {agreed} of {count}")
        typer.echo("")


def _decide(
    name: str,
    comparison: Comparison,
    take: list[str],
    texts: tuple[Extracted, Extracted],
    people: tuple[str | None, str | None, str | None],
    on: str | None,
    to: Path | None,
    root: Path | None,
) -> None:
    """Write the merged record, if somebody is named and every difference is decided."""

    from synthesis.errors import UsageError
    from synthesis.evidence.canonical import canonical_text
    from synthesis.evidence.reconcile import merge
    from synthesis.evidence.save import fingerprint, record_path, write_record
    from synthesis.evidence.study import Study

    first, second = (given or _who(side.data(name)) for given, side in zip(people[:2], texts, strict=True))
    by = people[2]
    if not (first and second and by):
        raise UsageError("say who made each extraction and who decides: --first, --second and --by")
    if first == second:
        raise UsageError(f"two extractions by {first} are not independent: --first and --second name two people")
    taken = _taken(take, comparison)
    if sys.stdin.isatty():
        taken |= {item.field: _ask(item) for item in comparison.differences if item.field not in taken}
    merged = merge(comparison, taken, first=first, second=second, by=by, on=day_or_today(on))
    if to is None and root is None:
        raise UsageError("there is no project here: say with --to where the record goes")
    path = to if to is not None else record_path(root / "evidence" / "studies", name) if root else Path(name)
    before = path.read_bytes() if path.exists() else None
    text = canonical_text(merged, Study, like=texts[0].texts[name])
    write_record(path, text, seen=None if before is None else fingerprint(before))
    typer.echo(f"written: {path}, with both values of {len(comparison.differences)} fields kept in extraction")


def _taken(take: list[str], comparison: Comparison) -> dict[str, Side]:
    from synthesis.errors import UnknownKeyError, UsageError

    fields = [item.field for item in comparison.differences]
    found: dict[str, Side] = {}
    rest: Side | None = None
    for text in take:
        letter, _, field = text.strip().partition(" ")
        if letter not in _SIDES or not field.strip():
            raise UsageError(f"--take {text!r} is not understood; allowed: 'a FIELD', 'b FIELD', 'a all', 'b all'")
        if field.strip() == "all":
            rest = _SIDES[letter]
        elif field.strip() not in fields:
            raise UnknownKeyError("field that differs", field.strip(), fields)
        else:
            found[field.strip()] = _SIDES[letter]
    return found if rest is None else {**dict.fromkeys(fields, rest), **found}


def _ask(item: Difference) -> Side:
    while True:
        answer = str(typer.prompt(f"{item.field}: a or b")).strip().lower()
        if answer in _SIDES:
            return _SIDES[answer]


def _who(data: object) -> str | None:
    extraction = data.get("extraction") if isinstance(data, dict) else None
    by = extraction.get("by") if isinstance(extraction, dict) else None
    return by if isinstance(by, str) else None
