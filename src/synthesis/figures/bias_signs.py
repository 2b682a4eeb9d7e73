"""The sign that stands for one judgement of risk of bias, and the words for judgements, shared by three figures."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.analysis.phrases import lower_first
from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS, Level
from synthesis.figures import style
from synthesis.figures.scene import Disc, Item, Stroke, mark
from synthesis.formatting import integer

SIZE = 13.0
NOT_JUDGED = "Not yet judged"
MADE_UP = "Demonstration: these judgements are made up to show the figure."


def sign(level: Level | None, x: float, y: float, size: float = SIZE) -> list[Item]:
    """A filled disc with the level's sign in white; an empty dashed-looking ring where nobody has judged."""
    if level is None:
        return [mark("circle", x, y, size, fill=None, edge=style.RULE, width=0.9)]
    return [mark("circle", x, y, size, fill=level.colour), *SIGNS[level.sign](x, y, size * 0.24)]


def level_of(judgements: Judgements, key: str | None) -> Level | None:
    """The level with this key in the tool of the judgements."""
    return None if key is None else ROB_TOOLS[judgements.tool].level(key)


def name_of(level: Level | None) -> str:
    """The level in words."""
    return NOT_JUDGED if level is None else level.name


def occurring(judgements: Judgements) -> list[Level | None]:
    """The levels that occur, from least to most risk; None last if anything has not been judged."""
    tool = ROB_TOOLS[judgements.tool]
    parts = [*(domain.key for domain in tool.domains), "overall"]
    found = {judgements.level_of(study, part) for study in judgements.studies for part in parts}
    levels: list[Level | None] = [level for level in tool.levels if level.key in found]
    return [*levels, None] if None in found else levels


def overall_in_words(judgements: Judgements) -> str:
    """Which studies have which judgement overall."""
    parts = []
    for level in occurring(judgements):
        key = None if level is None else level.key
        labels = [study.label for study in judgements.studies if study.overall == key]
        if labels:
            parts.append(f"{name_of(level)}, {integer(len(labels))}: {', '.join(labels)}")
    start = f"{MADE_UP} " if judgements.made_up else ""
    return f"{start}Overall risk of bias: {'; '.join(parts)}."


def bias_line(judgements: Judgements) -> str:
    """The tool and its domains, for a plot that shows their letters alone."""
    tool = ROB_TOOLS[judgements.tool]
    domains = "; ".join(f"{item.key} {lower_first(item.name)}" for item in tool.domains)
    start = f"{MADE_UP} " if judgements.made_up else ""
    return f"{start}Risk of bias by {tool.name} ({tool.version}): {domains}."


def _stroke(*points: tuple[float, float]) -> Stroke:
    return Stroke(points=points, colour=style.PAPER, width=1.5)


def _minus(x: float, y: float, half: float) -> Iterator[Item]:
    yield _stroke((x - half, y), (x + half, y))


def _plus(x: float, y: float, half: float) -> Iterator[Item]:
    yield from _minus(x, y, half)
    yield _stroke((x, y - half), (x, y + half))


def _cross(x: float, y: float, half: float) -> Iterator[Item]:
    arm = half * 0.8
    yield _stroke((x - arm, y - arm), (x + arm, y + arm))
    yield _stroke((x - arm, y + arm), (x + arm, y - arm))


def _plus_minus(x: float, y: float, half: float) -> Iterator[Item]:
    up = y - half * 0.4
    yield _stroke((x - half * 0.9, up), (x + half * 0.9, up))
    yield _stroke((x, up - half * 0.9), (x, up + half * 0.9))
    yield _stroke((x - half * 0.9, y + half * 1.1), (x + half * 0.9, y + half * 1.1))


def _exclamation(x: float, y: float, half: float) -> Iterator[Item]:
    yield _stroke((x, y - half * 1.2), (x, y + half * 0.4))
    yield Disc(x=x, y=y + half * 1.1, radius=1.0, fill=style.PAPER)


def _question(x: float, y: float, half: float) -> Iterator[Item]:
    bow = ((-0.7, -0.7), (-0.45, -1.15), (0, -1.3), (0.5, -1.15), (0.7, -0.7), (0.5, -0.3), (0.05, 0.0), (0, 0.45))
    yield _stroke(*((x + dx * half, y + dy * half) for dx, dy in bow))
    yield Disc(x=x, y=y + half * 1.15, radius=0.95, fill=style.PAPER)


SIGNS = {"+": _plus, "−": _minus, "×": _cross, "±": _plus_minus, "!": _exclamation, "?": _question}
