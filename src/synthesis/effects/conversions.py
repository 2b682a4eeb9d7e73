"""From one printed number to another: pure functions that return the value and the ``Step`` that was taken.

Kinds of step, with formula and source, are in ``STEPS``. Ratios come in on the natural scale, as printed; what
comes out is on the analysis scale where a docstring says so. Every function raises ``AnalysisError`` for numbers it
cannot take.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from synthesis.effects.distributions import critical_value, statistic_from_p
from synthesis.effects.model import Estimate, Group, Step
from synthesis.effects.printed_intervals import interval_disagreement
from synthesis.effects.scales import SCALES, ScaleKey
from synthesis.effects.steps import STEPS, step
from synthesis.errors import AnalysisError
from synthesis.formatting import integer, number, plural

__all__ = [
    "STEPS",
    "effect_from_percents_and_p",
    "events_from_percent",
    "interval_disagreement",
    "log_or_from_smd",
    "mean_sd_from_quartiles",
    "mean_sd_from_range",
    "merge_groups",
    "odds_ratio_from_risk_ratio",
    "on_analysis_scale",
    "risk_ratio_from_odds_ratio",
    "sd_from_ci",
    "sd_from_se",
    "se_from_ci",
    "se_from_p",
    "smd_from_log_or",
    "swap_arms",
]


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise AnalysisError(message)


def on_analysis_scale(value: float, scale: ScaleKey) -> float:
    """A printed effect on the analysis scale: its logarithm for ratios."""
    known = SCALES[scale]
    problem = known.problem(value)
    _require(problem is None, str(problem))
    return known.forward(value)


def se_from_ci(
    low: float, high: float, *, scale: ScaleKey, level: float = 0.95, df: float | None = None
) -> tuple[float, Step]:
    """Standard error on the analysis scale from a confidence interval.

    Parameters
    ----------
    low, high : float
        As printed, natural scale.
    scale : str
        Key in ``SCALES``: ``"log"`` for ratios.
    level : float
        Confidence level of the interval, a share.
    df : float or None
        Degrees of freedom if the interval was made with the t distribution; None for the normal distribution.

    Raises
    ------
    AnalysisError
        Unless ``low < high`` (and both above 0 for ratios) and 0 < level < 1.
    """
    _require(0 < level < 1, f"confidence level is {level:g}; it must lie between 0 and 1, for example 0.95")
    _require(low < high, f"interval {low:g} to {high:g}: the lower bound must be below the upper one")
    _require(df is None or df > 0, f"degrees of freedom are {df}; they must be above 0")
    critical = critical_value(level, df)
    width = on_analysis_scale(high, scale) - on_analysis_scale(low, scale)
    se = width / (2 * critical)
    _require(math.isfinite(se), f"interval {low:g} to {high:g}: both bounds must be finite")
    bounds = f"{_plain(low)} to {_plain(high)}"
    symbol = SCALES[scale].symbol
    formula = f"({symbol}{_plain(high)} − {symbol}{_plain(low)})"
    distribution = "normal distribution" if df is None else f"t distribution, {_plain(df)} degrees of freedom"
    text = (
        f"{_plain(100 * level)}% interval {bounds}: SE = {formula} / (2 × {number(critical, 3)}) = {number(se, 4)} "
        f"({distribution})"
    )
    return se, step("ci-to-se", text)


def se_from_p(estimate: float, p: float, *, scale: ScaleKey, df: float | None = None) -> tuple[float, Step]:
    """Standard error on the analysis scale from an estimate and its two-sided p value.

    Parameters
    ----------
    estimate : float
        As printed, natural scale; not "no effect".
    p : float
        Exact two-sided p value, 0 < p < 1. Of "p < 0.05" only the bound is known: give 0.05 and say so, which makes
        the standard error too large rather than too small.
    scale : str
        Key in ``SCALES``: ``"log"`` for ratios.
    df : float or None
        Degrees of freedom of a t test; None for the normal distribution.
    """
    yi = on_analysis_scale(estimate, scale)
    se, statistic = _se_from_p(yi, p, df)
    name = "z" if df is None else "t"
    text = f"p = {_plain(p)}, {name} = {number(statistic, 3)}: SE = {number(abs(yi), 4)} / {number(statistic, 3)}"
    return se, step("p-to-se", f"{text} = {number(se, 4)}")


def _se_from_p(yi: float, p: float, df: float | None) -> tuple[float, float]:
    _require(0 < p < 1, f"p value is {p:g}; it must lie between 0 and 1")
    _require(df is None or df > 0, f"degrees of freedom are {df}; they must be above 0")
    _require(yi != 0, "the estimate is exactly no effect, so a p value says nothing about its standard error")
    statistic = statistic_from_p(p, df)
    return abs(yi) / statistic, statistic


def events_from_percent(percent: float, n: float) -> tuple[int, Step]:
    """Number of events from a percentage of ``n`` participants, halves rounded upwards.

    Raises
    ------
    AnalysisError
        Unless 0 <= percent <= 100 and n is a whole number above 0.
    """
    _require(0 <= percent <= 100, f"percentage is {percent:g}; it must lie between 0 and 100")
    _require(n > 0 and float(n).is_integer(), f"n is {n:g}; it must be a whole number above 0")
    exact = Decimal(repr(float(percent))) * int(n) / 100
    events = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    text = f"events = round({_plain(percent)}% × {integer(n)}) = round({_plain(float(exact))}) = {integer(events)}"
    return events, step("percent-to-events", text)


def effect_from_percents_and_p(measure: str, percent1: float, percent2: float, p: float) -> tuple[float, float, Step]:
    """Log odds ratio, log risk ratio or risk difference from two percentages and a two-sided p value.

    Parameters
    ----------
    measure : {"OR", "RR", "RD"}
    percent1, percent2 : float
        Percentage with the event: intervention, comparator. Strictly between 0 and 100 for ratios.
    p : float
        Exact two-sided p value of their comparison, 0 < p < 1.

    Returns
    -------
    yi, vi : float
        Analysis scale.
    step : Step
    """
    _require(measure in ("OR", "RR", "RD"), f"measure is {measure}; two percentages give OR, RR or RD")
    for percent in (percent1, percent2):
        inside = 0 <= percent <= 100 if measure == "RD" else 0 < percent < 100
        bounds = "between 0 and 100" if measure == "RD" else "above 0 and below 100"
        _require(inside, f"percentage is {percent:g}; for {measure} it must lie {bounds}")
    risk1, risk2 = percent1 / 100, percent2 / 100
    yi = {
        "RD": lambda: risk1 - risk2,
        "RR": lambda: math.log(risk1 / risk2),
        "OR": lambda: math.log(risk1 / (1 - risk1)) - math.log(risk2 / (1 - risk2)),
    }[measure]()
    se, z = _se_from_p(yi, p, None)
    name = "risk difference" if measure == "RD" else f"ln {measure}"
    text = (
        f"{_plain(percent1)}% and {_plain(percent2)}%: {name} = {number(yi, 4)}; p = {_plain(p)}, z = {number(z, 3)}: "
        f"SE = {number(se, 4)}"
    )
    return yi, se**2, step("percents-and-p", text)


def merge_groups(groups: Sequence[Group], *, label: str) -> tuple[Group, Step | None]:
    """Several arms as one group: counts add up, means and SDs are combined.

    Parameters
    ----------
    groups : sequence of Group
        At least one; all with events and n, or all with mean, SD and n (or with both).
    label : str
        Label of the merged group.

    Returns
    -------
    group : Group
        Names all arms. Numbers not known for every arm are None.
    step : Step or None
        None where there was only one group.

    Raises
    ------
    AnalysisError
        If there is no group, or neither counts nor means are known for all of them.
    """
    _require(len(groups) > 0, "no arms to merge")
    arms = tuple(arm for group in groups for arm in group.arms)
    if len(groups) == 1:
        return replace(groups[0], label=label), None
    unknown = [group.label for group in groups if group.n is None]
    _require(not unknown, f"arms cannot be merged: the number of participants of {', '.join(unknown)} is not known")
    ns = [float(group.n) for group in groups if group.n is not None]
    events = [float(group.events) for group in groups if group.events is not None]
    means = [(group.mean, group.sd) for group in groups if group.mean is not None and group.sd is not None]
    merged = Group(label=label, arms=arms, n=math.fsum(ns))
    texts, code = [], "merge-counts"
    if len(events) == len(groups):
        merged = replace(merged, events=math.fsum(events))
        parts = " + ".join(f"{_plain(e)}/{_plain(n)}" for e, n in zip(events, ns, strict=True))
        texts.append(f"{parts} = {_plain(math.fsum(events))}/{_plain(math.fsum(ns))}")
    if len(means) == len(groups):
        mean, sd = _combine_means([mean for mean, _ in means], [sd for _, sd in means], ns)
        merged = replace(merged, mean=mean, sd=sd)
        code = "merge-counts" if texts else "merge-means"
        texts.append(f"mean {number(mean)}, SD {number(sd)}, n = {_plain(math.fsum(ns))}")
    _require(bool(texts), "arms cannot be merged: neither counts nor means are known for all of them")
    return merged, step(code, f"{plural(len(groups), 'arm')} merged: {'; '.join(texts)}")


def _combine_means(means: Sequence[float], sds: Sequence[float], ns: Sequence[float]) -> tuple[float, float]:
    total = math.fsum(ns)
    _require(min(ns) > 0 and total > 1, "arms cannot be merged: every arm needs participants, and together at least 2")
    mean = math.fsum(n * m for n, m in zip(ns, means, strict=True)) / total
    within = math.fsum((n - 1) * sd**2 for n, sd in zip(ns, sds, strict=True))
    between = math.fsum(n * (m - mean) ** 2 for n, m in zip(ns, means, strict=True))
    return mean, math.sqrt((within + between) / (total - 1))


def mean_sd_from_quartiles(q1: float, median: float, q3: float, n: float) -> tuple[float, float, Step]:
    """Mean and SD from median and quartiles, if the outcome is roughly normal (Wan et al 2014)."""
    _require(q1 <= median <= q3, f"quartiles {q1:g}, {median:g}, {q3:g} must not decrease")
    _require(q1 < q3, f"the quartiles are both {q1:g}; no SD can be derived")
    _require(n > 1, f"n is {n:g}; it must be at least 2")
    mean = (q1 + median + q3) / 3
    sd = (q3 - q1) / (2 * _normal_score((0.75 * n - 0.125) / (n + 0.25)))
    text = f"median {_plain(median)} (quartiles {_plain(q1)} to {_plain(q3)}), n = {_plain(n)}"
    return mean, sd, step("quartiles-to-mean-sd", f"{text}: mean {number(mean)}, SD {number(sd)}")


def mean_sd_from_range(low: float, median: float, high: float, n: float) -> tuple[float, float, Step]:
    """Mean and SD from median and range, if the outcome is roughly normal (Wan et al 2014)."""
    _require(low <= median <= high, f"minimum, median and maximum {low:g}, {median:g}, {high:g} must not decrease")
    _require(low < high, f"minimum and maximum are both {low:g}; no SD can be derived")
    _require(n > 1, f"n is {n:g}; it must be at least 2")
    mean = (low + 2 * median + high) / 4
    sd = (high - low) / (2 * _normal_score((n - 0.375) / (n + 0.25)))
    text = f"median {_plain(median)} (range {_plain(low)} to {_plain(high)}), n = {_plain(n)}"
    return mean, sd, step("range-to-mean-sd", f"{text}: mean {number(mean)}, SD {number(sd)}")


def _normal_score(share: float) -> float:
    return statistic_from_p(2 * (1 - share))


def sd_from_se(se: float, n: float) -> tuple[float, Step]:
    """SD of a group from the standard error of its mean."""
    _require(se > 0 and n > 0, f"SE {se:g} and n {n:g} must both be above 0")
    sd = se * math.sqrt(n)
    return sd, step("se-to-sd", f"SD = {_plain(se)} × √{_plain(n)} = {number(sd)}")


def sd_from_ci(low: float, high: float, n: float, *, level: float = 0.95) -> tuple[float, Step]:
    """SD of a group from the confidence interval of its mean, t distribution with n - 1 degrees of freedom."""
    _require(0 < level < 1, f"confidence level is {level:g}; it must lie between 0 and 1, for example 0.95")
    _require(low < high, f"interval {low:g} to {high:g}: the lower bound must be below the upper one")
    _require(n > 1, f"n is {n:g}; it must be at least 2")
    critical = critical_value(level, n - 1)
    sd = math.sqrt(n) * (high - low) / (2 * critical)
    text = f"{_plain(100 * level)}% interval {_plain(low)} to {_plain(high)}, n = {_plain(n)}"
    return sd, step("ci-to-sd", f"{text}: t = {number(critical, 3)}, SD = {number(sd)}")


def risk_ratio_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> tuple[float, Step]:
    """Risk ratio (natural scale) that an odds ratio means at a baseline risk, a share strictly between 0 and 1.

    Convert the bounds of an interval one by one; the risk of the comparator is taken as known.
    """
    _require(odds_ratio > 0, f"odds ratio is {odds_ratio:g}; it must be above 0")
    _require(0 < baseline_risk < 1, f"baseline risk is {baseline_risk:g}; it must lie between 0 and 1")
    risk_ratio = odds_ratio / (1 - baseline_risk * (1 - odds_ratio))
    text = f"OR {_plain(odds_ratio)} at a risk of {_plain(100 * baseline_risk)}%: RR = {number(risk_ratio, 3)}"
    return risk_ratio, step("or-to-rr", text)


def odds_ratio_from_risk_ratio(risk_ratio: float, baseline_risk: float) -> tuple[float, Step]:
    """Odds ratio (natural scale) that a risk ratio means at a baseline risk.

    Raises
    ------
    AnalysisError
        Also if the risk ratio would put the risk at 1 or above.
    """
    _require(risk_ratio > 0, f"risk ratio is {risk_ratio:g}; it must be above 0")
    _require(0 < baseline_risk < 1, f"baseline risk is {baseline_risk:g}; it must lie between 0 and 1")
    risk = risk_ratio * baseline_risk
    _require(risk < 1, f"risk ratio {risk_ratio:g} at a baseline risk of {baseline_risk:g} gives a risk of {risk:g}")
    odds_ratio = risk_ratio * (1 - baseline_risk) / (1 - risk)
    text = f"RR {_plain(risk_ratio)} at a risk of {_plain(100 * baseline_risk)}%: OR = {number(odds_ratio, 3)}"
    return odds_ratio, step("rr-to-or", text)


def smd_from_log_or(yi: float, vi: float) -> tuple[float, float, Step]:
    """SMD and its variance from a log odds ratio and its variance (logistic distribution)."""
    _require(vi > 0, f"variance is {vi:g}; it must be above 0")
    factor = math.sqrt(3) / math.pi
    smd = yi * factor
    return smd, vi * factor**2, step("lnor-to-smd", f"ln OR {number(yi, 4)} × 0.5513 = SMD {number(smd, 4)}")


def log_or_from_smd(yi: float, vi: float) -> tuple[float, float, Step]:
    """Log odds ratio and its variance from an SMD and its variance (logistic distribution)."""
    _require(vi > 0, f"variance is {vi:g}; it must be above 0")
    factor = math.pi / math.sqrt(3)
    log_or = yi * factor
    return log_or, vi * factor**2, step("smd-to-lnor", f"SMD {number(yi, 4)} × 1.8138 = ln OR {number(log_or, 4)}")


def swap_arms(estimate: Estimate) -> Estimate:
    """The same comparison seen from the other side: yi negated, vi kept, groups exchanged, the step added."""
    turned = step("swap-arms", f"yi = {number(estimate.yi, 4)} becomes {number(-estimate.yi, 4)}")
    return replace(
        estimate,
        yi=-estimate.yi,
        intervention=estimate.comparator,
        comparator=estimate.intervention,
        steps=(*estimate.steps, turned),
    )


def _plain(value: float) -> str:
    """A number as it was printed: no more decimals than it has, at most six."""
    if 0 < abs(value) < 1e-6:
        return f"{value:.3g}"
    text = number(value, 6)
    return text.rstrip("0").rstrip(".") if "." in text else text
