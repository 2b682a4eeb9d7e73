"""The smallest new trial that changes a conclusion: inserting it does, one 5% smaller does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from synthesis.diagnostics.what_would_change import (
    MOST_TRIALS,
    Rule,
    conclusion,
    sides,
    smallest_trial,
    trials_without_effect,
)
from synthesis.errors import UsageError
from synthesis.pooling.pool import pool_arrays


def variance(effect: float, n: int) -> float:
    """A trial of n people: each counts for as much as 1/16 of a unit of information, whatever the effect."""
    return 16 / n


# Invented: an interval above no difference, one across it, and one across it in a set that disagrees.
CLEAR = ([0.45, 0.30, 0.52, 0.38], [0.04, 0.03, 0.06, 0.05])
NEARLY = ([0.30, 0.12, 0.25, -0.05, 0.20], [0.05, 0.04, 0.06, 0.08, 0.05])
DIVIDED = ([0.8, -0.15, 0.6, 0.1, 0.4], [0.05, 0.04, 0.09, 0.06, 0.05])
HOPELESS = ([0.9, -0.2, 0.7, 0.1], [0.05, 0.04, 0.09, 0.06])
FIXTURES = pytest.mark.parametrize("studies", [CLEAR, NEARLY, DIVIDED], ids=["clear", "nearly", "divided"])
EFFECTS = (0.4, 0.2, 0.0, -0.2, 0.6)


def after(studies: Any, effect: float, n: int, rule: Rule) -> tuple[int, ...]:
    """The conclusion with one more trial, by way of the ordinary pooling."""
    y, v = studies
    pooled = pool_arrays(
        [*y, effect], [*v, variance(effect, n)], model=rule.model, tau2=rule.tau2, ci=rule.ci, level=rule.level
    )
    return sides(pooled.ci.low, pooled.ci.high, rule.thresholds)


@FIXTURES
@pytest.mark.parametrize("thresholds", [(0.0,), (0.0, 0.2)])
def test_exactly_that_trial_flips_and_one_smaller_by_a_twentieth_does_not(studies: Any, thresholds: Any) -> None:
    rule = Rule(thresholds=thresholds)
    before = conclusion(*studies, rule)
    trial = smallest_trial(*studies, variance=variance, effects=EFFECTS, rule=rule)
    assert trial is not None
    assert trial.before == before
    assert after(studies, trial.effect, trial.n, rule) == trial.after != before
    smaller = min(trial.n - 2, 2 * int(0.95 * trial.n / 2))
    assert after(studies, trial.effect, smaller, rule) == before


@FIXTURES
def test_no_other_effect_does_with_fewer_people(studies: Any) -> None:
    rule = Rule()
    trial = smallest_trial(*studies, variance=variance, effects=EFFECTS, rule=rule)
    assert trial is not None
    before = conclusion(*studies, rule)
    for effect in EFFECTS:
        assert all(after(studies, effect, n, rule) == before for n in range(4, trial.n, 2))


def test_the_trial_is_that_of_an_explicit_formula() -> None:
    # Common effect: with weights w and a trial at 0, the lower limit w y / (w + x) - 1.96 / sqrt(w + x) reaches 0
    # where the sum of weights is (w y / 1.96) squared.
    y, v = CLEAR
    w = sum(1 / value for value in v)
    total = sum(effect / value for effect, value in zip(y, v, strict=True))
    x = (total / 1.959963984540054) ** 2 - w
    rule = Rule(model="common", ci="wald")
    trial = smallest_trial(y, v, variance=variance, effects=[0.0], rule=rule)
    assert trial is not None
    assert trial.n == 2 * math.ceil(16 * x / 2)
    assert (trial.before, trial.after, trial.tau2) == ((1,), (0,), 0.0)


def test_a_trial_beyond_the_bound_is_not_plausible() -> None:
    rule = Rule()
    assert smallest_trial(*CLEAR, variance=variance, effects=[0.4], rule=rule) is None
    assert smallest_trial(*HOPELESS, variance=variance, effects=EFFECTS, rule=rule) is None
    found = smallest_trial(*CLEAR, variance=variance, effects=[0.0], rule=rule)
    assert found is not None
    assert smallest_trial(*CLEAR, variance=variance, effects=[0.0], rule=rule, largest=found.n) == found
    assert smallest_trial(*CLEAR, variance=variance, effects=[0.0], rule=rule, largest=found.n - 2) is None
    with pytest.raises(UsageError, match="at least 4"):
        smallest_trial(*CLEAR, variance=variance, effects=[0.0], rule=rule, largest=3)


def test_trials_without_effect_are_counted_by_pooling_them() -> None:
    y, v = CLEAR
    rule = Rule()
    count = trials_without_effect(y, v, null=0.0, rule=rule)
    assert count is not None
    median = float(np.median(v))

    def with_trials(number: int) -> tuple[int, ...]:
        pooled = pool_arrays([*y, *[0.0] * number], [*v, *[median] * number])
        return sides(pooled.ci.low, pooled.ci.high, rule.thresholds)

    assert with_trials(count) != with_trials(count - 1) == (1,)
    assert all(with_trials(number) == (1,) for number in range(count))


def test_where_the_interval_crosses_trials_without_effect_change_nothing() -> None:
    y = [0.3, -0.3, 0.2, -0.2]
    assert trials_without_effect(y, [0.05] * 4, null=0.0, rule=Rule()) is None
    assert MOST_TRIALS == 100


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.1, 0.3, (1, 0)), (-0.1, 0.1, (0, -1)), (-0.2, -0.1, (-1, -1)), (0.3, 0.4, (1, 1)), (0.0, 0.2, (0, 0))],
)
def test_sides_of_two_thresholds(low: float, high: float, expected: tuple[int, int]) -> None:
    assert sides(low, high, (0.0, 0.2)) == expected
