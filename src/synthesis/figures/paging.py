"""A figure of more rows than fit on a page: several figures with the same columns and axis, the rest on the last.

Two kinds of picture have rows: a ``RowPlot``, and a ``Banded`` scene. ``figure_pages`` cuts either, for every figure
whose entry in the catalogue names how it is laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from synthesis.document.elements import Figure, Table, plain
from synthesis.document.elements import Row as TableRow
from synthesis.errors import UsageError
from synthesis.figures import row_drawing, style
from synthesis.figures.row_plot import PlacedRow, RowPlot
from synthesis.figures.scene import Banded, Scene, drawing, moved

# What a page without an axis has below its last row.
END = 12.0


class Listed(Protocol):
    """A layout whose picture has rows."""

    @property
    def plot(self) -> RowPlot | Banded: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The room of a row: top and bottom in points; whether it stays with the next; whether the closing rows begin."""

    top: float
    bottom: float
    heads: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One page: the drawing, the names of its rows in order, and how many of them head others."""

    svg: str
    names: tuple[str, ...]
    headings: int = 0


def pages_of(figure: Figure, picture: RowPlot | Banded, name: str, page_height: float) -> tuple[Figure, ...]:
    """``figure``, whose picture is ``picture``, over as many pages as it takes; ``name`` is what the kind is called."""
    pieces = [*_pieces(picture, page_height)]
    if len(pieces) == 1:
        return (figure,)
    tables = _tables(figure.data, pieces)
    pages = []
    for number, (piece, table) in enumerate(zip(pieces, tables, strict=True), start=1):
        where = f"page {number} of {len(pieces)}"
        names = [plain(row.cells[0]) for row in table.rows] if table and table.rows else piece.names
        goes_on = f"{name}, continued: from {names[0]} to {names[-1]}."
        pages.append(
            replace(
                figure, id=f"{figure.id}-page-{number}", title=f"{figure.title} ({where})", svg=piece.svg,
                alt=figure.alt if number == 1 else goes_on,
                data=table
                and replace(
                    table, id=f"{table.id}-{number}", caption=f"{table.caption}, {where}",
                    notes=table.notes if number == len(pieces) else (),
                ),
            )
        )  # fmt: skip
    return tuple(pages)


def refuse(function: Callable[..., Any], known: Sequence[str]) -> UsageError:
    """The error for a figure that has no rows."""
    name = getattr(function, "__name__", str(function))
    return UsageError(f"{name} has no rows that could go over pages; figures that have are {', '.join(known)}")


def _pieces(picture: RowPlot | Banded, page_height: float) -> Iterator[Piece]:
    if isinstance(picture, RowPlot):
        for plot in split(picture, page_height):
            rows = [row.row for row in plot.rows]
            names = tuple(row.cells[0].text for row in rows)
            yield Piece(
                svg=row_drawing.svg(plot), names=names, headings=sum(row.look == "group" for row in rows)
            )  # fmt: skip
        return
    for scene, names in _scenes(picture, page_height):
        yield Piece(svg=drawing(scene), names=names)


def _tables(whole: Table | None, pieces: Sequence[Piece]) -> list[Table] | list[None]:
    """The rows of the table that belong to each piece: row by row, heading by heading, or else by name."""
    if whole is None:
        return [None] * len(pieces)
    by_row = [index for index, piece in enumerate(pieces) for _ in piece.names]
    by_heading = [index for index, piece in enumerate(pieces) for _ in range(piece.headings)]
    places = by_row if len(by_row) == len(whole.rows) else by_heading
    if len(places) != len(whole.rows):
        found = {name: index for index, piece in reversed([*enumerate(pieces)]) for name in piece.names}
        places, last = [], 0
        for row in whole.rows:
            last = _place(plain(row.cells[0]), found, last)
            places.append(last)
    own: list[list[TableRow]] = [[] for _ in pieces]
    for place, row in zip(places, whole.rows, strict=True):
        own[place].append(row)
    return [replace(whole, rows=tuple(rows)) for rows in own]


def _place(name: str, found: dict[str, int], last: int) -> int:
    """The page of a row by its name, with or without the marks after it; that of the row before for an unknown one."""
    while name:
        if name in found:
            return found[name]
        name = name.rpartition(" ")[0]
    return last


def split(plot: RowPlot, page_height: float) -> tuple[RowPlot, ...]:
    """The plot in pieces no taller than ``page_height``, each with heading and axis; the last has all else.

    A heading of a group is never the last row of a page. A page holds at least one row, however tall.
    """
    axis_room = plot.favours_y - plot.rows_bottom + style.LEADING if plot.axis is not None else END
    extents = [
        Extent(
            top=row.top, bottom=row.top + row.height, heads=row.row.look == "group" or row.row.keeps,
            closes=(row.row.ruled and row.row.look != "group") or row is plot.rows[-1],
        )
        for row in plot.rows
    ]  # fmt: skip
    chunks = _chunks(extents, plot.height, page_height, foot=axis_room, tail=plot.height - plot.rows_bottom)
    if len(chunks) == 1:
        return (plot,)
    return tuple(_page(plot, plot.rows[start:stop], last=stop == len(plot.rows)) for start, stop in chunks)


def _chunks(
    rows: Sequence[Extent], height: float, page_height: float, *, foot: float, tail: float
) -> list[tuple[int, int]]:
    """Where each page starts and stops. Under its rows a page has ``foot``, the last one ``tail``."""
    if height <= page_height or not rows:
        return [(0, len(rows))]
    head, starts = rows[0].top, [0]
    for index, row in enumerate(rows):
        # A heading needs room for what it heads; closing rows stay together, with room for what follows them.
        until = rows[-1] if row.closes else next((item for item in rows[index:] if not item.heads), rows[-1])
        needed = head + (until.bottom - rows[starts[-1]].top) + (tail if until is rows[-1] else foot)
        if index > starts[-1] and needed > page_height:
            starts.append(index)
    return [*zip(starts, [*starts[1:], len(rows)], strict=True)]


def _page(plot: RowPlot, rows: Sequence[PlacedRow], *, last: bool) -> RowPlot:
    shift = rows[0].top - plot.rows[0].top
    placed = tuple(replace(row, top=row.top - shift) for row in rows)
    bottom = placed[-1].top + placed[-1].height + 2
    up = plot.rows_bottom - bottom
    favours = tuple(replace(label, y=label.y - up) for label in plot.favours)
    labels = tuple(replace(label, y=label.y - up) for label in plot.labels) if last else ()
    ticks = bottom + style.TICK + 2 + style.TEXT if plot.axis is not None else bottom
    lowest = max((label.y for label in (*favours, *labels)), default=ticks)
    height = plot.height - up if last else lowest + 8
    return replace(
        plot, rows=placed, rows_bottom=bottom, height=height, favours=favours, favours_y=plot.favours_y - up,
        labels=labels,
    )  # fmt: skip


def _scenes(picture: Banded, page_height: float) -> Iterator[tuple[Scene, tuple[str, ...]]]:
    extents = [
        Extent(top=band.top, bottom=band.bottom, closes=band is picture.bands[-1]) for band in picture.bands
    ]  # fmt: skip
    whole = picture.scene
    rows_bottom = picture.bands[-1].bottom if picture.bands else 0.0
    for start, stop in _chunks(extents, whole.height, page_height, foot=END, tail=whole.height - rows_bottom):
        bands, last = picture.bands[start:stop], stop == len(picture.bands)
        up = bands[0].top - picture.bands[0].top if bands else 0.0
        items = [*picture.head, *(moved(item, 0, -up) for band in bands for item in band.items)]
        if last:
            items += [moved(item, 0, -up) for item in picture.tail]
        height = whole.height - up if last else bands[-1].bottom - up + END
        yield Scene(width=whole.width, height=height, items=tuple(items)), tuple(band.name for band in bands)
