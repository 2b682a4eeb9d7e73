"""JSON Schema of every kind of record, made from the models, so that editors complete and check records too.

The models' docstrings are the only place where a field is described: their ``Attributes`` sections become the
descriptions an editor shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synthesis.evidence.base import Record
from synthesis.evidence.claim import Claims
from synthesis.evidence.question import Briefing, Question, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SECTION = re.compile(r"\n*Attributes\n-+\n")
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : .*\n(?P<text>(?:[ \t]+.*\n?|\n)*)", re.MULTILINE)


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema by name of the kind of record: study, source, question, vocabulary, briefing, claims."""
    return {name: _schema(name, model) for name, model in KINDS.items()}


def file_name(kind: str) -> str:
    """Name of the file that holds the schema of one kind of record."""
    return f"{kind}.schema.json"


def text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> tuple[Path, ...]:
    """Write every schema into ``folder``, which is made if it is not there, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, schema in schemas().items():
        path = folder / file_name(kind)
        path.write_text(text(schema), encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _schema(name: str, model: type[Record]) -> dict[str, Any]:
    schema = model.model_json_schema()
    for block in (schema, *schema.get("$defs", {}).values()):
        _describe(block)
    return {"$schema": DIALECT, "$comment": f"Made from the {name} model by synthesis; not edited by hand.", **schema}


def _describe(block: dict[str, Any]) -> None:
    """Move what the docstring's ``Attributes`` section says about each field to that field."""
    docstring = block.get("description", "")
    section = _SECTION.search(docstring)
    if section is None:
        return
    block["description"] = docstring[: section.start()].strip()
    for entry in _ENTRY.finditer(docstring[section.end() :]):
        words = " ".join(entry["text"].split())
        for name in entry["names"].split(", "):
            if words and name in block.get("properties", {}):
                block["properties"][name]["description"] = words


KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "study": Study,
        "source": Source,
        "question": Question,
        "vocabulary": Vocabulary,
        "briefing": Briefing,
        "claims": Claims,
    }
)
