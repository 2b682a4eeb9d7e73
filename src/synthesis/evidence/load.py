"""From a folder of record files to one ``Evidence``, with everything that is wrong with it.

One bad record never hides the others: each file is read, parsed and validated alone, and what could not be used is
listed as problems beside what could.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.base import Record
from synthesis.evidence.checks import check
from synthesis.evidence.claim import ClaimFile, Claims
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence, RecordFile
from synthesis.evidence.explain import explain, nearest
from synthesis.evidence.question import Briefing, Question, Vocabulary
from synthesis.evidence.record_files import decode, read_bytes, record_names, shown, visible
from synthesis.evidence.source import Source
from synthesis.evidence.standards import Standard, StandardsFile
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
    with no_collection():
        evidence, problems = read(root)
        problems = (*problems, *check(evidence))
    if problems:
        raise EvidenceError(problems)
    return evidence


def read(root: Path, *, only: Container[str] | None = None) -> tuple[Evidence, tuple[Problem, ...]]:
    """The records in ``root`` that could be read, and a problem for each thing that stood in the way.

    What is wrong between records (a word that is not in the vocabulary, numbers that contradict each other) is
    ``checks.check``'s to find.

    Parameters
    ----------
    root : Path
        Folder with ``studies/``, ``sources/``, ``questions/`` and ``vocabulary.yaml``.
    only : container of str or None
        Relative paths of the files to open; None for every one. The others are known by name.
    """
    with no_collection():
        return _read(Path(root), only)


@contextmanager
def no_collection() -> Iterator[None]:
    """Records that are read and checked are not garbage: to look for some among them takes a third longer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(root: Path, only: Container[str] | None) -> tuple[Evidence, tuple[Problem, ...]]:
    files: dict[str, RecordFile] = {}
    problems: list[Problem] = list(_overlooked(root))
    unusable: list[str] = []
    unopened: list[str] = []
    digest = hashlib.sha256()
    for place, model in _record_places(root, problems):
        name = visible(place)
        if only is not None and name not in only:
            unopened.append(name)
            continue
        try:
            data = read_bytes(root / place, root=root, file=name)
            # Lengths keep two different folders from being the same run of bytes.
            digest.update(f"{len(name)} {len(data)} {name}".encode() + data)
            files[name], found = _record(data, model, name)
            problems += found
        except EvidenceError as error:
            problems += error.problems
            unusable.append(name)
    evidence = Evidence(
        root=root,
        files=MappingProxyType(files),
        content_hash=digest.hexdigest(),
        unusable=tuple(unusable),
        unopened=tuple(unopened),
    )
    return evidence, tuple(sorted(problems))


def with_file(evidence: Evidence, file: str, data: bytes) -> tuple[Evidence, tuple[Problem, ...]]:
    """The evidence as it would be with ``data`` in one of its record files, and what is wrong in that file.

    Nothing is written. Where the record cannot be used, ``evidence`` is given back without it.

    Parameters
    ----------
    evidence : Evidence
    file : str
        Path relative to the evidence folder, for example ``studies/manning2012.yaml``; it need not be there yet.
    data : bytes
        What the file would hold.
    """
    files = dict(evidence.files)
    files.pop(file, None)
    problems: tuple[Problem, ...] = ()
    try:
        files[file], problems = _record(data, FOLDERS[file.split("/")[0]], file)
    except EvidenceError as error:
        problems = error.problems
    digest = hashlib.sha256(f"{evidence.content_hash} {len(data)} {file}".encode() + data)
    ordered = MappingProxyType(dict(sorted(files.items())))
    unusable = tuple(name for name in evidence.unusable if name != file) + (() if file in files else (file,))
    changed = Evidence(root=evidence.root, files=ordered, content_hash=digest.hexdigest(), unusable=unusable)
    return changed, problems


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
    folder = path.absolute().parent.name
    if briefing.id != folder:
        fix = "name the folder after the id, or correct the id"
        raise EvidenceError(
            [file.problem("id", "id-not-folder", found=repr(briefing.id), allowed=repr(folder), fix=fix)]
        )
    return briefing


