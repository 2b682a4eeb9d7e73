"""Which results answer a question: by rule, with a reason for everything the rule reached but left out.

A result is reached when its outcome is the question's and it compares the question's two sides. Reached results are
left out for their design, their time, an exception in the question, or because the extractor marked them as not
poolable; each of these is listed. Results that were not reached are not listed: they answer another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthesis.evidence.question import CategoryWord, Question, Vocabulary
from synthesis.evidence.study import Result, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A result that answers the question, with the arms on each side.

    ``intervention`` and ``comparator`` hold arm ids; both are empty where the result's sides are not arms of the
    record (it then names its ``comparison`` itself).
    """

    study: Study
    result: Result
    intervention: tuple[str, ...]
    comparator: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A result the rule reached but did not select, with a code and the reason in words."""

    study: Study
    result: Result
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Candidates by study, in order of study id, each study's best candidate first; and what was left out."""

    candidates: tuple[tuple[Candidate, ...], ...]
    left_out: tuple[LeftOut, ...]


def within(categories: Mapping[str, CategoryWord], wanted: Iterable[str]) -> frozenset[str]:
    """The categories named in ``wanted`` and everything the vocabulary puts under them."""
    found = set(wanted)
    grown = True
    while grown:
        below = {key for key, word in categories.items() if word.broader in found}
        grown = not below <= found
        found |= below
    return frozenset(found)


def select(studies: Iterable[Study], question: Question, vocabulary: Vocabulary) -> Selection:
    """The results that answer ``question``.

    Parameters
    ----------
    studies : iterable of Study
    question : Question
        Its ``intervention``, ``comparator``, ``outcome``, ``window_months``, ``designs``, ``exclude`` and
        ``plan.timepoint`` are the rule.
    vocabulary : Vocabulary
        Says which arm categories lie under which.

    Returns
    -------
    Selection
    """
    one = within(vocabulary.arm_categories, question.intervention.category)
    other = within(vocabulary.arm_categories, question.comparator.category)
    candidates: list[tuple[Candidate, ...]] = []
    left_out: list[LeftOut] = []
    for study in sorted(studies, key=lambda item: item.id):
        kept: list[Candidate] = []
        for result in study.results:
            candidate = _reach(study, result, question, one, other)
            if candidate is None:
                continue
            refusal = _refuse(candidate, question, vocabulary)
            if refusal is None:
                kept.append(candidate)
            else:
                left_out.append(LeftOut(study=study, result=result, code=refusal[0], reason=refusal[1]))
        if kept:
            candidates.append(tuple(sorted(kept, key=lambda item: _rank(item, question))))
    return Selection(candidates=tuple(candidates), left_out=tuple(left_out))


def _reach(
    study: Study, result: Result, question: Question, one: frozenset[str], other: frozenset[str]
) -> Candidate | None:
    if result.outcome not in question.outcome:
        return None
    if result.comparison is not None:
        reached = result.comparison[0] in one and result.comparison[1] in other
        return Candidate(study=study, result=result, intervention=(), comparator=()) if reached else None
    intervention = tuple(arm.id for arm in study.arms if arm.category in one)
    comparator = tuple(arm.id for arm in study.arms if arm.category in other and arm.id not in intervention)
    if not intervention or not comparator:
        return None
    return Candidate(study=study, result=result, intervention=intervention, comparator=comparator)


def _refuse(candidate: Candidate, question: Question, vocabulary: Vocabulary) -> tuple[str, str] | None:
    study, result = candidate.study, candidate.result
    if study.retraction is not None and study.retraction.use == "exclude":
        return "retracted", f"retracted: {study.retraction.reason}"
    for exception in question.exclude:
        if exception.study == study.id and exception.result in (None, result.id):
            return "exception", exception.reason
    if study.design not in question.designs:
        return (
            "design",
            f"{vocabulary.designs[study.design].label} (designs the question takes: {_labels(question, vocabulary)})",
        )
    months = result.timepoint_months
    low, high = question.window_months
    if months is None and question.timepoint_unknown == "exclude":
        return "time-unknown", "no time of measurement is recorded"
    if months is not None and not low <= months <= high:
        return "window", f"measured at {months:g} months; the question takes {_window(low, high)}"
    if result.poolable == "no" and question.plan.synthesis == "meta-analysis":
        return "not-poolable", result.poolable_note or "direction only, without numbers that could be pooled"
    return None


def _window(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _labels(question: Question, vocabulary: Vocabulary) -> str:
    return ", ".join(vocabulary.designs[key].label.lower() for key in question.designs)


def _rank(candidate: Candidate, question: Question) -> tuple[float, int, int]:
    """Best first: by time as the plan says, then by the order of the question's outcomes, then as recorded."""
    months = candidate.result.timepoint_months
    time = float("inf") if months is None else (-months if question.plan.timepoint == "longest" else months)
    return time, question.outcome.index(candidate.result.outcome), candidate.study.results.index(candidate.result)
