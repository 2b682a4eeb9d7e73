"""What a risk-of-bias tool proposes: from answers to a level per domain, and from those to a level of the whole.

Questions are named by their number alone; their wording is to be read where the tool is published. A proposal is not
a judgement: a person may judge otherwise and says why.

Vocabulary
----------
answer : yes, probably yes, probably no, no, no information (``Y``, ``PY``, ``PN``, ``N``, ``NI``); ``NA`` where a
    question does not arise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.registry import Registry

Answers = Mapping[str, str]

YES = frozenset({"Y", "PY"})
NO = frozenset({"N", "PN"})
LOW, SOME, HIGH = "low", "some-concerns", "high"


class Unanswered(LookupError):
    """A question that a rule comes to has no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRule:
    """How a domain's level follows from answers.

    Attributes
    ----------
    questions : tuple of str
        Numbers of the questions it may come to.
    propose : callable
        From answers to a level; raises ``Unanswered``.
    """

    questions: tuple[str, ...]
    propose: Callable[[Answers], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobRules:
    """The rules of one tool.

    Attributes
    ----------
    key : str
        The tool, as in ``rob_tools.ROB_TOOLS``.
    domains : mapping of str to DomainRule
        Empty where the tool publishes none, or where its rules have not been entered; ``limits`` says which.
    overall : callable
        From the levels of all domains to the level of the whole.
    limits : str
        What is not covered, in words; "" where everything is.
    reference : str
    """

    key: str
    domains: Mapping[str, DomainRule] = field(default_factory=dict)
    overall: Callable[[tuple[str, ...]], str]
    limits: str = ""
    reference: str


def propose(tool: str, answers: Answers) -> dict[str, str | None]:
    """The level that a tool's rules propose for each of its domains.

    Parameters
    ----------
    tool : str
        Key in ``ROB_TOOLS``.
    answers : mapping of str to str
        Question number to answer.

    Returns
    -------
    dict of str to str or None
        None where the tool has no rule here, or a question that the rule comes to has no answer.

    Raises
    ------
    UnknownKeyError
        For an unknown tool.
    """
    rules = ROB_RULES[tool]
    return {domain.key: _proposed(rules.domains.get(domain.key), answers) for domain in ROB_TOOLS[tool].domains}


def propose_overall(tool: str, levels: Mapping[str, str]) -> str | None:
    """The level of the whole that follows from the levels of the domains; None while a domain has none.

    Raises
    ------
    UnknownKeyError
        For an unknown tool.
    """
    domains = [domain.key for domain in ROB_TOOLS[tool].domains]
    if any(key not in levels for key in domains):
        return None
    return ROB_RULES[tool].overall(tuple(levels[key] for key in domains))


def _proposed(rule: DomainRule | None, answers: Answers) -> str | None:
    if rule is None:
        return None
    try:
        return rule.propose(answers)
    except Unanswered:
        return None


def _answer(answers: Answers, number: str) -> str:
    if number not in answers or answers[number] == "NA":
        raise Unanswered(number)
    return answers[number]


def _yes(answers: Answers, number: str) -> bool:
    return _answer(answers, number) in YES


def _no(answers: Answers, number: str) -> bool:
    return _answer(answers, number) in NO


def _allocation(a: Answers) -> str:
    if _no(a, "1.2"):
        return HIGH
    if _yes(a, "1.2"):
        return SOME if _no(a, "1.1") or _yes(a, "1.3") else LOW
    return HIGH if _yes(a, "1.3") else SOME


def _departures(a: Answers) -> str:
    """Effect of being assigned to the intervention. The worse of what happened and how it was analysed."""
    return max(_what_happened(a), _how_analysed(a), key=(LOW, SOME, HIGH).index)


def _what_happened(a: Answers) -> str:
    if (_no(a, "2.1") and _no(a, "2.2")) or _no(a, "2.3"):
        return LOW
    if not _yes(a, "2.3") or _no(a, "2.4"):
        return SOME
    return SOME if _yes(a, "2.5") else HIGH


def _how_analysed(a: Answers) -> str:
    if _yes(a, "2.6"):
        return LOW
    return SOME if _no(a, "2.7") else HIGH


def _missing(a: Answers) -> str:
    if _yes(a, "3.1") or _yes(a, "3.2") or _no(a, "3.3"):
        return LOW
    return SOME if _no(a, "3.4") else HIGH


def _measured(a: Answers) -> str:
    if _yes(a, "4.1") or _yes(a, "4.2"):
        return HIGH
    # Without information on 4.2 the result is never at low risk, whatever the later answers.
    best = LOW if _no(a, "4.2") else SOME
    if _no(a, "4.3") or _no(a, "4.4"):
        return best
    return SOME if _no(a, "4.5") else HIGH


def _reported(a: Answers) -> str:
    if _yes(a, "5.2") or _yes(a, "5.3"):
        return HIGH
    return LOW if _no(a, "5.2") and _no(a, "5.3") and _yes(a, "5.1") else SOME


def _worst(order: tuple[str, ...]) -> Callable[[tuple[str, ...]], str]:
    return lambda levels: max(levels, key=order.index)


def _robins_2016(levels: tuple[str, ...]) -> str:
    """No information counts only where nothing is serious or critical."""
    return _worst(("low", "moderate", "no-information", "serious", "critical"))(levels)


def _questions(domain: int, count: int) -> tuple[str, ...]:
    return tuple(f"{domain}.{number}" for number in range(1, count + 1))


ROB_RULES = Registry(
    "rules of a risk-of-bias tool",
    (
        RobRules(
            key="rob2",
            domains={
                "D1": DomainRule(questions=_questions(1, 3), propose=_allocation),
                "D2": DomainRule(questions=_questions(2, 7), propose=_departures),
                "D3": DomainRule(questions=_questions(3, 4), propose=_missing),
                "D4": DomainRule(questions=_questions(4, 5), propose=_measured),
                "D5": DomainRule(questions=_questions(5, 3), propose=_reported),
            },
            overall=_worst((LOW, SOME, HIGH)),
            limits="The second domain is for the effect of assignment; rules for the effect of adhering are not held.",
            reference="Sterne et al 2019, BMJ 366:l4898",
        ),
        RobRules(
            key="robins-i",
            overall=_robins_2016,
            limits="The tool of 2016 gives guidance, not rules, from answers to domains: nothing is proposed for them.",
            reference="Sterne et al 2016, BMJ 355:i4919",
        ),
        RobRules(
            key="robins-i-v2",
            overall=_worst(("low", "low-but-confounding", "moderate", "serious", "critical")),
            limits="A draft. Its rules from answers to domains are not held; the whole is taken as its worst domain, "
            "which is to be checked against the final tool.",
            reference="riskofbias.info, ROBINS-I V2, draft of 20 November 2025",
        ),
    ),
)
