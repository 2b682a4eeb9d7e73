"""Names nobody would choose, in every new figure: drawn as text, all of it, and never off the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from synthesis.analysis.flow import Flow, Screening
from synthesis.analysis.gaps import gaps
from synthesis.analysis.model import Analysis
from synthesis.certainty.judgements import Judgements
from synthesis.document.elements import Figure, plain
from synthesis.figures import funnel, gap_map, prisma_flow, rob_summary, rob_traffic_light
from synthesis.figures.cumulative_forest import cumulative_forest
from synthesis.figures.forest import forest

NAMES = (
    "<script>alert(1)</script>",
    "#import ]]> {{ }} & \"'",
    "\u202eright to left\u202c 🙂",
    "long " * 2000,
    "x" * 10_000,
)


def words(svg: str) -> str:
    root = ElementTree.fromstring(svg)
    assert not [item for item in root.iter() if item.tag.endswith("script")]
    return "".join("".join(item.itertext()) for item in root.iter() if item.tag.endswith("text"))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", NAMES, ids=["script", "markup", "direction", "words", "letters"])
def test_any_name_is_drawn_whole(name: str, judged: Judgements, counts: Callable[..., Analysis], invented: Any) -> None:
    studies = tuple(replace(study, label=name) for study in judged.studies)
    bias = replace(judged, title=name, studies=studies)
    analysis = replace(counts((name, 10, 20, 5, 20), ("Birch 2001", 8, 20, 4, 20)), title=name)
    flow = Flow(
        screening=Screening(excluded=((name, 1),)), held=3, reached=2, left_out=((name, 1),), included=1,
        by_question=((name, 1),),
    )  # fmt: skip
    figures: tuple[Figure, ...] = (
        rob_traffic_light.rob_traffic_light(bias),
        prisma_flow.prisma_flow(flow),
        cumulative_forest(analysis),
        forest(analysis, bias=bias),
    )
    letters = squeezed(name) if name.isascii() else "righttoleft"
    for figure in figures:
        assert letters in squeezed(words(figure.svg)), figure.id
    for figure in (rob_summary.rob_summary(bias), funnel.funnel(analysis)):
        assert figure.title.startswith(("Risk of bias", name[:20]))
        words(figure.svg)
    assert any(name in plain(row.cells[0]) for row in funnel.funnel(analysis).data.rows)  # type: ignore[union-attr]


def test_three_hundred_studies_are_drawn(counts: Callable[..., Analysis], judged: Judgements) -> None:
    analysis = counts(*((f"Study {index} 2001", 10 + index % 9, 40, 9, 40) for index in range(300)))
    layout = funnel.arrange(analysis)
    assert len(layout.data.rows) == 300 and layout.scene.height < 400
    many = replace(judged, studies=judged.studies * 100)
    assert len(rob_traffic_light.arrange(many).data.rows) == 300
    assert sum(share for _, share in rob_summary.shares(many, "overall", weighted=True)) == pytest.approx(1)


def test_a_map_of_many_outcomes_keeps_every_heading(invented: Any) -> None:
    found = gaps(invented.evidence([invented.study()], []))
    domains = tuple(f"Domain{index} of outcomes" for index in range(14))
    cells = {
        (intervention, group, domain): found.cells[intervention, group, found.domains[0]]
        for intervention in found.interventions
        for group in found.populations
        for domain in domains
    }
    layout = gap_map.arrange(replace(found, domains=domains, cells=cells))
    drawn = squeezed("".join(item.text for item in layout.scene.words))
    assert all(f"Domain{index}" in drawn for index in range(14))
