"""Evidence gap maps: every cell has its numbers or is shown as empty."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.gaps import gaps
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.figures.gap_map import EMPTY_FILL, arrange, gap_map
from synthesis.figures.scene import Area


def test_each_cell_is_either_empty_or_has_its_counts(invented: Any) -> None:
    studies = [invented.study(f"alpha200{index}") for index in range(3)]
    studies.append(invented.study("beta2002", design="cohort"))
    found = gaps(invented.evidence(studies, []))
    layout = arrange(found)
    blank = [item for item in layout.scene.items if isinstance(item, Area) and item.fill == EMPTY_FILL]
    assert len(blank) - 1 == sum(cell.empty for cell in found.cells.values()) == len(found.cells) - 1
    numbers = [item.text for item in layout.scene.words if item.text.isdigit()]
    assert numbers == ["3", "1"]
    body = [row for row in layout.data.rows if row.style == "body"]
    assert [plain(cell) for cell in body[0].cells] == ["Alcohol only", "3 + 1", "0"]


def test_more_studies_give_a_larger_mark(invented: Any) -> None:
    arms = (invented.arm("a", "other"), invented.arm("b", "usual"))
    studies = [invented.study(f"alpha200{index}") for index in range(4)] + [invented.study("beta2002", arms=arms)]
    layout = arrange(gaps(invented.evidence(studies, [])))
    squares = [item for item in layout.scene.items if isinstance(item, Area) and item.fill == "#12436D"][1:]
    sides = [max(x for x, _ in item.points) - min(x for x, _ in item.points) for item in squares]
    assert len(sides) == 2 and sides[0] > 1.5 * sides[1]


def test_the_alternative_names_the_outcomes_without_a_study(evidence: Any) -> None:
    text = arrange(gaps(evidence, interventions=["smart", "facilitating-access"])).alt
    assert "Facilitating access to mutual aid: " in text
    for part in text.split(": ")[1:]:
        assert "randomised trial" in part
    assert "none on" in text


def test_without_populations_each_intervention_is_one_row(invented: Any) -> None:
    layout = arrange(gaps(invented.evidence([invented.study()], []), by_population=False))
    assert [plain(cell) for row in layout.data.rows for cell in row.cells] == ["Help", "1 + 0", "0"]
    assert [row.style for row in layout.data.rows] == ["body"]
    assert "Help" in [item.text for item in layout.scene.words]


def test_nothing_to_map_is_refused(invented: Any) -> None:
    with pytest.raises(UsageError, match="nothing to map"):
        gap_map(invented.evidence([], []))


def test_an_unknown_category_is_refused(evidence: Any) -> None:
    with pytest.raises(UnknownKeyError, match="arm category"):
        gap_map(evidence, interventions=["crystals"])
