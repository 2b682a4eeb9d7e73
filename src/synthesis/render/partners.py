"""Documents that are built together and link to one another: a briefing and its annex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from synthesis.document.addresses import partner
from synthesis.document.elements import Document, Figure, Heading, Line, Table
from synthesis.document.walk import changed, every_block, every_line
from synthesis.errors import DocumentError


def joined(documents: Mapping[str, Document], notebooks: Mapping[str, str]) -> dict[str, Document]:
    """The documents with their links to each other under the names they are written by.

    Parameters
    ----------
    documents : mapping of str to Document
        By the name of their files, without ending.
    notebooks : mapping of str to str
        From the name of a notebook, without ending, to that name.

    Raises
    ------
    DocumentError
        With every link to a notebook that is not among them, or to a place that the other document does not have.
    """
    places = {name: frozenset(_places(document)) for name, document in documents.items()}
    problems = [
        f"{name} links to {address!r}, which {wrong}"
        for name, document in documents.items()
        for address in _partners(document)
        if (wrong := _wrong(address, notebooks, places))
    ]
    if problems:
        raise DocumentError("\n".join(problems))

    def renamed(line: Line) -> Line:
        return tuple(replace(span, target=_renamed(span.target, notebooks)) for span in line)

    return {
        name: replace(document, blocks=tuple(changed(block, renamed) for block in document.blocks))
        for name, document in documents.items()
    }


def _partners(document: Document) -> Iterator[str]:
    """Every address of another notebook, in reading order."""
    for line in every_line(document.blocks):
        yield from (span.target for span in line if span.style == "link" and partner(span.target) is not None)


def _wrong(address: str, notebooks: Mapping[str, str], places: Mapping[str, frozenset[str]]) -> str:
    """What is wrong with a link to another notebook; "" if nothing is."""
    name, place = partner(address) or ("", "")
    if name not in notebooks:
        known = ", ".join(f"{key}.ipynb" for key in notebooks)
        return f"is not built with it; what can be linked to: {known}"
    if place and place not in places[notebooks[name]]:
        return f"has no place {place!r}"
    return ""


def _renamed(target: str, notebooks: Mapping[str, str]) -> str:
    name, place = partner(target) or ("", "")
    return f"{notebooks[name]}.ipynb" + (f"#{place}" if place else "") if name in notebooks else target


def _places(document: Document) -> Iterator[str]:
    for block in every_block(document.blocks):
        if isinstance(block, Heading | Figure | Table):
            yield block.id
        if isinstance(block, Table):
            yield from (row.id for row in block.rows if row.id)
