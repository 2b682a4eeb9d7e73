"""Records and analyses for tables. Every number and name here is made up for testing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis, Certainty, Direction, PerThousand, VariantResult
from synthesis.effects.measures import from_counts
from synthesis.effects.model import EffectRow, Effects, Excluded, Group, Step
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study
from synthesis.pooling.model import Note
from synthesis.pooling.pool import pool


@dataclass(frozen=True)
class Held:
    """What tables read of the evidence."""

    studies: dict[str, Study]
    sources: dict[str, Source]
    vocabulary: Vocabulary


WHERE = {"place": "abstract", "quote": "51% versus 41%", "read": True, "address": "https://example.org/alder"}

ALDER: dict[str, Any] = {
    "schema_version": 1, "id": "alder2007", "design": "rct", "design_as_described": "parallel trial",
    "countries": ["GB"], "setting": "One clinic", "population": "Adults in treatment", "substances": ["alcohol"],
    "year": 2007, "participants": {"value": 345}, "read": True, "added": "2026-11-23",
    "reports": [
        {"id": "main", "type": "article-journal", "title": "A trial", "author": [{"family": "Alder", "given": "A"}]}
    ],
    "arms": [
        {"id": "ir", "label": "Intensive referral: with help", "category": "referral", "role": "intervention",
         "n_randomised": 164, "n_known": "recalled"},
        {"id": "sr", "label": "Standard referral", "category": "usual", "role": "comparator", "n_randomised": 181},
    ],
    "results": [
        {"id": "att-12m", "name": "Attended weekly", "outcome": "attendance", "timepoint_months": 12,
         "printed": [
             {"form": "percent", "arms": {"ir": {"percent": 51}, "sr": {"percent": 41}}},
             {"form": "test", "p": "0.048"},
         ],
         "where": WHERE, "poolable": "yes"},
        {"id": "att-3m", "name": "Attended at all", "outcome": "attendance", "timepoint_months": 3,
         "printed": [
             {"form": "contrast", "measure": "OR", "arms": [["ir"], ["sr"]], "estimate": 1.6, "ci": [1.1, 2.4],
              "p": "0.02", "adjusted": True, "known": "recalled"},
         ],
         "where": {"place": "Table 2", "read": True, "secondary": True}, "poolable": "yes-if-confirmed"},
    ],
    "concerns": [
        {"kind": "integrity", "statement": "Charges were announced", "where": {"place": "press", "read": True}}
    ],
}  # fmt: skip

BIRCH: dict[str, Any] = {
    "schema_version": 1, "id": "birch1998", "design": "cohort", "design_as_described": "cohort",
    "countries": ["US", "XX"], "setting": "Two towns", "population": "Young people", "substances": ["alcohol"],
    "year": 1998, "read": False, "added": "2026-11-23",
    "reports": [{"id": "main", "type": "article-journal", "title": "B", "author": [{"literal": "Birch Group"}]}],
    "results": [
        {"id": "abst", "name": "Abstinent", "outcome": "abstinence", "comparison": ["attending", "not-attending"],
         "where": {"place": "abstract", "read": False}, "poolable": "no"},
    ],
}  # fmt: skip

GUIDELINE: dict[str, Any] = {
    "schema_version": 1, "id": "guide-2011", "type": "guideline", "type_as_described": "guideline",
    "short_name": "Guide 11", "body": "A body", "year": 2011, "conclusion": "Offer it.", "read": True,
    "reference": {"type": "report", "title": "A guideline"}, "added": "2026-11-23",
    "statements": [
        {"id": "offer", "kind": "recommendation", "topic": "access", "says": "Offer help with access.",
         "where": {"place": "section 1", "quote": "offer help", "read": True},
         "basis": {"kind": "systematic-review", "studies": 6, "participants": 2556, "participants_known": "recalled",
                   "identified": ["alder2007", "gone1999"]}},
        {"id": "what", "kind": "definition", "topic": "meaning", "says": "What it is.",
         "where": {"place": "glossary", "read": False}, "basis": {"kind": "not-stated"}},
    ],
    "updates": {"superseded_by": "review-2020", "checked": "2016-07"},
}  # fmt: skip

REVIEW: dict[str, Any] = {
    "schema_version": 1, "id": "review-2020", "type": "cochrane-review", "type_as_described": "review",
    "short_name": "Review 20", "body": "Reviewer", "year": 2020, "conclusion": "It may help.", "read": True,
    "reference": {"type": "article-journal", "title": "A review"}, "added": "2026-11-23",
    "estimates": [
        {"id": "abst", "comparison": "one v other", "outcome": "abstinence", "timepoint": "12 months",
         "measure": "RR", "estimate": 1.21, "ci": [1.03, 1.42], "studies": 2, "participants": 1936,
         "certainty": "high", "where": {"place": "abstract", "read": True}},
        {"id": "days", "outcome": "days", "measure": "MD", "unit": "percentage points", "estimate": -3.03,
         "ci": [-10.43, 4.36], "studies": 4, "counts_known": "recalled", "certainty": "very-low",
         "certainty_known": "recalled", "where": {"place": "abstract", "read": True}},
        {"id": "words", "outcome": "cost", "measure": "narrative", "finding": "Probably lower.",
         "where": {"place": "abstract", "read": True}},
        {"id": "remembered", "outcome": "drinks", "measure": "SMD", "estimate": 0.4,
         "where": {"place": "abstract", "read": False}},
    ],
}  # fmt: skip

VOCABULARY: dict[str, Any] = {
    "schema_version": 1,
    "outcomes": {
        "attendance": {"label": "Attendance at groups", "direction": "higher-better", "domain": "engagement"},
        "abstinence": {"label": "Abstinence", "direction": "higher-better", "domain": "abstinence"},
    },
    "arm_categories": {
        key: {"label": label}
        for key, label in (
            ("referral", "Referral"), ("usual", "Usual care"), ("attending", "Attending groups"),
            ("not-attending", "Not attending"),
        )
    },
    "designs": {
        "rct": {"label": "Randomised trial", "randomised": True},
        "cohort": {"label": "Cohort study", "randomised": False},
    },
    "substances": {"alcohol": {"label": "Alcohol"}},
    "topics": {"access": {"label": "Access"}, "meaning": {"label": "Meaning"}},
    "reviews": {},
}  # fmt: skip


@pytest.fixture
def held() -> Held:
    studies = [Study.model_validate(data) for data in (ALDER, BIRCH)]
    sources = [Source.model_validate(data) for data in (GUIDELINE, REVIEW)]
    return Held(
        studies={study.id: study for study in studies},
        sources={source.id: source for source in sources},
        vocabulary=Vocabulary.model_validate(VOCABULARY),
    )


def row_of(events1: int, n1: int, events2: int, n2: int, **changes: Any) -> EffectRow:
    estimate = from_counts("OR", events1, n1, events2, n2)
    row = EffectRow(
        study="alder2007", result="att-12m", label="Alder 2007", yi=estimate.yi, vi=estimate.vi, n=float(n1 + n2),
        route="counts", read=True, design="rct", timepoint_months=12.0,
        intervention=Group(label="one", events=events1, n=n1), comparator=Group(label="other", events=events2, n=n2),
        steps=(Step(code="percent-to-events", text="events = round(51% × 164) = 84", source="A handbook"),),
        notes=("arm sizes recalled",), remark="Prefer counts",
    )  # fmt: skip
    return replace(row, **changes)


def analysis_of(*rows: EffectRow, **changes: Any) -> Analysis:
    effects = Effects(
        measure="OR",
        rows=rows,
        excluded=(
            Excluded(study="alder2007", result="att-3m", label="Alder 2007", code="window", reason="measured early"),
        ),
    )
    models = {}
    if rows:
        models = {
            "common": pool(effects, model="common", ci="wald"),
            "DL": pool(effects, tau2="DL", ci="wald"),
            "plan": pool(effects),
        }
    base = Analysis(
        question="made-up", title="A made-up question", text="Does it?", population="People in a test",
        intervention="Active referral", comparator="Usual care", outcome="Attended groups",
        good_direction="higher-better", synthesis="meta-analysis", measure="OR", plan={}, effects=effects,
        models=models, certainty=Certainty(status="not-yet-judged"),
        design_labels={"rct": "Randomised trial", "cohort": "Cohort study"},
    )  # fmt: skip
    return replace(base, **changes)


def direction_of(direction: Any, **changes: Any) -> Direction:
    base = Direction(
        study="birch1998", result="abst", label="Birch Group 1998", design="cohort", n=480.0, timepoint_months=12.0,
        outcome="abstinent", outcome_key="abstinence", direction=direction, printed="OR 3.7", measure="OR", ratio=3.7,
        adjusted=True, read=True,
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def pooled() -> Analysis:
    """Three trials that differ, with people per 1,000 and one sensitivity analysis that rests on recalled numbers."""
    rows = (row_of(40, 100, 20, 100), row_of(84, 164, 74, 181), row_of(10, 12, 3, 12, timepoint_months=3.0))
    people = PerThousand(
        baseline_risk=0.33,
        baseline_source="One ward",
        baseline=330,
        intervention=501,
        difference=171,
        low=-25,
        high=367,
    )
    fewer = analysis_of(replace(rows[0], read=False))
    variant = VariantResult(
        id="recalled", label="With recalled numbers", why="to see", effects=fewer.effects, models=fewer.models
    )
    return analysis_of(*rows, per_thousand=people, variants=(variant,))


@pytest.fixture
def nothing() -> Analysis:
    """A question that no study answers."""
    empty = analysis_of(notes=(Note(code="no-usable-study", text="No study compares these."),))
    return replace(empty, effects=replace(empty.effects, excluded=()), question="empty", title="An empty question")


@pytest.fixture
def observed() -> Analysis:
    """Results that are shown as directions."""
    rows = (
        direction_of("better"),
        direction_of("better", ratio=1.7, printed="OR 1.7"),
        direction_of("unclear", printed="", ratio=None, n=None, timepoint_months=None, adjusted=None, read=False),
    )
    return replace(
        analysis_of(), synthesis="effect-direction", directions=rows, question="observed", title="Observed",
        intervention="Attending groups", comparator="Not attending",
    )  # fmt: skip
