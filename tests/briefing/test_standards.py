"""Reporting standards: computed where they can be, and never met by saying so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.standards import STANDARDS, standard
from synthesis.briefing.standards.assess import Answer, assess, sections_of
from synthesis.briefing.standards.needs import NEEDS, Subject
from synthesis.briefing.standards.table import counts, held_to, standards_table
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing, open_standards
from synthesis.evidence.question import Search
from synthesis.evidence.standards import Shown, StandardsFile

ROOT = Path(__file__).resolve().parents[2]
SEARCH = Search(where="A database", on="2026-01-01", strategy="words", records=10, screened=10)


@pytest.fixture(scope="module")
def subject(evidence: Evidence) -> Subject:
    briefing = open_briefing("mutual-aid", ROOT)
    analyses = {key: analyse(evidence, key) for key in briefing.questions}
    return Subject(briefing=briefing, evidence=evidence, analyses=analyses)


def told(subject: Subject, declared: Mapping[str, Mapping[str, Shown]], folder: Path = ROOT) -> dict[str, Answer]:
    file = StandardsFile(schema_version=1, standards={key: dict(items) for key, items in declared.items()})
    sections = sections_of(subject.briefing, ROOT)
    return {answer.item.id: answer for answer in assess(file, subject, sections=sections, root=folder)}


def with_briefing(subject: Subject, **changes: object) -> Subject:
    return replace(subject, briefing=subject.briefing.model_copy(update=changes))


def with_analysis(subject: Subject, key: str, changed: Analysis) -> Subject:
    return replace(subject, analyses={**subject.analyses, key: changed})


def test_every_item_of_the_published_checklists_is_there_once() -> None:
    numbers = {key: [item.id for item in standard(key).items] for key in STANDARDS}
    lettered = {"10": "ab", "13": "abcdef", "16": "ab", "20": "abcd", "23": "abcd", "24": "abc"}
    prisma = [n + letter for n in map(str, range(1, 28)) for letter in lettered.get(n, " ")]
    assert numbers["prisma-2020"] == [number.strip() for number in prisma]
    assert len(numbers["prisma-2020"]) == 42
    assert numbers["swim"] == [str(n) for n in range(1, 10)]
    assert [number for number in numbers["prisma-lsr"] if number.startswith("L")] == ["L1", "L2", "L3", "L4"]


def test_every_need_is_used_and_every_need_named_is_known() -> None:
    named = {need for key in STANDARDS for item in standard(key).items for need in item.needs}
    assert named == set(NEEDS)


def test_deleting_the_searches_leaves_items_on_searching_not_met(subject: Subject) -> None:
    declared = {"prisma-2020": {key: Shown(section="how-this-was-done") for key in ("6", "7", "16a")}}
    searched = told(with_briefing(subject, searches=(SEARCH,)), declared)
    assert {searched[key].status for key in ("6", "7", "16a")} == {"met"}
    undone = told(with_briefing(subject, searches=()), declared)
    assert {undone[key].status for key in ("6", "7", "16a")} == {"not met"}
    assert undone["6"].why == "no search is recorded, so there is no date of one"
    bare = told(with_briefing(subject, searches=(SEARCH.model_copy(update={"strategy": None}),)), declared)
    assert (bare["6"].status, bare["7"].why) == ("met", "no strategy is recorded for A database")


@pytest.mark.parametrize("field", ["registration", "protocol", "funding", "interests"])
def test_what_the_definition_does_not_state_is_not_met(subject: Subject, field: str) -> None:
    need = NEEDS[f"{field}-stated"]
    assert need.lacks(with_briefing(subject, **{field: None}))
    assert not need.lacks(with_briefing(subject, **{field: "stated"}))


def test_judgements_are_looked_for_and_stale_ones_do_not_count(subject: Subject) -> None:
    key = "cocaine-abstinence"
    assert not NEEDS["certainty-judged"].lacks(subject) and not NEEDS["missing-results-judged"].lacks(subject)
    analysis = subject.analyses[key]
    certainty = analysis.certainty
    stale = replace(certainty, domains=tuple(replace(item, stale=True) for item in certainty.domains))
    assert "out of date for Abstinence from cocaine" in NEEDS["certainty-judged"].lacks(
        with_analysis(subject, key, replace(analysis, certainty=stale))
    )
    unjudged = replace(
        certainty, status="not-yet-judged", domains=tuple(replace(item, change=None) for item in certainty.domains)
    )
    without = with_analysis(subject, key, replace(analysis, certainty=unjudged))
    assert "nobody has judged the certainty" in NEEDS["certainty-judged"].lacks(without)
    assert "may be missing" in NEEDS["missing-results-judged"].lacks(without)


def test_analyses_without_variants_or_studies_left_out_are_named(subject: Subject) -> None:
    key = "cocaine-abstinence"
    bare = replace(subject.analyses[key], variants=(), leave_one_out=())
    changed = with_analysis(subject, key, bare)
    assert not NEEDS["sensitivity-planned"].lacks(subject) and not NEEDS["differences-explored"].lacks(subject)
    assert bare.title in NEEDS["sensitivity-planned"].lacks(changed)
    assert bare.title in NEEDS["differences-explored"].lacks(changed)


def test_results_that_are_not_there_are_missed(subject: Subject) -> None:
    nothing = replace(subject, analyses={})
    for key in ("effects-shown", "pooled-shown", "directions-shown", "directions-judged"):
        assert not NEEDS[key].lacks(subject)
        assert NEEDS[key].lacks(nothing)


def test_risk_of_bias_counts_the_studies_without_a_judgement(subject: Subject) -> None:
    assert NEEDS["bias-judged"].lacks(subject).startswith(f"{len(subject.studies)} of the ")
    assert not NEEDS["bias-judged"].lacks(replace(subject, analyses={}))


def test_a_need_outweighs_what_is_declared_and_nothing_declared_is_not_met(subject: Subject) -> None:
    answers = told(subject, {"prisma-2020": {"25": Shown(section="how-this-was-done")}})
    assert answers["25"].status == "not met" and "funding" in answers["25"].why
    assert answers["3"].why == "the briefing does not say where it shows this"
    reasons = told(subject, {"swim": {"4": Shown(not_met="for a reason"), "9": Shown(not_applicable="because")}})
    assert (reasons["4"].status, reasons["4"].why) == ("not met", "for a reason")
    assert (reasons["9"].status, reasons["9"].why) == ("not applicable", "because")


def test_a_section_or_record_that_is_gone_is_not_met(subject: Subject, tmp_path: Path) -> None:
    declared = {"prisma-2020": {"3": Shown(section="gone"), "4": Shown(record="evidence/gone")}}
    answers = told(subject, declared, tmp_path)
    assert (answers["3"].why, answers["4"].why) == ("the briefing has no section 'gone'", "there is no evidence/gone")


def test_an_unknown_standard_is_refused(subject: Subject) -> None:
    with pytest.raises(UnknownKeyError, match="prisma-2020"):
        told(subject, {"prisma-2009": {}})


def test_shown_is_one_thing() -> None:
    with pytest.raises(ValueError, match="section and record"):
        Shown(section="a", record="b")


def test_the_shipped_briefing_names_places_that_are_there(subject: Subject) -> None:
    answers = held_to(subject.evidence, subject.briefing, subject.analyses.values())
    assert not [answer.why for answer in answers if answer.why.startswith(("there is no ", "the briefing has no "))]
    declared = open_standards("mutual-aid", ROOT)
    assert declared is not None and set(declared.standards) == set(STANDARDS)
    known = {(key, item.id) for key in STANDARDS for item in standard(key).items}
    assert {(key, item) for key, items in declared.standards.items() for item in items} <= known


def test_the_table_says_what_the_answers_say(subject: Subject) -> None:
    answers = held_to(subject.evidence, subject.briefing, subject.analyses.values())
    table = standards_table(subject.evidence, subject.briefing, subject.analyses.values())
    words = Counter(plain(row.cells[2]) for row in table.rows if row.style != "group")
    total = sum(counts(answers).values(), Counter[str]())
    assert words == {"Met": total["met"], "Not met": total["not met"], "Does not apply": total["not applicable"]}
    assert len([row for row in table.rows if row.style == "group"]) == len(STANDARDS)


def test_a_briefing_without_standards_says_how_to_write_them(subject: Subject) -> None:
    other = subject.briefing.model_copy(update={"id": "another"})
    with pytest.raises(UsageError, match=r"briefings/another/standards\.yaml is not there"):
        held_to(subject.evidence, other, ())
