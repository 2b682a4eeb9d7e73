"""Residuals, predictions of single studies, plot coordinates and influence, with and without moderators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthesis.diagnostics.heterogeneity_plots import baujat, radial
from synthesis.diagnostics.influence import influence
from synthesis.diagnostics.model_fit import fit_model
from synthesis.diagnostics.regression_influence import regression_influence
from synthesis.diagnostics.residuals import residuals
from synthesis.diagnostics.study_effects import random_effects, study_effects
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.pooling.pool import pool
from synthesis.pooling.regression import regress

Build = Callable[..., Effects]
YI = [0.5, 0.9, 0.1, 0.4, 1.2, -0.3]
VI = [0.05, 0.1, 0.04, 0.02, 0.3, 0.08]
DOSE = [1.0, 2.0, 2.5, 0.5, 3.0, 1.5]


def test_the_fit_is_that_of_pooling_and_regression(plain_effects: Build) -> None:
    effects = plain_effects(YI, VI)
    plain, with_dose = fit_model(effects), fit_model(effects, {"dose": DOSE})
    assert plain.beta[0] == pytest.approx(pool(effects).estimate, rel=1e-12)
    line = regress(YI, VI, {"dose": DOSE}, ci="wald")
    assert with_dose.beta == pytest.approx([c.estimate for c in line.coefficients], rel=1e-12)
    assert plain.hat.sum() == pytest.approx(1)
    assert with_dose.hat.sum() == pytest.approx(2)


def test_residuals_by_their_definition(plain_effects: Build) -> None:
    fit = fit_model(plain_effects(YI, VI), {"dose": DOSE}, tau2=0.1)
    weights = np.diag(1 / fit.variances)
    hat = fit.x @ np.linalg.solve(fit.x.T @ weights @ fit.x, fit.x.T @ weights)
    rest = np.eye(6) - hat
    covariance = rest @ np.diag(fit.variances) @ rest.T
    for index, study in enumerate(residuals(fit)):
        assert study.raw == pytest.approx(float((rest @ YI)[index]), rel=1e-10)
        assert study.internal_se == pytest.approx(np.sqrt(covariance[index, index]), rel=1e-10)
        # With tau2 held, the deleted residual follows from the raw one and the leverage.
        assert study.deleted == pytest.approx(study.raw / (1 - hat[index, index]), rel=1e-9)
        assert study.external == pytest.approx(study.internal, rel=1e-9)


def test_studies_are_drawn_towards_the_mean(plain_effects: Build) -> None:
    effects = plain_effects(YI, VI)
    fit = fit_model(effects)
    for row, study, deviation in zip(effects, study_effects(fit), random_effects(fit), strict=True):
        low, high = sorted((row.yi, float(fit.beta[0])))
        assert low <= study.estimate <= high
        assert study.estimate == pytest.approx(fit.beta[0] + deviation.estimate, rel=1e-12)
        assert study.interval.low < study.estimate < study.interval.high


def test_without_heterogeneity_every_study_is_the_mean(plain_effects: Build) -> None:
    fit = fit_model(plain_effects(YI, VI), model="common")
    assert {study.estimate for study in study_effects(fit)} == {float(fit.beta[0])}
    assert {study.se for study in random_effects(fit)} == {0.0}


def test_coordinates(plain_effects: Build) -> None:
    fit = fit_model(plain_effects(YI, VI), model="common")
    assert sum(point.x for point in baujat(fit)) == pytest.approx(pool(plain_effects(YI, VI)).heterogeneity.q)
    slope = sum(p.x * p.y for p in radial(fit)) / sum(p.x**2 for p in radial(fit))
    assert slope == pytest.approx(fit.beta[0])


def test_influence_without_moderators_is_that_of_pooling(plain_effects: Build) -> None:
    effects = plain_effects(YI, VI)
    for one, other in zip(influence(effects), regression_influence(fit_model(effects)), strict=True):
        assert (one.dffits, one.cook, one.residual) == pytest.approx((other.dffits, other.cook, other.residual))
        assert other.cook == pytest.approx(other.dfbetas[0] ** 2, rel=1.0)


def test_a_study_that_alone_tells_a_coefficient_is_named(plain_effects: Build) -> None:
    fit = fit_model(plain_effects(YI, VI), {"new": [0, 0, 1, 0, 0, 0]})
    with pytest.raises(AnalysisError, match="without Study C"):
        baujat(fit)


def test_an_unknown_estimator_lists_the_known_ones(plain_effects: Build) -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean 'REML'"):
        fit_model(plain_effects(YI, VI), tau2="REM")
