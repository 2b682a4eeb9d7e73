"""A list of retractions is read as it comes, and a decision in the record answers it. All notices are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evidence.conftest import Folder
from synthesis.analysis.run import analyse
from synthesis.errors import EvidenceError
from synthesis.evidence.load import load
from synthesis.evidence.retractions import FILE, named_in, read_retractions

ROOT = Path(__file__).resolve().parents[2]

HEAD = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes"
)


def notice(doi: str = "unavailable", pmid: str = "0", nature: str = "Retraction", record: int = 1) -> str:
    return f'{record},"A title, with a comma",,,,,,,,,2/17/2021 0:00,,0,1/1/2001 0:00,{doi},{pmid},{nature},,No,'


def listed(folder: Folder, *lines: str) -> Any:
    folder.write(FILE, "\n".join((HEAD, *lines, "")))
    return named_in(load(folder.root), read_retractions(folder.root))


@pytest.fixture
def known(folder: Folder) -> Folder:
    reported = "title: 'sound2001', issued: '2001', doi: 10.9999/Sound, pmid: '77'}"
    return folder.change("studies/sound2001.yaml", "title: 'sound2001', issued: '2001'}", reported)


def test_the_shipped_list_names_nothing() -> None:
    assert read_retractions(ROOT / "evidence") == ()
    assert (ROOT / "evidence" / FILE).read_text() == HEAD + "\n"


def test_no_list_is_no_notice(folder: Folder) -> None:
    assert read_retractions(folder.root) == ()


@pytest.mark.parametrize(
    "line",
    [
        notice(doi="10.9999/SOUND"),
        notice(doi="https://doi.org/10.9999/sound"),
        notice(pmid="77"),
        notice(doi="10.9999/sound", nature="Expression of Concern"),
    ],
)
def test_a_paper_is_known_by_either_identifier(known: Folder, line: str) -> None:
    (found,) = listed(known, notice(doi="10.9999/other"), line)
    assert (found.study, found.report, found.notice.date, found.notice.line) == ("sound2001", "main", "2021-02-17", 3)


@pytest.mark.parametrize(
    "lines",
    [
        [notice(doi="10.9999/other", pmid="78")],
        [notice()],
        [notice(doi="10.9999/sound", nature="Correction")],
        [notice(doi="10.9999/sound"), notice(doi="10.9999/sound", nature="Reinstatement", record=2)],
    ],
)
def test_other_papers_corrections_and_reinstated_papers_hold_nothing_up(known: Folder, lines: list[str]) -> None:
    assert listed(known, *lines) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no column Record ID"), ("DOI\n10.9999/x\n", "no column Record ID"), (HEAD + '\n"open', "unexpected end")],
)
def test_a_list_that_cannot_be_read_is_a_problem_of_the_evidence(folder: Folder, text: str, says: str) -> None:
    folder.write(FILE, text)
    with pytest.raises(EvidenceError, match=says):
        read_retractions(folder.root)


@pytest.mark.parametrize("use", ["keep", "exclude"])
def test_a_decision_answers_the_notice_and_shows_in_the_analysis(known: Folder, use: str) -> None:
    known.add_study("other2003", ("'sound2001'", "'other2003'"), ("10.9999/Sound", "10.9999/other"), ("'77'", "'78'"))
    decided = f"""\
concerns:
  - kind: retraction
    statement: The journal withdrew the paper.
    where: {{place: notice, read: true}}
    decision: {{use: {use}, reason: invented for a test, by: Nobody, on: 2026-01-01}}
read: true
added"""
    known.change("studies/sound2001.yaml", "read: true\nadded", decided)
    assert listed(known, notice(doi="10.9999/sound")) == ()
    analysis = analyse(load(known.root), "referral")
    used = [row.study for row in analysis.effects]
    left_out = [(item.study, item.code) for item in analysis.effects.excluded]
    if use == "exclude":
        assert (used, left_out) == (["other2003"], [("sound2001", "retracted")])
    else:
        assert used == ["other2003", "sound2001"]
        without = next(item for item in analysis.variants if item.id.startswith("without"))
        assert [row.study for row in without.effects] == ["other2003"]
