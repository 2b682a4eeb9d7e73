"""Checks that a record is what it says: one publication is not two studies, and what is made up says so."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.question import Question
from synthesis.evidence.record_files import RESERVED
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study


def shared_identifier(evidence: Evidence) -> Iterator[Problem]:
    """A DOI or PubMed number that two studies share without sharing a family."""
    owners: dict[tuple[str, str], Study] = {}
    for file, study in evidence.of(Study):
        for i, report in enumerate(study.reports):
            for name, value in (("doi", report.doi), ("pmid", report.pmid)):
                if value is None:
                    continue
                other = owners.setdefault((name, value.casefold()), study)
                if other.id != study.id and (study.family is None or other.family != study.family):
                    yield file.problem(
                        f"reports[{i}].{name}",
                        "shared-identifier",
                        found=f"{value!r}, also a report of {other.id}",
                        allowed="a publication of one study, or of studies that share a family",
                        fix="if both report on the same people give them the same family; otherwise correct the number",
                    )


def demonstration_unsaid(evidence: Evidence) -> Iterator[Problem]:
    """A made-up record whose title, which is what a reference list prints, does not say so."""
    titles = [
        (file, study.demonstration, study.reports[0].title, "reports[0].title") for file, study in evidence.of(Study)
    ]
    titles += [
        (file, source.demonstration, source.reference.title, "reference.title") for file, source in evidence.of(Source)
    ]
    for file, made_up, title, path in titles:
        if made_up and "demonstration" not in title.lower():
            yield file.problem(
                path,
                "demonstration-unsaid",
                found=f"{title[:60]!r} in a record with demonstration: true",
                allowed="a title with the word demonstration",
                fix="start the title with 'Demonstration data:'; a real study has no demonstration: true",
            )


def reserved_id(evidence: Evidence) -> Iterator[Problem]:
    """An id that no file on Windows can be named after."""
    records: list[tuple[RecordFile, Study | Source | Question]] = [
        *evidence.of(Study),
        *evidence.of(Source),
        *evidence.of(Question),
    ]
    for file, record in records:
        if record.id in RESERVED:
            yield file.problem(
                "id",
                "reserved-id",
                found=repr(record.id),
                allowed="an id that is not the name of a device",
                fix="choose another id: on Windows the repository could not be checked out",
            )
