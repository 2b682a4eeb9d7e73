"""All records of one evidence folder together, each with the file and the lines it was read from."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from synthesis.errors import Problem, UnknownKeyError
from synthesis.evidence.base import Record
from synthesis.evidence.by_id import ById
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Node, Tree
from synthesis.formatting import plural

VOCABULARY_FILE = "vocabulary.yaml"
VOCABULARY_STEM = "vocabulary"

# What stands in for a vocabulary that could not be read, so that the records can still be checked for other things.
_NO_VOCABULARY = Vocabulary(
    schema_version=1, outcomes={}, arm_categories={}, designs={}, substances={}, topics={}, reviews={}
)

AnyRecord = TypeVar("AnyRecord", Study, Source, Question)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """A record as the models hold it and as it was written.

    Attributes
    ----------
    file : str
        Path relative to the evidence folder.
    record : Record
    tree : Tree
        The text of every field and its line.
    """

    file: str
    record: Record
    tree: Tree

    @property
    def stem(self) -> str:
        """The file's name without ``.yaml``."""
        return PurePosixPath(self.file).stem

    def problem(self, path: str, code: str, *, found: str, allowed: str, fix: str) -> Problem:
        """A problem with the field at ``path``."""
        line = self.tree.line(path)
        return Problem(file=self.file, line=line, field=path, code=code, found=found, allowed=allowed, fix=fix)

    def printed(self, path: str) -> Node:
        """What stands at a dotted path such as ``results[0].printed[0].ci[1]``, as text; None where nothing does."""
        here: Node = self.tree.data
        for part in path.replace("[", ".[").split("."):
            if part.startswith("["):
                index = int(part[1:-1])
                here = here[index] if isinstance(here, list) and index < len(here) else None
            elif part:
                here = here.get(part) if isinstance(here, dict) else None
        return here


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """Studies, sources, questions and vocabulary of one folder.

    Attributes
    ----------
    root : Path
        The folder.
    files : mapping of str to RecordFile
        Every record that could be read, by relative path, in order.
    content_hash : str
        SHA-256 over the sorted relative paths and the bytes of all record files.
    unusable : tuple of str
        Record files that could not be used.
    unopened : tuple of str
        Record files that were left out on purpose and are known by name only; empty unless a part was asked for.
    not_in_scope : frozenset of str
        Ids of the studies and sources that an ``as_of`` left out.
    studies, sources, questions : mapping of str to record
        By id, in order of id.
    vocabulary : Vocabulary
        Empty if there is none that could be read.
    """

    root: Path
    files: Mapping[str, RecordFile]
    content_hash: str
    unusable: tuple[str, ...] = ()
    unopened: tuple[str, ...] = ()
    not_in_scope: frozenset[str] = frozenset()
    studies: ById[Study] = field(init=False)
    sources: ById[Source] = field(init=False)
    questions: ById[Question] = field(init=False)
    vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        words = self.files.get(VOCABULARY_FILE)
        vocabulary = words.record if words is not None else _NO_VOCABULARY
        object.__setattr__(self, "studies", _by_id("study", self.of(Study)))
        object.__setattr__(self, "sources", _by_id("source", self.of(Source)))
        object.__setattr__(self, "questions", _by_id("question", self.of(Question)))
        object.__setattr__(self, "vocabulary", vocabulary)

    @property
    def demonstration(self) -> tuple[str, ...]:
        """Ids of the studies and sources that are made up; with any of them, what is made here is no evidence."""
        records: tuple[Study | Source, ...] = (*self.studies.values(), *self.sources.values())
        return tuple(record.id for record in records if record.demonstration)

    def of(self, kind: type[AnyRecord]) -> Iterator[tuple[RecordFile, AnyRecord]]:
        """Files that hold a record of one kind, with the record, in order of path."""
        for file in self.files.values():
            if isinstance(file.record, kind):
                yield file, file.record

    def unread_ids(self, folder: str) -> frozenset[str]:
        """The ids that records of ``folder`` which are not held should have, going by their file names."""
        files = (*self.unusable, *self.unopened)
        return frozenset(file[len(folder) + 1 : -len(".yaml")] for file in files if file.startswith(f"{folder}/"))

    def line(self, file: str, path: str = "") -> int:
        """Line of the field at ``path`` in ``file``, or of the nearest field around it.

        Parameters
        ----------
        file : str
            Relative path, for example ``studies/manning2012.yaml``.
        path : str
            Dotted path, for example ``results[0].printed[0].arms.peer.events``.

        Raises
        ------
        UnknownKeyError
            If there is no record in that file.
        """
        if file not in self.files:
            raise UnknownKeyError("record file", file, self.files)
        return self.files[file].tree.line(path)

    def place(self, record: Study | Source | Question | Vocabulary, path: str = "") -> str:
        """File and line of a field of ``record``, as ``studies/manning2012.yaml:41``.

        Raises
        ------
        UnknownKeyError
            If the record is not one of this folder.
        """
        for name, file in self.files.items():
            if file.record is record:
                return f"{name}:{file.tree.line(path)}"
        raise UnknownKeyError(
            "record", getattr(record, "id", "vocabulary"), [file.stem for file in self.files.values()]
        )

    def without(self, *records: str) -> Evidence:
        """The evidence as if some studies, sources or questions had never been recorded.

        Parameters
        ----------
        records : str
            Their ids.

        Raises
        ------
        UnknownKeyError
            If one of them is not there.
        """
        known = {file.stem for file in self.files.values()} - {VOCABULARY_STEM}
        for name in records:
            if name not in known:
                raise UnknownKeyError("record", name, known)
        kept = {name: file for name, file in self.files.items() if file.stem not in records}
        return self.with_files(kept)

    def with_files(self, files: Mapping[str, RecordFile]) -> Evidence:
        """Evidence of these files in place of its own; its content hash says that it is not what lies in the folder."""
        said = "".join(f"{name}\n{file.record.model_dump_json()}\n" for name, file in sorted(files.items()))
        return Evidence(
            root=self.root, files=MappingProxyType(dict(files)), content_hash=sha256(said.encode()).hexdigest()
        )

    def __repr__(self) -> str:
        return f"Evidence({self._counts()}; {self.root.as_posix()}, {self.content_hash[:12]})"

    def _repr_html_(self) -> str:
        rows = (
            ("Studies", len(self.studies)),
            ("Results", sum(len(study.results) for study in self.studies.values())),
            ("Sources", len(self.sources)),
            ("Questions", len(self.questions)),
            *((("Demonstration data, made up", len(self.demonstration)),) if self.demonstration else ()),
        )
        cells = "".join(f'<tr><th scope="row">{html.escape(name)}</th><td>{count}</td></tr>' for name, count in rows)
        return f"<table><caption>Evidence {self.content_hash[:12]}</caption><tbody>{cells}</tbody></table>"

    def _counts(self) -> str:
        studies = plural(len(self.studies), "study", "studies")
        sources = plural(len(self.sources), "source")
        return f"{studies}, {sources}, {plural(len(self.questions), 'question')}"


def _by_id(kind: str, records: Iterator[tuple[RecordFile, AnyRecord]]) -> ById[AnyRecord]:
    """Records by id; of two with one id, which is a problem of its own, the one in the file of that name counts."""
    found: dict[str, AnyRecord] = {}
    for file, record in records:
        if record.id not in found or file.stem == record.id:
            found[record.id] = record
    return ById(kind, found.items())
