"""The quick reader gives what the careful one gives, or gives up."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from synthesis.errors import EvidenceError
from synthesis.evidence import yaml_lines
from synthesis.evidence.yaml_lines import parse
from synthesis.evidence.yaml_plain import read_plain

HERE = Path(__file__).parent
RECORDS = sorted([*HERE.glob("faulty/**/*.yaml"), *HERE.parent.parent.glob("evidence/**/*.yaml")])
# Text that a reader of YAML gets to see: other files are refused before.
TEXTS = {path.stem: path.read_bytes().decode("utf-8", errors="replace") for path in RECORDS if path.is_file()}
TEXTS = {name: text for name, text in TEXTS.items() if not yaml_lines.INVISIBLE.search(text)}

# Pieces of notation, put together at random: most of what comes out is not a record, and a good part of it is.
PIECES = (
    "a: 1\n",
    "b:\n",
    "  - c: 2\n",
    "    d: x\n",
    "{e: [1, 2]}",
    "- ",
    "a",
    ": ",
    "\n",
    "'q'",
    '"w"',
    '"\\x07"',
    "&n ",
)
PIECES += ("*n", "!t ", "<<: ", "---\n", "%YAML 1.1\n", "|\n  y\n", "? ", "~", "null", "[", "}", "#", "\t", "  ")


def carefully(text: str) -> object:
    """What the careful reader finds: the data, or None where it has something to say."""
    if yaml_lines.INVISIBLE.search(text):
        return None
    try:
        builder = yaml_lines._carefully(text, "x.yaml")
        return None if builder.problems else builder.tree().data
    except EvidenceError:
        return None


@pytest.mark.parametrize("name", TEXTS)
def test_records_read_the_same_either_way(name: str) -> None:
    assert read_plain(TEXTS[name], yaml.CSafeLoader) == carefully(TEXTS[name])


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("a: 1\na: 2\n")
@example("a: &n 1\nb: *n\n")
@example('a: "\\x07"\n')
@example("? [1]\n: 2\n")
@example("a: 1\n---\nb: 2\n")
@example("[" * 30 + "]" * 30)
def test_notation_reads_the_same_either_way(text: str) -> None:
    for kind in (yaml.CSafeLoader, yaml.SafeLoader):
        assert read_plain(text, kind) in (None, carefully(text))
    if carefully(text) is not None:
        assert read_plain(text, yaml.CSafeLoader) == carefully(text)


def test_lines_are_found_when_they_are_asked_for() -> None:
    tree, problems = parse("a: 1\nb:\n  - c: 2\n", "x")
    assert problems == ()
    assert (tree.line("b[0].c"), len(tree.lines), "b[0]" in tree.lines, "z" in tree.lines) == (3, 4, True, False)


def test_more_values_than_a_record_has_are_left_to_the_careful_reader() -> None:
    text = "a: [" + "1, " * 20_001 + "]\n"
    assert read_plain(text, yaml.CSafeLoader) is None
    with pytest.raises(EvidenceError, match="too-many-values"):
        parse(text, "x")
