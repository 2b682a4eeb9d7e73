"""The few phrases that figures, tables and text share: sides, models, times, how much studies differ.

They are written here once, so that a figure and the table beside it cannot say it differently.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from synthesis.analysis.model import GoodDirection, Robustness
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import Effects
from synthesis.formatting import effect, effect_range, integer, month_number, months, number, p_value, percent, plural
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.model import Pooled

# Where an interval lies, by its side of no difference.
SIDES = {-1: "below no difference", 0: "across no difference", 1: "above no difference"}


def lower_first(text: str) -> str:
    """``text`` inside a sentence: a small first letter, unless it starts with a name ("SMART Recovery")."""
    first, _, rest = text.partition(" ")
    name = any(letter.isupper() for letter in first[1:]) or rest[:1].isupper()
    return text if name else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """``text`` at the start of a sentence."""
    return text[:1].upper() + text[1:]


def favours(good: GoodDirection, intervention: str, comparator: str) -> tuple[str, str]:
    """What lies left and right of no effect.

    Right of it the outcome is more frequent or higher with the intervention: good where higher is better.
    """
    one, other = lower_first(intervention), lower_first(comparator)
    if good == "mixed":
        return f"Lower with {one}", f"Higher with {one}"
    sides = f"Favours {other}", f"Favours {one}"
    return sides if good == "higher-better" else (sides[1], sides[0])


def design_name(key: str, labels: Mapping[str, str]) -> str:
    """What a design is called in print; its key, made readable, where nobody says."""
    words = key.replace("-", " ")
    return labels.get(key) or (words.upper() if len(words) <= 3 else upper_first(words))


def times(effects: Effects) -> str:
    """ "3 to 12 months": when the outcome was measured; "" where no study says."""
    return span_of_months(row.timepoint_months for row in effects)


def span_of_months(values: Iterable[float | None]) -> str:
    """ "3 to 12 months": from the earliest to the latest of the times that are known; "" if none is."""
    known = sorted({value for value in values if value is not None})
    if not known:
        return ""
    return months(known[0]) if len(known) == 1 else f"{month_number(known[0])} to {months(known[-1])}"


def model_name(pooled: Pooled) -> str:
    """ "Random effects (REML, Hartung-Knapp)": the model, its tau2 estimator and its interval."""
    if pooled.model == "common":
        return "Common effect"
    short = "fixed tau²" if pooled.tau2.method == "fixed" else pooled.tau2.method
    interval = INTERVALS[pooled.ci.method].label.split(",")[0]
    return f"Random effects ({short}, {interval})"


def overall_test(pooled: Pooled) -> str:
    """The test that the pooled effect is none, in one line."""
    test = pooled.test
    name, freedom = ("z", "") if test.df is None else ("t", f", {plural(round(test.df), 'degree')} of freedom")
    sign = "" if test.p < 0.001 else "= "
    return f"Test of overall effect: {name} = {number(test.statistic)}{freedom}, p {sign}{p_value(test.p)}"


def heterogeneity(pooled: Pooled, *, defined: bool = False) -> str:
    """How much the studies differ, in one line; ``defined`` says what I2 is."""
    if pooled.k < 2:
        return "One study: how much results differ between studies cannot be told."
    found = pooled.heterogeneity
    sign = "" if found.p < 0.001 else "= "
    parts = [f"Q = {number(found.q)}, {plural(found.df, 'degree')} of freedom, p {sign}{p_value(found.p)}"]
    origin = "τ²" if pooled.model == "random" else "Q"
    meaning = f" (beyond chance, from {origin})" if defined else ""
    parts.append(f"I² = {percent(found.i2)}{meaning}")
    if pooled.model == "random":
        parts.insert(0, f"τ² = {tau2_text(pooled)}")
    return "Heterogeneity: " + "; ".join(parts)


def tau2_text(pooled: Pooled, *, named: bool = True) -> str:
    """ "0.52 (95% CI 0.00 to 25.30)": the between-study variance, with its interval if it has an end.

    ``named`` says whether the interval is called what it is, for want of a heading that does.
    """
    text = tau2_value(pooled.tau2.value)
    bounds = pooled.tau2.interval
    if bounds is None or not (math.isfinite(bounds.low) and math.isfinite(bounds.high)):
        return text
    name = f"{percent(bounds.level)} CI " if named else ""
    return f"{text} ({name}{tau2_value(bounds.low)} to {tau2_value(bounds.high)})"


def tau2_value(value: float) -> str:
    """A variance between studies, or one of its limits, in print."""
    return number(value, 3 if 0 < value < 0.1 else 2 if value < 100 else 0)


def effect_text(pooled: Pooled) -> str:
    """ "OR 1.85 (95% CI 1.23 to 2.78)", natural scale."""
    measure = MEASURES[pooled.measure]
    value, low, high = (measure.to_natural(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    bounds = effect_range(low, high, measure.axis)
    return f"{measure.short} {effect(value, measure.axis)} ({percent(pooled.ci.level)} CI {bounds})"


def robustness_statement(found: Robustness) -> str:
    """How many equivalent analyses agree with the conclusion, and what those that do not have in common."""
    total, agree = len(found.equivalent), len(found.agree)
    where = f"the interval lies {SIDES[found.side]}"
    if agree == total:
        return f"All {integer(total)} equivalent analyses agree that {where}."
    text = f"{integer(agree)} of {integer(total)} equivalent analyses agree that {where}."
    return f"{text} {robustness_exceptions(found)}"


def robustness_exceptions(found: Robustness) -> str:
    """What the equivalent analyses that do not agree have in common; "" where all agree.

    The alternatives in every one of them; where there is none, in how many each is.
    """
    count = len(found.differ)
    if count == 0:
        return ""
    uses = Counter(pair for item in found.differ for pair in item.options.items())
    shared = [pair for pair, times in uses.items() if times == count]
    if shared:
        named = " and ".join(_named(found, *pair) for pair in shared)
        return f"The other one has {named}." if count == 1 else f"The others all have {named}."
    listed = ", ".join(f"{_named(found, *pair)} ({integer(times)})" for pair, times in sorted(uses.items()))
    return f"Among the {integer(count)} others: {listed}."


def _named(found: Robustness, choice: str, option: str) -> str:
    return f"“{found.labels[choice]}: {found.labels[f'{choice}/{option}']}”"
