"""What would change a conclusion, by a question's own plan and baseline risk."""

from __future__ import annotations

import math
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.analysis.what_would_change import what_would_change
from synthesis.certainty.absolute import risk_with
from synthesis.effects.measures import MEASURES, from_counts
from synthesis.pooling.pool import pool_arrays

CELLS = ((45, 100, 25, 100), (60, 150, 40, 150), (30, 80, 20, 80))


def analysis(invented: Any, measure: str = "RR", **question: Any) -> Analysis:
    studies = [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, m))))
        for i, (a, n, b, m) in enumerate(CELLS)
    ]
    asked = invented.question(
        plan={"measure": measure}, **({"baseline_risk": {"value": 0.25, "source": "invented"}} | question)
    )
    return analyse(invented.evidence(studies, [asked]), asked.id)


def side(analysis: Analysis, effect: float, n: int) -> int:
    """The side with one more trial of n people at a baseline risk of 25%, by the ordinary pooling."""
    risk = risk_with(analysis.measure, MEASURES[analysis.measure].to_natural(effect), 0.25)
    trial = from_counts(analysis.measure, n / 2 * risk, n / 2, n / 2 * 0.25, n / 2)
    assert trial.yi == pytest.approx(effect)
    rows = analysis.effects
    pooled = pool_arrays([*rows.yi, trial.yi], [*rows.vi, trial.vi])
    return 1 if pooled.ci.low > 0 else -1 if pooled.ci.high < 0 else 0


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_the_trial_of_expected_counts_flips_and_a_smaller_one_does_not(invented: Any, measure: str) -> None:
    found = analysis(invented, measure)
    change = found.what_would_change
    assert change is not None and change.smallest is not None
    assert change.side == 1
    trial = change.smallest
    assert side(found, trial.effect, trial.n) == trial.side == 0
    assert side(found, trial.effect, min(trial.n - 2, 2 * int(0.95 * trial.n / 2))) == 1
    assert change.named["no difference"] is not None
    assert trial.n <= change.named["no difference"].n
    # What agrees with the rest cannot undo it.
    assert change.named["as pooled"] is None


def test_the_smallest_trial_finds_something_between_the_studies_and_no_difference(invented: Any) -> None:
    found = analysis(invented)
    change = found.what_would_change
    assert change is not None and change.smallest is not None
    assert 0 <= change.smallest.effect <= max(found.effects.yi)


def test_an_effect_that_no_risk_can_show_is_no_trial(invented: Any) -> None:
    # A risk ratio of about 1.5 at a baseline of 90% would be a risk above 1.
    found = analysis(invented, baseline_risk={"value": 0.9, "source": "invented"})
    change = found.what_would_change
    assert change is not None
    assert change.named["as pooled"] is None
    assert change.smallest is not None
    assert math.exp(change.smallest.effect) < 1 / 0.9


def test_without_a_baseline_risk_no_size_can_be_given(invented: Any) -> None:
    assert analysis(invented, baseline_risk=None).what_would_change is None


def test_measured_outcomes_take_the_variance_of_the_studies(invented: Any) -> None:
    def means(mean: float) -> dict[str, Any]:
        cells = {"a": {"mean": mean, "sd": 4.0, "n": 50}, "b": {"mean": 8.0, "sd": 4.0, "n": 50}}
        return {"form": "means", "arms": cells}

    studies = [
        invented.study(f"trial{2001 + i}", invented.result(means(mean))) for i, mean in enumerate((10.0, 10.5, 9.8))
    ]
    asked = invented.question(plan={"measure": "MD"})
    found = analyse(invented.evidence(studies, [asked]), asked.id)
    change = found.what_would_change
    assert change is not None and change.smallest is not None
    # Two groups of n / 2 with variance 16: 64 / n.
    assert change.smallest.vi == pytest.approx(64 / change.smallest.n)


def test_nothing_pooled_nothing_to_change(invented: Any) -> None:
    found = analysis(invented)
    assert what_would_change(invented.question(), found.effects, None) is None
