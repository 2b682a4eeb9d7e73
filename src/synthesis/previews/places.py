"""What a name on the command line means: an edition, a folder, or a git reference; each is opened as a state."""

from __future__ import annotations

import tempfile
from pathlib import Path

from synthesis.briefing.states import State, read_state
from synthesis.changes.model import Version
from synthesis.editions.model import MANIFEST
from synthesis.editions.read import latest, read_edition
from synthesis.editions.since import edition_state
from synthesis.errors import UsageError
from synthesis.evidence.project import find_root
from synthesis.previews.revisions import commit_of, named, unpack

WORKING_TREE = "the working tree"


def last_edition(root: Path, briefing: str) -> str:
    """The last edition issued.

    Raises
    ------
    UsageError
        If none has been.
    """
    edition = latest(root, briefing)
    if edition is None:
        raise UsageError(
            f"no edition of {briefing} has been issued; name what to compare with, for example: synthesis changes main"
        )
    return edition.id


def opened(root: Path, briefing: str, name: str | None) -> State:
    """The state that ``name`` means; None for the working tree.

    Raises
    ------
    UsageError
        If it is no edition, no folder with a project and no git reference.
    EvidenceError
        If its records cannot be read.
    """
    if name is None:
        return read_state(root, briefing, Version(name=WORKING_TREE))
    if (root / "briefings" / briefing / name / MANIFEST).is_file():
        return edition_state(read_edition(root, briefing, name))
    if (Path(name) / "evidence").is_dir():
        folder = find_root(Path(name), upwards=False)
        return read_state(folder, briefing, Version(name=f"the folder {Path(name).as_posix()}"))
    commit = commit_of(root, name)
    if commit is None:
        raise UsageError(
            f"{name!r} is no edition of {briefing}, no folder with evidence/ and briefings/, and no git reference"
        )
    return revision(root, briefing, commit, named(root, name))


def revision(root: Path, briefing: str, commit: str, name: str) -> State:
    """The state of a briefing in a commit."""
    with tempfile.TemporaryDirectory(prefix="synthesis-") as folder:
        return read_state(unpack(root, commit, Path(folder) / "project"), briefing, Version(name=name))
