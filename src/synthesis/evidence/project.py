"""Where the project is: the folder that holds ``evidence/`` and ``briefings/``."""

from __future__ import annotations

from pathlib import Path

from synthesis.errors import UsageError


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
