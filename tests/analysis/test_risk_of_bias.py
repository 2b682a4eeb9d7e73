"""Judgements are found for the very result an analysis uses, and for no other."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.risk_of_bias import risk_of_bias
from synthesis.analysis.run import analyse
from synthesis.errors import UnknownKeyError


def bias(result: str, level: str, tool: str = "rob2") -> dict[str, Any]:
    judgement = {"level": level, "reason": "invented"}
    return {
        "tool": tool, "tool_version": "1", "results": (result,), "domains": {"D1": judgement}, "overall": judgement,
        "by": "nobody", "on": "2026-01-01",
    }  # fmt: skip


def test_judgements_of_the_result_used_and_of_the_tool_asked_for(invented: Any) -> None:
    studies = [
        invented.study("alpha2001", risk_of_bias=(bias("elsewhere", "low"), bias("main", "high"))),
        invented.study("beta2002", risk_of_bias=(bias("elsewhere", "low"), bias("main", "serious", "robins-i"))),
        invented.study("gamma2003"),
    ]
    question = invented.question()
    evidence = invented.evidence(studies, [question])
    analysis = analyse(evidence, question.id)
    found = risk_of_bias(analysis, evidence)
    assert [study.overall for study in found.studies] == ["high", None, None]
    assert found.studies[0].domains == {"D1": "high"}
    assert [study.weight for study in found.studies] == list(analysis.models["plan"].weights)
    assert [study.overall for study in risk_of_bias(analysis, evidence, tool="robins-i").studies] == [
        None, "serious", None,
    ]  # fmt: skip
    assert not found.made_up


def test_an_unknown_tool_lists_the_tools(invented: Any) -> None:
    question = invented.question()
    evidence = invented.evidence([invented.study()], [question])
    with pytest.raises(UnknownKeyError, match="robins-i"):
        risk_of_bias(analyse(evidence, question.id), evidence, tool="rob9")


def test_nobody_has_judged_the_shipped_evidence_and_that_is_what_comes_out(evidence: Any) -> None:
    found = risk_of_bias(analyse(evidence, "cocaine-abstinence"), evidence)
    recorded = {key for key, study in evidence.studies.items() if study.risk_of_bias}
    assert {study.study for study in found.studies if study.judged} <= recorded
