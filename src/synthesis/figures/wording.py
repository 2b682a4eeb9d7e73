"""The words in and about figures: which side is good for whom, what a pooled result says, how much studies differ.

An alternative text states what somebody who cannot see the picture needs: what is shown, the result with its interval
and direction, how far the studies lie apart. It follows from estimate and interval alone and says nothing about
significance or certainty.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from synthesis.analysis.model import GoodDirection
from synthesis.effects.measures import MEASURES, Measure
from synthesis.effects.model import Effects
from synthesis.formatting import effect, effect_range, integer, months, number, p_value, percent, plural, shortest
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.model import Pooled
from synthesis.pooling.tau2 import ESTIMATORS


def favours(good: GoodDirection, intervention: str, comparator: str) -> tuple[str, str]:
    """What lies left and right of no effect.

    Right of it the outcome is more frequent or higher with the intervention: good where higher is better.
    """
    one, other = lower_first(intervention), lower_first(comparator)
    if good == "mixed":
        return f"Lower with {one}", f"Higher with {one}"
    sides = f"Favours {other}", f"Favours {one}"
    return sides if good == "higher-better" else (sides[1], sides[0])


def lower_first(text: str) -> str:
    """``text`` inside a sentence: a small first letter unless the first word is a name in capitals."""
    first = text.split(" ", 1)[0]
    return text if any(letter.isupper() for letter in first[1:]) else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """``text`` at the start of a sentence."""
    return text[:1].upper() + text[1:]


def design_name(key: str, labels: Mapping[str, str]) -> str:
    """What a design is called in print; its key, made readable, where nobody says."""
    words = key.replace("-", " ")
    return labels.get(key) or (words.upper() if len(words) <= 3 else upper_first(words))


def model_name(pooled: Pooled) -> str:
    """ "Random effects (REML, Hartung-Knapp)": the model, its tau2 estimator and its interval."""
    if pooled.model == "common":
        return "Common effect"
    short = "fixed tau²" if pooled.tau2.method == "fixed" else pooled.tau2.method
    interval = INTERVALS[pooled.ci.method].label.split(",")[0]
    return f"Random effects ({short}, {interval})"


def estimator_name(pooled: Pooled) -> str:
    """The tau2 estimator in prose, or "" for the common-effect model."""
    method = pooled.tau2.method
    return ESTIMATORS[method].label if pooled.model == "random" and method in ESTIMATORS else ""


def heterogeneity(pooled: Pooled) -> str:
    """How much the studies differ, in one line."""
    if pooled.k < 2:
        return "One study: how much results differ between studies cannot be told."
    found = pooled.heterogeneity
    sign = "" if found.p < 0.001 else "= "
    parts = [f"Q = {number(found.q)}, {plural(found.df, 'degree')} of freedom, p {sign}{p_value(found.p)}"]
    parts.insert(0, f"I² = {percent(found.i2)}")
    if pooled.model == "random":
        parts.insert(0, f"τ² = {_tau2(pooled)}")
    return "Heterogeneity: " + "; ".join(parts)


def _tau2(pooled: Pooled) -> str:
    text = _small(pooled.tau2.value)
    bounds = pooled.tau2.interval
    if bounds is None or not (math.isfinite(bounds.low) and math.isfinite(bounds.high)):
        return text
    return f"{text} ({percent(bounds.level)} CI {_small(bounds.low)} to {_small(bounds.high)})"


def _small(value: float) -> str:
    return number(value, 3 if 0 < value < 0.1 else 2 if value < 100 else 0)


def times(effects: Effects) -> str:
    """ "3 to 12 months": when the outcome was measured; "" where no study says."""
    known = sorted({row.timepoint_months for row in effects if row.timepoint_months is not None})
    if not known:
        return ""
    return months(known[0]) if len(known) == 1 else f"{shortest(known[0], 1)} to {months(known[-1])}"


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
