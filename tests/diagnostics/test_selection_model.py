"""Selection models: what selection does to data made with it, and refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthesis.diagnostics.selection_model import selection_model
from synthesis.diagnostics.selection_weights import SELECTION, SelectionLikelihood, Weights
from synthesis.effects.distributions import special
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError, UsageError

Build = Callable[..., Effects]


@pytest.fixture(scope="module")
def selected() -> tuple[np.ndarray, np.ndarray]:
    """Studies of an effect of 0.2, of which those that are not significant mostly stayed unpublished."""
    generator = np.random.default_rng(7)
    v = generator.uniform(0.01, 0.1, 400)
    y = generator.normal(0.2, np.sqrt(v + 0.01))
    kept = (y / np.sqrt(v) > 1.96) | (generator.uniform(size=400) < 0.2)
    return y[kept], v[kept]


def test_selection_is_found_and_allowed_for(selected: tuple[np.ndarray, np.ndarray], plain_effects: Build) -> None:
    found = selection_model(plain_effects(*selected))
    assert found.unselected.estimate > 0.25
    assert abs(found.estimate - 0.2) < 0.07
    assert found.selection is not None and found.selection.p < 0.001
    (chance,) = found.parameters
    assert 0.05 < chance.value < 0.45
    assert (chance.name, found.notes) == ("p from 0.025 to 1", ())


def test_held_at_one_nothing_changes(selected: tuple[np.ndarray, np.ndarray], plain_effects: Build) -> None:
    found = selection_model(plain_effects(*selected), held=[1.0])
    assert found.estimate == pytest.approx(found.unselected.estimate, rel=1e-7)
    assert found.log_likelihood == pytest.approx(found.log_likelihood_unselected, rel=1e-12)
    assert found.selection is None
    assert found.parameters[0].se is None


@pytest.mark.parametrize("mean", [0.2, -3.0, 6.0])
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("kind", SELECTION)
def test_the_average_chance_is_an_integral(kind: str, two_sided: bool, mean: float) -> None:
    weights = SELECTION[kind].build((0.025, 0.3))
    y, v = np.array([0.1, 0.5]), np.array([0.04, 0.09])
    build = SelectionLikelihood.build(y, v, weights, two_sided=two_sided, common=False, held=None)
    natural = np.array([mean, 0.05, *np.linspace(0.7, 1.4, len(weights.names))])
    grid = np.linspace(mean - 6, mean + 6, 400_001)
    total = 0.0
    for effect, variance in zip(y, v, strict=True):
        total += _log_density(weights, float(effect), float(variance), natural, grid, two_sided)
    # The sum over a grid is off by up to a grid step at every jump.
    assert float(build.at_natural(natural)) == pytest.approx(total, abs=1e-4 if kind == "step" else 1e-6)


def _log_density(
    weights: Weights, effect: float, variance: float, natural: np.ndarray, grid: np.ndarray, two_sided: bool
) -> float:
    def chance(values: np.ndarray) -> np.ndarray:
        z = values / np.sqrt(variance)
        p, rest = special().ndtr(-z), special().ndtr(z)
        if two_sided:
            p, rest = 2 * np.minimum(p, rest), np.abs(rest - p)
        if weights.log_function is None:
            return np.concatenate([[1.0], natural[2:]])[np.searchsorted(weights.steps, p)]
        inside = (np.clip(part, weights.nearest, 1 - weights.nearest) for part in (p, rest))
        return np.exp(weights.log_function(*inside, natural[2:]))

    def density(values: np.ndarray) -> np.ndarray:
        spread = variance + natural[1]
        return np.exp(-((values - natural[0]) ** 2) / (2 * spread)) / np.sqrt(2 * np.pi * spread)

    average = np.trapezoid(chance(grid) * density(grid), grid)
    here = np.array([effect])
    return float(np.log(chance(here) * density(here) / average)[0])


def test_the_direction_can_be_turned_round(selected: tuple[np.ndarray, np.ndarray], plain_effects: Build) -> None:
    y, v = selected
    one = selection_model(plain_effects(y, v))
    other = selection_model(plain_effects(-y, v), alternative="less")
    assert (other.estimate, other.se) == pytest.approx((-one.estimate, one.se), rel=1e-6)


def test_errors(plain_effects: Build) -> None:
    effects = plain_effects([0.5, 0.6, 0.7], [0.01] * 3)
    with pytest.raises(AnalysisError, match=r"no study has a p value between 0\.025 and 1"):
        selection_model(effects)
    with pytest.raises(UsageError, match="must rise and lie between 0 and 1"):
        selection_model(effects, steps=(0.5, 0.1))
    with pytest.raises(UsageError, match="held must have 1 numbers"):
        selection_model(effects, held=[0.5, 0.2])
    with pytest.raises(UsageError, match="'greater', 'less' or 'two-sided'"):
        selection_model(effects, alternative="up")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        selection_model(plain_effects([0.5], [0.1]))
