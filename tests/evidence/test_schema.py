"""The committed JSON Schema is what the models say now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthesis.evidence.load import Evidence
from synthesis.evidence.schema import KINDS, WORD_FIELDS, described, file_name, schemas, text, write

COMMITTED = Path(__file__).parents[2] / "evidence" / "schema"


@pytest.mark.parametrize("kind", KINDS)
def test_committed_schemas_are_current(kind: str, evidence: Evidence) -> None:
    committed = (COMMITTED / file_name(kind)).read_text(encoding="utf-8")
    made = text(schemas(evidence.vocabulary)[kind])
    assert committed == made, "the models or the vocabulary changed: run make schema"


def test_editors_offer_the_words_of_the_vocabulary(evidence: Evidence) -> None:
    words = evidence.vocabulary
    found = schemas(words)
    study = found["study"]
    assert study["properties"]["design"]["enum"] == list(words.designs)
    assert study["properties"]["substances"]["items"]["enum"] == list(words.substances)
    assert study["properties"]["included_in"]["propertyNames"]["enum"] == list(words.reviews)
    assert study["$defs"]["Result"]["properties"]["outcome"]["enum"] == list(words.outcomes)
    sides = study["$defs"]["Result"]["properties"]["comparison"]["anyOf"][0]["prefixItems"]
    assert [side["enum"] for side in sides] == [list(words.arm_categories)] * 2
    assert found["question"]["properties"]["outcome"]["items"]["enum"] == list(words.outcomes)
    # In sources these are the source's own words.
    assert "enum" not in found["source"]["$defs"]["Estimate"]["properties"]["outcome"]
    assert "enum" not in schemas()["study"]["properties"]["design"]
    for field, place in WORD_FIELDS.items():
        offered = [block["properties"][field] for each in found.values() for block in (each, *each["$defs"].values())
                   if field in block.get("properties", {})]  # fmt: skip
        assert any(f'"{next(iter(getattr(words, place)))}"' in json.dumps(item) for item in offered), field


def test_nothing_else_is_in_the_folder() -> None:
    assert sorted(path.name for path in COMMITTED.iterdir()) == sorted(file_name(kind) for kind in KINDS)


def test_schemas_are_written_as_they_are_generated(tmp_path: Path) -> None:
    written = write(tmp_path / "schema")
    assert [path.name for path in written] == [file_name(kind) for kind in KINDS]
    study = json.loads((tmp_path / "schema" / "study.schema.json").read_text(encoding="utf-8"))
    assert study == schemas()["study"]


def test_fields_carry_the_descriptions_of_their_docstrings() -> None:
    where = schemas()["study"]["$defs"]["Where"]
    assert where["description"] == "Where a figure or a sentence was read."
    assert where["properties"]["quote"]["description"].startswith("The words that carry it")
    plan = schemas()["question"]["$defs"]["Plan"]
    assert plan["properties"]["profile"]["description"] == plan["properties"]["tau2"]["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_it_is_for(kind: str) -> None:
    schema = described(KINDS[kind])
    plain = KINDS[kind].model_json_schema()
    silent = [
        f"{name}.{field}"
        for name, block in {kind: schema, **schema.get("$defs", {})}.items()
        for field, inner in block.get("properties", {}).items()
        # How something is written does not say what it is for.
        if inner.get("description")
        in (None, (plain if name == kind else plain["$defs"][name])["properties"][field].get("description"))
    ]
    assert silent == [], "describe the field in its model's docstring, under Attributes"


def test_a_field_that_is_inherited_is_described_where_it_comes_from() -> None:
    found = schemas()["study"]["$defs"]
    assert found["Counts"]["properties"]["note"] == found["Test"]["properties"]["note"]
    assert "printed" in found["Counts"]["properties"]["form"]["description"]


def test_unknown_fields_are_refused_in_the_editor_too() -> None:
    for schema in schemas().values():
        blocks = [schema, *schema.get("$defs", {}).values()]
        assert all(block["additionalProperties"] is False for block in blocks if block.get("type") == "object")
