"""Multilevel and multivariate models, cluster-robust standard errors and the network agree with the reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from parity.formulas import design_of
from synthesis.pooling.multilevel import Multilevel, fit_multilevel
from synthesis.pooling.multilevel_profile import component_interval
from synthesis.pooling.network import network
from synthesis.pooling.random_terms import Correlated, Term, nested
from synthesis.pooling.regression import INTERCEPT
from synthesis.pooling.robust import independent, robust
from synthesis.pooling.tau2 import estimate_tau2

# General optimisers: the reference states 1e-3; its own two optimisers differ by up to 1e-5.
REL = 1e-5
_FITS: dict[tuple[str, str], Multilevel] = {}


def columns_of(reference: dict[str, Any], call: dict[str, Any]) -> dict[str, list[Any]]:
    rows = [row - 1 for row in reference["effects"][call["effects"]]["rows"]]
    columns = {name: [column[row] for row in rows] for name, column in reference["input"]["columns"].items()}
    if "time" in columns:
        columns.setdefault("tf", [str(int(time)) for time in columns["time"]])
    return columns


def sampling_of(call: dict[str, Any], columns: dict[str, list[Any]], vi: np.ndarray) -> np.ndarray:
    blocks = re.fullmatch(r"block diagonal by (\w+) from (\w+), (\w+)", call.get("V", ""))
    if blocks is None:
        return vi
    covariance = np.zeros((len(vi), len(vi)))
    for name in set(columns[blocks[1]]):
        rows = [index for index, other in enumerate(columns[blocks[1]]) if other == name]
        covariance[np.ix_(rows, rows)] = [[columns[blocks[2]][row], columns[blocks[3]][row]] for row in rows]
    return covariance


def terms_of(call: dict[str, Any], columns: dict[str, list[Any]]) -> list[Term]:
    formulas = [call["random"]] if isinstance(call["random"], str) else call["random"]
    terms: list[Term] = []
    for formula in formulas:
        inner, outer = (part.strip() for part in formula.lstrip("~ ").split("|"))
        if inner == "1":
            terms.extend(nested({name: columns[name] for name in outer.split("/")}))
        else:
            name = re.sub(r"^factor\((.*)\)$", r"\1", inner)
            structure = call["struct"]
            terms.append(
                Correlated(name=name, inner=tuple(columns[name]), outer=tuple(columns[outer]), structure=structure)
            )
    return terms


def moderators_of(reference: dict[str, Any], call: dict[str, Any]) -> tuple[dict[str, np.ndarray], bool]:
    if "mods" not in call:
        return {}, True
    sloped = re.fullmatch(r"~(\w+) \+ \1:I\((\w+) - (\d+)\) - 1", call["mods"])
    if sloped is None:
        return design_of(reference, call)
    columns, _ = design_of(reference, {**call, "mods": f"~{sloped[1]} - 1"})
    values = np.array(columns_of(reference, call)[sloped[2]], dtype=float) - float(sloped[3])
    slopes = {f"{name}:I({sloped[2]} - {sloped[3]})": column * values for name, column in columns.items()}
    return columns | slopes, False


def complete(reference: dict[str, Any], call: dict[str, Any]) -> np.ndarray:
    """Which rows have every moderator; the reference leaves the others out."""
    known = np.ones(len(reference["effects"][call["effects"]]["yi"]), dtype=bool)
    for values in moderators_of(reference, call)[0].values():
        known &= np.isfinite(values)
    return known


def fitted(reference: dict[str, Any], call: dict[str, Any]) -> Multilevel:
    """Each model once: several analyses rest on the same one."""
    key = (reference["dataset"], repr({**call, "cluster": None, "vcov": None, "df": None, "function": None}))
    if key not in _FITS:
        effects, columns = reference["effects"][call["effects"]], columns_of(reference, call)
        moderators, intercept = moderators_of(reference, call)
        kept = np.flatnonzero(complete(reference, call))
        sampling = sampling_of(call, columns, np.array(effects["vi"]))
        _FITS[key] = fit_multilevel(
            np.array(effects["yi"])[kept],
            sampling[kept] if sampling.ndim == 1 else sampling[np.ix_(kept, kept)],
            terms_of(call, {name: [values[row] for row in kept] for name, values in columns.items()}),
            moderators={name: values[kept] for name, values in moderators.items()},
            intercept=intercept,
            method=call["method"],
            ci="t" if call["test"] == "t" else "wald",
            level=call["level"] / 100,
        )
    return _FITS[key]


def check_coefficients(found: Any, expected: dict[str, Any], where: str, disagreements: Any) -> None:
    se = np.array([c.se for c in found.coefficients])
    for name, values in {
        "estimate": [c.estimate for c in found.coefficients], "se": se,
        "ci_lb": [c.ci.low for c in found.coefficients], "ci_ub": [c.ci.high for c in found.coefficients],
        "stat": [c.test.statistic for c in found.coefficients],
    }.items():  # fmt: skip
        floor = 1e-6 if name == "stat" else 1e-6 * se
        disagreements.numbers(f"{where} {name}", values, np.ravel(expected[name]), rel=REL, floor=floor)
    for c, p in zip(found.coefficients, np.ravel(expected["pval"]), strict=True):
        disagreements.number(f"{where} pval", c.test.p, p, rel=1e-4, floor=1e-12)
    for row, target in zip(found.covariance, np.atleast_2d(expected["vcov"]), strict=True):
        disagreements.numbers(f"{where} vcov", row, target, rel=REL, floor=1e-6 * np.max(se) ** 2)


def test_multilevel_models(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "rma.mv"):
        call, expected = analysis["call"], analysis["result"]
        found = fitted(reference, call)
        where = f"{analysis['id']} {call['random']} {call.get('struct', '')} {call['method']}"
        check_coefficients(found, expected, where, disagreements)
        variances = [c.value for c in found.components if c.kind == "variance"]
        wanted = expected.get("sigma2", expected.get("tau2"))
        disagreements.numbers(f"{where} variances", variances, wanted, rel=1e-4, floor=1e-9)
        correlations, wanted = [c.value for c in found.components if c.kind == "correlation"], expected.get("rho", [])
        disagreements.numbers(f"{where} rho", correlations or [0.0] * len(wanted), wanted, rel=1e-4, floor=1e-9)
        for name, value in {
            "QE": found.q, "QE_df": found.q_df, "ll": found.log_likelihood, "AIC": found.aic, "BIC": found.bic,
        }.items():  # fmt: skip
            disagreements.number(f"{where} {name}", value, expected[name], rel=1e-6, floor=1e-6)
        disagreements.p_value(f"{where} QE p", found.q_p, expected["QE_p"])
        if expected.get("QM") is not None:
            assert found.moderators is not None
            disagreements.number(f"{where} QM", found.moderators.statistic, expected["QM"], rel=REL)
        if expected.get("I2_levels") is not None:
            shares = [100 * share for share in found.i2]
            disagreements.numbers(f"{where} I2", shares, np.ravel(expected["I2_levels"]), rel=REL, floor=1e-5)
            disagreements.number(f"{where} I2 total", sum(shares), expected["I2_total"], rel=REL)
    disagreements.fail_if_any()


def test_profiles_of_components(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "mv_variance_ci"):
        found = fitted(reference, analysis["call"])
        for component, expected in zip(found.components, analysis["result"]["components"], strict=True):
            interval = component_interval(found, component, level=analysis["call"]["level"] / 100)
            where = f"{analysis['id']} {expected['name']}"
            for name, value in {"estimate": component.value, "ci_lb": interval.low, "ci_ub": interval.high}.items():
                disagreements.number(
                    f"{where} {name}", value, expected[name], rel=1e-4, floor=1e-9 if disagreements.may_judge else 0.0
                )
    disagreements.fail_if_any()


def test_cluster_robust(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "robust"):
        call, expected = analysis["call"], analysis["result"]
        known = complete(reference, call)
        names = [name for name, kept in zip(columns_of(reference, call)[call["cluster"]], known, strict=True) if kept]
        if "random" in call:
            model = fitted(reference, call).marginal
        else:
            effects = reference["effects"][call["effects"]]
            y, v = np.array(effects["yi"]), np.array(effects["vi"])
            columns, intercept = moderators_of(reference, call)
            x = np.column_stack([*([np.ones(len(y))] if intercept else []), *columns.values()])
            y, v, x = y[known], v[known], x[known]
            tau2 = estimate_tau2(call["method"], y, v, x).value
            model = independent(y, v + tau2, x, (INTERCEPT, *columns))
        found = robust(model, names, method=call["vcov"])
        where = f"{analysis['id']} {call['vcov']} {call.get('random', '')}"
        assert found.clusters == expected["n_clusters"], where
        check_coefficients(found, expected, where, disagreements)
        dfs = [c.test.df for c in found.coefficients]
        target = np.ravel(expected["df"])
        disagreements.numbers(f"{where} df", dfs, np.resize(target, len(dfs)), rel=REL, floor=0.0)
    disagreements.fail_if_any()


def test_network(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "network"):
        call, expected = analysis["call"], analysis["result"]
        effects, columns = reference["effects"][call["effects"]], columns_of(reference, call)
        found = network(
            effects["yi"],
            effects["vi"],
            columns[call["study"]],
            columns[call["treatment"]],
            reference=call["reference"],
        )
        assert [c.name for c in found.contrasts] == expected["coef"]
        se = np.array([c.se for c in found.contrasts])
        for name, values in {
            "estimate": [c.estimate for c in found.contrasts], "se": se,
            "ci_lb": [c.ci.low for c in found.contrasts], "ci_ub": [c.ci.high for c in found.contrasts],
        }.items():  # fmt: skip
            disagreements.numbers(f"{analysis['id']} {name}", values, expected[name], rel=REL, floor=1e-6 * se)
        for row, target in zip(found.covariance, np.atleast_2d(expected["vcov"]), strict=True):
            disagreements.numbers(f"{analysis['id']} vcov", row, target, rel=REL, floor=1e-6 * np.max(se) ** 2)
        for name, value in {"tau2": found.tau2, "QE": found.q, "QE_df": found.q_df}.items():
            disagreements.number(f"{analysis['id']} {name}", value, np.ravel(expected[name])[0], rel=REL)
    disagreements.fail_if_any()
