"""Checks of numbers against each other: what one source prints twice must agree, beyond rounding.

Vocabulary: the *unit* of a printed number is the value of its last printed digit, so 0.40 has the unit 0.01 and stands
for anything from 0.395 to 0.405. A disagreement is reported only if no values inside those ranges agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.question import Question
from synthesis.evidence.source import Source
from synthesis.evidence.study import Contrast, Counts, MeanCell, Means, Percents, Result, Study
from synthesis.formatting import interval, number, p_value, percent, shortest

RATIOS = frozenset({"OR", "RR", "HR", "IRR"})

# Beyond rounding, a standard error may differ from its interval by this share (interim rounding in the source).
TOLERANCE = 0.02

# Intervals for means are often built on Student's t. With 10 degrees of freedom its 97.5% point is 2.228 against
# 1.960, and smaller samples than that do not occur in such comparisons.
STUDENT = 2.228 / 1.960

# How many times a p value may differ from the one its interval implies: two, the step from two-sided to one-sided.
P_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """The values a printed number can stand for."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


def span(file: RecordFile, path: str, value: float) -> Span:
    """The values that the number printed at ``path`` can stand for; ``value`` is what the model made of it."""
    text = file.printed(path)
    half = 0.5 * _unit(text) if isinstance(text, str) else 0.0
    return Span(value - half, value + half)


def _unit(text: str) -> float:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)


def ci_se_disagree(evidence: Evidence) -> Iterator[Problem]:
    """A standard error that does not fit the interval printed with it."""
    for file, path, item in _contrasts(evidence):
        implied = _implied_se(file, path, item)
        if item.se is None or implied is None:
            continue
        printed = span(file, f"{path}.se", item.se)
        stretch = 1.0 if item.measure in RATIOS else STUDENT
        if printed.high * (1 + TOLERANCE) < implied.low / stretch or printed.low > implied.high * (1 + TOLERANCE):
            scale = " of its logarithm" if item.measure in RATIOS else ""
            yield file.problem(
                f"{path}.se",
                "ci-se-disagree",
                found=f"{file.printed(f'{path}.se')}, but the interval implies about {shortest(implied.middle)}",
                allowed=f"the standard error{scale} the interval implies, within {percent(TOLERANCE)} and rounding",
                fix="check both against the page; a standard deviation is not a standard error",
            )


def p_ci_contradict(evidence: Evidence) -> Iterator[Problem]:
    """A p value on the other side of the interval's level, and at least twice away from what the interval implies."""
    for file, path, item in _contrasts(evidence):
        implied, printed = _implied_p(file, path, item), _printed_p(file, path, item)
        if implied is None or printed is None:
            continue
        alpha = round(1 - item.level, 12)  # 1 - 0.95 is a little more than 0.05
        too_small = printed.high <= alpha <= implied.low and printed.high * P_FACTOR < implied.low
        too_large = implied.high <= alpha <= printed.low and implied.high * P_FACTOR < printed.low
        if too_small or too_large:
            yield file.problem(
                f"{path}.p",
                "p-ci-contradict",
                found=f"{item.p!r}, but the interval implies about {p_value(implied.middle)}",
                allowed="a p value that fits the interval",
                fix="check both against the page; if they belong to different analyses, give each its own item",
            )


def sd_se_disagree(evidence: Evidence) -> Iterator[Problem]:
    """A standard deviation, a standard error and a number of people printed together that do not fit."""
    for file, path, result in _results(evidence):
        for i, item in enumerate(result.printed):
            for arm, cell in item.arms.items() if isinstance(item, Means) else ():
                where = f"{path}.printed[{i}].arms.{arm}"
                if not _fits(file, where, cell):
                    yield file.problem(
                        f"{where}.se",
                        "sd-se-disagree",
                        found=f"sd {file.printed(f'{where}.sd')}, se {file.printed(f'{where}.se')}, n {cell.n}",
                        allowed="an se that is the sd divided by the square root of n",
                        fix="check the three numbers against the page; sd and se are easily swapped",
                    )


