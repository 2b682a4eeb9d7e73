"""Judgements of certainty that no longer stand on the facts they were made on."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.analysis.certainty import changed_facts
from synthesis.analysis.run import analyse
from synthesis.errors import AnalysisError, Problem
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.question import Question

STALE = "stale-judgement"


def check_certainty(evidence: Evidence) -> tuple[Problem, ...]:
    """Every judgement whose facts have changed since it was signed.

    A question that cannot be analysed is left to the checks that say why.
    """
    found: list[Problem] = []
    for file, question in evidence.of(Question):
        if question.certainty.status == "not-yet-judged":
            continue
        try:
            analysis = analyse(evidence, question.id)
        except AnalysisError:
            continue
        changed = changed_facts(question, analysis.certainty)
        found += [_stale(file, key, pairs, question.id) for key, pairs in changed.items()]
        found += _beside_evidence(file, question, bool(analysis.certainty.domains))
    return tuple(found)


def _stale(file: RecordFile, key: str, pairs: dict[str, tuple[str, str]], question: str) -> Problem:
    name, (seen, now) = next(iter(pairs.items()))
    more = f", and {len(pairs) - 1} more" if len(pairs) > 1 else ""
    return file.problem(
        f"certainty.domains.{key}",
        STALE,
        found=f"{name}: {now or 'nothing'}{more}",
        allowed=f"the facts that were judged ({name}: {seen or 'nothing'})",
        fix=f"run synthesis judge {question}, judge again and sign",
    )


def _beside_evidence(file: RecordFile, question: Question, held: bool) -> Iterator[Problem]:
    """A judgement without evidence, or evidence where a judgement says that there is none."""
    status = question.certainty.status
    if held == (status == "judged"):
        return
    found = "studies that answer the question" if held else "no study that answers the question"
    allowed = "none, as judged" if held else "the evidence that was judged"
    fix = f"run synthesis judge {question.id}, judge again and sign"
    yield file.problem("certainty.status", STALE, found=found, allowed=allowed, fix=fix)
