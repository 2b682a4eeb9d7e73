"""Editors find the schema of every record: by its first line, and by the settings that ship with the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthesis.evidence.schema import KINDS, file_name

ROOT = Path(__file__).parents[2]
SETTINGS = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
RECORDS = sorted(
    [*(ROOT / "evidence").glob("**/*.yaml"), *(ROOT / "briefings").glob("*/*.yaml")], key=lambda path: path.as_posix()
)


def test_every_kind_of_record_has_its_schema_in_the_settings() -> None:
    schemas = SETTINGS["yaml.schemas"]
    assert [(ROOT / name).resolve() for name in schemas] == [
        ROOT / "evidence" / "schema" / file_name(kind)
        for kind in sorted(KINDS, key=lambda kind: list(schemas).index(f"./evidence/schema/{file_name(kind)}"))
    ]
    assert len(schemas) == len(KINDS)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_record_names_the_schema_that_the_settings_give_it(path: Path) -> None:
    matching = [name for name, pattern in SETTINGS["yaml.schemas"].items() if path in set(ROOT.glob(pattern))]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = (path.parent / first.partition("$schema=")[2]).resolve()
    assert first.startswith("# yaml-language-server: $schema=") and named.is_file()
    assert [(ROOT / name).resolve() for name in matching] == [named]


def test_no_editor_asks_the_web_or_lays_out_a_record_anew() -> None:
    assert SETTINGS["yaml.schemaStore.enable"] is False and SETTINGS["yaml.format.enable"] is False
    recommended = json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))["recommendations"]
    assert "redhat.vscode-yaml" in recommended
