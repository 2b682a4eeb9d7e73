"""yi and vi of every effect measure agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.zero_cells import ZeroCells


def test_yi_and_vi(
    reference: dict[str, Any], analyses_of: Callable[..., Any], data_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "escalc"):
        call = analysis["call"]
        policy = None
        if "to" in call:
            policy = ZeroCells(key="call", add=call["add"], to=call["to"], drop00=call["drop00"], reason="")
        # The reference names a variance for some measures that have only one.
        variance = call.get("vtype") if MEASURES[call["measure"]].variance else None
        yi, vi = effect_sizes(call["measure"], data_of(call, reference), zero_cells=policy, variance=variance)
        where = f"{analysis['id']} {call['measure']} {variance}"
        # Numbers near 0 are differences of larger ones; the standard error says on which scale they matter.
        disagreements.numbers(f"{where} yi", yi, analysis["result"]["yi"], rel=1e-10, floor=1e-12 * np.sqrt(vi))
        # Where there is no effect, a variance alone says nothing.
        both = [v if y is not None else None for y, v in zip(*map(analysis["result"].get, ("yi", "vi")), strict=True)]
        disagreements.numbers(f"{where} vi", vi, both, rel=1e-10, floor=0.0)
    disagreements.fail_if_any()
