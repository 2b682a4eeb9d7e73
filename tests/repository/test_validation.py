"""The numbers of the coverage simulation come from the code that is here."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def coverage(repository: Path) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("validation_coverage", repository / "validation" / "coverage.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Data classes look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def rows(repository: Path) -> list[dict[str, str]]:
    with (repository / "validation" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_grid_is_there(coverage: ModuleType, rows: list[dict[str, str]]) -> None:
    wanted = {(str(k), f"{i2:g}", rule) for k in coverage.STUDIES for i2 in coverage.SHARES for rule in coverage.RULES}
    assert {(row["k"], row["i2"], row["rule"]) for row in rows} == wanted
    assert len(rows) == len(wanted)


@pytest.mark.parametrize(("k", "i2"), [(2, 0.9), (5, 0.5), (10, 0.0)])
def test_the_numbers_come_out_again(coverage: ModuleType, rows: list[dict[str, str]], k: int, i2: float) -> None:
    filed = {row["rule"]: row for row in rows if (row["k"], row["i2"]) == (str(k), f"{i2:g}")}
    for cell in coverage.simulate(k, i2):
        # One draw in 20,000 may fall on the other side of a limit where the last bit differs.
        for field in ("mean", "prediction", "narrower"):
            assert getattr(cell, field) == pytest.approx(float(filed[cell.rule][field]), abs=3e-4), (cell.rule, field)
        assert cell.width == pytest.approx(float(filed[cell.rule]["width"]), rel=1e-3)


def test_the_page_shows_the_numbers_on_file(coverage: ModuleType, rows: list[dict[str, str]], repository: Path) -> None:
    page = (repository / "docs" / "explanation" / "coverage.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| (\d+) \| (\S+.*?) \| (.+) \|$", page, flags=re.MULTILINE)
    shown = {}
    for index, (k, label, values) in enumerate(tables):
        field = "mean" if index < len(tables) // 2 else "prediction"
        for i2, value in zip(coverage.SHARES, values.split(" | "), strict=True):
            shown[k, f"{i2:g}", label, field] = float(value)
    assert len(shown) == 2 * len(rows)
    for row in rows:
        for field in ("mean", "prediction"):
            label = coverage.RULES[row["rule"]]
            found = shown[row["k"], row["i2"], label, field]
            assert found == pytest.approx(100 * float(row[field]), abs=0.051), (row, field)


def test_what_the_page_says_in_words(rows: list[dict[str, str]]) -> None:
    numbers = {(int(row["k"]), float(row["i2"]), row["rule"]): row for row in rows}

    def least(k: int, rule: str, field: str = "mean") -> float:
        return min(float(row[field]) for (n, _, name), row in numbers.items() if n == k and name == rule)

    default, knapp = "cochrane-2025", "hartung-knapp"
    assert least(2, default) < 0.74 and least(2, knapp) > 0.93
    assert [least(k, default) > bound for k, bound in ((3, 0.89), (5, 0.915), (10, 0.925))] == [True] * 3
    assert [round(100 * least(k, "wald")) for k in (3, 5, 10)] == [81, 87, 91]
    assert all(least(k, knapp) > 0.925 for k in (3, 5, 10, 20, 50))
    narrow = [float(numbers[k, 0.0, knapp]["narrower"]) for k in (3, 5, 10, 20, 50)]
    assert min(narrow) > 0.17 and max(narrow) < 0.42
    assert all(
        float(row["narrower"]) < 0.02 for (k, _, rule), row in numbers.items() if rule == default and 3 <= k <= 10
    )
    prediction = [float(row["prediction"]) for (k, _, rule), row in numbers.items() if rule == default and k >= 5]
    assert (round(100 * min(prediction)), round(100 * max(prediction))) == (82, 97)
