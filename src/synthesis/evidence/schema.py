"""JSON Schema of every kind of record, made from the models, so that editors complete and check records too.

The models' docstrings are the only place where a field is described: their ``Attributes`` sections become the
descriptions an editor shows. A field that a model inherits is described where it is inherited from.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synthesis.evidence.base import Record
from synthesis.evidence.claim import Claims
from synthesis.evidence.question import Briefing, Question, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.standards import StandardsFile
from synthesis.evidence.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SECTION = re.compile(r"\n*Attributes\n-+\n")
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : .*\n(?P<text>(?:[ \t]+.*\n?|\n)*)", re.MULTILINE)


def schemas(vocabulary: Vocabulary | None = None) -> dict[str, dict[str, Any]]:
    """JSON Schema by name of the kind of record: study, source, question, vocabulary, briefing, claims, standards.

    Parameters
    ----------
    vocabulary : Vocabulary or None
        The words of a project, which its editors then offer and insist on.
    """
    return {name: _schema(name, model, vocabulary) for name, model in KINDS.items()}


def file_name(kind: str) -> str:
    """Name of the file that holds the schema of one kind of record."""
    return f"{kind}.schema.json"


def text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, vocabulary: Vocabulary | None = None) -> tuple[Path, ...]:
    """Write every schema into ``folder``, which is made if it is not there, and return the files.

    ``vocabulary`` is as for ``schemas``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, schema in schemas(vocabulary).items():
        path = folder / file_name(kind)
        path.write_text(text(schema), encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def described(model: type[Record]) -> dict[str, Any]:
    """JSON Schema of a model in which every field carries the words of the models' docstrings."""
    schema = model.model_json_schema()
    models = {item.__name__: item for item in _below(Record)}
    for name, block in ((model.__name__, schema), *schema.get("$defs", {}).items()):
        _describe(block, models[name])
    return schema


def _schema(name: str, model: type[Record], vocabulary: Vocabulary | None) -> dict[str, Any]:
    comment = f"Made from the {name} model by synthesis; not edited by hand."
    schema = described(model)
    if vocabulary is not None:
        for block in (schema, *schema.get("$defs", {}).values()):
            for field, inner in block.get("properties", {}).items():
                if field in WORD_FIELDS:
                    _offer(inner, list(getattr(vocabulary, WORD_FIELDS[field])))
    return {"$schema": DIALECT, "$comment": comment, **schema}


def _offer(schema: dict[str, Any], words: list[str]) -> None:
    """Let a field, or each of its items or keys, hold one of these words and nothing else; text is left alone."""
    if schema.get("type") == "string" and "pattern" in schema:
        schema["enum"] = words
        # One mistake is told once.
        for name in ("pattern", "maxLength", "examples"):
            schema.pop(name, None)
    if schema.get("type") == "object" and "patternProperties" in schema:
        schema["propertyNames"] = {"enum": words}
    inner = [schema.get("items"), *schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    for part in inner:
        if isinstance(part, dict):
            _offer(part, words)


def _below(model: type[Record]) -> Iterator[type[Record]]:
    for item in model.__subclasses__():
        yield item
        yield from _below(item)


def _describe(block: dict[str, Any], model: type[Record]) -> None:
    """Give each field what a docstring's ``Attributes`` section says about it: the model's own, or one it inherits."""
    own = _SECTION.split(inspect.cleandoc(model.__doc__ or ""))[0]
    if own:
        block["description"] = own.replace("``", "`")
    for base in reversed([item for item in model.__mro__ if issubclass(item, Record)]):
        for name, words in _attributes(base).items():
            if name in block.get("properties", {}):
                block["properties"][name]["description"] = words


def _attributes(model: type[Record]) -> dict[str, str]:
    _, _, section = inspect.cleandoc(model.__doc__ or "").partition("Attributes\n----------\n")
    return {
        name: words.replace("``", "`")
        for entry in _ENTRY.finditer(section)
        if (words := " ".join(entry["text"].split()))
        for name in entry["names"].split(", ")
    }


# Fields that hold words of the vocabulary, and where in it they stand.
WORD_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "design": "designs",
        "designs": "designs",
        "substances": "substances",
        "category": "arm_categories",
        "comparison": "arm_categories",
        "outcome": "outcomes",
        "outcome_key": "outcomes",
        "topic": "topics",
        "included_in": "reviews",
    }
)

KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        "study": Study,
        "source": Source,
        "question": Question,
        "vocabulary": Vocabulary,
        "briefing": Briefing,
        "claims": Claims,
        "standards": StandardsFile,
    }
)
