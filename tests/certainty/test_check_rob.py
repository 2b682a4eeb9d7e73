"""Recorded judgements of risk of bias against their tool."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.certainty.check_rob import check_risk_of_bias

ALL_LOW = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y", "5.2": "N", "5.3": "N",
}  # fmt: skip


def judged(**changes: Any) -> dict[str, Any]:
    level = {"level": "low", "reason": "invented"}
    plain = {
        "tool": "rob2", "tool_version": "22 August 2019", "results": ("main",), "effect": "assignment",
        "answers": ALL_LOW, "domains": {f"D{i}": level for i in range(1, 6)}, "overall": level,
        "by": "Somebody invented", "on": "2026-01-01",
    }  # fmt: skip
    return plain | changes


def found(invented: Any, **changes: Any) -> list[tuple[str, str]]:
    study = invented.study(risk_of_bias=(judged(**changes),))
    problems = check_risk_of_bias(invented.evidence([study], [invented.question()]))
    return [(problem.field.removeprefix("risk_of_bias[0]."), problem.code) for problem in problems]


def domains(**changes: Any) -> dict[str, Any]:
    return {f"D{i}": {"level": "low", "reason": "invented"} for i in range(1, 6)} | changes


def test_a_judgement_that_follows_its_answers_is_sound(invented: Any) -> None:
    assert found(invented) == []


SOME = {"level": "some-concerns", "reason": "invented"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tool": "rob9"}, [("tool", "rob-tool")]),
        ({"tool_version": "2016"}, [("tool_version", "rob-version")]),
        ({"answers": {**ALL_LOW, "9.9": "Y"}}, [("answers.9.9", "rob-answer")]),
        ({"domains": domains(D9={"level": "low", "reason": "x"})}, [("domains.D9", "rob-domain")]),
        ({"domains": {"D1": {"level": "low", "reason": "x"}}}, [("domains", "rob-domain")] * 4),
        ({"domains": domains(D2={"level": "serious", "reason": "x"})}, [("domains.D2.level", "rob-level")]),
        ({"overall": {"level": "critical", "reason": "x"}}, [("overall.level", "rob-level")]),
        ({"domains": domains(D2=SOME), "overall": SOME}, [("domains.D2.level", "rob-override")]),
        ({"domains": domains(D2={**SOME, "override": "because"}), "overall": SOME}, []),
        ({"overall": SOME}, [("overall.level", "rob-override")]),
        ({"overall": {**SOME, "override": "because"}}, []),
        ({"overall": {"level": "low", "reason": "x", "override": "because"}}, [("overall.override", "rob-override")]),
        # No answers, no proposal: the level stands by itself, and the whole still follows from the domains.
        ({"answers": {}, "domains": domains(D2=SOME), "overall": SOME}, []),
        # The rule held for the second domain is for assignment only.
        ({"effect": "adherence", "domains": domains(D2=SOME), "overall": SOME}, []),
    ],
)
def test_each_fault_is_found(invented: Any, changes: Any, expected: Any) -> None:
    assert found(invented, **changes) == expected
