"""The second pair of hands: a wrong hand calculation is found, in the right file and line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from synthesis.analysis.arithmetic import check_arithmetic
from synthesis.evidence.load import Evidence, read

ROOT = Path(__file__).resolve().parents[2]


def test_what_ships_adds_up(evidence: Evidence) -> None:
    assert check_arithmetic(evidence) == ()
    assert sum(len(result.checks) for study in evidence.studies.values() for result in study.results) > 40


@pytest.mark.parametrize("field", ["estimate", "se", "events"])
def test_a_seeded_slip_is_found_where_it_stands(tmp_path: Path, evidence: Evidence, field: str) -> None:
    study, result, check = next(
        (study, result, check)
        for study in evidence.studies.values()
        for result in study.results
        for check in result.checks
        if (check.counts if field == "events" else check.estimate is not None and check.se is not None)
    )
    folder = tmp_path / "evidence"
    shutil.copytree(ROOT / "evidence", folder)
    path = folder / "studies" / f"{study.id}.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    i, j = study.results.index(result), result.checks.index(check)
    if field == "events":
        arm, cell = next(iter(check.counts.items()))
        where, old, new = f"counts.{arm}.events", str(cell.events), str(cell.events + 1)
    else:
        value = getattr(check, field)
        where, old, new = field, f"{value:g}", f"{value + 0.1:.3f}"
    line = evidence.line(f"studies/{study.id}.yaml", f"results[{i}].checks[{j}].{where}")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
    (problem,) = check_arithmetic(read(folder)[0])
    assert (problem.file, problem.line, problem.code) == (f"studies/{study.id}.yaml", line, "arithmetic")
    assert problem.field == f"results[{i}].checks[{j}].{where}"
    assert problem.found.startswith(new.rstrip("0"))


def problems(invented: Any, *printed: dict[str, Any], **check: Any) -> list[tuple[str, str]]:
    result = invented.result(*printed, checks=({"arithmetic": "by hand"} | check,))
    found = check_arithmetic(invented.evidence([invented.study("alpha2001", result)], []))
    return [(problem.field, problem.allowed) for problem in found]


def test_a_check_that_holds_is_silent(invented: Any) -> None:
    check = {"measure": "OR", "route": "counts", "estimate": 0.693, "se": 0.308}
    assert problems(invented, invented.counts(a=(40, 100), b=(25, 100)), **check) == []


@pytest.mark.parametrize(("estimate", "wrong"), [(0.6955, 0), (0.6965, 1), (0.69, 1), (-0.693, 1)])
def test_half_a_unit_of_the_third_decimal_is_rounding_and_more_is_not(
    invented: Any, estimate: float, wrong: int
) -> None:
    check = {"measure": "OR", "route": "counts", "estimate": estimate}
    assert len(problems(invented, invented.counts(a=(40, 100), b=(25, 100)), **check)) == wrong


def test_a_route_that_cannot_be_taken(invented: Any) -> None:
    check = {"measure": "OR", "route": "percent", "estimate": 0.693}
    ((field, allowed),) = problems(invented, invented.counts(a=(40, 100), b=(25, 100)), **check)
    assert field == "results[0].checks[0].route"
    assert "no percentages are printed" in allowed


@pytest.mark.parametrize("check", [{"estimate": 0.7}, {"se": 0.3}, {"measure": "OR", "estimate": 0.7}])
def test_a_check_that_cannot_be_repeated_is_a_problem_not_a_pass(invented: Any, check: dict[str, Any]) -> None:
    ((field, allowed),) = problems(invented, invented.counts(a=(40, 100), b=(25, 100)), **check)
    assert (field, allowed) == (
        "results[0].checks[0]",
        "measure, route and estimate, so that it can be repeated",
    )


def test_counts_of_nobody_or_of_an_arm_without_percentage(invented: Any) -> None:
    percents = invented.percents(a=40, b=25)
    nobody = problems(invented, percents, counts={"a": {"events": 0, "n": 0}})
    assert [field for field, _ in nobody] == ["results[0].checks[0].counts.a.n"]
    absent = problems(invented, percents, counts={"c": {"events": 1, "n": 2}})
    assert [field for field, _ in absent] == ["results[0].checks[0].counts.c"]


def test_a_study_in_a_file_of_another_name_is_checked_too(invented: Any) -> None:
    check = {"arithmetic": "by hand", "measure": "OR", "route": "counts", "estimate": 9.0}
    held = invented.evidence(
        [invented.study("alpha2001", invented.result(invented.counts(a=(40, 100), b=(25, 100)), checks=(check,)))], []
    )
    moved = {("studies/other.yaml" if name.startswith("studies/") else name): file for name, file in held.files.items()}
    elsewhere = Evidence(root=held.root, files=moved, content_hash=held.content_hash)
    assert [problem.code for problem in check_arithmetic(elsewhere)] == ["arithmetic"]
