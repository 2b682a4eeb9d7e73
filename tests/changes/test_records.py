"""What differs between two states of the records, and which class each difference belongs to."""

from __future__ import annotations

from typing import Any

from synthesis.changes.counts import record_counts
from synthesis.changes.records import QUESTION_FIELDS, differences, mixed
from synthesis.evidence.question import Question


def test_every_field_of_a_question_has_a_class() -> None:
    assert set(QUESTION_FIELDS) == set(Question.model_fields)


def test_a_difference_names_record_field_and_values(project: Any, after: Any) -> None:
    def change(data: dict[str, Any]) -> None:
        data["results"][1]["printed"][0]["arms"]["a"]["events"] = 3
        data["arms"][0]["label"] = "More help"

    after.edit("evidence/studies/birch2002.yaml", change)
    one, two = differences(project.state().records, after.state().records)
    assert (one.record, one.field, one.cause) == ("studies/birch2002", "arms.a.label", "corrections")
    assert (two.field, two.before, two.after) == ("results.mending.printed[0].arms.a.events", "32", "3")


def test_classes(project: Any, after: Any, study: Any, result: Any) -> None:
    after.write("evidence/studies/delta2004.yaml", study("delta2004", result("entering", 4, 2)))
    (after.root / "evidence/studies/alder2001.yaml").unlink()

    def change(data: dict[str, Any]) -> None:
        data["intervention"] = {"category": ["usual"], "label": "Usual"}
        data["window_months"] = [0, 12]
        data["certainty"]["domains"]["imprecision"]["reason"] = "Other."
        data["sensitivity"] = [{"id": "one", "label": "One", "why": "Invented.", "without": ["birch2002"]}]

    after.edit("evidence/questions/resting.yaml", change)
    after.edit("evidence/vocabulary.yaml", lambda data: data["arm_categories"]["usual"].update(broader="help"))
    after.edit("briefings/help/briefing.yaml", lambda data: data.update(title="Other", questions=["resting"]))
    found = {
        (item.record, item.field): item.cause for item in differences(project.state().records, after.state().records)
    }
    assert found == {
        ("briefing", "title"): "wording",
        ("briefing", "questions"): "scope",
        ("questions/resting", "intervention.category"): "scope",
        ("questions/resting", "intervention.label"): "wording",
        ("questions/resting", "window_months"): "scope",
        ("questions/resting", "certainty.domains.imprecision.reason"): "judgement",
        ("questions/resting", "sensitivity.one"): "method",
        ("vocabulary", "arm_categories.usual.broader"): "scope",
        ("studies/alder2001", ""): "corrections",
        ("studies/delta2004", ""): "new-studies",
    }


def test_counts_in_words(project: Any, after: Any, study: Any, result: Any) -> None:
    after.write("evidence/studies/delta2004.yaml", study("delta2004", result("entering", 4, 2)))
    after.edit("evidence/studies/birch2002.yaml", lambda data: data.update(year=2003, setting="Elsewhere"))
    after.edit("evidence/questions/resting.yaml", lambda data: data["plan"].update(model="common"))
    found = differences(project.state().records, after.state().records)
    assert record_counts(found) == ("1 new study", "1 study corrected or completed", "1 question analysed otherwise")


def test_no_class_leaves_the_earlier_state_and_all_of_them_make_the_later_one(
    project: Any, after: Any, study: Any, result: Any
) -> None:
    after.write("evidence/studies/delta2004.yaml", study("delta2004", result("entering", 4, 2)))
    after.edit("evidence/studies/birch2002.yaml", lambda data: data.update(year=2003))
    after.edit("evidence/questions/resting.yaml", lambda data: data["plan"].update(model="common"))
    before, now = project.state().records, after.state().records
    assert differences(before, mixed(before, now, [])) == ()
    classes = ("corrections", "method", "scope", "new-studies", "judgement")
    assert differences(now, mixed(before, now, classes)) == ()
