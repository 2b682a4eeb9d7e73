"""Every file that an edition is made from, in one archive: the same files give the same bytes."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from synthesis.errors import EditionError
from synthesis.evidence.collection import VOCABULARY_FILE
from synthesis.evidence.load import BESIDE_FILES, FOLDERS
from synthesis.evidence.question import Briefing

# Larger than any archive of plain text there is, and small enough to refuse one made to fill the disk.
MOST_BYTES = 200_000_000


def input_files(root: Path, briefing: Briefing) -> dict[str, bytes]:
    """Everything a briefing is made from, by path below ``root``: records, definition, claims, notebook.

    Parameters
    ----------
    root : Path
        The project's folder.
    briefing : Briefing
        As the edition has it: its notebooks may differ from the planned ones.
    """
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(_paths(root, briefing))}


def _paths(root: Path, briefing: Briefing) -> Iterator[Path]:
    evidence = root / "evidence"
    for name in (VOCABULARY_FILE, *BESIDE_FILES):
        if (evidence / name).is_file():
            yield evidence / name
    for folder in FOLDERS:
        yield from (path for path in (evidence / folder).glob("*.yaml") if path.is_file())
    yield from (root / "briefings" / briefing.id).glob("*.yaml")
    yield from (root / path for path in (briefing.notebook, briefing.annex) if path is not None)


def unpack(content: bytes, where: str) -> dict[str, bytes]:
    """The files in an archive, by path.

    Raises
    ------
    EditionError
        If it is not an archive, a path in it leads elsewhere, or it is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise EditionError(f"{where} holds more than {MOST_BYTES // 1_000_000} MB; it is not unpacked")
            names = [entry.filename for entry in entries]
            for name in names:
                if not _stays_inside(name):
                    raise EditionError(f"{where} holds {name!r}, which does not lie in a project; it is not unpacked")
            if len(set(names)) != len(names):
                raise EditionError(f"{where} holds a file twice; it is not unpacked")
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise EditionError(f"{where} cannot be unpacked: {error}") from None


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    plain = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
    return plain and "\\" not in name and ":" not in name and path.parts[:1] != (".",)


def write_project(files: Mapping[str, bytes], target: Path) -> Path:
    """Write a project into ``target``, which is made, and must hold nothing if it is there."""
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    for folder in ("evidence", "briefings", "notebooks"):
        (target / folder).mkdir()
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


def copy_edition(folder: Path, target: Path) -> None:
    """Put an edition's folder into another project, where the next edition looks for it."""
    shutil.copytree(folder, target / "briefings" / folder.parent.name / folder.name)
