"""Laws every effect measure obeys, or is excused from in its table entry."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.effects.data import DATA_KINDS
from synthesis.effects.measures import MEASURES, effect_sizes, from_counts, from_means

COMPUTED = [key for key, entry in MEASURES.items() if entry.function is not None]
TWO_GROUPS = [key for key in COMPUTED if DATA_KINDS[MEASURES[key].data].groups == 2]

# Fisher's z has a variance from 4 participants on.
sizes = st.integers(4, 400)
positive = st.floats(0.05, 50)
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "events": st.integers(1, 200), "n": sizes, "mean": st.floats(1, 100), "sd": positive, "time": st.floats(1, 1e4),
    "correlation": st.floats(-0.95, 0.95), "t": st.floats(-0.4, 0.4), "predictors": st.integers(1, 2),
    "r_squared": st.floats(0.2, 0.9), "alpha": st.floats(-0.5, 0.99), "items": st.integers(2, 40),
}  # fmt: skip


@st.composite
def data(draw: st.DrawFn, kind: str) -> dict[str, float]:
    """Possible numbers for a data kind, no empty cells."""
    found = {name: draw(STRATEGIES[name.rstrip("12")]) for name in DATA_KINDS[kind].arguments}
    for name in list(found):
        if name.startswith("events"):
            total = "n" + name[6:]
            if total in found:
                found[total] = found[name] + draw(st.integers(1, 200))
    return found


def swapped(values: dict[str, float]) -> dict[str, float]:
    return {name[:-1] + {"1": "2", "2": "1"}[name[-1]]: value for name, value in values.items()}


@pytest.mark.parametrize("key", COMPUTED)
@given(draw=st.data())
def test_effects_are_finite_with_positive_variance(key: str, draw: st.DataObject) -> None:
    yi, vi = effect_sizes(key, draw.draw(data(MEASURES[key].data)))
    if any(law == "positive" for law, _ in MEASURES[key].exceptions) and math.isnan(yi[0]):
        return
    assert math.isfinite(yi[0])
    assert vi[0] > 0


@pytest.mark.parametrize(("key", "variance"), [(key, name) for key in COMPUTED for name, _ in MEASURES[key].variances])
@given(draw=st.data())
def test_other_variances_belong_to_the_same_effect(key: str, variance: str, draw: st.DataObject) -> None:
    values = draw.draw(data(MEASURES[key].data))
    yi, _ = effect_sizes(key, values)
    same, vi = effect_sizes(key, values, variance=variance)
    # An unbiased variance can fall below 0 in very small groups and is then undefined.
    assert same[0] == pytest.approx(yi[0], rel=1e-12) or math.isnan(vi[0])


@pytest.mark.parametrize("key", TWO_GROUPS)
@given(draw=st.data())
def test_swapping_arms_negates_the_effect(key: str, draw: st.DataObject) -> None:
    values = draw.draw(data(MEASURES[key].data))
    yi, vi = effect_sizes(key, values)
    other, variance = effect_sizes(key, swapped(values))
    if any(law == "swap" for law, _ in MEASURES[key].exceptions):
        return
    assert other[0] == pytest.approx(-yi[0], rel=1e-9, abs=1e-12)
    assert variance[0] == pytest.approx(vi[0], rel=1e-9)


@pytest.mark.parametrize("key", MEASURES)
@given(value=st.floats(-0.9, 0.9))
def test_back_transform_round_trips(key: str, value: float) -> None:
    measure = MEASURES[key]
    start = value if measure.scale in ("identity", "fisher-z") else abs(value) + 0.05
    assert measure.to_natural(measure.to_analysis(start)) == pytest.approx(start, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("key", MEASURES)
@given(low=st.floats(0.0, 0.7), step=st.floats(0.001, 0.7))
def test_back_transform_keeps_the_order(key: str, low: float, step: float) -> None:
    measure = MEASURES[key]
    assert measure.to_natural(low) < measure.to_natural(low + step)


@given(draw=st.data())
def test_odds_ratio_of_non_events_is_the_reciprocal(draw: st.DataObject) -> None:
    v = draw.draw(data("counts"))
    events = from_counts("OR", v["events1"], v["n1"], v["events2"], v["n2"])
    rest = from_counts("OR", v["n1"] - v["events1"], v["n1"], v["n2"] - v["events2"], v["n2"])
    assert rest.yi == pytest.approx(-events.yi, abs=1e-12)
    assert rest.vi == pytest.approx(events.vi, rel=1e-12)


@given(draw=st.data(), factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_rescaling_moves_the_mean_difference_only(draw: st.DataObject, factor: float, shift: float) -> None:
    v = draw.draw(data("means"))
    scaled = {
        name: factor * value + (shift if name.startswith("mean") else 0) if name[0] in "ms" else value
        for name, value in v.items()
    }
    md, scaled_md = from_means("MD", **v), from_means("MD", **scaled)
    # The shift cancels in the difference, at the price of rounding relative to its size.
    rounding = 1e-11 * (factor * 100 + 50)
    assert scaled_md.yi == pytest.approx(factor * md.yi, rel=1e-9, abs=rounding)
    assert scaled_md.vi == pytest.approx(factor**2 * md.vi, rel=1e-9)
    smd, scaled_smd = from_means("SMD", **v), from_means("SMD", **scaled)
    assert scaled_smd.yi == pytest.approx(smd.yi, rel=1e-7, abs=1e-7)
    assert scaled_smd.vi == pytest.approx(smd.vi, rel=1e-7)


@pytest.mark.parametrize("key", [key for key in TWO_GROUPS if MEASURES[key].data == "counts"])
@given(draw=st.data())
def test_equal_groups_show_no_effect(key: str, draw: st.DataObject) -> None:
    v = draw.draw(data("counts"))
    yi, _ = effect_sizes(key, {"events1": v["events1"], "n1": v["n1"], "events2": v["events1"], "n2": v["n1"]})
    assert yi[0] == pytest.approx(MEASURES[key].null, abs=1e-12)
