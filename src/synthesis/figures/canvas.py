"""Drawing in points on a page of a given size, out as SVG that is the same bytes every time.

Text stays text: it can be searched, copied and read at any size, and takes a tenth of the room of outlines. Each line
carries its width, so that a layout holds where the typeface is missing and another one stands in for it. Only what
must be shaped, such as Arabic, is drawn as outlines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Literal
from unicodedata import normalize

from synthesis.document.characters import printable
from synthesis.document.fonts import FALLBACKS, FAMILY
from synthesis.figures import style
from synthesis.figures.lettering import is_plain, outlines, runs, unmarked, width

Side = Literal["left", "right", "center"]
Point = tuple[float, float]

# Where the typeface of the documents is not installed, browsers take the first of the others that they have. Those that
# are about as wide come first, so that letters are hardly squeezed.
FAMILIES = f"'{FAMILY}', Arial, Helvetica, {', '.join(repr(name) for name in FALLBACKS)}, sans-serif"
_ANCHORS: dict[Side, str] = {"left": "", "center": "middle", "right": "end"}
_SHARES: dict[Side, float] = {"left": 0.0, "center": 0.5, "right": 1.0}


class Canvas:
    """A page to draw on. x runs right and y runs down from the top left corner, both in points.

    What is drawn later lies on top.
    """

    def __init__(self, width: float, height: float) -> None:
        self._width, self._height = width, height
        self._marks: list[str] = []

    def text(
        self, x: float, y: float, words: str, *, side: Side = "left", size: float = style.TEXT, bold: bool = False,
        colour: str = style.INK,
    ) -> None:  # fmt: skip
        """One line of text on the baseline ``y``, its ``side`` at ``x``."""
        shown = unmarked(normalize("NFC", " ".join(printable(words).split())))
        if not is_plain(shown):
            self._shaped(x, y, shown, side, size, bold, colour)
            return
        pieces = runs(shown)
        if len(pieces) > 1:
            # Each typeface by itself: some renderers set all of a text in the one that has its rarest character.
            x -= _SHARES[side] * width(shown, size=size, bold=bold)
            side = "left"
        for family, spaced in pieces:
            piece = spaced.strip()
            # Renderers drop a space at either end.
            start = x + width(spaced[: len(spaced) - len(spaced.lstrip())], size=size, bold=bold)
            x += width(spaced, size=size, bold=bold)
            attributes = {
                "x": _short(start),
                "y": _short(y),
                "text-anchor": _ANCHORS[side],
                "font-family": "" if family == FAMILY else f"'{family}', sans-serif",
                "font-size": "" if size == style.TEXT else _short(size),
                "font-weight": "700" if bold else "",
                "fill": "" if colour == style.INK else colour,
                "textLength": _short(width(piece, size=size, bold=bold)),
                "lengthAdjust": "spacingAndGlyphs",
            }
            if piece:
                self._marks.append(f"<text{_written(attributes)}>{escape(piece, quote=False)}</text>")

    def _shaped(self, x: float, y: float, words: str, side: Side, size: float, bold: bool, colour: str) -> None:
        """Text as outlines: an archival PDF has no way to say which letters shaped text in a drawing stands for."""
        wide, path = outlines(words, size=size, bold=bold)
        place = f"translate({_short(x - _SHARES[side] * wide)} {_short(y)})"
        attributes = {"d": path, "transform": place, "fill": "" if colour == style.INK else colour}
        self._marks.append(f"<path{_written(attributes)}/>")

    def line(
        self, points: Sequence[Point], *, colour: str = style.INK, width: float = style.THIN, dash: bool = False
    ) -> None:
        """A line through ``points``."""
        attributes = {
            "d": _path(points),
            "fill": "none",
            "stroke": colour,
            "stroke-width": _short(width),
            "stroke-dasharray": f"{_short(3 * width)} {_short(2.4 * width)}" if dash else "",
        }
        self._marks.append(f"<path{_written(attributes)}/>")

    def shape(
        self, points: Sequence[Point], *, fill: str | None, edge: str | None = None, width: float = style.THIN
    ) -> None:
        """A closed shape with corners ``points``; ``None`` leaves inside or outline out."""
        attributes = {
            "d": f"{_path(points)}z",
            "fill": fill or "none",
            "stroke": edge or "",
            "stroke-width": _short(width) if edge else "",
        }
        self._marks.append(f"<path{_written(attributes)}/>")

    def circle(
        self, x: float, y: float, radius: float, *, fill: str | None, edge: str | None = None,
        width: float = style.THIN,
    ) -> None:  # fmt: skip
        """A circle around ``x``, ``y``."""
        attributes = {
            "cx": _short(x),
            "cy": _short(y),
            "r": _short(radius),
            "fill": fill or "none",
            "stroke": edge or "",
            "stroke-width": _short(width) if edge else "",
        }
        self._marks.append(f"<circle{_written(attributes)}/>")

    def rectangle(
        self, left: float, top: float, width: float, height: float, *, fill: str | None, edge: str | None = None
    ) -> None:
        """A rectangle."""
        right, bottom = left + width, top + height
        self.shape(((left, top), (right, top), (right, bottom), (left, bottom)), fill=fill, edge=edge, width=1.0)

    def svg(self) -> str:
        """The page as an SVG element, without XML declaration or document type, so that it can stand inside HTML."""
        wide, high = _short(self._width), _short(self._height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt" viewBox="0 0 {wide} {high}">'
        )
        group = f'<g font-family="{FAMILIES}" font-size="{_short(style.TEXT)}" fill="{style.INK}">'
        return "\n".join((head + group, *self._marks, "</g></svg>", ""))


def drawn(width: float, height: float, draw: Callable[[Canvas], None]) -> str:
    """What ``draw`` puts on a page of ``width`` by ``height`` points, as SVG."""
    canvas = Canvas(width, height)
    draw(canvas)
    return canvas.svg()


def _short(number: float) -> str:
    """A length to a hundredth of a point, finer than any printer, without needless zeros."""
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _path(points: Sequence[Point]) -> str:
    """Path data; a level or upright step is written as such, which takes half the room."""
    here = (_short(points[0][0]), _short(points[0][1]))
    steps = [f"M{here[0]} {here[1]}"]
    for x, y in points[1:]:
        there = (_short(x), _short(y))
        level, upright = there[1] == here[1], there[0] == here[0]
        steps.append(f"H{there[0]}" if level else f"V{there[1]}" if upright else f"L{there[0]} {there[1]}")
        here = there
    return "".join(steps)


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
