"""From what stands in the page to a record: empty fields go, and every problem finds its way back to its field."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping

from synthesis.errors import Problem
from synthesis.evidence.yaml_lines import Node, dotted
from synthesis.evidence.yaml_plain import DEEPEST, LONGEST_KEY, MOST_VALUES

# What stands for a text that is not there yet, so that the preview need not wait for it. Never written to a file.
NOT_YET = "not filled in yet"

_PART = re.compile(r"[^.\[\]]+|\[\d+\]")

# What a field that must be given is taken to hold in the preview, by its name; any other is taken to be text.
_STAND_INS: Mapping[str, Node] = {"read": "true", "poolable": "yes", "countries": [], "substances": [], "added": "2000"}


class DraftError(ValueError):
    """Something that a page of ours would not send."""


def plain_tree(data: object) -> dict[str, Node]:
    """``data`` as the reader of files would hand it over: mappings, lists and text, of bounded size.

    Raises
    ------
    DraftError
        If it is anything else.
    """
    if not isinstance(data, dict):
        raise DraftError("a record is a mapping")
    left = MOST_VALUES

    def walk(node: object, depth: int) -> Node:
        nonlocal left
        left -= 1
        if left < 0 or depth > DEEPEST:
            raise DraftError("too many or too deeply nested values")
        if isinstance(node, dict):
            if not all(isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isprintable() for key in node):
                raise DraftError("a field without a proper name")
            return {key: walk(value, depth + 1) for key, value in node.items()}
        if isinstance(node, list):
            return [walk(item, depth + 1) for item in node]
        if node is None or isinstance(node, str):
            return node
        raise DraftError(f"a value that is not text: {type(node).__name__}")

    found = walk(data, 0)
    assert isinstance(found, dict)
    return found


def pruned(tree: Mapping[str, Node]) -> tuple[dict[str, Node], dict[str, str]]:
    """The record without empty fields, and for each path in it the path in the page (positions in lists may differ)."""
    paths: dict[str, str] = {}

    def walk(node: Node, page: str, record: str) -> Node:
        paths[record] = page
        if isinstance(node, dict):
            pairs = {key: walk(value, dotted(page, key), dotted(record, key)) for key, value in node.items()}
            return {key: value for key, value in pairs.items() if not _empty(value)}
        if isinstance(node, list):
            kept: list[Node] = []
            for index, item in enumerate(node):
                inside = dotted(record, len(kept))
                value = walk(item, dotted(page, index), inside)
                if not _empty(value):
                    kept.append(value)
                else:
                    for path in [path for path in paths if path.startswith(inside)]:
                        del paths[path]
            return kept
        return node.strip() if isinstance(node, str) else node

    found = walk(dict(tree), "", "")
    assert isinstance(found, dict)
    return found, paths


def _empty(node: Node) -> bool:
    return node is None or node == "" or node == {} or node == []


def in_page(path: str, paths: Mapping[str, str]) -> str:
    """The page's path for a path in the record; a field that is not there has the place it would have."""
    rest = ""
    while path not in paths:
        parts = _PART.findall(path)
        cut = len(path) - len(parts[-1]) - (0 if parts[-1].startswith("[") or len(parts) == 1 else 1)
        path, rest = path[:cut], path[cut:] + rest
    joined = paths[path] + rest
    return joined.removeprefix(".")


def without(tree: Mapping[str, Node], problems: Iterable[Problem]) -> dict[str, Node]:
    """A copy of the record without the fields that these problems are about."""
    made: dict[str, Node] = copy.deepcopy(dict(tree))
    for problem in problems:
        parts = _PART.findall(problem.field)
        here: Node = made
        for part in parts[:-1]:
            here = _inside(here, part)
        if isinstance(here, dict):
            here.pop(parts[-1], None)
        elif isinstance(here, list):
            here.clear()
    return made


def with_stand_ins(tree: Mapping[str, Node], missing: Iterable[Problem]) -> dict[str, Node]:
    """A copy of the record in which every text that is missing has something to stand for it."""
    made: dict[str, Node] = copy.deepcopy(dict(tree))
    for problem in missing:
        parts = _PART.findall(problem.field)
        here: Node = made
        for part in parts[:-1]:
            here = _inside(here, part)
        if isinstance(here, dict):
            name = parts[-1]
            if name == "where":
                here[name] = {"place": NOT_YET, "read": "true"}
            else:
                here[name] = copy.deepcopy(_STAND_INS.get(name, NOT_YET))
    return made


def _inside(node: Node, part: str) -> Node:
    if part.startswith("["):
        index = int(part[1:-1])
        return node[index] if isinstance(node, list) and index < len(node) else None
    return node.get(part) if isinstance(node, dict) else None
