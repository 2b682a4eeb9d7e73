"""An analysis as JSON for other programs: what is in it, and that any reader takes it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.errors import UnknownKeyError
from synthesis.evidence.load import Evidence
from synthesis.exchange.results import pool_data

ONE_EFFECT = {
    "study", "label", "result", "yi", "vi", "effect", "n", "design", "timepoint_months", "route", "read", "steps",
    "notes",
}  # fmt: skip
ONE_MODEL = {
    "model", "k", "n", "estimate", "se", "ci", "natural", "prediction", "p", "tau2", "tau2_method", "tau2_ci", "q",
    "q_df", "q_p", "i2", "i2_q", "h2", "weights", "interval_method", "notes",
}  # fmt: skip


@pytest.fixture(scope="module")
def analyses(evidence: Evidence) -> dict[str, Analysis]:
    return {question: analyse(evidence, question) for question in evidence.questions}


def strict(data: object) -> Any:
    """Through JSON as the standard has it and back."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(json.dumps(data, allow_nan=False), parse_constant=refuse)


def test_everything_that_ships_is_strict_json_and_comes_back_equal(analyses: dict[str, Analysis]) -> None:
    for analysis in analyses.values():
        data = pool_data(analysis)
        assert strict(data) == data
        for variant in analysis.variants:
            data = pool_data(analysis, variant.id)
            assert strict(data) == data


def test_effects_models_and_exclusions_are_as_documented(analyses: dict[str, Analysis]) -> None:
    for name, analysis in analyses.items():
        data = pool_data(analysis)
        assert data["question"] == name
        assert data["evidence_hash"] == analysis.evidence_hash
        assert [set(row) for row in data["effects"]] == [ONE_EFFECT] * len(analysis.effects)
        assert set(data["models"]) == ({"common", "DL", "plan"} if analysis.effects.rows else set())
        assert all(set(model) == ONE_MODEL for model in data["models"].values())
        assert all(set(item) == {"study", "result", "code", "reason"} for item in data["excluded"])
        assert [item["id"] for item in data["variants"]] == [item.id for item in analysis.variants]


def test_numbers_are_those_of_the_analysis_unrounded(analyses: dict[str, Analysis]) -> None:
    analysis = analyses["active-referral-attendance"]
    data = strict(pool_data(analysis))
    assert [(row["yi"], row["vi"]) for row in data["effects"]] == [(row.yi, row.vi) for row in analysis.effects]
    for key, pooled in analysis.models.items():
        found = data["models"][key]
        assert (found["estimate"], found["se"], found["ci"]) == (
            pooled.estimate,
            pooled.se,
            [pooled.ci.low, pooled.ci.high],
        )
        assert found["natural"]["estimate"] == math.exp(pooled.estimate)
        assert sum(found["weights"]) == pytest.approx(1)


def test_one_variant_has_the_same_form(analyses: dict[str, Analysis]) -> None:
    analysis = analyses["active-referral-attendance"]
    data = pool_data(analysis, "include-recalled")
    listed = next(item for item in pool_data(analysis)["variants"] if item["id"] == "include-recalled")
    assert data["variant"] == "include-recalled"
    assert all(data[key] == value for key, value in listed.items())
    assert {"effects", "models", "excluded", "label", "why", "notes"} <= set(data)
    with pytest.raises(UnknownKeyError, match="include-recalled"):
        pool_data(analysis, "include-recaled")


def test_what_is_infinite_or_undefined_is_null(analyses: dict[str, Analysis]) -> None:
    analysis = analyses["cocaine-abstinence"]
    assert analysis.pooled is not None
    endless = replace(analysis.pooled, ci=replace(analysis.pooled.ci, high=math.inf), se=math.nan)
    data = pool_data(replace(analysis, models=analysis.models | {"plan": endless}))
    plan = strict(data)["models"]["plan"]
    assert plan["ci"] == [analysis.pooled.ci.low, None]
    assert (plan["se"], plan["natural"]["ci"][1]) == (None, None)


def test_effects_that_do_not_vary_are_strict_json_too(invented: Any) -> None:
    same = [invented.study(name) for name in ("alpha2001", "beta2002", "gamma2003")]
    # Risk differences of nobody and everybody, and odds ratios at the limits of what counts allow.
    edges = [
        invented.study(f"edge{year}", invented.result(invented.counts(a=(1, 1), b=(0, 1)))) for year in (2001, 2002)
    ]
    for studies in (same, edges):
        for plan in ({}, {"measure": "RD"}, {"model": "common"}):
            held = invented.evidence(studies, [invented.question(plan=plan)])
            found = analyse(held, "does-it-help")
            assert strict(pool_data(found)) == pool_data(found)
            assert strict(found.to_dict()) == found.to_dict()
