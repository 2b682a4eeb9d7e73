"""CSL-JSON, the format of citation processors."""

from __future__ import annotations

import json
import re
from typing import Any

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography.model import Entry, clean, date_in, doi_in, pages, tidy

TYPES = {
    "article-journal": "article-journal", "article": "article-journal", "article-magazine": "article-journal",
    "report": "report", "book": "book", "chapter": "chapter", "webpage": "webpage", "post-weblog": "webpage",
    "legislation": "legislation", "bill": "legislation", "thesis": "thesis",
}  # fmt: skip

_USED = frozenset(
    {
        "id", "type", "title", "author", "container-title", "publisher", "publisher-place", "issued", "volume", "issue",
        "page", "number", "DOI", "PMID", "PMCID", "URL", "abstract",
    }
)  # fmt: skip

# The deepest item nests four levels.
_DEEPEST = 60


def looks(start: str) -> bool:
    """Whether a text begins like JSON."""
    return start.lstrip()[:1] in {"[", "{"}


def read(text: str) -> tuple[list[Entry], list[str]]:
    """Every item of a list, of ``{"items": [...]}``, or the only one."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ImportProblem("the JSON is nested far deeper than CSL-JSON is") from None
    except ValueError as error:
        raise ImportProblem(f"not JSON: {clean(error)}") from None
    if isinstance(data, dict):
        data = data["items"] if isinstance(data.get("items"), list) else [data]
    entries, remarks = [], []
    for number, item in enumerate(data if isinstance(data, list) else [], start=1):
        if isinstance(item, dict) and isinstance(item.get("title"), str):
            entries.append(_entry(item, f"item {number}"))
        else:
            remarks.append(f"item {number} has no title and was passed over")
    return entries, remarks


def _entry(item: dict[str, Any], place: str) -> Entry:
    def text(name: str) -> str:
        value = item.get(name)
        return clean(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""

    names = item.get("author") if isinstance(item.get("author"), list) else []
    people = [_person(name) for name in names or [] if isinstance(name, dict)]
    cut = any(found == {"literal": "et al"} for found in people)
    reference = {
        "type": TYPES.get(text("type"), "article-journal"),
        "title": text("title"),
        "author": [found for found in people if found and found != {"literal": "et al"}],
        "et_al": True if cut else None,
        "container_title": text("container-title"),
        "publisher": text("publisher"),
        "publisher_place": text("publisher-place"),
        "issued": _issued(item.get("issued")),
        "volume": text("volume"),
        "issue": text("issue"),
        "page": pages(text("page"), None),
        "number": text("number"),
        "doi": doi_in(text("DOI")),
        "pmid": text("PMID") if re.fullmatch(r"[0-9]{1,9}", text("PMID")) else None,
        "pmcid": text("PMCID") if re.fullmatch(r"PMC[0-9]+", text("PMCID")) else None,
        "url": text("URL") if re.fullmatch(r"https?://\S+", text("URL")) else None,
    }
    left = {key: clean(json.dumps(value, ensure_ascii=False))[:200] for key, value in item.items() if key not in _USED}
    return Entry(reference=tidy(reference), place=place, abstract=text("abstract"), left=left)


def _person(name: dict[str, Any]) -> dict[str, str] | None:
    def text(key: str) -> str:
        return clean(name[key]) if isinstance(name.get(key), str) else ""

    family = " ".join(part for part in (text("non-dropping-particle"), text("family")) if part)
    if family:
        return tidy({"family": family, "given": text("given")})
    return {"literal": text("literal")} if text("literal") else None


def _issued(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return date_in(" ".join(str(part) for part in parts[0]))
    return date_in(value.get("raw") or value.get("literal") or "")
