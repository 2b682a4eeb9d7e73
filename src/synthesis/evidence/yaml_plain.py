"""The quick reading of a record with nothing wrong with it.

Ten thousand records are read before one of them is found to be wrong, so paths and lines are left out here, and
whatever needs a word said about it makes this reader give up: ``yaml_lines`` then reads the text again, with care.
Both give the same data.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

# The deepest record there is nests nine levels; a file has some hundred values.
DEEPEST = 20
MOST_VALUES = 20_000
LONGEST_KEY = 100

# Unquoted text that stands for no value.
NOTHING = frozenset({"", "~", "null"})

# Characters no reviewer can see: controls, the line breaks only some programs honour, and text-direction switches.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")

# What waits for a value: nothing has been named yet.
_NO_KEY = object()


def read_plain(text: str, loader: Any) -> dict[str, Any] | None:
    """The record in ``text``; None if there is anything about it that a reviewer would have to be told.

    Parameters
    ----------
    text : str
        The whole file, in which no invisible character stands as itself.
    loader : type
        A loader of PyYAML; only its stream of events is used.
    """
    try:
        return _read(loader(text).get_event)
    except (yaml.YAMLError, ValueError):
        return None


def _read(next_event: Any) -> dict[str, Any] | None:
    """One pass over the events; the order of the branches is that of how often they are taken."""
    root: list[Any] = []
    stack: list[tuple[Any, Any]] = []
    node: Any = root
    key: Any = _NO_KEY
    made: Any
    values = 0
    while True:
        event = next_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                return None
            value, style = event.value, event.style
            if style == '"' and INVISIBLE.search(value):  # written as an escape
                return None
            if type(node) is dict and key is _NO_KEY:
                if not _plain_key(value, style, node):
                    return None
                key = value
                continue
            if not style and value in NOTHING:
                value = None
            made = None
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor is not None or event.tag is not None or len(stack) >= DEEPEST:
                return None
            value = made = {} if kind is yaml.MappingStartEvent else []
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            node, key = stack.pop()
            continue
        elif kind is yaml.StreamEndEvent:
            break
        elif kind is yaml.DocumentStartEvent:
            if root or event.version or event.tags:
                return None
            continue
        elif kind is yaml.AliasEvent:
            return None
        else:
            continue
        values += 1
        if type(node) is list:
            node.append(value)
        elif key is _NO_KEY:  # a list or block as the name of a field
            return None
        else:
            node[key] = value
            key = _NO_KEY
        if made is not None:
            stack.append((node, key))
            node, key = made, _NO_KEY
    return root[0] if values <= MOST_VALUES and root and type(root[0]) is dict else None


def _plain_key(text: str, style: str | None, taken: dict[str, Any]) -> bool:
    """Whether ``text`` may name a field of a block that has ``taken`` others."""
    written_out = bool(style) or text != "<<"
    return written_out and 0 < len(text) <= LONGEST_KEY and text.isprintable() and text not in taken
