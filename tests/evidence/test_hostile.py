"""Nothing a file can hold makes the loader raise: the outcome is a record or problems."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence import yaml_lines
from synthesis.evidence.checks import check
from synthesis.evidence.load import read, read_briefing
from synthesis.evidence.record_files import decode
from synthesis.evidence.schema import KINDS
from synthesis.evidence.yaml_lines import parse

SOUND = (Path(__file__).parent / "faulty" / "studies" / "sound2001.yaml").read_text(encoding="utf-8")

# Words that mean something to YAML, to Python or to a model.
WORDS = st.sampled_from(
    [
        *("null", "~", "", "yes", "1e999", "-.inf", ".nan", "0x1F", "1:30", "!!int 5", "&a x", "*a", "<<", "- -", "["),
        *("{", "'", '"', "|", ">", "%", "@", "`", "? ", ": ", "#", "\t", "---", "...", "١٢", "\u202e", "\ufeff"),
        *("9" * 5000, "[key]", "form", "counts", "$ref", "schema_version", "results[0]", "a.b"),
    ]
)
TEXT = st.one_of(WORDS, st.text(alphabet=string.printable, max_size=20), st.text(max_size=10))
NODES = st.recursive(
    st.one_of(st.none(), TEXT, st.integers(), st.floats(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
LINES = SOUND.split("\n")


def outcome(data: bytes, file: str = "studies/sound2001.yaml") -> tuple[Problem, ...]:
    """The problems of a folder that holds just this file; anything but problems is an error of the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        evidence, problems = read(Path(folder))
        problems = (*problems, *check(evidence))
    for problem in problems:
        assert problem.line >= 1 and problem.code and problem.found and problem.allowed and problem.fix
        assert len(str(problem)) < 5000
    return problems


@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    assert "studies/sound2001.yaml" in {problem.file for problem in outcome(data)}


@given(st.lists(TEXT, max_size=15).map(" ".join))
def test_random_notation(text: str) -> None:
    assert outcome(text.encode("utf-8", "surrogatepass"))


@given(NODES)
def test_random_yaml(node: object) -> None:
    assert outcome(yaml.safe_dump(node, allow_unicode=True).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_field_of_any_kind_may_hold_anything(kind: str, data: st.DataObject) -> None:
    fields = sorted(KINDS[kind].model_fields)
    chosen = data.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=4, unique=True))
    record = {"schema_version": 1, **{name: data.draw(NODES) for name in chosen}}
    text = yaml.safe_dump(record, allow_unicode=True).encode("utf-8", "surrogatepass")
    file = {"study": "studies", "source": "sources", "question": "questions"}.get(kind, "")
    if kind == "briefing":
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "briefing.yaml").write_bytes(text)
            with pytest.raises(EvidenceError):
                read_briefing(Path(folder) / "briefing.yaml")
    else:
        assert outcome(text, f"{file}/x.yaml" if file else "vocabulary.yaml")


@given(st.sampled_from(range(len(LINES))), TEXT, st.sampled_from(["replace", "insert", "value"]))
def test_a_sound_record_with_one_line_spoilt(number: int, text: str, how: str) -> None:
    lines = list(LINES)
    if how == "insert":
        lines.insert(number, text)
    elif how == "replace":
        lines[number] = text
    else:
        lines[number] = lines[number].partition(":")[0] + ": " + text
    outcome("\n".join(lines).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(range(len(SOUND.encode()))), st.binary(min_size=1, max_size=3))
def test_a_sound_record_with_some_bytes_overwritten(at: int, data: bytes) -> None:
    whole = SOUND.encode()
    outcome(whole[:at] + data + whole[at + len(data) :])


@given(
    st.one_of(
        st.binary(max_size=200), st.lists(TEXT, max_size=15).map(lambda parts: " ".join(parts).encode(errors="replace"))
    )
)
def test_the_reader_written_in_python_raises_nothing_else_either(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_lines, "LOADER", yaml.SafeLoader)
        try:
            tree, _ = parse(decode(data, "x"), "x")
        except EvidenceError as error:
            assert error.problems
        else:
            assert isinstance(tree.data, dict)


def test_a_sound_record_alone_lacks_only_its_vocabulary() -> None:
    assert [problem.code for problem in outcome(SOUND.encode())] == ["missing-file"]
