"""An effect as people per 1,000 at a stated baseline risk."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthesis.errors import AnalysisError
from synthesis.formatting import shortest

PER = 1000


def risk_with(measure: str, effect: float, baseline: float) -> float:
    """The risk with the intervention.

    Parameters
    ----------
    measure : {"RR", "OR", "RD"}
    effect : float
        On the natural scale; a ratio may be infinite, as the limit of an interval without end.
    baseline : float
        Risk without the intervention, a share strictly between 0 and 1.

    Returns
    -------
    float
        A share, kept within 0 and 1 (a risk ratio can point beyond 1 at a high baseline risk).

    Raises
    ------
    AnalysisError
        If the measure says nothing about risks, the baseline risk is not a share, or the effect is none.

    References
    ----------
    Cochrane Handbook, sections 14.1.5.2 (risk ratio, odds ratio) and 15.4.4.
    """
    if measure not in RISKS:
        raise AnalysisError(f"a {measure} cannot be put as people per 1,000; {', '.join(sorted(RISKS))} can")
    if not 0 < baseline < 1:
        raise AnalysisError(f"baseline risk is {shortest(baseline)}; it must lie between 0 and 1")
    if math.isnan(effect) or (effect < 0 and measure != "RD"):
        raise AnalysisError(f"an effect of {shortest(effect)} is no {measure}")
    return min(1.0, max(0.0, RISKS[measure](effect, baseline)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberNeeded:
    """How many people have to be treated for one more, or one fewer, to have the outcome.

    ``low`` and ``high`` are its limits, None where the interval of the effect holds no difference: there the number
    runs from one kind through infinity to the other, which is no interval.
    """

    way: Literal["more", "fewer"]
    number: float
    low: float | None
    high: float | None


def number_needed(difference: float, low: float, high: float) -> NumberNeeded | None:
    """The number needed to treat, at the baseline risk of the difference.

    Parameters
    ----------
    difference, low, high : float
        In people per 1,000, at one baseline risk; never pooled from studies at different ones.

    Returns
    -------
    NumberNeeded or None
        None where there is no difference.

    Raises
    ------
    AnalysisError
        If the limits do not hold the difference.

    References
    ----------
    Altman 1998, BMJ 317:1309-1312.
    """
    if not low <= difference <= high:
        raise AnalysisError(f"a difference of {shortest(difference)} outside {shortest(low)} to {shortest(high)}")
    if difference == 0:
        return None
    way: Literal["more", "fewer"] = "more" if difference > 0 else "fewer"
    if low <= 0 <= high:
        return NumberNeeded(way=way, number=PER / abs(difference), low=None, high=None)
    ends = sorted(PER / abs(limit) for limit in (low, high))
    return NumberNeeded(way=way, number=PER / abs(difference), low=ends[0], high=ends[1])


def _from_odds_ratio(effect: float, baseline: float) -> float:
    # Infinity over infinity is not a number; the limit is a certainty.
    return 1.0 if math.isinf(effect) else baseline * effect / (1 - baseline + baseline * effect)


RISKS: dict[str, Callable[[float, float], float]] = {
    "RR": lambda effect, baseline: effect * baseline,
    "OR": _from_odds_ratio,
    "RD": lambda effect, baseline: baseline + effect,
}
