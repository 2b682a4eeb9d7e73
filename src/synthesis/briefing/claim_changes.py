"""Bound sentences of two states: which are new, gone, or say something else, and whether they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthesis.briefing.claims import holds, parse
from synthesis.briefing.facts import Fact
from synthesis.changes.model import LABELS, ClaimChange, Label, QuestionChange
from synthesis.document.markdown import slot_names
from synthesis.errors import ClaimError
from synthesis.evidence.claim import Claim

_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What a sentence becomes when it is reworded because a question it rests on changed in this way.
_FOLLOWS: Mapping[Label, Label] = {
    "reversed": "reversed", "weaker": "weaker", "stronger": "stronger", "new": "stronger", "withdrawn": "weaker",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The claims of one state and the named numbers they read."""

    claims: Mapping[str, Claim]
    facts: Mapping[str, Fact]


def claim_changes(before: Said, after: Said, questions: Iterable[QuestionChange]) -> tuple[ClaimChange, ...]:
    """Every claim of either state.

    A sentence that reads the same is unchanged. One that reads otherwise has the label of the question it rests on,
    the most serious of several; where no such question changed, other numbers alone leave it unchanged and other words
    are wording only.
    """
    labels = {item.question: item.label for item in questions}
    keys = [*after.claims, *(key for key in before.claims if key not in after.claims)]
    return tuple(_change(key, before, after, labels) for key in keys)


def _change(key: str, before: Said, after: Said, labels: Mapping[str, Label]) -> ClaimChange:
    old, new = before.claims.get(key), after.claims.get(key)
    one = "" if old is None else filled(old, before.facts)
    two = "" if new is None else filled(new, after.facts)
    names = {name: None for claim in (old, new) if claim is not None for name in read_by(claim)}
    questions = tuple(dict.fromkeys(name.split(".")[0] for name in names if name.split(".")[0] in labels))
    return ClaimChange(
        claim=key, before=one, after=two, questions=questions, label=_label(old, new, one == two, questions, labels),
        numbers={} if old is None or new is None else _moved(names, before.facts, after.facts),
    )  # fmt: skip


def _label(
    old: Claim | None, new: Claim | None, same: bool, questions: Iterable[str], labels: Mapping[str, Label]
) -> Label:
    if old is None or new is None:
        return "new" if old is None else "withdrawn"
    if same:
        return "unchanged"
    follows = {_FOLLOWS[labels[key]] for key in questions if labels[key] in _FOLLOWS}
    if follows:
        return min(follows, key=LABELS.index)
    return "unchanged" if old.says == new.says else "wording-only"


def _moved(names: Iterable[str], before: Mapping[str, Fact], after: Mapping[str, Fact]) -> dict[str, tuple[str, str]]:
    pairs = {name: tuple(facts[name].text if name in facts else "" for facts in (before, after)) for name in names}
    return {name: (one, two) for name, (one, two) in pairs.items() if one != two}


def read_by(claim: Claim) -> tuple[str, ...]:
    """The named numbers that a claim's conditions and slots read, as far as they can be made out."""
    found = dict.fromkeys(slot_names(claim.says))
    for text in claim.when:
        try:
            found[parse(text).fact] = None
        except ClaimError:
            continue
    return tuple(found)


def filled(claim: Claim, facts: Mapping[str, Fact]) -> str:
    """A claim as printed; a slot that nothing fills is left as it is."""
    return _SLOT.sub(lambda slot: facts[slot[1]].text if slot[1] in facts else slot[0], claim.says)


def broken(claim: Claim, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Why a claim may not be printed: each condition that fails, and each name that is not known."""
    found = [f"{name} is not a named number" for name in slot_names(claim.says) if name not in facts]
    for text in claim.when:
        try:
            condition = parse(text)
            if not holds(condition, facts):
                then = claim.seen.get(condition.fact)
                was = f"was {then} when it was written, " if then else ""
                now = facts[condition.fact].text
                found.append(f"{condition.fact} must be {condition.sign} {condition.other}; {was}is {now} now")
        except ClaimError as error:
            found.append(str(error))
    return tuple(found)
