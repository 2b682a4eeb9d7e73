"""Timeline of sources: when each guideline, review and policy was published, and what replaced it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from synthesis.document.elements import Column, Figure, Row, Span, Table, line
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.source import Source
from synthesis.figures import style
from synthesis.figures.lettering import wrap
from synthesis.figures.scene import Arranged, Item, Mark, Scene, Stroke, Words, arrow, drawing, mark, paragraph
from synthesis.formatting import plural

YEARS = 34.0
MARK = 8.0
# Left of the marks, for the lines from a source to the one that replaced it.
GUTTER = 12.0
ROW_HEIGHT = 13.0
# Years in which nothing was published are passed over; a gap longer than this is shown as one.
GAP_YEARS = 3


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def sources(self) -> Mapping[str, Source]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A column of the timeline: the types of source in it, its heading, and the mark of its sources."""

    key: str
    heading: str
    kind: Mark
    colour: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A source in its place; ``baseline`` is that of the first line of its name."""

    source: Source
    lane: Lane
    x: float
    baseline: float
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        """Where its mark is centred."""
        return self.baseline - style.TEXT * 0.35


def timeline(evidence: Records, *, sources: Iterable[str] | None = None) -> Figure:
    """Sources by year and kind; one that another source replaced is hollow, with an arrow to the later one.

    Parameters
    ----------
    evidence : Evidence
    sources : iterable of str or None
        Ids of the sources to show; None shows all.

    Raises
    ------
    UnknownKeyError
        For an id that is not in the evidence.
    UsageError
        If none of the sources has a year.
    """
    layout = arrange(evidence.sources, sources)
    return Figure(
        id="timeline", title="Guidelines, reviews and policy over time", caption=layout.caption, alt=layout.alt,
        svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(held: Mapping[str, Source], wanted: Iterable[str] | None = None) -> Arranged:
    """Everything the timeline shows, in its place; raises as ``timeline``."""
    shown = _chosen(held, wanted)
    dated = sorted((source for source in shown if source.year is not None), key=lambda source: source.year or 0)
    if not dated:
        raise UsageError("none of these sources has a year; a timeline needs at least one")
    lanes = [lane for lane in LANES if any(source.type in lane.types for source in dated)]
    step = (style.WIDTH - YEARS) / len(lanes)
    items: list[Item] = []
    y = style.TEXT
    for index, lane in enumerate(lanes):
        x = YEARS + index * step + GUTTER
        items.append(mark(lane.kind, x, y - style.TEXT * 0.35, MARK, fill=lane.colour))
        items.append(Words(x=x + MARK / 2 + 5, y=y, text=lane.heading, bold=True))
    y += 5
    items.append(Stroke(points=((0, y), (style.WIDTH, y))))
    rows, spots, y = _rows(dated, lanes, step, y)
    items += [*rows, *_links(spots), *(item for spot in spots for item in _drawn(spot))]
    undated = [source.short_name for source in shown if source.year is None]
    if undated:
        more, y = paragraph(f"Without a year: {', '.join(undated)}.", 0, y + style.BLOCK_GAP + style.TEXT, style.WIDTH)
        items += more
    return Arranged(
        scene=Scene(width=style.WIDTH, height=y + 6, items=tuple(items)), alt=_alt(dated, lanes, held),
        caption=line(
            "By year of publication. A hollow mark is a source that has been replaced; the arrow leads to what "
            "replaced it. † stands by a source that was not read itself but is known from others."
        ),
        data=_data([*dated, *(source for source in shown if source.year is None)], held),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def _chosen(held: Mapping[str, Source], wanted: Iterable[str] | None) -> list[Source]:
    keys = list(held) if wanted is None else list(wanted)
    for name in keys:
        if name not in held:
            raise UnknownKeyError("source", name, held)
    return [held[name] for name in keys]


def _rows(
    dated: list[Source], lanes: list[Lane], step: float, y: float
) -> tuple[list[Item], list[Spot], float]:  # fmt: skip
    """A band for each year, the sources of a lane in it one under the other; and the bottom of the last."""
    items: list[Item] = []
    spots: list[Spot] = []
    before: int | None = None
    for year in sorted({source.year for source in dated if source.year is not None}):
        if before is not None and year - before > GAP_YEARS:
            items.append(Stroke(points=((YEARS / 2 - 8, y + 2), (YEARS / 2 - 8, y + 12)), colour=style.RULE, dash=True))
            y += 14
        before = year
        top, lowest = y, y + ROW_HEIGHT + 3
        items.append(Words(x=0, y=y + 3 + style.TEXT, text=str(year), bold=True))
        for index, lane in enumerate(lanes):
            baseline = top + 3 + style.TEXT
            for source in dated:
                if source.year != year or source.type not in lane.types:
                    continue
                x = YEARS + index * step + GUTTER
                lines = wrap(_name(source), step - GUTTER - MARK - 8)
                spots.append(Spot(source=source, lane=lane, x=x, baseline=baseline, lines=lines))
                baseline += len(lines) * style.LEADING + (ROW_HEIGHT - style.LEADING)
            lowest = max(lowest, baseline - style.TEXT + 2)
        y = lowest
        items.append(Stroke(points=((0, y), (style.WIDTH, y)), colour=style.FAINT, width=style.HAIR))
    return items, spots, y


def _drawn(spot: Spot) -> list[Item]:
    replaced = _successor(spot.source) is not None
    fill = style.PAPER if replaced else spot.lane.colour
    items: list[Item] = [mark(spot.lane.kind, spot.x, spot.middle, MARK, fill=fill, edge=spot.lane.colour, width=1.2)]
    items += [
        Words(x=spot.x + MARK / 2 + 5, y=spot.baseline + index * style.LEADING, text=text,
              colour=style.SECONDARY if replaced else style.INK)
        for index, text in enumerate(spot.lines)
    ]  # fmt: skip
    return items


def _links(spots: list[Spot]) -> list[Item]:
    """Lines in the gutter from a replaced source down to its successor, each in a track of its own."""
    by_id = {spot.source.id: spot for spot in spots}
    items: list[Item] = []
    track = 0
    for spot in spots:
        later = by_id.get(_successor(spot.source) or "")
        if later is None:
            continue
        x = min(spot.x, later.x) - MARK / 2 - 3 - 3.5 * track
        track = (track + 1) % 2
        start, end = (spot.x - MARK / 2 - 1, spot.middle), (later.x - MARK / 2 - 1, later.middle)
        items += arrow((start, (x, spot.middle), (x, later.middle), end), colour=style.SECONDARY)
    return items


def _successor(source: Source) -> str | None:
    return source.updates.superseded_by if source.updates is not None else None


def _name(source: Source) -> str:
    """The source's short name without its year, which stands at the left."""
    name = re.sub(rf"(?<! to) {source.year}(?= \(|$)", "", source.short_name)
    return name if source.read else f"{name} †"


