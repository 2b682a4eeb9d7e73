"""Studies are grouped by what their records say and pooled as the plan says."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.run import analyse
from synthesis.analysis.subgroups import ATTRIBUTES, subgroup_analysis
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling.pool import pool


@pytest.fixture
def made(invented: Any) -> Any:
    studies = [
        invented.study("alpha2001", countries=("GB",)),
        invented.study("beta2002", invented.result(invented.counts(a=(50, 100), b=(20, 100)))),
        invented.study("gamma2003", design="cohort", countries=("US", "CA"), substances=("cocaine",)),
    ]
    question = invented.question(designs=("rct", "cohort"), plan={"measure": "OR", "tau2": "DL"})
    evidence = invented.evidence(studies, [question])
    return analyse(evidence, question.id), evidence


def test_the_attributes_come_from_the_records(made: Any) -> None:
    found = {by: subgroup_analysis(*made, by=by).names for by in ("design", "country", "population")}
    assert found == {
        "design": ("Randomised trial", "Randomised trial", "Cohort study"),
        "country": ("United Kingdom", "United Kingdom", "United States, Canada"),
        "population": ("Alcohol only", "Alcohol only", "Drugs only"),
    }


def test_each_group_is_pooled_by_the_plan(made: Any) -> None:
    analysis, evidence = made
    groups = subgroup_analysis(analysis, evidence, by="design")
    trials = next(group.pooled for group in groups.result.groups if group.name == "Randomised trial")
    alone = pool(
        type(analysis.effects)(measure="OR", rows=analysis.effects.rows[:2]), tau2="DL", ci="cochrane-2025"
    )  # fmt: skip
    assert trials.estimate == pytest.approx(alone.estimate) and trials.ci == alone.ci
    assert trials.tau2.method == "DL"


def test_one_group_and_unknown_attributes_are_refused(made: Any) -> None:
    analysis, evidence = made
    with pytest.raises(AnalysisError, match="Every number read"):
        subgroup_analysis(analysis, evidence, by="read")
    with pytest.raises(UnknownKeyError, match="country"):
        subgroup_analysis(analysis, evidence, by="colour")


def test_too_few_studies_and_another_evidence_are_refused(made: Any, invented: Any) -> None:
    analysis, _ = made
    question = invented.question("lonely")
    lonely = invented.evidence([invented.study()], [question])
    with pytest.raises(UsageError, match="at least 2"):
        subgroup_analysis(analyse(lonely, "lonely"), lonely, by="design")
    with pytest.raises(UnknownKeyError, match="lonely"):
        subgroup_analysis(analysis, lonely, by="design")


def test_every_attribute_groups_every_shipped_study(evidence: Any) -> None:
    for question in evidence.questions:
        for row in analyse(evidence, question).effects:
            for attribute in ATTRIBUTES.values():
                assert attribute.group(row, evidence.studies[row.study], evidence.vocabulary)
