"""What a model found wrong with a record, in the words of somebody who fills records in.

The models say what may stand in a field; their JSON Schema says it in a form that can be walked. So the sentence
"allowed: ..." comes from the same definition that refused the value.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from synthesis.errors import Problem
from synthesis.evidence.base import ABSURD, Record
from synthesis.evidence.yaml_lines import Node, Tree, dotted
from synthesis.formatting import integer, number, plural

Schema: TypeAlias = "dict[str, Any]"

# Problems listed per file; a file with more is broken in one way many times.
MOST_PROBLEMS = 100

# How a location ends if the name of a field, not its value, is wrong.
_KEY = ("[key]",)

_CODES = {
    "missing": "missing-field",
    "extra_forbidden": "unknown-field",
    "literal_error": "unknown-choice",
    "union_tag_invalid": "unknown-choice",
    "union_tag_not_found": "missing-field",
    "string_pattern_mismatch": "bad-format",
    "string_too_long": "text-length",
    "string_too_short": "text-length",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "finite_number": "non-finite",
    "too_short": "list-length",
    "too_long": "list-length",
    "value_error": "inconsistent",
}

# Ranges that have a name of their own, by last field and kind of error.
_NAMED_RANGES = {
    ("percent", "less_than_equal"): "percent-over-100",
    ("sd", "greater_than_equal"): "negative-sd",
    ("se", "greater_than_equal"): "negative-se",
    ("se", "greater_than"): "negative-se",
}

_FIXES = {
    "missing-field": "add the field",
    "unknown-field": "correct the name, or move the text to notes",
    "unknown-choice": "choose one of the allowed words",
    "bad-format": "write it in the allowed form",
    "text-length": "write something, or leave the field out",
    "out-of-range": "check the number against the page",
    "percent-over-100": "check the number against the page",
    "negative-sd": "check the number against the page",
    "negative-se": "check the number against the page",
    "absurd-number": "check the number against the page: it is too large to be real",
    "list-length": "add or remove items",
    "wrong-shape": "write it in the allowed form",
}


def explain(error: ValidationError, *, model: type[Record], tree: Tree, file: str) -> tuple[Problem, ...]:
    """One problem per thing that ``model`` found wrong with the record in ``tree``.

    Parameters
    ----------
    error : pydantic.ValidationError
    model : type of Record
        The model that was to take the record.
    tree : Tree
        The record as written; gives lines and the text that stands there.
    file : str
        How the file is called in problems.
    """
    details = [item for item in error.errors(include_url=False) if not _follows(item)]
    problems = {_problem(item, model, tree, file): None for item in details[:MOST_PROBLEMS]}
    if len(details) > MOST_PROBLEMS:
        rest = Problem(
            file=file, line=1, field="", code="more-problems",
            found=f"{plural(len(details) - MOST_PROBLEMS, 'more problem')} in this file", allowed="none",
            fix="solve those listed first",
        )  # fmt: skip
        problems[rest] = None
    return tuple(problems)


def _follows(item: ErrorDetails) -> bool:
    """Whether a list is called too short only because its items could not be used, which is told of each of them."""
    held, least = item.get("input"), (item.get("ctx") or {}).get("min_length", 0)
    return item["type"] == "too_short" and isinstance(held, list | dict) and len(held) >= least


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an error is: its path, what stands there, and the schemas of the field and of the block around it."""

    path: str
    name: str
    value: Node
    schema: Schema
    around: Schema
    absent: bool


def _problem(item: ErrorDetails, model: type[Record], tree: Tree, file: str) -> Problem:
    place = _locate(item, model, tree)
    context = {key: str(value) for key, value in (item.get("ctx") or {}).items()}
    code = _code(item["type"], place, context)
    own = {"found", "allowed", "fix", "field"} <= context.keys()
    if own:
        found, allowed = context["found"], context["allowed"] or _describe(place.schema, model)
        path = dotted(place.path, context["field"]) if context["field"] else place.path
    else:
        found, allowed, path = _found(item, place), _allowed(code, place, model), place.path
    fix = (context.get("fix") if own else None) or _fix(code, place, allowed)
    return Problem(file=file, line=tree.line(path), field=path, code=code, found=found, allowed=allowed, fix=fix)


