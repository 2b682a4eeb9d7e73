"""What the models refuse, in plain words, at the right line, without the validator's own vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from synthesis.errors import Problem
from synthesis.evidence.explain import MOST_PROBLEMS, nearest, shorten
from synthesis.evidence.schema import KINDS

STUDY = "studies/sound2001.yaml"
COUNTS = "          one: {events: 20, n: 50}\n"


class Folder(Protocol):
    def change(self, file: str, old: str, new: str) -> Folder: ...
    def write(self, file: str, content: str | bytes) -> Folder: ...
    def problems(self) -> tuple[Problem, ...]: ...
    def only(self) -> Problem: ...


@pytest.mark.parametrize(
    ("old", "new", "field", "code", "found", "allowed", "fix"),
    [
        (
            "year: 2001", "year: 2001\nfamilly: x", "familly", "unknown-field", "the field 'familly'",
            "family", "'family'?",
        ),
        ("year: 2001", "year: 2001\nxyzzy: x", "xyzzy", "unknown-field", "the field 'xyzzy'", "the fields ", "notes"),
        ("year: 2001", "year: 20001", "year", "out-of-range", "'20001'", "1900 or more and at most 2100", "check"),
        ("year: 2001", "year: [2001]", "year", "wrong-shape", "a list of 1 item", "a whole number, 1900", "write"),
        (
            "setting: A clinic", "setting: {a: 1}", "setting", "wrong-shape", "a block with 1 field",
            "text of 1", "write",
        ),
        ("setting: A clinic", "setting:", "setting", "wrong-shape", "nothing", "text of 1 to 4,000", "write"),
        ("setting: A clinic", "setting: ''", "setting", "text-length", "''", "text of 1 to 4,000", "write something"),
        ("countries: [GB]", "countries: [GBR]", "countries[0]", "bad-format", "'GBR'", "two capital letters", "write"),
        ("countries: [GB]", "countries: GB", "countries", "wrong-shape", "'GB'", "a list, each two capital", "write"),
        ("read: true\nadded", "read: yes\nadded", "read", "not-true-or-false", "'yes'", "true or false", "true"),
        (
            "added: 2026-11-23", "added: 23.11.2026", "added", "bad-format", "'23.11.2026'",
            "a full date, such as", "form",
        ),
        ("added: 2026-11-23", "added: 2026-02-30", "added", "bad-format", "'2026-02-30'", "a full date", "no such day"),
        ("schema_version: 1", "schema_version: 2", "schema_version", "unknown-choice", "'2'", "1", "choose"),
        (
            "{value: 100}", "{value: '100 '}", "participants.value", "not-a-number", "'100 '",
            "a whole number, 0", "space",
        ),
        (
            "form: counts", "form: count", "results[0].printed[0].form", "unknown-choice", "'count'",
            "one of: ", "'counts'?",
        ),
        (
            "poolable: 'yes'", "poolable: maybe", "results[0].poolable", "unknown-choice", "'maybe'",
            "one of: yes,", "choose",
        ),
        (
            "- id: abstinent", "- id: Abstinent", "results[0].id", "bad-format", "'Abstinent'",
            "small letters and digits, with single hyphens between, such as 'manning2012'", "form",
        ),
        (
            COUNTS, "          One: {events: 20, n: 50}\n", "results[0].printed[0].arms.One", "bad-format",
            "the name 'One'", "small letters", "form",
        ),
        (
            COUNTS, "          one: {events: 20}\n", "results[0].printed[0].arms.one.n", "missing-field", "nothing",
            "a whole number, 0 or more (the field must be given)", "add the field",
        ),
        (
            COUNTS, "          one: 20/50\n", "results[0].printed[0].arms.one", "wrong-shape", "'20/50'",
            "a block with the fields events, n", "write",
        ),
    ],
)  # fmt: skip
def test_a_refusal_in_words(
    folder: Folder, old: str, new: str, field: str, code: str, found: str, allowed: str, fix: str
) -> None:
    problem = folder.change(STUDY, old, new).only()
    assert (problem.file, problem.field, problem.code) == (STUDY, field, code)
    assert problem.found == found
    assert allowed in problem.allowed
    assert fix in problem.fix


def test_the_form_of_a_printed_item_is_not_part_of_the_path(folder: Folder) -> None:
    contrast = "      - {form: contrast, measure: OR, estimate: x, ci: [1]}\n"
    folder.change(STUDY, "    where:", contrast + "    where:")
    fields = {(problem.field, problem.code) for problem in folder.problems()}
    assert fields == {
        ("results[0].printed[1].estimate", "not-a-number"),
        ("results[0].printed[1].ci", "list-length"),
    }


def test_a_form_that_is_not_given_is_a_missing_field(folder: Folder) -> None:
    problem = folder.change(STUDY, "- form: counts", "- note: counts").only()
    assert (problem.field, problem.code) == ("results[0].printed[0].form", "missing-field")
    assert "counts" in problem.allowed


def test_a_long_value_is_shortened(folder: Folder) -> None:
    problem = folder.change(STUDY, "design: rct", f"design: {'Rct' * 5000}").only()
    assert len(problem.found) < 100
    long = shorten("x" * 200)
    assert len(long) == 62 and long.endswith("…'")


def test_a_file_that_is_wrong_a_thousand_times_is_cut_short_and_says_so(folder: Folder) -> None:
    text = "".join(f"f{number}: x\n" for number in range(1000))
    problems = folder.write("studies/sound2001.yaml", text).problems()
    here = [problem for problem in problems if problem.file == STUDY]
    assert len(here) == MOST_PROBLEMS + 1
    (rest,) = (problem for problem in here if problem.code == "more-problems")
    assert "more problems in this file" in rest.found


def test_all_problems_of_a_file_come_in_one_run(folder: Folder) -> None:
    folder.change(STUDY, "year: 2001", "year: x").change(STUDY, "design: rct", "desing: rct")
    folder.change(STUDY, COUNTS, "          one: {events: 60, n: 50}\n")
    codes = sorted(problem.code for problem in folder.problems() if problem.file == STUDY)
    assert codes == ["events-exceed-n", "missing-field", "not-a-number", "unknown-field"]


def test_near_names() -> None:
    assert nearest("Usual_Care", ["usual-care", "referral"]) == "usual-care"
    assert nearest("zzz", ["usual-care"]) is None
    assert nearest("timepoint_month", ["timepoint_months", "timepoint_from"]) == "timepoint_months"


def patterns(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node
        for inner in node.values():
            yield from patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from patterns(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_every_pattern_has_words_that_stand_for_it(kind: str) -> None:
    found = list(patterns(KINDS[kind].model_json_schema()))
    assert found
    for schema in found:
        assert schema["description"] and schema["examples"], schema
