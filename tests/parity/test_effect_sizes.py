"""yi and vi of every effect measure agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from synthesis.effects.measures import effect_sizes
from synthesis.effects.zero_cells import ZeroCells

# Reference column name -> argument of the data kind. Cells come as events and non-events, or events and totals.
ARGUMENTS = {
    "ai": "events1", "n1i": "n1", "ci": "events2", "n2i": "n2",
    "m1i": "mean1", "sd1i": "sd1", "m2i": "mean2", "sd2i": "sd2",
    "x1i": "events1", "t1i": "time1", "x2i": "events2", "t2i": "time2",
    "xi": "events", "ti": "time", "ni": "n", "mi": "mean", "sdi": "sd", "ri": "correlation",
}  # fmt: skip


def data_of(call: dict[str, Any], reference: dict[str, Any]) -> dict[str, np.ndarray]:
    columns = {
        name: np.array([np.nan if v is None else v for v in reference["input"]["columns"][column]], dtype=float)
        for name, column in call["columns"].items()
    }
    for events, rest, total in (("ai", "bi", "n1i"), ("ci", "di", "n2i")):
        if rest in columns:
            columns[total] = columns[events] + columns.pop(rest)
    return {ARGUMENTS[name]: values for name, values in columns.items()}


def test_yi_and_vi(reference: dict[str, Any], analyses_of: Callable[..., Any], disagreements: Any) -> None:
    for analysis in analyses_of(reference, "escalc"):
        call = analysis["call"]
        policy = None
        if "to" in call:
            policy = ZeroCells(key="call", add=call["add"], to=call["to"], drop00=call["drop00"], reason="")
        yi, vi = effect_sizes(call["measure"], data_of(call, reference), zero_cells=policy)
        where = f"{analysis['id']} {call['measure']}"
        # Numbers near 0 are differences of larger ones; the standard error says on which scale they matter.
        disagreements.numbers(f"{where} yi", yi, analysis["result"]["yi"], rel=1e-10, floor=1e-12 * np.sqrt(vi))
        disagreements.numbers(f"{where} vi", vi, analysis["result"]["vi"], rel=1e-10, floor=0.0)
    disagreements.fail_if_any()
