"""The evidence as it was known at a date: by the dates of the records, and nothing of what came later."""

from __future__ import annotations

import pytest

from evidence.conftest import Folder
from synthesis.errors import UnknownKeyError
from synthesis.evidence.as_of import as_of, in_scope
from synthesis.evidence.edition import Scope
from synthesis.evidence.load import Evidence, load

LATER = """\
schema_version: 1
id: later2020
type: systematic-review
type_as_described: review
short_name: Later 2020
body: Nobody
year: 2020
reference: {type: report, title: A later review, issued: 2020-03}
conclusion: Referral helps.
read: true
added: 2026-11-24
"""


def test_all_of_the_evidence_is_itself(evidence: Evidence) -> None:
    assert as_of(evidence, Scope()) is evidence


def test_the_shipped_evidence_of_2013_holds_nothing_later(evidence: Evidence) -> None:
    then = as_of(evidence, Scope(published_to="2013"))
    years = [study.reports[0].issued for study in then.studies.values()]
    assert max(year or "" for year in years) == "2013"
    assert len(then.studies) == sum((study.reports[0].issued or "9") < "2014" for study in evidence.studies.values())
    assert {"nice-qs23", "rodt2012", "acmd2013", "phe2013-briefing"} <= set(then.sources)
    assert not {"kelly2020", "nice-qs11"} & set(then.sources), "the quality standard is held as updated in 2023"
    assert "nielsen-mapping" not in then.sources, "nobody can say when a text without a date was known"
    assert then.sources["nice-cg51"].updates is None
    assert then.content_hash != evidence.content_hash
    assert evidence.sources["ferri2006"].updates is not None
    assert then.sources["ferri2006"].updates is None
    assert as_of(evidence, Scope(published_to="2020")).sources["ferri2006"].updates == (
        evidence.sources["ferri2006"].updates
    )


@pytest.mark.parametrize(
    ("limit", "held"), [("2019", False), ("2020-02", False), ("2020-03", True), ("2020-03-30", False), ("2020", True)]
)
def test_a_date_of_less_than_a_day_counts_from_its_last_day(folder: Folder, limit: str, held: bool) -> None:
    folder.write("sources/later2020.yaml", LATER)
    evidence = load(folder.root)
    assert ("later2020" in as_of(evidence, Scope(published_to=limit)).sources) is held


def test_when_a_record_was_added_can_count_instead(folder: Folder) -> None:
    folder.write("sources/later2020.yaml", LATER)
    evidence = load(folder.root)
    assert set(as_of(evidence, Scope(added_to="2026-11-23")).sources) == {"review2010"}
    assert set(as_of(evidence, Scope(added_to="2026-11")).sources) == {"review2010", "later2020"}


def test_results_of_a_later_report_come_with_that_report(folder: Folder) -> None:
    later = "\n  - {id: later, type: article-journal, title: Later, issued: '2009'}\narms:"
    folder.change("studies/sound2001.yaml", "\narms:", later)
    text = (folder.root / "studies/sound2001.yaml").read_text()
    start, end = text.index("  - id: abstinent"), text.index("read: true\nadded")
    result = text[start:end]
    early = result.replace("id: abstinent", "id: early").replace("timepoint_months: 12", "timepoint_months: 6")
    late = result.replace("where: {", "where: {report: later, ")
    folder.write("studies/sound2001.yaml", text[:start] + late + early + text[end:])
    evidence = load(folder.root)
    then = as_of(evidence, Scope(published_to="2005"))
    study = then.studies["sound2001"]
    assert [item.id for item in study.results] == ["early"]
    assert len(evidence.studies["sound2001"].results) == 2
    # The result has moved up in the record, and still knows its line and what was printed there.
    file = then.files["studies/sound2001.yaml"]
    assert then.line(file.file, "results[0].id") == evidence.line(file.file, "results[1].id")
    assert file.printed("results[0].printed[0].arms.one.events") == "20"
    assert [item.id for item in as_of(evidence, Scope(published_to="2009")).studies["sound2001"].results] == [
        "abstinent",
        "early",
    ]


def test_a_judgement_made_on_more_evidence_does_not_count(evidence: Evidence) -> None:
    then = as_of(evidence, Scope(published_to="2020", not_judged=("attendance-and-outcome",)))
    assert then.questions["attendance-and-outcome"].certainty.status == "not-yet-judged"
    assert then.questions["cocaine-abstinence"].certainty == evidence.questions["cocaine-abstinence"].certainty
    with pytest.raises(UnknownKeyError, match="Did you mean 'cocaine-abstinence'"):
        as_of(evidence, Scope(not_judged=("cocaine-abstinense",)))


def test_ids_are_kept_where_they_are_in_scope_and_must_exist(evidence: Evidence) -> None:
    then = as_of(evidence, Scope(published_to="2013"))
    assert in_scope(then, ["kelly2020", "rodt2012", "manning2012"]) == ("rodt2012", "manning2012")
    assert in_scope(evidence, ["kelly2020"]) == ("kelly2020",)
    with pytest.raises(UnknownKeyError, match="unknown study or source 'kelly2021'"):
        in_scope(then, ["kelly2021"])
