"""Pooled effects, their intervals, heterogeneity, weights and omissions agree with the reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from parity.formulas import complete_rows
from synthesis.diagnostics.cumulative import cumulative
from synthesis.diagnostics.influence import influence
from synthesis.diagnostics.leave_one_out import leave_one_out
from synthesis.diagnostics.subgroups import subgroups
from synthesis.effects.scales import SCALES
from synthesis.pooling.heterogeneity import heterogeneity, residual_heterogeneity
from synthesis.pooling.intervals import PREDICTIONS
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.regression import indicators, regress
from synthesis.pooling.tau2 import estimate_tau2, profile_likelihood, q_profile

INTERVAL_OF = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-floored"}
REL = 1e-6


def options(call: dict[str, Any]) -> dict[str, Any]:
    """The call in this package's words."""
    common = call["method"] == "EE"
    # In subgroup analyses "tau2" says whether the groups share it; elsewhere it is a fixed value.
    fixed = call.get("tau2") if isinstance(call.get("tau2"), int | float) else None
    chosen: dict[str, Any] = {"model": "common"} if common else {"tau2": call["method"] if fixed is None else fixed}
    return {**chosen, "ci": INTERVAL_OF[call.get("test", "z")], "level": call.get("level", 95) / 100}


def arrays(reference: dict[str, Any], call: dict[str, Any]) -> tuple[list[float], list[float]]:
    effects = reference["effects"][call["effects"]]
    rows = [row - 1 for row in call.get("rows_used", range(1, len(effects["yi"]) + 1))]
    return [effects["yi"][row] for row in rows], [effects["vi"][row] for row in rows]


def check_pooled(
    found: Pooled, expected: dict[str, Any], vmin: float, where: str, disagreements: Any, rel: float
) -> None:
    """Estimate, standard error, interval, test, heterogeneity."""
    scale = 1e-9 * found.se
    fields = {"estimate": found.estimate, "ci_lb": found.ci.low, "ci_ub": found.ci.high}
    for name, value in fields.items():
        disagreements.number(f"{where} {name}", value, expected[name], rel=rel, floor=max(scale, 1e-15))
    disagreements.number(f"{where} se", found.se, expected["se"], rel=rel, floor=scale)
    if found.se > 0:
        # A test statistic near 0 inherits the absolute error of the estimate.
        disagreements.number(f"{where} stat", found.test.statistic, expected["stat"], rel=rel, floor=1e-9)
        disagreements.p_value(f"{where} pval", found.test.p, expected["pval"])
    spread = found.heterogeneity
    if expected.get("tau2") is not None:
        disagreements.number(f"{where} tau2", found.tau2.value, expected["tau2"], rel=rel, floor=1e-8 * vmin)
    disagreements.number(f"{where} I2", 100 * spread.i2, expected["I2"], rel=rel, floor=1e-6)
    if "H2" in expected:
        disagreements.number(f"{where} H2", spread.h2, expected["H2"], rel=rel, floor=1e-9)
    q = "QE" if "QE" in expected else "Q"
    disagreements.number(f"{where} Q", spread.q, expected[q], rel=rel, floor=1e-12)
    disagreements.p_value(f"{where} Q p", spread.p, expected[f"{q}_p"])


@pytest.mark.parametrize("kind", ["rma.uni", "rma.uni_fixed_tau2"])
def test_pooled_effect(
    kind: str, reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any
) -> None:
    # With tau2 given nothing is searched for, so only rounding may differ.
    rel = 1e-11 if kind == "rma.uni_fixed_tau2" else REL
    for analysis in analyses_of(reference, kind):
        call, expected = analysis["call"], analysis["result"]
        yi, vi = arrays(reference, call)
        found = pool_arrays(yi, vi, **options(call))
        where = f"{analysis['id']} {call['effects']} {call['method']} {call['test']}"
        check_pooled(found, expected, min(vi), where, disagreements, rel)
        disagreements.number(f"{where} k", found.k, expected["k"], rel=0)
        disagreements.number(f"{where} df of Q", found.heterogeneity.df, expected["QE_df"], rel=0)
        assert found.test.df == expected.get("df"), where
        check_prediction(found, yi, vi, call, expected, where, disagreements)
    disagreements.fail_if_any()


def test_what_follows_from_tau2(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "rma.uni"):
        call, expected = analysis["call"], analysis["result"]
        if call["method"] == "EE":
            continue
        yi, vi = arrays(reference, call)
        found = pool_arrays(yi, vi, **{**options(call), "tau2": expected["tau2"]})
        where = f"{analysis['id']} {call['effects']} {call['method']} {call['test']} given tau2"
        check_pooled(found, expected, min(vi), where, disagreements, 1e-9)
        check_prediction(found, yi, vi, call, expected, where, disagreements)
    disagreements.fail_if_any()


