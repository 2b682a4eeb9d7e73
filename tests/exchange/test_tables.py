"""Tidy rows of effects, and CSV that spreadsheets read and never run."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.analysis.run import analyse
from synthesis.evidence.load import Evidence
from synthesis.exchange.tables import EFFECT_COLUMNS, FORMULA_STARTS, evidence_rows, to_csv


@pytest.fixture(scope="module")
def rows(evidence: Evidence) -> list[dict[str, Any]]:
    return evidence_rows(evidence, [analyse(evidence, question) for question in evidence.questions])


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_every_row_has_every_column_in_order(rows: list[dict[str, Any]]) -> None:
    assert rows
    for row in rows:
        assert tuple(row) == tuple(EFFECT_COLUMNS)


def test_every_result_of_every_analysis_is_there_once(evidence: Evidence, rows: list[dict[str, Any]]) -> None:
    expected = []
    for question in evidence.questions:
        analysis = analyse(evidence, question)
        expected += [(question, "plan", row.study, row.result, "included") for row in analysis.effects]
        expected += [(question, "plan", out.study, out.result, "excluded") for out in analysis.effects.excluded]
        expected += [(question, "plan", row.study, row.result, "direction only") for row in analysis.directions]
        for variant in analysis.variants:
            expected += [(question, variant.id, row.study, row.result, "included") for row in variant.effects]
    found = [tuple(row[key] for key in ("question", "analysis", "study", "result", "status")) for row in rows]
    assert sorted(found) == sorted(expected)


def test_included_rows_carry_numbers_and_where_they_were_read(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["place"], row["study"]
        if row["status"] == "included":
            assert row["low"] < row["effect"] < row["high"]
            assert row["effect"] == pytest.approx(math.exp(row["yi"]))
            assert row["read"] in ("yes", "no")
        if row["status"] == "excluded":
            assert row["reason"] and row["yi"] is None


def test_the_weights_of_one_analysis_make_a_whole(rows: list[dict[str, Any]]) -> None:
    weights: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["weight"] is not None:
            key = (row["question"], row["analysis"])
            weights[key] = weights.get(key, 0.0) + row["weight"]
    assert weights and all(total == pytest.approx(1) for total in weights.values())


def test_the_shipped_rows_survive_csv(rows: list[dict[str, Any]]) -> None:
    head, *body = parsed(to_csv(rows, tuple(EFFECT_COLUMNS)))
    assert head == list(EFFECT_COLUMNS)
    assert len(body) == len(rows)
    for line, row in zip(body, rows, strict=True):
        for text, value in zip(line, row.values(), strict=True):
            if isinstance(value, float | int):
                assert type(value)(text) == value
            else:
                assert text.removeprefix("'") == (value or "").removeprefix("'")
            assert not (isinstance(value, str) and text.startswith(FORMULA_STARTS)), text


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\uff1d1",
        '=HYPERLINK("http://invented.example")',
    ],
)
def test_text_that_could_be_run_is_made_text(text: str) -> None:
    ((cell,),) = parsed(to_csv([{"x": text}], ("x",)))[1:]
    assert cell[0] == "'"
    assert cell[1:] == text.replace("\r", "\n")


@pytest.mark.parametrize("text", ["12", "a=b", "Smith, J", 'said "no"', "two\nlines", "", "−0.5", "'quoted'"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert parsed(to_csv([{"x": text, "y": "end"}], ("x", "y")))[1:] == [[text, "end"]]


def test_negative_numbers_are_numbers() -> None:
    assert parsed(to_csv([{"x": -0.5, "y": -3}], ("x", "y")))[1:] == [["-0.5", "-3"]]


def test_nothing_and_a_missing_column_are_empty() -> None:
    assert parsed(to_csv([{"x": None}], ("x", "y")))[1:] == [["", ""]]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_exactly(value: float) -> None:
    ((cell,),) = parsed(to_csv([{"x": value}], ("x",)))[1:]
    assert float(cell) == value


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=4))
def test_any_text_comes_back_in_its_own_cell(texts: list[str]) -> None:
    columns = tuple(str(i) for i in range(len(texts)))
    written = to_csv([dict(zip(columns, texts, strict=True))], columns)
    (cells,) = parsed(written)[1:]
    plain = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [cell.removeprefix("'") for cell in cells] == [text.removeprefix("'") for text in plain]
    assert not any(cell.startswith(FORMULA_STARTS) for cell in cells)
