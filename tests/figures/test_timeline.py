"""Timelines: each source once, in its year and lane; what was replaced is hollow and linked."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.source import Source, SourceType
from synthesis.figures.scene import Area, Stroke
from synthesis.figures.timeline import LANES, arrange, timeline


def source(source_id: str, year: int | None, kind: str = "guideline", **more: Any) -> Source:
    plainly = {
        "schema_version": 1, "id": source_id, "type": kind, "type_as_described": "invented", "body": "Nobody",
        "short_name": f"{source_id.title()} {year}", "year": year, "conclusion": "Invented.", "read": True,
        "added": "2026-01-01", "reference": {"type": "report", "title": "Invented"},
    }  # fmt: skip
    return Source.model_validate(plainly | more)


def held(*sources: Source) -> dict[str, Source]:
    return {item.id: item for item in sources}


def test_every_type_of_source_has_one_lane() -> None:
    types = [kind for lane in LANES for kind in lane.types]
    assert sorted(types) == sorted(SourceType.__args__)  # type: ignore[attr-defined]
    assert len({lane.kind for lane in LANES}) == len(LANES)


def test_sources_stand_in_order_of_year_without_repeating_it() -> None:
    layout = arrange(held(source("later", 2012), source("early", 2001), source("also", 2012, "strategy")))
    words = [item.text for item in layout.scene.words]
    assert words.index("2001") < words.index("2012")
    assert {"Early", "Later", "Also"} <= set(words)
    places = {item.text: item.y for item in layout.scene.words}
    assert places["Early"] < places["Later"] == places["Also"] == places["2012"]


def test_what_was_replaced_is_hollow_and_an_arrow_leads_to_what_replaced_it() -> None:
    old = source("old", 2001, updates={"superseded_by": "new"})
    layout = arrange(held(old, source("new", 2010)))
    squares = [item for item in layout.scene.items if isinstance(item, Area) and item.edge == LANES[1].colour]
    assert [item.fill for item in squares] == ["#ffffff", LANES[1].colour]
    (link,) = [item for item in layout.scene.items if isinstance(item, Stroke) and len(item.points) == 4]
    assert link.points[0][1] < link.points[-1][1]
    assert "Old 2001 was replaced by New 2010." in layout.alt
    assert plain(layout.data.rows[0].cells[3]) == "New 2010"


def test_sources_without_a_year_or_unread_are_said_to_be_so() -> None:
    layout = arrange(held(source("known", 2001, read=False, known="cited by others"), source("undated", None)))
    words = [item.text for item in layout.scene.words]
    assert "Known †" in words
    assert any(text.startswith("Without a year: Undated") for text in words)
    assert [plain(row.cells[-1]) for row in layout.data.rows] == ["no", "yes"]


def test_every_shipped_source_is_there(evidence: Any) -> None:
    figure = timeline(evidence)
    assert figure.data is not None and len(figure.data.rows) == len(evidence.sources)
    for item in evidence.sources.values():
        if item.year is not None:
            assert f"({item.year})" in figure.alt


def test_some_sources_can_be_chosen(evidence: Any) -> None:
    figure = timeline(evidence, sources=["nice-cg51", "nice-cg115"])
    assert figure.data is not None and len(figure.data.rows) == 2
    with pytest.raises(UnknownKeyError, match="nice-cg99"):
        timeline(evidence, sources=["nice-cg99"])


def test_no_years_at_all_are_refused() -> None:
    with pytest.raises(UsageError, match="year"):
        arrange(held(source("undated", None)))