def _locate(item: ErrorDetails, model: type[Record], tree: Tree) -> _Place:
    """Follow an error's location through the record; parts that are not in the record name a form, not a field."""
    root = _schema(model)
    here: Node = tree.data
    schema, around, path, name, absent = root, root, "", "", False
    steps: list[str | int] = [*item["loc"]]
    if item["type"] == "union_tag_invalid" or item["type"] == "union_tag_not_found":
        steps.append(str((item.get("ctx") or {}).get("discriminator", "")).strip("'"))
    for index, part in enumerate(steps):
        last = index == len(steps) - 1
        if _holds(here, part):
            around, schema, here = schema, _inside(schema, part, here, root), _child(here, part)
        elif last and isinstance(here, dict) and isinstance(part, str) and (part,) != _KEY:
            if item["type"] not in {"missing", "union_tag_not_found"}:
                continue
            around, schema, here, absent = schema, _inside(schema, part, here, root), None, True
        else:
            continue
        path, name = dotted(path, part), str(part)
    if item["loc"][-1:] == _KEY:
        schema = {"type": "string", "pattern": "", **around.get("propertyNames", {})}
    return _Place(path=path, name=name, value=here, schema=schema, around=around, absent=absent)


def _code(kind: str, place: _Place, context: Mapping[str, str]) -> str:
    if kind.startswith(("greater_than", "less_than")):
        bound = next((float(context[key]) for key in ("ge", "gt", "le", "lt") if key in context), 0.0)
        if abs(bound) >= ABSURD:
            return "absurd-number"
    if kind == "missing" and not place.absent:  # a position of a list, not a field
        return "list-length"
    named = _NAMED_RANGES.get((place.name, kind))
    if named:
        return named
    if "-" in kind:  # the models' own codes; pydantic's are written with underscores
        return kind
    return _CODES.get(kind, kind if kind in _FIXES or kind == "inconsistent" else "wrong-shape")


def _found(item: ErrorDetails, place: _Place) -> str:
    if place.absent:
        return "nothing"
    if item["type"] == "value_error":
        return item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        return f"the field {shorten(place.name)}"
    if item["loc"][-1:] == _KEY:
        return f"the name {shorten(place.name)}"
    if item["type"] == "string_too_long" and isinstance(place.value, str):
        return f"{shorten(place.value)} ({integer(len(place.value))} characters)"
    return show(place.value)


def _allowed(code: str, place: _Place, model: type[Record]) -> str:
    if code == "unknown-field":
        return f"the fields {', '.join(place.around.get('properties', ()))}"
    if code == "absurd-number":
        return f"a number of at most {integer(ABSURD)}"
    words = _describe(place.schema, model)
    return f"{words} (the field must be given)" if place.absent else words


