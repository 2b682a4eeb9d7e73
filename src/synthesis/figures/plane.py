"""Marks on two axes: where they lie, the axes themselves, and names beside the marks where there is room."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from synthesis.figures import style
from synthesis.figures.axis import Axis
from synthesis.figures.canvas import Point
from synthesis.figures.lettering import width, wrap
from synthesis.figures.scene import Item, Stroke, Words, mark, paragraph

HEIGHT = 230.0
RIGHT = 10.0
SIZE = 8.0
# With more marks than this, names beside them hide where the marks lie; the table has them.
MOST_NAMES = 15
# Room that a line of text takes up, above and below its middle.
HALF_LINE = 5.5
RECALLED = "recalled, not read"

MakeAxis = Callable[[float], Axis]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Two axes in their place, in points; ``down`` says whether the upright one runs down the page.

    ``inset`` is the room between an edge of the plane and the end of an axis, so that marks there cover no label.
    """

    left: float
    right: float
    top: float
    bottom: float
    across: Axis
    up: Axis
    down: bool = False
    inset: float = 0.0

    def x(self, value: float) -> float:
        """Place of a value of the axis across."""
        return self.left + self.inset + self.across.share(value) * (self.right - self.left - 2 * self.inset)

    def y(self, value: float) -> float:
        """Place of a value of the upright axis."""
        share = self.up.share(value)
        room = self.bottom - self.top - 2 * self.inset
        return self.top + self.inset + (share if self.down else 1 - share) * room


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A mark that may have a name beside it; ``half`` is how far it reaches from its centre."""

    name: str
    x: float
    y: float
    half: float = SIZE / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A rectangle that is taken."""

    left: float
    right: float
    top: float
    bottom: float

    def away(self, x: float, y: float) -> float:
        """How far a place is from it."""
        return math.hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))

    def meets(self, other: Room) -> bool:
        return (
            self.left < other.right and self.right > other.left and self.top < other.bottom and self.bottom > other.top
        )

    def crossed(self, start: Point, end: Point) -> bool:
        """Whether the line from ``start`` to ``end`` runs through it."""
        first, last = 0.0, 1.0
        for begin, finish, low, high in (
            (start[0], end[0], self.left, self.right), (start[1], end[1], self.top, self.bottom),
        ):  # fmt: skip
            step = finish - begin
            if abs(step) < 1e-9:
                if not low < begin < high:
                    return False
                continue
            near, far = sorted(((low - begin) / step, (high - begin) / step))
            first, last = max(first, near), min(last, far)
        return first < last


def plane(
    across: MakeAxis, up: MakeAxis, top: float, *, down: bool = False, right: float = RIGHT, inset: float = 0.0
) -> Plane:
    """The axes below ``top``, as wide as the page leaves room for beside the labels of the upright one.

    Parameters
    ----------
    across, up : callable
        Make the axes for a length in points.
    right, inset : float
        Room kept free on the right, and between an edge and the end of an axis.
    """
    upright = up(HEIGHT - 2 * inset)
    left = max([20.0, *(width(tick.label) for tick in upright.ticks)]) + style.TICK + 4
    end = style.WIDTH - right
    made = across(end - left - 2 * inset)
    # The label of the last tick stands half outside.
    outside = max((width(tick.label) / 2 for tick in made.ticks[-1:]), default=0.0) - inset
    if outside > right:
        end = style.WIDTH - outside - 2
        made = across(end - left - 2 * inset)
    return Plane(
        left=left, right=end, top=top, bottom=top + HEIGHT, across=made, up=upright, down=down, inset=inset
    )  # fmt: skip


def axes(placed: Plane, across: str, up: str) -> tuple[list[Item], float]:
    """The axes with their ticks and names, and where what follows them starts; ``up`` stands above the plot."""
    left, right, bottom = placed.left, placed.right, placed.bottom
    items: list[Item] = [
        Stroke(points=((left, bottom), (right, bottom))), Stroke(points=((left, placed.top), (left, bottom))),
    ]  # fmt: skip
    for tick in placed.across.ticks:
        x = placed.x(tick.value)
        items.append(Stroke(points=((x, bottom), (x, bottom + style.TICK))))
        items.append(Words(x=x, y=bottom + style.TICK + 2 + style.TEXT, text=tick.label, side="center"))
    for tick in placed.up.ticks:
        y = placed.y(tick.value)
        items.append(Stroke(points=((left - style.TICK, y), (left, y))))
        items.append(Words(x=left - style.TICK - 2, y=y + style.TEXT * 0.35, text=tick.label, side="right"))
    above = wrap(up, style.WIDTH, bold=True)
    items += [
        Words(x=0, y=placed.top - 7 - (len(above) - 1 - index) * style.LEADING, text=text, bold=True)
        for index, text in enumerate(above)
    ]
    below = bottom + style.TICK + 2 + 2 * style.TEXT + 5
    lines, last = paragraph(across, (left + right) / 2, below, right - left, side="center", bold=True)
    return [*items, *lines], last + 3


def top_of(y: float, up: str) -> float:
    """Where a plane starts below ``y``: there is room for the name of its upright axis."""
    return y + style.BLOCK_GAP + len(wrap(up, style.WIDTH, bold=True)) * style.LEADING + 2


def names(placed: Plane, spots: Sequence[Spot], lines: Sequence[Sequence[Point]] = ()) -> list[Item]:
    """Names beside the marks, the first ones first, up to ``MOST_NAMES``.

    A name covers no mark and no other name, is nearer to its mark than to any other, is crossed by none of ``lines``,
    and stays within the plane; where there is no such place it is left out.
    """
    taken = [
        Room(left=spot.x - spot.half, right=spot.x + spot.half, top=spot.y - spot.half, bottom=spot.y + spot.half)
        for spot in spots
    ]
    segments = [pair for points in lines for pair in pairwise(points)]
    items: list[Item] = []
    for spot in spots:
        if len(items) == MOST_NAMES:
            break
        for room in _beside(spot):
            inside = room.left > placed.left and room.right < placed.right
            inside = inside and room.top > placed.top and room.bottom < placed.bottom
            if not inside or any(room.meets(other) for other in taken):
                continue
            if any(room.crossed(start, end) for start, end in segments):
                continue
            own = room.away(spot.x, spot.y) - spot.half
            if any(room.away(other.x, other.y) - other.half < own + 1 for other in spots if other is not spot):
                continue
            taken.append(room)
            items.append(Words(x=room.left + 1, y=room.top + HALF_LINE + style.TEXT * 0.35, text=spot.name))
            break
    return items


def _beside(spot: Spot) -> Iterator[Room]:
    """Right and left of the mark, above and below it, and at its corners."""
    size, away = width(spot.name) + 2, spot.half + 2
    right, left, middle = spot.x + away, spot.x - away - size, spot.x - size / 2
    rise = spot.half + HALF_LINE + 1
    for start, y in (
        (right, spot.y), (left, spot.y), (middle, spot.y - rise), (middle, spot.y + rise), (right, spot.y - rise),
        (right, spot.y + rise), (left, spot.y - rise), (left, spot.y + rise),
    ):  # fmt: skip
        yield Room(left=start, right=start + size, top=y - HALF_LINE, bottom=y + HALF_LINE)


def dot(read: bool, x: float, y: float, size: float = SIZE) -> Item:
    """A study as a circle, hollow if its numbers are recalled."""
    if read:
        return mark("circle", x, y, size, fill=style.STUDY_LINE, edge=style.PAPER, width=0.6)
    return mark("circle", x, y, size, fill=style.PAPER, edge=style.STUDY_LINE, width=1.2)
