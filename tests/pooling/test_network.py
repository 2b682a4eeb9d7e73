"""Networks: a star of two-arm studies is a set of pairwise analyses; unconnected treatments are named."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.network import network
from synthesis.pooling.pool import pool_arrays

YI = np.array([1.0, 1.4, 2.0, 2.1, 0.5, 1.3, 0.9, 1.0])
VI = np.array([0.05, 0.04, 0.1, 0.2, 0.03, 0.03, 0.06, 0.05])
STUDY = ["a", "a", "b", "b", "c", "c", "d", "d"]


def test_two_treatments_are_the_pairwise_analysis() -> None:
    found = network(YI, VI, STUDY, ["old", "new"] * 4, reference="old")
    pairwise = pool_arrays(YI[1::2] - YI[::2], VI[1::2] + VI[::2], tau2="REML", ci="wald")
    (contrast,) = found.contrasts
    assert contrast.name == "new"
    assert contrast.estimate == pytest.approx(pairwise.estimate, rel=1e-6)
    assert contrast.se == pytest.approx(pairwise.se, rel=1e-5)
    assert found.tau2 == pytest.approx(pairwise.tau2.value, rel=1e-4, abs=1e-8)
    assert (found.q, found.q_df) == (pytest.approx(pairwise.heterogeneity.q), 3)
    assert (found.studies, found.arms) == (4, 8)


def test_consistent_arms_give_back_their_effects() -> None:
    treatments = ["p", "x", "p", "y", "x", "y", "p", "x"]
    effect = {"p": 0.0, "x": 0.5, "y": -0.3}
    yi = [{"a": 1, "b": 2, "c": 3, "d": 4}[s] + effect[t] for s, t in zip(STUDY, treatments, strict=True)]
    found = network(yi, VI, STUDY, treatments, reference="p")
    assert {c.name: c.estimate for c in found.contrasts} == pytest.approx({"x": 0.5, "y": -0.3})
    assert found.q == pytest.approx(0, abs=1e-9)


def test_errors() -> None:
    with pytest.raises(AnalysisError, match="connects u, v with p"):
        network(YI, VI, STUDY, ["p", "x", "p", "x", "u", "v", "u", "v"], reference="p")
    with pytest.raises(UsageError, match="'q' is not among the treatments: new, old"):
        network(YI, VI, STUDY, ["old", "new"] * 4, reference="q")
