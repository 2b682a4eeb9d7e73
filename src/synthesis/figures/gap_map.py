"""Evidence gap map: how many studies there are of each intervention and outcome, and where there are none."""

from __future__ import annotations

import math

from synthesis.analysis.gaps import GapCell, Gaps, Records, gaps
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.lettering import width as text_width
from synthesis.figures.lettering import wrap
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, Words, drawing, key, mark, rectangle
from synthesis.formatting import integer, plural

NAMES = 92.0
ROW_HEIGHT = 17.0
# Room for two marks with their numbers.
LEAST_COLUMN = 44.0
LARGEST = 14.0
SMALLEST = 4.5
RANDOMISED, OTHER = "Randomised trials", "Other designs"
EMPTY = "No study held"
EMPTY_FILL = "#F3F2F1"
OTHER_EDGE = "#B8470B"


def gap_map(evidence: Records, *, interventions: list[str] | None = None, by_population: bool = True) -> Figure:
    """Populations within interventions as rows, outcome domains as columns, studies counted by design.

    Parameters
    ----------
    evidence : Evidence
    interventions : list of str or None
        Arm categories to show, in this order; None shows all that lie under no other.
    by_population : bool
        Whether each intervention has a row for each population, or one for all of them.

    Raises
    ------
    UnknownKeyError
        For an arm category that is not in the vocabulary.
    UsageError
        If there is nothing to map.
    """
    layout = arrange(gaps(evidence, interventions=interventions, by_population=by_population))
    return Figure(
        id="gap-map", title="Where there is evidence, and where there is none", caption=layout.caption, alt=layout.alt,
        svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(found: Gaps) -> Arranged:
    """Everything the map shows, in its place; raises as ``gap_map``."""
    if not found.interventions:
        raise UsageError("no study has a result for any kind of intervention; there is nothing to map")
    entries: list[tuple[list[Item], str]] = [
        ([mark("square", 0, 0, 9, fill=style.STUDY_LINE)], RANDOMISED),
        ([mark("circle", 0, 0, 9, fill=style.PAPER, edge=OTHER_EDGE, width=1.6)], OTHER),
        ([rectangle(-7, -6, 14, 12, fill=EMPTY_FILL)], EMPTY),
    ]
    items, y = key(entries, style.TEXT)
    edges = _edges(found.domains)
    heads = [wrap(head, right - left - 2, bold=True) for head, (left, right) in zip(found.domains, edges, strict=True)]
    lines = max(len(head) for head in heads)
    y += style.BLOCK_GAP + lines * style.LEADING
    for head, (left, right) in zip(heads, edges, strict=True):
        for place, text in enumerate(head):
            baseline = y + (place - len(head) + 1) * style.LEADING
            items.append(Words(x=(left + right) / 2, y=baseline, text=text, side="center", bold=True))
    y += 5
    items.append(Stroke(points=((0, y), (style.WIDTH, y))))
    most = max((max(len(cell.randomised), len(cell.other)) for cell in found.cells.values()), default=1) or 1
    for name, places in _rows(found):
        if len(places) > 1:
            y += style.TEXT + 6
            items.append(Words(x=0, y=y, text=name, bold=True))
            y += 5
        for intervention, group in places:
            label, indent = (group, 8.0) if len(places) > 1 else (name, 0.0)
            parts = wrap(label, NAMES - indent - 4)
            height = max(ROW_HEIGHT, len(parts) * style.LEADING + 5)
            first = y + height / 2 - (len(parts) - 1) / 2 * style.LEADING + style.TEXT * 0.35
            items += [Words(x=indent, y=first + i * style.LEADING, text=part) for i, part in enumerate(parts)]
            for domain, (left, right) in zip(found.domains, edges, strict=True):
                items += _cell(found.cells[intervention, group, domain], (left, y), (right - left, height), most)
            y += height
        y += 2
        items.append(Stroke(points=((0, y), (style.WIDTH, y)), colour=style.FAINT, width=style.HAIR))
    return Arranged(
        scene=Scene(width=style.WIDTH, height=y + 4, items=tuple(items)), alt=_alt(found),
        caption=line(
            f"Numbers are studies, of {plural(found.held, 'study', 'studies')} held. A study counts once in each cell "
            "in which it has a result. Many studies say little if they are "
            "small or biased: the map shows what was studied, not what works."
        ),
        data=_data(found),
    )  # fmt: skip


def _edges(domains: tuple[str, ...]) -> list[tuple[float, float]]:
    """Left and right of each column: as wide as its heading, or narrower if the page is too small for all."""
    widths = [max(LEAST_COLUMN, text_width(domain, bold=True) + 5) for domain in domains]
    share = (style.WIDTH - NAMES) / sum(widths)
    edges, left = [], NAMES
    for size in widths:
        edges.append((left, left + size * share))
        left += size * share
    return edges


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _rows(found: Gaps) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each intervention with its rows: the intervention and a population."""
    return [(name, [(name, group) for group in found.populations]) for name in found.interventions]


def _cell(cell: GapCell, corner: tuple[float, float], size: tuple[float, float], most: int) -> list[Item]:
    (left, top), (step, height) = corner, size
    if cell.empty:
        return [rectangle(left + 1, top + 1, step - 2, height - 2, fill=EMPTY_FILL)]
    middle = top + height / 2
    items: list[Item] = []
    for count, place, randomised in ((len(cell.randomised), 0.02, True), (len(cell.other), 0.5, False)):
        if count == 0:
            continue
        across = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(count / most)
        centre = left + step * place + LARGEST * 0.45
        items.append(
            mark("square", centre, middle, across, fill=style.STUDY_LINE)
            if randomised
            else mark("circle", centre, middle, across, fill=style.PAPER, edge=OTHER_EDGE, width=1.6)
        )
        x = centre + max(across / 2, 4) + 1.5
        items.append(Words(x=x, y=middle + style.TEXT * 0.35, text=integer(count)))
    return items


def _alt(found: Gaps) -> str:
    parts = [f"Grid of {len(found.interventions)} interventions by {len(found.domains)} kinds of outcome."]
    for intervention in found.interventions:
        cells = {place: cell for place, cell in found.cells.items() if place[0] == intervention}
        trials = {study for cell in cells.values() for study in cell.randomised}
        others = {study for cell in cells.values() for study in cell.other}
        none = [
            domain.lower()
            for domain in found.domains
            if all(cells[intervention, group, domain].empty for group in found.populations)
        ]
        missing = f"; none on {', '.join(none)}" if none else ""
        parts.append(
            f"{intervention}: {plural(len(trials), 'randomised trial')}, {plural(len(others), 'other study', 'others')}"
            f"{missing}."
        )
    return " ".join(parts)


def _data(found: Gaps) -> Table:
    rows: list[Row] = []
    for name, places in _rows(found):
        if len(places) > 1:
            rows.append(Row(cells=(line(name),), style="group"))
        for intervention, group in places:
            label = group if len(places) > 1 else name
            cells = (_text(found.cells[intervention, group, domain]) for domain in found.domains)
            rows.append(Row(cells=(line(label), *(line(text) for text in cells))))
    return Table(
        id="gap-map-data", caption="Studies by intervention and outcome",
        columns=(
            Column(label="Intervention and population", width=1.6),
            *(Column(label=domain, align="right", width=1) for domain in found.domains),
        ),
        rows=tuple(rows),
        notes=(line("Randomised trials, then other designs after the plus sign."),),
    )  # fmt: skip


def _text(cell: GapCell) -> str:
    return "0" if cell.empty else f"{integer(len(cell.randomised))} + {integer(len(cell.other))}"
