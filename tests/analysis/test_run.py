"""One question from rule to result: dependence, sensitivity analyses, concerns, absolute effects, what stays put."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import WITHOUT_CONCERNS, analyse, effect_sizes, vary
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.evidence.load import Evidence
from synthesis.evidence.question import Variant
from synthesis.evidence.study import Study

CONCERN = {"kind": "integrity", "statement": "Somebody doubts it.", "where": {"place": "a letter", "read": True}}


@pytest.fixture
def run(invented: Any) -> Any:
    """Analyse the studies for one question changed as given."""

    def analysed(*studies: Study, **question: Any) -> Analysis:
        return analyse(invented.evidence(studies, [invented.question(**question)]), "does-it-help")

    return analysed


@pytest.fixture
def three(invented: Any) -> tuple[Study, ...]:
    cells = {"alpha2001": ((40, 100), (25, 100)), "beta2002": ((30, 60), (20, 55)), "gamma2003": ((9, 40), (11, 42))}
    return tuple(
        invented.study(name, invented.result(invented.counts(a=one, b=other))) for name, (one, other) in cells.items()
    )


def studies_in(analysis: Analysis) -> list[str]:
    return [row.study for row in analysis.effects]


def codes(analysis: Analysis) -> list[tuple[str, str, str]]:
    return [(item.study, item.result, item.code) for item in analysis.effects.excluded]


def test_a_question_nobody_answers_gives_a_note_and_nothing_else(run: Any, invented: Any) -> None:
    found = run(invented.study("alpha2001", invented.result(outcome="sobriety")))
    assert (found.models, found.pooled, found.leave_one_out, found.per_thousand) == ({}, None, (), None)
    assert [note.code for note in found.notes] == ["no-usable-study"]
    assert "Help" in found.notes[0].text and "usual care" in found.notes[0].text
    assert Analysis.from_dict(found.to_dict()) == found


def test_one_study_is_its_own_result(run: Any, invented: Any) -> None:
    found = run(invented.study())
    yi = math.log(40 * 75 / (60 * 25))
    assert set(found.models) == {"common", "DL", "plan"}
    for pooled in found.models.values():
        assert (pooled.k, pooled.weights) == (1, (1.0,))
        assert pooled.estimate == pytest.approx(yi)
        assert "single-study" in {note.code for note in pooled.notes}
    assert found.leave_one_out == ()
    assert found.notes == ()


def test_three_studies_have_three_omissions(run: Any, three: Any) -> None:
    found = run(*three)
    assert [item.study for item in found.leave_one_out] == ["alpha2001", "beta2002", "gamma2003"]
    assert all(item.pooled.k == 2 for item in found.leave_one_out)


def test_one_result_of_a_study_counts_and_the_others_are_listed(run: Any, invented: Any) -> None:
    results = (
        invented.result(invented.counts(a=(40, 100), b=(25, 100)), result_id="early", timepoint_months=6),
        invented.result(invented.counts(a=(30, 100), b=(20, 100)), result_id="late"),
    )
    found = run(invented.study("alpha2001", *results))
    assert [row.result for row in found.effects] == ["late"]
    assert codes(found) == [("alpha2001", "early", "other-result")]
    assert "late (plan: longest follow-up)" in found.effects.excluded[0].reason
    found = run(invented.study("alpha2001", *results), plan={"timepoint": "shortest"})
    assert [row.result for row in found.effects] == ["early"]


def test_a_result_without_numbers_gives_way_to_the_next(run: Any, invented: Any) -> None:
    results = (
        invented.result({"form": "narrative", "finding": "more"}, result_id="words"),
        invented.result(invented.counts(a=(30, 100), b=(20, 100)), result_id="numbers", timepoint_months=6),
    )
    found = run(invented.study("alpha2001", *results))
    assert [row.result for row in found.effects] == ["numbers"]
    assert codes(found) == [("alpha2001", "words", "no-usable-numbers")]


@pytest.mark.parametrize("order", [0, 1])
def test_a_family_counts_once_the_later_measurement_first(run: Any, invented: Any, order: int) -> None:
    early = invented.result(invented.counts(a=(400, 1000), b=(250, 1000)), timepoint_months=6)
    late = invented.result(invented.counts(a=(40, 100), b=(25, 100)))
    names = ("alpha2001", "beta2002")[:: 1 if order == 0 else -1]
    studies = [invented.study(name, result, family="cohort") for name, result in zip(names, (early, late), strict=True)]
    found = run(*studies, invented.study("gamma2003"))
    assert studies_in(found) == sorted([names[1], "gamma2003"])
    assert codes(found) == [(names[0], "main", "same-people")]


def test_in_a_family_the_larger_then_the_first_by_name_counts(run: Any, invented: Any) -> None:
    small, large = (invented.result(invented.counts(a=(4 * n, 10 * n), b=(2 * n, 10 * n))) for n in (2, 9))
    family = {"family": "cohort"}
    assert studies_in(
        run(invented.study("alpha2001", small, **family), invented.study("beta2002", large, **family))
    ) == ["beta2002"]
    assert studies_in(
        run(invented.study("beta2002", large, **family), invented.study("alpha2001", large, **family))
    ) == ["alpha2001"]


def test_a_member_of_the_family_without_usable_numbers_displaces_nobody(run: Any, invented: Any) -> None:
    words = invented.result({"form": "narrative", "finding": "more"})
    studies = (invented.study("alpha2001", words, family="cohort"), invented.study("beta2002", family="cohort"))
    assert studies_in(run(*studies)) == ["beta2002"]


def test_several_arms_are_combined_or_the_first_is_taken(run: Any, invented: Any) -> None:
    arms = (invented.arm("a", "help"), invented.arm("c", "help"), invented.arm("b", "usual"))
    study = invented.study(
        "alpha2001", invented.result(invented.counts(a=(40, 100), c=(10, 100), b=(25, 100))), arms=arms
    )
    (row,) = run(study).effects
    assert row.intervention is not None and (row.intervention.events, row.intervention.n) == (50, 200)
    (row,) = run(study, plan={"multi_arm": "first"}).effects
    assert row.intervention is not None and (row.intervention.events, row.intervention.n) == (40, 100)


def test_the_order_of_studies_never_matters(run: Any, three: Any) -> None:
    asked = {"baseline_risk": {"value": 0.3, "source": "invented"}}
    first = run(*three, **asked)
    for order in ((2, 1, 0), (1, 2, 0)):
        assert run(*(three[i] for i in order), **asked) == first


def test_a_study_about_something_else_changes_nothing_but_the_hash(run: Any, invented: Any, three: Any) -> None:
    before = run(*three)
    after = run(
        *three, invented.study("zeta2009", invented.result(invented.counts(a=(1, 9), b=(2, 9)), outcome="drinking"))
    )
    assert after.evidence_hash != before.evidence_hash
    assert replace(after, evidence_hash=before.evidence_hash) == before


VARIANTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"plan": {"measure": "RR"}}, {"plan": {"measure": "RR"}}),
    ({"plan": {"level": "0.9"}}, {"plan": {"level": 0.9}}),
    ({"plan": {"model": "common", "tau2": "PM"}}, {"plan": {"model": "common", "tau2": "PM"}}),
    ({"prefer": ("contrast",)}, {"plan": {"prefer": ("contrast",)}}),
    ({"designs": ("cohort", "rct")}, {"designs": ("cohort", "rct")}),
    ({"window_months": (0, 3)}, {"window_months": (0, 3)}),
    ({}, {}),
]


@pytest.mark.parametrize(("change", "same_as"), VARIANTS)
def test_a_variant_changes_what_it_says_and_nothing_else(
    invented: Any, change: dict[str, Any], same_as: dict[str, Any]
) -> None:
    variant = Variant.model_validate({"id": "v", "label": "V", "why": "to see"} | change)
    assert vary(invented.question(), variant) == invented.question(**same_as)


def test_a_variant_is_the_question_asked_that_way(run: Any, three: Any) -> None:
    variant = {"id": "ratio", "label": "Risk ratio", "why": "to see", "plan": {"measure": "RR"}}
    found = run(*three, sensitivity=(variant,))
    asked = run(*three, plan={"measure": "RR"})
    assert found.variant("ratio").effects == asked.effects
    assert found.variant("ratio").models == asked.models
    assert found.models == run(*three).models
    with pytest.raises(UnknownKeyError, match=r"unknown sensitivity analysis 'ration'. Did you mean 'ratio'"):
        found.variant("ration")


def test_variants_take_studies_out_or_keep_some(run: Any, three: Any) -> None:
    found = run(
        *three,
        sensitivity=(
            {"id": "out", "label": "Out", "why": "to see", "without": ("beta2002",)},
            {"id": "only", "label": "Only", "why": "to see", "only": ("beta2002",)},
            {"id": "none", "label": "None", "why": "to see", "window_months": (0, 1)},
        ),
    )
    rows = {item.id: [row.study for row in item.effects] for item in found.variants}
    assert rows == {"out": ["alpha2001", "gamma2003"], "only": ["beta2002"], "none": []}
    none = found.variant("none")
    assert (none.models, [note.code for note in none.notes]) == ({}, ["no-usable-study"])
    assert {item.code for item in none.effects.excluded} == {"window"}


def test_a_variant_that_names_nobody_is_an_error(run: Any, three: Any) -> None:
    variant = {"id": "out", "label": "Out", "why": "to see", "without": ("delta2004",)}
    with pytest.raises(AnalysisError, match="'out' names a study that does not exist: 'delta2004'"):
        run(*three, sensitivity=(variant,))


def test_a_study_with_a_concern_brings_its_own_sensitivity_analysis(run: Any, invented: Any, three: Any) -> None:
    worrying = invented.study("delta2004", concerns=(CONCERN,))
    found = run(*three, worrying)
    assert [item.id for item in found.variants] == [WITHOUT_CONCERNS]
    without = found.variant(WITHOUT_CONCERNS)
    assert [row.study for row in without.effects] == ["alpha2001", "beta2002", "gamma2003"]
    assert without.models == run(*three).models
    assert found.concerns == (("delta2004", "Somebody doubts it."),)


def test_a_concern_about_a_study_that_does_not_enter_is_no_reason_for_one(run: Any, invented: Any, three: Any) -> None:
    too_late = invented.result(invented.counts(a=(40, 100), b=(25, 100)), timepoint_months=99)
    found = run(*three, invented.study("delta2004", too_late, concerns=(CONCERN,)))
    assert found.variants == ()
    assert found.concerns == (("delta2004", "Somebody doubts it."),)
    assert run(*three).concerns == ()


def test_what_ships_has_it_exactly_where_a_concern_enters(evidence: Evidence) -> None:
    for question in evidence.questions:
        found = analyse(evidence, question)
        entered = any(evidence.studies[row.study].concerns for row in found.effects)
        assert (WITHOUT_CONCERNS in {item.id for item in found.variants}) is entered, question


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_people_per_thousand_by_the_formula(run: Any, three: Any, measure: str) -> None:
    found = run(*three, plan={"measure": measure}, baseline_risk={"value": 0.3, "source": "invented"})
    assert found.pooled is not None and found.per_thousand is not None
    by_hand = {
        "OR": lambda y: 0.3 * math.exp(y) / (0.7 + 0.3 * math.exp(y)),
        "RR": lambda y: 0.3 * math.exp(y),
        "RD": lambda y: 0.3 + y,
    }[measure]
    ends = (found.pooled.estimate, found.pooled.ci.low, found.pooled.ci.high)
    point, low, high = (1000 * min(1.0, max(0.0, by_hand(value))) for value in ends)
    people = found.per_thousand
    assert (people.baseline_risk, people.baseline, people.baseline_source) == (0.3, 300, "invented")
    assert people.intervention == pytest.approx(point)
    assert (people.difference, people.low, people.high) == pytest.approx((point - 300, low - 300, high - 300))
    assert people.low <= people.difference <= people.high


def test_people_per_thousand_stay_between_none_and_all(run: Any, invented: Any) -> None:
    strong = invented.study("alpha2001", invented.result(invented.counts(a=(95, 100), b=(20, 100))))
    found = run(strong, plan={"measure": "RR"}, baseline_risk={"value": 0.6, "source": "invented"})
    assert found.per_thousand is not None
    assert (found.per_thousand.intervention, found.per_thousand.high) == (1000, 400)


def test_without_a_baseline_risk_or_for_means_there_are_none(run: Any, invented: Any, three: Any) -> None:
    assert run(*three).per_thousand is None
    cells = {"form": "means", "arms": {arm: {"mean": 2, "sd": 1, "n": 9} for arm in "ab"}}
    study = invented.study("alpha2001", invented.result(cells))
    found = run(study, plan={"measure": "MD"}, baseline_risk={"value": 0.6, "source": "invented"})
    assert (found.pooled is not None, found.per_thousand) == (True, None)


def test_outcomes_that_are_good_in_different_directions_are_not_pooled(run: Any, invented: Any, three: Any) -> None:
    with pytest.raises(AnalysisError, match="good in different directions"):
        run(*three, outcome=("abstinence", "drinking"))
    assert (
        run(*three, outcome=("abstinence", "drinking"), plan={"synthesis": "effect-direction"}).good_direction
        == "mixed"
    )
    assert run(*three, outcome=("drinking",)).good_direction == "lower-better"


@pytest.mark.parametrize("asked", [analyse, effect_sizes])
def test_an_unknown_question_names_the_known_ones(invented: Any, three: Any, asked: Any) -> None:
    with pytest.raises(UnknownKeyError, match=r"unknown question 'does-it-hlep'. Did you mean 'does-it-help'"):
        asked(invented.evidence(three, [invented.question()]), "does-it-hlep")


def test_effect_sizes_in_another_measure(invented: Any, three: Any) -> None:
    held = invented.evidence(three, [invented.question()])
    assert effect_sizes(held, "does-it-help") == analyse(held, "does-it-help").effects
    assert effect_sizes(held, "does-it-help", measure="RD").yi[0] == pytest.approx(0.15)
    with pytest.raises(UnknownKeyError, match=r"unknown effect measure 'XX'"):
        effect_sizes(held, "does-it-help", measure="XX")


def test_an_unknown_method_is_named(run: Any, three: Any) -> None:
    with pytest.raises(UnknownKeyError, match=r"unknown tau2 estimator 'REMLL'. Did you mean 'REML'"):
        run(*three, plan={"tau2": "REMLL"})


def test_effect_direction_pools_nothing(run: Any, three: Any) -> None:
    found = run(*three, plan={"synthesis": "effect-direction"})
    assert (found.models, found.variants, found.notes, len(found.effects)) == ({}, (), (), 0)
    assert [(row.study, row.direction) for row in found.directions] == [
        ("alpha2001", "better"),
        ("beta2002", "better"),
        ("gamma2003", "worse"),
    ]


def test_an_infinite_number_survives_json(run: Any, three: Any) -> None:
    found = run(*three)
    assert found.pooled is not None
    endless = replace(found.pooled, ci=replace(found.pooled.ci, high=math.inf, low=-math.inf))
    changed = replace(found, models=found.models | {"plan": endless})
    data = changed.to_dict()
    assert data["models"]["plan"]["ci"]["high"] == "Infinity"
    assert Analysis.from_dict(data) == changed
