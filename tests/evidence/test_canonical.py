"""Records in their one canonical form: nothing is lost, and writing again changes nothing."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthesis.errors import EvidenceError
from synthesis.evidence.canonical import canonical_text, formatted
from synthesis.evidence.comments import read_comments
from synthesis.evidence.load import Evidence, record_files
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Node, parse
from synthesis.evidence.yaml_plain import INVISIBLE

ROOT = Path(__file__).parents[2] / "evidence"
STUDY = (ROOT / "studies" / "manning2012.yaml").read_text(encoding="utf-8")

TEXT = st.text(min_size=1, max_size=150).filter(lambda text: not INVISIBLE.search(text))
AWKWARD = st.sampled_from(
    [
        "a: b", "a #b", "#a", "- a", "null", "~", "yes", "12", "1e5", "0x1f", "2012-11-19", "{a", "[", "'", '"', "%a",
        "@", "!t", "&a", "*a", "|", ">", "?", ": ", "a\n\nb", " a", "a ", "\t", "a\tb", "é“ü”τ²−", "<<", "=",
        "word " * 60, "x" * 300, "---", "...",
    ]
)  # fmt: skip


def replaced(node: Node, draw: Any) -> Node:
    """The same tree with other texts in some places, and the fields of mappings in another order."""
    if isinstance(node, dict):
        keys = draw(st.permutations(list(node)))
        return {key: replaced(node[key], draw) for key in keys}
    if isinstance(node, list):
        return [replaced(item, draw) for item in node]
    return node if node is None or draw(st.integers(0, 9)) else draw(TEXT | AWKWARD)


@st.composite
def files(draw: Any) -> str:
    data = replaced(parse(STUDY, "")[0].data, draw)
    # Every value is text for the loader, so every value may be written as text.
    return yaml.safe_dump(data, allow_unicode=True, width=draw(st.integers(20, 200)), sort_keys=False, indent=4)


@given(files())
def test_any_record_keeps_every_value_and_is_the_same_when_written_again(text: str) -> None:
    once = formatted(text, Study, "a.yaml")
    assert parse(once, "")[0].data == parse(text, "")[0].data
    assert formatted(once, Study, "a.yaml") == once


@given(files(), st.data())
def test_every_comment_stays_with_its_field(text: str, data: Any) -> None:
    tree, _ = parse(text, "")
    rows = text.splitlines()
    numbers = sorted(set(tree.lines.values()))
    for count, line in enumerate(sorted(data.draw(st.sets(st.sampled_from(numbers), max_size=12)), reverse=True)):
        indent = len(rows[line - 1]) - len(rows[line - 1].lstrip())
        rows.insert(line - 1, f"{' ' * indent}# remark {count}")
    commented = "\n".join(rows) + "\n"
    before = read_comments(commented, parse(commented, "")[0])
    once = formatted(commented, Study, "a.yaml")
    after = {item.text: item for item in read_comments(once, parse(once, "")[0])[1:]}  # the first names the schema
    assert sorted(after) == sorted(item.text for item in before)
    # What is written in brackets now has its comments above the brackets.
    assert all(item.field.startswith(after[item.text].field) for item in before)
    assert formatted(once, Study, "a.yaml") == once


def test_comments_above_beside_inside_and_below() -> None:
    text = """# about the file
# yaml-language-server: $schema=elsewhere.json

countries: [GB, US]  # beside a list
id: a1  # beside
# above population
population: >-  # beside a block
  people  # not a comment
setting: one
  two  # after two lines
reports:  # beside a list of blocks
  # above main
  - id: main  # beside main
    author:
      - {family: A, given: B}  # beside an author
      # below the authors
    title: 'x # not a comment'   #no space
    type: report
participants: {value: 5,  # inside brackets
  # alone inside brackets
  known: read}
# at the end
"""
    expected = """# yaml-language-server: $schema=../schema/study.schema.json
# about the file
id: a1  # beside
countries: [GB, US]  # beside a list
setting: one two  # after two lines
# above population
population: 'people  # not a comment'  # beside a block
# alone inside brackets
participants: {value: 5, known: read}  # inside brackets
reports:  # beside a list of blocks
  # above main
  - id: main  # beside main
    type: report
    # below the authors
    title: 'x # not a comment'  #no space
    author:
      - {family: A, given: B}  # beside an author
# at the end
"""
    assert formatted(text, Study, "a.yaml") == expected
    assert formatted(expected, Study, "a.yaml") == expected


def test_a_record_in_memory_reads_back_equal(evidence: Evidence) -> None:
    for study in evidence.studies.values():
        assert Study.model_validate(parse(canonical_text(study), "")[0].data) == study


def test_every_shipped_record_is_canonical() -> None:
    for path, model in record_files(ROOT):
        text = path.read_text(encoding="utf-8")
        assert formatted(text, model, path.name) == text, path.name


def test_one_changed_value_is_one_changed_line() -> None:
    data = parse(STUDY, "")[0].data
    data["results"][0]["printed"][0]["arms"]["pi"]["percent"] = "65"  # type: ignore[index,call-overload]
    changed = canonical_text(data, Study, like=STUDY)
    rows = [row for row in difflib.ndiff(STUDY.splitlines(), changed.splitlines()) if row[0] in "+-"]
    assert [row.strip() for row in rows] == ["-           pi: {percent: 64}", "+           pi: {percent: 65}"]


def test_comments_follow_their_result_when_another_is_put_before_it() -> None:
    text = STUDY.replace("  - id: abst-post\n", "  # read twice\n  - id: abst-post\n")
    data = parse(text, "")[0].data
    results = data["results"]
    assert isinstance(results, list)
    del results[0]
    assert "  # read twice\n  - id: abst-post\n" in canonical_text(data, Study, like=text)
    # Where the result itself is gone, the comment is not.
    results.clear()
    assert "# read twice" in canonical_text(data, Study, like=text)


def test_a_field_given_twice_is_refused_because_one_would_be_lost() -> None:
    with pytest.raises(EvidenceError, match="duplicate-key"):
        formatted("id: a\nid: b\n", Study, "a.yaml")
