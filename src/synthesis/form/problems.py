"""What is wrong with a record, as ``synthesis check`` finds it, told at its field of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthesis.analysis.problems import record_problems
from synthesis.errors import Problem
from synthesis.evidence.checks import CHECKS, check
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence
from synthesis.form.draft import in_page

MISSING = "missing-field"
# Problems that say only that something is still to be filled in.
_STILL_EMPTY = frozenset({MISSING, "list-length", "quote-note-missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """A problem at its place in the page; ``empty`` where something is only still to be filled in."""

    path: str
    text: str
    code: str
    empty: bool


def checked(evidence: Evidence, file: str) -> tuple[Problem, ...]:
    """Everything that ``synthesis check`` finds in one file of the evidence."""
    alone = {name: evidence.files[name] for name in (VOCABULARY_FILE, file) if name in evidence.files}
    others = tuple(name for name in evidence.files if name not in alone)
    own = Evidence(root=evidence.root, files=alone, content_hash="", unopened=others)
    # What may lie between records is looked for in all of them; what is worked out for each, in this one alone.
    worked_out = (problem for problem in record_problems(own) if problem.code not in CHECKS)
    found = {*worked_out, *check(evidence)}
    return tuple(sorted(problem for problem in found if problem.file == file))


def at_its_place(problem: Problem, paths: Mapping[str, str]) -> FieldProblem:
    """A problem in the page's words, at the page's path; ``paths`` is that of ``draft.pruned``."""
    empty = problem.code in _STILL_EMPTY
    if problem.code == MISSING:
        text = "Still to be filled in."
    else:
        allowed = f" Allowed: {problem.allowed}." if problem.allowed else ""
        text = f"Found {problem.found}.{allowed} {problem.fix[:1].upper()}{problem.fix[1:]}."
    return FieldProblem(path=in_page(problem.field, paths), text=text, code=problem.code, empty=empty)
