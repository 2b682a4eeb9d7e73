"""Directions: from numbers, from words, and one for each study. The small studies are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.directions import by_study, directions
from synthesis.analysis.model import Analysis, Direction
from synthesis.analysis.run import analyse
from synthesis.evidence.load import Evidence
from synthesis.evidence.selection import select
from synthesis.evidence.study import Study

QUESTION = "attendance-and-outcome"
OBSERVED = {"cohort", "secondary-analysis", "cross-sectional"}
ATTENDING = ("mutual-aid-attendance", "no-attendance")
ARMS = (
    {"id": "went", "label": "Went", "category": "aa", "role": "intervention"},
    {"id": "stayed", "label": "Stayed away", "category": "no-attendance", "role": "comparator"},
)
ACTIVE = {"id": "active", "label": "Went and took part", "category": "aa", "role": "intervention"}


def in_words(stated: str | None = None) -> dict[str, Any]:
    return {"form": "narrative", "finding": "As the source says.", "stated": stated}


def percents(**arms: float) -> dict[str, Any]:
    return {"form": "percent", "arms": {arm: {"percent": value} for arm, value in arms.items()}}


def odds_ratio(estimate: float, **other: Any) -> dict[str, Any]:
    return {"form": "contrast", "measure": "OR", "estimate": estimate, **other}


def row_of(
    evidence: Evidence, *printed: dict[str, Any], outcome: str = "abstinence-alcohol", arms: tuple[Any, ...] = ()
) -> Direction:
    """The direction of one invented result; its sides are the arms if there are any."""
    result = {
        "id": "out", "name": "Outcome", "outcome": outcome, "timepoint_months": 12, "printed": printed,
        "comparison": None if arms else ATTENDING, "where": {"place": "abstract", "read": True}, "poolable": "no",
    }  # fmt: skip
    study = Study.model_validate(
        {
            "schema_version": 1, "id": "alder2001", "design": "cohort", "design_as_described": "cohort",
            "countries": ["GB"], "setting": "A clinic", "population": "Adults", "substances": ["alcohol"], "year": 2001,
            "reports": [{"id": "main", "type": "article-journal", "title": "Alder", "issued": "2001"}],
            "arms": arms, "results": [result], "read": True, "added": "2026-11-23",
        }
    )  # fmt: skip
    (row,) = directions(select([study], evidence.questions[QUESTION], evidence.vocabulary), evidence.vocabulary)
    return row


@pytest.mark.parametrize(
    ("stated", "direction"),
    [
        ("better", "better"),
        ("worse", "worse"),
        ("no-difference", "unclear"),
        ("mixed", "mixed"),
        (None, "not-stated"),
    ],
)
@pytest.mark.parametrize("outcome", ["abstinence-alcohol", "relapse-alcohol"])
def test_words_give_the_direction_where_there_is_no_number(
    evidence: Evidence, stated: str | None, direction: str, outcome: str
) -> None:
    row = row_of(evidence, in_words(stated), outcome=outcome)
    assert row.direction == direction
    assert row.outcome_key == outcome
    assert row.printed == "As the source says."


@pytest.mark.parametrize("stated", ["worse", "mixed", None])
def test_a_number_counts_before_words(evidence: Evidence, stated: str | None) -> None:
    assert row_of(evidence, in_words(stated), odds_ratio(1.4)).direction == "better"


def test_a_finding_of_no_difference_counts_before_a_number(evidence: Evidence) -> None:
    assert row_of(evidence, odds_ratio(1.4), in_words("no-difference")).direction == "unclear"


@pytest.mark.parametrize(
    ("outcome", "direction"), [("remission", "better"), ("relapse", "worse"), ("mortality", "worse")]
)
def test_more_is_good_or_bad_as_the_vocabulary_says(evidence: Evidence, outcome: str, direction: str) -> None:
    assert row_of(evidence, odds_ratio(1.4), outcome=outcome).direction == direction


def test_an_estimate_at_no_difference_is_unclear(evidence: Evidence) -> None:
    assert row_of(evidence, odds_ratio(1)).direction == "unclear"


def test_arms_are_compared_without_a_comparison_in_the_record(evidence: Evidence) -> None:
    assert row_of(evidence, percents(stayed=30, went=50), arms=ARMS).direction == "better"
    turned = odds_ratio(1.4, arms=[["stayed"], ["went"]])
    assert row_of(evidence, turned, arms=ARMS).direction == "worse"
    assert row_of(evidence, in_words("no-difference"), arms=ARMS).direction == "unclear"


@pytest.mark.parametrize(("went", "direction"), [(38, "mixed"), (45, "better"), (40, "better")])
def test_two_ways_of_attending_agree_or_are_mixed(evidence: Evidence, went: float, direction: str) -> None:
    row = row_of(evidence, percents(active=55, went=went, stayed=40), arms=(ACTIVE, *ARMS))
    assert row.direction == direction


@pytest.mark.parametrize(
    ("shares", "direction"), [((79, 61, 43), "better"), ((43, 61, 79), "worse"), ((43, 79, 61), "mixed")]
)
def test_groups_from_most_to_least_attendance(evidence: Evidence, shares: tuple[float, ...], direction: str) -> None:
    row = row_of(evidence, percents(**dict(zip(("high", "medium", "low"), shares, strict=True))))
    assert row.direction == direction


@pytest.fixture(scope="module")
def row(evidence: Evidence) -> Direction:
    """A result that points to better, to be changed."""
    return row_of(evidence, odds_ratio(1.4))


def test_a_study_counts_once(row: Direction) -> None:
    rows = [row, replace(row, result="again"), replace(row, study="birch2002", direction="worse")]
    assert by_study(rows) == {"alder2001": "better", "birch2002": "worse"}


def test_the_most_adjusted_result_counts(row: Direction) -> None:
    rows = [replace(row, adjusted=False), replace(row, direction="unclear"), replace(row, direction="worse")]
    assert by_study(rows[:2]) == {"alder2001": "unclear"}
    assert by_study([replace(rows[2], adjusted=True, timepoint_months=3), *rows]) == {"alder2001": "worse"}


def test_of_equally_adjusted_results_the_latest_counts(row: Direction) -> None:
    rows = [replace(row, timepoint_months=24, direction="unclear"), replace(row, timepoint_months=None), row]
    assert by_study(rows) == by_study(rows[::-1]) == {"alder2001": "unclear"}


@pytest.mark.parametrize("other", ["worse", "unclear", "mixed"])
def test_a_study_whose_results_disagree_is_mixed(row: Direction, other: Any) -> None:
    # On another outcome, whenever it was measured; and on the same one among other people.
    elsewhere = replace(row, outcome_key="relapse", direction=other, timepoint_months=3, adjusted=True)
    assert by_study([row, elsewhere]) == {"alder2001": "mixed"}
    assert by_study([row, replace(row, direction=other)]) == {"alder2001": "mixed"}


def test_a_result_without_a_direction_does_not_hide_one(row: Direction) -> None:
    silent = replace(row, direction="not-stated", adjusted=True, timepoint_months=60)
    assert by_study([silent, row]) == {"alder2001": "better"}
    assert by_study([silent, replace(silent, outcome_key="relapse")]) == {"alder2001": "not-stated"}


@pytest.fixture(scope="module")
def observed(evidence: Evidence) -> Analysis:
    return analyse(evidence, QUESTION)


@pytest.mark.parametrize(
    "name",
    ["weiss2005/attend", "crape2002/having", "gossop2008/stim", "mckellar2009/abst-48m-abst", "mueller2007/relapse"],
)
def test_findings_of_no_difference_are_shown(observed: Analysis, name: str) -> None:
    assert {f"{row.study}/{row.result}": row.direction for row in observed.directions}[name] == "unclear"


def test_findings_that_are_neither_better_nor_worse(observed: Analysis) -> None:
    rows = {f"{row.study}/{row.result}": row.direction for row in observed.directions}
    assert {name for name, way in rows.items() if way == "mixed"} == {"toniganrice2010/sponsor", "weiss1996/init"}
    assert {name for name, way in rows.items() if way == "not-stated"} == {"monico2015/abst"}


def test_studies_told_several_times_are_counted_once(observed: Analysis) -> None:
    ways = by_study(observed.directions)
    results = [row.study for row in observed.directions]
    assert results.count("yekaskutas2009") == results.count("weiss2019") == 3
    assert len(ways) == len(set(results))
    assert ways["yekaskutas2009"] == ways["weiss2019"] == ways["fortney1998"] == "better"
    mixed = {"crape2002", "gossop2008", "mckellar2009", "weiss2005"}
    assert {ways[study] for study in mixed} == {"mixed"}
    assert ways["mueller2007"] == "unclear"


def test_no_stated_finding_of_an_observational_study_is_silently_left_out(
    evidence: Evidence, observed: Analysis
) -> None:
    shown = {(row.study, row.result) for row in observed.directions}
    studies = {study for study, _ in shown}
    for study in evidence.studies.values():
        for result in study.results if study.design in OBSERVED else ():
            domain = evidence.vocabulary.outcomes[result.outcome].domain
            said = any(item.form == "narrative" and item.stated for item in result.printed)
            if said and domain in {"abstinence", "relapse"}:
                assert (study.id, result.id) in shown
            elif result.comparison == ATTENDING and domain == "consumption":
                assert study.id in studies
