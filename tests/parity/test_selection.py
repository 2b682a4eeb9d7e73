"""Selection models agree with the reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from synthesis.diagnostics.selection_model import SelectionModel, selection_model
from synthesis.diagnostics.selection_weights import SELECTION, SelectionLikelihood

KIND = {
    "stepfun": "step", "beta": "beta", "halfnorm": "half-normal", "negexp": "negative-exponential", "power": "power",
}  # fmt: skip


def likelihood_of(call: dict[str, Any], effects: dict[str, Any]) -> SelectionLikelihood:
    """The likelihood, with effects turned round where small ones are favoured."""
    return SelectionLikelihood.build(
        (-1 if call["alternative"] == "less" else 1) * np.array(effects["yi"]),
        np.array(effects["vi"]),
        SELECTION[KIND[call["type"]]].build(tuple(step for step in call.get("steps", ()) if step < 1)),
        two_sided=call["alternative"] == "two.sided",
        common=call["method"] == "EE",
        held=None,
    )


def outdone(call: dict[str, Any], effects: dict[str, Any], expected: dict[str, Any], found: SelectionModel) -> bool:
    """Whether the reference ended below the maximum, or integrated a smooth function badly at its own point.

    The likelihood is taken at that point too (``test_selection_model.py`` holds it against plain integration).
    """
    if abs(found.log_likelihood - expected["ll"]) <= 1e-4:
        return False
    likelihood, sign = likelihood_of(call, effects), -1 if call["alternative"] == "less" else 1
    delta = expected["delta"][1 if call["type"] == "stepfun" else 0 :]
    there = float(likelihood.at_natural(np.array([sign * expected["estimate"], expected["tau2"], *delta])))
    same = abs(there - expected["ll"]) < 1e-4
    return found.log_likelihood > there and (call["type"] != "stepfun" or same)


def errors_by_differences(call: dict[str, Any], effects: dict[str, Any], found: SelectionModel) -> dict[str, float]:
    """Standard errors from second differences of the likelihood, steps a thousandth of them."""
    sign = -1 if call["alternative"] == "less" else 1
    errors = {"se": found.se, "se_tau2": found.tau2_se, **{p.name: p.se for p in found.parameters}}
    point = np.array([sign * found.estimate, found.tau2, *(p.value for p in found.parameters)])
    names = [name for name, se in errors.items() if se is not None]
    steps = [
        np.where(np.arange(len(point)) == list(errors).index(name), 1e-3 * (errors[name] or 0.0), 0.0) for name in names
    ]
    height = likelihood_of(call, effects).at_natural

    def second(a: np.ndarray, b: np.ndarray) -> float:
        corners = height(point + a + b) - height(point + a - b) - height(point - a + b) + height(point - a - b)
        return float(corners) / (4 * a.max() * b.max())

    covariance = np.linalg.inv([[-second(a, b) for b in steps] for a in steps])
    return dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))


def error_of(
    call: dict[str, Any],
    effects: dict[str, Any],
    found: SelectionModel,
    name: str,
    start: float = 0.0,
    times: float = 1.0,
) -> float:
    """So many of one of these standard errors, from somewhere."""
    return start + times * errors_by_differences(call, effects, found)[name]


def test_selection_models(
    reference: dict[str, Any], analyses_of: Callable[..., Any], as_effects: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "selmodel"):
        call, expected = analysis["call"], analysis["result"]
        effects = reference["effects"][call["effects"]]
        step, held = call["type"] == "stepfun", call.get("delta_fixed")
        found = selection_model(
            as_effects(effects["yi"], effects["vi"]),
            kind=KIND[call["type"]],
            alternative=call["alternative"].replace(".", "-"),
            steps=call.get("steps", (0.025,)),
            held=None if held is None else held[1:],
            model="common" if call["method"] == "EE" else "random",
        )
        where = f"{analysis['id']} {call['type']} {call['alternative']} {call['method']}"
        if outdone(call, effects, expected, found):
            disagreements.judged()
            continue
        # The reference integrates smooth functions numerically and cuts p values off near 0 and 1.
        rel = 1e-5 if step else 1e-3
        floor = 1e-6 if step else 1e-4
        numbers = {
            "estimate": found.estimate, "se": found.se, "ci_lb": found.ci.low, "ci_ub": found.ci.high,
            "tau2": found.tau2, "ll": found.log_likelihood, "ll_unselected": found.log_likelihood_unselected,
        }  # fmt: skip
        assert disagreements.may_judge or found.tau2_se is not None or expected["se_tau2"] is None, where
        if found.tau2_se is not None and expected["se_tau2"] is not None:
            numbers["se_tau2"] = found.tau2_se
        skip = 1 if step else 0
        columns = [expected[name][skip:] for name in ("delta", "se_delta", "pval_delta")]
        # A parameter at the bound of its range is held there; the reference may differentiate by it all the same.
        held_here = [p.se is None and se is not None for p, se in zip(found.parameters, columns[1], strict=True)]
        if any(held_here) or (found.tau2_se is None and expected["se_tau2"] is not None):
            numbers = {name: value for name, value in numbers.items() if name in ("estimate", "tau2", "ll")}
        right = {} if step else {name: partial(error_of, call, effects, found, name) for name in ("se", "se_tau2")}
        if not step:
            quantile = (found.ci.high - found.estimate) / found.se
            for end, away in (("ci_lb", -quantile), ("ci_ub", quantile)):
                right[end] = partial(error_of, call, effects, found, "se", found.estimate, away)
        for name, value in numbers.items():
            disagreements.number(
                f"{where} {name}", value, expected[name], rel=rel, floor=floor, exact=right.get(name), exact_rel=1e-4
            )
        if found.selection is not None:
            disagreements.number(f"{where} LRT", found.selection.statistic, expected["LRT"], rel=rel, floor=floor)
            disagreements.number(f"{where} LRT df", found.selection.df, expected["LRT_df"], rel=0)
        for parameter, at_bound, value, se, p in zip(found.parameters, held_here, *columns, strict=True):
            where_parameter = f"{where} {parameter.name}"
            disagreements.number(where_parameter, parameter.value, value, rel=rel, floor=1e-5 if at_bound else 0.0)
            if se is not None and not at_bound:
                assert parameter.se is not None and parameter.p is not None, where
                exact = None if step else partial(error_of, call, effects, found, parameter.name)
                off = disagreements.number(
                    f"{where_parameter} se", parameter.se, se, rel=rel, exact=exact, exact_rel=1e-4
                )
                # The p value of a standard error that is off is off with it.
                if not off:
                    disagreements.number(f"{where_parameter} p", parameter.p, p, rel=rel, floor=1e-6)
    disagreements.fail_if_any()
