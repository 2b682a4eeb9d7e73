"""Selection on invented records: which arms come onto which side, edges of the rule, and which result comes first."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.evidence.load import Evidence
from synthesis.evidence.question import CategoryWord
from synthesis.evidence.selection import Selection, select, within


@pytest.fixture
def chosen(invented: Any) -> Any:
    """Select from one study with the given results, for a question changed as given."""

    def run(*results: dict[str, Any], study: dict[str, Any] | None = None, **question: Any) -> Selection:
        made = invented.study("alpha2001", *results, **(study or {}))
        return select([made], invented.question(**question), invented.vocabulary())

    return run


def ids(selection: Selection) -> list[str]:
    return [candidate.result.id for candidates in selection.candidates for candidate in candidates]


def codes(selection: Selection) -> list[tuple[str, str]]:
    return [(item.result.id, item.code) for item in selection.left_out]


def test_another_outcome_or_one_side_only_is_not_reached_and_not_listed(invented: Any, chosen: Any) -> None:
    one_side = {"arms": (invented.arm("a", "help"), invented.arm("b", "other"))}
    for found in (chosen(invented.result(outcome="sobriety")), chosen(invented.result(), study=one_side)):
        assert (found.candidates, found.left_out) == ((), ())


def test_arms_are_sorted_onto_the_two_sides_and_others_left_aside(invented: Any, chosen: Any) -> None:
    categories = {"z": "usual", "a": "strongest-help", "x": "other", "b": "help"}
    arms = tuple(invented.arm(name, category) for name, category in categories.items())
    candidate = chosen(invented.result(), study={"arms": arms}).candidates[0][0]
    assert (candidate.intervention, candidate.comparator) == (("a", "b"), ("z",))


def test_an_arm_that_fits_both_sides_is_counted_on_one(invented: Any, chosen: Any) -> None:
    arms = (invented.arm("a", "strong-help"), invented.arm("b", "help"))
    sides = {"category": ("strong-help",), "label": "Strong"}, {"category": ("help",), "label": "Any"}
    found = chosen(invented.result(), study={"arms": arms}, intervention=sides[0], comparator=sides[1])
    assert [(c.intervention, c.comparator) for c in found.candidates[0]] == [(("a",), ("b",))]


def test_deep_and_circular_category_trees_end() -> None:
    chain = {f"c{i}": CategoryWord(label="c", broader=f"c{i - 1}" if i else None) for i in range(200)}
    assert within(dict(reversed(chain.items())), ["c0"]) == set(chain)
    assert within(chain, ["c199", "c150"]) == {f"c{i}" for i in range(150, 200)}
    circle = {"x": CategoryWord(label="x", broader="y"), "y": CategoryWord(label="y", broader="x")}
    assert within(circle, ["x"]) == {"x", "y"}


@pytest.mark.parametrize(("months", "inside"), [(5.99, False), (6, True), (9, True), (12, True), (12.01, False)])
def test_both_edges_of_the_window_count(invented: Any, chosen: Any, months: float, inside: bool) -> None:
    found = chosen(invented.result(timepoint_months=months))
    assert bool(found.candidates) is inside
    assert codes(found) == ([] if inside else [("main", "window")])


def test_an_exception_names_a_study_or_one_of_its_results(invented: Any, chosen: Any) -> None:
    results = (invented.result(), invented.result(result_id="second"))
    one = {"study": "alpha2001", "result": "main", "reason": "twice in the paper"}
    found = chosen(*results, exclude=(one,))
    assert (ids(found), codes(found)) == (["second"], [("main", "exception")])
    assert found.left_out[0].reason == "twice in the paper"
    all_of_it = {"study": "alpha2001", "reason": "withdrawn"}
    assert codes(chosen(*results, exclude=(all_of_it,))) == [("main", "exception"), ("second", "exception")]
    another = {"study": "beta2002", "reason": "not this one"}
    assert ids(chosen(*results, exclude=(another,))) == ["main", "second"]


def test_not_poolable_counts_against_pooling_only(invented: Any, chosen: Any) -> None:
    result = invented.result(poolable="no", poolable_note="a picture only")
    pooled = chosen(result)
    assert (codes(pooled), pooled.left_out[0].reason) == ([("main", "not-poolable")], "a picture only")
    assert ids(chosen(result, plan={"synthesis": "effect-direction"})) == ["main"]


@pytest.mark.parametrize(("timepoint", "order"), [("longest", ["t12", "t9", "t6"]), ("shortest", ["t6", "t9", "t12"])])
def test_results_stand_by_time_as_the_plan_says(invented: Any, chosen: Any, timepoint: str, order: list[str]) -> None:
    results = [invented.result(result_id=f"t{months}", timepoint_months=months) for months in (9, 6, 12)]
    unknown = invented.result(result_id="unknown", timepoint_months=None)
    found = chosen(unknown, *results, plan={"timepoint": timepoint}, timepoint_unknown="include")
    assert ids(found) == [*order, "unknown"]


def test_at_one_time_the_question_decides_then_the_record(invented: Any, chosen: Any) -> None:
    results = (
        invented.result(result_id="first"),
        invented.result(result_id="second"),
        invented.result(result_id="preferred", outcome="sobriety"),
    )
    assert ids(chosen(*results, outcome=("sobriety", "abstinence"))) == ["preferred", "first", "second"]


def test_a_comparison_of_its_own_is_reached_by_category(invented: Any, chosen: Any) -> None:
    (candidate,) = chosen(invented.result(comparison=("strong-help", "usual")), study={"arms": ()}).candidates[0]
    assert (candidate.intervention, candidate.comparator) == ((), ())
    assert chosen(invented.result(comparison=("usual", "strong-help"))).candidates == ()


def test_studies_come_out_by_id_whatever_order_they_came_in(invented: Any) -> None:
    studies = [invented.study(name) for name in ("gamma2003", "alpha2001", "beta2002")]
    found = [select(order, invented.question(), invented.vocabulary()) for order in (studies, studies[::-1])]
    assert found[0] == found[1]
    assert [candidates[0].study.id for candidates in found[0].candidates] == ["alpha2001", "beta2002", "gamma2003"]


def test_what_ships_is_reached_once_and_accounted_for(evidence: Evidence) -> None:
    for question in evidence.questions.values():
        found = select(evidence.studies.values(), question, evidence.vocabulary)
        kept = [(c.study.id, c.result.id) for candidates in found.candidates for c in candidates]
        left = [(item.study.id, item.result.id) for item in found.left_out]
        assert len(set(kept + left)) == len(kept + left), question.id
        assert all(item.reason for item in found.left_out)
