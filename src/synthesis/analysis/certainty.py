"""What people judged about the certainty of one question, beside the facts as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from synthesis.analysis.model import Certainty, Direction, DomainCertainty, PerThousand
from synthesis.certainty.domains import DOMAINS
from synthesis.certainty.prompts import Absolute, Body, Prompt, prompts
from synthesis.certainty.sizes import size_of
from synthesis.effects.model import Effects
from synthesis.evidence.judgement import CertaintyJudgement, DomainKey
from synthesis.evidence.question import Question, Thresholds, Vocabulary
from synthesis.evidence.study import Study
from synthesis.formatting import integer
from synthesis.pooling.model import Pooled


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


def certainty_of(
    evidence: Records,
    question: Question,
    effects: Effects,
    pooled: Pooled | None,
    absolute: PerThousand | None,
    directions: tuple[Direction, ...],
) -> Certainty:
    """The judgement in a question's record with the facts of every domain as they are now.

    Parameters
    ----------
    evidence : Evidence
    question : Question
    effects, pooled, absolute, directions
        What the question's plan gave.
    """
    body = Body(
        question=question, effects=effects, pooled=pooled, directions=directions, studies=evidence.studies,
        vocabulary=evidence.vocabulary,
        absolute=None if absolute is None else Absolute(
            baseline_risk=absolute.baseline_risk, difference=absolute.difference, low=absolute.low, high=absolute.high
        ),
    )  # fmt: skip
    judged, thresholds = question.certainty, question.thresholds
    return Certainty(
        status=judged.status,
        level=judged.level,
        start=None if judged.start is None else judged.start.level,
        start_reason="" if judged.start is None else judged.start.reason,
        reason=judged.reason or "",
        domains=tuple(_domain(judged, prompt) for prompt in prompts(body, DOMAINS).values()),
        size=None if absolute is None or thresholds is None else size_of(absolute.difference, thresholds),
        thresholds="" if thresholds is None else _in_words(thresholds),
        by=judged.by,
        on=judged.on,
    )


def _domain(judged: CertaintyJudgement, prompt: Prompt) -> DomainCertainty:
    label = DOMAINS[prompt.domain].label
    rating = judged.domains.get(prompt.domain)
    if rating is None:
        return DomainCertainty(domain=prompt.domain, label=label, facts=prompt.facts)
    return DomainCertainty(
        domain=prompt.domain, label=label, facts=prompt.facts, change=rating.change, reason=rating.reason,
        by=rating.by, on=rating.on, stale=rating.facts_hash != prompt.facts_hash,
    )  # fmt: skip


def changed_facts(question: Question, certainty: Certainty) -> dict[DomainKey, dict[str, tuple[str, str]]]:
    """For each stale domain, the facts that differ: what was seen and what is found now ("" where there is none)."""
    found: dict[DomainKey, dict[str, tuple[str, str]]] = {}
    for item in certainty.domains:
        if not item.stale:
            continue
        seen = question.certainty.domains[item.domain].facts
        names = [*item.facts, *(name for name in seen if name not in item.facts)]
        pairs = {name: (seen.get(name, ""), item.facts.get(name, "")) for name in names}
        found[item.domain] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return found


def _in_words(thresholds: Thresholds) -> str:
    small, moderate, large = (integer(value) for value in (thresholds.small, thresholds.moderate, thresholds.large))
    return f"{small}, {moderate} and {large} people per 1,000. {thresholds.why}"
