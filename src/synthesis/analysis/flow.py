"""How studies came to be in the analyses: what was searched and screened, as far as it is recorded, and what the
questions' rules then took.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from synthesis.analysis.model import Analysis
from synthesis.analysis.phrases import upper_first
from synthesis.document.results import Result
from synthesis.errors import UsageError
from synthesis.evidence.study import Study


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Counts of a search, as PRISMA 2020 asks for them; None where a number is not recorded.

    Attributes
    ----------
    databases, registers, other_methods : int or None
        Records identified, by where.
    removed : int or None
        Duplicates, and what was removed before anybody looked.
    screened, screened_out : int or None
    sought, not_retrieved : int or None
        Reports.
    assessed : int or None
        Reports read in full.
    excluded : tuple of (str, int), or None
        Reports excluded after that, by reason.
    """

    databases: int | None = None
    registers: int | None = None
    other_methods: int | None = None
    removed: int | None = None
    screened: int | None = None
    screened_out: int | None = None
    sought: int | None = None
    not_retrieved: int | None = None
    assessed: int | None = None
    excluded: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Flow(Result):
    """From a search to the studies in the analyses.

    Attributes
    ----------
    screening : Screening
    held : int
        Studies held as records.
    reached : int
        Studies with a result that at least one question's rule reached.
    left_out : tuple of (str, int)
        Studies reached by a rule and in no analysis, by reason, each under the first.
    included : int
        Studies in at least one analysis.
    by_question : tuple of (str, int)
        Title of each question, and studies in its analysis.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.described:flow"
    screening: Screening
    held: int
    reached: int
    left_out: tuple[tuple[str, int], ...]
    included: int
    by_question: tuple[tuple[str, int], ...]


def study_flow(evidence: Records, analyses: Sequence[Analysis], *, screening: Screening | None = None) -> Flow:
    """What is known of the way from a search to the analyses.

    Parameters
    ----------
    evidence : Evidence
    analyses : sequence of Analysis
        At least one; studies in several are counted once.
    screening : Screening or None
        Counts of the search. None: not recorded.

    Raises
    ------
    UsageError
        Without analyses.
    """
    if not analyses:
        raise UsageError("a flow needs at least one analysis")
    included = set().union(*(_included(analysis) for analysis in analyses))
    reasons: dict[str, str] = {}
    for analysis in analyses:
        for item in analysis.effects.excluded:
            if item.study not in included:
                reasons.setdefault(item.study, REASONS.get(item.code, upper_first(item.reason)))
    counted = Counter(reasons.values())
    return Flow(
        screening=screening or Screening(),
        held=len(evidence.studies),
        reached=len(included | reasons.keys()),
        left_out=tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
        included=len(included),
        by_question=tuple((analysis.title, len(_included(analysis))) for analysis in analyses),
    )


def _included(analysis: Analysis) -> set[str]:
    return {row.study for row in analysis.effects} | {item.study for item in analysis.directions}


# What the codes of exclusions mean for a whole study.
REASONS = {
    "design": "Design that the question does not take",
    "window": "Measured outside the question’s time",
    "time-unknown": "No time of measurement",
    "not-poolable": "No numbers that could be pooled",
    "no-usable-numbers": "No numbers that could be used",
    "recalled": "Numbers recalled, not read",
    "retracted": "Retracted",
    "exception": "Exception made by the question",
    "other-result": "Another result of the study is used",
    "same-people": "The same people are in another study",
}
