"""Pictures as plain data, and a law that holds for each of them: words stay on the page and apart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from synthesis.analysis.flow import Flow, Screening, study_flow
from synthesis.analysis.gaps import gaps
from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.figures import funnel, gap_map, prisma_flow, rob_summary, rob_traffic_light, style, timeline
from synthesis.figures.scene import Area, Disc, Scene, Stroke, Words, arrow, drawing, key, mark, moved, paragraph


def overlapping(scene: Scene) -> list[tuple[str, str]]:
    """Pairs of texts that share room: half a point of the widths, and less than the height of small letters."""
    return [
        (one.text, other.text)
        for one, other in combinations(scene.words, 2)
        if abs(one.y - other.y) < 7.5 and one.left + 0.5 < other.right and other.left + 0.5 < one.right
    ]


def outside(scene: Scene) -> list[str]:
    return [
        item.text
        for item in scene.words
        if item.left < -0.5 or item.right > scene.width + 0.5 or item.y > scene.height or item.y < style.TEXT * 0.6
    ]


@pytest.fixture
def scenes(
    evidence: Any, six_means: Analysis, three: Analysis, make_judgements: Callable[..., Judgements]
) -> dict[str, Scene]:
    """Every figure of this kind, from shipped evidence where there is some."""
    found = {"funnel-means": funnel.arrange(six_means).scene, "funnel-ratios": funnel.arrange(three).scene}
    for tool in ROB_TOOLS:
        found[f"light-{tool}"] = rob_traffic_light.arrange(make_judgements(tool)).scene
        found[f"summary-{tool}"] = rob_summary.arrange(make_judgements(tool)).scene
    analyses = [analyse(evidence, question) for question in evidence.questions]
    for analysis in analyses:
        if len(analysis.effects) > 1:
            found[f"funnel-{analysis.question}"] = funnel.arrange(analysis).scene
    found["gaps"] = gap_map.arrange(gaps(evidence)).scene
    found["timeline"] = timeline.arrange(evidence.sources).scene
    found["flow"] = prisma_flow.arrange(study_flow(evidence, analyses)).scene
    long = (("A reason that takes a good deal longer to say than a box is wide, and then some", 1_234_567),)
    counts = Flow(
        screening=Screening(databases=9_999_999, excluded=long), held=4, reached=3, left_out=long, included=2,
        by_question=long,
    )  # fmt: skip
    found["flow-long"] = prisma_flow.arrange(counts).scene
    return found


def test_words_are_on_the_page_and_apart(scenes: dict[str, Scene]) -> None:
    assert len(scenes) >= 15
    assert {name: outside(scene) for name, scene in scenes.items() if outside(scene)} == {}
    assert {name: overlapping(scene) for name, scene in scenes.items() if overlapping(scene)} == {}


def test_every_scene_fits_a_page_and_is_wide_as_one(scenes: dict[str, Scene]) -> None:
    for name, scene in scenes.items():
        assert scene.width == style.WIDTH
        assert scene.height <= style.PAGE_HEIGHT, name


def test_nothing_that_has_to_be_read_is_small(scenes: dict[str, Scene]) -> None:
    assert min(item.size for scene in scenes.values() for item in scene.words) >= style.TEXT


def test_the_law_sees_words_that_overlap_or_leave_the_page() -> None:
    first, second = Words(x=10, y=20, text="one"), Words(x=12, y=22, text="two")
    assert overlapping(Scene(width=100, height=50, items=(first, second))) == [("one", "two")]
    assert outside(Scene(width=20, height=50, items=(first, second))) == ["one", "two"]


def test_drawings_are_the_same_each_time(scenes: dict[str, Scene]) -> None:
    for scene in scenes.values():
        svg = drawing(scene)
        assert svg.startswith("<svg") and svg == drawing(scene)


def test_an_arrow_ends_where_it_points() -> None:
    shaft, head = arrow(((0, 0), (0, 10), (20, 10)))
    assert isinstance(shaft, Stroke)
    assert shaft.points[:2] == ((0, 0), (0, 10)) and shaft.points[-1] == (20 - style.ARROW, 10)
    assert head.points[0] == (20, 10)  # type: ignore[union-attr]


def test_marks_are_centred_and_can_be_moved() -> None:
    disc = mark("circle", 5, 7, 8, fill="#000000")
    assert isinstance(disc, Disc) and (disc.x, disc.y, disc.radius) == (5, 7, 4)
    for kind in ("square", "diamond"):
        area = mark(kind, 5, 7, 8, fill="#000000")  # type: ignore[arg-type]
        assert isinstance(area, Area)
        xs, ys = zip(*area.points, strict=True)
        assert (min(xs) + max(xs)) / 2 == pytest.approx(5) and (min(ys) + max(ys)) / 2 == pytest.approx(7)
    there = moved(Words(x=1, y=2, text="a", bold=True), 10, 20)
    assert isinstance(there, Words) and (there.x, there.y, there.bold) == (11, 22, True)


def test_paragraphs_and_keys_break_into_lines() -> None:
    words, last = paragraph("one two three four five six", 0, 10, 60)
    assert len(words) > 1 and last == 10 + (len(words) - 1) * style.LEADING
    entries = [([mark("circle", 0, 0, 8, fill="#000000")], "A rather long meaning of a sign")] * 5
    items, bottom = key(entries, 9)
    assert len({item.y for item in items if isinstance(item, Words)}) == 2
    assert bottom > 9 + style.LEADING
