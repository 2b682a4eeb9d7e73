"""A preview as plain data: what a reviewer should see before a change is merged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from synthesis.analysis.json_numbers import spelt_out
from synthesis.changes.model import ChangeReport
from synthesis.errors import Problem
from synthesis.previews.entries import StudyPreview


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingClaim:
    """A sentence that may not be printed: where it stands, why, and what the results it rests on would say now."""

    claim: str
    place: str
    says: str
    reasons: tuple[str, ...]
    allowed: tuple[tuple[str, str], ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleJudgement:
    """A judgement whose facts are others than those it was signed on: fact, as it was seen, as it is now."""

    question: str
    title: str
    domain: str
    facts: tuple[tuple[str, str, str], ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRelation:
    """How the evidence stands to what somebody else says, where the judged words no longer fit."""

    place: str
    says: str
    judged: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything a reviewer should see before a change is merged.

    Attributes
    ----------
    title : str
        Of the briefing.
    report : ChangeReport
    checked : str
        What was checked, counted.
    problems : tuple of Problem
    aside : dict of str to str
        Files with problems, and what stands in their place here.
    impact : bool
        Whether anything that a briefing is made from says something else.
    studies : tuple of StudyPreview
    claims, judgements, relations
        What a build, or a check, would refuse.
    forests : dict of str to tuple of str
        A forest plot in lines for every question whose pooled result moved, by the question's title.
    """

    title: str
    report: ChangeReport
    checked: str
    problems: tuple[Problem, ...]
    aside: dict[str, str]
    impact: bool
    studies: tuple[StudyPreview, ...] = ()
    claims: tuple[FailingClaim, ...] = ()
    judgements: tuple[StaleJudgement, ...] = ()
    relations: tuple[StaleRelation, ...] = ()
    forests: dict[str, tuple[str, ...]]

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way of a build."""
        return not (self.problems or self.claims or self.judgements or self.relations)

    def to_dict(self) -> dict[str, Any]:
        """The preview as plain JSON data."""
        data: dict[str, Any] = spelt_out(_adapter().dump_python(self, mode="json"))
        return data


@cache
def _adapter() -> TypeAdapter[Preview]:
    return TypeAdapter(Preview)
