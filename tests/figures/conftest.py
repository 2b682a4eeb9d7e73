"""Analyses to draw. Every number here is made up for testing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis, Certainty, Direction, PerThousand
from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.changes.conclusions import moves_of
from synthesis.changes.model import Cause, ChangeReport, Conclusion, Label, QuestionChange, Shift, Version
from synthesis.diagnostics.cumulative import cumulative
from synthesis.diagnostics.leave_one_out import leave_one_out
from synthesis.effects.measures import from_counts, from_means
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.pooling.pool import pool

# label, events and people on the intervention side, the same on the comparator side, what else differs
THREE = (
    ("Alder 2001", 21, 33, 12, 36, {"timepoint_months": 3.0}),
    ("Birch 1990", 10, 10, 0, 10, {"timepoint_months": 0.25, "notes": ("0.5 added to each cell",)}),
    ("Cedar 2007", 84, 164, 74, 181, {"read": False, "notes": ("arm sizes recalled",)}),
)
SIX_MEANS = (
    ("Alder 2001", 12.3, 4.5, 34, 15.1, 5.0, 33),
    ("Birch 2014", 10.0, 8.2, 61, 13.5, 9.0, 60),
    ("Cedar 2009", 63.0, 30.0, 70, 55.0, 32.0, 68),
    ("Damson 2018", 7.1, 3.0, 40, 7.1, 3.0, 41),
    ("Elder 2017", 20.0, 9.0, 30, 22.0, 9.0, 29),
    ("Fir 2014", 11.2, 9.0, 90, 12.2, 10.0, 88),
)


def effects_from_counts(rows: Any, measure: str = "OR") -> Effects:
    made = []
    for index, (label, events1, n1, events2, n2, other) in enumerate(rows):
        estimate = from_counts(measure, events1, n1, events2, n2)
        row = EffectRow(
            study=f"study{index}", result="r", label=label, yi=estimate.yi, vi=estimate.vi, n=n1 + n2, route="counts",
            read=True, design="rct", timepoint_months=12.0, steps=estimate.steps,
            intervention=Group(label="one", events=events1, n=n1),
            comparator=Group(label="other", events=events2, n=n2),
        )  # fmt: skip
        made.append(replace(row, **other))
    return Effects(measure=measure, rows=tuple(made))


def effects_from_means(rows: Any) -> Effects:
    made = []
    for index, (label, *numbers) in enumerate(rows):
        estimate = from_means("MD", *numbers)
        one, other = numbers[:3], numbers[3:]
        made.append(
            EffectRow(
                study=f"study{index}", result="r", label=label, yi=estimate.yi, vi=estimate.vi, n=one[2] + other[2],
                route="means", read=True, design="rct", timepoint_months=12.0,
                intervention=Group(label="one", mean=one[0], sd=one[1], n=one[2]),
                comparator=Group(label="other", mean=other[0], sd=other[1], n=other[2]),
            )
        )  # fmt: skip
    return Effects(measure="MD", rows=tuple(made))


def _year(label: str) -> int:
    return int(label[-4:]) if label[-4:].isdigit() else 0


def analysis_of(effects: Effects, **changes: Any) -> Analysis:
    models = {}
    if effects.rows:
        models = {
            "common": pool(effects, model="common", ci="wald"),
            "DL": pool(effects, tau2="DL", ci="wald"),
            "plan": pool(effects),
        }
    base = Analysis(
        question="made-up", title="A made-up question", text="Does it?", population="People in a test",
        intervention="Active referral", comparator="Usual care", outcome="Attendance", good_direction="higher-better",
        synthesis="meta-analysis", measure=effects.measure, plan={}, effects=effects, models=models,
        leave_one_out=leave_one_out(effects) if len(effects) > 1 else (),
        cumulative=cumulative(effects, [_year(row.label) for row in effects]) if len(effects) > 1 else (),
        certainty=Certainty(status="not-yet-judged"), design_labels={"rct": "Randomised trial"},
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def three() -> Analysis:
    """Three odds ratios, one with an empty cell and one that rests on recalled numbers."""
    return analysis_of(effects_from_counts(THREE))


@pytest.fixture
def six_means() -> Analysis:
    """Six mean differences, enough for a prediction interval; lower is better."""
    return analysis_of(effects_from_means(SIX_MEANS), good_direction="lower-better", outcome="Days of use")


@pytest.fixture
def counts() -> Callable[..., Analysis]:
    """Makes an analysis from rows of counts."""

    def make(*rows: tuple[Any, ...], measure: str = "OR", **changes: Any) -> Analysis:
        full = [row if len(row) == 6 else (*row, {}) for row in rows]
        return analysis_of(effects_from_counts(full, measure), **changes)

    return make


@pytest.fixture
def observed() -> Analysis:
    """Results as directions, one of each kind."""

    def one(label: str, direction: Any, printed: str, **other: Any) -> Direction:
        base = Direction(
            study=label, result="r", label=label, design="cohort", n=480.0, timepoint_months=12.0,
            outcome="abstinent at follow-up", outcome_key="abstinence", direction=direction, printed=printed,
            measure="", ratio=None, adjusted=None, read=True,
        )  # fmt: skip
        return replace(base, **other)

    rows = (
        one("Alder 1998", "better", "OR 3.7 (p 0.018)", ratio=3.7),
        one("Alder 1998", "better", "OR 1.7", ratio=1.7, adjusted=True),
        one("Birch 2012", "worse", "OR 0.9", ratio=0.9, read=False, n=None),
        one("Cedar 2019", "mixed", "40% v 31%; fewer days of use in the next month, but not the other way round"),
        one("Damson 2009", "unclear", "51% v 51%"),
        one("Elder 2026", "not-stated", "", timepoint_months=None),
    )
    return analysis_of(
        Effects(measure="OR", rows=()), synthesis="effect-direction", directions=rows, title="Observed in a test"
    )


def judgements(tool: str = "rob2", **changes: Any) -> Judgements:
    """Three studies: one judged high, one low, one not judged."""
    domains = [domain.key for domain in ROB_TOOLS[tool].domains]
    low, high = ROB_TOOLS[tool].levels[0].key, ROB_TOOLS[tool].levels[2].key
    mixed = dict.fromkeys(domains, low) | {domains[1]: high}
    base = Judgements(
        id="made-up", title="A made-up question", tool=tool,
        studies=(
            JudgedStudy(study="study0", label="Alder 2001", domains=mixed, overall=high, weight=0.5),
            JudgedStudy(
                study="study1", label="Birch 1990", domains=dict.fromkeys(domains, low), overall=low, weight=0.3
            ),
            JudgedStudy(study="study2", label="Cedar 2007", domains={}, weight=0.2),
        ),
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def judged() -> Judgements:
    """Judgements of three studies with RoB 2, the last of them still to be made."""
    return judgements()


@pytest.fixture
def make_judgements() -> Callable[..., Judgements]:
    """Makes the same with another tool."""
    return judgements


def a_change_report() -> ChangeReport:
    """Four conclusions: weaker, unchanged, unchanged without a number of people, and new."""

    def at(title: str, certainty: str, difference: float, low: float, high: float) -> Conclusion:
        people = PerThousand(
            baseline_risk=0.3, baseline_source="made up", baseline=300, intervention=300 + difference,
            difference=difference, low=low, high=high,
        )  # fmt: skip
        return Conclusion(
            question=title.lower(), title=title, kind="pooled", certainty=certainty, measure="RD",
            estimate=difference / 1000, low=low / 1000, high=high / 1000, people=people, studies=("alder2024",),
            way="more" if difference > 0 else "fewer", size="small", settled=low > 0 or high < 0,
        )  # fmt: skip

    def change(label: Label, before: Conclusion, after: Conclusion, *causes: Cause) -> QuestionChange:
        nothing = Shift(estimate=0.0, people=0.0)
        return QuestionChange(
            question=after.question, title=after.title, label=label, before=before, after=after,
            moves=moves_of(before, after), causes=causes, total=nothing, together=nothing,
        )  # fmt: skip

    shift = Shift(estimate=-0.06, people=-60.0)
    new = Cause(key="new-studies", alone=shift, in_turn=shift, label="weaker", moves=True, details=("Alder 2024",))
    observed = Conclusion(
        question="observed", title="Observed", kind="directions", certainty="very low", way="better",
        ways={"better": 3, "worse": 1},
    )  # fmt: skip
    empty = Conclusion(question="retention", title="Retention", kind="nothing", certainty="no evidence")
    same = at("Abstinence", "low", -30, -90, 40)
    return ChangeReport(
        briefing="made-up", before=Version(name="edition 2025-01"), after=Version(name="edition 2026-01"),
        questions=(
            change("weaker", at("Attendance", "moderate", 150, 40, 260), at("Attendance", "low", 90, -20, 200), new),
            change("unchanged", same, same),
            change("unchanged", observed, observed),
            change("new", empty, at("Retention", "not yet judged", 20, -5, 45)),
        ),
    )  # fmt: skip


@pytest.fixture
def changed() -> ChangeReport:
    """A change report of four conclusions."""
    return a_change_report()
