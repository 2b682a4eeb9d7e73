"""Generalised linear mixed models agree with the reference.

The reference searches with a general optimiser to about 1e-5 of the log-likelihood's slope and takes standard errors
from differences, so numbers are compared at 1e-3: estimates as a share of their standard error, which is what such a
search can miss by. Looser rows say why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from synthesis.pooling.glmm import GLMM_KINDS, Glmm, fit_glmm

REL = 1e-3
KIND_OF = {entry.metafor: key for key, entry in GLMM_KINDS.items() if key != "one-group"}

# Where 1e-3 is too much to ask of the reference: tolerance and reason by kind, and by kind and number.
LOOSER = {
    "random-study-effects": (2e-2, "lme4's Laplace determinant is taken one step before its search for modes ends"),
    ("random-study-effects", "QE_Wald"): (3e-2, "the same, k times"),
    ("conditional-exact", "QE_Wald"): (5e-3, "second differences of a density that is computed to 1e-10"),
}
TIGHT = {"k", "QE_df", "QE_LRT", "ll", "AIC"}


def fitted(reference: dict[str, Any], call: dict[str, Any], data_of: Callable[..., Any]) -> Glmm:
    one_group = call["measure"] in GLMM_KINDS["one-group"].measures
    kind = "one-group" if one_group else KIND_OF[call["model"]]
    # The reference integrates the exact conditional likelihood to convergence, whatever nAGQ is.
    exact = kind == "conditional-exact" and call["measure"] == "OR"
    return fit_glmm(
        call["measure"],
        data_of(call, reference),
        kind=kind,
        model="common" if call["method"] == "EE" else "random",
        points=None if exact else call["nAGQ"],
        level=call["level"] / 100,
    )


def numbers_of(found: Glmm, call: dict[str, Any], saturated: bool) -> dict[str, float | None]:
    (pooled,) = found.coefficients
    # Where the reference has a saturated model it reports the log-likelihood given the random effects, not the
    # marginal one, except for the exact conditional likelihood and with a common effect.
    height = found.conditional_log_likelihood if saturated else found.log_likelihood
    return {
        "k": found.k, "estimate": pooled.estimate, "se": pooled.se, "stat": pooled.test.statistic,
        "ci_lb": pooled.ci.low, "ci_ub": pooled.ci.high, "tau2": found.tau2.value, "sigma2": found.study_variance,
        "I2": 100 * found.i2, "H2": found.h2, "QE_Wald": found.wald and found.wald.statistic,
        "QE_LRT": found.likelihood_ratio.statistic, "QE_LRT_p": found.likelihood_ratio.p,
        "QE_df": found.likelihood_ratio.df, "ll": height, "AIC": found.aic + 2 * (found.log_likelihood - height),
    }  # fmt: skip


def test_mixed_models_of_counts(
    reference: dict[str, Any], analyses_of: Callable[..., Any], data_of: Callable[..., Any], disagreements: Any
) -> None:
    for analysis in analyses_of(reference, "rma.glmm"):
        call, expected = analysis["call"], analysis["result"]
        found = fitted(reference, call, data_of)
        if expected is None:
            continue
        # A search that the reference itself says did not end is ten times as far off, or as far as the slope it states.
        stated = [
            re.search(r"failed to converge with max\|grad\| = ([\d.e+-]+)", w) for w in analysis.get("warnings", ())
        ]
        unsettled = [max(10 * REL, float(slope[1])) for slope in stated if slope]
        if disagreements.may_judge:
            rel = LOOSER.get(found.kind, (REL, ""))[0] + max(unsettled, default=0.0)
        else:
            rel = REL * 10 if unsettled else LOOSER.get(found.kind, (REL, ""))[0]
        saturated = found.kind in ("fixed-study-effects", "conditional-approximate", "one-group")
        saturated |= found.kind == "conditional-exact" and call["measure"] == "IRR"
        se = expected["se"]
        # A bound is the estimate and about twice its standard error.
        bound = 3 * rel * se
        floors = {"estimate": rel * se, "ci_lb": bound, "ci_ub": bound, "stat": rel, "tau2": 1e-6, "I2": 1e-2}
        for name, value in numbers_of(found, call, saturated).items():
            where = f"{analysis['id']} {call['measure']} {found.kind} {call['method']} {name}"
            if name == "QE_Wald" and value is None:
                # A study with an empty cell has no finite effect: the reference stops somewhere on the way there.
                continue
            if value is None or expected[name] is None:
                assert value is expected[name], where
                continue
            allowed = (
                (rel if unsettled and disagreements.may_judge else REL)
                if name in TIGHT
                else LOOSER.get((found.kind, name), (rel, ""))[0]
            )
            if name == "QE_LRT_p":
                allowed *= 1 + expected["QE_LRT"]
            disagreements.number(where, value, expected[name], rel=allowed, floor=floors.get(name, 1e-9))
        # The p value as closely as its statistic: a tail is steeper the farther out.
        steep = rel * (1 + expected["stat"] ** 2)
        p = found.coefficients[0].test.p
        disagreements.number(f"{analysis['id']} pval", math.log(p), math.log(expected["pval"]), rel=0, floor=steep)
    disagreements.fail_if_any()
