"""Trim and fill: what it adds, where, and when it refuses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthesis.diagnostics.trim_and_fill import TRIM_ESTIMATORS, trim_and_fill
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling.pool import pool_arrays

Build = Callable[..., Effects]
# A funnel with its low end cut off: the less precise, the larger.
YI = [0.1, 0.12, 0.2, 0.35, 0.5, 0.7, 0.9, 1.1]
VI = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4]


@pytest.mark.parametrize("estimator", TRIM_ESTIMATORS)
def test_a_cut_funnel_is_filled_on_the_empty_side(estimator: str, plain_effects: Build) -> None:
    found = trim_and_fill(plain_effects(YI, VI), estimator=estimator)
    assert found.side == "left"
    assert found.missing == len(found.filled_yi) == len(found.filled_vi) > 0
    assert found.filled.estimate < found.observed.estimate
    assert found.filled.k == 8 + found.missing
    again = pool_arrays([*YI, *found.filled_yi], [*VI, *found.filled_vi], ci="wald")
    assert found.filled.estimate == pytest.approx(again.estimate, rel=1e-12)


@pytest.mark.parametrize("estimator", TRIM_ESTIMATORS)
def test_turning_the_funnel_round_turns_the_result_round(estimator: str, plain_effects: Build) -> None:
    one = trim_and_fill(plain_effects(YI, VI), estimator=estimator)
    other = trim_and_fill(plain_effects([-y for y in YI], VI), estimator=estimator)
    assert (other.side, other.missing) == ("right", one.missing)
    assert np.array(other.filled_yi) == pytest.approx(-np.array(one.filled_yi), rel=1e-9)


def test_filled_studies_mirror_the_outermost_ones(plain_effects: Build) -> None:
    found = trim_and_fill(plain_effects(YI, VI))
    centre = pool_arrays(sorted(YI)[: 8 - found.missing], VI[: 8 - found.missing], ci="wald").estimate
    outermost = sorted(YI)[8 - found.missing :]
    assert sorted(found.filled_yi) == pytest.approx(sorted(2 * centre - y for y in outermost), rel=1e-9)


@pytest.mark.parametrize("estimator", TRIM_ESTIMATORS)
def test_a_symmetric_funnel_is_left_alone(estimator: str, plain_effects: Build) -> None:
    effects = plain_effects([-0.6, -0.3, -0.1, 0.0, 0.1, 0.3, 0.6], [0.3, 0.1, 0.02, 0.01, 0.02, 0.1, 0.3])
    found = trim_and_fill(effects, estimator=estimator, side="left")
    assert found.missing == 0
    assert found.filled == found.observed


@pytest.mark.parametrize("estimator", TRIM_ESTIMATORS)
def test_equal_effects_make_a_symmetric_funnel(estimator: str, plain_effects: Build) -> None:
    assert trim_and_fill(plain_effects([0.4] * 5, VI[:5]), estimator=estimator, side="right").missing == 0


def test_few_studies_are_pointed_out(plain_effects: Build) -> None:
    assert [note.code for note in trim_and_fill(plain_effects(YI, VI)).notes] == ["few-studies"]
    assert trim_and_fill(plain_effects(YI * 2, VI * 2)).notes == ()


def test_errors(plain_effects: Build) -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects; found 1"):
        trim_and_fill(plain_effects([0.1], [0.1]))
    with pytest.raises(AnalysisError, match="standard error"):
        trim_and_fill(plain_effects([0.1, 0.2, 0.3], [0.1] * 3))
    with pytest.raises(UnknownKeyError, match="estimator of missing studies 'Q0'"):
        trim_and_fill(plain_effects(YI, VI), estimator="Q0")
    with pytest.raises(UsageError, match="'auto', 'left' or 'right'"):
        trim_and_fill(plain_effects(YI, VI), side="up")  # type: ignore[arg-type]
