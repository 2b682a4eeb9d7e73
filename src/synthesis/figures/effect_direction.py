"""Effect-direction plot: results that cannot be pooled, each as a direction with what its source prints.

Follows the reporting guideline for synthesis without meta-analysis (Campbell et al 2020, SWiM) and the layout of Boon
and Thomson (2021). The direction is that of the estimate, whatever its precision: this is not a count of "significant"
results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, Direction
from synthesis.document.elements import Column as TableColumn
from synthesis.document.elements import Figure, Line, Table, line
from synthesis.document.elements import Row as TableRow
from synthesis.errors import UsageError
from synthesis.figures import row_drawing, row_plot, style
from synthesis.figures.row_plot import Cell, Column, Glyph, Kind, Row, RowPlot, Sheet
from synthesis.formatting import effect, effect_range, integer, months, plural

RECALLED = "†"
UNKNOWN = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one direction is shown: its key in ``Direction.direction``, sign, colour and words."""

    key: str
    kind: Kind
    colour: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionLayout:
    """An arranged effect-direction plot; attributes as in ``ForestLayout``."""

    sheet: Sheet
    plot: RowPlot
    alt: str
    caption: Line
    data: Table


def effect_direction(analysis: Analysis) -> Figure:
    """An effect-direction plot.

    Parameters
    ----------
    analysis : Analysis
        With ``directions``.

    Raises
    ------
    UsageError
        If the analysis has no directions.
    """
    layout = arrange(analysis)
    return Figure(
        id=f"effect-direction-{analysis.question}", title=analysis.title, caption=layout.caption, alt=layout.alt,
        svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(analysis: Analysis) -> DirectionLayout:
    """Everything the plot shows, in its place; errors as for ``effect_direction``."""
    if not analysis.directions:
        raise UsageError(f"{analysis.question!r} has no results shown as directions; use forest for pooled ones")
    plot = row_plot.arrange(by_result := _by_result(analysis))
    sheet = by_result
    if plot.height > style.PAGE_HEIGHT:
        sheet = _by_study(analysis)
        plot = row_plot.arrange(sheet)
    return DirectionLayout(
        sheet=sheet, plot=plot, alt=_alt(analysis, sheet is by_result), caption=_caption(analysis, sheet is by_result),
        data=_data(analysis),
    )  # fmt: skip


def draw(layout: DirectionLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _by_result(analysis: Analysis) -> Sheet:
    """One row per result, with what its source prints."""
    headings = ("Study", "Design", "People", "Time", "Outcome", "Direction", "As printed")
    return _sheet(analysis, headings, [_result_row(item, analysis.design_labels) for item in analysis.directions])


def _by_study(analysis: Analysis) -> Sheet:
    """One row per study, with a sign for each of its results: for more results than fit on a page."""
    headings = ("Study", "Design", "People", "Time", "Directions", "Printed ratios")
    by_study: dict[str, list[Direction]] = {}
    for item in analysis.directions:
        by_study.setdefault(item.study, []).append(item)
    return _sheet(analysis, headings, [_study_row(items, analysis.design_labels) for items in by_study.values()])


def _sheet(analysis: Analysis, headings: tuple[str, ...], rows: list[Row]) -> Sheet:
    return Sheet(
        columns=tuple(COLUMNS[heading] for heading in headings),
        rows=tuple(rows),
        make_axis=None,
        lines=_lines(analysis),
        footnotes=_footnotes(analysis),
        key=tuple((Glyph(kind=way.kind, colour=way.colour), way.words) for way in WAYS if _count(analysis, way.key)),
    )


def _texts(item: Direction, designs: Mapping[str, str]) -> tuple[str, ...]:
    """Study, design, people, time, outcome and what is printed, as text."""
    adjusted = ", adjusted" if item.adjusted and "adjusted" not in item.printed else ""
    return (
        item.label,
        phrases.design_name(item.design, designs),
        UNKNOWN if item.n is None else integer(item.n),
        UNKNOWN if item.timepoint_months is None else months(item.timepoint_months),
        phrases.upper_first(item.outcome),
        f"{item.printed}{adjusted}" if item.printed else "No figure printed",
    )


def _result_row(item: Direction, designs: Mapping[str, str]) -> Row:
    study, *others = _texts(item, designs)
    marks = () if item.read else (RECALLED,)
    return Row(cells=(Cell(text=study, marks=marks), *(Cell(text=text) for text in others)), glyph=_glyph(item))


def _study_row(items: list[Direction], designs: Mapping[str, str]) -> Row:
    order = [way.key for way in WAYS]
    glyphs = [_glyph(item) for item in sorted(items, key=lambda item: order.index(item.direction))]
    study, design, people, *_ = _texts(items[0], designs)
    ratios = sorted(item.ratio for item in items if item.ratio is not None)
    printed = UNKNOWN if not ratios else effect(ratios[0], "log") if len(ratios) == 1 else _range(ratios)
    marks = () if all(item.read for item in items) else (RECALLED,)
    time = phrases.span_of_months(item.timepoint_months for item in items) or UNKNOWN
    return Row(
        cells=(
            Cell(text=study, marks=marks), Cell(text=design), Cell(text=people), Cell(text=time), Cell(text=printed),
        ),
        glyph=glyphs[0], more=tuple(glyphs[1:]),
    )  # fmt: skip


def _range(ratios: list[float]) -> str:
    return effect_range(min(ratios), max(ratios), "log")


def _glyph(item: Direction) -> Glyph:
    way = _way(item)
    return Glyph(kind=way.kind, colour=way.colour, hollow=not item.read)


def _way(item: Direction) -> Way:
    return next(way for way in WAYS if way.key == item.direction)


def _count(analysis: Analysis, key: str) -> int:
    return sum(item.direction == key for item in analysis.directions)


def ratio_range(analysis: Analysis) -> tuple[float, float] | None:
    """Smallest and largest printed ratio; None with fewer than two."""
    ratios = [item.ratio for item in analysis.directions if item.ratio is not None]
    return (min(ratios), max(ratios)) if len(ratios) > 1 else None


def _lines(analysis: Analysis) -> tuple[str, ...]:
    counted = "; ".join(f"{way.words.lower()}: {count}" for way in WAYS if (count := _count(analysis, way.key)))
    results = plural(len(analysis.directions), "result")
    studies = plural(len({item.study for item in analysis.directions}), "study", "studies")
    text = f"{results} of {studies}. {phrases.upper_first(counted)}."
    bounds = ratio_range(analysis)
    if bounds is not None:
        text += f" Printed ratios: {effect_range(*bounds, 'log')}."
    return (text,)


def _footnotes(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    notes = []
    if any(not item.read for item in analysis.directions):
        notes.append((RECALLED, "Rests on numbers that are recalled, not read in a source; drawn hollow."))
    return tuple(notes)


def _caption(analysis: Analysis, each: bool) -> Line:
    rows = "" if each else " One row per study, one sign per result; the results themselves are in the table."
    return line(
        f"{phrases.upper_first(analysis.population)}: {phrases.lower_first(analysis.intervention)} compared with "
        f"{phrases.lower_first(analysis.comparator)}. Outcome: {phrases.lower_first(analysis.outcome)}. Results "
        "that were not pooled. A sign shows which way the estimate points for the people concerned, whatever its "
        f"precision, or what the source says in words.{rows}"
    )


def _alt(analysis: Analysis, each: bool) -> str:
    by_way = []
    for way in WAYS:
        labels = [item.label for item in analysis.directions if item.direction == way.key]
        if labels:
            by_way.append(f"{way.words}: {integer(len(labels))} ({', '.join(dict.fromkeys(labels))})")
    rows = "one row each" if each else "one row per study"
    text = f"Table of directions with {plural(len(analysis.directions), 'result')}, {rows}. {'. '.join(by_way)}."
    bounds = ratio_range(analysis)
    return f"{text} The printed ratios run from {effect_range(*bounds, 'log')}." if bounds else text


def _data(analysis: Analysis) -> Table:
    """Every result, whichever way the plot is arranged."""
    columns = ("Study", "Design", "People", "Time", "Outcome", "Direction", "As printed")
    rows = []
    for item in analysis.directions:
        study, *others, printed = _texts(item, analysis.design_labels)
        label = study if item.read else f"{study} {RECALLED}"
        rows.append(TableRow(cells=tuple(line(text) for text in (label, *others, _way(item).words, printed))))
    return Table(
        id=f"effect-direction-{analysis.question}-data",
        caption=f"Directions: {analysis.title}",
        columns=tuple(TableColumn(label=label, align="right" if label == "People" else "left") for label in columns),
        rows=tuple(rows),
        notes=tuple(line(f"{mark} {text}") for mark, text in _footnotes(analysis)),
    )


COLUMNS = {
    "Study": Column(heading="Study", wraps=True, least=70),
    "Design": Column(heading="Design", wraps=True, least=48),
    "People": Column(heading="People", align="right"),
    "Time": Column(heading="Time", wraps=True, least=40),
    "Outcome": Column(heading="Outcome", wraps=True, least=80),
    "Direction": Column(heading="Direction", align="center", drawn=True),
    "Directions": Column(heading="Directions", align="center", drawn=True),
    "As printed": Column(heading="As printed", wraps=True, least=100),
    "Printed ratios": Column(heading="Printed ratios"),
}
WAYS = (
    Way(key="better", kind="up", colour=style.BETTER, words="Points to better"),
    Way(key="worse", kind="down", colour=style.WORSE, words="Points to worse"),
    Way(key="mixed", kind="both", colour=style.UNDECIDED, words="Mixed"),
    Way(key="unclear", kind="ring", colour=style.UNDECIDED, words="No clear difference"),
    Way(key="not-stated", kind="dash", colour=style.UNDECIDED, words="Direction not stated"),
)
