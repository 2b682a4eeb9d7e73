"""Excess significance: power by numerical integration, the limit by its definition."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from synthesis.diagnostics.excess_significance import EXCESS_TESTS, excess_significance
from synthesis.effects.distributions import critical_value, special
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError, UsageError

Build = Callable[..., Effects]
YI = [0.5, 0.9, 0.1, 0.4, 1.2]
VI = [0.05, 0.1, 0.04, 0.02, 0.3]


def test_power_is_the_integral_over_the_random_effects(plain_effects: Build) -> None:
    found = excess_significance(plain_effects(YI, VI), tau2=0.2)
    z = np.linspace(-9, 9, 200_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    true = found.theta + z * math.sqrt(0.2)
    crit, ndtr = critical_value(0.95), special().ndtr
    for power, v in zip(found.power, VI, strict=True):
        given = ndtr(true / math.sqrt(v) - crit) + ndtr(-true / math.sqrt(v) - crit)
        assert power == pytest.approx(np.trapezoid(given * density, z), rel=1e-9)


def test_observed_and_expected(plain_effects: Build) -> None:
    found = excess_significance(plain_effects(YI, VI))
    assert found.observed == sum(found.significant) == sum(y / math.sqrt(v) > 1.96 for y, v in zip(YI, VI, strict=True))
    assert found.expected == pytest.approx(sum(found.power))
    assert [note.code for note in found.notes] == ["few-studies"]


def test_exact_probability_counts_every_outcome(plain_effects: Build) -> None:
    found = excess_significance(plain_effects(YI, VI), test="exact")
    total = sum(
        math.prod(p if hit else 1 - p for hit, p in zip(hits, found.power, strict=True))
        for hits in product([False, True], repeat=5)
        if sum(hits) >= found.observed
    )
    assert found.p == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("test", EXCESS_TESTS)
@pytest.mark.parametrize("sign", [1, -1])
def test_at_the_limit_the_p_value_is_the_level(test: str, sign: int, plain_effects: Build) -> None:
    found = excess_significance(plain_effects([sign * y for y in YI], VI), test=test, tau2=0.01)
    assert found.limit is not None
    assert found.limit * sign > 0
    shifted = plain_effects([found.limit] * 5, VI)
    powers = np.array(excess_significance(shifted, tau2=0.01).power)
    assert EXCESS_TESTS[test].function(found.observed, powers) == pytest.approx(0.1, rel=1e-9)


def test_no_limit_where_nothing_is_significant(plain_effects: Build) -> None:
    found = excess_significance(plain_effects([0.1, 0.0, -0.1], [1.0, 1.0, 1.0]))
    assert (found.observed, found.limit) == (0, None)


def test_certain_significance_is_no_excess(plain_effects: Build) -> None:
    effects = plain_effects([1e6, 1e6, 1e6], [1.0, 1.0, 1.0])
    assert [excess_significance(effects, test=test).p for test in EXCESS_TESTS] == [0.5, 1.0, 1.0]


def test_errors(plain_effects: Build) -> None:
    with pytest.raises(AnalysisError, match="at least 2"):
        excess_significance(plain_effects([1], [1]))
    with pytest.raises(UsageError, match="between 0 and 1"):
        excess_significance(plain_effects(YI, VI), alpha=5)
