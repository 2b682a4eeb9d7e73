"""The bytes of a record file, taken only from a place and of a kind that a record can be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from synthesis.errors import EvidenceError, Problem
from synthesis.formatting import integer

# Names that Windows keeps for devices, whatever follows after a point.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{digit}" for digit in range(10)), *(f"lpt{digit}" for digit in range(10))}
)

# The largest record there is has about 30 kB.
MOST_BYTES = 1_000_000


def read_bytes(path: Path, *, root: Path, file: str) -> bytes:
    """The content of ``path``, at most ``MOST_BYTES``; nothing larger is read into memory.

    Parameters
    ----------
    path : Path
        The file.
    root : Path
        The folder the file must really lie in, links followed.
    file : str
        How the file is called in problems.

    Raises
    ------
    EvidenceError
        If it is not an ordinary readable file inside ``root``, or too large.
    """
    try:
        real = Path(os.path.realpath(path, strict=True))
        inside = real.is_relative_to(os.path.realpath(root, strict=True))
        status = real.stat()
        if not inside:
            raise _error(file, "outside", "a link that leads out of the folder", "files in it", "copy the file here")
        if not stat.S_ISREG(status.st_mode):  # checked before opening: opening a pipe would wait for ever
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or pipe"
            raise _error(file, "not-a-file", kind, "an ordinary file", "rename or remove it")
        if status.st_size > MOST_BYTES:
            raise _too_large(file, status.st_size)
        with real.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _error(file, "missing-file", "no such file", "a record in it", "add the file") from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise _error(
            file, "unreadable", reason, "a readable file", "check that it exists and who may read it"
        ) from None
    if len(data) > MOST_BYTES:
        raise _too_large(file, len(data))
    return data


def decode(data: bytes, file: str) -> str:
    """The text in ``data``; a byte order mark at the start is dropped.

    Raises
    ------
    EvidenceError
        If it is not UTF-8, naming the byte and its position.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts positions from after the mark, if there is one.
        position = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        found = f"byte 0x{data[position]:02X} at position {integer(position + 1)}, which is not UTF-8"
        problem = Problem(
            file=file, line=data.count(b"\n", 0, position) + 1, field="", code="not-utf-8", found=found,
            allowed="text in UTF-8", fix="save the file as UTF-8",
        )  # fmt: skip
        raise EvidenceError([problem]) from None


def shown(path: Path, root: Path) -> str:
    """``path`` relative to ``root``, with characters that cannot be printed written as escapes."""
    return visible(path.relative_to(root).as_posix())


def visible(name: str) -> str:
    """``name`` with characters that cannot be printed written as escapes."""
    if name.isprintable():
        return name
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)


def record_names(folder: Path, root: Path) -> Iterator[str | Problem]:
    """The ``*.yaml`` entries of ``folder`` by name, in order, and a problem for each entry that would be overlooked.

    Hidden entries and ``*.md`` files may lie beside the records. A folder that does not exist holds no records.
    """
    if not os.path.lexists(folder):
        return
    file = shown(folder, root)
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            yield _problem(file, "not-a-folder", "something that is not a folder", "a folder", "rename or remove it")
            return
        if not folder.resolve().is_relative_to(root.resolve()):
            fix = "copy the records here"
            yield _problem(file, "outside", "a link that leads out of the folder", "a folder", fix)
            return
        entries = sorted(os.listdir(folder))  # noqa: PTH208 - ten thousand names: a Path each takes longer than a file
    except (OSError, RuntimeError) as error:  # resolve() reports a circle of links as a RuntimeError
        reason = getattr(error, "strerror", None) or "it cannot be read"
        yield _problem(file, "unreadable", reason, "a readable folder", "check what it is and who may read it")
        return
    for name in entries:
        if name.endswith(".yaml") and name != ".yaml":
            yield name
        elif not name.startswith(".") and not name.endswith(".md"):
            fix = "rename it to end in .yaml, or move it elsewhere"
            where = shown(folder / name, root)
            yield _problem(where, "not-a-record", f"{name!r} among the records", "files named <id>.yaml", fix)


def _problem(file: str, code: str, found: str, allowed: str, fix: str) -> Problem:
    return Problem(file=file, line=1, field="", code=code, found=found, allowed=allowed, fix=fix)


def _error(file: str, code: str, found: str, allowed: str, fix: str) -> EvidenceError:
    return EvidenceError([_problem(file, code, found, allowed, fix)])


def _too_large(file: str, size: int) -> EvidenceError:
    found = f"{integer(size)} bytes"
    return _error(file, "too-large", found, f"at most {integer(MOST_BYTES)} bytes", "is this a record? split it if so")
