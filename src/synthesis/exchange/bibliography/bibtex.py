"""BibTeX."""

from __future__ import annotations

import logging
import re
from typing import Any

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography.model import Entry, clean, date_in, doi_in, pages, person, tidy

TYPES = {
    "article": "article-journal", "book": "book", "incollection": "chapter", "inbook": "chapter", "phdthesis": "thesis",
    "mastersthesis": "thesis", "thesis": "thesis", "techreport": "report", "report": "report", "online": "webpage",
    "misc": "webpage",
}  # fmt: skip

_USED = frozenset(
    {
        "title", "author", "journal", "journaltitle", "booktitle", "year", "date", "month", "volume", "number", "issue",
        "pages", "doi", "pmid", "pmcid", "url", "publisher", "institution", "school", "address", "abstract", "eprint",
    }
)  # fmt: skip


def looks(start: str) -> bool:
    """Whether a text begins like BibTeX: an entry such as ``@article{``."""
    return re.search(r"^\s*@[A-Za-z]+\s*[{(]", start, re.MULTILINE) is not None


def read(text: str) -> tuple[list[Entry], list[str]]:
    """Every entry; one that is broken is passed over with a remark, and does not hide the others."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it would log is a remark here
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    try:
        library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    except (RecursionError, ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise ImportProblem(f"the BibTeX could not be read ({clean(error)[:80]})") from None
    remarks = [f"the entry at line {(block.start_line or 0) + 1} could not be read and was passed over"
               for block in library.failed_blocks]  # fmt: skip
    return [_entry(entry) for entry in library.entries], remarks


def _entry(entry: Any) -> Entry:
    fields = {field.key.lower(): str(field.value) for field in entry.fields}

    def text(*names: str) -> str:
        return next((_bare(fields[name]) for name in names if fields.get(name)), "")

    names = re.split(r"\s+and\s+", fields.get("author", ""))
    issued = date_in(text("date")) or date_in(" ".join(part for part in (text("year"), text("month")) if part))
    reference = {
        "type": TYPES.get(entry.entry_type.lower(), "article-journal"),
        "title": text("title"),
        "author": [found for found in map(_person, names) if found],
        "et_al": True if "others" in names else None,
        "container_title": text("journal", "journaltitle", "booktitle"),
        "publisher": text("publisher", "institution", "school"),
        "publisher_place": text("address"),
        "issued": issued,
        "volume": text("volume"),
        "issue": text("number", "issue"),
        "page": pages(re.sub(r"-{2,}", "-", text("pages")), None),
        "doi": doi_in(text("doi")) or doi_in(text("url")),
        "pmid": text("pmid") if re.fullmatch(r"[0-9]{1,9}", text("pmid")) else None,
        "pmcid": text("pmcid") if re.fullmatch(r"PMC[0-9]+", text("pmcid")) else None,
        "url": text("url") if re.fullmatch(r"https?://\S+", text("url")) and not doi_in(text("url")) else None,
    }
    left = {key: clean(value)[:200] for key, value in fields.items() if key not in _USED}
    return Entry(reference=tidy(reference), place=f"entry {entry.key}", abstract=text("abstract"), left=left)


def _person(name: str) -> dict[str, str] | None:
    if name.strip() == "others" or not name.strip():
        return None
    if name.strip().startswith("{") and name.strip().endswith("}"):
        return {"literal": _bare(name)}
    if "," in name:
        return person(_bare(name))
    given, _, family = _bare(name).rpartition(" ")
    return tidy({"family": family, "given": given}) if given else {"literal": family}


def _bare(value: str) -> str:
    """Without the braces that protect capitals."""
    return clean(re.sub(r"[{}]", "", value))
