"""From a folder of record files to one ``Evidence``, with everything that is wrong with it.

One bad record never hides the others: each file is read, parsed and validated alone, and what could not be used is
listed as problems beside what could.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.base import Record
from synthesis.evidence.checks import check
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence, RecordFile
from synthesis.evidence.explain import explain, nearest
from synthesis.evidence.question import Briefing, Question, Vocabulary
from synthesis.evidence.record_files import decode, read_bytes, record_paths
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import parse

_Model = TypeVar("_Model", bound=Record)


def load(root: Path) -> Evidence:
    """The evidence in ``root``, if there is nothing wrong with it.

    Parameters
    ----------
    root : Path
        Folder with ``studies/``, ``sources/``, ``questions/`` and ``vocabulary.yaml``.

    Raises
    ------
    EvidenceError
        With every problem found, in the files and between them.
    """
    evidence, problems = read(root)
    problems = (*problems, *check(evidence))
    if problems:
        raise EvidenceError(problems)
    return evidence


def read(root: Path) -> tuple[Evidence, tuple[Problem, ...]]:
    """The records in ``root`` that could be read, and a problem for each thing that stood in the way.

    What is wrong between records (a word that is not in the vocabulary, numbers that contradict each other) is
    ``checks.check``'s to find.

    Parameters
    ----------
    root : Path
        Folder with ``studies/``, ``sources/``, ``questions/`` and ``vocabulary.yaml``.
    """
    root = Path(root)
    files: dict[str, RecordFile] = {}
    problems: list[Problem] = list(_overlooked(root))
    unusable: list[str] = []
    digest = hashlib.sha256()
    for path, model in _record_paths(root, problems):
        name = path.relative_to(root).as_posix()
        try:
            data = read_bytes(path, root=root, file=name)
            # Lengths keep two different folders from being the same run of bytes.
            digest.update(f"{len(name.encode())} {len(data)} {name}".encode("utf-8", "surrogateescape") + data)
            files[name], found = _record(data, model, name)
            problems += found
        except EvidenceError as error:
            problems += error.problems
            unusable.append(name)
    evidence = Evidence(
        root=root, files=MappingProxyType(files), content_hash=digest.hexdigest(), unusable=tuple(unusable)
    )
    return evidence, tuple(sorted(problems))


def read_briefing(path: Path) -> Briefing:
    """The definition of a briefing, from ``briefings/<id>/briefing.yaml``.

    Raises
    ------
    EvidenceError
        With every problem found in the file.
    """
    path = Path(path)
    name = f"{path.parent.name}/{path.name}"
    file, problems = _record(read_bytes(path, root=path.parent, file=name), Briefing, name)
    if problems:
        raise EvidenceError(problems)
    briefing = file.record
    assert isinstance(briefing, Briefing)
    if briefing.id != path.resolve().parent.name:
        folder = path.resolve().parent.name
        raise EvidenceError(
            [
                Problem(
                    file=name,
                    line=file.tree.line("id"),
                    field="id",
                    code="id-not-folder",
                    found=repr(briefing.id),
                    allowed=repr(folder),
                    fix="name the folder after the id",
                )
            ]
        )
    return briefing


def _record(data: bytes, model: type[_Model], file: str) -> tuple[RecordFile, tuple[Problem, ...]]:
    """One record; problems are those that leave it usable (a repeated field).

    Raises
    ------
    EvidenceError
        If the record cannot be used.
    """
    tree, problems = parse(decode(data, file), file)
    try:
        record = model.model_validate(tree.data)
    except ValidationError as error:
        raise EvidenceError([*problems, *explain(error, model=model, tree=tree, file=file)]) from None
    return RecordFile(file=file, record=record, tree=tree), problems


def _record_paths(root: Path, problems: list[Problem]) -> list[tuple[Path, type[Record]]]:
    """Every record file in order of relative path; entries that are none are added to ``problems``."""
    found: list[tuple[Path, type[Record]]] = []
    for folder, model in FOLDERS.items():
        for entry in record_paths(root / folder, root):
            if isinstance(entry, Problem):
                problems.append(entry)
            else:
                found.append((entry, model))
    if root.is_dir():
        found.append((root / VOCABULARY_FILE, Vocabulary))
    return sorted(found, key=lambda item: item[0].relative_to(root).as_posix())


def _overlooked(root: Path) -> list[Problem]:
    """A problem if ``root`` is no folder, and for each entry in it that looks like records under another name."""
    if not root.is_dir():
        found = "something that is not a folder" if root.exists() else "nothing"
        return [
            Problem(
                file=".",
                line=1,
                field="",
                code="no-folder",
                found=f"{found} at {root.as_posix()}",
                allowed="a folder with studies, sources, questions and vocabulary.yaml",
                fix="name the evidence folder",
            )
        ]
    known = (*FOLDERS, *BESIDE, VOCABULARY_FILE)
    odd = [
        path
        for path in sorted(root.iterdir())
        if path.name not in known and not path.name.startswith(".") and path.suffix != ".md"
    ]
    return [
        Problem(
            file=path.name,
            line=1,
            field="",
            code="not-a-record",
            found=repr(path.name),
            allowed=f"{', '.join(known)} and text in *.md",
            fix=f"did you mean {near!r}?" if (near := nearest(path.name, known)) else "move it elsewhere",
        )
        for path in odd
    ]


# What each folder holds.
FOLDERS: Mapping[str, type[Record]] = MappingProxyType({"questions": Question, "sources": Source, "studies": Study})

# Folders that may stand beside the records and hold none.
BESIDE = ("schema",)

__all__ = ["FOLDERS", "Evidence", "load", "read", "read_briefing"]
