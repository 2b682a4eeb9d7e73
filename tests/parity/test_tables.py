"""Mantel-Haenszel and Peto pooling agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from synthesis.effects.zero_cells import ZeroCells
from synthesis.pooling.mantel_haenszel import pool_tables
from synthesis.pooling.table_tests import table_tests

REL = 1e-9


def policies(settings: dict[str, Any], kind: str) -> dict[str, ZeroCells]:
    """Policies in force: first for the single studies, then for pooling."""
    if kind == "rma.peto":
        # The stated correction of single studies is not in force: Q rests on the observed tables.
        return {}
    study, pooled = (
        ZeroCells(key="call", add=add, to=to, drop00=drop00, reason="")
        for add, to, drop00 in zip(settings["add"], settings["to"], settings["drop00"], strict=True)
    )
    return {"study_zero_cells": study, "zero_cells": pooled}


@pytest.mark.parametrize("kind", ["rma.mh", "rma.peto"])
def test_pooled_tables(
    kind: str,
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    data_of: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, kind):
        call, expected = analysis["call"], analysis["result"]
        found = pool_tables(call["measure"], data_of(call, reference), **policies(expected["settings"], kind))
        where = f"{analysis['id']} {call['measure']}"
        floor = 1e-10 * found.se
        spread = found.heterogeneity
        for name, value in {
            "estimate": found.estimate, "se": found.se, "ci_lb": found.ci.low, "ci_ub": found.ci.high,
        }.items():  # fmt: skip
            disagreements.number(f"{where} {name}", value, expected[name], rel=REL, floor=floor)
        disagreements.number(f"{where} stat", found.test.statistic, expected["stat"], rel=REL, floor=1e-9)
        disagreements.p_value(f"{where} pval", found.test.p, expected["pval"])
        disagreements.number(f"{where} k", found.k, expected["k"], rel=0)
        disagreements.number(f"{where} QE", spread.q, expected["QE"], rel=REL)
        disagreements.number(f"{where} QE df", spread.df, expected["QE_df"], rel=0)
        disagreements.p_value(f"{where} QE p", spread.p, expected["QE_p"])
        disagreements.number(f"{where} I2", 100 * spread.i2, expected["I2"], rel=REL, floor=1e-6)
        disagreements.number(f"{where} H2", spread.h2, expected["H2"], rel=REL)
    disagreements.fail_if_any()


def test_weights_of_tables(
    reference: dict[str, Any], analyses_of: Callable[..., Any], data_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "weights tables"):
        call = analysis["call"]
        found = pool_tables(call["measure"], data_of(call, reference))
        percents = [100 * weight for weight in found.weights]
        disagreements.numbers(analysis["id"], percents, analysis["result"]["weights"], rel=REL, floor=1e-12)
    disagreements.fail_if_any()


def test_tables_without_one_study(
    reference: dict[str, Any], analyses_of: Callable[..., Any], data_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "leave1out tables"):
        call, expected = analysis["call"], analysis["result"]
        data = data_of(call, reference)
        for index in range(reference["input"]["nrow"]):
            found = pool_tables(call["measure"], {name: np.delete(column, index) for name, column in data.items()})
            values = {
                "estimate": found.estimate, "se": found.se, "ci_lb": found.ci.low, "ci_ub": found.ci.high,
                "Q": found.heterogeneity.q, "I2": 100 * found.heterogeneity.i2, "H2": found.heterogeneity.h2,
            }  # fmt: skip
            for name, value in values.items():
                where = f"{analysis['id']} {call['measure']} without {index + 1}: {name}"
                disagreements.number(where, value, expected[name][index], rel=REL, floor=1e-9)
    disagreements.fail_if_any()


def test_tests_on_tables(
    reference: dict[str, Any], analyses_of: Callable[..., Any], data_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "rma.mh"):
        call, expected = analysis["call"], analysis["result"]
        if call["measure"] not in ("OR", "IRR"):
            assert expected["MH"] is None and expected["BD"] is None and expected["TA"] is None
            continue
        settings = expected["settings"]
        policy = policies(settings, "rma.mh")["zero_cells"]
        data = data_of(call, reference)
        found = table_tests(call["measure"], data, correct=settings["correct"], zero_cells=policy)
        for name, test in {
            "MH": found.mantel_haenszel, "CO": found.cochran, "BD": found.breslow_day, "TA": found.tarone,
        }.items():  # fmt: skip
            where = f"{analysis['id']} {call['measure']} {name}"
            if test is None or expected[name] is None:
                disagreements.number(where, np.nan if test is None else test.statistic, expected[name], rel=REL)
                continue
            disagreements.number(where, test.statistic, expected[name], rel=REL, floor=1e-10)
            disagreements.p_value(f"{where} p", test.p, expected[f"{name}_p"])
    disagreements.fail_if_any()