def _alt(dated: list[Source], lanes: list[Lane], held: Mapping[str, Source]) -> str:
    parts = [f"Timeline of {plural(len(dated), 'source')}, {dated[0].year} to {dated[-1].year}."]
    for lane in lanes:
        names = [f"{_name(source)} ({source.year})" for source in dated if source.type in lane.types]
        parts.append(f"{lane.heading}: {', '.join(names)}.")
    for source in dated:
        later = _successor(source)
        if later is not None:
            parts.append(f"{source.short_name} was replaced by {held[later].short_name}.")
    return " ".join(parts)


def _data(shown: list[Source], held: Mapping[str, Source]) -> Table:
    rows = []
    for source in shown:
        later = _successor(source)
        rows.append(
            Row(
                cells=(
                    line("No year" if source.year is None else str(source.year)),
                    line(source.short_name, " ", Span(style="cite", target=source.id)),
                    line(source.type_as_described),
                    line("" if later is None else held[later].short_name),
                    line("yes" if source.read else "no"),
                )
            )
        )
    return Table(
        id="timeline-data", caption="Sources by year",
        columns=(
            Column(label="Year", width=0.7), Column(label="Source", width=2), Column(label="What it is", width=2.5),
            Column(label="Replaced by", width=1.5), Column(label="Read", width=0.6),
        ),
        rows=tuple(rows),
    )  # fmt: skip


LANES = (
    Lane(
        key="policy", heading="Policy and commissioning", kind="diamond", colour=style.PREDICTION,
        types=("strategy", "policy-briefing", "commissioning-standard", "advisory-report"),
    ),
    Lane(
        key="guidance", heading="Guidance", kind="square", colour=style.STUDY_LINE,
        types=("guideline", "quality-standard", "practice-guide", "expert-consensus"),
    ),
    Lane(
        key="reviews", heading="Reviews and evaluations", kind="circle", colour="#17756D",
        types=(
            "evidence-review", "cochrane-review", "campbell-review", "systematic-review", "systematic-map",
            "meta-analysis", "network-meta-analysis", "reanalysis", "narrative-review", "evaluation", "benchmark",
            "annotated-matrix",
        ),
    ),
)  # fmt: skip
