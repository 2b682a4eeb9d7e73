"""What a page needs to pool again: the branches of the rule and every critical value, and nothing made up."""

from __future__ import annotations

import pytest

from synthesis.analysis.model import IntervalBranch
from synthesis.analysis.repooling import repooling
from synthesis.effects.distributions import chi2_quantile, critical_value


def test_a_profile_gives_its_branches_in_order() -> None:
    rule = repooling(4, model="random", tau2="REML", ci="cochrane-2025", level=0.95)
    assert [(b.interval, b.smallest_k, b.needs_tau2, b.t_based) for b in rule.branches] == [
        ("hartung-knapp", 3, True, True),
        ("wald", 3, False, False),
        ("wald", 1, False, False),
    ]
    assert rule.prediction_from_k == 5
    assert (rule.model, rule.tau2, rule.level) == ("random", "REML", 0.95)


def test_critical_values_are_those_of_the_level() -> None:
    rule = repooling(4, model="random", ci="cochrane-2025", level=0.9)
    assert rule.normal == pytest.approx(1.6448536269514722)
    assert rule.t == tuple(critical_value(0.9, df) for df in (1, 2, 3))
    assert rule.chi2_medians == ()


def test_only_the_median_unbiased_estimator_needs_medians() -> None:
    rule = repooling(3, model="random", tau2="PMM", ci="wald", level=0.95)
    assert rule.chi2_medians == (chi2_quantile(0.5, 1), chi2_quantile(0.5, 2))


def test_one_common_effect_takes_the_last_branch() -> None:
    wald = IntervalBranch(interval="wald", smallest_k=1, needs_tau2=False, t_based=False)
    assert repooling(5, model="common", ci="cochrane-2025", level=0.95).branches == (wald,)
    assert repooling(1, model="common", ci="wald", level=0.95).branches == (wald,)
    assert repooling(1, model="common", ci="wald", level=0.95).t == ()
