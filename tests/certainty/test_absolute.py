"""Effects as people per 1,000: the formulas, their limits, and what is refused."""

from __future__ import annotations

import math

import pytest

from synthesis.certainty.absolute import RISKS, number_needed, risk_with
from synthesis.errors import AnalysisError


@pytest.mark.parametrize(
    ("measure", "effect", "baseline", "risk"),
    [
        ("RR", 1.5, 0.2, 0.3),
        ("OR", 2.0, 0.2, 1 / 3),
        ("RD", -0.05, 0.2, 0.15),
        ("RR", 6.0, 0.2, 1.0),
        ("RD", 0.9, 0.2, 1.0),
        ("RD", -0.3, 0.2, 0.0),
        ("OR", math.inf, 0.2, 1.0),
        ("RR", math.inf, 0.2, 1.0),
        ("OR", 0.0, 0.2, 0.0),
        ("OR", 1e300, 0.2, 1.0),
    ],
)
def test_the_risk_with_the_intervention(measure: str, effect: float, baseline: float, risk: float) -> None:
    assert risk_with(measure, effect, baseline) == pytest.approx(risk)


@pytest.mark.parametrize("measure", sorted(RISKS))
def test_no_effect_leaves_the_risk_as_it_is(measure: str) -> None:
    none = 0.0 if measure == "RD" else 1.0
    for baseline in (0.001, 0.5, 0.999):
        assert risk_with(measure, none, baseline) == pytest.approx(baseline)


@pytest.mark.parametrize("measure", sorted(RISKS))
def test_a_larger_effect_is_a_larger_risk_within_bounds(measure: str) -> None:
    risks = [risk_with(measure, effect / 10, 0.3) for effect in range(0, 200)]
    assert risks == sorted(risks)
    assert min(risks) >= 0 and max(risks) <= 1


def test_the_odds_ratio_can_be_had_back() -> None:
    for odds_ratio in (0.1, 0.9, 3.7):
        risk = risk_with("OR", odds_ratio, 0.33)
        assert risk / (1 - risk) / (0.33 / 0.67) == pytest.approx(odds_ratio)


@pytest.mark.parametrize("measure", ["SMD", "HR", "XX"])
def test_a_measure_that_says_nothing_about_risks(measure: str) -> None:
    with pytest.raises(AnalysisError, match=f"a {measure} cannot be put as people per 1,000; OR, RD, RR can"):
        risk_with(measure, 1.0, 0.3)


@pytest.mark.parametrize("baseline", [0.0, 1.0, -0.2, 1.2, math.nan])
def test_a_baseline_risk_that_is_no_share(baseline: float) -> None:
    with pytest.raises(AnalysisError, match="must lie between 0 and 1"):
        risk_with("RR", 1.0, baseline)


@pytest.mark.parametrize(("measure", "effect"), [("OR", math.nan), ("RD", math.nan), ("RR", -0.5), ("OR", -1.0)])
def test_an_effect_that_is_none(measure: str, effect: float) -> None:
    with pytest.raises(AnalysisError, match=f"is no {measure}"):
        risk_with(measure, effect, 0.3)


def test_a_number_needed_to_treat_has_its_limits_in_order() -> None:
    found = number_needed(50, 20, 100)
    assert found is not None
    assert (found.way, found.number, found.low, found.high) == ("more", 20, 10, 50)
    fewer = number_needed(-50, -100, -20)
    assert fewer is not None
    assert (fewer.way, fewer.number, fewer.low, fewer.high) == ("fewer", 20, 10, 50)


@pytest.mark.parametrize("limits", [(-10, 100), (0, 100), (-10, 50)])
def test_across_no_difference_there_is_no_interval(limits: tuple[float, float]) -> None:
    found = number_needed(50, *limits)
    assert found is not None
    assert (found.number, found.low, found.high) == (20, None, None)


def test_no_difference_has_no_number_needed() -> None:
    assert number_needed(0, -10, 10) is None
    with pytest.raises(AnalysisError, match="outside"):
        number_needed(50, 60, 70)
