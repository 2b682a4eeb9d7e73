"""Risk of bias by study and domain: one sign for each judgement, and an empty ring where nobody has judged."""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS, RobTool
from synthesis.document.elements import Column, Figure, Line, Row, Table, line
from synthesis.figures import style
from synthesis.figures.bias_signs import MADE_UP, SIZE, level_of, name_of, occurring, overall_in_words, sign
from synthesis.figures.lettering import width, wrap
from synthesis.figures.scene import Band, Banded, Item, Scene, Stroke, Words, drawing, key
from synthesis.formatting import integer, plural

LEAST_STEP, MOST_STEP = 34.0, 56.0
ROW_HEIGHT = SIZE + 7


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficLight:
    """The figure with everything in its place; attributes as in ``ForestLayout``."""

    plot: Banded
    alt: str
    caption: Line
    data: Table

    @property
    def scene(self) -> Scene:
        """All rows on one page."""
        return self.plot.scene


def rob_traffic_light(judgements: Judgements) -> Figure:
    """One row per study, one column per domain and one for the whole.

    Parameters
    ----------
    judgements : Judgements
        From ``risk_of_bias``.
    """
    layout = arrange(judgements)
    return Figure(
        id=f"rob-traffic-light-{judgements.id}", title=f"Risk of bias by study: {judgements.title}",
        caption=layout.caption, alt=layout.alt, svg=draw(layout), data=layout.data, width_mm=style.WIDTH_MM,
    )  # fmt: skip


def arrange(judgements: Judgements) -> TrafficLight:
    """Everything the figure shows, in its place."""
    tool = ROB_TOOLS[judgements.tool]
    parts = parts_of(tool)
    step = min(MOST_STEP, max(LEAST_STEP, (style.WIDTH - 150) / len(parts)))
    names = style.WIDTH - step * len(parts)
    entries = [(sign(level, 0, 0), name_of(level)) for level in occurring(judgements)]
    items, y = key(entries, SIZE / 2 + 1)
    y += style.BLOCK_GAP + style.TEXT
    centres = [names + (index + 0.5) * step for index in range(len(parts))]
    items.append(Words(x=0, y=y, text="Study", bold=True))
    items += [
        Words(x=x, y=y, text=short, side="center", bold=True) for x, (_, short, _) in zip(centres, parts, strict=True)
    ]
    y += 5
    items.append(Stroke(points=((0, y), (style.WIDTH, y))))
    bands, y = _bands(judgements, names, centres, y)
    below, last = domain_lines(tool, y + style.BLOCK_GAP + style.TEXT)
    return TrafficLight(
        plot=Banded(width=style.WIDTH, height=last + 6, head=tuple(items), bands=bands, tail=tuple(below)),
        alt=_alt(judgements), caption=caption(judgements), data=_data(judgements),
    )  # fmt: skip


def _bands(
    judgements: Judgements, names: float, centres: list[float], y: float
) -> tuple[tuple[Band, ...], float]:  # fmt: skip
    """A row for each study, from ``y`` down, with names as wide as ``names``; and the bottom of the last."""
    parts, bands = parts_of(ROB_TOOLS[judgements.tool]), []
    for study in judgements.studies:
        lines = wrap(study.label, names - style.GAP)
        height = max(ROW_HEIGHT, len(lines) * style.LEADING + 6)
        middle = y + height / 2
        items: list[Item] = [
            Words(x=0, y=middle + (index - len(lines) / 2) * style.LEADING + style.TEXT, text=text)
            for index, text in enumerate(lines)
        ]
        for x, (part, _, _) in zip(centres, parts, strict=True):
            items += sign(level_of(judgements, judgements.level_of(study, part)), x, middle)
        items.append(Stroke(points=((0, y + height), (style.WIDTH, y + height)), colour=style.FAINT, width=style.HAIR))
        bands.append(Band(name=study.label, top=y, bottom=y + height, items=tuple(items)))
        y += height
    return tuple(bands), y


def draw(layout: TrafficLight) -> str:
    """The layout as SVG."""
    return drawing(layout.scene)


def parts_of(tool: RobTool) -> list[tuple[str, str, str]]:
    """The tool's domains and the whole: key, short heading, name."""
    return [*((item.key, item.key, item.name) for item in tool.domains), ("overall", "Overall", "Overall")]


def domain_lines(tool: RobTool, y: float) -> tuple[list[Item], float]:
    """What each domain is, in two columns under the figure; and the last baseline."""
    half = (len(tool.domains) + 1) // 2
    items: list[Item] = []
    lowest = y
    indent = max(width(item.key, bold=True) for item in tool.domains) + 6
    for index, domain in enumerate(tool.domains):
        x = 0.0 if index < half else style.WIDTH / 2
        row = y + (index % half if index < half else index - half) * (style.LEADING + 1)
        items.append(Words(x=x, y=row, text=domain.key, bold=True))
        items.append(Words(x=x + indent, y=row, text=domain.name))
        lowest = max(lowest, row)
    return items, lowest


def caption(judgements: Judgements) -> Line:
    """Tool and version, and that judgements are made up if they are."""
    tool = ROB_TOOLS[judgements.tool]
    parts = [f"{tool.name} ({tool.version}), for {tool.about}."]
    missing = sum(not study.judged for study in judgements.studies)
    if missing:
        parts.append(f"{integer(missing)} of {plural(len(judgements.studies), 'study', 'studies')} not yet judged.")
    if judgements.made_up:
        parts.insert(0, MADE_UP)
    return line(" ".join(parts))


def _alt(judgements: Judgements) -> str:
    tool = ROB_TOOLS[judgements.tool]
    return (
        f"Grid of {plural(len(judgements.studies), 'study', 'studies')} by {integer(len(tool.domains))} domains of "
        f"{tool.name}. {overall_in_words(judgements)}"
    )


def _data(judgements: Judgements) -> Table:
    tool = ROB_TOOLS[judgements.tool]
    rows = []
    for study in judgements.studies:
        levels = (level_of(judgements, judgements.level_of(study, part)) for part, _, _ in parts_of(tool))
        rows.append(Row(cells=(line(study.label), *(line(name_of(level)) for level in levels))))
    return Table(
        id=f"rob-traffic-light-{judgements.id}-data", caption=f"Judgements of risk of bias: {judgements.title}",
        columns=(Column(label="Study"), *(Column(label=name) for _, _, name in parts_of(tool))), rows=tuple(rows),
        notes=(line(MADE_UP),) if judgements.made_up else (),
    )  # fmt: skip
