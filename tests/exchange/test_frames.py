"""The evidence as data frames: nothing lost, nothing converted, every column explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas
import pytest

import synthesis as syn
from synthesis.evidence.load import Evidence
from synthesis.exchange.frames import FRAMES
from synthesis.starter import new_project

MADE: dict[str, Callable[[Evidence], pandas.DataFrame]] = {name: getattr(syn, name) for name in FRAMES}
every_frame = pytest.mark.parametrize("name", FRAMES)


@every_frame
def test_columns_are_those_of_the_table_and_explained(evidence: Evidence, name: str) -> None:
    frame = MADE[name](evidence)
    assert list(frame.columns) == list(FRAMES[name])
    assert frame.attrs["columns"] == FRAMES[name]
    assert all(text.strip() for text in FRAMES[name].values())


@every_frame
def test_types_do_not_depend_on_what_is_there(evidence: Evidence, name: str, tmp_path: Path) -> None:
    few = syn.open(new_project("coffee", tmp_path / "coffee", date="2026-01-01"))
    assert dict(MADE[name](evidence).dtypes) == dict(MADE[name](few).dtypes)


def test_every_study_result_and_source_has_its_row(evidence: Evidence) -> None:
    assert list(syn.studies_frame(evidence)["study"]) == list(evidence.studies)
    assert list(syn.sources_frame(evidence)["source"]) == list(evidence.sources)
    results = syn.results_frame(evidence)
    assert len(results) == sum(len(study.results) for study in evidence.studies.values())
    assert not results.duplicated(["study", "result"]).any()


def test_numbers_are_as_printed(evidence: Evidence) -> None:
    numbers = syn.numbers_frame(evidence)
    manning = numbers[(numbers["study"] == "manning2012") & (numbers["result"] == "att-post")]
    percents = dict(zip(manning["arm"], manning["percent"], strict=True))
    assert (percents["pi"], percents["di"], percents["ni"]) == (64, 48, 33)
    (contrast,) = manning[manning["form"] == "contrast"].to_dict("records")
    assert (contrast["arm"], contrast["measure"]) == ("pi against ni", "OR")
    assert (contrast["estimate"], contrast["low"], contrast["high"]) == (3.6, 1.3, 9.8)


def test_every_form_with_numbers_has_rows(evidence: Evidence) -> None:
    printed = {item.form for study in evidence.studies.values() for result in study.results for item in result.printed}
    assert set(syn.numbers_frame(evidence)["form"]) == printed - {"test", "narrative"}


def test_made_up_records_say_so(tmp_path: Path) -> None:
    evidence = syn.open(new_project("coffee", tmp_path / "coffee", date="2026-01-01"))
    for make in MADE.values():
        assert make(evidence)["demonstration"].all()
