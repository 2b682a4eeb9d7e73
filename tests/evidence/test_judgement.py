"""Judgements of certainty: the level follows from the ratings, and what does not fit is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from synthesis.evidence.canonical import with_field
from synthesis.evidence.judgement import RATING_DOWN, CertaintyJudgement, facts_hash
from synthesis.evidence.question import Question
from synthesis.evidence.yaml_lines import parse

FACTS = {"studies": "2", "effect": "RR 1.20 (0.90 to 1.60)"}


def rating(change: int = 0, **more: Any) -> dict[str, Any]:
    plain = {"change": change, "reason": "Invented.", "by": "Somebody", "on": "2026-01-01", "facts": FACTS}
    return plain | {"facts_hash": facts_hash(FACTS)} | more


def judgement(start: str = "high", **changes: int) -> dict[str, Any]:
    ratings = {key: rating(changes.get(key.replace("-", "_"), 0)) for key in RATING_DOWN}
    ratings |= {key: rating(changes[key]) for key in ("confounding",) if key in changes}
    return {
        "status": "judged", "start": {"level": start, "reason": "Invented."}, "domains": ratings, "by": "Somebody",
        "on": "2026-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "changes", "level"),
    [
        ("high", {}, "high"),
        ("high", {"imprecision": -1}, "moderate"),
        ("high", {"imprecision": -1, "risk_of_bias": -1}, "low"),
        ("high", {"imprecision": -3}, "very-low"),
        ("high", {"imprecision": -3, "risk_of_bias": -2}, "very-low"),
        ("low", {}, "low"),
        ("low", {"confounding": 1}, "moderate"),
        ("low", {"confounding": 2, "imprecision": -1}, "moderate"),
    ],
)
def test_the_level_follows_from_start_and_changes(start: str, changes: dict[str, int], level: str) -> None:
    assert CertaintyJudgement.model_validate(judgement(start, **changes)).level == level


def test_reasons_are_those_that_changed_something_in_order() -> None:
    judged = CertaintyJudgement.model_validate(judgement(imprecision=-1, inconsistency=-1))
    assert [(key, change) for key, change, _ in judged.reasons] == [("inconsistency", -1), ("imprecision", -1)]


@pytest.mark.parametrize(
    "wrong",
    [
        judgement(imprecision=1),
        judgement("high", confounding=1),
        judgement("low", confounding=-1),
        judgement(imprecision=-4),
        judgement() | {"level": "high"},
        judgement() | {"by": None},
        judgement() | {"start": None},
        judgement() | {"domains": {"imprecision": rating()}},
        judgement() | {"status": "not-yet-judged"},
        {"status": "no-evidence", "by": "Somebody", "on": "2026-01-01"},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CertaintyJudgement.model_validate(wrong)


def test_facts_that_were_edited_by_hand_are_noticed() -> None:
    changed = judgement()
    changed["domains"]["imprecision"] = rating(facts=FACTS | {"studies": "3"})
    with pytest.raises(ValidationError, match=r"imprecision\n.*inconsistent"):
        CertaintyJudgement.model_validate(changed)


def test_the_fingerprint_is_of_names_and_values_in_any_order() -> None:
    assert facts_hash(FACTS) == facts_hash(dict(reversed(FACTS.items())))
    assert facts_hash(FACTS) != facts_hash(FACTS | {"studies": "3"})
    assert facts_hash({"a": "b, c"}) != facts_hash({"a": "b", "c": ""})
    # Stored with every judgement: another way of writing would make all of them stale.
    assert facts_hash({"τ²": "0.5", "a": "b"}) == "26ccad84028611a1"


def test_an_unjudged_question_has_no_level() -> None:
    assert CertaintyJudgement().level is None
    none = CertaintyJudgement(status="no-evidence", reason="None found.", by="Somebody", on="2026-01-01")
    assert none.level is None


# In a file

TEXT = """# yaml-language-server: $schema=../schema/question.schema.json
# a comment
id: q
added: '2026-01-01'  # kept
certainty:
  status: not-yet-judged
"""


def with_judgement(text: str, judged: CertaintyJudgement) -> str:
    return with_field(text, Question, "certainty", judged)


def read(text: str) -> CertaintyJudgement:
    tree, problems = parse(text, "q.yaml")
    assert problems == ()
    return CertaintyJudgement.model_validate(tree.data["certainty"])


def test_writing_replaces_the_field_and_nothing_else() -> None:
    judged = CertaintyJudgement.model_validate(judgement(imprecision=-2))
    written = with_judgement(TEXT, judged)
    assert written.startswith(TEXT.replace("not-yet-judged", "judged"))
    assert read(written) == judged
    assert with_judgement(written, judged) == written


def test_a_file_without_the_field_gets_it_at_its_end() -> None:
    judged = CertaintyJudgement.model_validate(judgement())
    written = with_judgement("id: q\n\n", judged)
    assert "\nid: q\ncertainty:\n" in written
    assert read(written) == judged
    assert with_judgement(written, judged) == written


@pytest.mark.parametrize(
    "reason",
    [
        "a: b",
        "- a",
        "# a",
        "null",
        "'a",
        '"a"',
        "a # b: [c]",
        "long " * 60,
        "yes",
        "12",
        "é “ü” τ²",
        "%a",
        "@a",
        "a\nb",
    ],
)
def test_any_reason_survives(reason: str) -> None:
    data = judgement()
    data["domains"]["imprecision"] = rating(reason=reason, history=(
        {"change": -1, "reason": reason, "by": "S", "on": "2025-01-01", "facts_hash": "0" * 16},
    ))  # fmt: skip
    judged = CertaintyJudgement.model_validate(data)
    written = with_judgement(TEXT, judged)
    assert read(written) == judged
    # A sign of a comment inside a text that was written here is none.
    assert with_judgement(written, judged) == written


def test_a_comment_is_kept() -> None:
    text = TEXT.replace("not-yet-judged", "not-yet-judged  # because")
    judged = CertaintyJudgement.model_validate(judgement())
    assert "\n  status: judged  # because\n" in with_judgement(text, judged)


def test_numbers_in_facts_stay_text_for_any_reader_of_yaml() -> None:
    written = with_judgement(TEXT, CertaintyJudgement.model_validate(judgement()))
    assert "studies: '2'" in written
    assert "    on: '2026-01-01'" in written


def test_the_shipped_judgements_are_as_the_command_writes_them(evidence: Any) -> None:
    for file, question in evidence.of(Question):
        text = (evidence.root / file.file).read_text(encoding="utf-8")
        assert with_judgement(text, question.certainty) == text
