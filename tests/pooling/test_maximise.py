"""Maxima within bounds, to full precision; gradients."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.pooling.maximise import complex_gradient, difference_gradient, hessian, maximise

FREE = np.full(2, np.inf)


def hill(point: np.ndarray) -> float:
    x, y = point
    return -((x - 1.5) ** 2) - 10 * (y - x**2) ** 2


def slope(point: np.ndarray) -> np.ndarray:
    x, y = point
    return np.array([-2 * (x - 1.5) + 40 * x * (y - x**2), -20 * (y - x**2)])


def test_a_curved_ridge_is_climbed_to_the_last_digit() -> None:
    found = maximise(hill, slope, [np.zeros(2)], low=-FREE, high=FREE)
    assert found.converged
    assert found.point == pytest.approx([1.5, 2.25], rel=1e-10)


def test_bounds_hold() -> None:
    found = maximise(hill, slope, [np.zeros(2)], low=-FREE, high=np.array([1.0, np.inf]))
    assert found.converged
    assert found.point == pytest.approx([1.0, 1.0], rel=1e-8)
    assert found.inside.tolist() == [False, True]


def test_the_higher_of_two_hills_is_found() -> None:
    def value(point: np.ndarray) -> float:
        return float(-((point[0] ** 2 - 1) ** 2) + 0.1 * point[0])

    def derivative(point: np.ndarray) -> np.ndarray:
        return -4 * point * (point**2 - 1) + 0.1

    starts = [np.array([-1.2]), np.array([0.8])]
    assert maximise(value, derivative, starts, low=-FREE[:1], high=FREE[:1]).point[0] > 0


def test_a_function_without_values_does_not_converge() -> None:
    found = maximise(lambda p: np.nan, lambda p: np.full(2, np.nan), [np.zeros(2)], low=-FREE, high=FREE)
    assert not found.converged


def test_gradients_and_curvature() -> None:
    point = np.array([0.3, -0.7])
    assert complex_gradient(hill)(point) == pytest.approx(slope(point), rel=1e-14)
    assert difference_gradient(hill)(point) == pytest.approx(slope(point), rel=1e-8)
    expected = [[-2 + 40 * (-0.7) - 120 * 0.09, 40 * 0.3], [40 * 0.3, -20]]
    assert hessian(slope, point, np.array([True, True])) == pytest.approx(np.array(expected), rel=1e-8)
