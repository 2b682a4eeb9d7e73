"""An explorer as HTML: one table with a mark in each row. A page's script adds to it; without one it is complete.

Marks are placed by percentages of their cell, so they fit a column of any width without letters that shrink.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Protocol

from synthesis.document.characters import printable, single_quoted
from synthesis.document.elements import Bar, Column, Explorer, ExplorerRow, Filter, Line
from synthesis.formatting import plural

# Share of the cell left free on each side, in percent, for marks and labels at the ends of the axis. The script has
# the same numbers.
_MARGIN = 6.0
_ROOM = 100 - 2 * _MARGIN
_HEIGHT = 22
_SHAPES = {"diamond": "M0,6L{at},0L100,6L{at},12z", "band": "M0,4H100V8H0z"}


class Writer(Protocol):
    """What is needed of the writer of other elements."""

    @property
    def ids(self) -> bool: ...

    def line(self, line: Line) -> str: ...
    def id(self, value: str) -> str: ...


def explorer_markup(block: Explorer, writer: Writer) -> str:
    """The explorer as a figure; with ``writer.ids`` false it has no ids, no controls, and is never scripted."""
    figure, data = block.figure, block.figure.data
    label = f'<span class="label">{_text(figure.label)}:</span> ' if figure.label else ""
    # The first note is on heterogeneity and the overall effect, and stays as it is when a reader leaves studies out.
    count = len(block.studies)
    all_of_them = "" if count == 1 else "Both studies. " if count == 2 else f"All {plural(count, 'study', 'studies')}. "
    # A statistic stays on one line with its value.
    lines = [writer.line(note).replace(" = ", "\xa0=\xa0") for note in (data.notes if data else ())]
    notes = "".join(f"<p>{all_of_them if place == 0 else ''}{text}</p>" for place, text in enumerate(lines))
    scripted = f" data-explorer='{single_quoted(block.script)}'" if writer.ids else ""
    pooled = "".join(_row(block, row, wide=True) for row in block.pooled)
    name = _text(f"{figure.label}: studies and results" if figure.label else f"Studies and results: {figure.title}")
    return (
        f'<figure class="figure explorer"{writer.id(figure.id)}{scripted}><figcaption>'
        f'<p class="figure-title">{label}{_text(figure.title)}</p>'
        f'<p class="figure-caption">{writer.line(figure.caption)}</p></figcaption>'
        f"{_controls(block) if writer.ids else ''}"
        f'<div class="table stack dense" role="region" tabindex="0" aria-label="{name}">'
        f'<table role="table"{writer.id(data.id if data else "")}><caption class="aside">{name}</caption>'
        f'<thead role="rowgroup"><tr role="row">{"".join(_head(column) for column in block.columns)}</tr></thead>'
        f'<tbody class="studies" role="rowgroup">{"".join(_row(block, row) for row in block.studies)}</tbody>'
        f"{_sums(block)}"
        f'<tbody class="pooled" role="rowgroup">{pooled}{_scale(block)}</tbody></table></div>'
        + (f'<div class="notes">{notes}</div>' if notes else "")
        + (f'<p class="source">{writer.line(figure.source)}</p>' if figure.source else "")
        + "</figure>"
    )


def _text(text: str) -> str:
    return escape(printable(text))


def _side(column: Column) -> str:
    return "" if column.align == "left" else f" {column.align}"


def _class(names: str) -> str:
    return f' class="{names.strip()}"' if names.strip() else ""


def _controls(block: Explorer) -> str:
    filters = "".join(_filter(item) for item in block.filters)
    return f'<div class="controls" hidden>{filters}<p role="status"></p></div>'


def _filter(item: Filter) -> str:
    # A browser that reloads a page would otherwise restore the ticks but not the table.
    boxes = "".join(
        f'<label><input type="checkbox" value="{escape(value)}" checked autocomplete="off"> {_text(words)}</label>'
        for value, words in item.options
    )
    return f"<fieldset><legend>{_text(item.label)}</legend>{boxes}</fieldset>"


def _head(column: Column) -> str:
    return f'<th scope="col" role="columnheader"{_class(_side(column))}>{_text(column.label)}</th>'


def _row(block: Explorer, row: ExplorerRow, *, wide: bool = False) -> str:
    """A row; ``wide`` lets its header take the place of all cells before the mark."""
    cells = [
        _row_header(block, row.cells[0]) if wide else f'<th scope="row" role="rowheader">{_text(row.cells[0])}</th>'
    ]
    names = {block.drawn: " drawn", block.effect: " effect", block.weight: " weight"}
    first = block.drawn if wide else 1
    for place, column in enumerate(block.columns[first:], start=first):
        text = row.cells[place]
        content = _drawing(block, row.bar) if place == block.drawn else _text(text)
        label = f' data-label="{_text(column.label)}"' if content else ""
        cells.append(f'<td role="cell"{_class(names.get(place, "") + _side(column))}{label}>{content}</td>')
    return f'<tr role="row">{"".join(cells)}</tr>'


def _row_header(block: Explorer, text: str, wide: int = 0) -> str:
    return f'<th scope="row" role="rowheader" colspan="{wide or block.drawn}">{_text(text)}</th>'


def _sums(block: Explorer) -> str:
    """The row of what all studies add up to; its header takes the place of the cells before the first sum."""
    if not any(block.sums):
        return ""
    first = next(place for place, text in enumerate(block.sums) if text)
    cells = [
        f'<td role="cell" class="side{_side(column)}" data-label="{_text(column.label)}">{_text(text)}</td>'
        if text
        else '<td role="cell"></td>'
        for column, text in zip(block.columns[first:], block.sums[first:], strict=True)
    ]
    row = f'<tr role="row">{_row_header(block, "All studies", first)}{"".join(cells)}</tr>'
    return f'<tbody class="sum" role="rowgroup">{row}</tbody>'


def _drawing(block: Explorer, bar: Bar) -> str:
    """A mark. Its numbers stand in the next cell, so it is nothing to somebody who cannot see it."""
    null = f'<line class="null" x1="{_place(block.axis.null)}" x2="{_place(block.axis.null)}" y1="0" y2="100%"/>'
    return (
        f'<svg aria-hidden="true" focusable="false" class="bar" width="100%" height="{_HEIGHT}">{null}'
        f"{''.join(_mark(bar))}</svg>"
    )


def _mark(bar: Bar) -> Iterator[str]:
    middle = _HEIGHT / 2
    look = " hollow" if bar.hollow else ""
    if bar.shape != "square":
        width = bar.high - bar.low
        path = _SHAPES[bar.shape].format(at=f"{100 * (bar.at - bar.low) / width if width else 0:.2f}")
        yield (
            f'<svg class="mark {bar.shape}{look}" x="{_place(bar.low)}" y="{middle - 6:g}" '
            f'width="{_ROOM * width:.2f}%" height="12" viewBox="0 0 100 12" preserveAspectRatio="none">'
            f'<path d="{path}"/></svg>'
        )
        return
    yield f'<line class="ci" x1="{_place(bar.low)}" x2="{_place(bar.high)}" y1="{middle:g}" y2="{middle:g}"/>'
    for cut, place, tip in ((bar.cut[0], bar.low, 5), (bar.cut[1], bar.high, -5)):
        if cut:
            yield (
                f'<svg class="arrow" x="{_place(place)}" y="{middle:g}" overflow="visible">'
                f'<path d="M{tip},-4L0,0L{tip},4"/></svg>'
            )
    half = bar.size / 2
    yield (
        f'<svg class="square{look}" x="{_place(bar.at)}" y="{middle:g}" overflow="visible">'
        f'<rect x="{-half:.2f}" y="{-half:.2f}" width="{bar.size:.2f}" height="{bar.size:.2f}"/></svg>'
    )


def _scale(block: Explorer) -> str:
    """The last row: the axis, and what its two sides mean, in words for everybody."""
    ticks = "".join(
        f'<line x1="{_place(share)}" x2="{_place(share)}" y1="0" y2="5"/>'
        f'<text x="{_place(share)}" y="18" text-anchor="middle">{_text(label)}</text>'
        for share, label in block.axis.ticks
    )
    line = f'<line x1="{_place(0)}" x2="{_place(1)}" y1="0.5" y2="0.5"/>'
    left, right = (_text(side) for side in block.axis.sides)
    size = f'width="100%" height="{_HEIGHT}"'
    drawing = f'<svg aria-hidden="true" focusable="false" class="axis" {size}>{line}{ticks}</svg>'
    words = f'<span class="sides"><span>←\xa0{left}</span> <span>{right}\xa0→</span></span>'
    rest = '<td role="cell"></td>' * (len(block.columns) - block.drawn - 1)
    cells = f'{_row_header(block, "Scale")}<td role="cell" class="drawn">{drawing}{words}</td>{rest}'
    return f'<tr role="row" class="scale">{cells}</tr>'


def _place(share: float) -> str:
    return f"{_MARGIN + _ROOM * share:.2f}%"
