"""Interval methods and prediction conventions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.pooling.intervals import INTERVALS, PREDICTIONS, confidence_interval, prediction_interval
from synthesis.pooling.pool import pool_arrays

YI = np.array([0.1, 0.9, 0.4, -0.3, 0.2])
VI = np.array([0.02, 0.05, 0.04, 0.10, 0.03])


def explicit_hartung_knapp(tau2: float) -> float:
    """Standard error from the paper's formula, term by term."""
    w = [1 / (v + tau2) for v in VI]
    mu = sum(wi * yi for wi, yi in zip(w, YI, strict=True)) / sum(w)
    return math.sqrt(sum(wi * (yi - mu) ** 2 for wi, yi in zip(w, YI, strict=True)) / ((len(YI) - 1) * sum(w)))


def test_hartung_knapp_by_the_papers_formula() -> None:
    pooled = pool_arrays(YI, VI, tau2=0.05, ci="hartung-knapp")
    assert pooled.se == pytest.approx(explicit_hartung_knapp(0.05), rel=1e-13)
    # t(0.975; 4) = 2.7764451051977987
    assert pooled.ci.high - pooled.estimate == pytest.approx(2.7764451051977987 * pooled.se, rel=1e-9)
    assert pooled.test.df == 4


def test_floor_is_the_wald_standard_error() -> None:
    plain, floored, t = (pool_arrays(YI, VI, tau2=5.0, ci=ci) for ci in ("hartung-knapp", "hartung-knapp-floored", "t"))
    assert plain.se < floored.se == t.se == pytest.approx(1 / math.sqrt(sum(1 / (VI + 5))), rel=1e-13)


@pytest.mark.parametrize("key", INTERVALS)
def test_every_entry_is_complete(key: str) -> None:
    method = INTERVALS[key]
    assert method.label
    assert method.reference
    assert method.df(7) == (6 if method.t_based else None)
    assert method.smallest_k >= (2 if method.t_based else 1)


@pytest.mark.parametrize(("key", "df"), [("t(k-1)", 4), ("t(k-2)", 3), ("normal", None)])
def test_prediction_quantiles(key: str, df: int | None) -> None:
    interval = prediction_interval(0.3, 0.1, 0.04, 5, level=0.9, method=key)
    same = confidence_interval(0.3, math.sqrt(0.05), df, level=0.9, method=key)
    assert interval == same
    assert PREDICTIONS[key].reference
