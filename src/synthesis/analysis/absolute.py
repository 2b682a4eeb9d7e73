"""An analysis in people per 1,000: at its own baseline risk, and over the baseline risks that were studied."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from synthesis.analysis.model import Baselines, PerThousand, Published
from synthesis.certainty.absolute import PER, RISKS, risk_with
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Effects
from synthesis.evidence.question import BaselineRisk
from synthesis.evidence.source import Source
from synthesis.evidence.study import Percents, Study
from synthesis.pooling.model import Pooled

# How many baselines are worked out for a reader who cannot choose one.
BASELINES = 5
LEAST_GAP = 0.02
BETWEEN = "In between"


def per_thousand(baseline: BaselineRisk | None, pooled: Pooled | None) -> PerThousand | None:
    """The pooled effect at the question's baseline risk; None without one, or for a measure that is not about risks."""
    if pooled is None or baseline is None or pooled.measure not in RISKS:
        return None
    return _at(baseline.value, baseline.source, pooled)


def published(
    baseline: BaselineRisk | None, compared: Iterable[str], sources: Mapping[str, Source]
) -> tuple[Published, ...]:
    """Published estimates at the question's baseline risk, so that they can stand beside its own result.

    Parameters
    ----------
    baseline : BaselineRisk or None
    compared : iterable of str
        The estimates, as ``source/estimate``.
    sources : mapping of str to Source

    Returns
    -------
    tuple of Published
        Without those that are not of risks, or have no interval.
    """
    return () if baseline is None else tuple(_published(baseline, compared, sources))


def _published(baseline: BaselineRisk, compared: Iterable[str], sources: Mapping[str, Source]) -> Iterator[Published]:
    for key in compared:
        source, _, name = key.partition("/")
        for item in sources[source].estimates if source in sources else ():
            if item.id == name and item.estimate is not None and item.ci is not None and item.measure in RISKS:
                people = _people(item.measure, (item.estimate, *item.ci), baseline.value, baseline.source)
                yield Published(source=source, estimate=name, per_thousand=people, read=item.where.read)


def baselines(
    baseline: BaselineRisk | None, effects: Effects, pooled: Pooled | None, studies: Mapping[str, Study]
) -> Baselines | None:
    """The pooled effect over the range of risks that its studies' comparator groups had.

    Parameters
    ----------
    baseline : BaselineRisk or None
        The question's own; None gives None, so that nothing is put in absolute terms that the question does not.
    effects : Effects
        The rows pooled. Risks are shares of people with the outcome.
    pooled : Pooled or None
        Their pooled effect.
    studies : mapping of str to Study
        The records, by id: a share that is printed without the counts behind it is a risk too.

    Returns
    -------
    Baselines or None
        None too where no comparator group's risk is known.
    """
    if pooled is None or baseline is None or pooled.measure not in RISKS:
        return None
    found = ((_comparator_risk(row, studies), row.label) for row in effects)
    risks = sorted((risk, label) for risk, label in found if risk is not None)
    if not risks:
        return None
    (smallest, low_study), (largest, high_study) = risks[0], risks[-1]
    low, high = _outwards(smallest, largest)
    sources = {high: f"Highest risk studied, {high_study}", low: f"Lowest risk studied, {low_study}"}
    sources[baseline.value] = baseline.source
    inside = low <= baseline.value <= high
    points = _spread({low, high, *([baseline.value] if inside else [])}, BASELINES if inside else BASELINES - 1)
    return Baselines(
        low=low, high=high,
        at=tuple(_at(point, sources.get(point, BETWEEN), pooled) for point in sorted(points | {baseline.value})),
    )  # fmt: skip


def _comparator_risk(row: EffectRow, studies: Mapping[str, Study]) -> float | None:
    """The share with the outcome in a row's comparator group: from its counts, or else as printed."""
    group = row.comparator
    if group is None:
        return None
    if group.events is not None and group.n:
        return group.events / group.n
    printed = next((result.printed for result in studies[row.study].results if result.id == row.result), ())
    cells = (item.arms.get(group.arms[0]) for item in printed if isinstance(item, Percents) and len(group.arms) == 1)
    return next((cell.percent / 100 for cell in cells if cell is not None and cell.known != "recalled"), None)


def _outwards(low: float, high: float) -> tuple[float, float]:
    """The range to whole percents outwards: a risk that a source prints as a percentage lies inside; never 0 or 1."""
    return max(1, math.floor(100 * low + 1e-9)) / 100, min(99, math.ceil(100 * high - 1e-9)) / 100


def _spread(points: set[float], count: int) -> set[float]:
    """``points`` with the widest gap split, again and again, until there are ``count`` or no gap is wide."""
    found = set(points)
    while len(found) < count:
        gaps = pairwise(sorted(found))
        left, right = max(gaps, key=lambda gap: round(PER * (gap[1] - gap[0])), default=(0.0, 0.0))
        if right - left < LEAST_GAP:
            break
        found.add(round(PER * (left + right) / 2) / PER)
    return found


def _at(risk: float, source: str, pooled: Pooled) -> PerThousand:
    natural = MEASURES[pooled.measure].to_natural
    values = (natural(pooled.estimate), natural(pooled.ci.low), natural(pooled.ci.high))
    return _people(pooled.measure, values, risk, source)


def _people(measure: str, values: tuple[float, float, float], risk: float, source: str) -> PerThousand:
    """An estimate and its limits, natural scale, as people per 1,000."""
    point, low, high = (risk_with(measure, value, risk) for value in values)
    return PerThousand(
        baseline_risk=risk,
        baseline_source=source,
        baseline=PER * risk,
        intervention=PER * point,
        difference=PER * (point - risk),
        low=PER * (low - risk),
        high=PER * (high - risk),
    )
