"""Each item of a standard held against a briefing: met, not met or not applicable, and where that can be seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from synthesis.briefing.standards import standard
from synthesis.briefing.standards.needs import NEEDS, Subject
from synthesis.document.markdown import slug
from synthesis.evidence.question import Briefing
from synthesis.evidence.standards import Item, Shown, StandardsFile

Status = Literal["met", "not met", "not applicable"]
_HEADING = re.compile(r"^#{2,6} +(.+?) *#*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of a briefing: its words, its id, and the notebook it stands in (the name of its file)."""

    title: str
    id: str
    notebook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one item.

    Attributes
    ----------
    standard : str
        Key of the standard.
    item : Item
    status : {"met", "not met", "not applicable"}
    why : str
        What is lacking, or why the item does not apply; "" if it is met.
    section : Section or None
        Where the briefing shows it.
    record : str
        The file or folder that holds it; "" if it is shown in a section.
    """

    standard: str
    item: Item
    status: Status
    why: str = ""
    section: Section | None = None
    record: str = ""


def assess(
    declared: StandardsFile, subject: Subject, *, sections: Mapping[str, Section], root: Path
) -> tuple[Answer, ...]:
    """Every item of every standard that a briefing is held to, in order.

    Parameters
    ----------
    declared : StandardsFile
        Where the briefing says it meets each item.
    subject : Subject
    sections : mapping of str to Section
        The headings of the briefing by id; see ``sections_of``.
    root : Path
        The project, in which records are looked for.

    Raises
    ------
    UnknownKeyError
        For a standard that does not ship with the package.
    """
    return tuple(
        _answer(key, item, shown.get(item.id), subject, sections, root)
        for key, shown in declared.standards.items()
        for item in standard(key).items
    )


def _answer(
    key: str, item: Item, shown: Shown | None, subject: Subject, sections: Mapping[str, Section], root: Path
) -> Answer:
    if shown is not None and shown.not_applicable is not None:
        return Answer(standard=key, item=item, status="not applicable", why=shown.not_applicable)
    if shown is not None and shown.not_met is not None:
        return Answer(standard=key, item=item, status="not met", why=shown.not_met)
    if lacking := "; ".join(_lacking(item, subject)):
        return Answer(standard=key, item=item, status="not met", why=lacking)
    if shown is None:
        return Answer(standard=key, item=item, status="not met", why="the briefing does not say where it shows this")
    if shown.section is not None:
        section = sections.get(shown.section)
        if section is None:
            return Answer(
                standard=key, item=item, status="not met", why=f"the briefing has no section {shown.section!r}"
            )
        return Answer(standard=key, item=item, status="met", section=section)
    record = shown.record or ""
    if not (root / record).exists():
        return Answer(standard=key, item=item, status="not met", why=f"there is no {record}")
    return Answer(standard=key, item=item, status="met", record=record)


def _lacking(item: Item, subject: Subject) -> Iterator[str]:
    for need in item.needs:
        if lacks := NEEDS[need].lacks(subject):
            yield lacks


def sections_of(briefing: Briefing, root: Path) -> dict[str, Section]:
    """The headings of a briefing and of its annex, by id; of two with one id that of the briefing."""
    found: dict[str, Section] = {}
    for path in (briefing.notebook, briefing.annex):
        taken: set[str] = set()
        for title in _headings(root / path) if path is not None else ():
            made = slug(title, taken)
            found.setdefault(made, Section(title=title, id=made, notebook=Path(path or "").name))
    return found


def _headings(notebook: Path) -> Iterator[str]:
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield from _HEADING.findall("".join(cell["source"]))
