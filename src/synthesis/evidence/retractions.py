"""Retractions and expressions of concern: a list kept beside the records, and what was decided about those it names.

The list is a CSV file with the column names of the Retraction Watch database, so that an extract of it can be put in
place as it is. It is read, never fetched.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.record_files import decode, read_bytes
from synthesis.evidence.study import Study

FILE = "retractions.csv"

# Columns of the Retraction Watch database that are read; it has others.
COLUMNS = ("Record ID", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "RetractionDate")

# What the database says happened to a paper, in small letters. Corrections are for the extractor to read.
STOPS = ("retraction", "expression of concern")
LIFTS = ("reinstatement",)
# What stands where no identifier is known.
_NONE = ("", "0", "unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line of the list.

    Attributes
    ----------
    record : str
        Its number in the list it was taken from.
    doi, pmid : str
        Of the paper; empty where not known. The DOI is in small letters.
    nature : str
        What happened, as the list says it.
    date : str
        ISO date of it, or the text as it stands.
    line : int
        In the file.
    """

    record: str
    doi: str
    pmid: str
    nature: str
    date: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A study of which a report is on the list, and that nobody has decided about."""

    study: str
    report: str
    doi: str
    notice: Notice


class Studies(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...


def read_retractions(root: Path) -> tuple[Notice, ...]:
    """The list in an evidence folder; empty where there is none.

    Raises
    ------
    EvidenceError
        If it cannot be read as CSV, or lacks a column.
    """
    path = root / FILE
    if not path.exists():
        return ()
    text = decode(read_bytes(path, root=root, file=FILE), FILE)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise EvidenceError([_problem(1, "missing-column", ", ".join(missing))])
        return tuple(_notice(row, reader.line_num) for row in reader)
    except csv.Error as error:
        raise EvidenceError([_problem(reader.line_num, "csv", str(error))]) from None


def _problem(line: int, code: str, found: str) -> Problem:
    lacking = f"no column {found}" if code == "missing-column" else found
    return Problem(
        file=FILE, line=line, field="", code=code, found=lacking, allowed=f"CSV with the columns {', '.join(COLUMNS)}",
        fix="put an extract of the Retraction Watch database in place, with its first line",
    )  # fmt: skip


def _notice(row: Mapping[str, str | None], line: int) -> Notice:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    doi = cell["OriginalPaperDOI"].lower().removeprefix("https://doi.org/").removeprefix("doi:")
    return Notice(
        record=cell["Record ID"], doi="" if doi in _NONE else doi, line=line, nature=cell["RetractionNature"],
        pmid="" if cell["OriginalPaperPubMedID"].lower() in _NONE else cell["OriginalPaperPubMedID"],
        date=_iso(cell["RetractionDate"]),
    )  # fmt: skip


def _iso(text: str) -> str:
    """The database writes month/day/year, with or without the time."""
    try:
        return datetime.strptime(text.split(" ")[0], "%m/%d/%Y").date().isoformat()
    except ValueError:
        return text


def named_in(evidence: Studies, notices: Iterable[Notice]) -> tuple[Named, ...]:
    """Studies with a report on the list that no decision in their record answers, in order of study.

    A paper that was reinstated after it was retracted is not on it.
    """
    standing = _standing(notices)
    return tuple(found for study in evidence.studies.values() for found in _of(study, standing))


def _standing(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    listed = tuple(notices)
    lifted = {key for item in listed if item.nature.lower() in LIFTS for key in (item.doi, item.pmid) if key}
    stops = (item for item in listed if item.nature.lower() in STOPS)
    return tuple(item for item in stops if not lifted & {item.doi, item.pmid})


def _of(study: Study, standing: tuple[Notice, ...]) -> Iterator[Named]:
    if study.retraction is not None:
        return
    for report in study.reports:
        keys = {(report.doi or "").lower(), report.pmid or ""} - {""}
        for notice in standing:
            if keys & {notice.doi, notice.pmid}:
                yield Named(study=study.id, report=report.id, doi=report.doi or "", notice=notice)
                break