def read_claims(path: Path) -> ClaimFile:
    """The claims of a briefing, from ``briefings/<id>/claims.yaml``.

    Raises
    ------
    EvidenceError
        With every problem found in the file.
    """
    path = Path(path)
    name = f"{path.parent.name}/{path.name}"
    file, problems = _record(read_bytes(path, root=path.parent, file=name), Claims, name)
    claims = file.record
    assert isinstance(claims, Claims)
    ids = [claim.id for claim in claims.claims]
    repeated = [
        file.problem(
            f"claims[{index}].id",
            "duplicate-id",
            found=repr(claim),
            allowed="an id that no other claim of the briefing has",
            fix="rename one of them",
        )
        for index, claim in enumerate(ids)
        if claim in ids[:index]
    ]
    if problems or repeated:
        raise EvidenceError([*problems, *repeated])
    return ClaimFile(claims=claims, file=name, line=file.tree.line)


def read_standards(path: Path) -> StandardsFile:
    """What a briefing says of reporting standards, from ``briefings/<id>/standards.yaml``.

    Raises
    ------
    EvidenceError
        With every problem found in the file.
    """
    path = Path(path)
    name = f"{path.parent.name}/{path.name}"
    file, problems = _record(read_bytes(path, root=path.parent, file=name), StandardsFile, name)
    if problems:
        raise EvidenceError(problems)
    assert isinstance(file.record, StandardsFile)
    return file.record


def read_standard(path: Path) -> Standard:
    """A reporting standard, from one of the files that ship with the package."""
    file, problems = _record(read_bytes(path, root=path.parent, file=path.name), Standard, path.name)
    if problems:
        raise EvidenceError(problems)
    assert isinstance(file.record, Standard)
    return file.record


# A project is read again and again while it is edited, and all of its files but one are as they were.
@lru_cache(maxsize=2048)
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


def _record_places(root: Path, problems: list[Problem]) -> list[tuple[str, type[Record]]]:
    """Every record file by its relative path, in order; entries that are none are added to ``problems``."""
    found: list[tuple[str, type[Record]]] = []
    for folder, model in FOLDERS.items():
        for entry in record_names(root / folder, root):
            if isinstance(entry, Problem):
                problems.append(entry)
            else:
                found.append((f"{folder}/{entry}", model))
    if os.path.isdir(root):  # noqa: PTH112 - Path.is_dir raises where the folder above may not be entered
        found.append((VOCABULARY_FILE, Vocabulary))
    return sorted(found, key=lambda item: item[0])


def record_files(root: Path) -> list[tuple[Path, type[Record]]]:
    """Every record file in ``root`` with its kind, in order of relative path."""
    return [(Path(root) / place, model) for place, model in _record_places(Path(root), [])]


def _overlooked(root: Path) -> list[Problem]:
    """A problem if ``root`` is no folder, and for each entry in it that looks like records under another name."""
    try:
        entries = sorted(root.iterdir())
    except OSError as error:
        found = f"{root.as_posix()}: {error.strerror or 'it cannot be read'}"
        allowed = "a folder with studies, sources, questions and vocabulary.yaml"
        return [_about(".", "no-folder", found, allowed, "name the evidence folder")]
    known = (*FOLDERS, *BESIDE, VOCABULARY_FILE)
    problems = []
    for path in entries:
        if path.name not in known and not path.name.startswith(".") and path.suffix != ".md":
            near = nearest(path.name, known)
            fix = f"did you mean {near!r}?" if near else "move it elsewhere"
            allowed = f"{', '.join(known)} and text in *.md"
            problems.append(_about(shown(path, root), "not-a-record", repr(path.name), allowed, fix))
    return problems


def _about(file: str, code: str, found: str, allowed: str, fix: str) -> Problem:
    return Problem(file=file, line=1, field="", code=code, found=found, allowed=allowed, fix=fix)


# What each folder holds.
FOLDERS: Mapping[str, type[Record]] = MappingProxyType({"questions": Question, "sources": Source, "studies": Study})

# What may stand beside the records: files that are evidence in another form, and a folder that is none.
BESIDE_FILES = ("retractions.csv",)
BESIDE = ("schema", *BESIDE_FILES)

__all__ = ["FOLDERS", "Evidence", "load", "read", "read_briefing", "read_claims", "record_files", "with_file"]
