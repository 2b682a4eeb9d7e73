"""What can be computed of the items of reporting standards, from records, definition and results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from synthesis.analysis.model import Analysis
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Briefing, Question
from synthesis.formatting import plural
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is held to a standard: a briefing's definition, the evidence, and the analyses of its questions."""

    briefing: Briefing
    evidence: Evidence
    analyses: Mapping[str, Analysis]

    @property
    def questions(self) -> Iterator[Question]:
        return (self.evidence.questions[key] for key in self.briefing.questions)

    @property
    def pooled(self) -> tuple[Analysis, ...]:
        """The analyses that pooled something."""
        return tuple(item for item in self.analyses.values() if item.pooled is not None)

    @property
    def directed(self) -> tuple[Analysis, ...]:
        """The analyses that give directions and pool nothing."""
        return tuple(item for item in self.analyses.values() if item.directions)

    @property
    def studies(self) -> tuple[str, ...]:
        """Ids of the studies that were pooled, each once."""
        return tuple(dict.fromkeys(row.study for item in self.pooled for row in item.effects.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that must hold.

    Attributes
    ----------
    key : str
    looks_at : str
        What is looked at, for the reference page.
    lacks : callable
        What is missing, in words; "" if it holds.
    """

    key: str
    looks_at: str
    lacks: Callable[[Subject], str]


def _stated(field: str) -> Callable[[Subject], str]:
    def lacks(subject: Subject) -> str:
        return "" if getattr(subject.briefing, field) else f"nothing is recorded on {field}"

    return lacks


def _searches(subject: Subject) -> str:
    return "" if subject.briefing.searches else "no search is recorded, so there is no date of one"


def _strategies(subject: Subject) -> str:
    if not subject.briefing.searches:
        return "no search is recorded"
    bare = [item.where for item in subject.briefing.searches if item.strategy is None]
    return f"no strategy is recorded for {', '.join(bare)}" if bare else ""


def _screening(subject: Subject) -> str:
    searches = subject.briefing.searches
    counted = searches and all(item.records is not None and item.screened is not None for item in searches)
    return "" if counted else "no search is recorded with how many records it gave and how many were looked at"


def _bias(subject: Subject) -> str:
    unjudged = [key for key in subject.studies if not subject.evidence.studies[key].risk_of_bias]
    if not unjudged:
        return ""
    count = plural(len(subject.studies), "study was", "studies were")
    return f"{len(unjudged)} of the {count} pooled without a judgement by a tool"


def _sensitivity(subject: Subject) -> str:
    bare = [item.title for item in subject.pooled if not item.variants]
    return f"no sensitivity analysis is planned for {', '.join(bare)}" if bare else ""


def _explored(subject: Subject) -> str:
    several = [item for item in subject.pooled if len(item.effects.rows) > 1]
    bare = [item.title for item in several if not item.leave_one_out]
    return f"{', '.join(bare)} was pooled without leaving each study out in turn" if bare else ""


def _judged(subject: Subject) -> str:
    bare = [item.title for item in subject.analyses.values() if item.certainty.status == "not-yet-judged"]
    stale = [item.title for item in subject.analyses.values() if item.certainty.stale]
    parts = (("nobody has judged the certainty of", bare), ("the judgement is out of date for", stale))
    return "; ".join(f"{words} {', '.join(titles)}" for words, titles in parts if titles)


def _missing_results(subject: Subject) -> str:
    bare = [
        item.title
        for item in (*subject.pooled, *subject.directed)
        if not any(
            domain.domain == "publication-bias" and domain.change is not None for domain in item.certainty.domains
        )
    ]
    return f"nobody has judged what may be missing from {', '.join(bare)}" if bare else ""


def _directions(subject: Subject) -> str:
    return "" if subject.directed else "no question is answered by directions"


def _directions_judged(subject: Subject) -> str:
    bare = [item.title for item in subject.directed if item.certainty.level is None]
    return _directions(subject) or (f"nobody has judged the certainty of {', '.join(bare)}" if bare else "")


def _pooled(subject: Subject) -> str:
    return "" if subject.pooled else "nothing was pooled"


NEEDS: Registry[Need] = Registry(
    "need",
    (
        Need(key="searches-dated", looks_at="searches in the definition", lacks=_searches),
        Need(key="strategies-recorded", looks_at="strategies of the searches", lacks=_strategies),
        Need(key="screening-counted", looks_at="records found and screened by each search", lacks=_screening),
        Need(key="bias-judged", looks_at="judgements of the studies pooled, by a tool", lacks=_bias),
        Need(key="sensitivity-planned", looks_at="sensitivity analyses of each question pooled", lacks=_sensitivity),
        Need(key="differences-explored", looks_at="leave-one-out of each question pooled", lacks=_explored),
        Need(key="certainty-judged", looks_at="judgements of certainty, none out of date", lacks=_judged),
        Need(key="missing-results-judged", looks_at="judgements of publication bias", lacks=_missing_results),
        Need(key="effects-shown", looks_at="effects of single studies", lacks=_pooled),
        Need(key="pooled-shown", looks_at="pooled results", lacks=_pooled),
        Need(key="directions-shown", looks_at="directions of results", lacks=_directions),
        Need(key="directions-judged", looks_at="judgements of questions with directions", lacks=_directions_judged),
        Need(key="registration-stated", looks_at="'registration' of the definition", lacks=_stated("registration")),
        Need(key="protocol-stated", looks_at="'protocol' of the definition", lacks=_stated("protocol")),
        Need(key="funding-stated", looks_at="'funding' of the definition", lacks=_stated("funding")),
        Need(key="interests-stated", looks_at="'interests' of the definition", lacks=_stated("interests")),
    ),
)
