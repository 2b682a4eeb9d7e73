"""Profile-likelihood intervals of the variances and correlations of a multilevel model."""

from __future__ import annotations

import math

import numpy as np

from synthesis.effects.distributions import check_level, chi2_quantile
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError
from synthesis.pooling.model import Interval
from synthesis.pooling.multilevel import Component, Multilevel, highest, parameter_of

# Bisection down to this share of the estimate; each step is a fit.
_PRECISION = 1e-7


def component_interval(fitted: Multilevel, component: Component, *, level: float = 0.95) -> Interval:
    """Values of a component at which the other parameters can still reach a likelihood near the maximum.

    Parameters
    ----------
    fitted : Multilevel
    component : Component
        One of ``fitted.components`` that was estimated.
    level : float
        Confidence level as a share.

    Returns
    -------
    Interval
        A variance is on the squared analysis scale. A bound at the end of the component's range is that end.

    Raises
    ------
    AnalysisError
        If the component was held, not estimated.

    References
    ----------
    Hardy and Thompson 1996, Statistics in Medicine 15:619-629.
    """
    if component.fixed:
        raise AnalysisError(f"the {component.kind} of {component.term} was held, not estimated; it has no interval")
    model = fitted.marginal
    parameter = parameter_of(component, model)
    index = model.parameters.index(parameter)
    best = float(model.theta[index])
    # The other parameters move little along the profile.
    others = np.delete(model.theta, index)
    least = fitted.log_likelihood - chi2_quantile(check_level(level), 1) / 2

    def above(value: float) -> float:
        return highest(model.holding(parameter, value), others).height - least

    def crossing(inside: float, outside: float) -> float:
        # Regula falsi keeps the bracket; the Illinois variant keeps it moving.
        f_in, f_out = above(inside), above(outside)
        for _ in range(60):
            middle = (inside * f_out - outside * f_in) / (f_out - f_in)
            height = above(middle)
            if abs(outside - inside) <= _PRECISION * (1 + abs(best)) or abs(height) <= 1e-9:
                return middle
            if height > 0:
                inside, f_in, f_out = middle, height, f_out / 2
            else:
                outside, f_out, f_in = middle, height, f_in / 2
        return middle

    low = parameter.low if above(parameter.low + 0.0) >= 0 else crossing(best, parameter.low)
    if math.isfinite(parameter.high):
        high = parameter.high if above(parameter.high) >= 0 else crossing(best, parameter.high)
    else:
        outer = 2 * best + 0.1
        while above(outer) > 0:
            outer *= 2
        high = crossing(best, outer)
    bounds: Floats = np.array([low, high])
    if component.kind == "variance":
        bounds = bounds**2 * model.scale**2
    return Interval(low=float(bounds[0]), high=float(bounds[1]), level=level, method="profile-likelihood")
