"""A forest plot of more studies than fit on a page: several figures with the same columns and the same axis."""

from __future__ import annotations

from dataclasses import replace

from synthesis.analysis.model import Analysis, ModelKey
from synthesis.analysis.subgroups import StudyGroups
from synthesis.certainty.judgements import Judgements
from synthesis.document.elements import Figure, Table, line
from synthesis.figures import row_drawing, style
from synthesis.figures.forest import ForestLayout, arranged, title_of
from synthesis.figures.forest_content import content_of, with_options
from synthesis.figures.row_plot import PlacedRow, RowPlot


def forest_pages(
    analysis: Analysis,
    *,
    model: ModelKey = "plan",
    variant: str | None = None,
    bias: Judgements | None = None,
    per_thousand: bool = False,
    groups: StudyGroups | None = None,
    page_height: float = style.PAGE_HEIGHT,
) -> tuple[Figure, ...]:
    """A forest plot over as many pages as it takes; results and notes are on the last.

    Parameters
    ----------
    analysis, model, variant, bias, per_thousand, groups
        As for ``forest``.
    page_height : float
        Room for one figure in points.

    Returns
    -------
    tuple of Figure
        At least one. A notebook shows them all with ``display(*forest_pages(analysis))``.

    Raises
    ------
    UsageError, UnknownKeyError
        As ``forest``.
    """
    content = with_options(
        content_of(analysis, model, variant), bias=bias, per_thousand=per_thousand, groups=groups
    )  # fmt: skip
    layout = arranged(content)
    pages = split(layout.plot, page_height)
    title = title_of(analysis, variant)
    if len(pages) == 1:
        return (_figure(content.id, title, layout, layout.plot, layout.alt, layout.data),)
    figures = []
    start = 0
    for number, plot in enumerate(pages, start=1):
        stop = start + len(plot.rows)
        where = f"page {number} of {len(pages)}"
        first, last = (_name(plot.rows[place]) for place in (0, -1))
        alt = layout.alt if number == 1 else f"The forest plot goes on, from {first} to {last}."
        data = replace(
            layout.data, id=f"{layout.data.id}-{number}", caption=f"{layout.data.caption}, {where}",
            rows=layout.data.rows[start:stop], notes=layout.data.notes if number == len(pages) else (),
        )  # fmt: skip
        figures.append(_figure(f"{content.id}-page-{number}", f"{title} ({where})", layout, plot, alt, data))
        start = stop
    return tuple(figures)


def split(plot: RowPlot, page_height: float) -> tuple[RowPlot, ...]:
    """The plot in pieces no taller than ``page_height``, each with heading and axis; the last has all else.

    A heading of a group is never the last row of a page. A page holds at least one row, however tall.
    """
    if plot.height <= page_height:
        return (plot,)
    axis_room = plot.favours_y - plot.rows_bottom + style.LEADING if plot.axis is not None else 4.0
    tail = plot.height - plot.rows_bottom
    first_top = plot.rows[0].top
    chunks: list[list[PlacedRow]] = [[]]
    for index, row in enumerate(plot.rows):
        # The heading of a group needs room for the row after it; results stay together, with room for the notes.
        after = plot.rows[index + 1] if row.row.look == "group" and index + 1 < len(plot.rows) else row
        closing = row.row.ruled or row is plot.rows[-1]
        after = plot.rows[-1] if closing else after
        top = chunks[-1][0].top if chunks[-1] else row.top
        needed = first_top + (after.top + after.height - top) + (tail if closing else axis_room)
        if chunks[-1] and needed > page_height:
            chunks.append([])
        chunks[-1].append(row)
    return tuple(_page(plot, rows, last=rows is chunks[-1]) for rows in chunks)


def _page(plot: RowPlot, rows: list[PlacedRow], *, last: bool) -> RowPlot:
    shift = rows[0].top - plot.rows[0].top
    moved = tuple(replace(row, top=row.top - shift) for row in rows)
    bottom = moved[-1].top + moved[-1].height + 2
    up = plot.rows_bottom - bottom
    favours = tuple(replace(label, y=label.y - up) for label in plot.favours)
    labels = tuple(replace(label, y=label.y - up) for label in plot.labels) if last else ()
    lowest = max((label.y for label in (*favours, *labels)), default=bottom + style.TICK + 2 + style.TEXT)
    height = plot.height - up if last else lowest + 8
    return replace(
        plot, rows=moved, rows_bottom=bottom, height=height, favours=favours, favours_y=plot.favours_y - up,
        labels=labels,
    )  # fmt: skip


def _name(row: PlacedRow) -> str:
    return row.row.cells[0].text


def _figure(key: str, title: str, layout: ForestLayout, plot: RowPlot, alt: str, data: Table) -> Figure:
    return Figure(
        id=key, title=title, caption=layout.caption or line(""), alt=alt, svg=row_drawing.svg(plot), data=data,
        width_mm=style.WIDTH_MM,
    )  # fmt: skip
