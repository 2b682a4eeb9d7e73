"""The structure tree of a tagged PDF: what a screen reader is told that each part of a page is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf


def listed(value: Any) -> list[Any]:
    """The entries of an array, a lone entry as a list of one, nothing as an empty list."""
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def children(element: Any) -> list[Any]:
    """The elements directly inside an element, without its pieces of page content."""
    return [kid for kid in listed(element.get("/K")) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def kind(element: Any) -> str:
    """The name of an element's type, as ``P`` or ``Table``."""
    return str(element.S)[1:]


def elements(element: Any, *kinds: str) -> Iterator[Any]:
    """Everything inside an element, in reading order; only the given types, if any are given."""
    for child in children(element):
        if not kinds or kind(child) in kinds:
            yield child
        yield from elements(child, *kinds)


def attribute(element: Any, name: str) -> Any:
    """An attribute of an element, such as ``/Scope``; None if it has none."""
    for attributes in listed(element.get("/A")):
        if isinstance(attributes, pikepdf.Dictionary) and name in attributes:
            return attributes[name]
    return None
