"""Folders that are written whole or not at all, by one program at a time.

Files are made in a hidden folder beside their place and reach it by renaming. Whoever writes holds a lock, so what a
killed program left behind can be told from what a running one is making, and is cleared away.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from synthesis.errors import BusyError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


_STAGE = ".stage"


@contextmanager
def only_writer(path: Path, doing: str) -> Iterator[None]:
    """Hold the lock file ``path`` while something is written.

    The operating system drops the lock of a program that has ended, however it ended, so a file left behind by one
    that was killed stands in nobody's way.

    Parameters
    ----------
    path : Path
        Made if it is not there, removed at the end.
    doing : str
        What is done, for the message others get.

    Raises
    ------
    BusyError
        If another program holds it; the message says which and what it is doing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _locked(path)
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{doing} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        with suppress(OSError):
            path.unlink()
            path.parent.rmdir()  # if nothing else was put there
        os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            if not _lock(descriptor):
                said = os.read(descriptor, 200).decode(errors="replace") or "another program"
                raise BusyError(f"{said} is at work here ({path}); wait until it has finished, then try again")
            # Whoever held it before may have removed the file between our opening and locking it.
            with suppress(FileNotFoundError):
                if os.path.samestat(path.stat(), os.fstat(descriptor)):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder``, which is not there yet, with these files: all of it, or nothing.

    Raises
    ------
    FileExistsError
        If something is there already.
    """
    if os.path.lexists(folder):
        raise FileExistsError(f"{folder} exists")
    clear_away(folder.parent, folder.name)
    stage = _stage(folder, files)
    try:
        stage.rename(folder)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _flush(folder.parent)


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put ``files`` in place of whatever ``folder`` holds, as a whole.

    They are written and flushed to a staging folder beside it, which is then renamed. A run that fails leaves the
    old folder. A run that is killed leaves the old folder or the new one; should it be killed between the two
    renames, the next run puts the old one back before it starts. What killed runs have left is removed.
    """
    old = _old(folder)
    restore(folder)
    clear_away(folder.parent, folder.name)
    stage = _stage(folder, files)
    try:
        _exchange(stage, folder, old)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def restore(folder: Path) -> None:
    """Put back the folder that a run, killed while it replaced it, had set aside."""
    if _old(folder).exists() and not folder.exists():
        _old(folder).rename(folder)


def clear_away(parent: Path, name: str = "*") -> None:
    """Remove the staging folders that killed runs have left in ``parent``. Whoever calls it is the only writer.

    Parameters
    ----------
    parent : Path
    name : str
        Of the folder they were to become; every one by default.
    """
    for left in parent.glob(f".{name}.*{_STAGE}"):
        shutil.rmtree(left, ignore_errors=True)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _stage(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A hidden folder beside ``folder`` with the files, on disk; nothing is left of it if that fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=_STAGE, dir=folder.parent))
    try:
        for name, content in files.items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        stage.chmod(0o755)
        _flush(stage)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    return stage


def _flush(folder: Path) -> None:
    """Have the names in a folder on disk too; not every system lets folders be opened for that."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _exchange(stage: Path, folder: Path, old: Path) -> None:
    """Rename ``folder`` to ``old`` and ``stage`` to ``folder``; if the second fails, undo the first."""
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        stage.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise
