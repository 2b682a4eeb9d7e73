"""Synthesis without meta-analysis: each result as a direction, whatever its precision (Campbell et al 2020, SWiM)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from synthesis.analysis.model import Direction
from synthesis.effects.sides import members, printed_known, weakest
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.selection import Candidate, Selection
from synthesis.evidence.study import (
    BeforeAfter,
    Contrast,
    Correlation,
    Counts,
    Means,
    Narrative,
    Percents,
    Printed,
    Result,
    Test,
)
from synthesis.formatting import integer, interval, number, percent, shortest

Way = Literal["better", "worse", "mixed", "unclear", "not-stated"]
RATIOS = frozenset({"OR", "RR", "HR", "IRR"})


def directions(selection: Selection, vocabulary: Vocabulary) -> tuple[Direction, ...]:
    """One row per selected result, in the order of the selection.

    The direction is that of the printed estimate (or of the two printed group values) for the people concerned; a
    result printed without either is ``not-stated``. Significance plays no part.
    """
    return tuple(_direction(candidate, vocabulary) for candidates in selection.candidates for candidate in candidates)


def _direction(candidate: Candidate, vocabulary: Vocabulary) -> Direction:
    study, result = candidate.study, candidate.result
    data = [item for item, _ in _parts(result)]
    contrast = next((item for item in data if isinstance(item, Contrast)), None)
    raised = next((up for item in data if (up := _raised(item, candidate)) is not None), None)
    good = vocabulary.outcomes[result.outcome].direction
    people = study.participants
    return Direction(
        study=study.id,
        result=result.id,
        label=study.label,
        design=study.design,
        n=people.value if people else None,
        timepoint_months=result.timepoint_months,
        outcome=result.name,
        direction=_way(raised, good),
        printed="; ".join(text for item in data if (text := _text(item))),
        measure=contrast.measure if contrast else "",
        ratio=contrast.estimate if contrast and contrast.measure in RATIOS else None,
        adjusted=contrast.adjusted if contrast else None,
        read=all(weakest(item, known) != "recalled" for item, known in _parts(result)),
    )


def _parts(result: Result) -> Iterator[tuple[Printed, str]]:
    """Everything printed or worked out, with how well it is known unless its cells say otherwise."""
    for item in result.printed:
        yield item, printed_known(result, item)
    for worked in result.worked_out:
        yield worked.data, worked.known


def _way(raised: float | None, good: str) -> Way:
    """What a raised (above 0) or lowered outcome means where ``good`` says which way is good."""
    if raised is None or good == "mixed":
        return "not-stated"
    if raised == 0:
        return "unclear"
    return "better" if (raised > 0) == (good == "higher-better") else "worse"


def _raised(item: Printed, candidate: Candidate) -> float | None:
    """Above 0 where the outcome is higher on the intervention side; None where the item does not say."""
    if isinstance(item, Contrast):
        if item.measure.startswith("percent-reduction"):
            way = -item.estimate
        else:
            way = item.estimate - (1 if item.measure in RATIOS else 0)
        turned = _turned(item, candidate)
        return None if turned is None else -way if turned else way
    values = _values(item)
    one = [values[name] for name in candidate.intervention if name in values]
    other = [values[name] for name in candidate.comparator if name in values]
    if not candidate.intervention and len(values) == 2:
        # Sides that are not arms: the two groups are printed in the order of the result's comparison.
        one, other = ([value] for value in values.values())
    return one[0] - other[0] if len(one) == 1 and len(other) == 1 else None


def _turned(item: Contrast, candidate: Candidate) -> bool | None:
    """Whether the contrast sets the comparator against the intervention; None where it compares something else."""
    if item.arms is None:
        return None if candidate.intervention else False
    first, second = ({arm for name in names for arm in members(candidate.study, name)} for names in item.arms)
    if not candidate.intervention:
        return False
    if not first or not second:
        return None
    if first <= set(candidate.intervention) and second <= set(candidate.comparator):
        return False
    return True if first <= set(candidate.comparator) and second <= set(candidate.intervention) else None


def _values(item: Printed) -> dict[str, float]:
    if isinstance(item, Counts):
        return {name: cell.events / cell.n for name, cell in item.arms.items() if cell.n}
    if isinstance(item, Percents):
        return {name: cell.percent for name, cell in item.arms.items()}
    if isinstance(item, Means):
        return {name: cell.mean for name, cell in item.arms.items()}
    return {}


def _text(item: Printed) -> str:
    if isinstance(item, Contrast):
        return _contrast_text(item)
    if isinstance(item, Counts):
        return " v ".join(f"{integer(cell.events)}/{integer(cell.n)}" for cell in item.arms.values())
    if isinstance(item, Percents):
        return " v ".join(f"{shortest(cell.percent)}%" for cell in item.arms.values())
    if isinstance(item, Means):
        unit = f" ({item.unit})" if item.unit else ""
        return " v ".join(shortest(cell.mean) for cell in item.arms.values()) + unit
    if isinstance(item, Correlation):
        values = list(item.arms.values()) if item.estimate is None else [item.estimate]
        return "r " + ", ".join(number(value) for value in values)
    if isinstance(item, BeforeAfter):
        return f"{shortest(item.baseline)} before, {shortest(item.followup)} after"
    if isinstance(item, Test):
        return f"p {item.p}" if item.p else ""
    assert isinstance(item, Narrative)
    return item.finding


def _contrast_text(item: Contrast) -> str:
    names = {
        "B": "regression coefficient",
        "percent-reduction-in-risk": "risk lower by",
        "percent-reduction-in-rate": "rate lower by",
    }
    unit = "%" if item.measure.startswith("percent") else ""
    text = f"{names.get(item.measure, item.measure)} {shortest(item.estimate)}{unit}"
    details = []
    if item.ci:
        details.append(f"{percent(item.level)} CI {interval(shortest(item.ci[0]), shortest(item.ci[1]))}")
    if item.p or item.p_unadjusted:
        details.append(f"p {item.p or item.p_unadjusted}")
    if item.adjusted:
        details.append("adjusted")
    return f"{text} ({', '.join(details)})" if details else text
