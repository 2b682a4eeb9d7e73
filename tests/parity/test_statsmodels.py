"""Where statsmodels computes the same, the numbers are the same; where it does not, the difference is shown.

The differences are why the package does not stand on statsmodels for pooling (docs/decisions/0020).
"""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.meta_analysis import combine_effects

from synthesis.diagnostics.small_study import egger_arrays
from synthesis.pooling.glmm import fit_glmm
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.regression import regress

Y = np.array([0.12, 0.58, 0.31, -0.2, 0.77, 0.4])
V = np.array([0.04, 0.09, 0.02, 0.05, 0.11, 0.03])
YEAR = np.array([1990.0, 1995, 2001, 2004, 2011, 2015])
# Effects closer together than their errors allow.
ALIKE = np.array([0.15, 0.52, 0.31, 0.1, 0.55, 0.4])


def test_dersimonian_laird_and_paule_mandel_agree_where_tau2_is_positive() -> None:
    for theirs, ours in (("chi2", "DL"), ("iterated", "PM")):
        other = combine_effects(Y, V, method_re=theirs)
        found = pool_arrays(Y, V, tau2=ours, ci="wald")
        assert found.tau2.value == pytest.approx(float(np.squeeze(other.tau2)), rel=1e-4)
        assert found.estimate == pytest.approx(float(other.mean_effect_re), rel=1e-4)
        assert found.heterogeneity.q == pytest.approx(float(other.q), rel=1e-10)
        knapp = pool_arrays(Y, V, tau2=ours, ci="hartung-knapp")
        assert knapp.se == pytest.approx(float(np.sqrt(other.scale_hksj_re) * other.sd_eff_w_re), rel=1e-4)


def test_their_tau2_goes_below_zero() -> None:
    other = combine_effects(ALIKE, V, method_re="chi2")
    assert float(other.tau2) < 0
    found = pool_arrays(ALIKE, V, tau2="DL", ci="wald")
    assert found.tau2.value == 0
    assert "tau2-at-zero" in {note.code for note in found.notes}
    # With weights 1 / (v + tau2), a negative tau2 claims more certainty than the common-effect model.
    assert float(other.sd_eff_w_re) < float(other.sd_eff_w_fe) == pytest.approx(found.se)


def test_they_have_neither_reml_nor_a_prediction_interval() -> None:
    with pytest.raises(ValueError, match="method_re"):
        combine_effects(Y, V, method_re="reml")
    assert not [name for name in dir(combine_effects(Y, V)) if "pred" in name]


def test_weighted_least_squares_is_the_common_effect_model_and_eggers_line() -> None:
    x = sm.add_constant(YEAR)
    theirs = sm.WLS(Y, x, weights=1 / V).fit()
    ours = regress(Y, V, {"year": YEAR}, model="common", ci="wald")
    assert [c.estimate for c in ours.coefficients] == pytest.approx(list(theirs.params), rel=1e-9)
    # Theirs estimates the variance around the line anew, which known sampling variances do not allow.
    fixed = theirs.bse / np.sqrt(theirs.scale)
    assert [c.se for c in ours.coefficients] == pytest.approx(list(fixed), rel=1e-9)
    assert ours.coefficients[1].se != pytest.approx(float(theirs.bse[1]), rel=1e-2)
    line = sm.WLS(Y, sm.add_constant(np.sqrt(V)), weights=1 / V).fit()
    egger = egger_arrays(Y, V, np.sqrt(V))
    assert (egger.slope, egger.test.statistic) == pytest.approx((line.params[1], line.tvalues[1]), rel=1e-9)
    assert egger.test.p == pytest.approx(line.pvalues[1], rel=1e-9)


def test_logistic_regression_is_the_mixed_model_without_heterogeneity() -> None:
    x, n = np.array([4.0, 26, 13, 40]), np.array([40.0, 55, 30, 90])
    theirs = sm.GLM(np.column_stack([x, n - x]), np.ones((4, 1)), family=sm.families.Binomial()).fit(tol=1e-12)
    (ours,) = fit_glmm("PLO", {"events": x, "n": n}, model="common").coefficients
    assert (ours.estimate, ours.se) == pytest.approx((theirs.params[0], theirs.bse[0]), rel=1e-8)
