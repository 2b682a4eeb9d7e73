"""Fail-safe N by hand, and its limits."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from synthesis.diagnostics.fail_safe import FAIL_SAFE, fail_safe_n, orwin_n
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError, UsageError

Build = Callable[..., Effects]


def test_rosenthal_by_hand(plain_effects: Build) -> None:
    # z = 2, 3, 4: (9 / 1.6449)^2 - 3 = 26.9
    found = fail_safe_n(plain_effects([2, 3, 4], [1, 1, 1]))
    assert found.studies == 27
    assert found.p == pytest.approx(math.erfc(9 / math.sqrt(3) / math.sqrt(2)) / 2, rel=1e-12)


def test_rosenberg_by_hand(plain_effects: Build) -> None:
    # (9 / 1.96)^2 / 3 - 1, times 3 studies
    assert fail_safe_n(plain_effects([2, 3, 4], [1, 1, 1]), method="Rosenberg").studies == 19


def test_orwin_by_hand(plain_effects: Build) -> None:
    effects = plain_effects([0.2, 0.4, 0.6], [0.1, 0.1, 0.1])
    assert orwin_n(effects, 0.1).studies == 9
    assert orwin_n(effects, 0.2).studies == 3
    assert orwin_n(effects, 0.5).studies == orwin_n(effects, -0.1).studies == 0
    weighted = orwin_n(plain_effects([0.2, 0.8], [0.01, 1.0]), 0.1, weighted=True)
    assert weighted.mean == pytest.approx((0.2 / 0.01 + 0.8) / 101)


@pytest.mark.parametrize("method", FAIL_SAFE)
def test_no_study_is_needed_where_nothing_is_significant(method: str, plain_effects: Build) -> None:
    assert fail_safe_n(plain_effects([0.1, -0.1], [1, 1]), method=method).studies == 0


@pytest.mark.parametrize("method", FAIL_SAFE)
def test_the_direction_does_not_matter(method: str, plain_effects: Build) -> None:
    one, other = (fail_safe_n(plain_effects([s * 2, s * 3], [1, 1]), method=method).studies for s in (1, -1))
    assert one == other > 0


def test_errors(plain_effects: Build) -> None:
    with pytest.raises(AnalysisError, match="no effects"):
        fail_safe_n(plain_effects([], []))
    with pytest.raises(UsageError, match=r"between 0 and 0\.5"):
        fail_safe_n(plain_effects([1], [1]), alpha=5)
    with pytest.raises(UsageError, match="exactly 0"):
        orwin_n(plain_effects([1], [1]), 0.0)
