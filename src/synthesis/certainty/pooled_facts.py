"""The facts on each domain of GRADE where results were pooled."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from synthesis.certainty.absolute import PER, RISKS, risk_with
from synthesis.certainty.information_size import RELATIVE, information_size
from synthesis.certainty.prompts import HOME, Absolute, Body
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.diagnostics.small_study import FEWEST_STUDIES, egger_test
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Group
from synthesis.evidence.question import Thresholds
from synthesis.evidence.study import Study
from synthesis.formatting import (
    effect_interval,
    effect_range,
    integer,
    interval,
    month_number,
    months,
    more_or_fewer,
    number,
    p_value,
    percent,
)  # fmt: skip
from synthesis.pooling.model import Interval, Pooled

NOT_JUDGED = "not judged"
NOT_KNOWN = "not known"
NOT_RECORDED = "not recorded"


def risk_of_bias(body: Body, pooled: Pooled) -> dict[str, str]:
    """Weight by level of risk of bias, and by whether people were allocated at random."""
    facts = {f"weight: {level}": share for level, share in _shares(body, pooled, _rob_level).items()}
    facts["weight from randomised studies"] = percent(randomised_share(body, pooled))
    facts["studies with a recorded concern about their integrity"] = integer(
        sum(bool(body.studies[row.study].concerns) for row in body.effects)
    )
    return facts


def inconsistency(body: Body, pooled: Pooled) -> dict[str, str]:
    """How much the studies differ."""
    estimates = [row.yi for row in body.effects]
    null = MEASURES[pooled.measure].null
    facts = {
        "studies": integer(pooled.k),
        "study estimates from, to": _natural_range(pooled.measure, min(estimates), max(estimates)),
        "study estimates above, below no difference": f"{integer(sum(yi > null for yi in estimates))}, "
        f"{integer(sum(yi < null for yi in estimates))}",
    }
    if pooled.k > 1:
        facts |= {
            "τ²": number(pooled.tau2.value, 2),
            "I²": percent(pooled.heterogeneity.i2),
            "intervals of studies that do not overlap": integer(sum(1 for _ in _apart(body.effects.rows, pooled))),
            "prediction interval": _prediction(pooled),
        }
    if body.absolute is not None and body.question.thresholds is not None:
        facts["studies by size of effect"] = _by_size(body, pooled, body.absolute, body.question.thresholds)
    return facts


def indirectness(body: Body, pooled: Pooled) -> dict[str, str]:
    """Who was studied, where, with what against what, and when."""
    times = sorted({row.timepoint_months for row in body.effects if row.timepoint_months is not None})
    return {
        "weight from outside the United Kingdom": percent(
            _weight(body, pooled, lambda row: HOME not in body.studies[row.study].countries)
        ),
        "countries": _listed(_shares(body, pooled, lambda row, study: " and ".join(study.countries))),
        "intervention": _listed(_shares(body, pooled, lambda row, study: _categories(body, study, row.intervention))),
        "comparator": _listed(_shares(body, pooled, lambda row, study: _categories(body, study, row.comparator))),
        "substances": _listed(_shares(body, pooled, lambda row, study: ", ".join(sorted(study.substances)))),
        "measured at": NOT_KNOWN if not times else months(times[0]) if len(times) == 1
        else interval(month_number(times[0]), months(times[-1])),
    }  # fmt: skip


def imprecision(body: Body, pooled: Pooled) -> dict[str, str]:
    """The interval against the thresholds, and the number of people against the optimal information size."""
    measure = MEASURES[pooled.measure]
    values = [measure.to_natural(value) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)]
    facts = {
        "effect": f"{measure.short} {effect_interval(values[0], values[1], values[2], measure.axis)}",
        "people": NOT_KNOWN if pooled.n is None else integer(pooled.n),
    }
    absolute, thresholds = body.absolute, body.question.thresholds
    if absolute is not None:
        facts["baseline risk"] = percent(absolute.baseline_risk)
        facts["people per 1,000"] = (
            f"{more_or_fewer(absolute.difference)} "
            f"({interval(more_or_fewer(absolute.low), more_or_fewer(absolute.high))})"
        )
        size = information_size(absolute.baseline_risk)
        facts[f"optimal information size (a relative difference of {percent(RELATIVE)})"] = integer(size)
        facts["optimal information size reached"] = (
            NOT_KNOWN if pooled.n is None else "yes" if pooled.n >= size else "no"
        )
    if absolute is not None and thresholds is not None:
        facts["thresholds per 1,000 (small, moderate, large)"] = ", ".join(
            integer(value) for value in (thresholds.small, thresholds.moderate, thresholds.large)
        )
        facts["the interval crosses"] = "; ".join(_crossed(absolute, thresholds)) or "no threshold"
    return facts


def publication_bias(body: Body, pooled: Pooled) -> dict[str, str]:
    """Results that may be missing."""
    used = {row.study for row in body.effects}
    unused = {item.study for item in body.effects.excluded if item.code in UNUSABLE} - used
    facts = {
        "studies": integer(pooled.k),
        "studies with a recorded registration": integer(sum(bool(body.studies[key].registration) for key in used)),
        "studies whose result could not be used": integer(len(unused)),
    }
    if pooled.k >= FEWEST_STUDIES:
        facts["test for a pattern of small studies"] = f"p {p_value(egger_test(body.effects).test.p)}"
    else:
        facts["test for a pattern of small studies"] = f"not done with fewer than {integer(FEWEST_STUDIES)} studies"
    return facts


# Why a result that answers the question is not in the pooled result, where that is for want of numbers.
UNUSABLE = frozenset({"not-poolable", "no-usable-numbers", "recalled"})


def large_effect(body: Body, pooled: Pooled) -> dict[str, str]:
    """The effect as a ratio of risks."""
    facts = {"weight from randomised studies": percent(randomised_share(body, pooled))}
    if body.absolute is None or pooled.measure not in RISKS:
        facts["ratio of risks"] = NOT_KNOWN
        return facts
    baseline, natural = body.absolute.baseline_risk, MEASURES[pooled.measure].to_natural
    point, low, high = (
        risk_with(pooled.measure, natural(value), baseline) / baseline
        for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)
    )
    nearer = min(abs(math.log(max(value, 1e-9))) for value in (low, high)) if (low - 1) * (high - 1) > 0 else 0.0
    facts["ratio of risks"] = effect_interval(point, low, high, "log")
    facts["whole interval beyond twofold"] = "yes" if nearer >= math.log(2) else "no"
    return facts


def not_computed(body: Body, pooled: Pooled) -> dict[str, str]:
    """Domains on which records hold nothing that code could weigh."""
    return {"weight from randomised studies": percent(randomised_share(body, pooled))}


def randomised_share(body: Body, pooled: Pooled) -> float:
    """Share of the weight in studies that allocated people at random."""
    return _weight(body, pooled, lambda row: body.vocabulary.designs[row.design].randomised)


def rob_level(study: Study, result: str) -> str:
    """The recorded level of a result, in words, with its tool; ``not judged`` where there is none."""
    for item in study.risk_of_bias:
        if result in item.results and item.tool in ROB_TOOLS:
            tool = ROB_TOOLS[item.tool]
            return f"{tool.level(item.overall.level).name.lower()} ({tool.name})"
    return NOT_JUDGED


def _rob_level(row: EffectRow, study: Study) -> str:
    return rob_level(study, row.result)


def _weight(body: Body, pooled: Pooled, holds: Callable[[EffectRow], bool]) -> float:
    return math.fsum(weight for row, weight in zip(body.effects, pooled.weights, strict=True) if holds(row))


def _shares(body: Body, pooled: Pooled, name: Callable[[EffectRow, Study], str]) -> dict[str, str]:
    """Share of the weight by what ``name`` calls each row, in order of name."""
    sums: Counter[str] = Counter()
    for row, weight in zip(body.effects, pooled.weights, strict=True):
        sums[name(row, body.studies[row.study])] += weight  # type: ignore[assignment]  # shares, not counts
    return {key: percent(sums[key]) for key in sorted(sums)}


def _listed(shares: dict[str, str]) -> str:
    return "; ".join(f"{name} {share}" for name, share in shares.items())


def _categories(body: Body, study: Study, group: Group | None) -> str:
    found = [study.arm(arm) for arm in (group.arms if group is not None else ())]
    labels = {body.vocabulary.arm_categories[arm.category].label for arm in found if arm is not None}
    return " and ".join(sorted(labels)) or NOT_RECORDED


def _natural_range(measure: str, low: float, high: float) -> str:
    entry = MEASURES[measure]
    return f"{entry.short} {effect_range(entry.to_natural(low), entry.to_natural(high), entry.axis)}"


def _prediction(pooled: Pooled) -> str:
    found: Interval | None = pooled.prediction
    return "not given" if found is None else _natural_range(pooled.measure, found.low, found.high)


def _apart(rows: tuple[EffectRow, ...], pooled: Pooled) -> Iterator[tuple[str, str]]:
    """Pairs of studies whose own intervals share no value."""
    for i, one in enumerate(rows):
        for other in rows[i + 1 :]:
            (low, high), (other_low, other_high) = one.wald(pooled.ci.level), other.wald(pooled.ci.level)
            if high < other_low or other_high < low:
                yield one.study, other.study


def _by_size(body: Body, pooled: Pooled, absolute: Absolute, thresholds: Thresholds) -> str:
    natural, baseline = MEASURES[pooled.measure].to_natural, absolute.baseline_risk
    sizes = [PER * (risk_with(pooled.measure, natural(row.yi), baseline) - baseline) for row in body.effects]
    more, fewer = (sum(1 for size in sizes if sign * size >= thresholds.small) for sign in (1, -1))
    parts = [(more, "at least a small increase"), (fewer, "at least a small decrease")]
    parts.append((len(sizes) - more - fewer, "little or no difference"))
    return "; ".join(f"{integer(count)} {words}" for count, words in parts)


def _crossed(absolute: Absolute, thresholds: Thresholds) -> Iterable[str]:
    """No difference, and each threshold on either side, that lies strictly inside the interval."""
    points = [("no difference", 0.0)]
    for name, value in (("small", thresholds.small), ("moderate", thresholds.moderate), ("large", thresholds.large)):
        points += [(f"a {name} increase", value), (f"a {name} decrease", -value)]
    return [name for name, value in points if absolute.low < value < absolute.high]
