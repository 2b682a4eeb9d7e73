"""Characteristics of studies."""

from __future__ import annotations

import pytest

from synthesis.analysis.model import Analysis
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError
from synthesis.tables.characteristics import study_characteristics
from synthesis.tables.records import Records


def test_a_randomised_study(held: Records) -> None:
    texts = [plain(cell) for cell in study_characteristics(held).rows[0].cells]
    assert texts == [
        "Alder 2007 ", "Randomised trial, United Kingdom\n345 people\nAdults in treatment\nOne clinic",
        "Intensive referral: with help (164 †)\nStandard referral (181)",
        "Attendance at groups (3 and 12 months)\nRead in part: abstract; Table 2, second-hand",
    ]  # fmt: skip


def test_a_recalled_study_without_arms(held: Records) -> None:
    texts = [plain(cell) for cell in study_characteristics(held).rows[1].cells]
    assert texts == [
        "Birch Group 1998 ",
        "Cohort study, United States, XX\nNumber of people not stated\nYoung people\nTwo towns",
        "Attending groups against not attending", "Abstinence\nRecalled †",
    ]  # fmt: skip


def test_each_study_is_cited(held: Records) -> None:
    targets = [span.target for row in study_characteristics(held).rows for span in row.cells[0] if span.style == "cite"]
    assert targets == ["alder2007", "birch1998"]


def test_studies_are_chosen_by_id_or_by_the_analyses_they_are_in(
    held: Records, pooled: Analysis, observed: Analysis
) -> None:
    assert len(study_characteristics(held, ["birch1998", "birch1998"]).rows) == 1
    assert [plain(row.cells[0]) for row in study_characteristics(held, [pooled]).rows] == ["Alder 2007 "]
    assert len(study_characteristics(held, [observed, pooled]).rows) == 2
    assert plain(study_characteristics(held, []).rows[0].cells[0]) == "No study."


def test_an_unknown_study_is_refused_by_name(held: Records) -> None:
    with pytest.raises(UnknownKeyError, match="alder2007"):
        study_characteristics(held, ["alder2008"])


def test_a_concern_on_record_is_a_note(held: Records) -> None:
    notes = [plain(note) for note in study_characteristics(held, ["alder2007"]).notes]
    assert "Alder 2007: concern on record. Charges were announced." in notes
    assert not any("concern" in plain(note) for note in study_characteristics(held, ["birch1998"]).notes)
