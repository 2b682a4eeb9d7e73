"""The trail of a printed number reaches the record, its line, the place and the quotation."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthesis as syn
from synthesis.briefing.explain import trail
from synthesis.briefing.facts import facts_of
from synthesis.errors import UnknownKeyError
from synthesis.evidence.load import Evidence

ROOT = Path(__file__).parents[2]
QUESTION = "cocaine-abstinence"


def explained(evidence: Evidence, name: str) -> str:
    analyses = {QUESTION: syn.analyse(evidence, QUESTION)}
    facts = facts_of(evidence, analyses.values())
    return "\n".join(trail(name, evidence, facts, analyses, syn.open_claims("mutual-aid", ROOT)))


@pytest.mark.parametrize("name", [f"{QUESTION}.effect", "claim:cocaine-leans-the-other-way"])
def test_a_pooled_number_leads_to_every_study_its_steps_and_its_quotation(evidence: Evidence, name: str) -> None:
    text = explained(evidence, name)
    for row in syn.analyse(evidence, QUESTION).effects:
        (result,) = (item for item in evidence.studies[row.study].results if item.id == row.result)
        assert f"studies/{row.study}.yaml:" in text
        assert result.where.quote is not None and f"“{result.where.quote}”" in text
        assert all(step.text in text for step in row.steps)


def test_the_line_of_the_record_is_the_line_of_the_result(evidence: Evidence) -> None:
    line = next(
        part.split(":")[1]
        for part in explained(evidence, "manning2012.att-post.pi").split()
        if "manning2012.yaml:" in part
    )
    record = (ROOT / "evidence" / "studies" / "manning2012.yaml").read_text(encoding="utf-8").splitlines()
    assert record[int(line) - 1].strip() == "- id: att-post"


def test_a_sensitivity_analysis_and_a_published_number_have_their_own_trail(evidence: Evidence) -> None:
    alone = explained(evidence, f"{QUESTION}.without-incentives.effect")
    assert "carroll1998.yaml" in alone and "higgins1991.yaml" not in alone
    published = explained(evidence, "kelly2020.continuous-abstinence-12-months.effect")
    assert "sources/kelly2020.yaml:" in published and "read" in published


def test_recalled_numbers_are_called_recalled(evidence: Evidence) -> None:
    assert "rests on recalled numbers" in explained(evidence, "match1997.cont-abst-op-1y.op-tsf")


def test_an_unknown_name_names_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        explained(evidence, f"{QUESTION}.efect")


def test_a_published_estimate_as_people_names_the_baseline_it_was_put_at(evidence: Evidence) -> None:
    analysis = syn.analyse(evidence, "continuous-alcohol-abstinence")
    name = "kelly2020.continuous-abstinence-12-months.at-continuous-alcohol-abstinence.difference-in-people"
    lines = trail(name, evidence, facts_of(evidence, [analysis]), {analysis.question: analysis})
    (published,) = (item for item in analysis.published if item.source == "kelly2020")
    people = published.per_thousand
    assert people.difference == pytest.approx(1000 * 0.2 * (1.21 - 1))
    assert lines[0].startswith(f"{name} = 42 more people in every 1,000")
    assert (
        lines[1] == f"  at the baseline risk of continuous-alcohol-abstinence, 200 per 1,000: {people.baseline_source}"
    )
    assert lines[2].startswith("  record sources/kelly2020.yaml:")
