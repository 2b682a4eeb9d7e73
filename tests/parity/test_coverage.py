"""The comparison covers the whole grid, and what it leaves out is counted and explained."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).parent / "reference"
METHODS = ("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
TESTS = ("z", "t", "knha", "adhoc")

FIELDS_NOT_COMPARED = {
    "tau": "the square root of tau2, which is compared",
    "p": "always 1 without moderators",
    "stat_dist": "follows from df, which is compared",
    "pi_hts_df": "follows from k",
}
FIELDS_COMPARED = {
    "k", "estimate", "se", "stat", "df", "pval", "ci_lb", "ci_ub", "tau2", "I2", "H2", "QE", "QE_df", "QE_p",
    "pi_lb", "pi_ub", "se_tau2", "fit", "pi_lb_hts", "pi_ub_hts",
}  # fmt: skip


@pytest.fixture(scope="module")
def files(load: Callable[[Path], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {path.stem: load(path) for path in sorted(REFERENCE.glob("*.json"))}


def test_every_file_and_analysis_is_there(files: dict[str, dict[str, Any]]) -> None:
    assert len(files) == 42
    assert all(len(data["analyses"]) == data["n_analyses"] for data in files.values())
    assert sum(data["n_analyses"] for data in files.values()) == 5869


def test_reference_files_are_unchanged() -> None:
    pinned = dict(reversed(line.split()) for line in (REFERENCE / "SHA256SUMS").read_text().splitlines())
    assert pinned == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in REFERENCE.glob("*.json")}


def test_every_analysis_has_a_reader(reference: dict[str, Any], no_adapter: Callable[..., str | None]) -> None:
    lacking = Counter(no_adapter(analysis, reference) for analysis in reference["analyses"])
    del lacking[None]
    assert dict(lacking) == {}


def test_what_is_compared_in_part_is_counted_and_has_a_reason(
    files: dict[str, dict[str, Any]], part_of: Callable[..., str | None]
) -> None:
    found = Counter(part_of(a, data) for data in files.values() for a in data["analyses"])
    del found[None]
    assert dict(found) == {key: count for key, (count, _) in PARTS.items() if count}


def test_every_kind_is_read_by_a_test(files: dict[str, dict[str, Any]]) -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    kinds = {
        analysis["kind"] + (" tables" if "pooled_by" in analysis["call"] else "")
        for data in files.values()
        for analysis in data["analyses"]
    }
    readers = [source for source in sources if "analyses_of(reference, " in source]
    assert {kind for kind in kinds if not any(f'"{kind}"' in source for source in readers)} == set()


def test_full_grid_of_methods_and_tests(files: dict[str, dict[str, Any]]) -> None:
    present: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for stem, data in files.items():
        for analysis in data["analyses"]:
            if analysis["kind"] == "rma.uni":
                call = analysis["call"]
                present.setdefault((stem, call["effects"]), set()).add((call["method"], call["test"]))
    full = set(product(METHODS, TESTS)) | {("EE", "z"), ("EE", "t")}
    complete = {key for key, found in present.items() if full <= found}
    assert len(complete) == FULL_GRID_SETS
    short = {("EE", "z"), ("DL", "z"), ("REML", "z")}
    lacking = {key: short - found for key, found in present.items() if not short <= found}
    assert not lacking


def test_every_field_is_compared_or_explained(files: dict[str, dict[str, Any]]) -> None:
    found = {
        field
        for data in files.values()
        for analysis in data["analyses"]
        if analysis["kind"] in ("rma.uni", "rma.uni_fixed_tau2")
        for field in analysis["result"]
    }
    assert found == FIELDS_COMPARED | set(FIELDS_NOT_COMPARED)


FULL_GRID_SETS = 41
# Results of which only a part is compared: how many, what is left out and why.
PARTS: dict[str, tuple[int, str]] = {
    "equal effects": (10, "the number filled in: the reference finds it from the signs of rounding errors"),
    "integration": (6, "powers to 1e-2 only: the reference integrates past a narrow dip, here the integral is exact"),
    "perfect fit": (2, "the test: effects on a line leave the reference rounding errors to test, here it is refused"),
    "impossible rows": (0, "all of it: the reference adds 1/2 to a group of nobody, here such a row is refused"),
    "no level": (
        0,
        "tau2 and QE: without an intercept the reference takes those of effects from which their mean is "
        "subtracted, which is what they are compared with; what follows from tau2 is compared as it stands",
    ),
    "two studies": (4, "the test: two studies fix the line, here the test is refused; the line itself is compared"),
}
