"""Writing a record: whole or not at all, only under a name every computer can hold, and never over another's work."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from synthesis.errors import ConflictError, UsageError
from synthesis.evidence.base import Record
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.record_files import RESERVED

if sys.platform != "win32":
    import fcntl

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 80


def record_path(folder: Path, record_id: str) -> Path:
    """The file of a record in ``folder``.

    Raises
    ------
    UsageError
        If the id is not one that a file on every computer can be named after.
    """
    if not _ID.fullmatch(record_id) or len(record_id) > LONGEST_ID:
        raise UsageError(
            f"{record_id[:LONGEST_ID]!r} cannot be the id of a record; allowed: small letters and digits, with single "
            f"hyphens between, at most {LONGEST_ID} of them, such as manning2012"
        )
    if record_id in RESERVED:
        raise UsageError(f"{record_id!r} cannot be the id of a record: Windows keeps this name for a device")
    return folder / f"{record_id}.yaml"


def fingerprint(data: bytes | str) -> str:
    """SHA-256 of a file's content: what a writer has to have seen."""
    return sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def write_record(path: Path, record: Record | str, *, seen: str | None) -> str:
    """Write one record's file.

    Parameters
    ----------
    path : Path
        Where; its folder is made if it is not there.
    record : Record or str
        The record, or its text from ``canonical_text``. Of a record the comments in the file that stands there are
        kept.
    seen : str or None
        ``fingerprint`` of the file as the writer read it; None if there was none.

    Returns
    -------
    str
        The fingerprint of what was written.

    Raises
    ------
    ConflictError
        If the file is another one now. It is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(path.parent):
        held = path.read_bytes() if os.path.lexists(path) else None
        if (None if held is None else fingerprint(held)) != seen:
            raise ConflictError(_conflict(path, held, seen))
        like = "" if held is None else held.decode("utf-8-sig")
        text = record if isinstance(record, str) else canonical_text(record, like=like)
        replace_file(path, text.encode())
    return fingerprint(text)


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path`` in one step, so that nobody ever reads half a file."""
    # A hidden file is not taken for a record if this is interrupted.
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".saving", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _conflict(path: Path, held: bytes | None, seen: str | None) -> str:
    if held is None:
        return f"{path.name} was deleted after it was read. Nothing was written: decide whether it should come back"
    if seen is None:
        return f"{path.name} exists already. Nothing was written: open that record instead, or choose another id"
    return (
        f"{path.name} was changed by somebody else after it was read. Nothing was written: "
        "load it again and make your change to what stands there now"
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Only one writer at a time between looking at a file and replacing it."""
    if sys.platform == "win32":  # there a file that is open cannot be replaced, which is as good
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
