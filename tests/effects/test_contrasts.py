"""From printed numbers to an effect: every route, what it refuses, and what it says about the numbers it used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import pytest

from synthesis.effects.contrasts import ROUTES, Found, Sides, effect_row, exact_p
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Excluded
from synthesis.errors import AnalysisError
from synthesis.evidence.load import Evidence
from synthesis.evidence.selection import select

Z975 = NormalDist().inv_cdf(0.975)
ALL = tuple(ROUTES)


@pytest.fixture
def sides(invented: Any) -> Any:
    """The comparison of arm a (or ``one``) with arm b (or ``other``) on the given printed items."""

    def make(
        *printed: dict[str, Any],
        measure: str = "OR",
        one: tuple[str, ...] = ("a",),
        other: tuple[str, ...] = ("b",),
        arms: tuple[dict[str, Any], ...] | None = None,
        groups: tuple[dict[str, Any], ...] = (),
        read: bool = True,
        worked_out: tuple[dict[str, Any], ...] = (),
    ) -> Sides:
        more = {"groups": groups} | ({} if arms is None else {"arms": arms})
        study = invented.study("alpha2001", invented.result(*printed, read=read, worked_out=worked_out), **more)
        return Sides(
            study=study, result=study.results[0], intervention=one, comparator=other, measure=measure,
            zero_cells="only0",
        )  # fmt: skip

    return make


def log_or(a: float, n1: float, b: float, n2: float) -> tuple[float, float]:
    cells = (a, n1 - a, b, n2 - b)
    return math.log(cells[0] * cells[3] / (cells[1] * cells[2])), sum(1 / cell for cell in cells)


def taken(route: str, sides: Sides) -> tuple[float, float]:
    found = ROUTES[route].take(sides)
    return found.estimate.yi, found.estimate.vi


def test_counts(invented: Any, sides: Any) -> None:
    assert taken("counts", sides(invented.counts(a=(40, 100), b=(25, 90)))) == pytest.approx(log_or(40, 100, 25, 90))


def test_counts_as_risk_ratio_and_risk_difference(invented: Any, sides: Any) -> None:
    printed = invented.counts(a=(40, 100), b=(25, 90))
    p, q = 40 / 100, 25 / 90
    ratio = (math.log(p / q), 1 / 40 - 1 / 100 + 1 / 25 - 1 / 90)
    assert taken("counts", sides(printed, measure="RR")) == pytest.approx(ratio)
    difference = (p - q, p * (1 - p) / 100 + q * (1 - q) / 90)
    assert taken("counts", sides(printed, measure="RD")) == pytest.approx(difference)


def test_an_empty_cell_is_corrected_and_said_so(invented: Any, sides: Any) -> None:
    found = ROUTES["counts"].take(sides(invented.counts(a=(10, 10), b=(0, 10))))
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx(log_or(10.5, 11, 0.5, 11))
    assert [step.code for step in found.estimate.steps] == ["zero-cells"]


def test_percentages_use_the_arm_sizes_or_their_own_denominators(invented: Any, sides: Any) -> None:
    arms = (invented.arm("a", "help", 164), invented.arm("b", "usual", 160))
    printed = invented.percents(a=51, b=33.0)
    assert taken("percent", sides(printed, arms=arms)) == pytest.approx(log_or(84, 164, 53, 160))
    printed["arms"]["a"]["n"] = 100
    found = ROUTES["percent"].take(sides(printed, arms=arms))
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx(log_or(51, 100, 53, 160))
    assert [step.code for step in found.estimate.steps] == ["percent-to-events"] * 2


def test_percentages_without_any_denominator_are_refused(invented: Any, sides: Any) -> None:
    arms = (invented.arm("a", "help", None), invented.arm("b", "usual"))
    with pytest.raises(AnalysisError, match="without the number of people in Arm a"):
        ROUTES["percent"].take(sides(invented.percents(a=51, b=33), arms=arms))


@pytest.mark.parametrize(("known", "note"), [("inferred", True), ("derived", False), ("read", False)])
def test_inferred_arm_sizes_are_noted(invented: Any, sides: Any, known: str, note: bool) -> None:
    arms = (invented.arm("a", "help", n_known=known), invented.arm("b", "usual"))
    found = ROUTES["percent"].take(sides(invented.percents(a=51, b=33), arms=arms))
    assert ("arm sizes are inferred, not printed" in found.notes) is note
    assert found.known == known


def test_inferred_arm_sizes_that_are_not_used_are_not_noted(invented: Any, sides: Any) -> None:
    arms = tuple(invented.arm(name, category, n_known="inferred") for name, category in (("a", "help"), ("b", "usual")))
    printed = {"form": "percent", "arms": {name: {"percent": 50, "n": 80} for name in "ab"}}
    found = ROUTES["percent"].take(sides(printed, arms=arms))
    assert (found.notes, found.known) == ((), "read")


def means(**cells: dict[str, Any]) -> dict[str, Any]:
    return {"form": "means", "arms": cells}


def test_means_with_sd_or_se(sides: Any) -> None:
    printed = means(a={"mean": 10, "sd": 4, "n": 50}, b={"mean": 8, "se": 0.5, "n": 64})
    found = ROUTES["means"].take(sides(printed, measure="MD"))
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx((2, 16 / 50 + 0.25))
    assert [step.code for step in found.estimate.steps] == ["se-to-sd"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [({"mean": 1, "n": 5}, "without standard deviations"), ({"mean": 1, "sd": 1}, "number of people in Arm b")],
)
def test_means_that_lack_something(invented: Any, sides: Any, cell: dict[str, Any], reason: str) -> None:
    arms = (invented.arm("a", "help"), invented.arm("b", "usual", None))
    with pytest.raises(AnalysisError, match=reason):
        ROUTES["means"].take(sides(means(a={"mean": 2, "sd": 1, "n": 9}, b=cell), measure="MD", arms=arms))


def test_a_published_estimate_with_its_interval(invented: Any, sides: Any) -> None:
    found = ROUTES["contrast"].take(sides(invented.contrast(estimate=2.0, ci=(1.25, 3.2))))
    se = (math.log(3.2) - math.log(1.25)) / (2 * Z975)
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx((math.log(2), se**2))


def test_another_level_of_the_interval_is_heeded(invented: Any, sides: Any) -> None:
    wide = taken("contrast", sides(invented.contrast(ci=(1.25, 3.2), level=0.99)))
    assert math.sqrt(wide[1]) == pytest.approx(math.log(3.2 / 1.25) / (2 * NormalDist().inv_cdf(0.995)))


def test_a_published_estimate_with_its_standard_error(invented: Any, sides: Any) -> None:
    assert taken("contrast", sides(invented.contrast(se=0.3))) == pytest.approx((math.log(2), 0.09))


def test_a_published_estimate_with_its_p_value(invented: Any, sides: Any) -> None:
    z = NormalDist().inv_cdf(1 - 0.018 / 2)
    found = taken("contrast-and-p", sides(invented.contrast(estimate=3.7, p="0.018")))
    assert found == pytest.approx((math.log(3.7), (math.log(3.7) / z) ** 2))


def test_two_percentages_and_their_p_value(invented: Any, sides: Any) -> None:
    yi = math.log(0.4 / 0.6) - math.log(0.25 / 0.75)
    z = NormalDist().inv_cdf(1 - 0.03 / 2)
    for p in ("0.03", ".03"):
        printed = (invented.percents(a=40, b=25), {"form": "test", "p": p})
        assert taken("percent-and-p", sides(*printed)) == pytest.approx((yi, (yi / z) ** 2))


def test_two_means_and_their_p_value(sides: Any) -> None:
    printed = means(a={"mean": 10}, b={"mean": 8}), {"form": "test", "p": "0.01"}
    z = NormalDist().inv_cdf(1 - 0.01 / 2)
    assert taken("means-and-p", sides(*printed, measure="MD")) == pytest.approx((2, (2 / z) ** 2))
    with pytest.raises(AnalysisError, match="give a mean difference only"):
        ROUTES["means-and-p"].take(sides(*printed, measure="SMD"))


def test_a_p_value_between_two_groups_is_not_used_for_three(invented: Any, sides: Any) -> None:
    arms = (invented.arm("a", "help"), invented.arm("c", "help"), invented.arm("b", "usual"))
    printed = invented.percents(a=40, b=25, c=33), {"form": "test", "p": "0.03"}
    with pytest.raises(AnalysisError, match="compares two groups; there are more"):
        ROUTES["percent-and-p"].take(sides(*printed, arms=arms, one=("a", "c")))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0.048", 0.048),
        (".048", 0.048),
        ("<0.05", None),
        (">0.05", None),
        ("not significant", None),
        (None, None),
        ("0", None),
        ("0.0", None),
        ("1", None),
        ("1.0", None),
    ],
)
def test_only_an_exact_p_value_inside_0_and_1_is_one(printed: str | None, value: float | None) -> None:
    assert exact_p(printed) == value


def test_a_bound_on_p_gives_no_standard_error(invented: Any, sides: Any) -> None:
    with pytest.raises(AnalysisError, match="no exact p value"):
        ROUTES["contrast-and-p"].take(sides(invented.contrast(p="<0.05")))
    with pytest.raises(AnalysisError, match="no exact p value"):
        ROUTES["percent-and-p"].take(sides(invented.percents(a=40, b=25), {"form": "test", "p": "<0.05"}))


def test_equal_percentages_and_a_p_value_say_nothing_of_precision(invented: Any, sides: Any) -> None:
    with pytest.raises(AnalysisError, match="exactly no effect"):
        ROUTES["percent-and-p"].take(sides(invented.percents(a=40, b=40), {"form": "test", "p": "0.9"}))


def test_a_contrast_printed_the_other_way_round_is_turned(invented: Any, sides: Any) -> None:
    straight = ROUTES["contrast"].take(sides(invented.contrast(estimate=2.0, ci=(1.25, 3.2))))
    turned = ROUTES["contrast"].take(sides(invented.contrast(estimate=2.0, ci=(1.25, 3.2), arms=(("b",), ("a",)))))
    assert turned.estimate.yi == -straight.estimate.yi
    assert turned.estimate.vi == straight.estimate.vi
    assert [step.code for step in turned.estimate.steps] == ["ci-to-se", "swap-arms"]
    assert turned.estimate.intervention == straight.estimate.intervention
    assert turned.estimate.intervention is not None and turned.estimate.intervention.arms == ("a",)


def test_a_contrast_of_other_arms_is_not_taken_for_this_one(invented: Any, sides: Any) -> None:
    arms = (invented.arm("a", "help"), invented.arm("x", "other"), invented.arm("b", "usual"))
    elsewhere = invented.contrast(estimate=9.0, se=0.1, arms=(("a",), ("x",)))
    with pytest.raises(AnalysisError, match="published for another comparison"):
        ROUTES["contrast"].take(sides(elsewhere, arms=arms))
    here = invented.contrast(estimate=2.0, se=0.3)
    assert taken("contrast", sides(elsewhere, here, arms=arms)) == pytest.approx((math.log(2), 0.09))


def test_a_contrast_without_arms_belongs_to_a_comparison_without_arms(invented: Any, sides: Any) -> None:
    free = invented.contrast(arms=None, contrast="attenders v others", se=0.3)
    with pytest.raises(AnalysisError, match="published for another comparison"):
        ROUTES["contrast"].take(sides(free))
    found = ROUTES["contrast"].take(sides(free, one=(), other=()))
    assert (found.estimate.intervention, found.estimate.comparator) == (None, None)
    assert found.estimate.yi == pytest.approx(math.log(2))


def test_another_measure_than_the_one_wanted_is_named(invented: Any, sides: Any) -> None:
    with pytest.raises(AnalysisError, match="published as OR, not as RR"):
        ROUTES["contrast"].take(sides(invented.contrast(se=0.3), measure="RR"))
    both = (invented.contrast(se=0.3), invented.contrast("RR", 1.5, se=0.2))
    assert taken("contrast", sides(*both, measure="RR")) == pytest.approx((math.log(1.5), 0.04))


def test_adjusted_estimates_are_noted(invented: Any, sides: Any) -> None:
    assert ROUTES["contrast"].take(sides(invented.contrast(se=0.3, adjusted=True))).notes == ("adjusted estimate",)
    assert ROUTES["contrast"].take(sides(invented.contrast(se=0.3, adjusted=False))).notes == ()


THREE = (("a", "help"), ("c", "strong-help"), ("b", "usual"))


def test_several_arms_on_a_side_are_merged(invented: Any, sides: Any) -> None:
    arms = tuple(invented.arm(name, category) for name, category in THREE)
    printed = invented.counts(a=(40, 100), b=(25, 90), c=(30, 60))
    found = ROUTES["counts"].take(sides(printed, arms=arms, one=("a", "c")))
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx(log_or(70, 160, 25, 90))
    assert found.estimate.intervention is not None
    assert found.estimate.intervention.arms == ("a", "c")
    assert found.estimate.intervention.label == "Arm a; Arm c"
    assert [step.code for step in found.estimate.steps] == ["merge-counts"]


def test_an_arm_that_the_numbers_leave_out_is_noted(invented: Any, sides: Any) -> None:
    arms = tuple(invented.arm(name, category) for name, category in THREE)
    found = ROUTES["counts"].take(sides(invented.counts(a=(40, 100), b=(25, 90)), arms=arms, one=("a", "c")))
    assert found.notes == ("not in these numbers: Arm c",)


def test_a_group_that_combines_arms_stands_for_them(invented: Any, sides: Any) -> None:
    arms = tuple(invented.arm(name, category) for name, category in THREE)
    groups = ({"id": "both", "label": "Either kind of help", "combines": ("a", "c")},)
    printed = invented.percents(both=50, b=25)
    found = ROUTES["percent"].take(sides(printed, arms=arms, groups=groups, one=("a", "c")))
    assert (found.estimate.yi, found.estimate.vi) == pytest.approx(log_or(100, 200, 25, 100))
    assert found.estimate.intervention is not None and found.estimate.intervention.arms == ("a", "c")
    assert found.notes == ()


def test_a_group_across_both_sides_or_of_other_people_is_not_used(invented: Any, sides: Any) -> None:
    groups = (
        {"id": "everybody", "label": "Everybody", "combines": ("a", "b")},
        {"id": "attenders", "label": "Attenders"},
    )
    with pytest.raises(AnalysisError, match="not printed for both sides"):
        ROUTES["counts"].take(sides(invented.counts(everybody=(65, 200), attenders=(9, 10)), groups=groups))


@pytest.mark.parametrize("order", [("a", "c", "both", "b"), ("both", "b", "c", "a")])
def test_nobody_is_counted_in_an_arm_and_in_a_group(invented: Any, sides: Any, order: tuple[str, ...]) -> None:
    arms = tuple(invented.arm(name, category) for name, category in THREE)
    groups = ({"id": "both", "label": "Either kind of help", "combines": ("a", "c")},)
    cells = {"a": (40, 100), "c": (30, 60), "both": (70, 160), "b": (25, 90)}
    printed = invented.counts(**{name: cells[name] for name in order})
    assert taken("counts", sides(printed, arms=arms, groups=groups, one=("a", "c"))) == pytest.approx(
        log_or(70, 160, 25, 90)
    )


def test_a_group_that_covers_more_counts_before_one_of_its_arms(invented: Any, sides: Any) -> None:
    arms = tuple(invented.arm(name, category) for name, category in THREE)
    groups = ({"id": "both", "label": "Either kind of help", "combines": ("a", "c")},)
    found = ROUTES["counts"].take(
        sides(invented.counts(a=(40, 100), both=(70, 160), b=(25, 90)), arms=arms, groups=groups, one=("a", "c"))
    )
    assert found.estimate.yi == pytest.approx(log_or(70, 160, 25, 90)[0])
    assert found.notes == ()


def test_an_item_for_other_arms_does_not_hide_a_later_one(invented: Any, sides: Any) -> None:
    arms = (*(invented.arm(name, category) for name, category in THREE[::2]), invented.arm("x", "other"))
    printed = invented.counts(x=(1, 2), b=(25, 90)), invented.counts(a=(40, 100), b=(25, 90))
    assert taken("counts", sides(*printed, arms=arms)) == pytest.approx(log_or(40, 100, 25, 90))


def test_recalled_numbers_are_passed_over_and_named(invented: Any, sides: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 90)) | {"known": "recalled"}
    asked = sides(counts, invented.contrast(se=0.3))
    row = effect_row(asked, prefer=ALL, inputs="read")
    assert isinstance(row, EffectRow)
    assert (row.route, row.read) == ("contrast", True)
    assert row.notes == ("rests on published estimate with its interval; counts of events would need recalled numbers",)
    row = effect_row(asked, prefer=ALL, inputs="any")
    assert isinstance(row, EffectRow)
    assert (row.route, row.read, row.notes) == ("counts", False, ())


def test_a_result_of_recalled_numbers_only_is_excluded_for_it(invented: Any, sides: Any) -> None:
    row = effect_row(sides(invented.counts(a=(40, 100), b=(25, 90)), read=False), prefer=ALL, inputs="read")
    assert isinstance(row, Excluded)
    assert (row.code, "counts of events" in row.reason) == ("recalled", True)


def test_a_part_read_elsewhere_is_read_although_the_result_is_not(invented: Any, sides: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 90)) | {"where": {"place": "page 7", "read": True}}
    assert ROUTES["counts"].take(sides(counts, read=False)).known == "read"


def test_one_recalled_cell_makes_the_whole_recalled(invented: Any, sides: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 90))
    counts["arms"]["b"]["known"] = "recalled"
    assert ROUTES["counts"].take(sides(counts)).known == "recalled"
    percents = invented.percents(a=40, b=25)
    percents["arms"]["a"]["known"] = "recalled"
    assert ROUTES["percent"].take(sides(percents)).known == "recalled"
    assert ROUTES["percent-and-p"].take(sides(percents, {"form": "test", "p": "0.03"})).known == "recalled"
    cells = means(a={"mean": 2, "sd": 1, "n": 9, "known": "recalled"}, b={"mean": 1, "sd": 1, "n": 9})
    assert ROUTES["means"].take(sides(cells, measure="MD")).known == "recalled"


def test_a_cell_that_was_read_counts_before_its_recalled_item(invented: Any, sides: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 90)) | {"known": "recalled"}
    for cell in counts["arms"].values():
        cell["known"] = "read"
    assert ROUTES["counts"].take(sides(counts)).known == "read"


def test_a_recalled_cell_of_an_arm_that_is_not_used_does_not_matter(invented: Any, sides: Any) -> None:
    arms = (*(invented.arm(name, category) for name, category in THREE[::2]), invented.arm("x", "other"))
    counts = invented.counts(a=(40, 100), b=(25, 90), x=(1, 2))
    counts["arms"]["x"]["known"] = "recalled"
    assert ROUTES["counts"].take(sides(counts, arms=arms)).known == "read"


def test_what_was_read_is_used_before_what_is_recalled(invented: Any, sides: Any) -> None:
    recalled = invented.counts(a=(99, 100), b=(1, 90)) | {"known": "recalled"}
    assert taken("counts", sides(recalled, invented.counts(a=(40, 100), b=(25, 90)))) == pytest.approx(
        log_or(40, 100, 25, 90)
    )


@pytest.mark.parametrize(
    ("part", "known"), [({"known": "recalled"}, "recalled"), ({"ci_known": "recalled"}, "recalled")]
)
def test_a_recalled_interval_makes_the_estimate_recalled(
    invented: Any, sides: Any, part: dict[str, str], known: str
) -> None:
    assert ROUTES["contrast"].take(sides(invented.contrast(ci=(1.25, 3.2), **part))).known == known


def test_a_recalled_arm_size_is_neither_used_nor_shown(invented: Any, sides: Any) -> None:
    arms = (invented.arm("a", "help", n_known="recalled"), invented.arm("b", "usual"))
    assert ROUTES["percent"].take(sides(invented.percents(a=40, b=25), arms=arms)).known == "recalled"
    for printed, route in (
        ((invented.contrast(se=0.3),), "contrast"),
        ((invented.percents(a=40, b=25), {"form": "test", "p": "0.03"}), "percent-and-p"),
    ):
        row = effect_row(sides(*printed, arms=arms), prefer=(route,))
        assert isinstance(row, EffectRow)
        assert row.n is None
        assert row.intervention is not None and row.intervention.n is None
        assert row.comparator is not None and row.comparator.n == 100


def test_worked_out_numbers_say_how(invented: Any, sides: Any) -> None:
    worked = {"how": "subtracted from the total", "data": invented.counts(a=(40, 100), b=(25, 90))}
    found = ROUTES["counts"].take(sides(worked_out=(worked,)))
    assert (found.known, found.notes) == ("derived", ("worked out: subtracted from the total",))


@pytest.mark.parametrize(
    ("worked", "read", "known"),
    [
        ({}, False, "recalled"),
        ({"known": "inferred"}, True, "inferred"),
        ({"known": "recalled"}, True, "recalled"),
        ({"data": {"known": "read"}}, False, "derived"),
        ({"data": {"known": "recalled"}}, True, "recalled"),
    ],
)
def test_reasoning_does_not_make_recalled_numbers_better_known(
    invented: Any, sides: Any, worked: dict[str, Any], read: bool, known: str
) -> None:
    data = invented.counts(a=(40, 100), b=(25, 90)) | worked.get("data", {})
    item = {"how": "subtracted"} | worked | {"data": data}
    assert ROUTES["counts"].take(sides(worked_out=(item,), read=read)).known == known


def test_the_first_route_that_works_is_taken(invented: Any, sides: Any) -> None:
    asked = sides(invented.counts(a=(40, 100), b=(25, 90)), invented.contrast(se=0.3))
    for prefer, route in ((ALL, "counts"), (("contrast", "counts"), "contrast"), (("means", "counts"), "counts")):
        row = effect_row(asked, prefer=prefer)
        assert isinstance(row, EffectRow) and row.route == route


def test_every_reason_is_given_when_no_route_works(invented: Any, sides: Any) -> None:
    row = effect_row(sides(invented.contrast(p="<0.05")), prefer=("counts", "contrast", "contrast-and-p", "means"))
    assert isinstance(row, Excluded)
    assert row.code == "no-usable-numbers"
    assert row.reason == (
        "counts of events: no counts are printed; published estimate with its interval: no interval or standard error "
        "is printed with the estimate; published estimate with its p value: no exact p value is printed with the "
        "estimate"
    )
    row = effect_row(sides(invented.contrast()), prefer=("means",))
    assert isinstance(row, Excluded) and row.reason == "none of the plan's routes leads to the odds ratio"


def found_or_refused(route: str, sides: Sides) -> Found | None:
    try:
        return ROUTES[route].take(sides)
    except AnalysisError as error:
        assert str(error), f"{sides.study.id} {sides.result.id} {route}"
        return None


def shipped(evidence: Evidence) -> Iterator[Sides]:
    """Every result of every record, with the sides of each question that it has arms for, in every measure."""
    for study in evidence.studies.values():
        pairs = {
            (tuple(arm.id for arm in study.arms if arm.role != "comparator"),
             tuple(arm.id for arm in study.arms if arm.role == "comparator")),
            ((), ()),
        }  # fmt: skip
        for question in evidence.questions.values():
            everything = question.model_copy(update={"designs": tuple(evidence.vocabulary.designs)})
            for candidates in select([study], everything, evidence.vocabulary).candidates:
                pairs |= {(candidate.intervention, candidate.comparator) for candidate in candidates}
        for result in study.results:
            for one, other in sorted(pairs):
                for measure in ("OR", "RR", "RD", "MD", "SMD", "HR", "PETO"):
                    yield Sides(
                        study=study, result=result, intervention=one, comparator=other, measure=measure,
                        zero_cells=MEASURES[measure].zero_cells,
                    )  # fmt: skip


def test_every_shipped_result_gives_an_effect_or_a_reason_and_obeys_the_swap(evidence: Evidence) -> None:
    taken_routes = set()
    for sides in shipped(evidence):
        other_way = replace(sides, intervention=sides.comparator, comparator=sides.intervention)
        for route in ROUTES:
            found = found_or_refused(route, sides)
            turned = found_or_refused(route, other_way)
            where = f"{sides.study.id} {sides.result.id} {sides.measure} {route}"
            assert (found is None) == (turned is None), where
            if found is None or turned is None:
                continue
            taken_routes.add(route)
            assert math.isfinite(found.estimate.yi) and 0 < found.estimate.vi < math.inf, where
            if sides.intervention:
                assert turned.estimate.yi == pytest.approx(-found.estimate.yi, rel=1e-12, abs=1e-12), where
                assert turned.estimate.vi == pytest.approx(found.estimate.vi, rel=1e-12), where
                assert turned.known == found.known, where
    assert {"counts", "percent", "contrast", "contrast-and-p", "percent-and-p"} <= taken_routes


def test_exchanging_the_sides_negates_yi_and_keeps_vi_for_every_route(invented: Any, sides: Any) -> None:
    printed = (
        invented.counts(a=(40, 100), b=(25, 90)),
        invented.percents(a=40, b=25),
        means(a={"mean": 10, "sd": 4, "n": 50}, b={"mean": 8, "sd": 5, "n": 60}),
        invented.contrast(ci=(1.25, 3.2), p="0.01"),
        invented.contrast("MD", 2.0, se=0.8, p="0.012"),
        {"form": "test", "p": "0.03"},
    )
    tried = set()
    for measure in ("OR", "RR", "RD", "MD", "SMD"):
        for route in ROUTES:
            found = found_or_refused(route, sides(*printed, measure=measure))
            if found is None:
                continue
            turned = ROUTES[route].take(sides(*printed, measure=measure, one=("b",), other=("a",)))
            assert turned.estimate.yi == pytest.approx(-found.estimate.yi, rel=1e-12)
            assert turned.estimate.vi == pytest.approx(found.estimate.vi, rel=1e-12)
            assert turned.estimate.intervention == found.estimate.comparator
            tried.add(route)
    assert tried == set(ROUTES)
