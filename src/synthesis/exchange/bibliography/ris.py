"""RIS, the format of reference managers."""

from __future__ import annotations

import re
from typing import Any

from synthesis.exchange.bibliography.model import Entry, clean, date_in, doi_in, pages, person, tidy

TYPES = {
    "JOUR": "article-journal", "JFULL": "article-journal", "MGZN": "article-journal", "EJOUR": "article-journal",
    "BOOK": "book", "CHAP": "chapter", "RPRT": "report", "GOVDOC": "report", "THES": "thesis", "ELEC": "webpage",
    "WEB": "webpage", "LEGAL": "legislation", "STAT": "legislation", "BILL": "legislation",
}  # fmt: skip

_USED = frozenset(
    {
        "type_of_reference", "title", "primary_title", "authors", "first_authors", "year", "publication_year", "date",
        "journal_name", "secondary_title", "alternate_title3", "alternate_title1", "volume", "number", "start_page",
        "end_page", "doi", "urls", "url", "publisher", "place_published", "abstract", "notes_abstract",
        "accession_number", "id", "pubmed_id", "note", "name_of_database",
    }
)  # fmt: skip


def looks(start: str) -> bool:
    """Whether a text begins like RIS: a tag line TY."""
    return re.search(r"^TY {2}- ", start, re.MULTILINE) is not None


def read(text: str) -> tuple[list[Entry], list[str]]:
    """Every reference; one that is broken is passed over with a remark, and does not hide the others."""
    import rispy

    entries, remarks = [], []
    for number, block in enumerate(re.split(r"^ER {2}-.*$", text, flags=re.MULTILINE), start=1):
        start = re.search(r"^TY {2}- ", block, re.MULTILINE)
        if start is None:
            if block.strip():
                remarks.append(f"record {number} has no line TY and was passed over")
            continue
        try:
            found = rispy.loads(block[start.start() :] + "ER  - \n")
            entries.append(_entry(found[0], f"record {number}"))
        except Exception as error:  # the library raises several kinds, none documented
            remarks.append(f"record {number} could not be read ({clean(error)[:80]}) and was passed over")
    return entries, remarks


def _entry(item: dict[str, Any], place: str) -> Entry:
    urls = item.get("urls") or item.get("url") or []
    addresses = [str(url) for url in ([urls] if isinstance(urls, str) else urls)]
    number = str(item.get("pubmed_id") or item.get("accession_number") or "")
    names = (item.get("first_authors") or []) + (item.get("authors") or [])
    kind = TYPES.get(str(item.get("type_of_reference", "")).strip(), "article-journal")
    reference = {
        "type": kind,
        "title": clean(item.get("title") or item.get("primary_title") or ""),
        "author": [found for found in (person(name) for name in names) if found],
        "container_title": clean(
            item.get("secondary_title") or item.get("journal_name") or item.get("alternate_title3") or ""
        ),
        "issued": date_in(item.get("date") or "") or date_in(item.get("year") or item.get("publication_year") or ""),
        "volume": clean(item.get("volume", "")),
        "issue": clean(item.get("number", "")),
        "page": pages(item.get("start_page"), item.get("end_page")),
        "publisher": clean(item.get("publisher", "")),
        "publisher_place": clean(item.get("place_published", "")),
        "doi": doi_in(item.get("doi", "")) or next((doi for doi in map(doi_in, addresses) if doi), None),
        "pmid": number if re.fullmatch(r"[0-9]{1,9}", number) else None,
        "url": next((url for url in addresses if re.fullmatch(r"https?://\S+", url) and not doi_in(url)), None),
    }
    left = {key: clean(value)[:200] for key, value in item.items() if key not in _USED and value}
    return Entry(
        reference=tidy(reference), place=place, left=left,
        abstract=clean(item.get("abstract") or item.get("notes_abstract") or ""),
    )  # fmt: skip
