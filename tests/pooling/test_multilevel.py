"""Models of dependent results: special cases with a known answer, likelihood by its definition, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.likelihood import likelihood
from synthesis.pooling.marginal import Marginal
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.multilevel_profile import component_interval
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.random_terms import STRUCTURES, Correlated, Shared, nested
from synthesis.pooling.tau2 import profile_likelihood

YI = np.array([0.5, 0.9, 0.1, 0.4, 1.2, -0.3, 0.2, 0.8])
VI = np.array([0.05, 0.1, 0.04, 0.02, 0.3, 0.08, 0.09, 0.11])
STUDY = ("a", "a", "b", "c", "c", "c", "d", "e")
OUTCOME = ("x", "y", "x", "x", "y", "z", "x", "y")
ROWS = Shared(name="row", groups=tuple(range(8)))


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_one_term_per_row_is_the_random_effects_model(method: str) -> None:
    found = fit_multilevel(YI, VI, [ROWS], method=method)  # type: ignore[arg-type]
    usual = pool_arrays(YI, VI, tau2=method, ci="wald")
    assert found.components[0].value == pytest.approx(usual.tau2.value, rel=1e-8)
    assert found.coefficients[0].estimate == pytest.approx(usual.estimate, rel=1e-8)
    assert found.coefficients[0].se == pytest.approx(usual.se, rel=1e-8)
    assert found.q == pytest.approx(usual.heterogeneity.q, rel=1e-10)
    assert found.i2[0] == pytest.approx(usual.heterogeneity.i2, rel=1e-8)
    fit = likelihood(YI, VI, np.ones((8, 1)), tau2=usual.tau2.value, restricted=method == "REML")
    assert (found.log_likelihood, found.aic, found.bic) == pytest.approx((fit.log_likelihood, fit.aic, fit.bic))


def test_a_nesting_of_one_row_each_is_compound_symmetry() -> None:
    levels = fit_multilevel(YI, VI, nested({"study": STUDY, "row": range(8)}))
    other = fit_multilevel(YI, VI, [Correlated(name="row", inner=tuple(range(8)), outer=STUDY, structure="CS")])
    assert other.log_likelihood >= levels.log_likelihood - 1e-8
    between, within = (c.value for c in levels.components)
    if between > 0:
        assert other.components[0].value == pytest.approx(between + within, rel=1e-5)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_gradient_is_the_slope_of_the_likelihood(structure: str) -> None:
    term = Correlated(name="outcome", inner=OUTCOME, outer=STUDY, structure=structure)
    for restricted in (True, False):
        model = Marginal.build(YI, np.ones((8, 1)), ("intercept",), VI, (term, ROWS), restricted=restricted)
        theta = np.linspace(0.3, 0.6, len(model.parameters))
        for index, slope in enumerate(model.gradient(theta)):
            up, down = theta.copy(), theta.copy()
            up[index] += 1e-6
            down[index] -= 1e-6
            assert slope == pytest.approx((model.value(up) - model.value(down)) / 2e-6, rel=1e-5, abs=1e-7)


def test_likelihood_with_correlated_sampling_is_the_density() -> None:
    sampling = np.diag(VI)
    sampling[0, 1] = sampling[1, 0] = 0.03
    found = fit_multilevel(YI, sampling, [Shared(name="study", groups=STUDY)], method="ML")
    same = np.equal.outer(np.array(STUDY), np.array(STUDY))
    covariance = sampling + found.components[0].value * same
    residual = YI - found.coefficients[0].estimate
    _, log_det = np.linalg.slogdet(covariance)
    density = -(8 * math.log(2 * math.pi) + log_det + residual @ np.linalg.solve(covariance, residual)) / 2
    assert found.log_likelihood == pytest.approx(density, rel=1e-12)


def test_blocks_and_one_matrix_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    term = Correlated(name="outcome", inner=OUTCOME, outer=STUDY, structure="HCS")
    whole = Marginal.build(YI, np.ones((8, 1)), ("intercept",), VI, (term,), restricted=True)
    monkeypatch.setattr("synthesis.pooling.marginal._ONE_BLOCK", 0)
    parts = Marginal.build(YI, np.ones((8, 1)), ("intercept",), VI, (term,), restricted=True)
    assert (len(whole.blocks), len(parts.blocks)) == (1, 5)
    theta = np.linspace(0.3, 0.6, len(whole.parameters))
    assert parts.value(theta) == pytest.approx(whole.value(theta), rel=1e-12)
    assert parts.gradient(theta) == pytest.approx(whole.gradient(theta), rel=1e-9)


def test_scale_equivariance() -> None:
    terms = nested({"study": STUDY, "row": range(8)})
    one, other = (fit_multilevel(c * YI, c**2 * VI, terms) for c in (1.0, 1000.0))
    for a, b in zip(one.components, other.components, strict=True):
        assert b.value == pytest.approx(1e6 * a.value, rel=1e-6, abs=1e-3)
    assert other.coefficients[0].se == pytest.approx(1000 * one.coefficients[0].se, rel=1e-6)


def test_no_heterogeneity_ends_at_zero_with_a_note() -> None:
    found = fit_multilevel(np.full(8, 0.4), VI, [ROWS])
    assert found.components[0].value == 0
    assert [note.code for note in found.notes] == ["component-at-bound"]


def test_profile_of_a_single_variance_is_the_known_one() -> None:
    found = fit_multilevel(YI, VI, [ROWS])
    interval = component_interval(found, found.components[0])
    known = profile_likelihood(YI, VI, np.ones((8, 1)))
    assert (interval.low, interval.high) == pytest.approx((known.low, known.high), rel=1e-5, abs=1e-9)


def test_a_held_correlation_is_held_and_has_no_interval() -> None:
    term = Correlated(name="outcome", inner=OUTCOME, outer=STUDY, structure="HCS", rho=0.5)
    found = fit_multilevel(YI, VI, [term])
    held = found.components[-1]
    assert (held.kind, held.value, held.fixed) == ("correlation", 0.5, True)
    with pytest.raises(AnalysisError, match="was held"):
        component_interval(found, held)


def test_errors() -> None:
    with pytest.raises(AnalysisError, match="'study' has 2 rows; there are 8"):
        fit_multilevel(YI, VI, [Shared(name="study", groups=("a", "b"))])
    with pytest.raises(AnalysisError, match="symmetric and positive definite"):
        fit_multilevel(YI, np.full((8, 8), 0.1), [ROWS])
    with pytest.raises(AnalysisError, match="UN has 3"):
        fit_multilevel(YI, VI, [Correlated(name="o", inner=OUTCOME, outer=STUDY, structure="UN", rho=0.2)])
    with pytest.raises(UsageError, match="different names"):
        fit_multilevel(YI, VI, [ROWS, ROWS])
    with pytest.raises(UsageError, match="no random terms"):
        fit_multilevel(YI, VI, [])
    with pytest.raises(UsageError, match="'REML' or 'ML'"):
        fit_multilevel(YI, VI, [ROWS], method="DL")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'wald' or 't'"):
        fit_multilevel(YI, VI, [ROWS], ci="hartung-knapp")  # type: ignore[arg-type]
