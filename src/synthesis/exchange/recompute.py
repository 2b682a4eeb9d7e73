"""Analyses of a review carried out again by their own method, to see that a file was read as it was meant."""

from __future__ import annotations

import math
from dataclasses import dataclass

from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.errors import AnalysisError
from synthesis.exchange.review import ReviewAnalysis
from synthesis.pooling.mantel_haenszel import pool_tables
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import pool_arrays

# Files hold their results with as many digits as they had; rounded ones differ by less than this share.
CLOSE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A pooled result (estimate, low, high on the natural scale), and whether the file's own agrees with it.

    ``agrees`` is None where the file gives no pooled result.
    """

    values: tuple[float, float, float]
    agrees: bool | None


def recompute(analysis: ReviewAnalysis) -> Recomputed | None:
    """The pooled result of ``analysis`` by the method it names; None if its rows cannot be pooled."""
    try:
        pooled = _pooled(analysis)
    except AnalysisError:
        return None
    natural = MEASURES[analysis.measure].to_natural
    values = (natural(pooled.estimate), natural(pooled.ci.low), natural(pooled.ci.high))
    if not all(map(math.isfinite, values)):
        return None
    agrees = None
    if analysis.published is not None:
        scale = max(abs(value) for value in analysis.published) or 1
        agrees = all(abs(one - other) <= CLOSE * scale for one, other in zip(values, analysis.published, strict=True))
    return Recomputed(values=values, agrees=agrees)


def _pooled(analysis: ReviewAnalysis) -> Pooled:
    rows = analysis.rows
    data: dict[str, list[float]] = {}
    for row in rows:
        for index, group in ((1, row.experimental), (2, row.control)):
            if group is not None:
                for name, value in (("events", group.events), ("mean", group.mean), ("sd", group.sd), ("n", group.n)):
                    data.setdefault(f"{name}{index}", []).append(math.nan if value is None else value)
    counts = all(row.experimental and row.experimental.events is not None for row in rows)
    if counts and rows and analysis.method in {"mantel-haenszel", "peto"} and analysis.model == "common":
        cells = {name: data[name] for name in ("events1", "n1", "events2", "n2")}
        return pool_tables(analysis.measure, cells, level=analysis.level)
    if all(row.estimate is not None for row in rows) and rows:
        yi = [row.estimate or 0.0 for row in rows]
        vi = [(row.se or 0.0) ** 2 for row in rows]
    else:
        kind = ("events1", "n1", "events2", "n2") if counts else ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
        found = effect_sizes(analysis.measure, {name: data.get(name, []) for name in kind})
        pairs = [(y, v) for y, v in zip(*found, strict=True) if math.isfinite(y) and v > 0]
        yi, vi = [float(y) for y, _ in pairs], [float(v) for _, v in pairs]
    if not yi:
        raise AnalysisError("no row has an effect")
    return pool_arrays(
        yi, vi, model=analysis.model, tau2=analysis.tau2, ci=analysis.interval, prediction="none",
        level=analysis.level, measure=analysis.measure,
    )  # fmt: skip
