"""How our evidence stands to what somebody else says: computed, so that nobody has to remember to look again.

Vocabulary
----------
asserts : what a statement says, or takes for granted, of a question's outcome: more of it with the intervention, less,
    no difference, or that it is not settled.
relation : one entry of ``RELATIONS``. Evidence of very low certainty settles nothing, whatever its interval: it can
    only lean one way or the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from synthesis.analysis.directions import by_study
from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.effects.measures import MEASURES
from synthesis.errors import AnalysisError, Problem
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Thresholds
from synthesis.evidence.source import Asserts, RelationKey, Source
from synthesis.registry import Registry

STALE = "stale-relation"
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One way in which our evidence can stand to a statement, and the words for it."""

    key: RelationKey
    words: str


def relation_of(asserts: Asserts, analysis: Analysis, thresholds: Thresholds | None = None) -> Relation:
    """How the evidence of one question stands to a statement about its outcome.

    Parameters
    ----------
    asserts : {"more", "less", "no-difference", "unsettled"}
    analysis : Analysis
    thresholds : Thresholds or None
        Those of the question. Without them our evidence is never said to show that there is no difference.

    Returns
    -------
    Relation
        ``supports`` where both say the same; ``exceeds`` where the statement leaves open what our evidence settles;
        ``contradicts`` where the two settle it differently; ``leans-same`` or ``leans-other`` where ours does not
        settle it; ``not-tested`` where we hold nothing.
    """
    leans = _leans(analysis)
    if leans == "nothing":
        return RELATIONS["not-tested"]
    settled = _settled(analysis, thresholds)
    if settled == asserts:
        return RELATIONS["supports"]
    if settled == "unsettled":
        return RELATIONS["leans-same" if leans == asserts else "leans-other"]
    return RELATIONS["exceeds" if asserts == "unsettled" else "contradicts"]


def _settled(analysis: Analysis, thresholds: Thresholds | None) -> Asserts:
    """What our evidence settles: the side of no difference on which the whole interval lies."""
    pooled, people = analysis.pooled, analysis.per_thousand
    if pooled is None or analysis.certainty.level in (None, "very-low"):
        return "unsettled"
    if (
        thresholds is not None
        and people is not None
        and -thresholds.small < people.low <= people.high < thresholds.small
    ):
        return "no-difference"
    null = MEASURES[analysis.measure].null
    if pooled.ci.low > null:
        return "more"
    return "less" if pooled.ci.high < null else "unsettled"


def _leans(analysis: Analysis) -> Asserts | Literal["nothing"]:
    """Which way the estimate points, or most studies where nothing is pooled; better counts as more."""
    if analysis.pooled is not None:
        above = analysis.pooled.estimate - MEASURES[analysis.measure].null
    elif analysis.directions:
        ways = list(by_study(analysis.directions).values())
        above = ways.count("better") - ways.count("worse")
    else:
        return "nothing"
    return "no-difference" if above == 0 else "more" if above > 0 else "less"


def check_relations(evidence: Evidence) -> tuple[Problem, ...]:
    """Every judged relation that is no longer the one computed, and every number typed into its words.

    A question that cannot be analysed is left to the checks that say why.
    """
    return tuple(_stale(evidence))


def _stale(evidence: Evidence) -> Iterator[Problem]:
    analyses: dict[str, Analysis] = {}
    for file, source in evidence.of(Source):
        for i, statement in enumerate(source.statements):
            for j, bearing in enumerate(statement.bears_on):
                path = f"statements[{i}].bears_on[{j}]"
                if number := _NUMBER.search(bearing.says):
                    fix = "leave the number to the results, which are bound to records"
                    yield file.problem(f"{path}.says", "unbound-number", found=number[0], allowed="words", fix=fix)
                question = evidence.questions[bearing.question]
                try:
                    analysis = _analysed(evidence, question.id, analyses)
                except AnalysisError:
                    continue
                now = relation_of(bearing.asserts, analysis, question.thresholds)
                if now.key != bearing.relation:
                    yield file.problem(
                        f"{path}.relation",
                        STALE,
                        found=bearing.relation,
                        allowed=f"{now.key!r}: {now.words.lower()}",
                        fix="write what that means for the statement, sign it with by and on, and set the relation",
                    )


def _analysed(evidence: Evidence, question: str, done: dict[str, Analysis]) -> Analysis:
    if question not in done:
        done[question] = analyse(evidence, question)
    return done[question]


RELATIONS: Registry[Relation] = Registry(
    "relation",
    (
        Relation(key="supports", words="Says the same"),
        Relation(key="exceeds", words="Settles what this leaves open"),
        Relation(key="contradicts", words="Says otherwise"),
        Relation(key="leans-same", words="Points the same way, without settling it"),
        Relation(key="leans-other", words="Does not settle it, and does not point the same way"),
        Relation(key="not-tested", words="We hold no study that tests it"),
    ),
)
