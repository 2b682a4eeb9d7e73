"""The committed JSON Schema is what the models say now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthesis.evidence.schema import KINDS, described, file_name, schemas, text, write

COMMITTED = Path(__file__).parents[2] / "evidence" / "schema"


@pytest.mark.parametrize("kind", KINDS)
def test_committed_schemas_are_current(kind: str) -> None:
    committed = (COMMITTED / file_name(kind)).read_text(encoding="utf-8")
    assert committed == text(schemas()[kind]), "the models changed: write the schemas again"


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
