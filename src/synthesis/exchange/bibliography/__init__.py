"""Bibliographic files: which format one is in is told from its content, not from how it is called."""

from __future__ import annotations

from pathlib import Path

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography import bibtex, csl_json, medline, pubmed, ris
from synthesis.exchange.bibliography.model import Bibliography, Entry
from synthesis.exchange.reading import decoded, read_limited
from synthesis.registry import Registry

# Enough to see what a file is.
_START = 20_000


def read_bibliography(path: Path) -> tuple[list[Entry], list[str]]:
    """Every publication in a file, and a remark for whatever could not be read.

    Raises
    ------
    ImportProblem
        If the file is in none of the formats, is too large, or holds no publication.
    """
    return parse_bibliography(read_limited(path), path.name)


def parse_bibliography(data: bytes, name: str) -> tuple[list[Entry], list[str]]:
    """As ``read_bibliography``, from the content of a file called ``name``."""
    if data.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
        raise ImportProblem(f"{name} is no bibliographic file. {_allowed()}")
    text = decoded(data)
    # Some exports begin with a mark or empty lines.
    body = text.text.lstrip("\ufeff\r\n\t ")
    form = next((form for form in BIBLIOGRAPHIES.values() if form.looks(body[:_START])), None)
    if form is None:
        raise ImportProblem(f"{name} is in no format that is known. {_allowed()}")
    entries, remarks = form.read(body)
    usable = [entry for entry in entries if entry.reference.get("title")]
    remarks += [f"{entry.place} has no title and was passed over" for entry in entries if entry not in usable]
    if text.remark:
        remarks.insert(0, text.remark)
    if not usable:
        raise ImportProblem("; ".join([f"{name} holds no {form.label} record with a title", *remarks[:5]]))
    return usable, remarks


def _allowed() -> str:
    return f"Allowed: {', '.join(form.label for form in BIBLIOGRAPHIES.values())}"


BIBLIOGRAPHIES = Registry(
    "bibliographic format",
    [
        Bibliography(key="medline", label="MEDLINE (.nbib)", looks=medline.looks, read=medline.read),
        Bibliography(key="ris", label="RIS", looks=ris.looks, read=ris.read),
        Bibliography(key="pubmed-xml", label="PubMed XML", looks=pubmed.looks, read=pubmed.read),
        Bibliography(key="csl-json", label="CSL-JSON", looks=csl_json.looks, read=csl_json.read),
        Bibliography(key="bibtex", label="BibTeX", looks=bibtex.looks, read=bibtex.read),
    ],
)
