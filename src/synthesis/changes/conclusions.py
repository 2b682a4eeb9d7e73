"""What a question concludes, and what a change from one conclusion to another is called.

A conclusion is what a result allows to be said. It is compared in four things, in this order: how certain it is, which
way it goes, how large the effect is, and whether the interval rules out no difference. The first that differs decides
between stronger and weaker. Certainty comes first because it decides which words may be used. Size counts only where it
may be stated: not at very low certainty, nor before anybody has judged it. The words on a change name everything that
differs, so that a surer and smaller effect is never only "stronger".
"""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.analysis.directions import by_study
from synthesis.analysis.model import Analysis, Direction, PerThousand
from synthesis.changes.model import Conclusion, Kind, Label, Move, Way
from synthesis.effects.measures import MEASURES
from synthesis.evidence.judgement import LEVELS
from synthesis.pooling.model import Pooled

SIZES = ("trivial", "small", "moderate", "large")
OPPOSITES: frozenset[tuple[Way, Way]] = frozenset(
    (("more", "fewer"), ("fewer", "more"), ("better", "worse"), ("worse", "better"))
)
FORMS: dict[Kind, str] = {"pooled": "a pooled result", "directions": "directions only", "nothing": "no usable study"}
RANKED = tuple(level.replace("-", " ") for level in LEVELS)
# Two computations of one number agree at least this well; less than this is no change.
SAME = 1e-9


def conclusion(
    *,
    question: str,
    title: str,
    wording: tuple[str, ...],
    pooled: Pooled | None,
    people: PerThousand | None,
    size: str | None,
    certainty: str,
    studies: tuple[str, ...],
    directions: tuple[Direction, ...],
) -> Conclusion:
    """The conclusion of one question, from what its plan gave."""
    if pooled is None:
        ways = _counted(directions)
        kind: Kind = "directions" if directions else "nothing"
        return Conclusion(
            question=question, title=title, kind=kind, certainty=certainty, wording=wording, ways=ways,
            way=_leading(ways), studies=tuple(dict.fromkeys(row.study for row in directions)),
        )  # fmt: skip
    null = MEASURES[pooled.measure].null
    way: Way = "more" if pooled.estimate > null else "fewer"
    return Conclusion(
        question=question, title=title, kind="pooled", certainty=certainty, measure=pooled.measure, wording=wording,
        estimate=pooled.estimate, low=pooled.ci.low, high=pooled.ci.high, studies=studies, people=people,
        way="little" if size == "trivial" or pooled.estimate == null else way, size=size,
        settled=not pooled.ci.low <= null <= pooled.ci.high,
    )  # fmt: skip


def conclusion_of(analysis: Analysis) -> Conclusion:
    """The conclusion of a finished analysis."""
    return conclusion(
        question=analysis.question, title=analysis.title, pooled=analysis.pooled, people=analysis.per_thousand,
        wording=(
            analysis.title, analysis.text, analysis.population, analysis.intervention, analysis.comparator,
            analysis.outcome,
        ),
        size=analysis.certainty.size, certainty=analysis.certainty.word,
        studies=tuple(row.study for row in analysis.effects.rows), directions=analysis.directions,
    )  # fmt: skip


def _counted(directions: tuple[Direction, ...]) -> dict[str, int]:
    ways = list(by_study(directions).values())
    return {way: ways.count(way) for way in sorted(set(ways))}


def _leading(ways: dict[str, int]) -> Way:
    better, worse = ways.get("better", 0), ways.get("worse", 0)
    return "better" if better > worse else "worse" if worse > better else "none"


def label_of(before: Conclusion | None, after: Conclusion | None) -> Label:
    """What the change is called.

    ``None`` stands for a question that is not asked; no usable study is treated alike.
    """
    if before is None or after is None:
        return "new" if before is None else "withdrawn"
    if _says(before) != _says(after):
        return "new" if _says(after) else "withdrawn"
    if (before.way, after.way) in OPPOSITES:
        return "reversed"
    for move in moves_of(before, after):
        if move.sign:
            return "stronger" if move.sign > 0 else "weaker"
    return "wording-only" if before.wording != after.wording and same_result(before, after) else "unchanged"


def _says(found: Conclusion | None) -> bool:
    return found is not None and found.kind != "nothing"


def moves_of(before: Conclusion | None, after: Conclusion | None) -> tuple[Move, ...]:
    """Everything that differs between two conclusions, what decides the label first; empty where one is missing."""
    if before is None or after is None or not (_says(before) and _says(after)):
        return ()
    return tuple(_moves(before, after))


def _moves(before: Conclusion, after: Conclusion) -> Iterator[Move]:
    one, two = before.certainty, after.certainty
    sized = states_size(before) and states_size(after)
    if one != two:
        # A first judgement makes nothing stronger or weaker: there was no level to compare with.
        sign = _compared(one, two, RANKED)
        yield Move(aspect="certainty", before=one, after=two, sign=sign)
    if before.kind != after.kind:
        # Directions say nothing about size.
        sign = 1 if after.kind == "pooled" else -1
        yield Move(aspect="synthesis", before=FORMS[before.kind], after=FORMS[after.kind], sign=sign)
    elif before.way != after.way and "little" not in (before.way, after.way):
        sign = (after.way not in ("little", "none")) - (before.way not in ("little", "none"))
        yield Move(aspect="direction", before=before.way, after=after.way, sign=sign)
    if sized and before.size != after.size and (before.way, after.way) not in OPPOSITES:
        sign = _compared(before.size, after.size, SIZES)
        yield Move(aspect="size", before=before.size or "", after=after.size or "", sign=sign)
    if before.kind == after.kind == "pooled" and before.settled != after.settled:
        words = {True: "excludes no difference", False: "includes no difference"}
        yield Move(
            aspect="interval", before=words[before.settled], after=words[after.settled],
            sign=after.settled - before.settled,
        )  # fmt: skip


def states_size(found: Conclusion) -> bool:
    """Whether a size may be stated: it is known, and certainty is judged and above very low."""
    return found.size is not None and found.certainty in RANKED[1:]


def _compared(one: str | None, two: str | None, order: tuple[str, ...]) -> int:
    if one not in order or two not in order:
        return 0
    return (order.index(two) > order.index(one)) - (order.index(two) < order.index(one))


def same_result(before: Conclusion | None, after: Conclusion | None) -> bool:
    """Whether two conclusions say the same with the same numbers, from the same studies."""
    if before is None or after is None:
        return before is after
    exact = ("kind", "measure", "certainty", "studies", "way", "size", "settled", "ways")
    if any(getattr(before, name) != getattr(after, name) for name in exact):
        return False
    pairs = [(before.estimate, after.estimate), (before.low, after.low), (before.high, after.high)]
    pairs += list(zip(_people(before), _people(after), strict=True))
    return all(close(one, two) for one, two in pairs)


def close(one: float | None, two: float | None) -> bool:
    """Whether two numbers are the same but for the last digits of the arithmetic."""
    if one is None or two is None:
        return one is two
    return one == two or abs(one - two) <= SAME * max(1.0, abs(one), abs(two))


def _people(found: Conclusion) -> tuple[float | None, ...]:
    people = found.people
    if people is None:
        return (None, None, None, None)
    return people.baseline, people.difference, people.low, people.high
