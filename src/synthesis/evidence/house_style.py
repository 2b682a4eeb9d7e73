"""Every record file of a folder in canonical form, or the list of those that are not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from synthesis.errors import EvidenceError, Problem, UsageError
from synthesis.evidence.base import Record
from synthesis.evidence.canonical import formatted
from synthesis.evidence.load import FOLDERS, record_files
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.record_files import decode, read_bytes, shown
from synthesis.evidence.save import fingerprint, write_record


def format_records(root: Path, files: Iterable[Path] = (), *, write: bool) -> tuple[str, ...]:
    """Names of the files that are not in canonical form; with ``write`` they are now.

    Parameters
    ----------
    root : Path
        The evidence folder.
    files : iterable of Path
        Only these; all records if empty.
    write : bool

    Raises
    ------
    UsageError
        If a file is not a record's.
    EvidenceError
        With every file that cannot be read; the others have been written.
    """
    changed: list[str] = []
    problems: list[Problem] = []
    for path, model in [(path, _model(path)) for path in files] or record_files(root):
        absolute = path.absolute()
        name = shown(absolute, root.absolute()) if absolute.is_relative_to(root.absolute()) else path.name
        try:
            data = read_bytes(path, root=path.parent, file=name)
            text = formatted(decode(data, name), model, name)
        except EvidenceError as error:
            problems += error.problems
            continue
        if text.encode() != data:
            changed.append(name)
            if write:
                write_record(path, text, seen=fingerprint(data))
    if problems:
        raise EvidenceError(problems)
    return tuple(changed)


def _model(path: Path) -> type[Record]:
    """The kind of record in ``path``, by the folder it lies in."""
    if path.name == "vocabulary.yaml":
        return Vocabulary
    folder = path.resolve().parent.name
    if path.suffix != ".yaml" or folder not in FOLDERS:
        raise UsageError(f"{path} is not a record; records are the *.yaml files in {', '.join(sorted(FOLDERS))}")
    return FOLDERS[folder]
