"""Every combination of equivalent choices is carried out, and only those count."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from synthesis.analysis.model import Analysis, Robustness
from synthesis.analysis.phrases import robustness_statement
from synthesis.analysis.run import analyse
from synthesis.document.elements import plain
from synthesis.errors import AnalysisError
from synthesis.pooling.pool import pool
from synthesis.tables.robustness import robustness_table

# One study stands apart, so that much hangs on the choices.
CELLS = ((50, 100, 30, 100), (60, 150, 42, 150), (36, 80, 20, 80), (15, 60, 18, 60))


def choice(choice_id: str, status: str, *alternatives: dict[str, Any]) -> dict[str, Any]:
    return {"id": choice_id, "label": choice_id, "status": status, "why": "invented", "alternatives": alternatives}


def option(option_id: str, **change: Any) -> dict[str, Any]:
    return {"id": option_id, "label": option_id, **change}


FIVE = (
    choice("estimator", "equivalent", option("dl", plan={"tau2": "DL"}), option("pm", plan={"tau2": "PM"})),
    choice("interval", "equivalent", option("wald", plan={"profile": "wald"})),
    choice("model", "equivalent", option("common", plan={"model": "common"})),
    choice("apart", "not-equivalent", option("without", without=("trial2004",))),
    choice("measure", "uncertain", option("rd", plan={"measure": "RD"}), option("or", plan={"measure": "OR"})),
)


def analysed(invented: Any, choices: Any = FIVE) -> Analysis:
    studies = [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, m))))
        for i, (a, n, b, m) in enumerate(CELLS)
    ]
    question = invented.question(plan={"measure": "RR"}, choices=choices)
    return analyse(invented.evidence(studies, [question]), question.id)


def robust(analysis: Analysis) -> Robustness:
    assert analysis.robustness is not None
    return analysis.robustness


def test_all_combinations_of_equivalent_choices_are_run_the_plan_first(invented: Any) -> None:
    analysis = analysed(invented)
    found = robust(analysis)
    assert len(found.equivalent) == 3 * 2 * 2
    assert found.equivalent[0].options == {}
    assert found.equivalent[0].estimate == pytest.approx(analysis.models["plan"].estimate)
    assert len({tuple(sorted(item.options.items())) for item in found.equivalent}) == 12
    assert [item.options for item in found.alone] == [{"apart": "without"}, {"measure": "rd"}, {"measure": "or"}]


def test_each_combination_is_what_pooling_gives(invented: Any) -> None:
    analysis = analysed(invented)
    expected = []
    for tau2, ci, model in product(("REML", "DL", "PM"), ("cochrane-2025", "wald"), ("random", "common")):
        pooled = pool(analysis.effects, model=model, tau2=tau2, ci=ci)
        expected.append((pooled.estimate, pooled.ci.low, pooled.ci.high))
    found = [(item.estimate, item.low, item.high) for item in robust(analysis).equivalent]
    assert found == [pytest.approx(item) for item in expected]


def test_those_that_agree_are_counted_and_what_the_others_share_is_named(invented: Any) -> None:
    found = robust(analysed(invented))
    # Random effects with the Hartung-Knapp interval lie across; Wald's, and the common effect, above.
    assert found.side == 0
    assert {tuple(item.options.items())[-1] for item in found.differ} <= {("interval", "wald"), ("model", "common")}
    text = robustness_statement(found)
    assert text.startswith(f"{len(found.agree)} of 12 equivalent analyses agree that the interval lies across")
    assert len(found.agree) + len(found.differ) == 12
    one = replace(found, equivalent=(*found.agree, found.differ[0]))
    assert "The other one has" in robustness_statement(one)
    assert robustness_statement(replace(found, equivalent=found.agree)).startswith("All ")


def test_a_shared_choice_is_named(invented: Any) -> None:
    found = robust(analysed(invented))
    common = tuple(item for item in found.differ if item.options.get("model") == "common")
    text = robustness_statement(replace(found, equivalent=(*found.agree, *common)))
    assert text.endswith("The others all have “model: common”.")


def test_the_table_has_a_row_for_each_and_the_statement(invented: Any) -> None:
    analysis = analysed(invented)
    table = robustness_table(analysis)
    body = [[plain(cell) for cell in row.cells] for row in table.rows if row.style == "body"]
    assert len(body) == 12 + 3
    assert body[0][0] == "Nothing: the plan"
    assert plain(table.notes[0]) == robustness_statement(robust(analysis))
    assert "p value" in plain(table.notes[1])
    assert body[12][2].startswith("RD ") and body[14][:2] == ["apart: without", "3"]


def test_a_choice_that_leaves_no_study_agrees_with_nothing(invented: Any) -> None:
    none = choice("designs", "equivalent", option("cohort", designs=("cohort",)))
    found = robust(analysed(invented, (none,)))
    assert [item.k for item in found.equivalent] == [4, 0]
    assert [item.options for item in found.differ] == [{"designs": "cohort"}]


def test_changes_of_two_choices_add_up(invented: Any) -> None:
    choices = (
        choice("first", "equivalent", option("x", without=("trial2001",))),
        choice("second", "equivalent", option("y", without=("trial2004",))),
    )
    assert [item.k for item in robust(analysed(invented, choices)).equivalent] == [4, 3, 3, 2]


def test_without_declared_choices_nothing_is_said(invented: Any) -> None:
    analysis = analysed(invented, ())
    assert analysis.robustness is None
    (row,) = robustness_table(analysis).rows
    assert "No choices are declared" in plain(row.cells[0])


def test_too_many_combinations_are_refused(invented: Any) -> None:
    options = [option(f"o{i}", plan={"tau2": "DL"}) for i in range(7)]
    choices = [choice(f"c{i}", "equivalent", *options) for i in range(4)]
    with pytest.raises(AnalysisError, match="4,096 combinations"):
        analysed(invented, choices)


def test_the_shipped_questions_declare_their_choices(evidence: Any) -> None:
    for question in evidence.questions.values():
        if question.baseline_risk is not None:
            found = robust(analyse(evidence, question.id))
            assert len(found.equivalent) == 18
            assert {choice.status for choice in question.choices} == {"equivalent", "uncertain", "not-equivalent"}
