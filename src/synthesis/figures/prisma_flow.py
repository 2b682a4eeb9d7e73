"""Flow of studies in the form of PRISMA 2020, with "not recorded" where nobody kept count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthesis.analysis.flow import Flow
from synthesis.document.elements import Column, Figure, Row, Table, line
from synthesis.figures import style
from synthesis.figures.lettering import width, wrap
from synthesis.figures.scene import Arranged, Item, Scene, Stroke, Words, arrow, drawing, rectangle
from synthesis.formatting import integer, plural

STAGE = 78.0
SPACE = 26.0
PADDING = 6.0
BETWEEN = 14.0
UNKNOWN = "not recorded"
INCLUDED = "Included"
STAGE_FILL = "#E1E9F0"
UNKNOWN_FILL = "#F3F2F1"

Entry = tuple[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the flow: what goes on, and beside it what drops out, or for those included what they are.

    ``title`` and ``dropped_title`` head the boxes; entries are labels with counts. A box with a single entry and no
    label shows its title with the count.
    """

    stage: str
    title: str
    entries: tuple[Entry, ...]
    dropped_title: str = ""
    dropped: tuple[Entry, ...] = ()


def prisma_flow(flow: Flow) -> Figure:
    """A flow diagram.

    Parameters
    ----------
    flow : Flow
        From ``study_flow``.

    References
    ----------
    Page et al 2021, BMJ 372:n71.
    """
    layout = arrange(flow)
    return Figure(
        id="prisma-flow", title="How studies came into this synthesis", caption=layout.caption, alt=layout.alt,
        svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(flow: Flow) -> Arranged:
    """Everything the diagram shows, in its place."""
    steps = steps_of(flow)
    room = (style.WIDTH - STAGE - SPACE) / 2 - 0.5
    left, right = STAGE, STAGE + room + SPACE
    items: list[Item] = []
    y, stage_top, previous = 1.0, 1.0, None
    for index, step in enumerate(steps):
        main, height = _box(step.title, step.entries, left, y, room)
        side, side_height = (
            _box(step.dropped_title, step.dropped, right, y, room) if step.dropped_title else ([], 0.0)
        )  # fmt: skip
        if side:
            beside = ((left + room, y + min(height, side_height) / 2), (right, y + min(height, side_height) / 2))
            items += [Stroke(points=beside)] if step.stage == INCLUDED else arrow(beside)
        if previous is not None:
            items += arrow(((left + room / 2, previous), (left + room / 2, y)))
        items += [*main, *side]
        previous = y + height
        y += max(height, side_height)
        if index == len(steps) - 1 or steps[index + 1].stage != step.stage:
            items += _stage(step.stage, stage_top, y)
            stage_top = y + BETWEEN
        y += BETWEEN
    return Arranged(
        scene=Scene(width=style.WIDTH, height=y - BETWEEN + 2, items=tuple(items)), alt=_alt(steps),
        caption=line(_caption(steps)), data=_data(steps),
    )  # fmt: skip


def draw(layout: Arranged) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def steps_of(flow: Flow) -> tuple[Step, ...]:
    """The rows of the diagram, from the search to the analyses."""
    counts = flow.screening
    excluded: tuple[Entry, ...] = (("", None),) if counts.excluded is None else counts.excluded
    return (
        Step(
            stage="Identification", title="Records identified",
            entries=(
                ("Databases", counts.databases), ("Registers", counts.registers),
                ("Other methods", counts.other_methods),
            ),
            dropped_title="Removed before screening", dropped=(("", counts.removed),),
        ),
        Step(
            stage="Screening", title="Records screened", entries=(("", counts.screened),),
            dropped_title="Records excluded", dropped=(("", counts.screened_out),),
        ),
        Step(
            stage="Screening", title="Reports sought", entries=(("", counts.sought),),
            dropped_title="Reports not retrieved", dropped=(("", counts.not_retrieved),),
        ),
        Step(
            stage="Screening", title="Reports assessed", entries=(("", counts.assessed),),
            dropped_title="Reports excluded", dropped=excluded,
        ),
        Step(
            stage="Selection by rule", title="Studies held as records", entries=(("", flow.held),),
            dropped_title="Answer none of the questions", dropped=(("", flow.held - flow.reached),),
        ),
        Step(
            stage="Selection by rule", title="Studies reached by a question", entries=(("", flow.reached),),
            dropped_title="Left out of every analysis",
            dropped=flow.left_out or (("", 0),),
        ),
        Step(
            stage=INCLUDED, title="Studies in an analysis", entries=(("", flow.included),),
            dropped_title="In each analysis", dropped=flow.by_question,
        ),
    )  # fmt: skip


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else integer(value)


def _box(title: str, entries: Sequence[Entry], left: float, top: float, room: float) -> tuple[list[Item], float]:
    """A box as high as its text, and its height."""
    inner = room - 2 * PADDING
    single = len(entries) == 1 and not entries[0][0]
    texts: list[tuple[str, str, bool]] = [(title, _count(entries[0][1]) if single else "", True)]
    if not single:
        texts += [(label or "Not broken down", _count(value), False) for label, value in entries]
    items: list[Item] = []
    y = top + PADDING - 4
    for text, count, bold in texts:
        reserved = width(count, bold=bold) + 8 if count else 0.0
        first = y + style.LEADING
        for part in wrap(text, inner - reserved, bold=bold):
            y += style.LEADING
            items.append(Words(x=left + PADDING, y=y, text=part, bold=bold))
        if count:
            known = count != UNKNOWN
            items.append(
                Words(x=left + room - PADDING, y=first, text=count, side="right", bold=bold and known,
                      colour=style.INK if known else style.SECONDARY)
            )  # fmt: skip
    height = y + PADDING + 1 - top
    empty = all(value is None for _, value in entries)
    fill = UNKNOWN_FILL if empty else style.PAPER
    frame = rectangle(left, top, room, height, fill=fill, edge=style.RULE if empty else style.INK)
    return [frame, *items], height


def _stage(name: str, top: float, bottom: float) -> list[Item]:
    items: list[Item] = [rectangle(0, top, STAGE - 12, bottom - top, fill=STAGE_FILL)]
    lines = wrap(name, STAGE - 20, bold=True)
    first = (top + bottom) / 2 - (len(lines) - 2) * style.LEADING / 2 - 2
    items += [
        Words(x=(STAGE - 12) / 2, y=first + index * style.LEADING, text=text, side="center", bold=True)
        for index, text in enumerate(lines)
    ]
    return items


def _caption(steps: Sequence[Step]) -> str:
    text = "Flow of studies, after PRISMA 2020. A study in several analyses is counted once under included."
    if any(value is None for step in steps for _, value in (*step.entries, *step.dropped)):
        text += " Where no log of searching or screening was kept, the box says so."
    return text


def _alt(steps: Sequence[Step]) -> str:
    parts = []
    unknown = [step.title.lower() for step in steps if all(value is None for _, value in step.entries)]
    if unknown:
        parts.append(f"Not recorded: {', '.join(unknown)}.")
    for step in steps:
        if any(value is not None for _, value in step.entries):
            parts.append(f"{step.title}: {_said(step.entries)}.")
        if any(value is not None for _, value in step.dropped):
            parts.append(f"{step.dropped_title}: {_said(step.dropped)}.")
    return f"Flow diagram in {plural(len({step.stage for step in steps}), 'stage')}. {' '.join(parts)}"


def _said(entries: Sequence[Entry]) -> str:
    return ", ".join(f"{label} {_count(value)}".strip() for label, value in entries)


def _data(steps: Sequence[Step]) -> Table:
    rows = []
    stage = ""
    for step in steps:
        if step.stage != stage:
            stage = step.stage
            rows.append(Row(cells=(line(stage),), style="group"))
        for title, entries in ((step.title, step.entries), (step.dropped_title, step.dropped)):
            for label, value in entries:
                name = f"{title}: {label}" if label else title
                rows.append(Row(cells=(line(name), line(_count(value)))))
    return Table(
        id="prisma-flow-data", caption="Numbers in the flow diagram",
        columns=(Column(label="Step", width=4), Column(label="Number", align="right", width=1)), rows=tuple(rows),
    )  # fmt: skip
