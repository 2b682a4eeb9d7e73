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


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema by name of the kind of record: study, source, question, vocabulary, briefing, claims, standards."""
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


def described(model: type[Record]) -> dict[str, Any]:
    """JSON Schema of a model in which every field carries the words of the models' docstrings."""
    schema = model.model_json_schema()
    models = {item.__name__: item for item in _below(Record)}
    for name, block in ((model.__name__, schema), *schema.get("$defs", {}).items()):
        _describe(block, models[name])
    return schema


def _schema(name: str, model: type[Record]) -> dict[str, Any]:
    comment = f"Made from the {name} model by synthesis; not edited by hand."
    return {"$schema": DIALECT, "$comment": comment, **described(model)}


def _below(model: type[Record]) -> Iterator[type[Record]]:
    for item in model.__subclasses__():
        yield item
        yield from _below(item)


def _describe(block: dict[str, Any], model: type[Record]) -> None:
    """Give each field what a docstring's ``Attributes`` section says about it: the model's own, or one it inherits."""
    own = _SECTION.split(inspect.cleandoc(model.__doc__ or ""))[0]
    if own:
        block["description"] = own
    for base in reversed([item for item in model.__mro__ if issubclass(item, Record)]):
        for name, words in _attributes(base).items():
            if name in block.get("properties", {}):
                block["properties"][name]["description"] = words


def _attributes(model: type[Record]) -> dict[str, str]:
    _, _, section = inspect.cleandoc(model.__doc__ or "").partition("Attributes\n----------\n")
    return {
        name: words
        for entry in _ENTRY.finditer(section)
        if (words := " ".join(entry["text"].split()))
        for name in entry["names"].split(", ")
    }


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
