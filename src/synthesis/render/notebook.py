"""An executed notebook becomes a document: its prose with the slots filled, its displayed blocks, its references.

Every output is printed or refused. A result that silently went missing from a briefing would be worse than an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError

from synthesis.briefing.claims import expand
from synthesis.briefing.lint import lint
from synthesis.document.elements import (
    BLOCK_MIME,
    FACTS_MIME,
    Block,
    Document,
    Figure,
    Heading,
    Masthead,
    Table,
    from_data,
    line,
    plain,
)
from synthesis.document.markdown import blocks as markdown_blocks
from synthesis.document.markdown import slug
from synthesis.document.walk import every_block, every_line
from synthesis.errors import ClaimError, DocumentError
from synthesis.formatting import long_date
from synthesis.render.provenance import walkable
from synthesis.render.references import cited_keys, reference_list

# What the front matter may say of the document, and what it may say to other tools that read the same notebook.
DOCUMENT_FIELDS = ("title", "lang", "date", "author", "description", "keywords", "subject", "edition", "short-title")
OTHER_FIELDS = ("bibliography", "csl", "engine", "execute", "format", "jupyter", "number-sections", "toc")

_REFERENCE_HEADINGS = ("references", "sources")


@dataclass(slots=True)
class _Carried:
    """What the outputs carry beside blocks, merged over all cells."""

    slots: dict[str, str] = field(default_factory=dict)
    references: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    document: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] | None = None
    places: dict[str, Any] = field(default_factory=dict)

    def add(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            raise DocumentError(f"{where}: the named numbers are not a mapping, found {type(data).__name__}")
        for name, fact in data.get("facts", {}).items():
            _merge(self.slots, name, str(fact["text"]), f"{where}: the number {name!r}")
        for item in data.get("references", []):
            _merge(self.references, str(item["id"]), item, f"{where}: the reference {item['id']!r}")
        self.places.update(data.get("places", {}))
        if "claims" in data:
            self.claims = {**(self.claims or {}), **data["claims"]}
        document = data.get("document", {})
        for name, value in {**document, **document.get("metadata", {})}.items():
            if name != "metadata":
                _merge(
                    self.document, {"language": "lang"}.get(name, name), str(value), f"{where}: the document's {name}"
                )


def document_from_notebook(notebook: Any) -> Document:
    """The document that an executed notebook describes.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Version 4, executed. Its first cell is raw and holds the front matter; Markdown cells are the prose; code
        cells display blocks.

    Raises
    ------
    DocumentError
        If a cell failed, was not run, or shows something that cannot be printed; if prose uses an unknown slot or
        cites an unknown reference; if two cells disagree. The message names the cell.
    """
    cells = list(enumerate(notebook.cells, start=1))
    carried = _Carried()
    _read_front_matter(cells, carried)
    outputs = {number: tuple(_displayed(cell, number, carried)) for number, cell in cells if cell.cell_type == "code"}
    slots = {**_document_slots(carried.document), **carried.slots}
    shown = every_block(block for blocks in outputs.values() for block in blocks)
    taken = {block.id for block in shown if isinstance(block, Heading | Table | Figure)}
    found: list[Block] = []
    for number, cell in cells:
        if cell.cell_type == "markdown":
            found += _prose(cell.source, number, slots, taken, carried.claims)
        found += outputs.get(number, ())
    _same_numbers(found, slots)
    return _document(tuple(found), carried, taken)


def _same_numbers(blocks: Iterable[Block], slots: Mapping[str, str]) -> None:
    """Refuse a printed number that is not what its name stands for: a block was kept from another run, or altered."""
    wrong = {
        span.target: f"{span.target} is printed as {span.text!r} and is {slots[span.target]!r}"
        for printed in every_line(blocks)
        for span in printed
        if span.style == "number" and slots.get(span.target, span.text) != span.text
    }
    if wrong:
        found = "\n".join(f"- {text}" for text in wrong.values())
        raise DocumentError(f"printed numbers differ from the named ones; run the whole notebook again:\n{found}")


def _document(blocks: tuple[Block, ...], carried: _Carried, taken: set[str]) -> Document:
    about = dict(carried.document)
    for name, example in (("title", "title: Does it work?"), ("date", "date: 2026-11-03")):
        if not about.get(name):
            raise DocumentError(f"the notebook gives no {name}; write it in its front matter, for example '{example}'")
    masthead = next((block for block in blocks if isinstance(block, Masthead)), None)
    summary = about.get("subject") or (masthead.question if masthead else "")
    if summary:
        about.setdefault("description", summary)
    title, language, day = about.pop("title"), about.pop("lang", "en-GB"), about.pop("date")
    if carried.places:
        blocks = walkable(blocks, carried.places)
    if keys := cited_keys(blocks):
        last = blocks[-1]
        if not (isinstance(last, Heading) and plain(last.text).strip().lower() in _REFERENCE_HEADINGS):
            blocks = (*blocks, Heading(level=2, text=line("References"), id=slug("References", taken)))
        blocks = (*blocks, reference_list(keys, carried.references.values()))
    return Document(title=title, language=language, date=day, metadata=about, blocks=blocks)


def _merge(into: dict[str, Any], name: str, value: Any, what: str) -> None:
    if name in into and into[name] != value:
        raise DocumentError(f"{what} is given twice and differs: {into[name]!r} and {value!r}; keep one")
    into[name] = value


def _read_front_matter(cells: list[tuple[int, Any]], carried: _Carried) -> None:
    for number, cell in cells:
        if cell.cell_type != "raw" or not cell.source.strip():
            continue
        if number != 1:
            raise DocumentError(f"cell {number} is a raw cell; only the first may be, with the front matter")
        for name, value in _front_matter(cell.source).items():
            _merge(carried.document, name, value, f"cell {number}: the document's {name}")


def _front_matter(source: str) -> dict[str, str]:
    lines = source.strip().splitlines()
    if len(lines) < 2 or lines[0].strip() != "---" or lines[-1].strip() != "---":
        raise DocumentError("cell 1: the front matter must start and end with a line of three hyphens (---)")
    try:
        data = yaml.safe_load("\n".join(lines[1:-1])) or {}
    except yaml.YAMLError as error:
        raise DocumentError(f"cell 1: the front matter is not YAML: {error}") from None
    if not isinstance(data, dict):
        raise DocumentError("cell 1: the front matter must be names with values, such as 'title: Does it work?'")
    unknown = [str(name) for name in data if name not in (*DOCUMENT_FIELDS, *OTHER_FIELDS)]
    if unknown:
        allowed = ", ".join((*DOCUMENT_FIELDS, *OTHER_FIELDS))
        raise DocumentError(f"cell 1: unknown in the front matter: {', '.join(unknown)}; allowed: {allowed}")
    return {name: _front_value(name, value) for name, value in data.items() if name in DOCUMENT_FIELDS}


def _front_value(name: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if not isinstance(value, str):
        raise DocumentError(
            f"cell 1: {name} in the front matter is {value!r}; write text, in quotation marks if need be"
        )
    return value


def _document_slots(about: Mapping[str, str]) -> dict[str, str]:
    """What prose may say of its own document: ``{{ document.edition }}`` and the like."""
    slots = {f"document.{name}": value for name, value in about.items()}
    if "date" in about:
        try:
            slots["document.date"] = long_date(date.fromisoformat(about["date"]))
        except ValueError:
            raise DocumentError(f"the document's date is {about['date']!r}; write it as YYYY-MM-DD") from None
    return slots


def _prose(
    source: str, number: int, slots: Mapping[str, str], taken: set[str], claims: Mapping[str, str] | None
) -> tuple[Block, ...]:
    """The blocks of a prose cell; in a document with claims, prose that asserts a result by itself is refused."""
    if claims is not None and (breaches := lint(source)):
        raise ClaimError("\n".join(f"cell {number}: {breach}" for breach in breaches))
    try:
        blocks = markdown_blocks(expand(source, claims or {}), slots=slots, taken=frozenset(taken))
    except DocumentError as error:
        raise DocumentError(f"cell {number}: {error}") from None
    taken.update(block.id for block in blocks if isinstance(block, Heading))
    return blocks


def _displayed(cell: Any, number: int, carried: _Carried) -> Iterator[Block]:
    """The blocks a code cell shows; what it carries goes to ``carried``."""
    if cell.source.strip() and cell.get("execution_count") is None:
        raise DocumentError(
            f"cell {number} has not been run; run the notebook first (jupyter nbconvert --execute does)"
        )
    quiet = "no-output" in cell.metadata.get("tags", [])
    for output in cell.get("outputs", []):
        where = f"cell {number}"
        if output.output_type == "error":
            raise DocumentError(f"{where} failed with {output.ename}: {output.evalue}\n  {_first_line(cell)}")
        if output.output_type == "stream":
            if str(output.text).strip():
                raise DocumentError(
                    f"{where} wrote to {output.name}: {str(output.text).strip()[:300]!r}; mend its cause"
                )
            continue
        yield from _shown(dict(output.get("data", {})), where, quiet, carried)


def _shown(data: dict[str, Any], where: str, quiet: bool, carried: _Carried) -> Iterator[Block]:
    if FACTS_MIME in data:
        try:
            carried.add(data[FACTS_MIME], where)
        except (KeyError, TypeError, AttributeError) as error:
            raise DocumentError(
                f"{where}: the named numbers cannot be read ({error!r}); show syn.briefing_facts(...)"
            ) from error
    if BLOCK_MIME in data:
        try:
            yield from_data(data[BLOCK_MIME])
        except ValidationError as error:
            raise DocumentError(f"{where} shows a block that cannot be read: {error}") from None
    if BLOCK_MIME in data or FACTS_MIME in data:
        return
    kinds = sorted(data)
    if kinds in ([], ["text/plain"]) and (quiet or not kinds):
        return
    if kinds == ["text/plain"]:
        shown = str(data["text/plain"]).strip().splitlines()
        raise DocumentError(
            f"{where} shows plain text ({shown[0][:80] if shown else ''}), which a briefing cannot print; display a "
            "block, end the line with a semicolon, or tag the cell 'no-output'"
        )
    raise DocumentError(
        f"{where} shows {', '.join(kinds)}, which a briefing cannot print with a text alternative; display a block "
        "(a table or figure made with synthesis) instead"
    )


def _first_line(cell: Any) -> str:
    lines = cell.source.strip().splitlines()
    return lines[0][:100] if lines else ""
