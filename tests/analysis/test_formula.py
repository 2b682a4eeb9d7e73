"""Formulas: the columns are patsy's, predictions use the coding of the data, and nothing else may stand in one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
import patsy
import pytest

from synthesis.analysis.formula import design_columns
from synthesis.analysis.meta_regression import predict, regress
from synthesis.diagnostics.permutation import permutation_test
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.regression import INTERCEPT

DATA: dict[str, list[Any]] = {
    "year": [1990, 1995, 2001, 2004, 2011, 2015],
    "dose": [1.0, 2.5, 2.0, 4.0, 3.5, 3.0],
    "region": ["north", "south", "north", "east", "south", "east"],
    "site": [1, 2, 1, 2, 2, 1],
}
LABELS = [f"Study {index}" for index in range(6)]

FORMULAS = [
    "~ year",
    "year + dose",
    "~ region",
    "~ C(site) + dose",
    '~ C(region, Treatment("south"))',
    "~ C(region, Treatment(reference='north')) : dose",
    "~ region - 1",
    "~ 0 + dose + region",
    "~ region * dose",
    "~ center(year) + dose",
    "~ C(site, Treatment(2))",
    "~ year + dose - dose",
    "~ 1",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_columns_are_those_of_patsy(formula: str) -> None:
    found = design_columns(formula, DATA, LABELS)
    expected = patsy.dmatrix(formula, pandas.DataFrame(DATA))
    columns = {"Intercept": np.ones(6)} | found.columns if found.intercept else found.columns
    assert list(columns) == expected.design_info.column_names
    assert np.column_stack(list(columns.values())) == pytest.approx(np.asarray(expected), abs=1e-12)


def test_scaled_numbers_have_a_standard_deviation_of_one() -> None:
    column = design_columns("~ scale(dose)", DATA, LABELS).columns["scale(dose)"]
    assert (column.mean(), column.std(ddof=1)) == pytest.approx((0, 1), abs=1e-12)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("~ __import__('os').system('x')", "holds '.'"),
        ("~ year ** 2", "holds '\\*\\*'"),
        ("~ year / dose", "holds '/'"),
        ("~ np.log(year)", "holds '.'"),
        ("~ log(year)", r"holds 'log\(year\)'"),
        ("~ C(region, Sum)", "allowed: names"),
        ("~ C(eval(region))", "allowed: names"),
        ("~ scale(center(year))", "allowed: names"),
        ("~ year[0]", r"holds '\['"),
        ("~ {year}", "holds '{'"),
        ("~ year; import os", "holds ';'"),
        ("~ lambda: year", "unknown variable 'lambda'"),
        ("yi ~ year", "has a left side"),
        ("~ year +", "cannot be read"),
        ("~ (year", "cannot be read"),
        ("~ 2", "allowed: names"),
        ("~ year * dose * region * site * year * dose * region * site", "6 stars"),
        ("~ " + "+".join(["year"] * 200), "500 characters"),
        ("~ yaer", "Did you mean 'year'"),
        ('~ C(region, Treatment("west"))', "unknown group of region 'west'"),
    ],
)
def test_anything_else_is_refused(formula: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        design_columns(formula, DATA, LABELS)


def test_text_is_no_number_and_a_constant_has_no_scale() -> None:
    with pytest.raises(AnalysisError, match="needs numbers; region has 'north'"):
        design_columns("~ center(region)", DATA, LABELS)
    with pytest.raises(AnalysisError, match="the same for every study"):
        design_columns("~ scale(year)", {"year": [2000] * 3}, LABELS[:3])
    with pytest.raises(UsageError, match="one per effect"):
        design_columns("~ year", {"year": [2000]}, LABELS)
    with pytest.raises(AnalysisError, match="no study has a value"):
        design_columns("~ year", {"year": [None] * 6}, LABELS)


def test_rows_with_a_missing_value_are_left_out_and_named() -> None:
    found = design_columns("~ dose + region", DATA | {"dose": [1.0, None, 2.0, float("nan"), 3.5, 3.0]}, LABELS)
    assert found.used == (0, 2, 4, 5)
    assert [note.code for note in found.notes] == ["moderator-missing"]
    assert "Study 1, Study 3" in found.notes[0].text


@pytest.fixture
def effects() -> Effects:
    pairs = zip([0.1, 0.4, 0.3, 0.9, 0.7, 0.5], [0.02, 0.03, 0.05, 0.01, 0.04, 0.02], strict=True)
    rows = (
        EffectRow(
            study=f"study{index}", result="result", label=f"Study {index}", yi=y, vi=v, n=None, route="contrast",
            read=True, design="rct", timepoint_months=None, intervention=None, comparator=None,
        )
        for index, (y, v) in enumerate(pairs)
    )  # fmt: skip
    return Effects(measure="MD", rows=tuple(rows))


def test_predictions_use_the_coding_of_the_data(effects: Effects) -> None:
    found = regress(effects, "~ center(year) + C(region, Treatment('south'))", DATA, ci="wald")
    matrix = np.column_stack([np.ones(6), *found.design.columns.values()])
    beta = np.array([coefficient.estimate for coefficient in found.fit.coefficients])
    for index in range(6):
        at = predict(found, {"year": DATA["year"][index], "region": DATA["region"][index]})
        assert at.estimate == pytest.approx(float(matrix[index] @ beta), abs=1e-9)
        assert at.prediction is not None and at.prediction.low < at.ci.low
    with pytest.raises(UsageError, match="values are needed for year, region"):
        predict(found, {"year": 2000})
    with pytest.raises(UsageError, match="unknown group of region 'west'"):
        predict(found, {"year": 2000, "region": "west"})


def test_values_may_be_given_by_study_in_any_order(effects: Effects) -> None:
    by_id = {f"study{index}": year for index, year in reversed(list(enumerate(DATA["year"])))}
    one, other = (regress(effects, "~ year", {"year": values}) for values in (DATA["year"], by_id))
    assert one.fit == other.fit
    assert regress(effects, "~ dose + site", pandas.DataFrame(DATA)).fit.k == 6
    with pytest.raises(UsageError, match="one value per effect"):
        regress(effects, "~ year", {"year": "2000"})  # type: ignore[dict-item]


def test_columns_go_on_to_a_permutation_test(effects: Effects) -> None:
    found = regress(effects, "~ dose", DATA)
    tested = permutation_test(effects.yi, effects.vi, found.design.columns)
    assert tested.names == (INTERCEPT, "dose")
    assert 0 < tested.p[1] <= 1


def test_rows_bring_their_own_variables(effects: Effects) -> None:
    found = regress(effects, "~ sei")
    assert [coefficient.name for coefficient in found.fit.coefficients] == [INTERCEPT, "sei"]
    with pytest.raises(AnalysisError, match="no study has a value"):
        regress(effects, "~ n")
