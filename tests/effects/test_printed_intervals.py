"""Estimates and intervals that do not belong together are found; rounding is not."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from synthesis.effects.printed_intervals import decimals, interval_disagreement


@pytest.mark.parametrize(("value", "expected"), [(1.25, 2), (3.0, 0), (0.001, 3), (1e-7, 7), (-2.5, 1), (100, 0)])
def test_decimals(value: float, expected: int) -> None:
    assert decimals(value) == expected


@pytest.mark.parametrize(
    ("estimate", "low", "high", "scale"),
    [
        (1.42, 1.05, 1.92, "log"),
        (0.5, 0.25, 1.0, "log"),
        (0.1, 0.0, 0.6, "log"),
        (2.3, 1.1, 3.5, "identity"),
        (-0.31, -0.52, -0.1, "identity"),
        (1.0, 1.0, 1.0, "log"),
    ],
)
def test_intervals_that_agree(estimate: float, low: float, high: float, scale: str) -> None:
    assert interval_disagreement(estimate, low, high, scale=scale) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("estimate", "low", "high", "scale", "message"),
    [
        (1.42, 1.05, 2.92, "log", "implies an estimate of 1.751"),
        (2.3, 1.1, 4.5, "identity", "implies an estimate of 2.8"),
        (2.05, 1.05, 4.0, "identity", "symmetric on the log scale"),
        (2.05, 1.05, 3.05, "log", "symmetric on the natural scale"),
        (0.9, 1.1, 1.5, "log", "outside its interval"),
        (1.2, 1.5, 1.1, "log", "are they swapped"),
        (-0.2, -0.5, 0.1, "log", "on the log scale"),
        (1.2, math.nan, 1.5, "log", "finite"),
    ],
)
def test_intervals_that_do_not(estimate: float, low: float, high: float, scale: str, message: str) -> None:
    found = interval_disagreement(estimate, low, high, scale=scale)  # type: ignore[arg-type]
    assert found is not None
    assert message in found


def test_known_digits_make_it_stricter() -> None:
    assert interval_disagreement(1.4, 1.0, 1.9, scale="log") is None
    assert interval_disagreement(1.4, 1.0, 1.9, scale="log", digits=3) is not None


def test_module_needs_the_standard_library_only() -> None:
    code = (
        "import sys, synthesis.effects.printed_intervals;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'pandas', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