def check_prediction(
    found: Pooled, yi: list[float], vi: list[float], call: dict[str, Any], expected: dict[str, Any], where: str,
    disagreements: Any,
) -> None:  # fmt: skip
    """Prediction intervals by both conventions."""
    floor = max(1e-9 * math.sqrt(found.tau2.value + found.se**2), 1e-15)
    assert (found.prediction is not None) == ("pi_lb" in expected), where
    if found.prediction is not None:
        disagreements.number(f"{where} pi_lb", found.prediction.low, expected["pi_lb"], rel=REL, floor=floor)
        disagreements.number(f"{where} pi_ub", found.prediction.high, expected["pi_ub"], rel=REL, floor=floor)
    if "pi_lb_hts" in expected and found.k >= PREDICTIONS["t(k-2)"].smallest_k:
        other = pool_arrays(yi, vi, **options(call), prediction="t(k-2)").prediction
        assert other is not None
        disagreements.number(f"{where} pi_lb_hts", other.low, expected["pi_lb_hts"], rel=REL, floor=floor)
        disagreements.number(f"{where} pi_ub_hts", other.high, expected["pi_ub_hts"], rel=REL, floor=floor)


def test_tau2_interval(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "tau2_ci"):
        call, expected = analysis["call"], analysis["result"]
        yi, vi, columns, intercept = complete_rows(reference, call)
        x = np.column_stack([*([np.ones(len(yi))] if intercept else []), *columns.values()])
        level = call["level"] / 100
        if call["type"] == "PL":
            interval = profile_likelihood(yi, vi, x, restricted=call["method"] == "REML", level=level)
        else:
            interval = q_profile(yi, vi, x, level=level)
        tau2 = estimate_tau2(call["method"], yi, vi, x).value
        if "mods" in call:
            spread = residual_heterogeneity(yi, vi, x, tau2=tau2, tau2_interval=interval, common=False)
        else:
            spread = heterogeneity(yi, vi, tau2=tau2, tau2_interval=interval, common=False)
        assert spread.i2_interval is not None
        assert spread.h2_interval is not None
        where = f"{analysis['id']} {call['effects']} {call['method']}"
        assert (interval.method == "q-profile-empty") == expected["interval_is_null"], where
        floor = 1e-8 * float(vi.min())
        found = {
            "tau2": (tau2, interval.low, interval.high, floor, 1.0),
            "tau": (math.sqrt(tau2), math.sqrt(interval.low), math.sqrt(interval.high), math.sqrt(floor), 1.0),
            "I2": (spread.i2, spread.i2_interval.low, spread.i2_interval.high, 1e-6, 100.0),
            "H2": (spread.h2, spread.h2_interval.low, spread.h2_interval.high, 1e-8, 1.0),
        }
        for name, (estimate, low, high, least, factor) in found.items():
            for field, value in (("estimate", estimate), ("ci_lb", low), ("ci_ub", high)):
                target = expected[name][field]
                if field == "ci_ub" and expected["ub_sign"] == ">":
                    # The reference stopped looking there.
                    assert factor * value >= float(target) * (1 - REL), where
                    continue
                disagreements.number(f"{where} {name} {field}", factor * value, target, rel=REL, floor=least)
    disagreements.fail_if_any()


def test_weights(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "weights"):
        call = analysis["call"]
        found = pool_arrays(*arrays(reference, call), **options(call))
        percents = [100 * weight for weight in found.weights]
        where = f"{analysis['id']} {call['effects']} {call['method']}"
        disagreements.numbers(where, percents, analysis["result"]["weights"], rel=REL, floor=1e-9)
    disagreements.fail_if_any()


def test_leave_one_out(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "leave1out"):
        call, expected = analysis["call"], analysis["result"]
        yi, vi = arrays(reference, call)
        for index, omission in enumerate(leave_one_out(as_effects(yi, vi), **options(call))):
            one = {name: None if values is None else values[index] for name, values in expected.items()}
            where = f"{analysis['id']} {call['effects']} {call['method']} {call['test']} without {index + 1}"
            check_pooled(omission.pooled, one, min(vi), where, disagreements, REL)
    disagreements.fail_if_any()


def test_cumulative(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "cumul"):
        call, expected = analysis["call"], analysis["result"]
        yi, vi = arrays(reference, call)
        steps = cumulative(as_effects(yi, vi), call["order_values"], **options(call))
        assert [int(step.study.removeprefix("study")) + 1 for step in steps] == expected["order"], analysis["id"]
        for index, step in enumerate(steps):
            one = {name: None if values is None else values[index] for name, values in expected.items()}
            where = f"{analysis['id']} {call['effects']} {call['method']} {call['test']} up to {index + 1}"
            check_pooled(step.pooled, one, min(vi), where, disagreements, REL)
    disagreements.fail_if_any()


