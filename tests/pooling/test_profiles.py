"""The Cochrane rule, branch by branch."""

from __future__ import annotations

import pytest

from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.pool import pool_arrays
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


@pytest.mark.parametrize("key", PROFILES)
def test_the_options_follow_the_rule(key: str) -> None:
    pooled = pool_arrays([0.1, 0.5, 0.9, 0.2], [0.02, 0.03, 0.05, 0.02], **PROFILES[key].options)  # type: ignore[arg-type]
    assert pooled.tau2.method == PROFILES[key].tau2
    assert any(PROFILES[key].label in note.text for note in pooled.notes)


@pytest.mark.parametrize(("key", "tau2"), [("metafor", "REML"), ("revman-5", "DL"), ("dersimonian-laird-1986", "DL")])
def test_programs_that_always_use_the_normal_distribution(key: str, tau2: str) -> None:
    yi, vi = [0.1, 0.5, 0.9, 0.2], [0.02, 0.03, 0.05, 0.02]
    found, plain = pool_arrays(yi, vi, **PROFILES[key].options), pool_arrays(yi, vi, tau2=tau2, ci="wald")  # type: ignore[arg-type]
    assert (found.estimate, found.se, found.ci) == (plain.estimate, plain.se, plain.ci)
