"""The range of baseline risks that was studied, and five of them; every number here is invented."""

from __future__ import annotations

import math
from typing import Any

import pytest

from synthesis.analysis.absolute import baselines, per_thousand
from synthesis.analysis.model import Baselines
from synthesis.analysis.run import analyse
from synthesis.certainty.absolute import risk_with
from synthesis.effects.measures import from_counts
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.evidence.question import BaselineRisk
from synthesis.formatting import more_or_fewer
from synthesis.pooling.pool import pool

OWN = BaselineRisk(value=0.3, source="A survey")


def effects(*groups: tuple[int, int], measure: str = "RR") -> Effects:
    """Studies whose comparator groups had these events and people; the other side had 10 of 50."""
    rows = []
    for index, (events, n) in enumerate(groups):
        estimate = from_counts(measure, 10, 50, events, n)
        rows.append(
            EffectRow(
                study=f"study{index}", result="r", label=f"Study {index}", yi=estimate.yi, vi=estimate.vi, n=50 + n,
                route="counts", read=True, design="rct", timepoint_months=6.0,
                intervention=Group(label="one", events=10, n=50), comparator=Group(label="other", events=events, n=n),
            )
        )  # fmt: skip
    return Effects(measure=measure, rows=tuple(rows))


def found(*groups: tuple[int, int], own: BaselineRisk = OWN, measure: str = "RR") -> Baselines:
    made = effects(*groups, measure=measure)
    result = baselines(own, made, pool(made), {})
    assert result is not None
    return result


def test_the_range_runs_outwards_to_whole_percents() -> None:
    result = found((7, 33), (31, 60))
    assert (result.low, result.high) == (0.21, 0.52)
    assert found((20, 50), (30, 50)).low == 0.4


def test_a_range_never_reaches_nobody_or_everybody() -> None:
    result = found((0, 50), (50, 50), measure="RD")
    assert (result.low, result.high) == (0.01, 0.99)


def test_five_baselines_fill_the_widest_gaps_with_the_questions_own_among_them() -> None:
    result = found((10, 50), (30, 50))
    assert [row.baseline_risk for row in result.at] == [0.2, 0.3, 0.375, 0.45, 0.6]
    assert [row.baseline_source for row in result.at] == [
        "Lowest risk studied, Study 0",
        "A survey",
        "In between",
        "In between",
        "Highest risk studied, Study 1",
    ]


def test_a_baseline_outside_the_range_is_shown_and_does_not_widen_it() -> None:
    result = found((20, 50), (40, 50))
    assert [row.baseline_risk for row in result.at] == [0.3, 0.4, 0.5, 0.6, 0.8]
    assert (result.low, result.high) == (0.4, 0.8)
    assert result.at[0].baseline_source == "A survey"


def test_a_narrow_range_has_fewer() -> None:
    result = found((15, 50))
    assert [row.baseline_risk for row in result.at] == [0.3]


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_each_baseline_is_worked_out_as_the_questions_own(measure: str) -> None:
    made = effects((10, 50), (30, 50), measure=measure)
    pooled = pool(made)
    result = baselines(OWN, made, pooled, {})
    assert result is not None
    for row in result.at:
        own = BaselineRisk(value=row.baseline_risk, source=row.baseline_source)
        assert row == per_thousand(own, pooled)


def test_nothing_is_said_without_a_baseline_a_risk_or_a_pooled_effect() -> None:
    made = effects((10, 50))
    assert baselines(None, made, pool(made), {}) is None
    assert baselines(OWN, made, None, {}) is None
    continuous = Effects(measure="MD", rows=made.rows)
    assert baselines(OWN, continuous, pool(continuous), {}) is None


def test_a_printed_share_is_a_risk_unless_it_is_recalled(invented: Any) -> None:
    def result(known: str) -> Any:
        shares = {"form": "percent", "arms": {"a": {"percent": 60}, "b": {"percent": 45, "known": known}}}
        return invented.result(invented.contrast(estimate=1.4, ci=(0.7, 2.8)), shares)

    def range_of(known: str) -> Baselines | None:
        question = invented.question(baseline_risk={"value": 0.25, "source": "invented"})
        study = invented.study("alpha2001", result(known))
        return analyse(invented.evidence([study], [question]), question.id).baselines

    printed = range_of("read")
    assert printed is not None and (printed.low, printed.high) == (0.45, 0.45)
    assert range_of("recalled") is None


def test_differences_come_from_unrounded_values() -> None:
    made = effects((20, 60))
    pooled = pool(made)
    natural = math.exp(pooled.estimate)
    for thousandths in range(1, 999):
        own = BaselineRisk(value=thousandths / 1000 + 0.0004, source="A survey")
        people = per_thousand(own, pooled)
        assert people is not None
        assert people.difference == pytest.approx(1000 * (min(1.0, natural * own.value) - own.value), abs=1e-9)
    apart = [
        value
        for value in (thousandths / 1000 + 0.0004 for thousandths in range(1, 999))
        if (people := per_thousand(BaselineRisk(value=value, source="A survey"), pooled)) is not None
        and round(people.difference) != round(people.intervention) - round(people.baseline)
    ]
    assert len(apart) > 100, "rounding first would often give another number"


@pytest.mark.parametrize(("effect", "more_or_less"), [(0.88, "13 fewer"), (0.83, "18 fewer"), (0.94, "6 fewer")])
def test_the_worked_example_of_an_odds_ratio_at_a_risk_of_twelve_percent(effect: float, more_or_less: str) -> None:
    # OR 0.88 (0.83 to 0.94) at 12%: 10.7%, 13 fewer per 1,000 (18 fewer to 6 fewer), as in HL7's example of FHIR.
    with_it = risk_with("OR", effect, 0.12)
    assert more_or_fewer(1000 * (with_it - 0.12)) == more_or_less
    if effect == 0.88:
        assert round(100 * with_it, 1) == 10.7
