"""The MEDLINE format in which PubMed saves citations (.nbib)."""

from __future__ import annotations

import re

from synthesis.exchange.bibliography.model import Entry, clean, date_in, doi_in, pages, person, tidy

_TAG = re.compile(r"^([A-Z0-9]{2,4}) *- ?(.*)$")
_USED = frozenset(
    {
        "PMID", "TI", "FAU", "AU", "CN", "DP", "JT", "TA", "VI", "IP", "PG", "LID", "AID", "PMC", "AB", "SI",
        # About the citation itself, not the publication.
        "OWN", "STAT", "DCOM", "LR", "EDAT", "MHDA", "CRDT", "PHST", "SO", "DEP", "PT",
    }
)  # fmt: skip


def looks(start: str) -> bool:
    """Whether a text begins like MEDLINE: a tag line PMID."""
    return re.search(r"^PMID- *[0-9]", start, re.MULTILINE) is not None


def read(text: str) -> tuple[list[Entry], list[str]]:
    """Every citation. A citation begins at its line PMID."""
    blocks: list[list[str]] = []
    for row in text.splitlines():
        if row.startswith("PMID-"):
            blocks.append([])
        if blocks:
            blocks[-1].append(row)
    return [_entry(_tags(rows), number) for number, rows in enumerate(blocks, start=1)], []


def _tags(rows: list[str]) -> dict[str, list[str]]:
    """Values by tag; lines that begin with spaces go on with the value before them."""
    found: dict[str, list[str]] = {}
    tag = ""
    for row in rows:
        match = _TAG.match(row)
        if match:
            tag = match[1]
            found.setdefault(tag, []).append(match[2].strip())
        elif tag and row.strip():
            found[tag][-1] += " " + row.strip()
    return found


def _entry(tags: dict[str, list[str]], number: int) -> Entry:
    def first(*names: str) -> str:
        return next((clean(tags[name][0]) for name in names if tags.get(name)), "")

    identifiers = tags.get("LID", []) + tags.get("AID", [])
    doi = next((doi_in(value) for value in identifiers if "[doi]" in value), None)
    people = [person(name) for name in tags.get("FAU") or tags.get("AU") or []]
    groups = [{"literal": clean(name)} for name in tags.get("CN", [])]
    pmcid = re.search(r"PMC[0-9]+", first("PMC"))
    register = re.search(r"(NCT[0-9]{8}|ISRCTN[0-9]+)", " ".join(tags.get("SI", [])))
    reference = {
        "type": "article-journal",
        "title": first("TI").removesuffix("."),
        "author": [found for found in people if found] + groups,
        "container_title": first("JT", "TA"),
        "issued": date_in(first("DP")),
        "volume": first("VI"),
        "issue": first("IP"),
        "page": pages(first("PG"), None),
        "doi": doi,
        "pmid": first("PMID") if re.fullmatch(r"[0-9]{1,9}", first("PMID")) else None,
        "pmcid": pmcid.group() if pmcid else None,
    }
    left = {tag: clean("; ".join(values))[:200] for tag, values in tags.items() if tag not in _USED}
    return Entry(
        reference=tidy(reference), place=f"citation {number}", abstract=first("AB"), left=left,
        registration=register.group() if register else None,
    )  # fmt: skip
