"""One change of each class in a project of seven questions: the label and the cause of every conclusion."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from synthesis.briefing.states import change_report
from synthesis.changes.compare import compare
from synthesis.changes.conclusions import conclusion_of
from synthesis.changes.model import CAUSES, ChangeReport, QuestionChange
from synthesis.changes.replay import PROGRAM, conclude
from synthesis.changes.words import FIRST, lines


def by_question(report: ChangeReport) -> dict[str, QuestionChange]:
    return {item.question: item for item in report.questions}


def mend(data: dict[str, Any]) -> None:
    (result,) = (item for item in data["results"] if item["id"] == "mending")
    result["printed"][0]["arms"]["a"]["events"] = 3


def one_of_each(after: Any, study: Callable[..., Any], result: Callable[..., Any]) -> None:
    """A new study, a correction, a change of method, one of judgement, one of scope, and one of wording."""
    new = study("delta2004", result("entering", 240, 100, 400), n=400)
    after.write("evidence/studies/delta2004.yaml", new)
    for key in ("birch2002", "cedar2003"):
        after.edit(f"evidence/studies/{key}.yaml", mend)
    after.edit("evidence/questions/pooling.yaml", lambda data: data["baseline_risk"].update(value=0.03))
    after.edit(
        "evidence/questions/judging.yaml", lambda data: data["certainty"]["domains"]["indirectness"].update(change=-1)
    )
    after.edit("evidence/questions/asking.yaml", lambda data: data.update(designs=["rct"]))
    after.edit("evidence/questions/wording.yaml", lambda data: data.update(title="Other words"))


@pytest.fixture
def report(project: Any, after: Any, study: Any, result: Any) -> ChangeReport:
    one_of_each(after, study, result)
    return change_report(project.state("edition 1"), after.state("edition 2"))


def test_each_conclusion_has_its_label_and_its_cause(report: ChangeReport) -> None:
    assert {item.question: (item.label, item.because) for item in report.questions} == {
        "entering": ("stronger", ("new-studies",)),
        "mending": ("reversed", ("corrections",)),
        "pooling": ("weaker", ("method",)),
        "judging": ("weaker", ("judgement",)),
        "asking": ("weaker", ("scope",)),
        "wording": ("wording-only", ()),
        "resting": ("unchanged", ()),
    }


def test_each_sentence_follows_the_conclusion_it_rests_on(report: ChangeReport) -> None:
    assert {item.claim: item.label for item in report.claims} == {
        "entering-more": "stronger",
        "mending-more": "reversed",
        "pooling-more": "unchanged",
        "judging-more": "unchanged",
        "asking-more": "weaker",
        "wording-more": "unchanged",
        "resting-more": "unchanged",
    }


def test_shifts_in_turn_add_up_and_shifts_alone_do_with_the_interaction(report: ChangeReport) -> None:
    for item in report.questions:
        for scale in ("estimate", "people"):
            total = getattr(item.total, scale)
            assert sum(getattr(cause.in_turn, scale) for cause in item.causes) == pytest.approx(total, abs=1e-9)
            alone = sum(getattr(cause.alone, scale) for cause in item.causes)
            assert alone + getattr(item.together, scale) == pytest.approx(total, abs=1e-9)


def test_what_comes_only_together_is_shown_as_an_interaction(project: Any, after: Any, study: Any, result: Any) -> None:
    new = study("delta2004", result("entering", 240, 100, 400), n=400)
    after.write("evidence/studies/delta2004.yaml", new)
    after.edit("evidence/questions/entering.yaml", lambda data: data["plan"].update(model="common"))
    item = by_question(change_report(project.state(), after.state()))["entering"]
    method, studies = item.causes
    # The earlier trials agree, so the model makes no difference until the new one disagrees with them.
    assert (method.key, method.alone.estimate) == ("method", 0.0)
    assert studies.alone.estimate != studies.in_turn.estimate
    assert item.together.estimate == pytest.approx(item.total.estimate - studies.alone.estimate)
    assert item.together.moves
    assert item.because == ("method", "new-studies")


def test_every_class_at_once_in_one_question_still_adds_up(project: Any, after: Any, study: Any, result: Any) -> None:
    after.write("evidence/studies/delta2004.yaml", study("delta2004", result("mending", 70, 20)))
    after.edit("evidence/studies/birch2002.yaml", mend)

    def all_of_it(data: dict[str, Any]) -> None:
        data["plan"]["tau2"] = "DL"
        data["baseline_risk"]["value"] = 0.4
        data["exclude"] = [{"study": "cedar2003", "reason": "invented"}]
        data["certainty"]["domains"]["inconsistency"]["change"] = -1

    after.edit("evidence/questions/mending.yaml", all_of_it)
    item = by_question(change_report(project.state(), after.state()))["mending"]
    assert tuple(cause.key for cause in item.causes) == CAUSES
    assert item.because == CAUSES
    for scale in ("estimate", "people"):
        turns = [getattr(cause.in_turn, scale) for cause in item.causes]
        assert sum(turns) == pytest.approx(getattr(item.total, scale), abs=1e-9)
        alone = [getattr(cause.alone, scale) for cause in item.causes]
        assert sum(alone) + getattr(item.together, scale) == pytest.approx(getattr(item.total, scale), abs=1e-9)
    assert item.together.moves


def test_records_written_otherwise_change_nothing(project: Any, after: Any) -> None:
    for path in sorted(after.root.rglob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        turned = dict(reversed(list(data.items())))
        path.write_text("# written otherwise\n" + yaml.safe_dump(turned, sort_keys=False, width=60), encoding="utf-8")
    report = change_report(project.state("edition 1"), after.state())
    assert report.differences == ()
    assert {item.label for item in (*report.questions, *report.claims)} == {"unchanged"}
    assert lines(report) == (
        "Compared with edition 1: none of the 7 conclusions changed.",
        "The records say the same.",
    )


def test_questions_come_and_go(project: Any, after: Any) -> None:
    def swap(data: dict[str, Any]) -> None:
        data["questions"] = [key for key in data["questions"] if key != "resting"]

    after.edit("briefings/help/briefing.yaml", swap)
    there = change_report(project.state(), after.state())
    back = change_report(after.state(), project.state())
    gone, come = by_question(there)["resting"], by_question(back)["resting"]
    assert (gone.label, gone.after, gone.because) == ("withdrawn", None, ("scope",))
    assert (come.label, come.before, come.because) == ("new", None, ("scope",))


def test_many_new_questions_are_named_together(project: Any, after: Any) -> None:
    project.edit("briefings/help/briefing.yaml", lambda data: data.update(questions=["resting"]))
    report = change_report(project.state("edition 1"), after.state())
    assert lines(report)[:2] == (
        "Compared with edition 1: of 7 conclusions, 6 are new and 1 is unchanged.",
        "New questions: Help and entering, Help and mending, Help and pooling and 3 more.",
    )


def test_evidence_where_there_was_none_is_a_new_conclusion(project: Any, after: Any) -> None:
    for key in ("alder2001", "birch2002", "cedar2003"):
        project.edit(
            f"evidence/studies/{key}.yaml",
            lambda data: data.update(results=[item for item in data["results"] if item["id"] != "resting"]),
        )
    there = by_question(change_report(project.state(), after.state()))["resting"]
    assert (there.label, there.because, there.total.estimate) == ("new", ("corrections",), None)
    back = by_question(change_report(after.state(), project.state()))["resting"]
    assert back.label == "withdrawn"


def test_what_is_behind_a_cause_is_said_in_words(project: Any, after: Any, study: Any, result: Any) -> None:
    one_of_each(after, study, result)

    def judged(data: dict[str, Any]) -> None:
        domains = data["certainty"]["domains"]
        domains["indirectness"]["change"] = -1
        domains["inconsistency"]["reason"] = "Another reason."

    after.edit("evidence/questions/judging.yaml", judged)
    after.edit("evidence/studies/birch2002.yaml", lambda data: data["results"][1]["where"].update(place="table 9"))
    found = by_question(change_report(project.state(), after.state()))
    details = {key: item.causes[0].details for key, item in found.items() if item.because}
    assert details == {
        "entering": ("Delta 2004",),
        # Where a number was read is left out beside the number itself.
        "mending": (
            "Birch 2002: mending.printed[0].arms.a.events: 32 → 3",
            "Cedar 2003: mending.printed[0].arms.a.events: 33 → 3",
        ),
        "pooling": ("baseline_risk.value: 0.25 → 0.03",),
        "judging": ("certainty moderate → low", "inconsistency signed again", "indirectness 0 → −1"),
        "asking": ('designs: ["rct", "cohort"] → ["rct"]',),
    }


def test_a_first_edition_says_so(project: Any) -> None:
    report = change_report(None, project.state("edition 1"))
    assert lines(report) == (FIRST,)
    assert {item.label for item in report.questions} == {"new"}
    assert all(item.after is not None for item in report.questions)


def test_what_the_program_computes_otherwise_is_method(project: Any, after: Any) -> None:
    before, now = project.state().records, after.state().records
    then = conclude(before, "resting")
    assert then is not None and then.estimate is not None
    other = type(then)(**{name: getattr(then, name) for name in then.__slots__} | {"estimate": then.estimate - 0.1})
    changes, _ = compare(before, now, frozen=({"resting": other}, {}))
    (item,) = (item for item in changes if item.question == "resting")
    assert item.because == ("method",)
    (cause,) = item.causes
    assert cause.details == (PROGRAM,)
    assert cause.in_turn.estimate == pytest.approx(0.1)
    assert item.total.estimate == pytest.approx(0.1)


def test_a_conclusion_is_the_one_of_the_whole_analysis(project: Any) -> None:
    from synthesis.analysis.run import analyse

    state = project.state()
    for key in state.records.asked:
        assert conclude(state.records, key) == conclusion_of(analyse(state.evidence, key))


def test_the_shipped_questions_conclude_as_their_analyses_do(evidence: Any) -> None:
    from synthesis.analysis.run import analyse
    from synthesis.briefing.states import State
    from synthesis.changes.model import Version
    from synthesis.evidence.project import open_briefing

    state = State(
        version=Version(name="now"), evidence=evidence, briefing=open_briefing("mutual-aid", evidence.root.parent)
    )
    for key in state.records.asked:
        assert conclude(state.records, key) == conclusion_of(analyse(evidence, key))


def test_a_report_saves_and_loads(report: ChangeReport) -> None:
    assert ChangeReport.from_dict(json.loads(json.dumps(report.to_dict(), allow_nan=False))) == report
