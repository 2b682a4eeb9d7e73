"""Residuals, predictions of single studies, coordinates of plots and influence agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from parity.formulas import complete_rows
from synthesis.diagnostics.heterogeneity_plots import baujat, radial
from synthesis.diagnostics.model_fit import ModelFit, fit_model
from synthesis.diagnostics.regression_influence import regression_influence
from synthesis.diagnostics.residuals import residuals
from synthesis.diagnostics.study_effects import random_effects, study_effects

REL = 1e-6


def fit_of(reference: dict[str, Any], call: dict[str, Any], as_effects: Callable[..., Any]) -> ModelFit:
    """The model of a call, fitted where no moderator is missing."""
    y, v, columns, intercept = complete_rows(reference, call)
    chosen = {"model": "common"} if call["method"] == "EE" else {"tau2": call["method"]}
    return fit_model(as_effects(y, v), columns, intercept=intercept, **chosen)


def test_residuals(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "residuals"):
        call, expected = analysis["call"], analysis["result"]
        found = residuals(fit_of(reference, call, as_effects))
        wanted = {
            "raw": expected["raw"], "pearson": expected["pearson"], "internal": expected["rstandard"]["z"],
            "internal_se": expected["rstandard"]["se"], "deleted": expected["rstudent"]["resid"],
            "deleted_se": expected["rstudent"]["se"], "external": expected["rstudent"]["z"],
        }  # fmt: skip
        for name, target in wanted.items():
            values = [getattr(study, name) for study in found]
            where = f"{analysis['id']} {call['effects']} {call['method']} {name}"
            disagreements.numbers(where, values, target, rel=REL, floor=1e-9)
    disagreements.fail_if_any()


@pytest.mark.parametrize(("kind", "function"), [("blup", study_effects), ("ranef", random_effects)])
def test_predictions_of_single_studies(
    kind: str,
    function: Callable[..., Any],
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    as_effects: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, kind):
        call, expected = analysis["call"], analysis["result"]
        fit = fit_of(reference, call, as_effects)
        found = function(fit, level=call["level"] / 100)
        se = np.array([study.se for study in found])
        columns = {
            "pred": [study.estimate for study in found], "se": se, "pi_lb": [study.interval.low for study in found],
            "pi_ub": [study.interval.high for study in found],
        }  # fmt: skip
        floor = np.maximum(1e-9 * se, 1e-15)
        if kind == "ranef" and fit.tau2 == 0 and disagreements.may_judge:
            # Everything is 0. A reference that stops at 1e-8 of the smallest variance instead has this for a spread.
            floor = np.full(len(se), 1e-4 * np.sqrt(fit.v.min()))
        for name, values in columns.items():
            where = f"{analysis['id']} {call['effects']} {call['method']} {name}"
            disagreements.numbers(where, values, expected[name], rel=REL, floor=floor)
    disagreements.fail_if_any()


@pytest.mark.parametrize(("kind", "function", "second"), [("baujat", baujat, "y"), ("radial", radial, "z")])
def test_coordinates(
    kind: str,
    function: Callable[..., Any],
    second: str,
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    as_effects: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, kind):
        call, expected = analysis["call"], analysis["result"]
        points = function(fit_of(reference, call, as_effects))
        for name, values in (("x", [point.x for point in points]), (second, [point.y for point in points])):
            where = f"{analysis['id']} {call['effects']} {call['method']} {name}"
            disagreements.numbers(where, values, expected[name], rel=REL, floor=1e-12)
    disagreements.fail_if_any()


def test_influence_on_a_regression(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    names = {
        "rstudent": "residual", "dffits": "dffits", "cook_d": "cook", "cov_r": "covariance_ratio", "tau2_del": "tau2",
        "QE_del": "q", "hat": "hat", "influential": "influential",
    }  # fmt: skip
    for analysis in analyses_of(reference, "influence"):
        call, expected = analysis["call"], analysis["result"]
        fit = fit_of(reference, call, as_effects)
        found = regression_influence(fit)
        for name, attribute in names.items():
            values = [getattr(study, attribute) for study in found]
            floor = 1e-8 * float(fit.v.min()) if name == "tau2_del" else 1e-9
            disagreements.numbers(f"{analysis['id']} {name}", values, expected[name], rel=REL, floor=floor)
    disagreements.fail_if_any()
