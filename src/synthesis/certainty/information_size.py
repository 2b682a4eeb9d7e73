"""Optimal information size: how many people one trial would need to settle the question by itself."""

from __future__ import annotations

import math

from synthesis.effects.distributions import critical_value
from synthesis.errors import AnalysisError
from synthesis.formatting import shortest

# GRADE guidance on imprecision: two-sided alpha 0.05, power 0.80, a relative difference of 25%.
ALPHA, POWER, RELATIVE = 0.05, 0.80, 0.25


def information_size(baseline: float, *, relative: float = RELATIVE, alpha: float = ALPHA, power: float = POWER) -> int:
    """Participants, both groups together, for a two-sided comparison of two risks.

    Parameters
    ----------
    baseline : float
        Risk without the intervention, a share strictly between 0 and 1.
    relative : float
        Relative reduction to be found, a share strictly between 0 and 1.
    alpha, power : float
        Shares.

    Returns
    -------
    int
        To the nearest whole person, with equal groups and no correction for continuity.

    Raises
    ------
    AnalysisError
        If a share is out of range.

    References
    ----------
    Guyatt et al 2011, J Clin Epidemiol 64:1283-1293 (GRADE guidelines 6); Fleiss, Levin and Paik 2003, equation 4.14.
    """
    for name, value in (("baseline", baseline), ("relative", relative), ("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise AnalysisError(f"{name} is {shortest(value)}; it must lie between 0 and 1")
    if power <= 0.5:
        raise AnalysisError(f"power is {shortest(power)}; a trial that fails as often as not settles nothing")
    other = baseline * (1 - relative)
    mean = (baseline + other) / 2
    # A one-sided quantile is the two-sided one of the level that leaves as much on each side.
    z_alpha, z_power = critical_value(1 - alpha), critical_value(2 * power - 1)
    spread = z_alpha * math.sqrt(2 * mean * (1 - mean))
    spread += z_power * math.sqrt(baseline * (1 - baseline) + other * (1 - other))
    return round(2 * (spread / (baseline - other)) ** 2)
