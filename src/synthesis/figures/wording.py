"""The words of text alternatives: what a pooled result says and where it lies, how far the studies lie apart.

An alternative text states what somebody who cannot see the picture needs: what is shown, the result with its interval
and direction, how far the studies lie apart. It follows from estimate and interval alone and says nothing about
significance or certainty.
"""

from __future__ import annotations

from synthesis.analysis.model import GoodDirection
from synthesis.analysis.phrases import favours, lower_first
from synthesis.effects.measures import MEASURES, Measure
from synthesis.effects.model import Effects
from synthesis.formatting import effect, effect_range, integer, percent
from synthesis.pooling.model import Pooled


def result_in_words(pooled: Pooled) -> str:
    """ "odds ratio 1.85, 95% confidence interval 1.23 to 2.78"."""
    measure = MEASURES[pooled.measure]
    value, low, high = (measure.to_natural(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    level = percent(pooled.ci.level)
    return (
        f"{measure.label} {effect(value, measure.axis)}, {level} confidence interval "
        f"{effect_range(low, high, measure.axis)}"
    )


def position(pooled: Pooled, good: GoodDirection, intervention: str, comparator: str) -> str:
    """Where estimate and interval lie against no effect, in words."""
    null = MEASURES[pooled.measure].null
    sides = favours(good, intervention, comparator)
    if pooled.estimate == null:
        return "The estimate lies at no difference."
    side, other = sides if pooled.estimate < null else (sides[1], sides[0])
    start = f"The estimate {lower_first(side)}" if good != "mixed" else f"The estimate is {lower_first(side)}"
    if pooled.ci.low <= null <= pooled.ci.high:
        return f"{start}; the interval includes no difference and reaches the side “{lower_first(other)}”."
    return f"{start}, and so does the whole interval." if good != "mixed" else f"{start}; so is the whole interval."


def spread(effects: Effects, good: GoodDirection, intervention: str, comparator: str) -> str:
    """How far the studies' estimates lie apart and on which sides."""
    measure = MEASURES[effects.measure]
    low, high = min(effects, key=lambda row: row.yi), max(effects, key=lambda row: row.yi)
    if len(effects) == 1:
        return f"The estimate of {low.label} is {_natural(measure, low.yi)}."
    right = sum(row.yi > measure.null for row in effects)
    left = sum(row.yi < measure.null for row in effects)
    sides = favours(good, intervention, comparator)
    counted = [
        f"{integer(count)} of {integer(len(effects))} on the side “{lower_first(side)}”"
        for count, side in ((left, sides[0]), (right, sides[1]))
        if count
    ]
    where = "; " + ", ".join(counted) if counted else ""
    return (
        f"The studies' estimates run from {_natural(measure, low.yi)} ({low.label}) to "
        f"{_natural(measure, high.yi)} ({high.label}){where}."
    )


def _natural(measure: Measure, yi: float) -> str:
    return effect(measure.to_natural(yi), measure.axis)
