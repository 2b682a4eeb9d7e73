"""A picture as plain data: words, strokes and areas with their places, which can be tested and then drawn.

Figures that are not plots in rows arrange their content into a ``Scene``; ``drawing`` puts it on a page and decides
nothing. Everything is in points from the top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from synthesis.document.elements import Line, Table
from synthesis.figures import style
from synthesis.figures.canvas import Canvas, Point, Side, drawn
from synthesis.figures.lettering import width as text_width
from synthesis.figures.lettering import wrap

Mark = Literal["circle", "square", "diamond", "triangle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of text with its baseline at ``y`` and its ``side`` at ``x``."""

    x: float
    y: float
    text: str
    side: Side = "left"
    size: float = style.TEXT
    bold: bool = False
    colour: str = style.INK

    @property
    def left(self) -> float:
        """Where the text starts."""
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[self.side]
        return self.x - share * text_width(self.text, size=self.size, bold=self.bold)

    @property
    def right(self) -> float:
        """Where the text ends."""
        return self.left + text_width(self.text, size=self.size, bold=self.bold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line through ``points``."""

    points: tuple[Point, ...]
    colour: str = style.INK
    width: float = style.THIN
    dash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A closed shape; ``fill`` or ``edge`` is None where it has no inside or no outline."""

    points: tuple[Point, ...]
    fill: str | None = style.STUDY
    edge: str | None = None
    width: float = style.THIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A circle; fill and edge as for ``Area``."""

    x: float
    y: float
    radius: float
    fill: str | None = style.STUDY
    edge: str | None = None
    width: float = style.THIN


Item = Words | Stroke | Area | Disc


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A page with everything on it, in the order in which it is drawn."""

    width: float
    height: float
    items: tuple[Item, ...]

    @property
    def words(self) -> tuple[Words, ...]:
        """All text, in order."""
        return tuple(item for item in self.items if isinstance(item, Words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A row of a scene, between ``top`` and ``bottom``: its name and what is drawn in it."""

    name: str
    top: float
    bottom: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Banded:
    """A scene in rows: what stands above them, the rows, and what stands below."""

    width: float
    height: float
    head: tuple[Item, ...]
    bands: tuple[Band, ...]
    tail: tuple[Item, ...]

    @property
    def scene(self) -> Scene:
        """All of it on one page."""
        items = (*self.head, *(item for band in self.bands for item in band.items), *self.tail)
        return Scene(width=self.width, height=self.height, items=items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """An arranged figure: the picture, and the same in words and numbers.

    Attributes
    ----------
    scene : Scene
    alt : str
        Text alternative.
    caption : Line
    data : Table
        Everything in the picture.
    """

    scene: Scene
    alt: str
    caption: Line
    data: Table


def drawing(scene: Scene) -> str:
    """The scene as SVG."""

    def draw(canvas: Canvas) -> None:
        for item in scene.items:
            put(canvas, item)

    return drawn(scene.width, scene.height, draw)


def put(canvas: Canvas, item: Item) -> None:
    """Draw one item."""
    if isinstance(item, Words):
        canvas.text(
            item.x, item.y, item.text, side=item.side, size=item.size, bold=item.bold, colour=item.colour
        )  # fmt: skip
    elif isinstance(item, Stroke):
        canvas.line(item.points, colour=item.colour, width=item.width, dash=item.dash)
    elif isinstance(item, Disc):
        canvas.circle(item.x, item.y, item.radius, fill=item.fill, edge=item.edge, width=item.width)
    else:
        canvas.shape(item.points, fill=item.fill, edge=item.edge, width=item.width)


def mark(
    kind: Mark, x: float, y: float, size: float, *, fill: str | None, edge: str | None = None, width: float = 1.0
) -> Area | Disc:
    """A mark ``size`` points across, centred at ``x``, ``y``; the four kinds look equally large."""
    if kind == "circle":
        return Disc(x=x, y=y, radius=size / 2, fill=fill, edge=edge, width=width)
    return Area(points=MARKS[kind](x, y, size / 2), fill=fill, edge=edge, width=width)


def rectangle(
    left: float, top: float, width: float, height: float, *, fill: str | None = None, edge: str | None = None,
    line: float = style.THIN,
) -> Area:  # fmt: skip
    """A rectangle."""
    right, bottom = left + width, top + height
    points = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Area(points=points, fill=fill, edge=edge, width=line)


def arrow(points: Sequence[Point], *, colour: str = style.INK, width: float = style.THIN) -> Iterator[Item]:
    """A line through ``points`` with a head at the last one."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    back = (x1 - dx * style.ARROW, y1 - dy * style.ARROW)
    half = style.ARROW * 0.55
    yield Stroke(points=(*points[:-1], back), colour=colour, width=width)
    corners = ((x1, y1), (back[0] - dy * half, back[1] + dx * half), (back[0] + dy * half, back[1] - dx * half))
    yield Area(points=corners, fill=colour)


def paragraph(
    text: str, x: float, y: float, room: float, *, side: Side = "left", bold: bool = False, colour: str = style.INK,
    leading: float = style.LEADING,
) -> tuple[list[Item], float]:  # fmt: skip
    """``text`` in lines no wider than ``room``, the first on the baseline ``y``; and the baseline of the last one."""
    lines = wrap(text, room, bold=bold)
    items: list[Item] = [
        Words(x=x, y=y + index * leading, text=part, side=side, bold=bold, colour=colour)
        for index, part in enumerate(lines)
    ]
    return items, y + (len(lines) - 1) * leading


def key(entries: Sequence[tuple[Sequence[Item], str]], y: float) -> tuple[list[Item], float]:
    """A key in as many lines as it takes, and the bottom of it.

    Parameters
    ----------
    entries : sequence of (items, str)
        Each a sign, drawn around (0, 0), and what it means.
    y : float
        Middle of the first line.
    """
    items: list[Item] = []
    x = 0.0
    for sign, text in entries:
        needed = 18 + text_width(text) + 16
        if x and x + needed > style.WIDTH:
            x, y = 0.0, y + style.LEADING + 3
        items += [moved(item, x + 7.5, y) for item in sign]
        items.append(Words(x=x + 18, y=y + style.TEXT * 0.34, text=text))
        x += needed
    return items, y + style.LEADING / 2


def moved(item: Item, dx: float, dy: float) -> Item:
    """The item at another place."""
    if isinstance(item, Words | Disc):
        return replace(item, x=item.x + dx, y=item.y + dy)
    return replace(item, points=tuple((x + dx, y + dy) for x, y in item.points))


def _square(x: float, y: float, half: float) -> tuple[Point, ...]:
    half *= 0.9
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))


def _diamond(x: float, y: float, half: float) -> tuple[Point, ...]:
    half *= 1.2
    return ((x - half, y), (x, y - half), (x + half, y), (x, y + half))


def _triangle(x: float, y: float, half: float) -> tuple[Point, ...]:
    half *= 1.1
    return ((x, y - half), (x + half, y + half * 0.8), (x - half, y + half * 0.8))


MARKS = {"square": _square, "diamond": _diamond, "triangle": _triangle}
