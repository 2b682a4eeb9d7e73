"""Effect measures: textbook values, single comparisons with steps, and errors a user can act on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.effects.data import DATA_KINDS
from synthesis.effects.formulas import small_sample_factor
from synthesis.effects.measures import MEASURES, effect_sizes, from_counts, from_groups, from_means
from synthesis.effects.model import Group
from synthesis.effects.scales import SCALES
from synthesis.errors import AnalysisError, UnknownKeyError


def test_risk_ratio_by_hand() -> None:
    estimate = from_counts("RR", 15, 100, 30, 120)
    assert estimate.yi == pytest.approx(math.log((15 / 100) / (30 / 120)), rel=1e-14)
    assert estimate.vi == pytest.approx(1 / 15 - 1 / 100 + 1 / 30 - 1 / 120, rel=1e-14)
    assert estimate.steps == ()


def test_odds_ratio_by_hand() -> None:
    estimate = from_counts("OR", 15, 100, 30, 120)
    assert estimate.yi == pytest.approx(math.log(15 * 90 / (85 * 30)), rel=1e-14)
    assert estimate.vi == pytest.approx(1 / 15 + 1 / 85 + 1 / 30 + 1 / 90, rel=1e-14)


def test_risk_difference_by_hand() -> None:
    estimate = from_counts("RD", 15, 100, 30, 120)
    assert estimate.yi == pytest.approx(-0.1, rel=1e-14)
    assert estimate.vi == pytest.approx(0.15 * 0.85 / 100 + 0.25 * 0.75 / 120, rel=1e-14)


def test_mean_difference_by_hand() -> None:
    estimate = from_means("MD", 10, 2, 25, 8, 3, 36)
    assert (estimate.yi, estimate.vi) == (2, pytest.approx(4 / 25 + 9 / 36, rel=1e-14))


def test_hedges_g_by_hand() -> None:
    pooled = math.sqrt((24 * 4 + 35 * 9) / 59)
    correction = math.gamma(59 / 2) / (math.sqrt(59 / 2) * math.gamma(58 / 2))
    g = correction * 2 / pooled
    estimate = from_means("SMD", 10, 2, 25, 8, 3, 36)
    assert estimate.yi == pytest.approx(g, rel=1e-13)
    assert estimate.vi == pytest.approx(1 / 25 + 1 / 36 + g**2 / (2 * 61), rel=1e-13)


def test_exact_correction_is_near_the_usual_approximation() -> None:
    df = np.array([10.0, 50.0, 400.0])
    assert small_sample_factor(df) == pytest.approx(1 - 3 / (4 * df - 1), rel=2e-3)
    assert np.isnan(small_sample_factor(np.array([1.0]))).all()


def test_empty_cell_is_corrected_and_the_step_says_so() -> None:
    estimate = from_counts("OR", 0, 20, 5, 25)
    assert estimate.yi == pytest.approx(math.log(0.5 * 20.5 / (20.5 * 5.5)), rel=1e-14)
    (step,) = estimate.steps
    assert step.code == "zero-cells"
    assert step.text == "0.50 added to each of the cells 0, 20, 5, 20"


def test_risk_difference_with_no_variance_is_corrected() -> None:
    assert from_counts("RD", 0, 20, 0, 25).vi > 0
    with pytest.raises(AnalysisError, match="standard error is undefined for events1 = 0"):
        from_counts("RD", 0, 20, 0, 25, zero_cells="none")


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_double_zero_rows_can_be_dropped(measure: str) -> None:
    data = {"events1": [0, 3], "n1": [20, 20], "events2": [0, 4], "n2": [25, 25]}
    kept, _ = effect_sizes(measure, data)
    dropped, variance = effect_sizes(measure, data, zero_cells="only0-drop00")
    assert np.isfinite(kept).all()
    assert np.isnan(dropped).tolist() == np.isnan(variance).tolist() == [True, False]
    with pytest.raises(AnalysisError, match="undefined"):
        from_counts(measure, 0, 20, 0, 25, zero_cells="only0-drop00")


def test_groups_travel_with_the_estimate() -> None:
    one = Group(label="Peer", arms=("peer",), events=12, n=40)
    two = Group(label="None", arms=("none",), events=8, n=41)
    estimate = from_groups("OR", one, two)
    assert (estimate.intervention, estimate.comparator) == (one, two)
    assert estimate.yi == from_counts("OR", 12, 40, 8, 41).yi
    with pytest.raises(AnalysisError, match="SMD needs mean of every group; it is not known for 'Peer'"):
        from_groups("SMD", one, two)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: from_counts("OR", 11, 10, 1, 10), r"group 1 has more events \(11\) than participants \(10\)"),
        (lambda: from_counts("OR", 1, 10, -1, 10), "group 2 has a negative number of events"),
        (lambda: from_counts("OR", 0, 0, 1, 10), "group 1 has 0 participants"),
        (lambda: from_counts("OR", math.nan, 10, 1, 10), "events1 is not one"),
        (lambda: from_counts("SMD", 1, 10, 1, 10), "computed from means; found counts"),
        (lambda: from_counts("HR", 1, 10, 1, 10), "hazard ratio cannot be computed from counts"),
        (lambda: from_means("MD", 1, -1, 10, 1, 1, 10), "group 1 has a negative SD"),
        (lambda: from_means("SMD", 1, 0, 10, 1, 0, 10), "undefined"),
        (lambda: effect_sizes("OR", {"events1": [1]}), "computed from events1, n1, events2, n2; found events1"),
    ],
)
def test_errors_say_what_was_found(call: object, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        call()  # type: ignore[operator]


def test_unknown_measure_lists_the_known_ones() -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean 'RR'"):
        from_counts("RRR", 1, 10, 1, 10)


@pytest.mark.parametrize("key", MEASURES)
def test_every_entry_is_complete(key: str) -> None:
    measure = MEASURES[key]
    assert measure.key == key
    assert measure.label
    assert measure.reference
    assert measure.data in DATA_KINDS
    assert (measure.function is None) == (measure.data == "contrast-only")
    assert measure.scale in SCALES
    expected = {"log": 1.0, "identity": 0.0, "fisher-z": 0.0}.get(measure.scale, math.nan)
    if measure.data in ("proportion", "rate", "mean", "reliability"):
        expected = math.nan
    assert measure.null_natural == pytest.approx(expected, nan_ok=True)


def test_ratios_refuse_what_has_no_logarithm() -> None:
    with pytest.raises(ValueError, match="above 0"):
        MEASURES["OR"].to_analysis(0.0)
    assert MEASURES["OR"].to_natural(1e6) == math.inf


def test_an_unknown_variance_lists_the_known_ones() -> None:
    with pytest.raises(UnknownKeyError, match=r"sampling variance of SMD 'XX'.*AV, LS, LS2, UB"):
        effect_sizes("SMD", {"mean1": 1, "sd1": 1, "n1": 9, "mean2": 0, "sd2": 1, "n2": 9}, variance="XX")


def test_missing_numbers_do_not_enter_an_average_variance() -> None:
    found = effect_sizes("COR", {"correlation": [0.1, 0.5, math.nan], "n": [20, 60, 40]}, variance="AV")[1]
    assert found[:2] == pytest.approx((1 - 0.4**2) ** 2 / np.array([19, 59]), rel=1e-14)
    assert math.isnan(found[2])


@pytest.mark.parametrize(
    ("measure", "data", "message"),
    [
        ("MC", {"mean1": 1, "sd1": -1, "mean2": 1, "sd2": 1, "correlation": 0.5, "n": 9}, "occasion 1 has a negative"),
        ("SMCC", {"mean1": 1, "sd1": 1, "mean2": 1, "sd2": 1, "correlation": 1.5, "n": 9}, "must lie between −1 and 1"),
        ("PCOR", {"t": 1, "n": 4, "predictors": 3}, "more participants than predictors"),
        ("SPCOR", {"t": 1, "n": 40, "predictors": 3, "r_squared": 2}, "R² must lie between 0 and 1"),
        ("ABT", {"alpha": 1.2, "items": 4, "n": 30}, "it must be 1 or less"),
        ("ABT", {"alpha": 0.9, "items": 1, "n": 30}, "alpha needs at least 2"),
        ("ABT", {"alpha": 0.9, "items": 4, "n": 2}, "needs at least 3"),
    ],
)
def test_impossible_data_of_every_kind(measure: str, data: dict[str, float], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        effect_sizes(measure, data)
