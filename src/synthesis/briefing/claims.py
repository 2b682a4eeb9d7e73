"""Bound claims: a sentence is printed only while the named numbers it rests on meet its conditions.

A claim whose condition fails stops the build. The message names the claim, its file and line, what the number was when
the sentence was written and what it is now, and the sentence the result itself would give.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from synthesis.briefing.facts import Fact
from synthesis.briefing.lint import CLAIM, lint_claim
from synthesis.document.markdown import slot_names
from synthesis.errors import ClaimError, unknown
from synthesis.evidence.claim import Claim, ClaimFile
from synthesis.formatting import long_date

_CONDITION = re.compile(r"^\s*([\w.-]+?)\s*(<=|>=|==|!=|<|>)\s*(\S.*?)\s*$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A comparison of one named number with a number, a word or another named number."""

    fact: str
    sign: str
    other: str


def parse(text: str) -> Condition:
    """A condition from its text.

    Raises
    ------
    ClaimError
        If it is not a comparison.
    """
    found = _CONDITION.match(text)
    if found is None:
        raise ClaimError(
            f"{text!r} is not a condition; write a named number, one of {' '.join(_COMPARE)}, and a number, a word or "
            "another named number, for example 'cocaine-abstinence.estimate < 1'"
        )
    return Condition(fact=found[1], sign=found[2], other=found[3])


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Whether a condition holds on unrounded values.

    Raises
    ------
    ClaimError
        If a name is not known, or words are compared by size.
    """
    if condition.fact not in facts:
        raise ClaimError(unknown("named number", condition.fact, facts))
    left = facts[condition.fact].value
    right = _other(condition.other, facts)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _COMPARE[condition.sign](left, right)
    if condition.sign not in ("==", "!="):
        raise ClaimError(f"{condition.fact} is {left!r}; words can be compared with == and != only")
    return (str(left) == str(right)) == (condition.sign == "==")


def _other(text: str, facts: Mapping[str, Fact]) -> float | str | None:
    if _NUMBER.match(text):
        return float(text)
    return facts[text].value if text in facts else text


def bound(held: ClaimFile, facts: Mapping[str, Fact], *, issued: str, allowed: Mapping[str, str]) -> dict[str, str]:
    """The text of every claim, by id, with slots still in it; waived claims say so.

    Parameters
    ----------
    held : ClaimFile
    facts : mapping of str to Fact
    issued : str
        ISO date of issue, against which waivers expire.
    allowed : mapping of str to str
        By question, the sentence its result gives now.

    Raises
    ------
    ClaimError
        With every claim that does not hold.
    """
    texts: dict[str, str] = {}
    failures: list[str] = []
    for index, claim in enumerate(held.claims.claims):
        where = f"{held.file}:{held.line(f'claims[{index}]')}: claim {claim.id!r}"
        failed, broken = _failed(claim, facts)
        failures += [f"{where}: {text}" for text in (*broken, *lint_claim(claim.says))]
        if failed and not _waived(claim, issued):
            failures.append(_message(where, claim, failed, facts, allowed))
        texts[claim.id] = claim.says + (_waiver_text(claim) if failed else "")
    if failures:
        noun = "claim is" if len(failures) == 1 else "claims are"
        raise ClaimError(f"{len(failures)} {noun} not supported by the evidence\n" + "\n".join(failures))
    return texts


def _failed(claim: Claim, facts: Mapping[str, Fact]) -> tuple[list[Condition], list[str]]:
    failed: list[Condition] = []
    broken = [unknown("slot", name, facts) for name in slot_names(claim.says) if name not in facts]
    for text in claim.when:
        try:
            condition = parse(text)
            if not holds(condition, facts):
                failed.append(condition)
        except ClaimError as error:
            broken.append(str(error))
    return failed, broken


def _waived(claim: Claim, issued: str) -> bool:
    return claim.waiver is not None and date.fromisoformat(issued) <= date.fromisoformat(claim.waiver.until)


def _waiver_text(claim: Claim) -> str:
    if claim.waiver is None:
        return ""
    until = long_date(date.fromisoformat(claim.waiver.until))
    return f" **This sentence is under review until {until}: {claim.waiver.reason}**"


def _message(
    where: str, claim: Claim, failed: Iterable[Condition], facts: Mapping[str, Fact], allowed: Mapping[str, str]
) -> str:
    lines = [f"{where} no longer holds: {claim.says}"]
    questions: dict[str, None] = {}
    for condition in failed:
        then = claim.seen.get(condition.fact)
        was = f"was {then} when it was written, " if then else ""
        lines.append(
            f"  {condition.fact} must be {condition.sign} {condition.other}; {was}is {facts[condition.fact].text} now"
        )
        questions[condition.fact.split(".")[0]] = None
    lines += [f"  the result of {name} now reads: {allowed[name]}" for name in questions if name in allowed]
    if claim.waiver is not None:
        lines.append(f"  its waiver ended on {claim.waiver.until}")
    lines.append("  change the sentence and its conditions, or add a dated waiver with a reason")
    return "\n".join(lines)


def expand(markdown: str, claims: Mapping[str, str]) -> str:
    """Prose with each ``{{ claim:<id> }}`` replaced by the claim's text.

    Raises
    ------
    ClaimError
        If there is no such claim; the message names the nearest.
    """

    def text(found: re.Match[str]) -> str:
        if found[1] not in claims:
            raise ClaimError(unknown("claim", found[1], claims))
        return claims[found[1]]

    return CLAIM.sub(text, markdown)
