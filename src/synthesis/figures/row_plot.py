"""A plot in rows: text in columns, one column of which is drawn against an axis. Arranging only; nothing is drawn here.

Forest plots and leave-one-out plots are such plots. ``arrange`` turns the content (a ``Sheet``) into places in points
(a ``RowPlot``), which can be tested as plain data and which ``row_drawing`` puts on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from synthesis.figures import style
from synthesis.figures.axis import Axis
from synthesis.figures.lettering import longest_word, width, wrap
from synthesis.figures.scene import Item

Kind = Literal["square", "diamond", "bar", "up", "down", "both", "ring", "dash"]
Look = Literal["body", "group", "total"]

# The drawn column gets what the text leaves, within these bounds; the lower one is given up only if words run out.
PLOT_LEAST, PLOT_MOST = 44 * style.POINTS_PER_MM, 80 * style.POINTS_PER_MM
PLOT_LAST_RESORT = 34 * style.POINTS_PER_MM
HEADING_ROOM = 22 * style.POINTS_PER_MM
LONGEST_WORD = 36 * style.POINTS_PER_MM
FAVOURS_ROOM = 52 * style.POINTS_PER_MM
ARROW_ROOM = 22.0
# From one glyph to the next where several stand in one row.
GLYPH_ROOM = 13.0
SIGN_ROOM = 14.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Text of a cell, and the marks after it that point to footnotes.

    ``signs`` stand side by side in a column of signs, each drawn around (0, 0).
    """

    text: str = ""
    marks: tuple[str, ...] = ()
    signs: tuple[tuple[Item, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """What is drawn in a row. Values on the natural scale; ``side`` is the side of a square in points.

    ``hollow`` marks an outline: a number that was not read, or the model that is not the plan's.
    """

    kind: Kind
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    side: float = 0.0
    hollow: bool = False
    colour: str = style.STUDY


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. ``wraps`` says whether its cells may be broken into lines; ``drawn`` makes it the drawn one.

    ``least`` is the width in points below which it is not squeezed. ``signs`` are the headings of the places in a
    column of signs.
    """

    heading: str
    align: Literal["left", "right", "center"] = "left"
    wraps: bool = False
    drawn: bool = False
    least: float = 0.0
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: one cell per text column; with ``spans`` the first one spans the empty ones beside it.

    ``more`` are further glyphs beside the first, in a plot without an axis. A row that ``keeps`` stays on one page
    with the next.
    """

    cells: tuple[Cell, ...]
    glyph: Glyph | None = None
    more: tuple[Glyph, ...] = ()
    look: Look = "body"
    spans: bool = False
    ruled: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Content of a plot in rows, before anything has a place.

    ``make_axis`` makes the axis for a length in points; None for a plot whose drawn column has no axis.
    ``below`` are the words left and right of "no effect" under the axis, ``guide`` a value marked by a dashed line,
    ``lines`` the text under the plot, ``footnotes`` pairs of mark and text.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    make_axis: Callable[[float], Axis] | None
    below: tuple[str, str] = ("", "")
    guide: float | None = None
    lines: tuple[str, ...] = ()
    footnotes: tuple[tuple[str, str], ...] = ()
    key: tuple[tuple[Glyph | tuple[Item, ...], str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedColumn:
    """A column with its left and right edge in points and its heading in lines."""

    left: float
    right: float
    align: Literal["left", "right", "center"]
    heading: tuple[str, ...]
    drawn: bool
    signs: tuple[str, ...] = ()

    @property
    def anchor(self) -> float:
        """Where text of this column is attached."""
        return {"left": self.left, "right": self.right, "center": (self.left + self.right) / 2}[self.align]

    def sign_x(self, index: int) -> float:
        """Where the sign at one of its places is centred."""
        return (self.left + self.right) / 2 + (index - (len(self.signs) - 1) / 2) * SIGN_ROOM


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedGlyph:
    """A glyph in points: its centre ``x``, ends ``x_low`` and ``x_high``, and which ends are cut by the axis."""

    glyph: Glyph
    x: float
    x_low: float
    x_high: float
    cut_low: bool
    cut_high: bool
    outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRow:
    """A row with its top and height in points and its cells in lines; ``glyph_y`` is where its glyph is centred."""

    row: Row
    top: float
    height: float
    cells: tuple[tuple[str, ...], ...]
    glyph: PlacedGlyph | None
    more: tuple[PlacedGlyph, ...] = ()

    @property
    def glyph_y(self) -> float:
        return self.top + self.height / 2

    def baseline(self, lines: int, index: int) -> float:
        """Baseline of line ``index`` of a cell with so many ``lines``; cells stand in the middle of the row."""
        return self.glyph_y + (index - lines / 2) * style.LEADING + style.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A line of text with its place: ``x`` at ``side``, ``y`` its baseline."""

    x: float
    y: float
    text: str
    side: Literal["left", "right", "center"] = "left"
    mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlot:
    """A plot in rows with everything in its place, in points from the top left corner."""

    width: float
    height: float
    columns: tuple[PlacedColumn, ...]
    header_bottom: float
    rows: tuple[PlacedRow, ...]
    rows_bottom: float
    axis: Axis | None
    axis_left: float
    axis_right: float
    guide: float | None
    favours: tuple[Label, ...]
    favours_y: float
    labels: tuple[Label, ...]
    key: tuple[tuple[Glyph | tuple[Item, ...], float, Label], ...] = field(default=())

    def x(self, value: float) -> float:
        """Where a value on the natural scale lies, in points."""
        assert self.axis is not None
        return self.axis_left + self.axis.share(value) * (self.axis_right - self.axis_left)


def arrange(sheet: Sheet) -> RowPlot:
    """Give everything on ``sheet`` a place. Text is wrapped, never cut, and no two texts share a place.

    A plot too tall for a page has its rows moved together; one with too many rows even so is taller than a page.
    """
    plot = _arrange(sheet, style.ROW_PADDING)
    return plot if plot.height <= style.PAGE_HEIGHT else _arrange(sheet, style.TIGHT_PADDING)


def fits(sheet: Sheet) -> bool:
    """Whether every column has the room it needs, with the drawn one as narrow as it may be."""
    least = (PLOT_LAST_RESORT if column.drawn else _least(sheet, index) for index, column in enumerate(sheet.columns))
    return sum(least) + style.GAP * (len(sheet.columns) - 1) <= style.WIDTH + 0.01


def _arrange(sheet: Sheet, padding: float) -> RowPlot:
    key, top = _key(sheet)
    columns = _columns(sheet)
    heading_lines = max(len(column.heading) for column in columns)
    header_bottom = top + heading_lines * style.LEADING + 5
    drawn = next((column for column in columns if column.drawn), None)
    inset = style.LARGEST_SQUARE / 2 + 1
    left, right = (drawn.left + inset, drawn.right - inset) if drawn else (0.0, 0.0)
    axis = sheet.make_axis(right - left) if sheet.make_axis else None
    rows = _rows(sheet, columns, header_bottom + 3, axis, (left, right), padding)
    rows_bottom = rows[-1].top + rows[-1].height + 2 if rows else header_bottom
    y = rows_bottom + (style.TICK + 2 + style.TEXT + 4 if axis else 0)
    null = left + (axis.share(axis.null) if axis else 0) * (right - left)
    favours_y = y + style.LEADING
    favours, y = _favours(sheet.below, null, favours_y, y)
    labels, y = _below(sheet, y + style.BLOCK_GAP)
    return RowPlot(
        width=style.WIDTH, height=y + 2, columns=columns, header_bottom=header_bottom, rows=rows,
        rows_bottom=rows_bottom, axis=axis, axis_left=left, axis_right=right, guide=sheet.guide, favours=favours,
        favours_y=favours_y, labels=labels, key=key,
    )  # fmt: skip


def _columns(sheet: Sheet) -> tuple[PlacedColumn, ...]:
    wanted = [_natural(sheet, index) for index in range(len(sheet.columns))]
    widths = _squeezed(sheet.columns, wanted, [_least(sheet, index) for index in range(len(sheet.columns))])
    placed: list[PlacedColumn] = []
    left = 0.0
    for column, size in zip(sheet.columns, widths, strict=True):
        heading = wrap(column.heading, size, bold=True) if column.heading else ()
        if column.signs:
            heading = (*heading, "")  # the line on which the headings of the places stand
        placed.append(
            PlacedColumn(
                left=left, right=left + size, align=column.align, heading=heading, drawn=column.drawn,
                signs=column.signs,
            )
        )  # fmt: skip
        left += size + style.GAP
    return tuple(placed)


def _cells(sheet: Sheet, index: int) -> list[tuple[Cell, bool]]:
    """The cells of one text column, each with whether it is bold; spanning rows have none."""
    place = sum(not column.drawn for column in sheet.columns[:index])
    rows = [row for row in sheet.rows if len(row.cells) > place and not (row.spans and place == 0)]
    return [(row.cells[place], row.look != "body") for row in rows]


def _natural(sheet: Sheet, index: int) -> float:
    column = sheet.columns[index]
    lines = [width(part, bold=True) for part in column.heading.split("\n")]
    heading = max(_heading_word(column), min(max(lines), HEADING_ROOM))
    if column.drawn:
        most = max((1 + len(row.more) for row in sheet.rows), default=1)
        return PLOT_LEAST if sheet.make_axis else max(heading, most * GLYPH_ROOM + style.LARGEST_SQUARE)
    if column.signs:
        return max(heading, len(column.signs) * SIGN_ROOM)
    cells = (
        max((width(line, bold=bold) for line in cell.text.split("\n")), default=0.0) + _marks_width(cell)
        for cell, bold in _cells(sheet, index)
    )
    return max([heading, *cells])


def _least(sheet: Sheet, index: int) -> float:
    column = sheet.columns[index]
    if column.drawn or not column.wraps:
        return _natural(sheet, index)
    words = [longest_word(cell.text, bold=bold) + _marks_width(cell) for cell, bold in _cells(sheet, index)]
    return max([_heading_word(column), column.least, min(max(words, default=0.0), HEADING_ROOM)])


def _heading_word(column: Column) -> float:
    """Width of the widest word of a heading; one that is no word of any language is broken."""
    return min(longest_word(column.heading, bold=True), LONGEST_WORD)


def _marks_width(cell: Cell) -> float:
    return width(" ".join(cell.marks), size=style.MARK) + 2 if cell.marks else 0.0


def _squeezed(columns: Sequence[Column], wanted: list[float], least: list[float]) -> list[float]:
    """Widths that fill the page: the widest columns give way first, then the plot, and what is left over is shared."""
    room = style.WIDTH - style.GAP * (len(columns) - 1)
    widths = list(wanted)
    drawn = next((index for index, column in enumerate(columns) if column.drawn), None)
    for floor, only_plot in ((least, False), ([min(size, PLOT_LAST_RESORT) for size in least], True)):
        for _ in range(10 * len(columns)):
            excess = sum(widths) - room
            able = [
                index for index in range(len(columns))
                if widths[index] > floor[index] + 0.01 and (not only_plot or index == drawn)
            ]  # fmt: skip
            if excess <= 0.01 or not able:
                break
            widest = max(able, key=lambda index: widths[index])
            widths[widest] -= min(excess, widths[widest] - floor[widest], max(1.0, excess / 3))
    spare = max(0.0, room - sum(widths))
    if drawn is not None and widths[drawn] >= PLOT_LEAST:
        gain = min(spare, PLOT_MOST - widths[drawn])
        widths[drawn] += max(0.0, gain)
        spare -= max(0.0, gain)
    wrapping = [index for index, column in enumerate(columns) if column.wraps] or [0]
    for index in wrapping:
        widths[index] += spare / len(wrapping)
    return widths


def _rows(
    sheet: Sheet,
    columns: Sequence[PlacedColumn],
    top: float,
    axis: Axis | None,
    ends: tuple[float, float],
    padding: float,
) -> tuple[PlacedRow, ...]:
    text_columns = [column for column in columns if not column.drawn]
    placed: list[PlacedRow] = []
    for row in sheet.rows:
        cells = tuple(
            wrap(
                cell.text,
                (_span(columns, row) if row.spans and index == 0 else column.right - column.left)
                - _marks_width(cell)
                + 0.01,
                bold=row.look != "body",
            )
            for index, (cell, column) in enumerate(zip(row.cells, text_columns, strict=False))
        )
        height = max(len(lines) for lines in cells) * style.LEADING + padding
        if row.ruled:
            top += 3
        glyphs = (*((row.glyph,) if row.glyph else ()), *row.more)
        spots = tuple(_place_glyph(glyph, axis, ends, index, len(glyphs)) for index, glyph in enumerate(glyphs))
        first = spots[0] if spots else None
        placed.append(PlacedRow(row=row, top=top, height=height, cells=cells, glyph=first, more=spots[1:]))
        top += height
    return tuple(placed)


def _span(columns: Sequence[PlacedColumn], row: Row) -> float:
    """How wide the first cell of a row may be: up to the drawn column, or to the next cell that is not empty."""
    right = columns[0].right
    for index, column in enumerate(columns[1:], start=1):
        if column.drawn or (index < len(row.cells) and row.cells[index] != Cell()):
            break
        right = column.right
    return right - columns[0].left


def _place_glyph(glyph: Glyph, axis: Axis | None, ends: tuple[float, float], index: int, count: int) -> PlacedGlyph:
    left, right = ends
    if axis is None:
        middle = (left + right) / 2 + (index - (count - 1) / 2) * GLYPH_ROOM
        return PlacedGlyph(
            glyph=glyph, x=middle, x_low=middle, x_high=middle, cut_low=False, cut_high=False, outside=False
        )
    x, x_low, x_high = (left + axis.share(value) * (right - left) for value in (glyph.value, glyph.low, glyph.high))
    return PlacedGlyph(
        glyph=glyph, x=x, x_low=x_low, x_high=x_high, cut_low=axis.cuts(glyph.low), cut_high=axis.cuts(glyph.high),
        outside=axis.cuts(glyph.value),
    )  # fmt: skip


def _favours(words: tuple[str, str], null: float, first: float, y: float) -> tuple[tuple[Label, ...], float]:
    """The words on either side of "no effect", each in as many lines as its side of the page asks for."""
    if not any(words):
        return (), y
    left_lines = wrap(words[0], max(40.0, min(FAVOURS_ROOM, null - ARROW_ROOM)))
    right_lines = wrap(words[1], max(40.0, min(FAVOURS_ROOM, style.WIDTH - null - ARROW_ROOM)))
    labels = [
        Label(x=null - ARROW_ROOM, y=first + index * style.LEADING, text=text, side="right")
        for index, text in enumerate(left_lines)
    ] + [
        Label(x=null + ARROW_ROOM, y=first + index * style.LEADING, text=text) for index, text in enumerate(right_lines)
    ]
    return tuple(labels), first + (max(len(left_lines), len(right_lines)) - 1) * style.LEADING + 3


def _below(sheet: Sheet, y: float) -> tuple[tuple[Label, ...], float]:
    labels: list[Label] = []
    for text in sheet.lines:
        for part in wrap(text, style.WIDTH):
            y += style.LEADING
            labels.append(Label(x=0, y=y, text=part))
    if sheet.footnotes:
        y += 4
    indent = max((width(mark, size=style.MARK) for mark, _ in sheet.footnotes), default=0.0) + 4
    for mark, text in sheet.footnotes:
        for index, part in enumerate(wrap(text, style.WIDTH - indent)):
            y += style.LEADING
            if index == 0:
                labels.append(Label(x=0, y=y, text=mark, mark=True))
            labels.append(Label(x=indent, y=y, text=part))
    return tuple(labels), y + 3


def _key(sheet: Sheet) -> tuple[tuple[tuple[Glyph | tuple[Item, ...], float, Label], ...], float]:
    """The key above the plot, in as many lines as it takes; and where what follows starts."""
    entries: list[tuple[Glyph | tuple[Item, ...], float, Label]] = []
    x, y = 0.0, style.TEXT + 2
    for glyph, text in sheet.key:
        wide = 2 if isinstance(glyph, tuple) else 0
        needed = 14 + wide + width(text) + 16
        if x and x + needed > style.WIDTH:
            x, y = 0.0, y + style.LEADING + 2
        entries.append((glyph, x + 5 + wide, Label(x=x + 14 + wide, y=y, text=text)))
        x += needed
    return tuple(entries), (y + style.BLOCK_GAP if entries else 0.0)
