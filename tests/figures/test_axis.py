"""Axes: ticks people can read, everything that must be seen, and no touching labels."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.figures.axis import FEWEST_TICKS, MOST_TICKS, TICK_GAP, Axis, axis, measured, narrow
from synthesis.figures.lettering import width

ROOM = 130.0


def labels(made: Axis) -> list[str]:
    return [tick.label for tick in made.ticks]


@pytest.mark.parametrize(
    ("must", "scale", "expected"),
    [
        ([0.4, 8.0], "log", "0.2 0.5 1 2 5 10"),
        ([0.9, 1.3], "log", "0.75 1 1.25 1.5"),
        ([0.08, 3.0], "log", "0.03 0.1 0.3 1 3"),
        ([0.001, 10_000], "log", "0.0001 0.01 1 100 10,000"),
        ([1e-7, 1e6], "log", "10⁻⁹ 10⁻⁶ 0.001 1 1,000 10⁶"),
        ([0.2, 900], "log", "0.1 1 10 100 1,000"),
        ([-3.5, 8.0], "linear", "−4 −2 0 2 4 6 8"),
        ([-120, 400], "linear", "−200 0 200 400"),
        ([0.01, 0.02], "linear", "−0.005 0 0.005 0.01 0.015 0.02"),
    ],
)
def test_ticks_are_round_numbers_and_include_no_effect(must: list[float], scale: str, expected: str) -> None:
    null = 1.0 if scale == "log" else 0.0
    made = axis(must, [], scale=scale, null=null, room=ROOM)  # type: ignore[arg-type]
    assert " ".join(labels(made)) == expected
    assert (made.ticks[0].value, made.ticks[-1].value) == (made.low, made.high)


@given(
    st.lists(st.floats(-9, 9), min_size=1, max_size=6),
    st.lists(st.floats(-30, 30), max_size=6),
    st.sampled_from(["log", "linear"]),
)
def test_what_must_be_seen_is_seen_and_labels_keep_clear(must: list[float], may: list[float], scale: str) -> None:
    on_scale = (lambda x: 10.0**x) if scale == "log" else (lambda x: x)
    null = 1.0 if scale == "log" else 0.0
    made = axis(map(on_scale, must), map(on_scale, may), scale=scale, null=null, room=ROOM)  # type: ignore[arg-type]
    for value in (*must, 0.0):
        assert not made.cuts(on_scale(value))
    assert 0 < made.share(null) < 1
    assert 2 <= len(made.ticks) <= MOST_TICKS
    places = [ROOM * made.share(tick.value) for tick in made.ticks]
    for (a, one), (b, other) in itertools.pairwise(zip(places, made.ticks, strict=True)):
        assert b - a - (width(one.label) + width(other.label)) / 2 >= TICK_GAP - 1e-6
    assert len(set(labels(made))) == len(made.ticks)


def test_a_wide_interval_does_not_squeeze_the_estimates() -> None:
    made = axis([1.1, 1.5], [1e-8, 1e8], scale="log", null=1.0, room=ROOM)
    assert made.high < 50 and made.low > 0.02
    assert made.cuts(1e8) and made.share(1e8) == 1.0 and made.share(1e-8) == 0.0


def test_a_narrow_axis_still_has_ticks() -> None:
    made = axis([0.98, 1.02], [], scale="log", null=1.0, room=200)
    assert len(made.ticks) >= 3
    assert made.low > 0.5 and made.high < 2.01


def test_nothing_but_no_effect_gives_an_axis_around_it() -> None:
    for scale, null in (("log", 1.0), ("linear", 0.0)):
        made = axis([null], [], scale=scale, null=null, room=ROOM)  # type: ignore[arg-type]
        assert made.low < null < made.high


def test_infinite_and_missing_limits_are_cut() -> None:
    made = axis([2.0], [math.inf, 0.0, math.nan], scale="log", null=1.0, room=ROOM)
    assert math.isfinite(made.high) and made.low > 0
    assert made.cuts(math.inf) and made.cuts(0.0)


def test_few_ticks_are_the_exception() -> None:
    made = axis([0.5, 4.0], [], scale="log", null=1.0, room=ROOM)
    assert len(made.ticks) >= FEWEST_TICKS


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.3, 0.31], "0.3 0.302 0.304 0.306 0.308 0.31"),
        ([2, 37], "0 10 20 30 40"),
        ([1e-12, 3e-12], "1×10⁻¹² 1.5×10⁻¹² 2×10⁻¹² 2.5×10⁻¹² 3×10⁻¹²"),
        ([0, 4e9], "0 1×10⁹ 2×10⁹ 3×10⁹ 4×10⁹"),
        ([7, 7], "6 6.5 7 7.5 8"),
    ],
)
def test_an_axis_without_no_effect(values: list[float], expected: str) -> None:
    made = measured(values, room=300)
    assert " ".join(labels(made)) == expected
    assert made.null == made.low <= min(values) and made.high >= max(values)


def test_years_have_no_comma_and_an_axis_may_start_at_zero() -> None:
    assert labels(measured([1991, 2019], room=300, years=True))[0] == "1990"
    assert measured([5, 6], room=300, zero=True).low == 0
    assert labels(measured([5, 6], room=300)) != labels(measured([5, 6], room=300, zero=True))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6), st.booleans())
def test_a_narrow_axis_ends_at_its_values(values: list[float], zero: bool) -> None:
    made = narrow(values, room=40, margin=9, zero=zero)
    assert not any(made.cuts(value) for value in values)
    assert len(made.ticks) <= 4
    spans = [(40 * made.share(tick.value), width(tick.label) / 2) for tick in made.ticks]
    assert len(made.ticks) < 2 or all(place - half >= -9.01 and place + half <= 49.01 for place, half in spans)
    for (a, one), (b, other) in itertools.pairwise(spans):
        assert b - a - one - other >= TICK_GAP - 1e-6
