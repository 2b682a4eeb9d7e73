"""Resampling studies and results."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.diagnostics.bootstrap import bootstrap, bootstrap_arrays
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.pool import pool_arrays

RNG = np.random.default_rng(8)
V = RNG.uniform(0.02, 0.2, 40)
Y = RNG.normal(0.5, np.sqrt(V + 0.1))


def test_percentiles_come_near_the_wald_interval_of_many_studies() -> None:
    wald = pool_arrays(Y, V, ci="wald").ci
    for resampling in ("studies", "parametric"):
        found = bootstrap_arrays(Y, V, resampling=resampling, draws=4000)  # type: ignore[arg-type]
        assert found.estimate.shape == found.tau2.shape == (4000,)
        assert (found.ci.low, found.ci.high) == pytest.approx((wald.low, wald.high), abs=0.03)
        assert found.ci.low == pytest.approx(np.quantile(found.estimate, 0.025))
        assert 0 <= found.tau2_ci.low < found.tau2_ci.high
        assert found.resampling == resampling


def test_a_seed_gives_one_result() -> None:
    first, again, other = (bootstrap_arrays(Y, V, draws=50, seed=seed).estimate for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_studies_keep_their_variances() -> None:
    found = bootstrap_arrays([0.0, 1.0], [0.5, 0.5], draws=200, model="common")
    assert set(found.estimate.tolist()) == {0.0, 0.5, 1.0}


def test_parametric_resamples_without_heterogeneity_have_the_common_effect_spread() -> None:
    found = bootstrap_arrays(Y, V, resampling="parametric", model="common", draws=4000)
    assert found.estimate.std() == pytest.approx(1 / np.sqrt((1 / V).sum()), rel=0.05)


def test_rows_of_effects_and_level() -> None:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=float(y), vi=float(v), n=None, route="counts", read=True,
            design="rct", timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(zip(Y, V, strict=True))
    )  # fmt: skip
    narrow = bootstrap(Effects(measure="MD", rows=rows), draws=200, level=0.5)
    wide = bootstrap_arrays(Y, V, draws=200)
    assert np.array_equal(narrow.estimate, wide.estimate)
    assert wide.ci.low < narrow.ci.low < narrow.ci.high < wide.ci.high


def test_out_of_range() -> None:
    with pytest.raises(AnalysisError, match="at least 2 effects"):
        bootstrap_arrays([0.1], [0.2])
    with pytest.raises(UsageError, match="draws is 0"):
        bootstrap_arrays(Y, V, draws=0)
    with pytest.raises(UsageError, match="resampling is 'cases'"):
        bootstrap_arrays(Y, V, resampling="cases")  # type: ignore[arg-type]
