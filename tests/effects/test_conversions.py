"""Conversions: worked examples, inverses, and errors a user can act on."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

from synthesis.effects import conversions as convert
from synthesis.effects.measures import from_counts, from_means
from synthesis.effects.model import Group
from synthesis.errors import AnalysisError


@pytest.mark.parametrize("code", convert.STEPS)
def test_every_kind_of_step_names_formula_and_source(code: str) -> None:
    kind = convert.STEPS[code]
    assert kind.name
    assert kind.formula
    assert kind.source


def test_se_from_ci_on_both_scales() -> None:
    se, step = convert.se_from_ci(1.05, 1.92, scale="log")
    assert se == pytest.approx((math.log(1.92) - math.log(1.05)) / (2 * 1.959963984540054), rel=1e-12)
    assert step.code == "ci-to-se"
    assert step.text == (
        "95% interval 1.05 to 1.92: SE = (ln 1.92 − ln 1.05) / (2 × 1.960) = 0.1540 (normal distribution)"
    )
    natural, _ = convert.se_from_ci(-3.0, 5.0, scale="identity", level=0.9)
    assert natural == pytest.approx(8 / (2 * 1.6448536269514722), rel=1e-12)


def test_se_from_ci_with_the_t_distribution() -> None:
    se, step = convert.se_from_ci(0, 4, scale="identity", df=9)
    assert se == pytest.approx(4 / (2 * 2.262157162740992), rel=1e-9)
    assert "t distribution, 9 degrees of freedom" in step.text


def test_se_from_p_inverts_the_test() -> None:
    estimate = from_counts("OR", 15, 100, 30, 120)
    p = math.erfc(abs(estimate.yi) / math.sqrt(estimate.vi) / math.sqrt(2))
    se, step = convert.se_from_p(math.exp(estimate.yi), p, scale="log")
    assert se == pytest.approx(math.sqrt(estimate.vi), rel=1e-10)
    assert step.code == "p-to-se"


@pytest.mark.parametrize(
    ("percent", "n", "events"),
    [(51, 164, 84), (12.5, 164, 21), (0, 10, 0), (100, 10, 10), (2.5, 20, 1), (17.5, 20, 4), (1.15, 1000, 12)],
)
def test_events_from_percent_rounds_halves_upwards(percent: float, n: int, events: int) -> None:
    found, step = convert.events_from_percent(percent, n)
    assert found == events
    assert step.text.startswith(f"events = round({percent:g}% × ")


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_percents_and_p_recover_the_effect(measure: str) -> None:
    estimate = from_counts(measure, 30, 100, 48, 100)
    p = math.erfc(abs(estimate.yi) / math.sqrt(2 * estimate.vi))
    yi, vi, step = convert.effect_from_percents_and_p(measure, 30, 48, p)
    assert yi == pytest.approx(estimate.yi, rel=1e-12)
    assert vi == pytest.approx(estimate.vi, rel=1e-9)
    assert step.code == "percents-and-p"


def test_merging_counts() -> None:
    groups = [Group(label="A", arms=("a",), events=3, n=20), Group(label="B", arms=("b",), events=5, n=30)]
    merged, step = convert.merge_groups(groups, label="Any")
    assert merged == Group(label="Any", arms=("a", "b"), events=8, n=50)
    assert step is not None
    assert step.text == "2 arms merged: 3/20 + 5/30 = 8/50"


def test_merging_means_equals_the_pooled_raw_data() -> None:
    samples = [np.array([1.0, 2, 4, 9]), np.array([3.0, 3.5, 8]), np.array([-2.0, 0, 1, 2, 2])]
    groups = [
        Group(label=str(i), mean=float(x.mean()), sd=float(x.std(ddof=1)), n=len(x)) for i, x in enumerate(samples)
    ]
    together = np.concatenate(samples)
    merged, step = convert.merge_groups(groups, label="All")
    assert merged.mean == pytest.approx(together.mean(), rel=1e-13)
    assert merged.sd == pytest.approx(together.std(ddof=1), rel=1e-13)
    assert step is not None
    assert step.code == "merge-means"


def test_merging_one_group_takes_no_step() -> None:
    group = Group(label="A", arms=("a",), events=3, n=20)
    assert convert.merge_groups([group], label="A") == (group, None)


def test_median_conversions_by_hand() -> None:
    mean, sd, _ = convert.mean_sd_from_quartiles(10, 14, 21, 60)
    assert mean == 15
    assert sd == pytest.approx(11 / (2 * NormalDist().inv_cdf(44.875 / 60.25)), rel=1e-12)
    mean, sd, _ = convert.mean_sd_from_range(2, 14, 30, 60)
    assert mean == 15
    assert sd == pytest.approx(28 / (2 * NormalDist().inv_cdf(59.625 / 60.25)), rel=1e-12)


def test_large_samples_give_the_normal_quartile() -> None:
    _, sd, _ = convert.mean_sd_from_quartiles(-1, 0, 1, 10**7)
    assert sd == pytest.approx(2 / 1.349, rel=1e-3)


def test_sd_from_se_and_interval() -> None:
    assert convert.sd_from_se(0.5, 16)[0] == 2
    half = 2.262157162740992 * 4 / math.sqrt(10)
    assert convert.sd_from_ci(7 - half, 7 + half, 10)[0] == pytest.approx(4, rel=1e-9)


def test_odds_and_risk_ratios_are_inverse() -> None:
    assert convert.risk_ratio_from_odds_ratio(3, 0.5)[0] == pytest.approx(1.5, rel=1e-14)
    for value in (0.2, 0.9, 1.0, 1.8):
        odds_ratio, step = convert.odds_ratio_from_risk_ratio(value, 0.3)
        assert convert.risk_ratio_from_odds_ratio(odds_ratio, 0.3)[0] == pytest.approx(value, rel=1e-13)
        assert step.code == "rr-to-or"


def test_smd_and_log_odds_ratio_are_inverse() -> None:
    smd, variance, step = convert.smd_from_log_or(1.0, 0.2)
    assert (smd, variance) == (pytest.approx(0.5513288954217921), pytest.approx(0.2 * 3 / math.pi**2))
    assert convert.log_or_from_smd(smd, variance)[:2] == (pytest.approx(1.0), pytest.approx(0.2))
    assert step.code == "lnor-to-smd"


def test_swapping_arms_twice_gives_the_same_effect() -> None:
    estimate = from_means("MD", 10, 2, 25, 8, 3, 36)
    once = convert.swap_arms(estimate)
    assert (once.yi, once.vi) == (-estimate.yi, estimate.vi)
    assert convert.swap_arms(once).yi == estimate.yi
    assert once.steps[-1].code == "swap-arms"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convert.se_from_ci(2, 1, scale="log"), "lower bound must be below"),
        (lambda: convert.se_from_ci(0, 1, scale="log"), "above 0 to be put on the log scale; found 0"),
        (lambda: convert.se_from_ci(1, 2, scale="log", level=95), "for example 0.95"),
        (lambda: convert.se_from_ci(1, 2, scale="log", df=0), "degrees of freedom"),
        (lambda: convert.se_from_ci(1, math.inf, scale="identity"), "finite"),
        (lambda: convert.se_from_p(1.0, 0.04, scale="log"), "exactly no effect"),
        (lambda: convert.se_from_p(1.5, 0, scale="log"), "p value is 0"),
        (lambda: convert.events_from_percent(101, 10), "between 0 and 100"),
        (lambda: convert.events_from_percent(10, 10.5), "whole number"),
        (lambda: convert.effect_from_percents_and_p("OR", 0, 10, 0.05), "above 0 and below 100"),
        (lambda: convert.effect_from_percents_and_p("MD", 5, 10, 0.05), "OR, RR or RD"),
        (lambda: convert.merge_groups([], label="x"), "no arms"),
        (lambda: convert.merge_groups([Group(label="A"), Group(label="B", n=3)], label="x"), "of A is not known"),
        (lambda: convert.merge_groups([Group(label="A", n=2), Group(label="B", n=3)], label="x"), "neither counts"),
        (lambda: convert.mean_sd_from_quartiles(3, 2, 5, 10), "must not decrease"),
        (lambda: convert.mean_sd_from_range(2, 2, 2, 10), "no SD"),
        (lambda: convert.sd_from_ci(1, 2, 1), "at least 2"),
        (lambda: convert.odds_ratio_from_risk_ratio(3, 0.5), "gives a risk of 1.5"),
        (lambda: convert.risk_ratio_from_odds_ratio(2, 1), "baseline risk is 1"),
        (lambda: convert.smd_from_log_or(1, 0), "variance is 0"),
    ],
)
def test_errors_say_what_was_found(call: Callable[[], object], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        call()
