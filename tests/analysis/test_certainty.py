"""Facts on each domain of GRADE, and judgements that go stale with the facts they used and with no others."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.certainty import changed_facts
from synthesis.analysis.check_certainty import check_certainty
from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.certainty.domains import DOMAINS
from synthesis.certainty.signing import Rating, sign
from synthesis.evidence.judgement import RATING_DOWN, RATING_UP, CertaintyJudgement
from synthesis.evidence.question import Question
from synthesis.evidence.study import Study

THRESHOLDS = {"small": 50, "moderate": 100, "large": 200, "why": "invented"}
CELLS = ((45, 100, 25, 100), (60, 150, 40, 150), (30, 80, 20, 80))


def studies(invented: Any, **first: Any) -> list[Study]:
    made = [
        invented.study(
            f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, m))), **(first if not i else {})
        )
        for i, (a, n, b, m) in enumerate(CELLS)
    ]
    return made


def asked(invented: Any, **more: Any) -> Question:
    plain = {
        "plan": {"measure": "RR"}, "baseline_risk": {"value": 0.3, "source": "invented"}, "thresholds": THRESHOLDS,
        "designs": ("rct", "cohort"),
    }  # fmt: skip
    question: Question = invented.question(**(plain | more))
    return question


def facts(analysis: Analysis) -> dict[str, dict[str, str]]:
    return {item.domain: item.facts for item in analysis.certainty.domains}


def analysed(invented: Any, records: list[Study], question: Question) -> Analysis:
    return analyse(invented.evidence(records, [question]), question.id)


def judged(invented: Any, records: list[Study], question: Question) -> Question:
    """The question with a judgement on the facts as they are."""
    found = analysed(invented, records, question).certainty
    judgement = sign(
        CertaintyJudgement(), {item.domain: item.facts for item in found.domains}, by="Somebody", on="2026-01-01",
        start={"level": "high", "reason": "Trials."},
        ratings={key: Rating(change=0, reason="Invented.") for key in RATING_DOWN},
    )  # fmt: skip
    return question.model_copy(update={"certainty": judgement})


def stale(invented: Any, records: list[Study], question: Question) -> list[str]:
    problems = check_certainty(invented.evidence(records, [question]))
    assert all(problem.code == "stale-judgement" for problem in problems)
    return [problem.field.removeprefix("certainty.domains.") for problem in problems]


# Facts


def test_every_domain_has_its_facts(invented: Any) -> None:
    found = facts(analysed(invented, studies(invented), asked(invented)))
    assert set(found) == set(DOMAINS) == {*RATING_DOWN, *RATING_UP}
    assert found["risk-of-bias"]["weight: not judged"] == "100%"
    assert found["risk-of-bias"]["weight from randomised studies"] == "100%"
    assert found["inconsistency"]["studies"] == "3"
    assert found["inconsistency"]["study estimates above, below no difference"] == "3, 0"
    assert found["inconsistency"]["studies by size of effect"] == (
        "3 at least a small increase; 0 at least a small decrease; 0 little or no difference"
    )
    assert found["inconsistency"]["prediction interval"] == "not given"
    assert found["indirectness"]["weight from outside the United Kingdom"] == "0%"
    assert found["indirectness"]["intervention"] == "Help 100%"
    assert found["indirectness"]["measured at"] == "12 months"
    assert found["imprecision"]["people"] == "660"
    assert found["imprecision"]["optimal information size (a relative difference of 25%)"] == "1,078"
    assert found["imprecision"]["optimal information size reached"] == "no"
    assert found["publication-bias"]["test for a pattern of small studies"] == "not done with fewer than 10 studies"


def test_crossed_thresholds_are_those_strictly_inside_the_absolute_interval(invented: Any) -> None:
    analysis = analysed(invented, studies(invented), asked(invented))
    people = analysis.per_thousand
    assert people is not None and 50 < people.low < 100 < 200 < people.high
    crossed = facts(analysis)["imprecision"]["the interval crosses"]
    assert crossed == "a moderate increase; a large increase"
    assert analysis.certainty.size == "moderate"


def test_risk_of_bias_is_weighed_by_level(invented: Any) -> None:
    level = {"level": "high", "reason": "invented"}
    rob = {
        "tool": "rob2", "tool_version": "22 August 2019", "results": ("main",), "domains": {"D1": level},
        "overall": level, "by": "Somebody", "on": "2026-01-01",
    }  # fmt: skip
    analysis = analysed(invented, studies(invented, risk_of_bias=(rob,)), asked(invented))
    assert analysis.pooled is not None
    share = round(100 * analysis.pooled.weights[0])
    found = facts(analysis)["risk-of-bias"]
    assert found["weight: high risk (RoB 2)"] == f"{share}%"
    assert found["weight: not judged"] == f"{100 - share}%"


def test_studies_that_did_not_randomise_and_are_from_elsewhere_are_weighed(invented: Any) -> None:
    analysis = analysed(invented, studies(invented, design="cohort", countries=("US",)), asked(invented))
    assert analysis.pooled is not None
    share = round(100 * analysis.pooled.weights[0])
    found = facts(analysis)
    assert found["risk-of-bias"]["weight from randomised studies"] == f"{100 - share}%"
    assert found["indirectness"]["weight from outside the United Kingdom"] == f"{share}%"
    assert found["indirectness"]["countries"] == f"GB {100 - share}%; US {share}%"


def test_from_ten_studies_on_a_pattern_is_tested(invented: Any) -> None:
    many = [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(20 + i, 60 + 7 * i), b=(15, 60))))
        for i in range(10)
    ]
    found = facts(analysed(invented, many, asked(invented)))["publication-bias"]
    assert found["studies"] == "10"
    assert found["test for a pattern of small studies"].startswith("p ")


def test_a_question_without_evidence_has_no_prompts(invented: Any) -> None:
    assert facts(analysed(invented, [], asked(invented))) == {}


def test_directions_have_facts_too(evidence: Any) -> None:
    found = facts(analyse(evidence, "attendance-and-outcome"))
    assert set(found) == set(DOMAINS)
    total = sum(int(value) for name, value in found["inconsistency"].items() if name.startswith("results"))
    assert total == len(analyse(evidence, "attendance-and-outcome").directions)
    assert found["risk-of-bias"]["studies that allocated people at random to what is compared"] == "0"


# Staleness


def test_a_judgement_stands_while_its_facts_do(invented: Any) -> None:
    records = studies(invented)
    question = judged(invented, records, asked(invented))
    assert stale(invented, records, question) == []
    analysis = analysed(invented, records, question)
    assert (analysis.certainty.level, analysis.certainty.stale) == ("high", ())


def test_a_fact_that_was_used_makes_it_stale_and_no_other_domain(invented: Any) -> None:
    records = studies(invented)
    question = judged(invented, records, asked(invented))
    moved = studies(invented, countries=("US",))
    assert stale(invented, moved, question) == ["indirectness"]
    analysis = analysed(invented, moved, question)
    assert analysis.certainty.stale == ("Indirectness",)
    pairs = changed_facts(question, analysis.certainty)["indirectness"]
    assert pairs["weight from outside the United Kingdom"][0] == "0%"
    assert set(pairs) == {"weight from outside the United Kingdom", "countries"}


@pytest.mark.parametrize(
    "unused", [{"setting": "elsewhere"}, {"notes": "A note."}, {"year": 2001, "to_fetch": ("the paper",)}]
)
def test_a_fact_that_was_not_used_changes_nothing(invented: Any, unused: dict[str, Any]) -> None:
    question = judged(invented, studies(invented), asked(invented))
    assert stale(invented, studies(invented, **unused), question) == []


def test_a_change_nobody_can_see_in_print_changes_nothing(invented: Any) -> None:
    records = studies(invented)
    question = judged(invented, records, asked(invented))
    nudged = question.model_copy(
        update={"baseline_risk": question.baseline_risk.model_copy(update={"value": 0.3000001})}
    )
    assert stale(invented, records, nudged) == []


def test_a_new_study_unsettles_what_it_touches(invented: Any) -> None:
    question = judged(invented, studies(invented), asked(invented))
    more = [*studies(invented), invented.study("trial2009", invented.result(invented.counts(a=(20, 90), b=(30, 90))))]
    found = stale(invented, more, question)
    assert {"inconsistency", "imprecision", "publication-bias"} <= set(found)
    assert "risk-of-bias" not in found


def test_evidence_where_none_was_and_none_where_some_was(invented: Any) -> None:
    empty = asked(invented).model_copy(
        update={"certainty": sign(CertaintyJudgement(), {}, by="A", on="2026-01-01", reason="Nothing found.")}
    )
    assert stale(invented, [], empty) == []
    assert stale(invented, studies(invented), empty) == ["certainty.status"]
    question = judged(invented, studies(invented), asked(invented))
    assert stale(invented, [], question) == ["certainty.status"]


def test_the_shipped_judgements_stand(evidence: Any) -> None:
    assert check_certainty(evidence) == ()
    assert all(question.certainty.status != "not-yet-judged" for question in evidence.questions.values())
