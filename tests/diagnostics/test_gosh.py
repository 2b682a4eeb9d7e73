"""Every subset, or many of them."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.diagnostics.gosh import counted, gosh, gosh_arrays
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.pool import pool_arrays

Y = np.array([0.1, 0.9, 0.4, -0.3, 0.2])
V = np.array([0.02, 0.05, 0.04, 0.10, 0.01])


@pytest.mark.parametrize("options", [{}, {"model": "common"}, {"tau2": "DL"}, {"tau2": 0.1}])
def test_every_subset_once_and_pooled(options: dict[str, object]) -> None:
    found = gosh_arrays(Y, V, **options)  # type: ignore[arg-type]
    assert found.complete and len(found) == 31
    assert len({tuple(row) for row in found.include.tolist()}) == 31
    for index, part in enumerate(found.include):
        alone = pool_arrays(Y[part], V[part], ci="wald", **options)  # type: ignore[arg-type]
        assert found.size[index] == alone.k
        assert found.estimate[index] == pytest.approx(alone.estimate, rel=1e-9)
        assert found.q[index] == pytest.approx(alone.heterogeneity.q, abs=1e-10)
        assert found.i2[index] == pytest.approx(alone.heterogeneity.i2, abs=1e-9)
        assert found.h2[index] == pytest.approx(alone.heterogeneity.h2, rel=1e-9)
        if alone.k > 1:
            assert found.tau2[index] == pytest.approx(alone.tau2.value, rel=1e-9, abs=1e-12)


def test_order_is_that_of_a_binary_counter() -> None:
    assert counted(1, 4, 3).tolist() == [[True, False, False], [False, True, False], [True, True, False]]


def test_of_many_studies_subsets_are_drawn() -> None:
    y, v = np.tile(Y, 20), np.tile(V, 20)
    found = gosh_arrays(y, v, subsets=500, seed=1)
    assert not found.complete and found.include.shape == (500, 100)
    assert 0.45 < found.include.mean() < 0.55
    assert np.array_equal(found.estimate, gosh_arrays(y, v, subsets=500, seed=1).estimate)
    assert not np.array_equal(found.estimate, gosh_arrays(y, v, subsets=500, seed=2).estimate)


def test_no_empty_subset_is_drawn() -> None:
    found = gosh_arrays(Y[:3], V[:3], subsets=6)
    assert not found.complete and found.size.min() >= 1


def test_rows_of_effects() -> None:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=float(y), vi=float(v), n=None, route="counts", read=True,
            design="rct", timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(zip(Y, V, strict=True))
    )  # fmt: skip
    assert np.array_equal(gosh(Effects(measure="MD", rows=rows)).estimate, gosh_arrays(Y, V).estimate)


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        gosh_arrays(Y, V).tau2[0] = 1


def test_out_of_range() -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects"):
        gosh_arrays([0.1], [0.2])
    with pytest.raises(UsageError, match="subsets is 0"):
        gosh_arrays(Y, V, subsets=0)


def test_a_summary_is_of_the_subsets_asked_for() -> None:
    found = gosh_arrays(Y, V)
    whole, holding, without = found.summary(), found.summary(0), found.summary(0, holding=False)
    assert whole.n == len(found) and holding.n + without.n == whole.n
    assert whole.low <= whole.median <= whole.high
    assert holding.median == pytest.approx(np.median(found.estimate[found.include[:, 0]]))
    assert without.i2 == pytest.approx(np.median(found.i2[~found.include[:, 0]]))


def test_there_may_be_no_subset_without_a_study() -> None:
    found = gosh_arrays(Y[:2], V[:2], subsets=1, seed=3)
    study = int(np.flatnonzero(found.include[0])[0])
    nothing = found.summary(study, holding=False)
    assert nothing.n == 0 and np.isnan(nothing.median)


def test_the_model_is_said() -> None:
    assert (gosh_arrays(Y, V).model, gosh_arrays(Y, V).method) == ("random", "REML")
    assert gosh_arrays(Y, V, model="common").method == "none"
    assert gosh_arrays(Y, V, tau2=0.1).method == "fixed"
