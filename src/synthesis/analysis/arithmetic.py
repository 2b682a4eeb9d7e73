"""The extractor's own arithmetic, done again: a second pair of hands on every conversion.

A record may hold what the extractor worked out by hand (``checks``). The code works it out by its own routes; where
the two differ by more than the hand's rounding, one of them is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Protocol

from synthesis.effects.contrasts import ROUTES, Sides
from synthesis.effects.conversions import events_from_percent
from synthesis.errors import AnalysisError, Problem
from synthesis.evidence.study import Check, Percents, Result, Study

# Hand calculations keep three decimals and round on the way.
TOLERANCE = 0.0025


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...

    def line(self, record: str, field: str) -> int: ...


def check_arithmetic(evidence: EvidenceLike) -> tuple[Problem, ...]:
    """Every hand calculation in the records that the code does not reproduce."""
    return tuple(
        problem
        for study in evidence.studies.values()
        for i, result in enumerate(study.results)
        for j, check in enumerate(result.checks)
        for problem in _problems(evidence, study, result, check, f"results[{i}].checks[{j}]")
    )


def _problems(
    evidence: EvidenceLike, study: Study, result: Result, check: Check, field: str
) -> Iterator[Problem]:
    for name, found, expected in _differences(study, result, check):
        file = f"studies/{study.id}.yaml"
        yield Problem(
            file=file,
            line=evidence.line(file, f"{field}.{name}"),
            field=f"{field}.{name}",
            code="arithmetic",
            found=found,
            allowed=expected,
            fix=f"compare with the hand calculation ({check.arithmetic}) and mend the record or the check",
        )


def _differences(study: Study, result: Result, check: Check) -> Iterator[tuple[str, str, str]]:
    for arm, cell in check.counts.items():
        percents = [item.arms[arm].percent for item in result.printed if isinstance(item, Percents) and arm in item.arms]
        if not percents:
            yield f"counts.{arm}", "counts", "an arm whose percentage is printed in this result"
            continue
        events, step = events_from_percent(percents[0], cell.n)
        if events != cell.events:
            yield f"counts.{arm}.events", str(cell.events), f"{events} ({step.text})"
    if check.measure is None or check.route is None or check.estimate is None:
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
        yield "route", f"{check.route}", f"a route that can be taken with what is printed ({error})"
        return
    if abs(estimate.yi - check.estimate) > TOLERANCE:
        yield "estimate", f"{check.estimate:g}", f"{estimate.yi:.4f}"
    se = math.sqrt(estimate.vi)
    if check.se is not None and abs(se - check.se) > TOLERANCE * max(1.0, se):
        yield "se", f"{check.se:g}", f"{se:.4f}"
