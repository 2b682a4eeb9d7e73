"""Zip files from elsewhere: nothing is written to disk, no name leads out, and no small file becomes a large one."""

from __future__ import annotations

import io
import zipfile
import zlib

from synthesis.errors import ImportProblem
from synthesis.exchange.reading import safe_name
from synthesis.formatting import integer

MOST_ENTRIES = 2_000
# All entries together, unpacked. A real package has a few megabytes.
MOST_UNPACKED = 100_000_000
# Text packs ten to one; a bomb a thousand to one.
MOST_RATIO = 200
# A package holds a zip with the data; nothing lies deeper.
DEEPEST = 2


def unpack(data: bytes, name: str) -> dict[str, bytes]:
    """Every file in a zip, and in the zips inside it, by its path; read into memory.

    Raises
    ------
    ImportProblem
        If it is no zip, is damaged or encrypted, names a path outside itself, or would unpack to too much.
    """
    found: dict[str, bytes] = {}
    _unpack(data, safe_name(name), "", 1, found)
    return found


def _unpack(data: bytes, name: str, prefix: str, depth: int, found: dict[str, bytes]) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ImportProblem(f"{name} holds {integer(len(entries))} files; at most {integer(MOST_ENTRIES)}")
            for entry in entries:
                if not entry.is_dir():
                    content = _content(archive, entry, name, sum(map(len, found.values())))
                    path = prefix + _path(entry.filename, name)
                    if path.lower().endswith(".zip") and depth < DEEPEST:
                        _unpack(content, safe_name(path), f"{path}/", depth + 1, found)
                    else:
                        found[path] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise ImportProblem(f"{name} is not a zip that can be read ({error}): export it again") from None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, so_far: int) -> bytes:
    """What is in one entry, read no further than is allowed, whatever its header says."""
    if entry.flag_bits & 1:
        raise ImportProblem(f"{name} is encrypted: unpack it and pack it again without a password")
    most = min(MOST_UNPACKED - so_far, max(1_000_000, MOST_RATIO * max(entry.compress_size, 1)))
    with archive.open(entry) as stream:
        content = stream.read(max(most, 0) + 1)
    if len(content) > most:
        raise ImportProblem(
            f"{name} unpacks to far more than a review holds ({safe_name(entry.filename)}): it is refused as a zip bomb"
        )
    return content


def _path(filename: str, name: str) -> str:
    parts = filename.replace("\\", "/").split("/")
    if filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in filename:
        raise ImportProblem(f"{name} names a path outside itself ({safe_name(filename)!r}): it is refused")
    return "/".join(part for part in parts if part not in {"", "."})
