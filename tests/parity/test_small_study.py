"""Trim and fill, rank test, fail-safe N and excess significance agree with the reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from synthesis.diagnostics.excess_significance import excess_significance
from synthesis.diagnostics.fail_safe import fail_safe_n, orwin_n
from synthesis.diagnostics.rank_test import rank_test
from synthesis.diagnostics.trim_and_fill import trim_and_fill
from synthesis.effects.model import Effects
from synthesis.errors import AnalysisError

REL = 1e-6


def model_of(call: dict[str, Any]) -> dict[str, Any]:
    return {"model": "common"} if call["method"] == "EE" else {"tau2": call["method"]}


def effects_of(reference: dict[str, Any], call: dict[str, Any], as_effects: Callable[..., Effects]) -> Effects:
    effects = reference["effects"][call["effects"]]
    return as_effects(effects["yi"], effects["vi"])


def test_trim_and_fill(
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    part_of: Callable[..., str | None],
    as_effects: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, "trimfill"):
        call, expected = analysis["call"], analysis["result"]
        effects = effects_of(reference, call, as_effects)
        where = f"{analysis['id']} {call['effects']} {call['method']} {call['estimator']} {call['side']}"
        try:
            found = trim_and_fill(effects, estimator=call["estimator"], side=call["side"], **model_of(call))
        except AnalysisError as error:
            if expected is not None:
                disagreements.lines.append(f"{where}: {error}")
            continue
        if expected is None:
            continue
        if part_of(analysis, reference) is not None:
            disagreements.number(f"{where} estimate", found.filled.estimate, expected["estimate"], rel=REL)
            disagreements.number(f"{where} tau2", found.filled.tau2.value, expected["tau2"], rel=REL, floor=1e-12)
            disagreements.number(f"{where} Q", found.filled.heterogeneity.q, expected["QE"], rel=REL, floor=1e-12)
            continue
        if (found.side, found.missing) != (expected["side"], expected["k0"]):
            disagreements.lines.append(f"{where}: {found.missing} {found.side}, {expected['k0']} {expected['side']}")
            continue
        floor = 1e-9 * found.filled.se
        disagreements.number(f"{where} se of k0", found.missing_se, expected["se_k0"], rel=REL)
        assert (found.missing_p is None) == (expected["p_k0"] is None), where
        if found.missing_p is not None:
            disagreements.number(f"{where} p of k0", found.missing_p, expected["p_k0"], rel=REL)
        disagreements.numbers(
            f"{where} yi", sorted(found.filled_yi), sorted(expected["filled_yi"]), rel=REL, floor=floor
        )
        disagreements.numbers(
            f"{where} vi", sorted(found.filled_vi), sorted(expected["filled_vi"]), rel=1e-12, floor=0.0
        )
        pooled = found.filled
        for name, value in {
            "estimate": pooled.estimate, "se": pooled.se, "ci_lb": pooled.ci.low, "ci_ub": pooled.ci.high,
        }.items():  # fmt: skip
            disagreements.number(f"{where} {name}", value, expected[name], rel=REL, floor=max(floor, 1e-15))
        spread = pooled.heterogeneity
        disagreements.number(
            f"{where} tau2", pooled.tau2.value, expected["tau2"], rel=REL, floor=1e-8 * min(effects.vi)
        )
        disagreements.number(f"{where} I2", 100 * spread.i2, expected["I2"], rel=REL, floor=1e-6)
        disagreements.number(f"{where} H2", spread.h2, expected["H2"], rel=REL, floor=1e-9)
        disagreements.number(f"{where} Q", spread.q, expected["QE"], rel=REL, floor=1e-12)
        disagreements.p_value(f"{where} p", pooled.test.p, expected["pval"])
    disagreements.fail_if_any()


def test_rank_correlation(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "ranktest"):
        call, expected = analysis["call"], analysis["result"]
        where = f"{analysis['id']} {call['effects']}"
        try:
            found = rank_test(effects_of(reference, call, as_effects))
        except AnalysisError as error:
            if expected["tau"] is not None:
                disagreements.lines.append(f"{where}: {error}")
            continue
        disagreements.number(f"{where} tau", found.tau, expected["tau"], rel=REL, floor=1e-12)
        disagreements.p_value(f"{where} p", found.p, expected["pval"])
        assert found.exact or not expected["p_is_exact"], where
    disagreements.fail_if_any()


def test_fail_safe_n(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "fsn"):
        call, expected = analysis["call"], analysis["result"]
        effects = effects_of(reference, call, as_effects)
        if call["type"] == "Orwin":
            found = orwin_n(effects, expected["target"], weighted=call["weighted"])
        else:
            found = fail_safe_n(effects, method=call["type"], alpha=call["alpha"])
        where = f"{analysis['id']} {call['effects']} {call['type']}"
        disagreements.number(f"{where} N", found.studies, expected["fsn"], rel=0)
        if expected["pval"] is not None:
            assert found.p is not None
            disagreements.p_value(f"{where} p", found.p, expected["pval"])
        if expected["mean_effect"] is not None:
            assert found.mean is not None
            disagreements.number(f"{where} mean", found.mean, expected["mean_effect"], rel=REL, floor=1e-12)
    disagreements.fail_if_any()


def test_excess_significance(
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    part_of: Callable[..., str | None],
    as_effects: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, "tes"):
        call, expected = analysis["call"], analysis["result"]
        effects = effects_of(reference, call, as_effects)
        found = excess_significance(
            effects, test=call["test"], alpha=call["alpha"], limit_alpha=call["tes_alpha"], **model_of(call)
        )
        if expected is None:
            continue
        where = f"{analysis['id']} {call['effects']} {call['method']} {call['test']}"
        assert list(found.significant) == expected["significant"], where
        disagreements.number(f"{where} O", found.observed, expected["O"], rel=0)
        if part_of(analysis, reference) is not None:
            disagreements.numbers(f"{where} power", found.power, expected["power"], rel=1e-2, floor=0.0)
            disagreements.number(f"{where} theta", found.theta, expected["theta"], rel=REL, floor=1e-12)
            continue
        # The reference integrates the random effects numerically, out to five standard deviations.
        disagreements.number(f"{where} E", found.expected, expected["E"], rel=1e-5)
        disagreements.numbers(f"{where} power", found.power, expected["power"], rel=1e-5, floor=1e-12)
        disagreements.number(f"{where} p", found.p, expected["pval"], rel=1e-4, floor=1e-12)
        disagreements.number(f"{where} theta", found.theta, expected["theta"], rel=REL, floor=1e-12)
        # The reference looks for the limit with a tolerance of 1.2e-4.
        limits = [value for value in expected["theta_lim_approx"] if value is not None]
        limit = math.nan if found.limit is None else found.limit
        disagreements.number(f"{where} limit", limit, limits[0] if limits else None, rel=1e-3, floor=1.5e-4)
    disagreements.fail_if_any()
