"""Log-likelihoods, information criteria, standard errors of tau2 and pooling with given weights agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from parity.exact import Exact
from parity.formulas import complete_rows, design_of, listed
from synthesis.pooling.given_weights import pool_with_weights
from synthesis.pooling.likelihood import likelihood, likelihood_ratio_test
from synthesis.pooling.tau2_uncertainty import tau2_se

REL = 1e-6


def arrays(
    reference: dict[str, Any], call: dict[str, Any], coef: list[str] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """yi, vi and the design."""
    y, v, columns, intercept = complete_rows(reference, call, coef or ())
    return y, v, np.column_stack([*([np.ones(len(y))] if intercept else []), *columns.values()])


def check_likelihoods(
    data: tuple[np.ndarray, ...], tau2: float, expected: dict[str, Any], where: str, disagreements: Any,
    **options: Any,
) -> None:  # fmt: skip
    for key, restricted in (("ml", False), ("reml", True)):
        found = likelihood(*data, tau2=tau2, restricted=restricted, **options)
        values = {
            "ll": found.log_likelihood, "deviance": found.deviance, "AIC": found.aic, "BIC": found.bic,
            "AICc": found.aicc,
        }  # fmt: skip
        for name, value in values.items():
            # A criterion near 0 is a difference of terms of the size of k.
            disagreements.number(
                f"{where} {key} {name}", value, expected[key][name], rel=REL, floor=1e-7 * len(data[0])
            )


def test_likelihoods_and_standard_errors(
    reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any
) -> None:
    for kind in ("rma.uni", "rma.uni_fixed_tau2", "meta_regression"):
        for analysis in analyses_of(reference, kind):
            call, expected = analysis["call"], analysis["result"]
            y, v, x = arrays(reference, call, listed(expected.get("coef")))
            tau2 = expected["tau2"] or 0.0
            where = f"{analysis['id']} {call['effects']} {call['method']}"
            estimated = call["method"] != "EE" and "tau2" not in call
            if "fit" in expected:
                check_likelihoods((y, v, x), tau2, expected["fit"], where, disagreements, tau2_estimated=estimated)
            if not estimated:
                continue
            se = tau2_se(call["method"], v, x, tau2, yi=y)
            # Of equal effects the reference's Sidik-Jonkman estimate is 0 and has no standard error.
            if se is None or (se == 0 and expected["se_tau2"] is None):
                continue
            exact = partial(Exact(y, v, x, tau2).tau2_se, call["method"])
            disagreements.number(f"{where} se of tau2", se, expected["se_tau2"], rel=REL, exact=exact)
    disagreements.fail_if_any()


def test_given_weights(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "rma.uni_weights"):
        call, expected = analysis["call"], analysis["result"]
        y, v, x = arrays(reference, call)
        chosen = {"model": "common"} if call["method"] == "EE" else {"tau2": call["method"]}
        found = pool_with_weights(as_effects(y, v), call.get("weights", "equal"), **chosen, level=call["level"] / 100)
        where = f"{analysis['id']} {call['effects']} {call['method']}"
        spread = found.heterogeneity
        numbers = {
            "estimate": found.estimate, "se": found.se, "stat": found.test.statistic, "ci_lb": found.ci.low,
            "ci_ub": found.ci.high, "tau2": found.tau2.value, "I2": 100 * spread.i2, "H2": spread.h2, "QE": spread.q,
        }  # fmt: skip
        for name, value in numbers.items():
            disagreements.number(f"{where} {name}", value, expected[name], rel=REL, floor=1e-10)
        disagreements.p_value(f"{where} p", found.test.p, expected["pval"])
        beta, estimated = np.array([found.estimate]), call["method"] != "EE"
        check_likelihoods(
            (y, v, x), found.tau2.value, expected["fit"], where, disagreements, beta=beta, tau2_estimated=estimated
        )
    disagreements.fail_if_any()


def test_likelihood_ratios(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "anova_lrt"):
        call, expected = analysis["call"], analysis["result"]
        effects = reference["effects"][call["effects"]]
        full, reduced = (
            {} if call[name].lstrip("~ ") == "1" else design_of(reference, {**call, "mods": call[name]})[0]
            for name in ("mods_full", "mods_reduced")
        )
        known = np.all([np.isfinite(column) for column in full.values()], axis=0)
        found = likelihood_ratio_test(
            np.array(effects["yi"])[known],
            np.array(effects["vi"])[known],
            *({name: column[known] for name, column in columns.items()} for columns in (full, reduced)),
        )
        numbers = {
            "LRT": found.test.statistic, "ll_full": found.log_likelihood_full,
            "ll_reduced": found.log_likelihood_reduced,
            "tau2_full": found.tau2_full, "tau2_reduced": found.tau2_reduced, "df": found.test.df,
        }  # fmt: skip
        for name, value in numbers.items():
            disagreements.number(f"{analysis['id']} {name}", value, expected[name], rel=REL, floor=1e-8)
        disagreements.p_value(f"{analysis['id']} p", found.test.p, expected["pval"])
    disagreements.fail_if_any()
