"""Synthesis without meta-analysis: each result as a direction, whatever its precision (Campbell et al 2020, SWiM)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from synthesis.analysis.model import Direction, Way
from synthesis.effects.sides import members, printed_known, weakest, worked_known
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
    Stated,
    Test,
)
from synthesis.formatting import integer, interval, number, percent, shortest

RATIOS = frozenset({"OR", "RR", "HR", "IRR"})
STATED: dict[Stated, Way] = {"better": "better", "worse": "worse", "no-difference": "unclear", "mixed": "mixed"}


def directions(selection: Selection, vocabulary: Vocabulary) -> tuple[Direction, ...]:
    """One row per selected result, in the order of the selection.

    The direction is that of the printed estimate (or of the printed group values) for the people concerned, else the
    one the source states in words. Where the source says that there was no clear difference, that counts before an
    estimate: findings of no difference are seldom printed with a number, and without them the rows would tilt to one
    side. A result with neither is ``not-stated``. We apply no threshold of significance.
    """
    return tuple(_direction(candidate, vocabulary) for candidates in selection.candidates for candidate in candidates)


def by_study(rows: Iterable[Direction]) -> dict[str, Way]:
    """One direction for each study, however many results it reports, in the order in which studies first appear.

    Several results of a study on one outcome are mostly one comparison told several times (crude and adjusted, early
    and late). Of these the most adjusted count (adjusted before not stated before not adjusted), and of them the
    latest. What then remains, of all outcomes, is about different outcomes, people or ways of taking part: where it
    disagrees the study is ``mixed``, also where one part is better and another shows no clear difference. Results
    that state no direction count only if the study has no other.
    """
    outcomes: dict[str, dict[str, list[Direction]]] = {}
    for row in rows:
        outcomes.setdefault(row.study, {}).setdefault(row.outcome_key, []).append(row)
    return {
        study: _together(row.direction for items in per_outcome.values() for row in _foremost(items))
        for study, per_outcome in outcomes.items()
    }


def _foremost(rows: list[Direction]) -> list[Direction]:
    """The results that are as adjusted, and as late, as any."""

    def standing(row: Direction) -> tuple[int, float]:
        months = float("-inf") if row.timepoint_months is None else row.timepoint_months
        return (False, None, True).index(row.adjusted), months

    stated = [row for row in rows if row.direction != "not-stated"] or rows
    best = max(standing(row) for row in stated)
    return [row for row in stated if standing(row) == best]


def _together(ways: Iterable[Way]) -> Way:
    """One word for several: their common direction, else mixed."""
    found = set(ways)
    stated = found - {"not-stated"} or found
    return stated.pop() if len(stated) == 1 else "mixed"


def _direction(candidate: Candidate, vocabulary: Vocabulary) -> Direction:
    study, result = candidate.study, candidate.result
    data = [item for item, _ in _parts(result)]
    contrast = next((item for item in data if isinstance(item, Contrast)), None)
    changes = next((found for item in data if (found := _changes(item, candidate))), ())
    numeric = _way(changes, vocabulary.outcomes[result.outcome].direction)
    stated = next((STATED[item.stated] for item in data if isinstance(item, Narrative) and item.stated), None)
    people = study.participants
    return Direction(
        study=study.id,
        result=result.id,
        label=study.label,
        design=study.design,
        n=people.value if people else None,
        timepoint_months=result.timepoint_months,
        outcome=result.name,
        outcome_key=result.outcome,
        direction=stated if stated and (stated == "unclear" or numeric == "not-stated") else numeric,
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
        yield worked.data, worked_known(result, worked)


def _way(changes: tuple[float, ...], good: str) -> Way:
    """What a raised (above 0) or lowered outcome means where ``good`` says which way is good."""
    if not changes or good == "mixed":
        return "not-stated"
    ups, downs = any(change > 0 for change in changes), any(change < 0 for change in changes)
    if ups == downs:
        return "mixed" if ups else "unclear"
    return "better" if ups == (good == "higher-better") else "worse"


def _changes(item: Printed, candidate: Candidate) -> tuple[float, ...]:
    """How much higher the outcome is on the intervention side; several where several groups can be compared.

    Empty where the item does not say.
    """
    if isinstance(item, Contrast):
        if item.measure.startswith("percent-reduction"):
            way = -item.estimate
        else:
            way = item.estimate - (1 if item.measure in RATIOS else 0)
        turned = _turned(item, candidate)
        return () if turned is None else (-way if turned else way,)
    values = _values(item)
    if not candidate.intervention:
        # Sides that are not arms: the groups are printed in the order of the result's comparison, most first.
        return tuple(first - second for first, second in pairwise(values.values()))
    one = [values[name] for name in candidate.intervention if name in values]
    other = [values[name] for name in candidate.comparator if name in values]
    return tuple(first - second for first in one for second in other)


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
