"""The shipped records: that they are all there, hang together, and say how their numbers are known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthesis.evidence.load import Evidence
from synthesis.evidence.source import Source
from synthesis.evidence.study import Counts, Percents, Result, Study

FAMILIES = {
    "project-match": "cutler2005 kelly2012 longabaugh1998 magura2013 match1997 pagano2004 pagano2013",
    "va-15-programmes": (
        "humphreysmoos2001 humphreysmoos2007 mckellar2003 moos1999 ouimette1997 ouimette1998 ritsher2002"
    ),
    "intensive-referral-trial": "timko2006 timko2007",
    "nida-cocaine-study": "critschristoph1999 weiss1996 weiss2005",
    "community-alcohol-cohort": "humphreysmoos1996 moos2006 timko2000",
    "northern-california-aa-cohort": "kaskutas2005 kaskutas2009b witbrodt2012 yekaskutas2009",
    "health-plan-adolescents": "chi2009 chi2012",
    "oxford-house-trial": "jason2007 majer2013",
    "pal-study": "zemore2018 zemore2025",
}

# Six trials with their sizes, as the sum in nice-cg115 gives them.
CG115 = {
    "easton2007": 78,
    "falsstewart2005": 100,
    "falsstewart2006": 138,
    "match1997": 1726,
    "walitzer2009": 169,
    "timko2007": 345,
}


def results(evidence: Evidence) -> Iterator[tuple[Study, Result]]:
    for study in evidence.studies.values():
        for result in study.results:
            yield study, result


def result_of(evidence: Evidence, study: str, result: str) -> Result:
    return next(item for item in evidence.studies[study].results if item.id == result)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def test_every_record_is_there(evidence: Evidence) -> None:
    assert len(evidence.studies) == 104
    assert len(evidence.sources) == 36
    assert sum(1 for _ in results(evidence)) == 190
    designs = Counter(study.design for study in evidence.studies.values())
    assert designs["rct"] == 39
    assert designs["quasi-experimental"] + designs["quasi-randomised"] == 13


@pytest.mark.parametrize("folder", ["studies", "sources"])
def test_files_are_named_after_their_records(evidence: Evidence, repository: Path, folder: str) -> None:
    records: dict[str, Study] | dict[str, Source] = dict(getattr(evidence, folder))
    assert sorted(records) == sorted(path.stem for path in (repository / "evidence" / folder).iterdir())
    assert all(key == record.id for key, record in records.items())


@pytest.mark.parametrize(("folder", "model"), [("studies", Study), ("sources", Source)])
def test_fields_stand_in_the_order_of_the_model(
    repository: Path, folder: str, model: type[Study] | type[Source]
) -> None:
    order = list(model.model_fields)
    for path in sorted((repository / "evidence" / folder).glob("*.yaml")):
        keys = re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert keys == sorted(keys, key=order.index), path.name
        assert keys[0] == "schema_version", path.name


def test_no_word_of_the_vocabulary_is_missing_or_unused(evidence: Evidence) -> None:
    words_of, studies, sources = evidence.vocabulary, evidence.studies.values(), evidence.sources.values()
    estimates = {item.outcome_key for source in sources for item in source.estimates if item.outcome_key}
    outcomes = {result.outcome for _, result in results(evidence)}
    categories = {arm.category for study in studies for arm in study.arms}
    categories |= {side for _, result in results(evidence) for side in result.comparison or ()}
    above = {word.broader for word in words_of.arm_categories.values() if word.broader}
    assert estimates <= outcomes
    # A question may ask for an outcome that nobody has reported yet: harms, for example.
    asked = {outcome for question in evidence.questions.values() for outcome in question.outcome}
    assert set(words_of.outcomes) == outcomes | asked
    assert set(words_of.arm_categories) == categories | above
    assert set(words_of.designs) == {study.design for study in studies}
    assert set(words_of.substances) == {substance for study in studies for substance in study.substances}
    assert set(words_of.reviews) == {review for study in studies for review in study.included_in}
    assert set(words_of.topics) == {item.topic for source in sources for item in source.statements}
    assert set(words_of.reviews) <= set(evidence.sources)


def test_only_one_design_is_randomised(evidence: Evidence) -> None:
    assert [key for key, word in evidence.vocabulary.designs.items() if word.randomised] == ["rct"]


def test_families(evidence: Evidence) -> None:
    found: dict[str, list[str]] = {}
    for study in evidence.studies.values():
        if study.family:
            found.setdefault(study.family, []).append(study.id)
    assert {key: " ".join(sorted(members)) for key, members in found.items()} == FAMILIES
    doubtful = {study.id for study in evidence.studies.values() if study.family_note}
    assert doubtful == {"humphreysmoos1996", "kaskutas2005", "yekaskutas2009"}


def test_concerns_are_worded_as_what_is_alleged(evidence: Evidence) -> None:
    concerned = {study.id: study.concerns for study in evidence.studies.values() if study.concerns}
    assert set(concerned) == {"falsstewart2005", "falsstewart2006"}
    for (concern,) in concerned.values():
        assert concern.kind == "integrity"
        assert concern.on == "2010-02-16"
        assert concern.where.address is not None
        assert "charges" in concern.statement and "allegations" in concern.statement
        assert "which studies they concern is not stated" in concern.statement
        assert not {"fraud", "fabricated", "guilty", "falsified", "convicted"} & set(words(concern.statement))


def test_what_was_remembered_is_marked(evidence: Evidence) -> None:
    unread = {f"{study.id}/{result.id}" for study, result in results(evidence) if not result.where.read}
    assert unread == {"humphreysmoos2001/abst-12m", "match1997/abst-op-37-39m"}
    remembered = {
        f"{study.id}/{result.id}"
        for study, result in results(evidence)
        if any(item.known == "recalled" for item in result.printed)
    }
    assert remembered == {
        "bernstein2005/coc",
        "bernstein2005/her",
        "bernstein2005/both",
        "match1997/cont-abst-op-1y",
        "walsh1991/extra-inpatient",
    }
    sizes = {study.id for study in evidence.studies.values() if any(a.n_known == "recalled" for a in study.arms)}
    assert sizes == {"match1997", "timko2006", "timko2007", "ukatt2005"}
    assert {study.id for study in evidence.studies.values() if not study.read} == {"falsstewart2005", "falsstewart2006"}
    for study, result in results(evidence):
        if f"{study.id}/{result.id}" in unread | remembered and result.poolable == "yes":
            pytest.fail(f"{study.id}/{result.id} rests on memory and is marked as poolable without reserve")


def test_every_quotation_says_what_it_leaves_out(evidence: Evidence) -> None:
    for study, result in results(evidence):
        places = [result.where, *(item.where for item in result.printed if item.where)]
        for where in places:
            assert where.quote or where.quote_note, f"{study.id}/{result.id}"
            assert (where.quote_covers == "all") == (where.quote_note is None), f"{study.id}/{result.id}"


def test_the_sum_behind_cg115(evidence: Evidence) -> None:
    sizes = {}
    for key in CG115:
        participants = evidence.studies[key].participants
        assert participants is not None
        sizes[key] = participants.value
    assert sizes == CG115
    assert sum(sizes.values()) == 2556
    for statement in evidence.sources["nice-cg115"].statements:
        assert set(statement.basis.identified) == set(CG115)
        assert statement.basis.participants == 2556
        assert statement.basis.participants_known == "recalled"
        assert not statement.basis.confirmed


def test_nobody_claims_to_know_the_seven_of_cg51(evidence: Evidence) -> None:
    for statement in evidence.sources["nice-cg51"].statements:
        assert statement.basis.studies == 7
        assert statement.basis.identified == () and not statement.basis.confirmed
    assert {study.included_in["nice-cg51"].status for study in evidence.studies.values()} <= {
        "candidate",
        "no",
        "not-checked",
    }


def test_what_the_2013_briefing_gathered(evidence: Evidence) -> None:
    gathered = {
        "drug-strategy-2010": 1,
        "nice-qs23": 1,
        "nice-cg51": 1,
        "nice-cg115": 2,
        "rodt2012": 4,
        "acmd2013": 7,
    }
    found = {key: len(evidence.sources[key].statements) for key in gathered}
    assert found == gathered
    for key in gathered:
        for statement in evidence.sources[key].statements:
            assert statement.where.quote, f"{key}/{statement.id}"


def test_statements_are_in_our_own_words(evidence: Evidence) -> None:
    run = 6
    for source in evidence.sources.values():
        for statement in source.statements:
            quoted = " ".join(words(statement.where.quote or ""))
            ours = words(statement.says)
            copied = [ours[i : i + run] for i in range(len(ours) - run + 1) if " ".join(ours[i : i + run]) in quoted]
            assert copied == [], f"{source.id}/{statement.id}"


@pytest.mark.parametrize(
    ("study", "result", "percentages"),
    [
        ("timko2007", "abstinence-both-fu", {"ir": 51, "sr": 41}),
        ("timko2007", "weekly-attendance-both-fu", {"ir": 70, "sr": 61}),
        ("manning2012", "att-post", {"pi": 64, "di": 48, "ni": 33}),
        ("gronbaek2007", "cont-abst-12m", {"mn": 35, "pub": 20}),
        ("humphreysmoos2007", "abst-24m", {"ts": 49.5, "cb": 37.0}),
        ("higgins1993", "coc-8wk", {"dc": 11, "beh": 68}),
        ("kaskutas2005", "abst-60m", {"high": 79, "medium": 73, "declining": 61, "low": 43}),
    ],
)
def test_percentages_stay_as_printed(
    evidence: Evidence, study: str, result: str, percentages: dict[str, float]
) -> None:
    (item,) = [item for item in result_of(evidence, study, result).printed if isinstance(item, Percents)]
    assert {arm: cell.percent for arm, cell in item.arms.items()} == percentages
    assert all(cell.n is None for cell in item.arms.values())


@pytest.mark.parametrize(
    ("study", "result", "cells"),
    [
        ("keso1990", "cont-abst-12m", {"haz": (8, 74), "trad": (1, 67)}),
        ("keso1990", "abst-8-12m", {"haz": (15, 57), "trad": (5, 51)}),
        ("carroll1998", "coc-3wk", {"tsf-nomed": (5, 18), "cbt-nomed": (7, 23)}),
        ("carroll1998", "alc-fu", {"tsf-nomed": (0, 18), "cbt-nomed": (1, 23)}),
        (
            "jason2007",
            "use-24m",
            {"oh": (21, 67), "uc": (46, 71), "oh-6-months-or-more": (5, 32), "oh-under-6-months": (16, 35)},
        ),
    ],
)
def test_counts_that_need_reasoning_are_worked_out(
    evidence: Evidence, study: str, result: str, cells: dict[str, tuple[int, int]]
) -> None:
    (worked,) = result_of(evidence, study, result).worked_out
    assert isinstance(worked.data, Counts)
    assert {arm: (cell.events, cell.n) for arm, cell in worked.data.arms.items()} == cells
    assert worked.how


def test_attendance_results_name_their_sides(evidence: Evidence) -> None:
    sides = {(study.id, result.comparison) for study, result in results(evidence) if result.comparison}
    assert {comparison for _, comparison in sides} == {("mutual-aid-attendance", "no-attendance")}
    named = (
        "bottlender2005 chi2009 chi2012 christo1995 crape2002 fiorentine1999 fortney1998 gossop2003 "
        "gossop2008 kaskutas2005 kelly2013 kelly2017 kingree2011 laudet2004 magura2013 majer2013 manning2012 "
        "mckay1994 mckellar2003 monico2015 moos1999 moos2006 ouimette1998 pagano2004 pagano2013 ritsher2002 "
        "siegal2002 timko2000 toniganrice2010 toumbourou2002 weiss2005 weiss2019 witbrodt2012 witbrodt2014 "
        "yekaskutas2009 zemore2004 zemore2025"
    )
    assert {study for study, _ in sides} == set(named.split())


def test_records_hold_no_value_that_yaml_would_turn_into_something_else(repository: Path) -> None:
    # Norway's code and an arm called "on" are text only if they are quoted for readers that guess types.
    text = (repository / "evidence" / "studies" / "vederhus2014.yaml").read_text(encoding="utf-8")
    assert "countries: ['NO']" in text
    text = (repository / "evidence" / "studies" / "kaskutas2009.yaml").read_text(encoding="utf-8")
    assert "arms: [['on'], ['off']]" in text


def test_the_guide_names_only_records_that_exist(evidence: Evidence, repository: Path) -> None:
    guide = (repository / "evidence" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b[a-z]+\d{4}b?(?:-\d{4})?\b", guide))
    assert {"timko2007", "kelly2020"} <= named
    assert named <= set(evidence.studies) | set(evidence.sources)
    assert f"{len(evidence.studies)} primary studies" in guide
    assert f"{len(evidence.sources)} guidelines" in guide
