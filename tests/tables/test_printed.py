"""Printed results in words, one form at a time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from synthesis.evidence.study import Printed, Result, Study
from synthesis.tables.printed import form_text, printed_lines
from synthesis.tables.records import Records

NAMES = {"a": "Group A", "b": "Group B"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"form": "counts", "arms": {"a": {"events": 5, "n": 1208}, "b": {"events": 4, "n": 9}}},
         "Group A 5/1,208; Group B 4/9"),
        ({"form": "percent", "arms": {"a": {"percent": 22.3, "n": 60}, "c": {"percent": 17}}},
         "Group A 22.3% of 60; c 17%"),
        ({"form": "means", "unit": "days", "arms": {"a": {"mean": -3.5, "sd": 1.25, "n": 30}, "b": {"mean": 4}}},
         "mean: Group A −3.5 (SD 1.25, n 30); Group B 4, days"),
        ({"form": "contrast", "measure": "OR", "estimate": 12.6, "ci": [4.1, 38.3], "p": "<0.001", "adjusted": False},
         "OR 12.6 (95% CI 4.1 to 38.3; p <0.001; unadjusted)"),
        ({"form": "contrast", "measure": "B", "estimate": 0.42, "se": 0.2, "contrast": "per unit more"},
         "regression coefficient 0.42 (SE 0.2), per unit more"),
        ({"form": "correlation", "estimate": -0.31, "p": "0.01"}, "correlation −0.31 (p 0.01)"),
        ({"form": "correlation", "arms": {"a": 0.2, "b": 0.3}}, "correlation Group A 0.2, Group B 0.3"),
        ({"form": "before-after", "group": "a", "baseline": 33, "followup": 72.5}, "Group A: 33 before, 72.5 after"),
        ({"form": "test", "p": "not significant", "test": "chi-squared"}, "p not significant, chi-squared"),
        ({"form": "narrative", "finding": "Fewer days of use."}, "Fewer days of use."),
    ],
)  # fmt: skip
def test_each_form(data: Any, expected: str) -> None:
    item: Printed = TypeAdapter(Printed).validate_python(data)
    assert form_text(item, NAMES) == expected


def test_what_was_worked_out_says_how_once(held: Records) -> None:
    study = held.studies["alder2007"]
    data = study.results[0].model_dump(mode="json") | {
        "worked_out": [
            {"how": "8 of 57 followed", "data": {"form": "counts", "arms": {"ir": {"events": 8, "n": 74}}}},
        ]
    }
    result = Result.model_validate(data)
    assert printed_lines(study, result)[-1] == "Worked out: Intensive referral 8/74 (8 of 57 followed)"
    assert printed_lines(study, result, said=["worked out: 8 of 57 followed"])[-1].endswith("8/74")


def test_a_form_is_marked_only_if_it_is_recalled(held: Records) -> None:
    study: Study = held.studies["alder2007"]
    assert [line.endswith("†") for line in printed_lines(study, study.results[0])] == [False, False]
    assert [line.endswith("†") for line in printed_lines(study, study.results[1])] == [True]
