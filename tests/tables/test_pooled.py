"""The table of every way of pooling."""

from __future__ import annotations

import math

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.tables.pooled import pooled_table


def test_the_plan_comes_first_with_the_simple_models_beside_it(pooled: Analysis) -> None:
    rows = pooled_table(pooled).rows
    assert [plain(row.cells[0]) for row in rows[:4]] == [
        "As planned", "Plan: random effects (REML, Hartung-Knapp)", "Random effects (DL, Wald)", "Common effect",
    ]  # fmt: skip
    texts = [plain(cell) for cell in rows[1].cells]
    plan = pooled.models["plan"]
    assert texts[1] == "3 (569)"
    assert texts[2].startswith(f"{math.exp(plan.estimate):.2f} ({math.exp(plan.ci.low):.2f} to ")
    assert texts[5] == f"{100 * plan.heterogeneity.i2:.0f}%"


def test_each_variant_is_a_heading_with_its_reason_and_marked_rows(pooled: Analysis) -> None:
    table = pooled_table(pooled)
    labels = [plain(row.cells[0]) for row in table.rows]
    assert "With recalled numbers: to see" in labels
    below = labels[labels.index("With recalled numbers: to see") + 1 :]
    assert len(below) == 3 and all(label.endswith("†") for label in below)
    assert any(plain(note).startswith("† Recalled") for note in table.notes)


def test_one_study_has_no_heterogeneity(pooled: Analysis) -> None:
    last = [plain(cell) for cell in pooled_table(pooled).rows[-1].cells]
    assert last[4:6] == ["–", "–"]


def test_every_note_of_a_model_is_explained_once(pooled: Analysis) -> None:
    table = pooled_table(pooled)
    marks = {mark for row in table.rows if row.style == "body" for mark in plain(row.cells[7]).split(", ") if mark}
    explained = [plain(note).split(" ", 1)[0] for note in table.notes]
    assert marks and marks <= set(explained)
    texts = [note.text for model in pooled.models.values() for note in model.notes]
    assert all(any(text.replace("tau²", "τ²") in plain(note) for note in table.notes) for text in texts)


def test_nothing_pooled_is_said(nothing: Analysis, observed: Analysis) -> None:
    assert plain(pooled_table(nothing).rows[1].cells[0]) == "No study compares these."
    assert "shown as directions" in plain(pooled_table(observed).rows[1].cells[0])


def test_numbers_carry_the_name_of_their_fact(pooled: Analysis) -> None:
    table = pooled_table(pooled)
    targets = {span.target for row in table.rows for cell in row.cells for span in cell if span.style == "number"}
    assert {"made-up.estimate", "made-up.ci", "made-up.DL.estimate", "made-up.recalled.estimate"} <= targets