def arms_exceed_participants(evidence: Evidence) -> Iterator[Problem]:
    """Arms that together hold more people than took part."""
    for file, study in evidence.of(Study):
        total = sum(arm.n_randomised or 0 for arm in study.arms)
        if study.participants is not None and total > study.participants.value:
            yield file.problem(
                "participants.value",
                "arms-exceed-participants",
                found=f"{study.participants.value} participants, {total} in the arms together",
                allowed="at least as many participants as people in the arms",
                fix="check the numbers; a group formed after assignment has n_in_group, not n_randomised",
            )


def percent_counts_disagree(evidence: Evidence) -> Iterator[Problem]:
    """Counts and a percentage printed for the same arm and result that are not the same share."""
    for file, path, result in _results(evidence):
        for where, arm, share in _percents(file, path, result):
            for i, item in enumerate(result.printed):
                cell = item.arms.get(arm) if isinstance(item, Counts) else None
                if cell is None or cell.n == 0:
                    continue
                counted = 100 * cell.events / cell.n
                if not share.low - 1e-9 <= counted <= share.high + 1e-9:
                    yield file.problem(
                        f"{path}.printed[{i}].arms.{arm}",
                        "percent-counts-disagree",
                        found=f"{cell.events} of {cell.n} ({shortest(counted, 3)}%) beside {file.printed(where)}%",
                        allowed="counts and percentage that agree after rounding",
                        fix="check them against the page; if their denominators differ, give the percentage its own n",
                    )


def check_counts_disagree(evidence: Evidence) -> Iterator[Problem]:
    """Counts in an extractor's check that are not the printed percentage of their n, to the nearest person."""
    for file, path, result in _results(evidence):
        for where, arm, share in _percents(file, path, result):
            for i, own in enumerate(result.checks):
                cell = own.counts.get(arm)
                if cell is None:
                    continue
                low, high = share.low * cell.n / 100, share.high * cell.n / 100
                if not low - 0.5 <= cell.events <= high + 0.5:
                    people = interval(number(low, 1), number(high, 1))
                    yield file.problem(
                        f"{path}.checks[{i}].counts.{arm}",
                        "check-counts-disagree",
                        found=f"{cell.events}, but {file.printed(where)}% of {cell.n} is {people}",
                        allowed="the printed percentage of n, to the nearest person",
                        fix="correct the check; reasoning that a percentage cannot show belongs under worked_out",
                    )


def n_exceeds_arm(evidence: Evidence) -> Iterator[Problem]:
    """More people counted in an arm than were assigned to it."""
    for file, path, result in _results(evidence):
        study = file.record
        sizes = {arm.id: arm.n_randomised for arm in study.arms} if isinstance(study, Study) else {}
        for i, item in enumerate(result.printed):
            for arm, cell in item.arms.items() if isinstance(item, Counts | Percents | Means) else ():
                size = sizes.get(arm)
                if cell.n is not None and size is not None and cell.n > size:
                    yield file.problem(
                        f"{path}.printed[{i}].arms.{arm}.n",
                        "n-exceeds-arm",
                        found=f"n {cell.n} in an arm of {size}",
                        allowed="at most the arm's n_randomised",
                        fix="check both against the page",
                    )


def year_differs(evidence: Evidence) -> Iterator[Problem]:
    """A year that is not the one in which the main report (or the source itself) was issued."""
    for file, study in evidence.of(Study):
        yield from _year(file, study.year, study.reports[0].issued, "reports[0].issued")
    for file, source in evidence.of(Source):
        if source.year is not None:
            yield from _year(file, source.year, source.reference.issued, "reference.issued")


def window_backwards(evidence: Evidence) -> Iterator[Problem]:
    """A time window that ends before it starts."""
    for file, question in evidence.of(Question):
        windows = [("window_months", question.window_months)]
        windows += [
            (f"sensitivity[{i}].window_months", variant.window_months)
            for i, variant in enumerate(question.sensitivity)
            if variant.window_months is not None
        ]
        for path, (low, high) in windows:
            if low > high:
                yield file.problem(
                    path,
                    "window-backwards",
                    found=f"{shortest(low)} to {shortest(high)}",
                    allowed="the earlier month first",
                    fix="swap the two",
                )