def _fix(code: str, place: _Place, allowed: str) -> str:
    known: Sequence[str] = ()
    if code == "unknown-field":
        known = tuple(place.around.get("properties", ()))
    elif code == "unknown-choice":
        known = [str(word) for word in _choices(place.schema)]
    text = place.name if code == "unknown-field" else place.value
    near = nearest(text, known) if isinstance(text, str) else None
    return f"did you mean {near!r}?" if near else _FIXES.get(code, f"write {allowed}")


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The entry of ``known`` that ``word`` most resembles, if any does."""
    near = difflib.get_close_matches(word[:80].strip().lower().replace("_", "-"), known, n=1, cutoff=0.6)
    return near[0] if near else next(iter(difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)), None)


def shorten(text: str) -> str:
    """``text`` between quotation marks, at most 60 characters of it."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def show(value: Node) -> str:
    """What stands in a record, in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return shorten(value)
    if isinstance(value, list):
        return f"a list of {plural(len(value), 'item')}"
    return f"a block with {plural(len(value), 'field')}"


@cache
def _schema(model: type[Record]) -> Schema:
    return model.model_json_schema()


def _resolve(schema: Schema, value: Node, root: Schema) -> Schema:
    """The schema that applies to ``value``: references followed, the form chosen that the record names."""
    for _ in range(10):  # a schema of ours nests at most a reference, an option and a form
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        elif "discriminator" in schema:
            tag = value.get(schema["discriminator"]["propertyName"]) if isinstance(value, dict) else None
            forms = schema["discriminator"]["mapping"]
            if not isinstance(tag, str) or tag not in forms:
                return _only_the_form(schema)
            schema = {"$ref": forms[tag]}
        elif "anyOf" in schema:
            options = [option for option in schema["anyOf"] if option.get("type") != "null"]
            wanted = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else ""
            schema = next((option for option in options if option.get("type") == wanted), options[0])
        else:
            break
    return schema


def _only_the_form(schema: Schema) -> Schema:
    return {"properties": {schema["discriminator"]["propertyName"]: {"enum": list(schema["discriminator"]["mapping"])}}}


def _inside(schema: Schema, part: str | int, value: Node, root: Schema) -> Schema:
    """The schema of the field or item ``part`` of ``value``."""
    block = _resolve(schema, value, root)
    inner: Schema
    if isinstance(part, int):
        items = block.get("prefixItems", ())
        inner = items[part] if part < len(items) else block.get("items", {})
    else:
        by_pattern: Schema = next(iter(block.get("patternProperties", {}).values()), {})
        more = block.get("additionalProperties") or by_pattern
        inner = block.get("properties", {}).get(part, more if isinstance(more, dict) else {})
    return _resolve(inner, _child(value, part), root)


def _holds(value: Node, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value


def _child(value: Node, part: str | int) -> Node:
    if isinstance(part, int):
        return value[part] if isinstance(value, list) and part < len(value) else None
    return value.get(part) if isinstance(value, dict) else None


def _choices(schema: Schema) -> Sequence[object]:
    return schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else ()


def _describe(schema: Schema, model: type[Record]) -> str:
    """What a schema allows, in words."""
    schema = _resolve(schema, None, _schema(model))
    choices = _choices(schema)
    if choices:
        words = ", ".join(str(word) for word in choices)
        return f"one of: {words}" if len(choices) > 1 else words
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return ("a whole number" if kind == "integer" else "a number") + _bounds(schema)
    if kind == "boolean":
        return "true or false"
    if kind == "array":
        return _describe_list(schema, model)
    if kind == "object":
        fields = list(schema.get("properties", ()))
        return f"a block with the fields {', '.join(fields)}" if fields else "a block of 'name: value' lines"
    if "pattern" in schema and "description" in schema:
        examples = " or ".join(repr(example) for example in schema.get("examples", ()))
        return f"{schema['description']}, such as {examples}" if examples else schema["description"]
    longest = schema.get("maxLength")
    return f"text of 1 to {integer(longest)} characters" if longest else "text"


def _bounds(schema: Schema) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    words = []
    if low is not None and low > -ABSURD:
        words.append(f"{_bound(low)} or more")
    if above is not None:
        words.append(f"above {_bound(above)}")
    if high is not None and high < ABSURD:
        words.append(f"at most {_bound(high)}" if schema.get("type") == "number" else f"at most {int(high)}")
    if below is not None:
        words.append(f"below {_bound(below)}")
    return ", " + " and ".join(words) if words else ""


def _bound(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 2).replace(",", "")


def _describe_list(schema: Schema, model: type[Record]) -> str:
    items = schema.get("prefixItems")
    if items:
        return f"a list of {len(items)}: {_describe(items[0], model)} each"
    inner = _describe(schema.get("items", {}), model)
    least = schema.get("minItems")
    return f"a list{f' of at least {least}' if least else ''}, each {inner}"
