"""Rank test: exact p values by counting every order, ties, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from synthesis.diagnostics.rank_test import kendall, rank_test
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError

Build = Callable[..., Effects]


def slow_tau(x: np.ndarray, y: np.ndarray) -> int:
    pairs = [(i, j) for i in range(len(x)) for j in range(i)]
    return int(sum(np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]) for i, j in pairs))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (0, 2, 1, 4, 3), (4, 0, 3, 1, 2), (3, 4, 2, 1, 0)])
def test_exact_p_counts_every_order(order: tuple[int, ...]) -> None:
    x, y = np.arange(5.0), np.array(order, dtype=float)
    tau, p, exact = kendall(x, y)
    scores = [slow_tau(x, np.array(other)) for other in permutations(range(5))]
    observed = slow_tau(x, y)
    tail = min(sum(score >= observed for score in scores), sum(score <= observed for score in scores))
    assert exact
    assert tau == pytest.approx(observed / 10)
    assert p == pytest.approx(min(1.0, 2 * tail / len(scores)), rel=1e-12)


def test_ties_are_corrected_for() -> None:
    x, y = np.array([1.0, 1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.0, 1.0, 3.0, 3.0, 6.0, 5.0])
    tau, p, exact = kendall(x, y)
    assert not exact
    assert tau == pytest.approx(slow_tau(x, y) / 14)
    # Kendall 1970: the mean over every order of the squared score.
    scores = [slow_tau(x, np.array(other)) for other in permutations(y)]
    assert p == pytest.approx(math.erfc(slow_tau(x, y) / np.std(scores) / math.sqrt(2)), rel=1e-12)


def test_asymmetry_is_seen(plain_effects: Build) -> None:
    sei = np.linspace(0.1, 1.2, 12)
    found = rank_test(plain_effects(2 * sei + 0.01 * (-1.0) ** np.arange(12), sei**2))
    assert found.p < 0.001
    assert found.notes == ()


def test_errors_and_limits(plain_effects: Build) -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        rank_test(plain_effects([1], [1]))
    with pytest.raises(AnalysisError, match="nothing to rank"):
        rank_test(plain_effects([1, 2, 3], [1, 1, 1]))
    assert [note.code for note in rank_test(plain_effects([1, 2, 4], [1, 2, 3])).notes] == ["few-studies"]
