"""What the site shows: every briefing with its editions, the latest first, as plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from synthesis.briefing.life import Life, life_of
from synthesis.changes.model import ChangeReport
from synthesis.changes.words import lines
from synthesis.editions.model import MANIFEST, Edition
from synthesis.editions.read import editions_of
from synthesis.errors import UsageError
from synthesis.evidence.edition import EditionType
from synthesis.evidence.load import read_briefing
from synthesis.evidence.question import Briefing
from synthesis.formatting import long_date

TYPES: dict[EditionType, str] = {
    "new-evidence": "New evidence",
    "amendment": "Amendment, without a new search",
    "correction": "Correction of a mistake",
    "retirement": "Retirement",
}
# In the order in which a reader may want them; other files follow by name.
FILES = {
    "briefing.html": "Web page",
    "briefing.pdf": "PDF",
    "annex.html": "Annex as a web page",
    "annex.pdf": "Annex as PDF",
    "evidence.csv": "Effects as CSV",
    "numbers.json": "Numbers as JSON",
    "claims.json": "Claims as JSON",
    "changes.json": "Changes as JSON",
    "inputs.zip": "Everything it was made from",
    MANIFEST: "Manifest",
}
ARCHIVE = "Data for other programs"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of an edition: its name, what it is, and its size in words."""

    name: str
    what: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One edition, as the site shows it.

    Attributes
    ----------
    id, issued, day : str
        Its name, ISO date of issue, and that date in words.
    type, label, note : str
        Why it was issued; what kind of edition it is and what is new about it, "" where nothing is said.
    changes : tuple of str
        What changed since the edition before, at most three lines.
    files : tuple of File
    """

    id: str
    issued: str
    day: str
    type: str
    label: str
    note: str
    changes: tuple[str, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One briefing with its editions, the latest first; ``life`` is how it stands on the day asked about."""

    briefing: Briefing
    life: Life
    editions: tuple[Issued, ...]
    folders: dict[str, Path]

    @property
    def latest(self) -> Issued:
        return self.editions[0]


def shelves(root: Path, on: str | None = None) -> tuple[Shelf, ...]:
    """Every briefing of a project that has an edition, the one issued last first.

    Parameters
    ----------
    root : Path
        The project.
    on : str or None
        ISO date for which the status is worked out; None takes the day of the newest edition of all. No clock is read.

    Raises
    ------
    EditionError
        If an edition is damaged, or editions do not follow one another.
    UsageError
        If no edition has been issued, or ``on`` is not a date.
    """
    found = {
        path.parent.name: editions_of(root, path.parent.name)
        for path in sorted((root / "briefings").glob("*/briefing.yaml"))
    }
    issued = {key: editions for key, editions in found.items() if editions}
    if not issued:
        raise UsageError("no edition has been issued yet; issue one with synthesis edition, then make the site")
    day = _day(on) if on is not None else max(editions[-1].issued for editions in issued.values())
    made = [_shelf(root, key, editions, day) for key, editions in issued.items()]
    return tuple(sorted(made, key=lambda shelf: shelf.latest.issued, reverse=True))


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a date; write it as YYYY-MM-DD, for example 2026-11-23") from None


def _shelf(root: Path, key: str, editions: tuple[Edition, ...], on: str) -> Shelf:
    briefing = read_briefing(root / "briefings" / key / "briefing.yaml")
    last = editions[-1].manifest
    issue = briefing.issue.model_copy(update={"type": last.type})
    life = life_of(briefing.model_copy(update={"issue": issue}), issued=last.issued, on=on)
    labels = {plan.edition: plan.label or "" for plan in briefing.editions}
    return Shelf(
        briefing=briefing,
        life=life,
        editions=tuple(_issued(edition, labels) for edition in reversed(editions)),
        folders={edition.id: edition.folder for edition in editions},
    )


def _issued(edition: Edition, labels: dict[str, str]) -> Issued:
    manifest = edition.manifest
    note = manifest.note or ("Searched: nothing new was found." if manifest.nothing_new else "")
    return Issued(
        id=edition.id,
        issued=edition.issued,
        day=long_date(date.fromisoformat(edition.issued)),
        type=TYPES[manifest.type],
        label=labels.get(edition.id, ""),
        note=note,
        changes=_changes(edition),
        files=_files(edition),
    )


def _changes(edition: Edition) -> tuple[str, ...]:
    path = edition.folder / "changes.json"
    if not path.is_file():
        return ()
    data: Any = json.loads(path.read_text(encoding="utf-8"))
    return lines(ChangeReport.from_dict(data))


def _files(edition: Edition) -> tuple[File, ...]:
    names = [*edition.manifest.outputs, MANIFEST]
    order = [*(name for name in FILES if name in names), *sorted(name for name in names if name not in FILES)]
    return tuple(File(name=name, what=_what(name), size=_size(edition.folder / name)) for name in order)


def _what(name: str) -> str:
    return FILES.get(name) or (ARCHIVE if name.endswith(".zip") else name)


def _size(path: Path) -> str:
    """In thousands of bytes, as operating systems show it."""
    kilobytes = path.stat().st_size / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} KB"
