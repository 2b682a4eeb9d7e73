"""Where the project is: the folder that holds ``evidence/`` and ``briefings/``."""

from __future__ import annotations

from pathlib import Path

from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.claim import ClaimFile
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


def open_project(folder: str | Path | None = None) -> Evidence:
    """Every record of the project, checked.

    Parameters
    ----------
    folder : path or None
        The project's folder; None looks from the current folder upwards, so it works in any notebook of a project.

    Raises
    ------
    EvidenceError
        With every problem in the records.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    return load(root / "evidence")


def open_briefing(briefing: str, folder: str | Path | None = None) -> Briefing:
    """The definition of a briefing, ``briefings/<id>/briefing.yaml``.

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
    known = sorted(path.parent.name for path in (root / "briefings").glob("*/briefing.yaml"))
    if briefing not in known:
        raise UnknownKeyError("briefing", briefing, known)
    return read_briefing(root / "briefings" / briefing / "briefing.yaml")


def open_claims(briefing: str, folder: str | Path | None = None) -> ClaimFile:
    """The claims of a briefing, ``briefings/<id>/claims.yaml``.

    Raises
    ------
    EvidenceError
        With every problem in the file, or if it is missing.
    UsageError
        If there is no project.
    """
    root = find_root(Path.cwd()) if folder is None else find_root(Path(folder), upwards=False)
    return read_claims(root / "briefings" / briefing / "claims.yaml")


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
