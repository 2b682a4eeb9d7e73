"""The flow adds up: what is held, reached, left out and included."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.flow import Screening, study_flow
from synthesis.analysis.run import analyse
from synthesis.errors import UsageError


def test_each_study_stands_in_one_place(invented: Any) -> None:
    late = invented.result(invented.counts(a=(4, 10), b=(2, 10)), timepoint_months=24)
    unrelated = invented.result(invented.counts(a=(4, 10), b=(2, 10)), outcome="drinking")
    studies = [
        invented.study("alpha2001"),
        invented.study("beta2002", invented.result(invented.counts(a=(4, 10), b=(2, 10))), late | {"id": "late"}),
        invented.study("gamma2003", late),
        invented.study("delta2004", design="cohort"),
        invented.study("epsilon2005", unrelated),
    ]
    one, two = invented.question(), invented.question("again", title="Again", designs=("cohort",))
    evidence = invented.evidence(studies, [one, two])
    analyses = [analyse(evidence, one.id), analyse(evidence, two.id)]
    found = study_flow(evidence, analyses[:1])
    assert (found.held, found.reached, found.included) == (5, 4, 2)
    assert dict(found.left_out) == {
        "Measured outside the question’s time": 1, "Design that the question does not take": 1,
    }  # fmt: skip
    assert found.included + sum(count for _, count in found.left_out) == found.reached
    both = study_flow(evidence, analyses)
    assert both.by_question == (("Help", 2), ("Again", 1))
    assert (both.included, both.reached) == (3, 4)


def test_a_search_is_carried_as_it_was_recorded(invented: Any) -> None:
    question = invented.question()
    evidence = invented.evidence([invented.study()], [question])
    screening = Screening(databases=10, excluded=(("Wrong people", 3),))
    analyses = [analyse(evidence, question.id)]
    assert study_flow(evidence, analyses, screening=screening).screening is screening
    assert study_flow(evidence, analyses).screening == Screening()


def test_without_analyses_there_is_no_flow(invented: Any) -> None:
    with pytest.raises(UsageError, match="at least one"):
        study_flow(invented.evidence([invented.study()], []), [])


def test_the_shipped_evidence_adds_up(evidence: Any) -> None:
    found = study_flow(evidence, [analyse(evidence, key) for key in evidence.questions])
    assert found.included + sum(count for _, count in found.left_out) == found.reached < found.held
