"""Which files have changed since the last look.

The files are looked at ten times a second. That needs no service of the operating system, so it works the same on
every system, on network drives and in containers; a look at some hundred files takes about a millisecond.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# Modification time in nanoseconds, size and number of the file: a file put in place of another is a change too.
Stamp = tuple[int, int, int]


def stamps(root: Path, briefing_id: str, notebooks: Iterable[str]) -> dict[str, Stamp]:
    """The state of every file that a briefing is made from, by path below ``root``; what is not there is left out.

    Parameters
    ----------
    root : Path
        The project's folder.
    briefing_id : str
        Folder name under ``briefings/``.
    notebooks : iterable of str
        Paths of the briefing's notebook and of its annex below ``root``.
    """
    found: dict[str, Stamp] = {}
    for name in _files(root, briefing_id, notebooks):
        try:
            state = (root / name).stat()
        except OSError:
            continue  # removed since it was listed, or being put in place by an editor
        found[name] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return found


def _files(root: Path, briefing_id: str, notebooks: Iterable[str]) -> Iterator[str]:
    yield from notebooks
    # What stands below is editions, which are never edited.
    for path in sorted((root / "briefings" / briefing_id).glob("*.yaml")):
        yield path.relative_to(root).as_posix()
    for folder, names, files in os.walk(root / "evidence"):
        names.sort()
        below = Path(folder).relative_to(root)
        # Hidden files and those that end in a tilde are editors' own.
        yield from (
            (below / name).as_posix() for name in sorted(files) if not (name.startswith(".") or name.endswith("~"))
        )


def changed(before: Mapping[str, Stamp], after: Mapping[str, Stamp]) -> tuple[str, ...]:
    """The files that were added, removed or written in between, sorted."""
    names = before.keys() | after.keys()
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))
