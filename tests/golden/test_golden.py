"""A small fixed evidence set, analysed, against the result on file: a change anywhere on the way shows here.

The three studies are invented and go different ways: counts with two arms to merge, percentages of arm sizes, and a
published odds ratio printed the other way round.

``pytest tests/golden --update-golden`` writes the file anew. Do that only when a number is meant to move, read the
difference line by line, and say in the changelog what moved and why.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse

FILE = Path(__file__).parent / "analysis.json"

# Linear algebra differs between machines in the last bits, and iterative estimates stop a little apart.
RELATIVE = 1e-9


@pytest.fixture(scope="module")
def analysis(invented: Any) -> Analysis:
    three_arms = (invented.arm("a", "help"), invented.arm("c", "strong-help"), invented.arm("b", "usual"))
    studies = [
        invented.study(
            "alpha2001",
            invented.result(invented.counts(a=(40, 100), c=(22, 48), b=(25, 100)), result_id="year"),
            invented.result(invented.counts(a=(50, 100), b=(30, 100)), result_id="half-year", timepoint_months=6),
            arms=three_arms,
            concerns=({"kind": "integrity", "statement": "Invented.", "where": {"place": "letter", "read": True}},),
        ),
        invented.study("beta2002", invented.result(invented.percents(a=51, b=33))),
        invented.study(
            "gamma2003",
            invented.result(invented.contrast(estimate=1.4, ci=(0.7, 2.8), arms=(("b",), ("a",)), adjusted=True)),
        ),
        invented.study("delta2004", invented.result(invented.counts(a=(9, 10), b=(1, 10)), timepoint_months=24)),
    ]
    question = invented.question(
        baseline_risk={"value": 0.25, "source": "invented"},
        sensitivity=(
            {"id": "risk-ratio", "label": "As risk ratio", "why": "to see", "plan": {"measure": "RR"}},
            {"id": "two-years", "label": "Up to two years", "why": "to see", "window_months": (6, 24)},
        ),
    )
    return analyse(invented.evidence(studies, [question]), question.id)


def differences(found: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Where two pieces of JSON data differ; numbers only if by more than ``RELATIVE``."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            if key in found and key in expected:
                yield from differences(found[key], expected[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: only {'found' if key in found else 'expected'}"
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for i, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{path}[{i}]")
    elif isinstance(found, float) and isinstance(expected, float):
        if not math.isclose(found, expected, rel_tol=RELATIVE, abs_tol=1e-12):
            yield f"{path}: {found!r}, expected {expected!r}"
    elif found != expected or type(found) is not type(expected):
        yield f"{path}: {found!r}, expected {expected!r}"


# No results: the hash covers every field a record can have, how many steps an estimator takes is its own business,
# and sentences and citations may be put better without a number changing (codes and numbers stand beside them).
NOT_COMPARED = {"evidence_hash", "iterations", "text", "source"}


def published(analysis: Analysis) -> Any:
    """The analysis as it is compared: every number and code, without the wording."""
    data = {key: value for key, value in analysis.to_dict().items() if key != "plan"}
    return json.loads(json.dumps(_compared(data)))


def _compared(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _compared(value) for key, value in data.items() if key not in NOT_COMPARED}
    return [_compared(value) for value in data] if isinstance(data, list) else data


def test_the_analysis_is_the_one_on_file(analysis: Analysis, pytestconfig: pytest.Config) -> None:
    found = published(analysis)
    if pytestconfig.getoption("--update-golden"):
        FILE.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    expected = json.loads(FILE.read_text(encoding="utf-8"))
    assert list(differences(found, expected)) == []


def test_the_comparison_sees_what_it_must() -> None:
    assert list(differences({"a": [1.0, {"b": 2.0}]}, {"a": [1.0, {"b": 2.0 * (1 + 1e-12)}]})) == []
    assert list(differences({"a": [1.0, {"b": 2.0}]}, {"a": [1.0, {"b": 2.0 * (1 + 1e-8)}]})) != []
    for one, other in (({"a": 1}, {}), ([1], [1, 2]), (1, 1.0), (True, 1), (None, 0), ("1", 1)):
        assert list(differences(one, other)) != []
        assert list(differences(other, one)) != []


def test_the_file_on_record_is_right_by_hand(analysis: Analysis) -> None:
    # Worked out here from the printed numbers, so that the file cannot quietly hold a mistake.
    def woolf(a: int, n1: int, b: int, n2: int) -> tuple[float, float]:
        cells = (a, n1 - a, b, n2 - b)
        return math.log(cells[0] * cells[3] / cells[1] / cells[2]), sum(1 / cell for cell in cells)

    se = (math.log(2.8) - math.log(0.7)) / (2 * 1.959963984540054)
    expected = [woolf(62, 148, 25, 100), woolf(51, 100, 33, 100), (-math.log(1.4), se**2)]
    assert [(row.yi, row.vi) for row in analysis.effects] == [pytest.approx(pair) for pair in expected]
    weights = [1 / vi for _, vi in expected]
    common = sum(w * yi for w, (yi, _) in zip(weights, expected, strict=True)) / sum(weights)
    assert analysis.models["common"].estimate == pytest.approx(common)
    q = sum(w * (yi - common) ** 2 for w, (yi, _) in zip(weights, expected, strict=True))
    tau2 = (q - 2) / (sum(weights) - sum(w * w for w in weights) / sum(weights))
    assert analysis.models["DL"].tau2.value == pytest.approx(max(0.0, tau2))
    assert [item.id for item in analysis.variants] == ["risk-ratio", "two-years", "without-studies-with-concerns"]
    assert [(item.study, item.code) for item in analysis.effects.excluded] == [
        ("delta2004", "window"),
        ("alpha2001", "other-result"),
    ]


def test_the_file_holds_invented_data_and_says_so() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8"))["population"] == "Invented people"
