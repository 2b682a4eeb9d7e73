"""Risk of bias in summary: for each domain, how much of the evidence lies at each level."""

from __future__ import annotations

from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS, Level
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.figures import style
from synthesis.figures.bias_signs import MADE_UP, SIZE, name_of, occurring, sign
from synthesis.figures.canvas import Side
from synthesis.figures.lettering import width, wrap
from synthesis.figures.rob_traffic_light import caption, parts_of
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, Words, drawing, key, rectangle
from synthesis.formatting import percent, plural

NAMES = 150.0
BAR = 16.0
ROW_HEIGHT = 24.0

Shares = list[tuple[Level | None, float]]


def rob_summary(judgements: Judgements, *, weighted: bool = True) -> Figure:
    """One bar per domain and one for the whole, split by level.

    Parameters
    ----------
    judgements : Judgements
        From ``risk_of_bias``.
    weighted : bool
        Each study counts by its weight in the pooled result, where there is one; otherwise all count the same.
    """
    layout = arrange(judgements, weighted=weighted)
    return Figure(
        id=f"rob-summary-{judgements.id}", title=f"Risk of bias in summary: {judgements.title}",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(judgements: Judgements, *, weighted: bool = True) -> Arranged:
    """Everything the figure shows, in its place; parameters as for ``rob_summary``."""
    weighted = weighted and judgements.weighted
    entries = [(sign(level, 0, 0), name_of(level)) for level in occurring(judgements)]
    items, y = key(entries, SIZE / 2 + 1)
    y += style.BLOCK_GAP
    top = y
    rows = [(name, shares(judgements, part, weighted)) for part, _, name in parts_of(ROB_TOOLS[judgements.tool])]
    for index, (name, split) in enumerate(rows):
        last = index == len(rows) - 1
        if last:
            items.append(Stroke(points=((0, y + 3), (style.WIDTH, y + 3)), colour=style.FAINT))
            y += 6
        lines = wrap(name, NAMES - style.GAP, bold=last)
        height = max(ROW_HEIGHT, len(lines) * style.LEADING + 6)
        middle = y + height / 2
        for place, text in enumerate(lines):
            baseline = middle + (place - len(lines) / 2) * style.LEADING + style.TEXT
            items.append(Words(x=0, y=baseline, text=text, bold=last))
        items += _bar(split, middle)
        y += height
    items += _scale(top, y)
    what = "Each study counts by its weight in the pooled result." if weighted else "Every study counts the same."
    return Arranged(
        scene=Scene(width=style.WIDTH, height=y + style.TICK + style.TEXT + 8, items=tuple(items)),
        alt=_alt(judgements, rows, what), caption=(*caption(judgements), *line(f" {what}")),
        data=_data(judgements, rows),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def shares(judgements: Judgements, part: str, weighted: bool) -> Shares:
    """How much of the evidence lies at each level that occurs anywhere; the shares sum to 1."""
    weights = [study.weight if weighted and study.weight is not None else 1.0 for study in judgements.studies]
    total = sum(weights)
    found: Shares = []
    for level in occurring(judgements):
        key_of = None if level is None else level.key
        at_level = (
            weight
            for study, weight in zip(judgements.studies, weights, strict=True)
            if judgements.level_of(study, part) == key_of
        )
        found.append((level, sum(at_level) / total))
    return found


def _bar(split: Shares, middle: float) -> list[Item]:
    room = style.WIDTH - NAMES
    items: list[Item] = []
    left = NAMES
    for level, share in split:
        if share == 0:
            continue
        size = share * room
        fill = style.PAPER if level is None else level.colour
        edge = style.RULE if level is None else style.PAPER
        items.append(rectangle(left, middle - BAR / 2, size, BAR, fill=fill, edge=edge))
        text = percent(share)
        if size > width(text, bold=True) + SIZE + 12:
            items += sign(level, left + 10, middle, SIZE * 0.8)
            items.append(_inside(text, left + 19, middle, level))
        elif size > width(text, bold=True) + 4:
            items.append(_inside(text, left + 3, middle, level))
        left += size
    return items


def _inside(text: str, x: float, middle: float, level: Level | None) -> Words:
    return Words(
        x=x, y=middle + style.TEXT * 0.35, text=text, bold=True, colour=style.INK if level is None else style.PAPER
    )


def _scale(top: float, bottom: float) -> list[Item]:
    room = style.WIDTH - NAMES
    items: list[Item] = [Stroke(points=((NAMES, bottom), (style.WIDTH, bottom)))]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = NAMES + share * room
        items.append(Stroke(points=((x, bottom), (x, bottom + style.TICK))))
        text = percent(share)
        side: Side = "left" if share == 0 else "right" if share == 1 else "center"
        items.append(Words(x=x, y=bottom + style.TICK + 2 + style.TEXT, text=text, side=side))
    return items


def _alt(judgements: Judgements, rows: list[tuple[str, Shares]], what: str) -> str:
    tool = ROB_TOOLS[judgements.tool]
    start = f"{MADE_UP} " if judgements.made_up else ""
    said = "; ".join(f"{name}: {_in_words(split)}" for name, split in (rows[-1], *rows[:-1]))
    return f"{start}Bars of {tool.name} for {plural(len(judgements.studies), 'study', 'studies')}. {what} {said}."


def _in_words(split: Shares) -> str:
    return ", ".join(f"{name_of(level).lower()} {percent(share)}" for level, share in split if share > 0)


def _data(judgements: Judgements, rows: list[tuple[str, Shares]]) -> Table:
    levels = occurring(judgements)
    return Table(
        id=f"rob-summary-{judgements.id}-data", caption=f"Share of the evidence at each level: {judgements.title}",
        columns=(Column(label="Domain"), *(Column(label=name_of(level), align="right") for level in levels)),
        rows=tuple(
            Row(
                cells=(line(name), *(line(percent(share)) for _, share in split)),
                style="total" if name == "Overall" else "body",
            )
            for name, split in rows
        ),
        notes=(line(MADE_UP),) if judgements.made_up else (),
    )  # fmt: skip
