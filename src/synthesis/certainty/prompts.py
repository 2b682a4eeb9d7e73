"""What the evidence shows on each domain of GRADE: facts for people to judge by. No level is proposed.

A prompt is data. Its facts are text as printed, so that a change nobody could see leaves a judgement standing, and
their fingerprint is stored with the judgement that was made on them.

Vocabulary
----------
body of evidence : the studies that answer one question, pooled or shown as directions.
prompt : the facts for one domain, with a plain sentence on each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from synthesis.effects.model import Effects
from synthesis.evidence.judgement import DomainKey, facts_hash
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.study import Study
from synthesis.pooling.model import Pooled
from synthesis.registry import Registry

HOME = "GB"


class Pointing(Protocol):
    """One result that is shown as a direction."""

    @property
    def study(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def n(self) -> float | None: ...
    @property
    def adjusted(self) -> bool | None: ...
    @property
    def ratio(self) -> float | None: ...
    @property
    def timepoint_months(self) -> float | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """An effect in people per 1,000 at a baseline risk (a share), with its limits."""

    baseline_risk: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of evidence on one question.

    Attributes
    ----------
    question : Question
    effects : Effects
    pooled : Pooled or None
        The plan's result; None where nothing was pooled.
    absolute : Absolute or None
    directions : tuple of Pointing
        For synthesis without meta-analysis.
    studies : mapping of str to Study
    vocabulary : Vocabulary
    """

    question: Question
    effects: Effects
    pooled: Pooled | None
    absolute: Absolute | None
    directions: tuple[Pointing, ...]
    studies: Mapping[str, Study]
    vocabulary: Vocabulary

    @property
    def empty(self) -> bool:
        """Whether there is nothing whose certainty could be judged."""
        return self.pooled is None and not self.directions


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the evidence shows on one domain.

    Attributes
    ----------
    domain : DomainKey
    facts : dict of str to str
        What was found, as printed, by what it is.
    sentences : tuple of str
        What a person should ask themselves with these facts in view. Not part of the fingerprint.
    """

    domain: DomainKey
    facts: dict[str, str]
    sentences: tuple[str, ...]

    @property
    def facts_hash(self) -> str:
        """Fingerprint of the facts."""
        return facts_hash(self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One domain of GRADE.

    Attributes
    ----------
    key, label : str
    ask : tuple of str
        What the judgement is about.
    pooled, directions : callable
        The facts, from a body that was pooled and from one that is shown as directions.
    reference : str
    """

    key: DomainKey
    label: str
    ask: tuple[str, ...]
    pooled: Callable[[Body, Pooled], dict[str, str]]
    directions: Callable[[Body], dict[str, str]]
    reference: str


def prompts(body: Body, domains: Registry[Domain]) -> dict[DomainKey, Prompt]:
    """The prompt of every domain; none for a body without evidence.

    Parameters
    ----------
    body : Body
    domains : Registry of Domain
        ``domains.DOMAINS``.
    """
    if body.empty:
        return {}
    return {
        domain.key: Prompt(
            domain=domain.key,
            facts=domain.directions(body) if body.pooled is None else domain.pooled(body, body.pooled),
            sentences=domain.ask,
        )
        for domain in domains.values()
    }
