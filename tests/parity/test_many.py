"""Subsets and permutations agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from parity.formulas import complete_rows
from synthesis.diagnostics.gosh import gosh_arrays
from synthesis.diagnostics.permutation import permutation_test

INTERVAL_OF = {"z": "wald", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-floored"}
EVERY = 1_000_000
REL = 1e-6


def model_of(call: dict[str, Any]) -> dict[str, Any]:
    """Model and estimator of a call, in this package's words."""
    return {"model": "common"} if call["method"] == "EE" else {"tau2": call["method"]}


def test_all_subsets(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "gosh"):
        call, expected = analysis["call"], analysis["result"]
        effects = reference["effects"][call["effects"]]
        found = gosh_arrays(effects["yi"], effects["vi"], subsets=EVERY, **model_of(call))
        if expected is None:
            # The reference gave up; it is enough that this ended.
            continue
        where = f"{analysis['id']} {call['effects']} {call['method']}"
        assert found.complete and len(found) == expected["n_subsets"], where
        first = expected["first"]
        # The reference lists subsets by size; here they are in the order of a binary counter.
        places = [sum(1 << (study - 1) for study in np.atleast_1d(members)) - 1 for members in first["members"]]
        assert found.size[places].tolist() == first["k"], where
        columns = {"estimate": found.estimate, "QE": found.q, "I2": 100 * found.i2, "tau2": found.tau2}
        floors = {"estimate": 1e-12, "QE": 1e-12, "I2": 1e-6, "tau2": 1e-8 * min(effects["vi"])}
        for name, values in columns.items():
            quantiles, floor = np.quantile(values, expected["quantile_probs"]), floors[name]
            disagreements.numbers(f"{where} {name}", quantiles, expected["quantiles"][name], rel=REL, floor=floor)
            mean = float(values.mean())
            disagreements.number(f"{where} mean {name}", mean, expected["means"][name], rel=REL, floor=floor)
            disagreements.numbers(f"{where} first {name}", values[places], first[name], rel=REL, floor=floor)
        h2 = first["H2"]
        if call["method"] == "DL":
            # There H2 is Q / df, which with this estimator is the same unless tau2 was cut at 0.
            h2 = np.maximum(h2, 1.0)
        disagreements.numbers(f"{where} first H2", found.h2[places], h2, rel=REL, floor=1e-9)
    disagreements.fail_if_any()


def test_all_permutations(
    reference: dict[str, Any],
    analyses_of: Callable[..., Any],
    disagreements: Any,
) -> None:
    for analysis in analyses_of(reference, "permutest"):
        call, expected = analysis["call"], analysis["result"]
        yi, vi, columns, intercept = complete_rows(reference, call)
        found = permutation_test(
            yi,
            vi,
            columns,
            intercept=intercept,
            ci=INTERVAL_OF[call["test"]],
            draws=EVERY,
            **model_of(call),
        )
        if expected is None:
            continue
        where = f"{analysis['id']} {call.get('mods', '')} {call['method']} {call['test']}"
        assert found.exact and found.arrangements == expected["n_permutations"], where
        disagreements.numbers(f"{where} stat", found.statistics, expected["observed_stat"], rel=REL, floor=1e-9)
        # p values are counts over the same arrangements, so they are equal or wrong.
        assert found.p == pytest.approx(expected["pval"], rel=1e-12), where
        assert found.moderators_p == (
            None if expected["QM_p"] is None else pytest.approx(expected["QM_p"], rel=1e-12)
        ), where
    disagreements.fail_if_any()
