"""Drawing in points on a page of a given size, out as SVG that is the same bytes every time.

matplotlib does the drawing. Its global settings are neither read nor changed: everything is drawn inside a context
that starts from matplotlib's own defaults.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Literal

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from synthesis.figures import style
from synthesis.figures.lettering import font

Side = Literal["left", "right", "center"]
Point = tuple[float, float]

# Glyphs as outlines: the picture then needs no font. The salt fixes ids that would otherwise be random.
_SVG_SETTINGS = {"fonttype": "path", "hashsalt": "synthesis"}
# None leaves an entry out; without any of them no metadata block, and so no date, is written.
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


class Canvas:
    """A page to draw on. x runs right and y runs down from the top left corner, both in points."""

    def __init__(self, width: float, height: float) -> None:
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none", edgecolor="none")
        self._place = Affine2D().scale(1, -1).translate(0, height)
        self._count = 0

    def text(
        self, x: float, y: float, words: str, *, side: Side = "left", size: float = style.TEXT, bold: bool = False,
        colour: str = style.INK,
    ) -> None:  # fmt: skip
        """One line of text on the baseline ``y``, its ``side`` at ``x``."""
        artist = Text(
            x, y, words, fontproperties=font(words, size=size, bold=bold), color=colour, ha=side, va="baseline",
            parse_math=False, usetex=False, transform=self._place, zorder=self._next(),
        )  # fmt: skip
        self._figure.add_artist(artist)

    def line(
        self, points: Sequence[Point], *, colour: str = style.INK, width: float = style.THIN, dash: bool = False
    ) -> None:
        """A line through ``points``."""
        xs, ys = zip(*points, strict=True)
        artist = Line2D(
            xs, ys, color=colour, linewidth=width, linestyle=(0, (3, 2.4)) if dash else "-",
            dash_capstyle="butt", solid_capstyle="butt", solid_joinstyle="miter", transform=self._place,
            zorder=self._next(),
        )  # fmt: skip
        self._figure.add_artist(artist)

    def shape(
        self, points: Sequence[Point], *, fill: str | None, edge: str | None = None, width: float = style.THIN
    ) -> None:
        """A closed shape with corners ``points``; ``None`` leaves inside or outline out."""
        artist = Polygon(
            list(points), closed=True, facecolor=fill or "none", edgecolor=edge or "none",
            linewidth=width if edge else 0, joinstyle="miter", transform=self._place, zorder=self._next(),
        )  # fmt: skip
        self._figure.add_artist(artist)

    def rectangle(
        self, left: float, top: float, width: float, height: float, *, fill: str | None, edge: str | None = None
    ) -> None:
        """A rectangle."""
        right, bottom = left + width, top + height
        self.shape(((left, top), (right, top), (right, bottom), (left, bottom)), fill=fill, edge=edge, width=1.0)

    def _next(self) -> int:
        """What is drawn later lies on top; matplotlib alone would put every line above every shape."""
        self._count += 1
        return self._count

    def svg(self) -> str:
        """The page as an SVG element, without XML declaration or document type, so that it can stand inside HTML."""
        target = io.StringIO()
        FigureCanvasSVG(self._figure).print_svg(target, metadata=_NO_METADATA)  # type: ignore[no-untyped-call]
        text = target.getvalue()
        return text[text.index("<svg") :]


def drawn(width: float, height: float, draw: Callable[[Canvas], None]) -> str:
    """What ``draw`` puts on a page of ``width`` by ``height`` points, as SVG.

    Artists take settings both when they are made and when they are written, so both happen in here.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rc("svg", **_SVG_SETTINGS)
        canvas = Canvas(width, height)
        draw(canvas)
        return canvas.svg()
