"""Before and after: each conclusion in people per 1,000 as it was and as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from synthesis.changes.model import ChangeReport, Conclusion, QuestionChange
from synthesis.changes.words import (
    LABEL_WORDS,
    because_text,
    counts_text,
    full_text,
    listed,
    numbers_text,
    tells_otherwise,
)
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Line, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.figures import row_drawing, row_plot, style
from synthesis.figures.axis import Axis, axis
from synthesis.figures.row_plot import Cell, Column, Glyph, Row, RowPlot, Sheet
from synthesis.formatting import signed_range

SQUARE = 6.5
NOW = "Now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The plot with everything in its place, and what is said about it."""

    sheet: Sheet
    plot: RowPlot
    caption: Line
    alt: str
    data: Table


def before_after(report: ChangeReport) -> Figure:
    """Two rows for each conclusion that reads otherwise, before and now; the others are named below.

    Where all read as before, and in a first edition, every conclusion has one row. Results that cannot be put as people
    per 1,000 have their words and no mark.
    """
    layout = arrange(report)
    title = "Conclusions" if report.before is None else f"Conclusions in {report.before.name} and now"
    return Figure(
        id=f"before-after-{report.briefing}", title=title,
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(report: ChangeReport) -> Layout:
    """Everything the plot shows, in its place."""
    shown = _shown(report)
    rows = tuple(row for change in shown for row in _rows(change, report))
    drawn = [row.glyph for row in rows if row.glyph is not None]
    columns = [
        Column(heading="Conclusion"),
        Column(heading="Per 1,000\n(interval)", align="right", wraps=True, least=100),
        Column(heading="Certainty", wraps=True, least=45),
    ]
    if drawn:
        columns.append(Column(heading="Fewer or more people per 1,000", align="center", drawn=True))
    sheet = Sheet(
        columns=tuple(columns), rows=rows, key=tuple(_key(report)) if drawn else (), lines=tuple(_rest(report, shown)),
        make_axis=(lambda room: _axis(drawn, room)) if drawn else None,
        below=("Fewer people", "More people") if drawn else ("", ""),
    )  # fmt: skip
    return Layout(
        sheet=sheet, plot=row_plot.arrange(sheet), caption=_caption(), alt=_alt(report), data=_data(report, shown)
    )


def _axis(drawn: list[Glyph], room: float) -> Axis:
    ends = [end for glyph in drawn for end in (glyph.low, glyph.high)]
    return axis([glyph.value for glyph in drawn], ends, scale="linear", null=0.0, room=room)


def draw(layout: Layout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _shown(report: ChangeReport) -> tuple[QuestionChange, ...]:
    return tuple(item for item in report.questions if _moved(item)) or report.questions


def _moved(item: QuestionChange) -> bool:
    return item.label != "unchanged" or tells_otherwise(item)


def _rest(report: ChangeReport, shown: tuple[QuestionChange, ...]) -> Iterator[str]:
    rest = [item.title for item in report.questions if item not in shown]
    if rest:
        yield f"Unchanged, with the same numbers: {'; '.join(rest)}."


def _rows(change: QuestionChange, report: ChangeReport) -> Iterator[Row]:
    first = report.before is None
    heading = change.title if first else f"{change.title}: {LABEL_WORDS[change.label]}"
    yield Row(cells=(Cell(text=heading),), look="group", spans=True, ruled=True)
    if first or change.before is None:
        yield _row(NOW, change.after)
    elif change.after is None:
        yield _row("Before", change.before, hollow=True)
    elif not tells_otherwise(change):
        yield _row("Before and now", change.after)
    else:
        yield replace(_row("Before", change.before, hollow=True), keeps=True)
        yield _row(NOW, change.after)


def _row(name: str, found: Conclusion | None, *, hollow: bool = False) -> Row:
    people = None if found is None else found.people
    if people is None:
        return Row(cells=(Cell(text=name), Cell(text=numbers_text(found)), Cell(text=_certainty(found))))
    text = signed_range(people.difference, people.low, people.high)
    return Row(
        cells=(Cell(text=name), Cell(text=text), Cell(text=_certainty(found))),
        glyph=Glyph(
            kind="square", value=people.difference, low=people.low, high=people.high, side=SQUARE, hollow=hollow
        ),
    )


def _certainty(found: Conclusion | None) -> str:
    return "" if found is None or found.kind == "nothing" else found.certainty


def _key(report: ChangeReport) -> Iterator[tuple[Glyph, str]]:
    if report.before is not None:
        yield Glyph(kind="square", side=SQUARE, hollow=True), report.before.name
    yield Glyph(kind="square", side=SQUARE), report.after.name


def _caption() -> Line:
    return line(
        "How many more or fewer of 1,000 people have the outcome with the intervention, with the interval, at the "
        "baseline risk of each question."
    )


def _alt(report: ChangeReport) -> str:
    if report.before is None:
        said = (f"{item.title}: {numbers_text(item.after)}" for item in report.questions)
        return f"Conclusions of a first edition. {'. '.join(said)}."
    counts = counts_text(report.questions)
    text = f"Compared with {report.before.name}, {counts}"
    for item in report.changed:
        text += (
            f" {item.title}, {LABEL_WORDS[item.label]}: {numbers_text(item.before)} before, "
            f"{numbers_text(item.after)} now."
        )
    moved = [item.title for item in report.questions if item not in report.changed and tells_otherwise(item)]
    if moved:
        text += f" Other numbers, but the same conclusion: {listed(moved, 'more')}."
    return text


def _data(report: ChangeReport, shown: tuple[QuestionChange, ...]) -> Table:
    labels = ("Conclusion", "Before", "Now", "Change", "What moved it")
    return Table(
        id=f"before-after-{report.briefing}-data",
        caption="Numbers in the plot of conclusions before and after",
        columns=tuple(TableColumn(label=label, width=2 if index < 3 else 1) for index, label in enumerate(labels)),
        rows=tuple(TableRow(cells=tuple(line(text) for text in _cells(item, report))) for item in shown),
    )


def _cells(item: QuestionChange, report: ChangeReport) -> tuple[str, ...]:
    before = "no earlier edition" if report.before is None else full_text(item.before)
    label = "first edition" if report.before is None else LABEL_WORDS[item.label]
    return item.title, before, full_text(item.after), label, because_text(item) or "–"
