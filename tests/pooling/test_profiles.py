"""The Cochrane rule, branch by branch."""

from __future__ import annotations

import pytest

from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.profiles import PROFILES
from synthesis.pooling.tau2 import ESTIMATORS

RULE = PROFILES["cochrane-2025"]


@pytest.mark.parametrize(
    ("k", "tau2", "interval", "why"),
    [
        (3, 0.1, "hartung-knapp", "at least 3 studies"),
        (12, 1e-9, "hartung-knapp", "at least 3 studies"),
        (3, 0.0, "wald", "tau² is 0"),
        (12, 0.0, "wald", "tau² is 0"),
        (2, 0.1, "wald", "fewer than 3 studies"),
        (2, 0.0, "wald", "fewer than 3 studies"),
    ],
)
def test_branches(k: int, tau2: float, interval: str, why: str) -> None:
    branch = RULE.branch(k, tau2)
    assert branch.interval == interval
    assert why in branch.why


@pytest.mark.parametrize("key", PROFILES)
def test_profiles_name_entries_that_exist(key: str) -> None:
    profile = PROFILES[key]
    assert profile.tau2 in ESTIMATORS
    assert {branch.interval for branch in profile.branches} <= set(INTERVALS)
    assert profile.branch(1, 0.0) == profile.branches[-1]
    assert profile.reference
