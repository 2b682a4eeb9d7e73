"""Risk of bias by study and in summary: each level by sign, what is not judged said to be so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.document.elements import plain
from synthesis.figures import rob_summary, rob_traffic_light
from synthesis.figures.bias_signs import MADE_UP, occurring, sign
from synthesis.figures.scene import Arranged, Disc


def fills(layout: Arranged) -> list[str | None]:
    """Fills of the discs, without those of the key."""
    discs = [item.fill for item in layout.scene.items if isinstance(item, Disc) and item.radius > 2]
    return [fill for fill in discs if fill != "#ffffff"]


@pytest.mark.parametrize("tool", list(ROB_TOOLS))
def test_one_sign_for_each_judgement_and_a_ring_where_there_is_none(
    make_judgements: Callable[..., Judgements], tool: str
) -> None:
    layout = rob_traffic_light.arrange(make_judgements(tool))
    parts = len(ROB_TOOLS[tool].domains) + 1
    shown = fills(layout)[3:]
    assert len(shown) == 3 * parts
    assert shown[-parts:] == [None] * parts
    assert shown[parts - 1] == ROB_TOOLS[tool].levels[2].colour
    assert len(layout.data.columns) == parts + 1


def test_levels_differ_by_more_than_colour() -> None:
    for tool in ROB_TOOLS.values():
        shapes = [repr(sign(level, 0, 0)[1:]) for level in tool.levels]
        assert len(set(shapes)) == len(tool.levels)


def test_the_key_names_what_occurs_and_nothing_else(judged: Judgements) -> None:
    words = [item.text for item in rob_traffic_light.arrange(judged).scene.words]
    assert words[:3] == ["Low risk", "High risk", "Not yet judged"]
    assert "Some concerns" not in words
    done = replace(judged, studies=judged.studies[:2])
    assert None not in occurring(done)


def test_nothing_judged_is_shown_as_nothing_judged(judged: Judgements) -> None:
    nobody = replace(judged, studies=judged.studies[2:])
    layout = rob_traffic_light.arrange(nobody)
    assert set(fills(layout)) == {None}
    assert "1 of 1 study not yet judged" in plain(layout.caption)
    assert "Not yet judged, 1: Cedar 2007" in layout.alt
    assert {plain(cell) for row in layout.data.rows for cell in row.cells[1:]} == {"Not yet judged"}
    summary = rob_summary.arrange(nobody)
    assert "Overall: not yet judged 100%" in summary.alt


def test_made_up_judgements_say_so_everywhere(judged: Judgements) -> None:
    for module in (rob_traffic_light, rob_summary):
        layout = module.arrange(replace(judged, made_up=True))
        assert MADE_UP in plain(layout.caption) and MADE_UP in layout.alt
        assert MADE_UP in plain(layout.data.notes[0])
        assert MADE_UP not in plain(module.arrange(judged).caption)


def test_shares_follow_the_weights_and_sum_to_one(judged: Judgements) -> None:
    weighted = rob_summary.shares(judged, "overall", weighted=True)
    assert [share for _, share in weighted] == pytest.approx([0.3, 0.5, 0.2])
    plainly = rob_summary.shares(judged, "overall", weighted=False)
    assert [share for _, share in plainly] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    for domain in ROB_TOOLS["rob2"].domains:
        assert sum(share for _, share in rob_summary.shares(judged, domain.key, weighted=True)) == pytest.approx(1)


def test_without_weights_every_study_counts_the_same(judged: Judgements) -> None:
    bare = replace(judged, studies=tuple(replace(study, weight=None) for study in judged.studies))
    assert "Every study counts the same" in plain(rob_summary.arrange(bare).caption)
    assert "33%" in rob_summary.arrange(bare).alt
    assert "counts by its weight" in plain(rob_summary.arrange(judged).caption)


def test_both_are_figures_with_the_same_in_a_table(judged: Judgements) -> None:
    for figure in (rob_traffic_light.rob_traffic_light(judged), rob_summary.rob_summary(judged)):
        assert figure.svg.startswith("<svg") and figure.data is not None and figure.data.rows
