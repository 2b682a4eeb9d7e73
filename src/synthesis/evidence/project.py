"""Where the project is: the folder that holds ``evidence/`` and ``briefings/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.as_of import as_of
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.edition import Issue, Scope
from synthesis.evidence.load import Evidence, load, read_briefing, read_claims, read_standards
from synthesis.evidence.question import Briefing
from synthesis.evidence.standards import StandardsFile


def find_root(start: Path, *, upwards: bool = True) -> Path:
    """The project's folder.

    Parameters
    ----------
    start : Path
        Where to look first.
    upwards : bool
        Whether the folders above it are looked at too.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    start = start.resolve()
    for folder in (start, *start.parents) if upwards else (start,):
        if (folder / "evidence").is_dir() and (folder / "briefings").is_dir():
            return folder
    above = " or in any folder above it" if upwards else ""
    raise UsageError(
        f"no project in {start}{above}: a project holds the folders evidence/ and briefings/; "
        "change into one or name it with --project"
    )


def open_project(folder: str | Path | None = None, *, scope: Scope | None = None) -> Evidence:
    """Every record of the project, checked.

    Parameters
    ----------
    folder : path or None
        The project's folder; None looks from the current folder upwards, so it works in any notebook of a project.
    scope : Scope or None
        Only the part of the evidence that an edition is made from, ``briefing.issue.scope``; None for all of it.

    Raises
    ------
    EvidenceError
        With every problem in the records.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    evidence = load(root / "evidence")
    return evidence if scope is None else as_of(evidence, scope)


def open_briefing(
    briefing: str, folder: str | Path | None = None, *, edition: str | Mapping[str, object] | None = None
) -> Briefing:
    """The definition of a briefing, ``briefings/<id>/briefing.yaml``, with what an edition changes in it.

    Parameters
    ----------
    briefing : str
        Folder name under ``briefings/``.
    folder : path or None
        The project's folder; None looks from the current folder upwards.
    edition : str, mapping or None
        Name of an edition; or how it is issued: ``edition``, ``date``, and the fields of ``Issue``. None for the
        edition the definition names.

    Raises
    ------
    EvidenceError
        With every problem in the definition.
    UnknownKeyError
        If there is none with this id; the message names those there are.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    known = briefing_ids(root)
    if briefing not in known:
        raise UnknownKeyError("briefing", briefing, known)
    return for_edition(read_briefing(root / "briefings" / briefing / "briefing.yaml"), edition)


def briefing_ids(root: Path) -> tuple[str, ...]:
    """Every briefing that has a definition, in order of id."""
    return tuple(sorted(path.parent.name for path in (root / "briefings").glob("*/briefing.yaml")))


def for_edition(briefing: Briefing, edition: str | Mapping[str, object] | None = None) -> Briefing:
    """A definition with what its plan of an edition changes, and how that edition is issued.

    Raises
    ------
    UsageError
        If a field of ``edition`` is unknown or has a value that cannot be.
    """
    asked = {"edition": edition} if isinstance(edition, str) else dict(edition or {})
    known = {"edition", "date", *Issue.model_fields}
    for key in asked:
        if key not in known:
            raise UnknownKeyError("field of an edition", key, known)
    name = str(asked.pop("edition", briefing.edition))
    fields: dict[str, object] = {"edition": name, "date": asked.pop("date", briefing.date)}
    issue = briefing.issue.model_dump() | asked
    plan = next((plan for plan in briefing.editions if plan.edition == name), None)
    if plan is not None:
        given = plan.model_dump(exclude_none=True, exclude={"edition", "label", "claims", "scope"})
        # The annex belongs to the notebook it was written beside.
        fields |= ({"annex": None} if "notebook" in given else {}) | given
        issue |= {"label": plan.label, "claims": plan.claims, "scope": plan.scope.model_dump()}
    try:
        return briefing.model_copy(update={**fields, "issue": Issue.model_validate(issue)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"edition {name!r}: {where} cannot be {first['input']!r}: {first['msg']}") from None


def open_claims(briefing: str, folder: str | Path | None = None, *, only: Iterable[str] | None = None) -> ClaimFile:
    """The claims of a briefing, ``briefings/<id>/claims.yaml``.

    Parameters
    ----------
    briefing : str
    folder : path or None
        The project's folder; None looks from the current folder upwards.
    only : iterable of str or None
        Ids of the claims that an edition makes, ``briefing.issue.claims``; None for all.

    Raises
    ------
    EvidenceError
        With every problem in the file, or if it is missing.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    held = read_claims(root / "briefings" / briefing / "claims.yaml")
    return held if only is None else _chosen(held, tuple(only))


def _chosen(held: ClaimFile, wanted: tuple[str, ...]) -> ClaimFile:
    """Some of the claims, each still knowing the line it stands on."""
    known = {claim.id: place for place, claim in enumerate(held.claims.claims)}
    for key in wanted:
        if key not in known:
            raise UnknownKeyError("claim", key, known)
    places = [known[key] for key in wanted]

    def line(path: str) -> int:
        index, _, rest = path.removeprefix("claims[").partition("]")
        return held.line(f"claims[{places[int(index)]}]{rest}")

    claims = held.claims.model_copy(update={"claims": tuple(held.claims.claims[place] for place in places)})
    return ClaimFile(claims=claims, file=held.file, line=line)


def open_standards(briefing: str, folder: str | Path | None = None) -> StandardsFile | None:
    """What a briefing says of reporting standards, ``briefings/<id>/standards.yaml``; None where it says nothing.

    Raises
    ------
    EvidenceError
        With every problem in the file.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    path = root / "briefings" / briefing / "standards.yaml"
    return read_standards(path) if path.is_file() else None
