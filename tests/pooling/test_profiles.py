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


# Estimator, branches (interval, fewest studies, whether tau2 must be above 0), fewest studies for a prediction
# interval, and whether a narrow interval is remarked on.
DEFINITIONS = {
    "cochrane-2025": ("REML", (("hartung-knapp", 3, True), ("wald", 3, False), ("wald", 1, False)), 5, True),
    "metafor": ("REML", (("wald", 1, False),), 2, False),
    "revman-5": ("DL", (("wald", 1, False),), 3, False),
    "dersimonian-laird-1986": ("DL", (("wald", 1, False),), 3, False),
}


def test_a_name_means_the_same_rule_for_ever() -> None:
    """Editions name their profile. A rule that changes gets a new name, and a new line here; no line is edited."""
    found = {
        key: (
            profile.tau2,
            tuple((branch.interval, branch.smallest_k, branch.needs_tau2) for branch in profile.branches),
            profile.prediction_from_k,
            profile.warn_if_narrower,
        )
        for key, profile in PROFILES.items()
    }
    assert found == DEFINITIONS
