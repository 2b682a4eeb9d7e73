"""Effect-direction plot: results that cannot be pooled, each as a direction with what its source prints.

Follows the reporting guideline for synthesis without meta-analysis (Campbell et al 2020, SWiM) and the layout of Boon
and Thomson (2021). The direction is that of the estimate, whatever its precision: this is not a count of "significant"
results.
"""

from __future__ import annotations

from collections import Counter
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
from synthesis.formatting import effect_range, integer, months, plural

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
    sheet = Sheet(
        columns=(
            Column(heading="Study", wraps=True, least=70),
            Column(heading="Design", wraps=True, least=48),
            Column(heading="People", align="right"),
            Column(heading="Time", wraps=True, least=40),
            Column(heading="Outcome", wraps=True, least=80),
            Column(heading="Direction", align="center", drawn=True),
            Column(heading="As printed", wraps=True, least=100),
        ),
        rows=tuple(_row(item, analysis.design_labels) for item in analysis.directions),
        make_axis=None,
        lines=_lines(analysis),
        footnotes=_footnotes(analysis),
        key=tuple((Glyph(kind=way.kind, colour=way.colour), way.words) for way in WAYS if _count(analysis, way.key)),
    )
    return DirectionLayout(
        sheet=sheet, plot=row_plot.arrange(sheet), alt=_alt(analysis), caption=_caption(analysis),
        data=_data(analysis, sheet),
    )  # fmt: skip


def draw(layout: DirectionLayout) -> str:
    """The layout as SVG."""
    return row_drawing.svg(layout.plot)


def _row(item: Direction, designs: Mapping[str, str]) -> Row:
    way = _way(item)
    time = UNKNOWN if item.timepoint_months is None else months(item.timepoint_months)
    adjusted = "" if item.adjusted is None or "adjusted" in item.printed else ", adjusted" if item.adjusted else ""
    return Row(
        cells=(
            Cell(text=item.label, marks=() if item.read else (RECALLED,)),
            Cell(text=phrases.design_name(item.design, designs)),
            Cell(text=UNKNOWN if item.n is None else integer(item.n)),
            Cell(text=time),
            Cell(text=phrases.upper_first(item.outcome)),
            Cell(text=f"{item.printed}{adjusted}" if item.printed else "No figure printed"),
        ),
        glyph=Glyph(kind=way.kind, colour=way.colour, hollow=not item.read),
    )


def _way(item: Direction) -> Way:
    return next(way for way in WAYS if way.key == item.direction)


def _count(analysis: Analysis, key: str) -> int:
    return Counter(item.direction for item in analysis.directions)[key]  # type: ignore[index]


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


def _caption(analysis: Analysis) -> Line:
    return line(
        f"{phrases.upper_first(analysis.population)}: {phrases.lower_first(analysis.intervention)} compared with "
        f"{phrases.lower_first(analysis.comparator)}. Outcome: {phrases.lower_first(analysis.outcome)}. Results "
        "that were not pooled. A sign shows which way the estimate points for the people concerned, whatever its "
        "precision, or what the source says in words."
    )


def _alt(analysis: Analysis) -> str:
    by_way = []
    for way in WAYS:
        labels = [item.label for item in analysis.directions if item.direction == way.key]
        if labels:
            by_way.append(f"{way.words}: {integer(len(labels))} ({', '.join(dict.fromkeys(labels))})")
    text = f"Table of directions with {plural(len(analysis.directions), 'result')}, one row each. {'. '.join(by_way)}."
    bounds = ratio_range(analysis)
    return f"{text} The printed ratios run from {effect_range(*bounds, 'log')}." if bounds else text


def _data(analysis: Analysis, sheet: Sheet) -> Table:
    headings = [column.heading for column in sheet.columns if not column.drawn]
    columns = (*headings[:-1], "Direction", headings[-1])
    rows = []
    for item, row in zip(analysis.directions, sheet.rows, strict=True):
        texts = [" ".join((cell.text, *cell.marks)) for cell in row.cells]
        rows.append(TableRow(cells=tuple(line(text) for text in (*texts[:-1], _way(item).words, texts[-1]))))
    return Table(
        id=f"effect-direction-{analysis.question}-data",
        caption=f"Directions: {analysis.title}",
        columns=tuple(TableColumn(label=label, align="right" if label == "People" else "left") for label in columns),
        rows=tuple(rows),
        notes=tuple(line(f"{mark} {text}") for mark, text in sheet.footnotes),
    )


WAYS = (
    Way(key="better", kind="up", colour=style.BETTER, words="Points to better"),
    Way(key="worse", kind="down", colour=style.WORSE, words="Points to worse"),
    Way(key="mixed", kind="both", colour=style.UNDECIDED, words="Mixed"),
    Way(key="unclear", kind="ring", colour=style.UNDECIDED, words="No clear difference"),
    Way(key="not-stated", kind="dash", colour=style.UNDECIDED, words="Direction not stated"),
)
