"""Which text is a number or a yes/no, and that every model reads its numbers through these rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from synthesis.evidence.scalars import flag, real, whole
from synthesis.evidence.schema import KINDS


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("164", 164), ("-3", -3), ("007", 7)])
def test_whole_numbers(text: str, value: int) -> None:
    assert whole(text) == value
    assert isinstance(whole(text), int)


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), (".048", 0.048), ("-0.57", -0.57), ("12", 12.0), ("1e3", 1000.0), ("1e-400", 0.0)]
)
def test_real_numbers(text: str, value: float) -> None:
    assert real(text) == value
    assert isinstance(real(text), float)


@pytest.mark.parametrize(
    ("text", "code", "fix"),
    [
        ("1_000", "not-a-number", "thousands"),
        ("1,000", "not-a-number", "thousands"),
        ("1 000", "not-a-number", "thousands"),
        ("0,5", "not-a-number", "point"),
        ("0x10", "not-a-number", "ordinary digits"),
        ("0o17", "not-a-number", "ordinary digits"),
        ("1:30", "not-a-number", "digits"),
        (" 5 ", "not-a-number", "spaces"),
        ("5\n", "not-a-number", "spaces"),
        ("١٢", "not-a-number", "digits 0 to 9"),
        ("²", "not-a-number", "digits 0 to 9"),
        ("−0.5", "not-a-number", "hyphen"),
        ("51%", "not-a-number", "percent sign"),
        ("<0.05", "not-a-number", "bound"),
        ("+5", "not-a-number", "plus"),
        ("5.", "not-a-number", "point"),
        ("", "not-a-number", "digits"),
        ("true", "not-a-number", "digits"),
        ("nan", "non-finite", "printed number"),
        (".nan", "non-finite", "printed number"),
        ("inf", "non-finite", "printed number"),
        ("-.inf", "non-finite", "printed number"),
        ("Infinity", "non-finite", "printed number"),
        ("1e400", "absurd-number", "too large"),
        ("9" * 5000, "absurd-number", "too large"),
    ],
)
def test_text_that_is_no_plain_number_is_refused_with_what_to_write_instead(text: str, code: str, fix: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        real(text)
    assert caught.value.type == code
    context = caught.value.context
    assert context is not None
    assert fix in context["fix"] and len(context["found"]) < 70


@pytest.mark.parametrize("text", ["5.0", "1e3", ".5", "nan", "1_0", "٣", "9" * 5000])
def test_a_whole_number_is_digits_only(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        whole(text)


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "True", "FALSE", "1", "0", "y", ""])
def test_only_true_and_false_are_flags(text: str) -> None:
    assert flag("true") is True and flag("false") is False
    with pytest.raises(PydanticCustomError) as caught:
        flag(text)
    assert caught.value.type == "not-true-or-false"


def test_what_is_not_text_is_left_to_the_type() -> None:
    assert whole(5) == 5 and real(None) is None and flag([]) == []


def unguarded(schema: Any, guarded: bool = False, where: str = "") -> Iterator[str]:
    """Paths of number and yes/no types in a core schema that read text without a function before them."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str) and kind in {"int", "float", "bool"} and not guarded:
            yield f"{where}: {kind}"
        before = kind == "function-before"
        for key, inner in schema.items():
            if key not in {"metadata", "serialization"}:
                named = f"{where}.{key}" if key != "schema" else where
                yield from unguarded(inner, before or (guarded and key == "schema"), named)
    elif isinstance(schema, list | tuple):
        for inner in schema:
            yield from unguarded(inner, False, where)


@pytest.mark.parametrize("kind", KINDS)
def test_no_model_reads_numbers_by_pydantics_own_more_generous_rules(kind: str) -> None:
    model = KINDS[kind]
    model.model_rebuild()  # models are built on first use
    schema = model.__pydantic_core_schema__
    assert isinstance(schema, dict) and list(unguarded(schema)) == []


def test_the_search_for_unguarded_types_finds_one() -> None:
    assert list(unguarded({"type": "model-fields", "fields": {"n": {"type": "int"}}})) == [".fields.n: int"]