def test_influence(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    names = {
        "rstudent": "residual", "dffits": "dffits", "cook_d": "cook", "cov_r": "covariance_ratio", "tau2_del": "tau2",
        "QE_del": "q", "hat": "weight", "influential": "influential",
    }  # fmt: skip
    for analysis in analyses_of(reference, "influence"):
        call, expected = analysis["call"], analysis["result"]
        if "mods" in call:
            continue
        yi, vi = arrays(reference, call)
        chosen = {name: value for name, value in options(call).items() if name in ("model", "tau2")}
        found = influence(as_effects(yi, vi), **chosen)
        for name, attribute in names.items():
            values = [getattr(study, attribute) for study in found]
            floor = 1e-8 * min(vi) if name == "tau2_del" else 1e-9
            disagreements.numbers(f"{analysis['id']} {name}", values, expected[name], rel=REL, floor=floor)
    disagreements.fail_if_any()


def test_subgroups_with_their_own_tau2(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "subgroup"):
        call, expected = analysis["call"], analysis["result"]
        if call["tau2"] == "common":
            continue
        yi, vi, names = grouped(reference, call)
        vmin = min(vi)
        found = subgroups(as_effects(yi, vi), names, **options(call))
        assert [group.name for group in found.groups] == list(expected["groups"]), analysis["id"]
        where = f"{analysis['id']} {call['by']} {call['method']} {call['test']}"
        for group in found.groups:
            one = expected["groups"][group.name]
            check_pooled(group.pooled, one, vmin, f"{where} {group.name}", disagreements, REL)
        disagreements.number(f"{where} between", found.q, expected["between_stat"], rel=REL, floor=1e-9)
        disagreements.number(f"{where} between df", found.df, expected["between_df"], rel=0)
        disagreements.p_value(f"{where} between p", found.p, expected["between_p"])
    disagreements.fail_if_any()


def test_subgroups_with_one_tau2(
    reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "subgroup"):
        call, expected = analysis["call"], analysis["result"]
        if call["tau2"] != "common":
            continue
        yi, vi, groups = grouped(reference, call)
        chosen = options(call)
        columns = {name: [float(group == name) for group in groups] for name in call["groups"]}
        found = regress(yi, vi, columns, intercept=False, **chosen)
        between = regress(yi, vi, indicators(groups), **chosen).moderators
        assert between is not None
        where = f"{analysis['id']} {call['by']} {call['method']} {call['test']}"
        se = np.array([c.se for c in found.coefficients])
        for name, values in {
            "estimate": [c.estimate for c in found.coefficients], "se": se,
            "ci_lb": [c.ci.low for c in found.coefficients], "ci_ub": [c.ci.high for c in found.coefficients],
        }.items():  # fmt: skip
            disagreements.numbers(f"{where} {name}", values, expected[name], rel=REL, floor=1e-8 * se)
        disagreements.number(f"{where} tau2", found.tau2.value, expected["tau2"], rel=REL, floor=1e-8 * min(vi))
        disagreements.number(f"{where} between", between.statistic, expected["between_stat"], rel=REL, floor=1e-9)
        disagreements.p_value(f"{where} between p", between.p, expected["between_p"])
    disagreements.fail_if_any()


def grouped(reference: dict[str, Any], call: dict[str, Any]) -> tuple[list[float], list[float], list[str]]:
    """yi, vi and group of the studies whose group is known."""
    rows = [row - 1 for row in reference["effects"][call["effects"]]["rows"]]
    groups = [reference["input"]["columns"][call["by"]][row] for row in rows]
    known = [(y, v, str(g)) for y, v, g in zip(*arrays(reference, call), groups, strict=True) if g is not None]
    yi, vi, names = zip(*known, strict=True)
    return list(yi), list(vi), list(names)


def test_back_transformed(
    reference: dict[str, Any], analyses_of: Callable[..., Any], scale_of: dict[str, str], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "predict_transf"):
        call, expected = analysis["call"], analysis["result"]
        pooled = pool_arrays(*arrays(reference, call), **options(call))
        scale = SCALES[scale_of[call["transf"]]]
        natural: Callable[[float], float] = scale.inverse
        if scale.inverse_at is not None:
            sizes = np.array(reference["effects"][call["effects"]]["ni"], dtype=float)
            natural = partial(scale.inverse_at, size=1 / float(np.mean(1 / sizes)))
        found = {"pred": pooled.estimate, "ci_lb": pooled.ci.low, "ci_ub": pooled.ci.high}
        if pooled.prediction is not None:
            found |= {"pi_lb": pooled.prediction.low, "pi_ub": pooled.prediction.high}
        for name, value in found.items():
            (target,) = np.ravel(expected[name])
            disagreements.number(f"{analysis['id']} {name}", natural(value), target, rel=REL, floor=1e-12)
    disagreements.fail_if_any()
