"""The evidence as it was known at a date: a view chosen by the dates of the records, nothing copied.

A study is known once its first report is published; results that were read in a later report are left out until that
report is. What a source says about its own later fate is left out, unless the source that took its place is known too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from synthesis.errors import UnknownKeyError
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.edition import Scope, last_day
from synthesis.evidence.judgement import CertaintyJudgement
from synthesis.evidence.question import Question
from synthesis.evidence.source import Source, Updates
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Node, Tree

_RESULT = re.compile(r"^results\[(\d+)\]")


def as_of(evidence: Evidence, scope: Scope) -> Evidence:
    """The part of the evidence that lies in ``scope``; ``evidence`` itself where that is all of it.

    Parameters
    ----------
    evidence : Evidence
        Checked as a whole: a part may lack what other records refer to.
    scope : Scope

    Raises
    ------
    UnknownKeyError
        If ``scope.not_judged`` names a question that there is not.
    """
    if scope.whole:
        return evidence
    for key in scope.not_judged:
        if key not in evidence.questions:
            raise UnknownKeyError("question", key, evidence.questions)
    kept: dict[str, RecordFile] = {}
    for name, file in evidence.files.items():
        inside = _inside(file, scope)
        if inside is not None:
            kept[name] = inside
    sources = frozenset(file.record.id for file in kept.values() if isinstance(file.record, Source))
    files = {name: _without_later(file, sources, scope) for name, file in kept.items()}
    known = (f"{file.record.id}" for file in evidence.files.values() if isinstance(file.record, Study | Source))
    held = {file.record.id for file in files.values() if isinstance(file.record, Study | Source)}
    written = f"{evidence.content_hash} {scope.model_dump_json()}"
    return replace(
        evidence,
        files=MappingProxyType(files),
        content_hash=sha256(written.encode()).hexdigest(),
        not_in_scope=frozenset(key for key in known if key not in held),
    )


def in_scope(evidence: Evidence, keys: Iterable[str]) -> tuple[str, ...]:
    """Those of some studies and sources that are in this part of the evidence, in the order given.

    Raises
    ------
    UnknownKeyError
        For an id that is not in the whole evidence either.
    """
    here = {*evidence.studies, *evidence.sources}
    wanted = tuple(keys)
    for key in wanted:
        if key not in here and key not in evidence.not_in_scope:
            raise UnknownKeyError("study or source", key, here | evidence.not_in_scope)
    return tuple(key for key in wanted if key in here)


def _inside(file: RecordFile, scope: Scope) -> RecordFile | None:
    """The file as far as it lies in the scope; None where none of it does."""
    record = file.record
    if not isinstance(record, Study | Source):
        return file
    if scope.added_to is not None and last_day(record.added) > last_day(scope.added_to):
        return None
    if scope.published_to is None:
        return file
    if isinstance(record, Source):
        return file if _by(record.reference.issued or _year(record.year), scope.published_to) else None
    known = {report.id for report in record.reports if _by(report.issued, scope.published_to)}
    if not known:
        return None
    places = [i for i, result in enumerate(record.results) if result.where.report in known]
    return file if len(places) == len(record.results) else _with_results(file, record, places)


def _by(issued: str | None, limit: str) -> bool:
    return issued is not None and last_day(issued) <= last_day(limit)


def _year(year: int | None) -> str | None:
    return None if year is None else str(year)


def _with_results(file: RecordFile, study: Study, places: list[int]) -> RecordFile:
    """The record with only some of its results, each still knowing the line it stands on."""
    moved = {old: new for new, old in enumerate(places)}
    lines: dict[str, int] = {}
    for path, line in file.tree.lines.items():
        found = _RESULT.match(path)
        if found is None:
            lines[path] = line
        elif int(found[1]) in moved:
            lines[f"results[{moved[int(found[1])]}]{path[found.end() :]}"] = line
    written = file.tree.data.get("results")
    data: dict[str, Node] = dict(file.tree.data)
    if isinstance(written, list):
        data["results"] = [written[place] for place in places]
    record = study.model_copy(update={"results": tuple(study.results[place] for place in places)})
    return replace(file, record=record, tree=Tree(data=data, lines=MappingProxyType(lines)))


def _without_later(file: RecordFile, sources: frozenset[str], scope: Scope) -> RecordFile:
    record = file.record
    if isinstance(record, Source) and scope.published_to is not None and record.updates is not None:
        newer = record.updates.superseded_by
        updates = Updates(superseded_by=newer) if newer in sources else None
        return replace(file, record=record.model_copy(update={"updates": updates}))
    if isinstance(record, Question) and record.id in scope.not_judged:
        return replace(file, record=record.model_copy(update={"certainty": CertaintyJudgement()}))
    return file
