"""The working tree for a preview: everything that is sound, and what is wrong with the rest.

A record with a problem does not keep the rest from being previewed. It stands as it was in the version compared with,
or is left out if it was not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthesis.analysis.problems import record_problems
from synthesis.briefing.states import State
from synthesis.changes.model import Version
from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.as_of import as_of
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.load import read
from synthesis.evidence.project import open_briefing, open_claims
from synthesis.evidence.question import Briefing, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A state made of what is sound.

    Attributes
    ----------
    state : State
    problems : tuple of Problem
        Everything that is wrong; ``synthesis check`` finds the same.
    aside : dict of str to str
        Files that are not in the state as they are written, and what stands in their place.
    """

    state: State
    problems: tuple[Problem, ...]
    aside: Mapping[str, str]


def held_now(root: Path, briefing: str, version: Version, before: State | None) -> Held:
    """What is sound in a working tree, beside an earlier state of it.

    Raises
    ------
    EvidenceError
        If the briefing's definition cannot be read and there is no earlier one.
    """
    found, problems = read(root / "evidence")
    wrong = [*problems, *record_problems(found)]
    earlier = {} if before is None else before.evidence.files
    evidence, aside = _sound(found, {problem.file for problem in wrong}, earlier)
    definition, claims = _definition(root, briefing, before, wrong, aside)
    state = State(version=version, evidence=as_of(evidence, definition.issue.scope), briefing=definition, claims=claims)
    return Held(state=state, problems=tuple(sorted(wrong)), aside=aside)


def _sound(found: Evidence, bad: set[str], earlier: Mapping[str, RecordFile]) -> tuple[Evidence, dict[str, str]]:
    if not bad:
        return found, {}
    files = {name: file for name, file in found.files.items() if name not in bad}
    aside: dict[str, str] = {}
    for name in sorted(bad):
        aside[name] = _stand_in(name, files, earlier)
    studies = {file.stem for name, file in files.items() if name.startswith("studies/")}
    for name, file in list(files.items()):
        if isinstance(file.record, Question) and not set(_named_in(file.record)) <= studies:
            del files[name]
            aside[name] = _stand_in(name, files, earlier, needing="a study that is left out; ")
    return found.with_files(dict(sorted(files.items()))), aside


def _stand_in(name: str, files: dict[str, RecordFile], earlier: Mapping[str, RecordFile], needing: str = "") -> str:
    if name in earlier:
        files[name] = earlier[name]
        return f"{needing and 'names '}{needing}taken as it was"
    return f"{needing and 'names '}{needing}left out"


def _named_in(question: Question) -> Iterator[str]:
    """Studies that a question's analyses name: without them it cannot be analysed."""
    for variant in question.sensitivity:
        yield from (*variant.without, *variant.only)
    for choice in question.choices:
        for alternative in choice.alternatives:
            yield from alternative.without


def _definition(
    root: Path, briefing: str, before: State | None, wrong: list[Problem], aside: dict[str, str]
) -> tuple[Briefing, ClaimFile | None]:
    folder = root / "briefings" / briefing
    try:
        definition = open_briefing(briefing, root)
    except EvidenceError as error:
        if before is None:
            raise
        definition = before.briefing
        _set_aside(error.problems, wrong, aside)
    try:
        claims = open_claims(briefing, root) if (folder / "claims.yaml").is_file() else None
    except EvidenceError as error:
        claims = None if before is None else before.claims
        _set_aside(error.problems, wrong, aside)
    return definition, claims


def _set_aside(problems: Iterable[Problem], wrong: list[Problem], aside: dict[str, str]) -> None:
    for problem in problems:
        wrong.append(problem)
        aside[problem.file] = "taken as it was"
