"""The page is made from the models: whatever they hold can be entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from synthesis.evidence.load import Evidence
from synthesis.evidence.schema import WORD_FIELDS
from synthesis.evidence.study import Printed, Result, Study
from synthesis.form import fields
from synthesis.form.fields import description

KINDS = {"text", "choice", "ref", "words", "texts", "refs", "pair", "block", "list", "keyed", "forms"}


@pytest.fixture(scope="module")
def page(evidence: Evidence) -> dict[str, Any]:
    return description(evidence)


def shapes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("kind") in KINDS:
            yield node
        for value in node.values():
            yield from shapes(value)
    elif isinstance(node, list):
        for item in node:
            yield from shapes(item)


def blocks(page: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {shape["name"]: shape for shape in shapes(page) if shape["kind"] == "block"}


def test_every_field_of_a_study_is_in_one_section(page: dict[str, Any]) -> None:
    names = [field["name"] for section in page["sections"] for field in section["fields"]]
    assert sorted(names) == sorted(set(Study.model_fields) - fields.UNSEEN)


def test_every_printed_form_can_be_chosen_and_has_all_its_fields(page: dict[str, Any]) -> None:
    forms = next(shape for shape in shapes(page) if shape["kind"] == "forms" and len(shape["forms"]) > 4)
    models = get_args(get_args(Printed)[0])
    tags = {get_args(model.model_fields["form"].annotation)[0]: model for model in models}
    assert {tag for tag, _ in forms["labels"]} == set(forms["forms"]) == set(tags)
    for tag, model in tags.items():
        shown = {field["name"] for field in forms["forms"][tag]["fields"]}
        assert shown == set(model.model_fields) - {"form"}, tag


def test_every_field_has_a_label_and_a_kind_the_page_knows(page: dict[str, Any]) -> None:
    found = 0
    for block in blocks(page).values():
        for field in block["fields"]:
            assert field["label"] and field["shape"]["kind"] in KINDS
            found += 1
    assert found > 100


def test_the_tables_name_only_what_the_models_have(page: dict[str, Any]) -> None:
    held = {name: {field["name"] for field in block["fields"]} for name, block in blocks(page).items()}
    held["Study"] = {field["name"] for section in page["sections"] for field in section["fields"]}
    everywhere = set().union(*held.values())
    for model, names in fields.MAIN.items():
        assert set(names) <= held[model], model
    for name in (
        *fields.IN_ROW,
        *(fields.REFERS.keys() - WORD_FIELDS.keys()),
        *fields.SHORT,
        *fields.NOUNS,
        *fields.ASIDE,
    ):
        assert name in everywhere, name
    for name in (*fields.LABELS, *fields.HINTS):
        model, _, own = name.rpartition(".")
        assert own in (held[model] if model else everywhere), name
    assert {name for _, names in fields.SECTIONS for name in names} <= held["Study"]
    assert held.keys() >= fields.COMPACT


def test_names_are_chosen_from_the_vocabulary(page: dict[str, Any], evidence: Evidence) -> None:
    assert [key for key, _, _ in page["words"]["outcomes"]] == list(evidence.vocabulary.outcomes)
    result = blocks(page)["Result"]
    outcome = next(field for field in result["fields"] if field["name"] == "outcome")
    assert outcome["shape"]["kind"] == "ref" and outcome["shape"]["to"] == "outcomes"
    assert set(Result.model_fields) == {field["name"] for field in result["fields"]}
