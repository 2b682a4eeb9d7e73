"""YAML as text with lines; everything that makes a file mean more than it shows is refused."""

from __future__ import annotations

import pytest
import yaml

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence import yaml_lines
from synthesis.evidence.yaml_lines import dotted, parse


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both readers PyYAML offers; the one in C is not in every installation."""
    if request.param == "python":
        monkeypatch.setattr(yaml_lines, "LOADER", yaml.SafeLoader)
    return str(request.param)


def refusal(text: str) -> Problem:
    with pytest.raises(EvidenceError) as caught:
        parse(text, "studies/x.yaml")
    (problem,) = caught.value.problems
    return problem


def test_every_value_stays_the_text_that_was_written() -> None:
    text = "a: 164\nb: 0.40\nc: no\nd: 2012-07-01\ne: 0x10\nf: 1_000\ng: 1:30\nh: '007'\ni: 1e400\nj: =\n"
    tree, problems = parse(text, "x")
    assert problems == ()
    assert tree.data == {
        "a": "164", "b": "0.40", "c": "no", "d": "2012-07-01", "e": "0x10", "f": "1_000", "g": "1:30", "h": "007",
        "i": "1e400", "j": "=",
    }  # fmt: skip


def test_nothing_is_an_unquoted_null_tilde_or_blank_and_no_other_word() -> None:
    tree, _ = parse("a: null\nb: ~\nc:\nd: 'null'\ne: \"~\"\nf: ''\ng: Null\nh: NULL\ni: none\n", "x")
    assert [key for key, value in tree.data.items() if value is None] == ["a", "b", "c"]
    assert tree.data["d"] == "null" and tree.data["f"] == "" and tree.data["g"] == "Null"


def test_lists_blocks_and_folded_text() -> None:
    tree, _ = parse("a: [1, {b: 2}]\nc: >-\n  one\n  two\nd: |\n  x\n", "x")
    assert tree.data == {"a": ["1", {"b": "2"}], "c": "one two", "d": "x\n"}


def test_every_field_knows_its_line() -> None:
    tree, _ = parse("# comment\na: 1\nb:\n  - c: 2\n    d: {e: 3,\n      f: 4}\n  - 5\n", "x")
    lines = {"a": 2, "b": 3, "b[0]": 4, "b[0].c": 4, "b[0].d": 5, "b[0].d.e": 5, "b[0].d.f": 6, "b[1]": 7}
    assert dict(tree.lines) == lines


def test_a_path_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    tree, _ = parse("x: 1\na:\n  b: [1, 2]\n", "x")
    assert tree.line("a.b[7].c.d") == 3
    assert tree.line("a.c") == 2
    assert tree.line("z.y") == 1 and tree.line("") == 1


def test_paths_are_dotted() -> None:
    assert dotted(dotted(dotted("", "results"), 0), "where") == "results[0].where"


def test_a_byte_of_windows_line_ends_changes_nothing() -> None:
    tree, _ = parse("a: 1\r\nb: 2\r\n", "x")
    assert tree.data == {"a": "1", "b": "2"} and tree.line("b") == 2


def test_a_key_given_twice_is_reported_and_the_first_one_counts() -> None:
    tree, problems = parse("a: 1\nb: 2\na: {c: 3}\nd: {e: 1, e: 2}\n", "x")
    assert tree.data == {"a": "1", "b": "2", "d": {"e": "1"}}
    assert [(item.line, item.field, item.code) for item in problems] == [
        (3, "a", "duplicate-key"),
        (4, "d.e", "duplicate-key"),
    ]
    assert tree.line("a") == 1
    assert "line 1" in problems[0].found


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "empty-file"),
        ("# only a comment\n", 1, "empty-file"),
        ("---\n", 1, "empty-file"),
        ("null\n", 1, "empty-file"),
        ("- a\n- b\n", 1, "not-a-mapping"),
        ("text\n", 1, "not-a-mapping"),
        ("a: 1\nb: &x 2\n", 2, "yaml-anchor"),
        ("a: 1\nb: *x\n", 2, "yaml-anchor"),
        ("a: 1\n<<: {b: 2}\n", 2, "yaml-anchor"),
        ("a: &a [x]\nb: [*a, *a]\n", 1, "yaml-anchor"),
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", 2, "yaml-tag"),
        ("a: !!str 5\n", 1, "yaml-tag"),
        ("a: !secret x\n", 1, "yaml-tag"),
        ("--- !!map\na: 1\n", 1, "yaml-tag"),
        ("a: 1\n---\nb: 2\n", 2, "several-documents"),
        ("%YAML 1.1\n---\na: 1\n", 1, "yaml-directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, "yaml-directive"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "bad-key"),
        ("a: 1\n? {b: c}\n: 2\n", 2, "bad-key"),
        ("a: 1\n'': 2\n", 2, "bad-key"),
        ('a: 1\n"b\\tc": 2\n', 2, "bad-key"),
        ("a: 1\n" + "k" * 101 + ": 2\n", 2, "bad-key"),
        ("a: 1\nb: x\x00y\n", 2, "control-character"),
        ("a: 1\nb: x\x1by\n", 2, "control-character"),
        ("a: 1\nb: x\x85y\n", 2, "control-character"),
        ("a: 1\nb: x\u2028y\n", 2, "control-character"),
        ("a: 1\nb: x\u202ey\n", 2, "control-character"),
        ("a: 1\nb: x\ufeffy\n", 2, "control-character"),
        ('a: 1\nb: "x\\0y"\n', 2, "control-character"),
        ("a: 1\nb: " + "[" * 100_000, 2, "too-deep"),
        ("a: 1\nb: " + "{c: " * 100_000, 2, "too-deep"),
        ("a: 1\nb: [" + "x, " * 30_000 + "]\n", 2, "too-many-values"),
    ],
)
def test_what_a_record_may_not_contain(text: str, line: int, code: str) -> None:
    problem = refusal(text)
    assert (problem.file, problem.line, problem.code) == ("studies/x.yaml", line, code)
    assert problem.found and problem.allowed and problem.fix


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        ("a: 1\nb: c: d\n", 2, "quotation marks"),
        ("a: 1\nb:\n\t- c\n", 3, "spaces, not tabs"),
        ("a: 1\nb: 'open\nc: 2\n", 2, "still open"),
        ("a: 1\nb: @x\n", 2, "quotation marks"),
        ("a:\n  b: 1\n c: 2\n", 3, "line the fields"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "close the bracket"),
    ],
)
def test_breaks_in_the_notation_name_the_line_and_a_likely_remedy(text: str, line: int, fix: str) -> None:
    problem = refusal(text)
    assert (problem.line, problem.code) == (line, "yaml")
    assert fix in problem.fix


def test_a_bomb_of_anchors_is_given_up_at_the_first_one() -> None:
    levels = "".join(f"l{i}: &l{i} [" + f"*l{i - 1}, " * 9 + "]\n" for i in range(1, 30))
    assert refusal("l0: &l0 x\n" + levels).line == 1
