"""The sentence on what a result means: from estimate and interval alone, never from significance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.analysis.model import Analysis, Certainty, PerThousand
from synthesis.effects.model import Effects
from synthesis.pooling import model
from synthesis.pooling.model import Heterogeneity, Interval, Pooled, Tau2
from synthesis.tables.sentences import meaning


def analysis(estimate: float, low: float, high: float, *, k: int = 3, measure: str = "OR", **changes: Any) -> Analysis:
    pooled = Pooled(
        estimate=estimate, se=1.0, ci=Interval(low=low, high=high, level=0.95, method="wald"), prediction=None,
        test=model.Test(statistic=0.0, df=None, p=1.0), tau2=Tau2(value=0.0, method="REML"), weights=(1.0 / k,) * k,
        heterogeneity=Heterogeneity(q=0.0, df=k - 1, p=1.0, i2=0.0, i2_q=0.0, h2=1.0), model="random",
        measure=measure, k=k, n=None,
    )  # fmt: skip
    base = Analysis(
        question="q", title="T", text="?", population="P", intervention="Active referral", comparator="Usual care",
        outcome="O", good_direction="higher-better", synthesis="meta-analysis", measure=measure, plan={},
        effects=Effects(measure=measure, rows=()), models={"plan": pooled},
        certainty=Certainty(status="not-yet-judged"),
    )  # fmt: skip
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("estimate", "low", "high", "good", "expected"),
    [
        (0.5, 0.1, 0.9, "higher-better",
         "Seen more often with active referral, which is in its favour. The whole "
         "interval lies on that side."),
        (0.5, -0.1, 1.1, "higher-better",
         "Seen more often with active referral, which is in its favour. The "
         "interval includes no difference and the opposite."),
        (0.5, 0.1, 0.9, "lower-better",
         "Seen more often with active referral, which favours usual care. The "
         "whole interval lies on that side."),
        (-0.5, -1.1, 0.1, "mixed",
         "Seen less often with active referral. The interval includes no "
         "difference and the opposite."),
        (0.0, -1.0, 1.0, "higher-better",
         "The estimate shows no difference; the interval runs from less often to more often with "
         "active referral."),
    ],
)  # fmt: skip
def test_sentences(estimate: float, low: float, high: float, good: Any, expected: str) -> None:
    assert meaning(analysis(estimate, low, high, good_direction=good)) == expected


def test_one_study_is_called_one_study() -> None:
    assert meaning(analysis(0.5, 0.1, 0.9, k=1)).startswith("One study: seen more often with active referral")


def test_measured_outcomes_are_higher_or_lower() -> None:
    assert "Lower with active referral" in meaning(analysis(-2.0, -3.0, -1.0, measure="MD"))


@given(st.floats(-3, 3), st.floats(0, 3), st.floats(0, 3), st.sampled_from(["higher-better", "lower-better", "mixed"]))
def test_no_sentence_speaks_of_significance_or_of_no_effect(
    estimate: float, below: float, above: float, good: Any
) -> None:
    text = meaning(analysis(estimate, estimate - below, estimate + above, good_direction=good))
    assert "significant" not in text and "no effect" not in text
    crosses = estimate - below <= 0 <= estimate + above
    assert ("whole interval" in text) == (not crosses)


def test_directions_say_how_many_studies_point_where(observed: Analysis) -> None:
    assert meaning(observed) == "Of 1 study, 1 points to better. The groups compared may differ in other ways."
    apart = tuple(replace(row, study=f"s{number}") for number, row in enumerate(observed.directions))
    assert meaning(replace(observed, directions=apart)) == (
        "Of 3 studies, 2 point to better and 1 shows no clear difference. The groups compared may differ in other ways."
    )
    randomised = tuple(replace(row, design="rct", direction="worse") for row in observed.directions[:1])
    assert meaning(replace(observed, directions=randomised)) == "Of 1 study, 1 points to worse."


PEOPLE = PerThousand(
    baseline_risk=0.3, baseline_source="invented", baseline=300, intervention=420, difference=120, low=60, high=180
)


def test_a_judged_sentence_says_certainty_and_size() -> None:
    plain = analysis(0.5, 0.1, 0.9, per_thousand=PEOPLE)
    expected = {
        "high": "Active referral increases this outcome.",
        "moderate": "Active referral probably increases this outcome.",
        "low": "Active referral may increase this outcome.",
    }
    for level, text in expected.items():
        judged = Certainty(status="judged", level=level, size="moderate")  # type: ignore[arg-type]  # keys of a literal
        assert meaning(replace(plain, certainty=judged)) == text
    fewer = replace(PEOPLE, difference=-120)
    judged = Certainty(status="judged", level="moderate", size="moderate")
    assert "probably decreases" in meaning(replace(plain, certainty=judged, per_thousand=fewer))


def test_very_low_certainty_says_so_and_describes_the_studies() -> None:
    judged = Certainty(status="judged", level="very-low", size="large")
    text = meaning(analysis(0.5, -0.1, 1.1, certainty=judged, per_thousand=PEOPLE))
    assert text == (
        "The evidence is very uncertain about the effect of active referral on this outcome. In these studies: "
        "seen more often with active referral, which is in its favour. The interval includes no difference and the "
        "opposite."
    )
    assert "large" not in text


def test_without_a_size_a_judged_result_is_described() -> None:
    judged = Certainty(status="judged", level="low")
    assert meaning(analysis(0.5, 0.1, 0.9, certainty=judged)).startswith("Seen more often")


def test_directions_of_very_low_certainty_say_so(observed: Analysis) -> None:
    judged = replace(observed, certainty=Certainty(status="judged", level="very-low"))
    assert meaning(judged) == (
        f"The evidence is very uncertain about the effect of {observed.intervention.lower()} on this outcome. "
        f"{meaning(observed)}"
    )
    assert meaning(replace(observed, certainty=Certainty(status="judged", level="low"))) == meaning(observed)
