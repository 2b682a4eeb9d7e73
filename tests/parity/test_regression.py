"""Meta-regression, its predictions and tests, and regression tests for asymmetry agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from parity.exact import Exact
from parity.formulas import complete_rows, holds_constant, listed
from synthesis.diagnostics.small_study import egger_arrays, mixed_effects_test
from synthesis.errors import AnalysisError
from synthesis.pooling.regression import (
    INTERCEPT,
    Regression,
    joint_test,
    predict,
    regress,
    weighted_least_squares,
)


def exact_of(yi: np.ndarray, vi: np.ndarray, moderators: dict[str, np.ndarray], intercept: bool, tau2: float) -> Exact:
    """The same model in arithmetic with a hundred digits."""
    return Exact(yi, vi, np.column_stack([*([np.ones(len(yi))] if intercept else []), *moderators.values()]), tau2)


INTERVAL_OF = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-floored"}
REL = 1e-6


def fitted(
    reference: dict[str, Any], call: dict[str, Any], coef: list[str] | None = None
) -> tuple[Regression, np.ndarray]:
    yi, vi, moderators, intercept = complete_rows(reference, call, coef or ())
    common = call["method"] == "EE"
    # A common effect with dispersion estimated from the residuals is, here, a mixed-effects model with tau2 held at 0.
    dispersed = common and call["test"] in ("knha", "adhoc")
    tau2: str | float = 0.0 if dispersed else "REML" if common else call["method"]
    if not common and not holds_constant(reference, call, coef or ()):
        tau2 = regress(yi - yi.mean(), vi, moderators, intercept=intercept, tau2=tau2).tau2.value
    found = regress(
        yi,
        vi,
        moderators,
        intercept=intercept,
        model="common" if common and not dispersed else "random",
        tau2=tau2,
        ci=INTERVAL_OF[call["test"]],
        level=call.get("level", 95) / 100,
    )
    if dispersed:
        plain = regress(yi, vi, moderators, intercept=intercept, model="common", ci="wald")
        found = replace(found, i2=plain.i2, h2=plain.h2)
    if not holds_constant(reference, call, coef or ()):
        centred = regress(yi - yi.mean(), vi, moderators, intercept=intercept, model="common", ci="wald")
        found = replace(found, q=centred.q, q_p=centred.q_p)
        if common:
            found = replace(found, i2=centred.i2, h2=centred.h2)
    return found, vi


def test_meta_regression(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "meta_regression"):
        call, expected = analysis["call"], analysis["result"]
        found, vi = fitted(reference, call, listed(expected["coef"]))
        where = f"{analysis['id']} {call['mods']} {call['method']} {call['test']}"
        names = ["intrcpt" if c.name == INTERCEPT else c.name for c in found.coefficients]
        assert names == listed(expected["coef"]), where
        se = np.array([c.se for c in found.coefficients])
        for name, values in {
            "estimate": [c.estimate for c in found.coefficients], "ci_lb": [c.ci.low for c in found.coefficients],
            "ci_ub": [c.ci.high for c in found.coefficients], "se": se,
        }.items():  # fmt: skip
            disagreements.numbers(f"{where} {name}", values, expected[name], rel=REL, floor=1e-8 * se)
        statistics = [c.test.statistic for c in found.coefficients]
        disagreements.numbers(f"{where} stat", statistics, expected["stat"], rel=REL, floor=1e-8)
        for c, p in zip(found.coefficients, np.atleast_1d(expected["pval"]), strict=True):
            disagreements.p_value(f"{where} pval {c.name}", c.test.p, p)
        for row, target in zip(found.covariance, np.atleast_2d(expected["vcov"]), strict=True):
            disagreements.numbers(f"{where} vcov", row, target, rel=REL, floor=1e-8 * np.max(se) ** 2)
        check_residual(found, expected, float(vi.min()), where, disagreements)
    disagreements.fail_if_any()


def check_residual(found: Regression, expected: dict[str, Any], vmin: float, where: str, disagreements: Any) -> None:
    """Residual heterogeneity, the share explained, and the test of all moderators."""
    disagreements.number(f"{where} tau2", found.tau2.value, expected["tau2"], rel=REL, floor=1e-8 * vmin)
    disagreements.number(f"{where} QE", found.q, expected["QE"], rel=REL, floor=1e-12)
    disagreements.number(f"{where} QE df", found.q_df, expected["QE_df"], rel=0)
    disagreements.p_value(f"{where} QE p", found.q_p, expected["QE_p"])
    disagreements.number(f"{where} I2", 100 * found.i2, expected["I2"], rel=REL, floor=1e-6)
    disagreements.number(f"{where} H2", found.h2, expected["H2"], rel=REL, floor=1e-9)
    if found.r2 is not None:
        disagreements.number(f"{where} R2", 100 * found.r2, expected["R2"], rel=REL, floor=1e-5)
    assert found.moderators is not None
    tested = found.moderators
    disagreements.number(f"{where} QM", tested.statistic, expected["QM"], rel=REL, floor=1e-9)
    disagreements.p_value(f"{where} QM p", tested.p, expected["QM_p"])
    df = [tested.df] if tested.df_residual is None else [tested.df, tested.df_residual]
    assert df == np.atleast_1d(expected["QM_df"]).tolist(), where


def test_what_follows_from_tau2(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "meta_regression"):
        call, expected = analysis["call"], analysis["result"]
        if call["method"] == "EE":
            continue
        yi, vi, moderators, intercept = complete_rows(reference, call, listed(expected["coef"]))
        found = regress(
            yi,
            vi,
            moderators,
            intercept=intercept,
            tau2=expected["tau2"],
            ci=INTERVAL_OF[call["test"]],
            level=call.get("level", 95) / 100,
        )
        where = f"{analysis['id']} {call['mods']} {call['method']} {call['test']} given tau2"
        right = exact_of(yi, vi, moderators, intercept, expected["tau2"])
        ci = INTERVAL_OF[call["test"]]
        for index, c in enumerate(found.coefficients):
            quantile = (c.ci.high - c.estimate) / c.se
            for name, value, exact in (
                ("estimate", c.estimate, partial(right.estimate, index)),
                ("se", c.se, partial(right.se, index, ci)),
                ("ci_lb", c.ci.low, partial(right.bound, index, ci, -quantile)),
                ("ci_ub", c.ci.high, partial(right.bound, index, ci, quantile)),
            ):
                at, target = f"{where} {name} {c.name}", np.atleast_1d(expected[name])[index]
                disagreements.number(at, value, target, rel=1e-9, floor=1e-9 * c.se, exact=exact)
        for name, value, floor, exact in (
            *([("QE", found.q, 1e-12, right.q)] if holds_constant(reference, call, listed(expected["coef"])) else []),
            ("I2", 100 * found.i2, 1e-9, right.i2),
            ("H2", found.h2, 1e-9, right.h2),
        ):
            disagreements.number(f"{where} {name}", value, expected[name], rel=1e-9, floor=floor, exact=exact)
        assert found.moderators is not None
        tested = [index for index, c in enumerate(found.coefficients) if c.name in found.moderators.names]
        disagreements.number(
            f"{where} QM", found.moderators.statistic, expected["QM"], rel=1e-9, floor=1e-9,
            exact=partial(right.moderators, tested, ci),
        )  # fmt: skip
    disagreements.fail_if_any()


def test_predictions(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "predict"):
        call, expected = analysis["call"], analysis["result"]
        found, _ = fitted(reference, call, listed(expected["newmods_columns"]))
        names = [c.name for c in found.coefficients if c.name != INTERCEPT]
        for index, values in enumerate(expected["newmods"]):
            at = predict(found, dict(zip(names, np.atleast_1d(values), strict=True)), level=call["level"] / 100)
            numbers = {"pred": at.estimate, "se": at.se, "ci_lb": at.ci.low, "ci_ub": at.ci.high}
            if at.prediction is not None:
                numbers |= {"pi_lb": at.prediction.low, "pi_ub": at.prediction.high}
            for name, value in numbers.items():
                where = f"{analysis['id']} {call['mods']} {name}"
                disagreements.number(where, value, expected[name][index], rel=REL, floor=1e-8 * at.se)
    disagreements.fail_if_any()


def test_joint_tests(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "anova_wald"):
        call, expected = analysis["call"], analysis["result"]
        found, _ = fitted(reference, call)
        tested = joint_test(found, [found.coefficients[index - 1].name for index in call["btt"]])
        disagreements.number(analysis["id"], tested.statistic, expected["stat"], rel=REL)
        disagreements.p_value(analysis["id"], tested.p, expected["pval"])
    disagreements.fail_if_any()


def predictor(effects: dict[str, Any], name: str) -> np.ndarray:
    vi = np.array(effects["vi"])
    if name in ("sei", "vi"):
        return np.sqrt(vi) if name == "sei" else vi
    ni = np.array(effects["ni"], dtype=float)
    return {"ni": ni, "ninv": 1 / ni, "sqrtni": np.sqrt(ni), "sqrtninv": 1 / np.sqrt(ni)}[name]


def test_regression_tests(
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    part_of: Callable[..., str | None],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, "regtest"):
        call, expected = analysis["call"], analysis["result"]
        effects = reference["effects"][call["effects"]]
        arguments = (effects["yi"], effects["vi"], predictor(effects, call["predictor"]))
        where = f"{analysis['id']} {call}"
        if part_of(analysis, reference) is not None:
            y, v, x = (np.asarray(values, dtype=float) for values in arguments)
            line = weighted_least_squares(y, v, np.column_stack([np.ones(len(y)), x])).beta
            disagreements.numbers(f"{where} line", line, expected["coef_estimate"], rel=REL, floor=1e-12)
            with pytest.raises(AnalysisError, match=r"exactly on a line|at least 3 effects"):
                egger_arrays(*arguments)
            continue
        try:
            if call["model"] == "lm":
                found = egger_arrays(*arguments)
            else:
                found = mixed_effects_test(
                    *arguments,
                    model="common" if call["method"] == "EE" else "random",
                    tau2="REML" if call["method"] == "EE" else call["method"],
                    ci=INTERVAL_OF[call["test"]],
                )
        except AnalysisError as error:
            if expected is not None:
                disagreements.lines.append(f"{where}: {error}")
            continue
        if expected is None:
            continue
        disagreements.number(f"{where} stat", found.test.statistic, expected["stat"], rel=REL, floor=1e-8)
        disagreements.p_value(f"{where} pval", found.test.p, expected["pval"])
        disagreements.number(f"{where} slope", found.slope, expected["coef_estimate"][1], rel=REL, floor=1e-12)
        disagreements.number(f"{where} limit", found.limit, expected["coef_estimate"][0], rel=REL, floor=1e-10)
        if expected.get("limit_ci_lb") is not None:
            disagreements.number(f"{where} limit low", found.limit_ci.low, expected["limit_ci_lb"], rel=REL, floor=1e-9)
            disagreements.number(
                f"{where} limit high", found.limit_ci.high, expected["limit_ci_ub"], rel=REL, floor=1e-9
            )
    disagreements.fail_if_any()
