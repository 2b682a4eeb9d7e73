"""Which results a rule selects, and the reason given for each one it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from synthesis.evidence.load import load
from synthesis.evidence.question import CategoryWord
from synthesis.evidence.selection import Selection, select, within

STUDY = "studies/sound2001.yaml"
QUESTION = "questions/referral.yaml"
SECOND = """\
  - id: abstinent-early
    name: Abstinent at 6 months
    outcome: abstinence
    timepoint_months: 6
    where: {place: abstract, quote_note: only named there, read: true}
    poolable: 'no'
    poolable_note: no numbers
"""


class Folder(Protocol):
    root: Path

    def change(self, file: str, old: str, new: str) -> Folder: ...
    def add_study(self, study_id: str, *changes: tuple[str, str]) -> Folder: ...


def chosen(folder: Folder) -> Selection:
    evidence = load(folder.root)
    return select(evidence.studies.values(), evidence.questions["referral"], evidence.vocabulary)


def word(broader: str | None = None) -> CategoryWord:
    return CategoryWord(label="A category", broader=broader)


def test_a_category_stands_for_everything_under_it() -> None:
    tree = {"a": word(), "b": word("a"), "c": word("b"), "d": word(), "e": word("d")}
    assert within(tree, ["a"]) == {"a", "b", "c"}
    assert within(tree, ["b"]) == {"b", "c"}
    assert within(tree, ["c", "d"]) == {"c", "d", "e"}
    assert within(tree, []) == frozenset()


def test_a_circle_of_categories_ends_too() -> None:
    assert within({"a": word("b"), "b": word("a")}, ["a"]) == {"a", "b"}


def test_arms_are_matched_by_category_and_what_lies_under_it(folder: Folder) -> None:
    folder.change(STUDY, "category: referral", "category: active-referral")
    ((candidate,),) = chosen(folder).candidates
    assert (candidate.intervention, candidate.comparator) == (("one",), ("two",))
    folder.change(QUESTION, "{category: [referral]", "{category: [usual-care]")
    folder.change(QUESTION, "comparator: {category: [usual-care]", "comparator: {category: [active-referral]")
    ((candidate,),) = chosen(folder).candidates
    assert (candidate.intervention, candidate.comparator) == (("two",), ("one",))


def test_a_study_without_one_of_the_sides_is_not_reached(folder: Folder) -> None:
    folder.change(QUESTION, "{category: [referral]", "{category: [active-referral]")
    selection = chosen(folder)
    assert selection.candidates == () and selection.left_out == ()


def test_a_result_may_name_its_own_comparison(folder: Folder) -> None:
    folder.change(STUDY, "    timepoint", "    comparison: [active-referral, usual-care]\n    timepoint")
    ((candidate,),) = chosen(folder).candidates
    assert candidate.intervention == () and candidate.comparator == ()
    folder.change(STUDY, "[active-referral, usual-care]", "[usual-care, active-referral]")
    assert chosen(folder).candidates == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "reason"),
    [
        (QUESTION, "[0, 12]", "[0, 11.5]", "window", "measured at 12 months"),
        (STUDY, "    timepoint_months: 12\n", "", "time-unknown", "no time"),
        (STUDY, "poolable: 'yes'", "poolable: 'no'\n    poolable_note: too vague", "not-poolable", "too vague"),
        (QUESTION, "sensitivity:", "exclude: [{study: sound2001, reason: pilot}]\nsensitivity:", "exception", "pilot"),
        (
            QUESTION, "sensitivity:", "exclude: [{study: sound2001, result: abstinent, reason: a pilot}]\nsensitivity:",
            "exception", "pilot",
        ),
    ],
)  # fmt: skip
def test_what_is_reached_but_left_out_has_a_reason(
    folder: Folder, file: str, old: str, new: str, code: str, reason: str
) -> None:
    selection = chosen(folder.change(file, old, new))
    assert selection.candidates == ()
    (left_out,) = selection.left_out
    assert left_out.code == code and reason in left_out.reason
    assert (left_out.study.id, left_out.result.id) == ("sound2001", "abstinent")


def test_a_study_of_another_design_is_left_out_in_words(folder: Folder) -> None:
    folder.change("vocabulary.yaml", "designs:\n", "designs:\n  cohort: {label: Cohort, randomised: false}\n")
    (left_out,) = chosen(folder.change(STUDY, "design: rct", "design: cohort")).left_out
    assert left_out.code == "design"
    assert left_out.reason == "Cohort (designs the question takes: randomised trial)"


def test_an_unknown_time_may_be_let_in(folder: Folder) -> None:
    folder.change(STUDY, "    timepoint_months: 12\n", "")
    folder.change(QUESTION, "designs:", "timepoint_unknown: include\ndesigns:")
    assert len(chosen(folder).candidates) == 1


@pytest.mark.parametrize(("timepoint", "first"), [("longest", "abstinent"), ("shortest", "abstinent-early")])
def test_the_plan_says_which_of_several_times_comes_first(folder: Folder, timepoint: str, first: str) -> None:
    folder.change(STUDY, "results:\n", "results:\n" + SECOND.replace("'no'", "partial"))
    folder.change(QUESTION, "sensitivity:", f"plan: {{timepoint: {timepoint}}}\nsensitivity:")
    ((best, other),) = chosen(folder).candidates
    assert best.result.id == first
    assert {best.result.id, other.result.id} == {"abstinent", "abstinent-early"}


def test_a_direction_is_enough_where_nothing_is_pooled(folder: Folder) -> None:
    folder.change(STUDY, "poolable: 'yes'", "poolable: 'no'")
    folder.change(QUESTION, "sensitivity:", "plan: {synthesis: effect-direction}\nsensitivity:")
    assert len(chosen(folder).candidates) == 1


def test_studies_are_in_order_of_id_whatever_order_they_come_in(folder: Folder) -> None:
    folder.add_study("zeta2001").add_study("alpha2001")
    evidence = load(folder.root)
    studies = list(evidence.studies.values())
    question, vocabulary = evidence.questions["referral"], evidence.vocabulary
    assert select(studies[::-1], question, vocabulary) == select(studies, question, vocabulary)
    ids = [group[0].study.id for group in select(studies, question, vocabulary).candidates]
    assert ids == ["alpha2001", "sound2001", "zeta2001"]
