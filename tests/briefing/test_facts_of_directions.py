"""Named numbers about results that are shown as directions: results are counted, and studies, each once."""

from __future__ import annotations

import pytest

from synthesis.analysis.directions import by_study
from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.facts import Fact, facts_of
from synthesis.evidence.load import Evidence

QUESTION = "attendance-and-outcome"
WAYS = ("better", "worse", "unclear", "mixed", "not-stated")


@pytest.fixture(scope="module")
def observed(evidence: Evidence) -> Analysis:
    return analyse(evidence, QUESTION)


@pytest.fixture(scope="module")
def facts(evidence: Evidence, observed: Analysis) -> dict[str, Fact]:
    return facts_of(evidence, [observed])


def test_studies_by_direction_add_up(facts: dict[str, Fact], observed: Analysis) -> None:
    counted = [facts[f"{QUESTION}.studies-{way}"].value for way in WAYS]
    assert facts[f"{QUESTION}.direction-studies"].value == sum(counted) == len(by_study(observed.directions))
    assert facts[f"{QUESTION}.results"].value == len(observed.directions) > sum(counted)


def test_each_number_names_the_studies_behind_it(facts: dict[str, Fact]) -> None:
    assert facts[f"{QUESTION}.studies-unclear"].records == ("mueller2007",)
    assert facts[f"{QUESTION}.studies-not-stated"].records == ("monico2015",)
    assert facts[f"{QUESTION}.studies-worse"].text == "0"
    mixed = facts[f"{QUESTION}.studies-mixed"]
    assert mixed.text == str(mixed.value) == str(len(mixed.records))
    assert {"crape2002", "weiss2005"} <= set(mixed.records)
