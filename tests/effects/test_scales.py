"""Scales: inverse functions, ranges, messages."""

from __future__ import annotations

import math

import pytest

from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.scales import SCALES

INSIDE = {
    "identity": -3.2, "log": 1.7, "logit": 0.8, "arcsine": 0.8, "double-arcsine": 0.8, "sqrt": 2.5, "double-sqrt": 2.5,
    "fisher-z": -0.4, "cube-root-complement": 0.9, "log-complement": 0.9,
}  # fmt: skip


@pytest.mark.parametrize("key", SCALES)
def test_inverse(key: str) -> None:
    scale = SCALES[key]
    assert scale.inverse(scale.forward(INSIDE[key])) == pytest.approx(INSIDE[key], rel=1e-14)
    assert scale.problem(INSIDE[key]) is None
    assert scale.problem(math.nan) is not None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("log", 0.0, "a ratio must be above 0 to be put on the log scale; found 0"),
        ("logit", 1.0, "a proportion must be between 0 and 1"),
        ("arcsine", 1.2, "between 0 and 1"),
        ("sqrt", -1.0, "a rate must be above 0"),
        ("log-complement", 1.0, "a reliability must be below 1"),
        ("fisher-z", -1.0, "a correlation must be between -1 and 1"),
    ],
)
def test_out_of_range(key: str, value: float, message: str) -> None:
    assert message in str(SCALES[key].problem(value))


def test_open_ends_are_infinitely_far() -> None:
    assert SCALES["log"].forward(0.0) == SCALES["logit"].forward(0.0) == -math.inf
    assert SCALES["logit"].forward(1.0) == SCALES["fisher-z"].forward(1.0) == math.inf
    assert (SCALES["log"].inverse(1e4), SCALES["logit"].inverse(-1e4)) == (math.inf, 0.0)
    assert SCALES["arcsine"].inverse(2.0) == 1.0


@pytest.mark.parametrize(("events", "n"), [(0, 12), (1, 12), (6, 12), (11, 12), (12, 12), (3, 4000)])
def test_double_arcsine_is_undone_exactly_for_its_own_size(events: int, n: int) -> None:
    yi, _ = effect_sizes("PFT", {"events": events, "n": n})
    measure = MEASURES["PFT"]
    assert measure.to_natural(yi[0], n) == pytest.approx(events / n, abs=1e-12)
    assert measure.to_natural(yi[0]) == pytest.approx(events / n, abs=1 / n)
    assert (measure.to_natural(-1.0, n), measure.to_natural(9.0, n)) == (0.0, 1.0)


@pytest.mark.parametrize(("events", "time"), [(0, 7.5), (1, 7.5), (40, 900.0)])
def test_double_square_root_is_undone_exactly_for_its_own_time(events: int, time: float) -> None:
    yi, _ = effect_sizes("IRFT", {"events": events, "time": time})
    assert MEASURES["IRFT"].to_natural(yi[0], time) == pytest.approx(events / time, abs=1e-14)