def _year(file: RecordFile, year: int, issued: str | None, path: str) -> Iterator[Problem]:
    if issued is not None and int(issued[:4]) != year:
        yield file.problem(
            "year",
            "year-differs",
            found=f"{year}, but {path} is {issued!r}",
            allowed="the year of that publication",
            fix="correct one of the two",
        )


def _results(evidence: Evidence) -> Iterator[tuple[RecordFile, str, Result]]:
    for file, study in evidence.of(Study):
        for i, result in enumerate(study.results):
            yield file, f"results[{i}]", result


def _contrasts(evidence: Evidence) -> Iterator[tuple[RecordFile, str, Contrast]]:
    for file, path, result in _results(evidence):
        for i, item in enumerate(result.printed):
            if isinstance(item, Contrast):
                yield file, f"{path}.printed[{i}]", item


def _percents(file: RecordFile, path: str, result: Result) -> Iterator[tuple[str, str, Span]]:
    """Every percentage printed without a denominator of its own: its path, arm and span."""
    for i, item in enumerate(result.printed):
        for arm, cell in item.arms.items() if isinstance(item, Percents) else ():
            if cell.n is None:
                where = f"{path}.printed[{i}].arms.{arm}.percent"
                yield where, arm, span(file, where, cell.percent)


def _limits(file: RecordFile, path: str, item: Contrast) -> tuple[Span, Span] | None:
    """Both limits of the interval on the analysis scale; None where there is none or one rounds to a log of nothing."""
    if item.ci is None:
        return None
    low, high = (span(file, f"{path}.ci[{i}]", limit) for i, limit in enumerate(item.ci))
    if item.measure not in RATIOS:
        return low, high
    if low.low <= 0:
        return None
    return Span(math.log(low.low), math.log(low.high)), Span(math.log(high.low), math.log(high.high))


def _implied_se(file: RecordFile, path: str, item: Contrast) -> Span | None:
    limits = _limits(file, path, item)
    if limits is None:
        return None
    low, high = limits
    width = 2 * NormalDist().inv_cdf(0.5 + item.level / 2)
    return Span(max(0.0, high.low - low.high) / width, (high.high - low.low) / width)


def _implied_p(file: RecordFile, path: str, item: Contrast) -> Span | None:
    """The two-sided p value of no difference that the interval implies."""
    se = _implied_se(file, path, item)
    if se is None or se.low <= 0 or item.measure.startswith("percent"):
        return None
    estimate = span(file, f"{path}.estimate", item.estimate)
    if item.measure in RATIOS:
        if estimate.low <= 0:
            return None
        estimate = Span(math.log(estimate.low), math.log(estimate.high))
    nearest = 0.0 if estimate.low <= 0 <= estimate.high else min(abs(estimate.low), abs(estimate.high))
    farthest = max(abs(estimate.low), abs(estimate.high))
    return Span(_two_sided(farthest / se.low), _two_sided(nearest / se.high))


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _printed_p(file: RecordFile, path: str, item: Contrast) -> Span | None:
    if item.p is None:
        return None
    if item.p == "not significant":
        return Span(round(1 - item.level, 12), 1.0)
    bound = float(item.p.lstrip("<>"))
    if item.p.startswith("<"):
        return Span(0.0, bound)
    if item.p.startswith(">"):
        return Span(bound, 1.0)
    half = 0.5 * _unit(item.p)
    return Span(max(0.0, bound - half), bound + half)


def _fits(file: RecordFile, path: str, cell: MeanCell) -> bool:
    if cell.sd is None or cell.se is None or not cell.n:
        return True
    sd, se = span(file, f"{path}.sd", cell.sd), span(file, f"{path}.se", cell.se)
    root = math.sqrt(cell.n)
    return se.high * (1 + TOLERANCE) >= sd.low / root and se.low <= sd.high / root * (1 + TOLERANCE)
