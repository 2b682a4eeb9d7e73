"""Put an arranged plot in rows on a page. No decision about content or place is taken here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from synthesis.figures import style
from synthesis.figures.canvas import Canvas, drawn
from synthesis.figures.lettering import width
from synthesis.figures.row_plot import Glyph, Kind, Label, PlacedGlyph, PlacedRow, RowPlot
from synthesis.figures.scene import Item, moved, put

# Under this side a square is too small to be seen on its line; an upright stroke then shows where it is.
SMALLEST_VISIBLE = 3.0


# A build after a change has the same plots but one.
@lru_cache(maxsize=64)
def svg(plot: RowPlot) -> str:
    """The plot as SVG."""

    def draw(canvas: Canvas) -> None:
        _key(canvas, plot)
        _heading(canvas, plot)
        _backdrop(canvas, plot)
        for row in plot.rows:
            _row(canvas, plot, row)
        _axis(canvas, plot)
        for label in (*plot.favours, *plot.labels):
            _label(canvas, label)

    return drawn(plot.width, plot.height, draw)


def _label(canvas: Canvas, label: Label) -> None:
    if label.mark:
        canvas.text(label.x, label.y - style.MARK_RAISE, label.text, size=style.MARK)
    else:
        canvas.text(label.x, label.y, label.text, side=label.side)


def _key(canvas: Canvas, plot: RowPlot) -> None:
    for glyph, x, label in plot.key:
        if isinstance(glyph, tuple):
            _signs(canvas, (glyph,), (x,), label.y - style.TEXT * 0.36)
            _label(canvas, label)
            continue
        placed = PlacedGlyph(glyph=glyph, x=x, x_low=x, x_high=x, cut_low=False, cut_high=False, outside=False)
        GLYPHS[glyph.kind](canvas, placed, label.y - style.TEXT * 0.36)
        _label(canvas, label)


def _heading(canvas: Canvas, plot: RowPlot) -> None:
    for column in plot.columns:
        first = plot.header_bottom - 5 - (len(column.heading) - 1) * style.LEADING
        for index, text in enumerate(column.heading):
            canvas.text(column.anchor, first + index * style.LEADING, text, side=column.align, bold=True)
        for index, text in enumerate(column.signs):
            canvas.text(column.sign_x(index), plot.header_bottom - 5, text, side="center", bold=True)
    canvas.line(((0, plot.header_bottom), (plot.width, plot.header_bottom)), colour=style.INK, width=style.THIN)


def _backdrop(canvas: Canvas, plot: RowPlot) -> None:
    """The line of no effect and the dashed one through the pooled estimate, behind everything else."""
    if plot.axis is None:
        return
    if plot.guide is not None and not plot.axis.cuts(plot.guide):
        x = plot.x(plot.guide)
        canvas.line(((x, plot.header_bottom + 3), (x, plot.rows_bottom)), colour=style.RULE, width=0.7, dash=True)
    x = plot.x(plot.axis.null)
    canvas.line(((x, plot.header_bottom), (x, plot.rows_bottom)), colour=style.INK, width=0.7)


def _row(canvas: Canvas, plot: RowPlot, placed: PlacedRow) -> None:
    row = placed.row
    if row.ruled:
        canvas.line(((0, placed.top - 1.5), (plot.width, placed.top - 1.5)), colour=style.FAINT, width=style.THIN)
    columns = [column for column in plot.columns if not column.drawn]
    bold = row.look != "body"
    for cell, lines, column in zip(row.cells, placed.cells, columns, strict=False):
        if cell.signs:
            _signs(canvas, cell.signs, [column.sign_x(index) for index in range(len(cell.signs))], placed.glyph_y)
            continue
        right = column.anchor
        reserved = width(" ".join(cell.marks), size=style.MARK) + 2 if cell.marks else 0.0
        if column.align == "right":
            right -= reserved
        for index, text in enumerate(lines):
            y = placed.baseline(len(lines), index)
            if text:
                canvas.text(right, y, text, side=column.align, bold=bold)
        if cell.marks:
            end = right if column.align == "right" else column.left + width(lines[-1], bold=bold)
            canvas.text(end + 1.5, y - style.MARK_RAISE, " ".join(cell.marks), size=style.MARK)
    for spot in (*((placed.glyph,) if placed.glyph else ()), *placed.more):
        GLYPHS[spot.glyph.kind](canvas, spot, placed.glyph_y)


def _signs(canvas: Canvas, signs: Sequence[tuple[Item, ...]], places: Sequence[float], y: float) -> None:
    for sign, x in zip(signs, places, strict=True):
        for item in sign:
            put(canvas, moved(item, x, y))


def _axis(canvas: Canvas, plot: RowPlot) -> None:
    if plot.axis is None:
        return
    y = plot.rows_bottom
    canvas.line(((plot.axis_left, y), (plot.axis_right, y)), colour=style.INK, width=style.THIN)
    for tick in plot.axis.ticks:
        x = plot.x(tick.value)
        canvas.line(((x, y), (x, y + style.TICK)), colour=style.INK, width=style.THIN)
        canvas.text(x, y + style.TICK + 2 + style.TEXT, tick.label, side="center")
    null = plot.x(plot.axis.null)
    middle = plot.favours_y - style.TEXT * 0.34
    for sign, side in ((-1, "right"), (1, "left")):
        if any(label.side == side for label in plot.favours):
            tip = null + sign * (style.ARROW * 4.2)
            canvas.line(((null + sign * 4, middle), (tip - sign * 3, middle)), colour=style.INK, width=style.THIN)
            _head(canvas, tip, middle, sign, style.INK)


def _head(canvas: Canvas, tip: float, y: float, sign: int, colour: str) -> None:
    """A filled arrow head with its tip at ``tip``, pointing right for a positive ``sign``."""
    back, half = tip - sign * style.ARROW, style.ARROW * 0.55
    canvas.shape(((tip, y), (back, y - half), (back, y + half)), fill=colour)


def _interval(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    """The line from low to high, with an arrow at an end that the axis cuts."""
    colour = style.STUDY_LINE
    low = placed.x_low + (style.ARROW - 1 if placed.cut_low else 0)
    high = placed.x_high - (style.ARROW - 1 if placed.cut_high else 0)
    if high > low:
        canvas.line(((low, y), (high, y)), colour=colour, width=style.CI_LINE)
    if placed.cut_low:
        _head(canvas, placed.x_low - 1, y, -1, colour)
    if placed.cut_high:
        _head(canvas, placed.x_high + 1, y, 1, colour)


def _square(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    """The square, and over it the interval: one shorter than the square is still to be seen."""
    glyph, half = placed.glyph, placed.glyph.side / 2
    if not placed.outside:
        fill, edge = (style.PAPER, style.STUDY_LINE) if glyph.hollow else (glyph.colour, None)
        canvas.rectangle(placed.x - half, y - half, glyph.side, glyph.side, fill=fill, edge=edge)
    _interval(canvas, placed, y)
    if not placed.outside and glyph.side < SMALLEST_VISIBLE:
        canvas.line(((placed.x, y - 3), (placed.x, y + 3)), colour=style.STUDY_LINE, width=style.CI_LINE)


def _diamond(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    glyph, half = placed.glyph, style.DIAMOND_HEIGHT / 2
    # An interval of no width is still to be seen.
    low, high = min(placed.x_low, placed.x - 1.5), max(placed.x_high, placed.x + 1.5)
    fill = style.PAPER if glyph.hollow else glyph.colour
    corners = ((low, y), (placed.x, y - half), (high, y), (placed.x, y + half))
    canvas.shape(corners, fill=fill, edge=glyph.colour, width=1.0)
    if placed.cut_low:
        _head(canvas, placed.x_low - 2, y, -1, glyph.colour)
    if placed.cut_high:
        _head(canvas, placed.x_high + 2, y, 1, glyph.colour)


def _bar(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    """A flat bar with upright ends; an end that the axis cuts has an arrow instead."""
    glyph, half = placed.glyph, style.BAR_HEIGHT / 2
    low = placed.x_low + (style.ARROW - 1 if placed.cut_low else 0)
    high = placed.x_high - (style.ARROW - 1 if placed.cut_high else 0)
    canvas.rectangle(low, y - half, max(0.5, high - low), 2 * half, fill=glyph.colour)
    for end, cut, sign in ((placed.x_low, placed.cut_low, -1), (placed.x_high, placed.cut_high, 1)):
        if cut:
            _head(canvas, end + sign, y, sign, glyph.colour)
        else:
            canvas.line(((end, y - 4), (end, y + 4)), colour=glyph.colour, width=1.2)


def _triangle(canvas: Canvas, placed: PlacedGlyph, y: float, sign: int) -> None:
    colour, x = placed.glyph.colour, placed.x
    corners = ((x, y - sign * 4.6), (x - 4.8, y + sign * 3.8), (x + 4.8, y + sign * 3.8))
    canvas.shape(corners, fill=None if placed.glyph.hollow else colour, edge=colour, width=1.1)


def _up(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    _triangle(canvas, placed, y, 1)


def _down(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    _triangle(canvas, placed, y, -1)


def _both(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    """Two heads side by side, pointing left and right: neither way."""
    colour, fill = placed.glyph.colour, None if placed.glyph.hollow else placed.glyph.colour
    for sign in (-1, 1):
        corners = ((placed.x + sign * 6, y), (placed.x + sign * 1, y - 4), (placed.x + sign * 1, y + 4))
        canvas.shape(corners, fill=fill, edge=colour, width=1.0)


def _ring(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    """A small open square stood on its corner: no clear difference."""
    x, colour = placed.x, placed.glyph.colour
    canvas.shape(((x - 4, y), (x, y - 4), (x + 4, y), (x, y + 4)), fill=None, edge=colour, width=1.1)


def _dash(canvas: Canvas, placed: PlacedGlyph, y: float) -> None:
    canvas.line(((placed.x - 4, y), (placed.x + 4, y)), colour=placed.glyph.colour, width=1.4)


GLYPHS: dict[Kind, Callable[[Canvas, PlacedGlyph, float], None]] = {
    "square": _square,
    "diamond": _diamond,
    "bar": _bar,
    "up": _up,
    "down": _down,
    "both": _both,
    "ring": _ring,
    "dash": _dash,
}

__all__ = ["GLYPHS", "Glyph", "svg"]
