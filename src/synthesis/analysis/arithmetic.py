"""The extractor's own arithmetic, done again: a second pair of hands on every conversion.

A record may hold what the extractor worked out by hand (``checks``). The code works it out by its own routes; where
the two differ by more than the hand's rounding, one of them is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from synthesis.effects.contrasts import ROUTES, Sides
from synthesis.effects.conversions import events_from_percent
from synthesis.errors import AnalysisError, Problem
from synthesis.evidence.collection import Evidence
from synthesis.evidence.study import Check, CountCell, Percents, Result, Study
from synthesis.formatting import shortest

# Hand calculations keep three decimals and round on the way.
TOLERANCE = 0.0025


def check_arithmetic(evidence: Evidence) -> tuple[Problem, ...]:
    """Every hand calculation in the records that the code does not reproduce."""
    return tuple(
        file.problem(
            f"{path}.{name}" if name else path,
            "arithmetic",
            found=found,
            allowed=expected,
            fix=f"compare with the hand calculation ({check.arithmetic}) and mend the record or the check",
        )
        for file, study in evidence.of(Study)
        for i, result in enumerate(study.results)
        for j, check in enumerate(result.checks)
        for path in (f"results[{i}].checks[{j}]",)
        for name, found, expected in _differences(study, result, check)
    )


def _differences(study: Study, result: Result, check: Check) -> Iterator[tuple[str, str, str]]:
    """Field of the check, what stands there, and what should."""
    for arm, cell in check.counts.items():
        yield from _count_differences(result, arm, cell)
    if check.estimate is None and check.se is None:
        return
    if check.measure is None or check.route is None or check.estimate is None:
        missing = [name for name in ("measure", "route", "estimate") if getattr(check, name) is None]
        yield "", f"a check without {' and '.join(missing)}", "measure, route and estimate, so that it can be repeated"
        return
    sides = Sides(
        study=study,
        result=result,
        intervention=tuple(arm.id for arm in study.arms if arm.role != "comparator"),
        comparator=tuple(arm.id for arm in study.arms if arm.role == "comparator"),
        measure=check.measure,
        zero_cells="only0",
    )
    try:
        estimate = ROUTES[check.route].take(sides).estimate
    except AnalysisError as error:
        yield "route", check.route, f"a route that can be taken with what is printed ({error})"
        return
    if abs(estimate.yi - check.estimate) > TOLERANCE:
        yield "estimate", shortest(check.estimate), shortest(estimate.yi)
    se = math.sqrt(estimate.vi)
    if check.se is not None and abs(se - check.se) > TOLERANCE * max(1.0, se):
        yield "se", shortest(check.se), shortest(se)


def _count_differences(result: Result, arm: str, cell: CountCell) -> Iterator[tuple[str, str, str]]:
    printed = (item.arms.get(arm) for item in result.printed if isinstance(item, Percents))
    percents = [share.percent for share in printed if share is not None]
    if not percents:
        yield f"counts.{arm}", "counts", "an arm whose percentage is printed in this result"
        return
    try:
        events, step = events_from_percent(percents[0], cell.n)
    except AnalysisError as error:
        yield f"counts.{arm}.n", str(cell.n), f"a number of people of whom a percentage can be taken ({error})"
        return
    if events != cell.events:
        yield f"counts.{arm}.events", str(cell.events), f"{events} ({step.text})"
