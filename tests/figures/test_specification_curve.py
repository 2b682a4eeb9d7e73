"""The specification curve: each way of analysing is counted once, in order, and those that differ can be told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis, Robustness
from synthesis.analysis.phrases import robustness_statement
from synthesis.analysis.run import analyse
from synthesis.document.elements import plain
from synthesis.errors import UsageError
from synthesis.figures.specification_curve import arrange, specification_curve

CELLS = ((50, 100, 30, 100), (60, 150, 42, 150), (36, 80, 20, 80), (15, 60, 18, 60))


def choice(choice_id: str, status: str, *options: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    alternatives = tuple({"id": name, "label": name, **change} for name, change in options)
    return {"id": choice_id, "label": choice_id, "status": status, "why": "invented", "alternatives": alternatives}


@pytest.fixture(scope="module")
def analysis(invented: Any) -> Analysis:
    studies = [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, m))))
        for i, (a, n, b, m) in enumerate(CELLS)
    ]
    choices = (
        choice("estimator", "equivalent", ("dl", {"plan": {"tau2": "DL"}}), ("pm", {"plan": {"tau2": "PM"}})),
        choice("interval", "equivalent", ("wald", {"plan": {"profile": "wald"}})),
        choice("cells", "equivalent", ("everywhere", {"plan": {"zero_cells": "all"}})),
        choice("apart", "not-equivalent", ("without", {"without": ("trial2004",)})),
        choice("measure", "uncertain", ("rd", {"plan": {"measure": "RD"}})),
    )
    question = invented.question(plan={"measure": "RR"}, choices=choices)
    return analyse(invented.evidence(studies, [question]), question.id)


def robust(analysis: Analysis) -> Robustness:
    assert analysis.robustness is not None
    return analysis.robustness


def rows(analysis: Analysis) -> dict[str, list[list[str]]]:
    """The rows of the table by their heading."""
    data = specification_curve(analysis).data
    assert data is not None
    found: dict[str, list[list[str]]] = {}
    for row in data.rows:
        cells = [plain(cell) for cell in row.cells]
        if row.style == "group":
            found[cells[0]] = []
        else:
            found[list(found)[-1]].append(cells)
    return found


def test_each_way_is_counted_once_and_those_that_are_not_equivalent_stand_apart(analysis: Analysis) -> None:
    found, drawn = robust(analysis), rows(analysis)
    equivalent = drawn["Equivalent choices, in every combination"]
    assert sum(int(row[1]) for row in equivalent) == len(found.equivalent) == 12
    assert sum(int(row[1]) for row in equivalent if row[3] == "yes") == len(found.agree)
    assert [row[0] for row in drawn["Not equivalent, one at a time"]] == ["apart: without"]
    assert [row[0] for row in drawn["May not be equivalent, one at a time"]] == ["measure: rd"]
    labels = [row[0] for row in equivalent]
    assert len(set(labels)) == len(labels), "two rows cannot be told apart"


def test_results_rise_from_row_to_row(analysis: Analysis) -> None:
    values = [float(row[2].split(" ")[0]) for row in rows(analysis)["Equivalent choices, in every combination"]]
    assert values == sorted(values)


def test_those_that_differ_are_hollow_and_another_measure_is_not_drawn(analysis: Analysis) -> None:
    found = robust(analysis)
    other = replace(found, side=-found.side or 1)
    for robustness in (found, other):
        sheet = arrange(replace(analysis, robustness=robustness)).sheet
        for row in sheet.rows:
            if row.glyph is not None:
                assert row.glyph.hollow == (row.cells[3].text == "no")
        (rd,) = (row for row in sheet.rows if row.cells[0].text == "measure: rd")
        assert rd.glyph is None and rd.cells[2].text


def test_words_and_numbers_are_the_same_and_no_p_value_is_given(analysis: Analysis) -> None:
    figure = specification_curve(analysis)
    assert figure.alt.startswith(robustness_statement(robust(analysis)))
    said = f"{figure.alt} {plain(figure.caption)} {figure.svg}"
    assert " p " not in said and "p =" not in said
    assert figure.data is not None
    assert "no p value" in plain(figure.data.notes[0])
    for row in figure.data.rows:
        if row.style != "group":
            assert f">{plain(row.cells[2])}<" in figure.svg


def test_without_choices_there_is_nothing_to_draw(analysis: Analysis) -> None:
    with pytest.raises(UsageError, match="no declared choices"):
        specification_curve(replace(analysis, robustness=None))
