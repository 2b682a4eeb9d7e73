"""The root finder: exact, bounded, and honest about failure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.pooling.roots import falling_root


@pytest.mark.parametrize("target", [1e-9, 0.3, 7.0, 4e5])
def test_root_to_full_precision(target: float) -> None:
    root = falling_root(lambda t: 1 / (1 + t) - 1 / (1 + target), 0.0, 1e6)
    assert root.converged
    assert root.value == pytest.approx(target, rel=1e-12, abs=1e-15)
    assert root.iterations < 40


def test_steep_and_flat_functions() -> None:
    assert falling_root(lambda t: 1 - t**9, 0.0, 50.0).value == pytest.approx(1, rel=1e-14)
    assert falling_root(lambda t: np.where(t < math.pi, 1.0, -1.0), 0.0, 10.0).value == pytest.approx(math.pi)


def test_a_function_without_values_does_not_converge() -> None:
    assert not falling_root(lambda t: np.full(t.shape, np.nan), 0.0, 1.0).converged
