"""The axes of plots: their range, their ticks, and where a value lies on them. Effects are on the natural scale.

Vocabulary
----------
share : a position on the axis, 0 at its low and 1 at its high end.
cut : a value beyond the end of the axis; the line to it is drawn to the end, with an arrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from synthesis.figures import style
from synthesis.figures.lettering import width
from synthesis.formatting import Scale, shortest

# A study's interval may widen the axis beyond everything that must be seen, up to these limits; then it is cut.
LOG_MARGIN = math.log10(5)
LINEAR_MARGIN = 0.75

# Ratios beyond 10 to this power say only that one group had next to no events; the axis need not reach them.
FARTHEST = 9

# Differences smaller than this are not told apart: the axis does not become shorter.
LEAST_SPAN = 1e-6

# "No effect" never stands at the very end of the axis: at least this share of what is shown lies beyond it.
BESIDE_NULL = 0.08

FEWEST_TICKS, MOST_TICKS = 4, 8
TICK_GAP = 7.0

# What a tick is called, among all of them.
Naming = Callable[[float, Sequence[float]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled place on the axis."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """``low`` and ``high`` are the ends, ``null`` is "no effect"; all on the natural scale."""

    scale: Scale
    low: float
    high: float
    null: float
    ticks: tuple[Tick, ...]

    def share(self, value: float) -> float:
        """Where ``value`` lies, kept within 0 and 1."""
        low, high = _line(self.low, self.scale), _line(self.high, self.scale)
        return min(1.0, max(0.0, (_line(value, self.scale) - low) / (high - low)))

    def cuts(self, value: float) -> bool:
        """Whether ``value`` lies beyond the axis (by more than rounding)."""
        slack = 1e-9 * (_line(self.high, self.scale) - _line(self.low, self.scale))
        place = _line(value, self.scale)
        return place < _line(self.low, self.scale) - slack or place > _line(self.high, self.scale) + slack


def axis(
    must: Iterable[float], may: Iterable[float], *, scale: Scale, null: float, room: float, upright: bool = False
) -> Axis:
    """An axis that shows every value in ``must`` and as much of ``may`` as does not squeeze those together.

    Parameters
    ----------
    must, may : iterable of float
        Natural scale. Estimates and pooled intervals; the ends of the studies' intervals.
    scale : {"log", "linear"}
    null : float
        "No effect" on the natural scale; always shown.
    room : float
        Length of the axis in points: no two tick labels may touch.
    upright : bool
        Whether the axis runs up the page, with its labels beside it.

    Returns
    -------
    Axis
        It starts and ends at ticks.
    """
    core = [_line(value, scale) for value in (*must, null) if not math.isnan(value)]
    low, high = min(core), max(core)
    margin = max(LOG_MARGIN, 0.5 * (high - low)) if scale == "log" else LINEAR_MARGIN * (high - low)
    wanted = [_line(value, scale) for value in may if not math.isnan(value)]
    if high == low:
        margin = max((abs(value - low) for value in wanted), default=0.0) or 1.0
    low = max(low - margin, min([low, *wanted]))
    high = min(high + margin, max([high, *wanted]))
    if high - low < LEAST_SPAN:
        low, high = low - margin / 2 - LEAST_SPAN, high + margin / 2 + LEAST_SPAN
    if scale == "log":
        low, high = max(low, -FARTHEST), min(high, FARTHEST)
    beside = BESIDE_NULL * (high - low)
    low, high = min(low, _line(null, scale) - beside), max(high, _line(null, scale) + beside)
    make = _log_marks if scale == "log" else _linear_marks
    return _axis(make(low, high, room, upright), scale, null)


def measured(
    values: Iterable[float], *, room: float, upright: bool = False, zero: bool = False, years: bool = False
) -> Axis:
    """An axis of something that has no value for "no effect", such as years or weights; its ``null`` is its low end.

    Parameters
    ----------
    values : iterable of float
        Everything that must be seen.
    room, upright
        As for ``axis``.
    zero : bool
        Whether the axis starts at 0; ``values`` are then 0 or above.
    years : bool
        Whether the values are years, which have no comma.
    """
    known = [_line(value, "linear") for value in values if not math.isnan(value)]
    low, high = (0.0 if zero else min(known)), max([0.0, *known] if zero else known)
    if high - low <= max(LEAST_SPAN * max(abs(low), abs(high)), 1e-12):
        # Nothing to spread out: room on either side for the one value to stand alone.
        beside = 10.0 ** math.floor(math.log10(max(1e-6, abs(high)))) if high else 1.0
        beside = 2.0 if years else beside
        low, high = low if zero else low - beside, high + beside
    marks = _linear_marks(low, high, room, upright, _plain if years else _powered)
    if not marks:
        # No two labels have room: the ends are bare.
        return Axis(scale="linear", low=low, high=high, null=low, ticks=())
    return _axis(marks, "linear", marks[0], _plain if years else _powered)


def narrow(values: Iterable[float], *, room: float, margin: float, zero: bool = False) -> Axis:
    """As ``measured``, for a panel too narrow to give room away: it ends at the values, and its ticks lie between.

    Labels may reach beyond either end by ``margin`` points. There are two to four; one where there is one value.
    """
    known = [_line(value, "linear") for value in values if not math.isnan(value)]
    low, high = (min([0.0, *known]) if zero else min(known)), (max([0.0, *known]) if zero else max(known))
    if high - low <= max(LEAST_SPAN * max(abs(low), abs(high)), 1e-12):
        only = Tick(value=high, label=_powered(high, [high]))
        return Axis(scale="linear", low=high - 1, high=high + 1, null=high, ticks=(only,))

    def clear(marks: list[float]) -> bool:
        places = [room * (mark - low) / (high - low) for mark in marks]
        halves = [width(_powered(mark, marks)) / 2 for mark in marks]
        ends = places[0] - halves[0] >= -margin and places[-1] + halves[-1] <= room + margin
        return ends and _fits(marks, marks, places[-1] - places[0], False, _powered)

    sets = list(_between(low, high))
    whole = next((marks for marks in sets if 2 <= len(marks) <= 4 and clear(marks)), [])
    best = whole or next(([marks[0], marks[-1]] for marks in reversed(sets) if clear([marks[0], marks[-1]])), [])
    return Axis(
        scale="linear", low=low, high=high, null=low,
        ticks=tuple(Tick(value=value, label=_powered(value, best)) for value in best),
    )  # fmt: skip


def _between(low: float, high: float) -> Iterator[list[float]]:
    """Round marks from ``low`` to ``high``, two or more, the finest first."""
    size = 10.0 ** math.floor(math.log10((high - low) / 10))
    for step in (size * factor for factor in (1, 2, 2.5, 5, 10, 20, 25, 50)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            yield [round(index * step, 6 - math.floor(math.log10(step))) for index in range(first, last + 1)]


def _axis(marks: list[float], scale: Scale, null: float, named: Naming | None = None) -> Axis:
    ticks = tuple(Tick(value=value, label=(named or _label)(value, marks)) for value in marks)
    return Axis(scale=scale, low=marks[0], high=marks[-1], null=null, ticks=ticks)


def _line(value: float, scale: Scale) -> float:
    """``value`` on the scale that is drawn evenly."""
    if scale == "linear":
        return min(1e12, max(-1e12, value))
    return math.log10(min(1e30, max(1e-30, value)))


def _log_marks(low: float, high: float, room: float, upright: bool) -> list[float]:
    """Ticks from at or below 10**low to at or above 10**high: the first set that is neither sparse nor crowded."""
    sets = list(_log_sets(low, high))
    for fewest in (FEWEST_TICKS, 3, 2):
        for marks in sets:
            if fewest <= len(marks) <= MOST_TICKS and _fits([math.log10(mark) for mark in marks], marks, room, upright):
                return marks
    raise AssertionError(f"no ticks fit an axis from {low} to {high} on {room} points")


def _log_sets(low: float, high: float) -> Iterator[list[float]]:
    for digits in ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), (1, 3)):
        decades = range(math.floor(low) - 1, math.ceil(high) + 2)
        yield _spanning([digit * 10.0**decade for decade in decades for digit in digits], 10.0**low, 10.0**high)
    if high - low < 1:
        for step in (0.5, 0.25, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001):
            first, last = math.floor(10.0**low / step + 1e-9), math.ceil(10.0**high / step - 1e-9)
            if first > 0 and last - first < 2 * MOST_TICKS:
                yield [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]
    for step in (1, 2, 3, 4, 6, 9):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        yield [10.0 ** (index * step) for index in range(first, max(last, first + 1) + 1)]


def _linear_marks(low: float, high: float, room: float, upright: bool, named: Naming | None = None) -> list[float]:
    size = 10.0 ** math.floor(math.log10((high - low) / 10))
    best: list[float] = []
    for step in (size * factor for factor in (1, 2, 2.5, 5, 10, 20, 25, 50, 100)):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        marks = [round(index * step, 6 - math.floor(math.log10(step))) for index in range(first, last + 1)]
        if len(marks) >= 2 and _fits(marks, marks, room, upright, named):
            if FEWEST_TICKS <= len(marks) <= MOST_TICKS:
                return marks
            best = marks if not best or len(marks) >= 3 else best
    return best


def _spanning(marks: list[float], low: float, high: float) -> list[float]:
    """The marks from the last at or below ``low`` to the first at or above ``high``."""
    first = max(index for index, mark in enumerate(marks) if mark <= low * (1 + 1e-9))
    last = min(index for index, mark in enumerate(marks) if mark >= high * (1 - 1e-9))
    return marks[first : max(last, first + 1) + 1]


def _fits(
    places: Sequence[float], marks: Sequence[float], room: float, upright: bool, named: Naming | None = None
) -> bool:
    """Whether the labels of ``marks``, drawn evenly by ``places``, keep clear of each other."""
    span = places[-1] - places[0]
    widths = [style.TEXT if upright else width((named or _label)(mark, marks)) for mark in marks]
    centres = [room * (place - places[0]) / span for place in places]
    pairs = zip(zip(centres, widths, strict=True), zip(centres[1:], widths[1:], strict=True), strict=False)
    return all(b - a - (wa + wb) / 2 >= TICK_GAP for (a, wa), (b, wb) in pairs)


def _label(value: float, marks: Sequence[float]) -> str:
    """Only the digits that are needed; on an axis of powers of ten, the far ones as such."""
    if value == 0:
        return "0"
    power = math.log10(abs(value))
    if abs(power) > 4.5 and all(mark > 0 and math.log10(mark) == round(math.log10(mark)) for mark in marks):
        return "10" + _raised(round(power))
    return shortest(value, max(0, min(12, 3 - math.floor(power))))


def _powered(value: float, marks: Sequence[float]) -> str:
    """As ``_label``; on an axis of very large or very small numbers "2×10⁶", as long as that tells them apart."""
    largest = max(abs(mark) for mark in marks)
    power = math.floor(math.log10(largest) + 1e-9) if largest else 0
    if -4 <= power < 6:
        return _label(value, marks)
    names = {mark: f"{shortest(mark / 10.0**power, 2)}×10" + _raised(power) if mark else "0" for mark in marks}
    return names[value] if len(set(names.values())) == len(marks) else _label(value, marks)


def _plain(value: float, marks: Sequence[float]) -> str:
    return _label(value, marks).replace(",", "")


def _raised(power: int) -> str:
    return "".join(_RAISED[sign] for sign in str(power))


_RAISED = dict(zip("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True))
