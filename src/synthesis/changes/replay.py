"""Which class of change moved a conclusion, and how far: each is replayed alone and in turn on the earlier state.

The shifts in turn add up to the whole shift by construction. The shifts alone need not: what is left is the
interaction, the part that only appears when classes come together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from synthesis.analysis.absolute import per_thousand
from synthesis.analysis.directions import directions
from synthesis.analysis.model import Certainty
from synthesis.analysis.run import effects_of, fit
from synthesis.certainty.sizes import size_of
from synthesis.changes.conclusions import SAME, conclusion, label_of, moves_of, same_result
from synthesis.changes.details import details
from synthesis.changes.model import (
    CAUSES,
    Cause,
    Conclusion,
    Difference,
    Label,
    QuestionChange,
    Shift,
)
from synthesis.changes.records import Records, mixed
from synthesis.evidence.question import Question
from synthesis.evidence.selection import select

PROGRAM = "the program computes it otherwise than it did then"
ADDED, DROPPED = "the question was added", "the question was dropped"
NONE = Shift(estimate=0.0, people=0.0)


def conclude(records: Records, key: str) -> Conclusion | None:
    """The conclusion on one question in one state; None if the briefing does not ask it.

    It is what ``analyse`` finds, without sensitivity analyses and everything else that no conclusion is made of.
    """
    if key not in records.asked:
        return None
    question = records.questions[key]
    selection = select(records.studies.values(), question, records.vocabulary)
    pools = question.plan.synthesis == "meta-analysis"
    effects = effects_of(question, selection, records.studies) if pools else None
    pooled = fit(effects, question.plan).get("plan") if effects is not None else None
    people = per_thousand(question.baseline_risk, pooled)
    judged, thresholds = question.certainty, question.thresholds
    return conclusion(
        question=key, title=question.title, wording=_wording(question), pooled=pooled, people=people,
        size=None if people is None or thresholds is None else size_of(people.difference, thresholds),
        certainty=Certainty(status=judged.status, level=judged.level).word,
        studies=() if effects is None else tuple(row.study for row in effects.rows),
        directions=() if pools else directions(selection, records.vocabulary),
    )  # fmt: skip


def _wording(question: Question) -> tuple[str, ...]:
    return (
        question.title, question.question, question.population, question.intervention.label, question.comparator.label,
        question.outcome_label,
    )  # fmt: skip


def replay(
    before: Records,
    after: Records,
    key: str,
    found: Iterable[Difference],
    *,
    frozen: tuple[Conclusion | None, Conclusion | None] = (None, None),
) -> QuestionChange:
    """One question before and after, with what each class of change does to it.

    Parameters
    ----------
    before, after : Records
    key : str
        Id of the question.
    found : iterable of Difference
        Of the two states.
    frozen : pair of Conclusion or None
        What each side printed when it was issued. Where that is not what the program finds now on the same records,
        the difference counts as method.
    """
    differing = tuple(found)
    earlier, later = conclude(before, key), conclude(after, key)
    first, last = frozen[0] or earlier, frozen[1] or later
    named = last or first
    total = _shift(first, last)
    causes = () if earlier is None or later is None else tuple(_causes(before, after, key, differing))
    if not (same_result(first, earlier) and same_result(later, last)):
        causes = _with_program(causes, _sum(_shift(first, earlier), _shift(later, last)), label_of(first, earlier))
    return QuestionChange(
        question=key, title=key if named is None else named.title, label=label_of(first, last), before=first,
        after=last, moves=moves_of(first, last), total=total,
        causes=causes or _asked(key, differing, came=first is None),
        together=_rest(total, [cause.alone for cause in causes]),
    )  # fmt: skip


def _causes(before: Records, after: Records, key: str, found: tuple[Difference, ...]) -> Iterator[Cause]:
    earlier = previous = conclude(before, key)
    later = conclude(after, key)
    present = [cause for cause in CAUSES if any(item.cause == cause for item in found)]
    for place, cause in enumerate(present):
        here = tuple(item for item in found if item.cause == cause)
        alone = conclude(mixed(before, after, [cause]), key)
        turn = conclude(mixed(before, after, present[: place + 1]), key)
        others = conclude(mixed(before, after, [other for other in present if other != cause]), key)
        # A class that acts only on what later classes bring shows when it is the one left out.
        pairs = ((earlier, alone), (previous, turn), (others, later))
        moves = not all(same_result(one, two) for one, two in pairs)
        reasons = details(before, after, key, here, moves=moves)
        if moves or reasons:
            yield Cause(
                key=cause, alone=_shift(earlier, alone), in_turn=_shift(previous, turn), moves=moves, details=reasons,
                label=label_of(earlier, alone),
            )  # fmt: skip
        previous = turn


def _with_program(causes: tuple[Cause, ...], shift: Shift, label: Label) -> tuple[Cause, ...]:
    """The causes with what the program itself changed, which is method."""
    known = {cause.key: cause for cause in causes}
    method = known.get("method")
    if method is None:
        method = Cause(key="method", alone=NONE, in_turn=NONE, moves=True, label=label)
    known["method"] = replace(
        method, alone=_sum(method.alone, shift), in_turn=_sum(method.in_turn, shift), moves=True,
        details=(*method.details, PROGRAM),
    )  # fmt: skip
    return tuple(known[key] for key in CAUSES if key in known)


def _asked(key: str, found: tuple[Difference, ...], came: bool) -> tuple[Cause, ...]:
    """The cause where a question came or went: what is asked has changed."""
    here = [item for item in found if item.record in ("briefing", f"questions/{key}") and item.cause == "scope"]
    if not here:
        return ()
    unknown = Shift(estimate=None, people=None)
    word = ADDED if came else DROPPED
    return (Cause(key="scope", alone=unknown, in_turn=unknown, label="unchanged", moves=True, details=(word,)),)


def _shift(before: Conclusion | None, after: Conclusion | None) -> Shift:
    """How far the estimate moves from one to the other; None where it cannot be said, or nothing is pooled."""
    if before is None or after is None or "pooled" not in (before.kind, after.kind):
        return Shift(estimate=None, people=None)
    comparable = before.measure == after.measure and before.kind == after.kind
    people = (before.people, after.people)
    return Shift(
        estimate=_difference(before.estimate, after.estimate) if comparable else None,
        people=_difference(*(None if one is None else one.difference for one in people)),
    )


def _difference(before: float | None, after: float | None) -> float | None:
    if before is None or after is None:
        return 0.0 if before is after else None
    return 0.0 if abs(after - before) <= SAME * max(1.0, abs(before), abs(after)) else after - before


def _sum(one: Shift, two: Shift) -> Shift:
    return Shift(estimate=_added(one.estimate, two.estimate), people=_added(one.people, two.people))


def _added(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one + two


def _rest(total: Shift, parts: list[Shift]) -> Shift:
    """What a shift has beyond its parts."""
    return Shift(
        estimate=_left(total.estimate, [part.estimate for part in parts]),
        people=_left(total.people, [part.people for part in parts]),
    )


def _left(total: float | None, parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return None if total is None or len(known) < len(parts) else _difference(sum(known), total)
