"""The pooled rows worked out by hand when the evidence was gathered (inverse variance; DerSimonian-Laird), reproduced.

They were computed outside this project from the same figures, to two decimals, so that the whole way from record to
pooled result can be tested: selection, routes, conversions, families, zero cells and pooling.
"""

from __future__ import annotations

import math

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.evidence.load import Evidence
from synthesis.exchange.results import pool_data

# Half a unit of the last printed digit, and what rounding the standard errors to three digits by hand adds.
PRINTED = 0.006

# question, sensitivity analysis (None: the plan), model, estimate, low, high, I2 in percent (None: not given), k
ROWS = [
    ("active-referral-attendance", "include-recalled", "common", 1.75, 1.16, 2.63, 58, 2),
    ("active-referral-attendance", "include-recalled", "DL", 2.06, 0.92, 4.66, 58, 2),
    ("active-referral-attendance", "include-recalled-with-one-week-trial", "common", 1.85, 1.23, 2.78, 79, 3),
    ("active-referral-attendance", "include-recalled-with-one-week-trial", "DL", 3.97, 0.90, 17.50, 79, 3),
    ("active-referral-attendance", None, "common", 1.68, 1.16, 2.43, 60, 2),
    ("active-referral-attendance", None, "DL", 2.04, 0.89, 4.66, 60, 2),
    ("active-referral-attendance", "with-one-week-trial", "common", 1.76, 1.22, 2.54, 80, 3),
    ("active-referral-attendance", "with-one-week-trial", "DL", 3.93, 0.89, 17.28, 80, 3),
    ("abstinence-alcohol-and-drugs", "include-recalled", "common", 1.64, 1.38, 1.95, 0, 2),
    ("abstinence-alcohol-and-drugs", "include-recalled", "DL", 1.64, 1.38, 1.95, 0, 2),
    ("abstinence-alcohol-and-drugs", None, "common", 1.64, 1.38, 1.94, 0, 2),
    ("abstinence-alcohol-and-drugs", None, "DL", 1.64, 1.38, 1.94, 0, 2),
    ("continuous-alcohol-abstinence", None, "common", 1.91, 1.12, 3.24, 43, 2),
    ("continuous-alcohol-abstinence", None, "DL", 2.48, 0.74, 8.37, 43, 2),
    ("continuous-alcohol-abstinence", "match-alone", "common", 1.66, 1.26, 2.17, None, 1),
    ("continuous-alcohol-abstinence", "include-recalled", "common", 1.70, 1.34, 2.17, 0, 3),
    ("continuous-alcohol-abstinence", "include-recalled", "DL", 1.70, 1.34, 2.17, 0, 3),
    ("cocaine-abstinence", None, "common", 0.39, 0.21, 0.74, 63, 3),
    ("cocaine-abstinence", None, "DL", 0.36, 0.12, 1.02, 63, 3),
    ("cocaine-abstinence", "randomised-only", "common", 0.50, 0.23, 1.09, 77, 2),
    ("cocaine-abstinence", "randomised-only", "DL", 0.40, 0.07, 2.28, 77, 2),
    ("treatment-retention", None, "common", 0.82, 0.64, 1.05, 73, 3),
    ("treatment-retention", None, "DL", 0.54, 0.25, 1.19, 73, 3),
]


@pytest.mark.parametrize(("question", "variant", "model", "estimate", "low", "high", "i2", "k"), ROWS)
def test_hand_computed_row_is_reproduced(
    evidence: Evidence,
    question: str,
    variant: str | None,
    model: str,
    estimate: float,
    low: float,
    high: float,
    i2: int | None,
    k: int,
) -> None:
    data = pool_data(analyse(evidence, question), variant)
    found = data["models"][model]
    natural = found["natural"]
    values = (natural["estimate"], *natural["ci"])
    assert values == pytest.approx((estimate, low, high), abs=PRINTED)
    assert found["k"] == k == len(data["effects"])
    if i2 is not None:
        assert round(100 * found["i2_q"]) == i2


def test_headlines_rest_on_read_numbers_only(evidence: Evidence) -> None:
    for question in evidence.questions:
        analysis = analyse(evidence, question)
        assert all(row.read for row in analysis.effects.rows), question


def test_every_analysis_survives_a_round_trip_through_json(evidence: Evidence) -> None:
    for question in evidence.questions:
        analysis = analyse(evidence, question)
        assert Analysis.from_dict(analysis.to_dict()) == analysis


def test_common_effect_agrees_with_the_formula_written_out(evidence: Evidence) -> None:
    for question in evidence.questions:
        data = pool_data(analyse(evidence, question))
        if not data["models"]:
            continue
        weights = [1 / row["vi"] for row in data["effects"]]
        estimate = sum(w * row["yi"] for w, row in zip(weights, data["effects"], strict=True)) / sum(weights)
        assert math.isclose(data["models"]["common"]["estimate"], estimate, rel_tol=1e-12)
        assert math.isclose(data["models"]["common"]["se"], sum(weights) ** -0.5, rel_tol=1e-12)
