"""One changed record, checked without reading all the others as records.

Most of what can be wrong with a record can be seen in it. What cannot (a publication entered twice, a family of one,
a result that a question names and that is gone) can be seen beside the few records that have a name in common with
it, and those are found by looking through the text of the others. Text can hide a name (written as an escape, broken
over two lines), so the check of the whole folder has the last word.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from synthesis.errors import Problem, UsageError
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence
from synthesis.evidence.load import FOLDERS, read
from synthesis.evidence.record_files import MOST_BYTES
from synthesis.evidence.study import Study

# Problems that lie between two records: they matter to the changed one even where they are found in the other.
BETWEEN = frozenset({"duplicate-id", "shared-identifier", "unknown-result", "unknown-study", "unknown-source"})

_WORD = re.compile(rb"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_near(root: Path, files: Iterable[Path]) -> tuple[Evidence, tuple[Problem, ...], frozenset[str]]:
    """The named records with those that share a name with one of them; every other one is known by its file only.

    Parameters
    ----------
    root : Path
        The evidence folder.
    files : iterable of Path
        Record files in it.

    Returns
    -------
    evidence : Evidence
        ``unopened`` lists what was left out.
    problems : tuple of Problem
        As ``load.read`` gives them.
    names : frozenset of str
        The named files, relative to ``root``.

    Raises
    ------
    UsageError
        If a file is not a record file of ``root``.
    """
    root = Path(root).resolve()
    names = frozenset(_name(root, Path(file)) for file in files)
    named, _ = read(root, only=names | {VOCABULARY_FILE})
    texts = dict(_texts(root))
    shared = _shared(named, names)
    wanted = {name for name, text in texts.items() for low in (text.lower(),) if any(part in low for part in shared)}
    stems = {name.split("/")[1].removesuffix(".yaml").encode(): name for name in texts}
    wanted |= {stems[word] for name in names for word in _WORD.findall(texts.get(name, b"")) if word in stems}
    evidence, problems = read(root, only=names | wanted | {VOCABULARY_FILE})
    return evidence, problems, names


def concerns(problem: Problem, names: frozenset[str]) -> bool:
    """Whether a problem found in what ``read_near`` gives is one of the files that were named."""
    return problem.file in names or problem.code in BETWEEN


def _name(root: Path, file: Path) -> str:
    """``file`` relative to ``root``; it may have been named from the working folder or from ``root``."""
    for path in (file, root / file):
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed: the reader judges them
        if absolute.is_relative_to(root) and os.path.lexists(absolute):
            name = absolute.relative_to(root)
            if name.as_posix() == VOCABULARY_FILE or (name.suffix == ".yaml" and name.parent.as_posix() in FOLDERS):
                return name.as_posix()
    raise UsageError(
        f"{file} is no record in {root.name}/: name a file of {', '.join(f'{root.name}/{name}/' for name in FOLDERS)} "
        f"or {root.name}/{VOCABULARY_FILE}; without a file everything is checked"
    )


def _shared(evidence: Evidence, names: frozenset[str]) -> frozenset[bytes]:
    """What another record about the same study, family or publication would have in its text, in small letters."""
    found: set[str | None] = set()
    for name in names & evidence.files.keys():
        record = evidence.files[name].record
        found.add(getattr(record, "id", None))
        if isinstance(record, Study):
            found.add(record.family)
            found.update(value for report in record.reports for value in (report.doi, report.pmid))
    return frozenset(value.lower().encode() for value in found if value)


def _texts(root: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of every ordinary record file; those of anything else are empty, the reader will say what it is."""
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            continue
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.endswith(".yaml"):
                    ordinary = entry.is_file(follow_symlinks=False) and entry.stat().st_size <= MOST_BYTES
                    yield f"{folder}/{entry.name}", _bytes(entry.path) if ordinary else b""


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - ten thousand files: a Path each takes as long as reading it
            return stream.read()
    except OSError:
        return b""
