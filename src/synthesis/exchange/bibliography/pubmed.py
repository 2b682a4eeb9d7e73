"""The XML in which PubMed hands out citations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography.model import Entry, clean, date_in, doi_in, pages, tidy
from synthesis.exchange.reading import xml_root

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def looks(start: str) -> bool:
    """Whether a text begins like PubMed XML."""
    return start.lstrip().startswith("<") and "PubmedArticle" in start


def read(text: str) -> tuple[list[Entry], list[str]]:
    """Every ``PubmedArticle``."""
    # The declaration may name another coding than that of the text that was decoded.
    root, _ = xml_root(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), "the PubMed file")
    articles = [root] if root.tag == "PubmedArticle" else list(root.iter("PubmedArticle"))
    if not articles:
        raise ImportProblem("the PubMed file holds no PubmedArticle")
    return [_entry(article, number) for number, article in enumerate(articles, start=1)], []


def _text(element: Element | None) -> str:
    return clean("".join(element.itertext())) if element is not None else ""


def _entry(article: Element, number: int) -> Entry:
    journal = article.find(".//Journal")
    issue = journal.find("JournalIssue") if journal is not None else None
    identifiers = {
        item.get("IdType", ""): _text(item) for item in article.findall("PubmedData/ArticleIdList/ArticleId")
    }
    places = {item.get("EIdType", ""): _text(item) for item in article.findall(".//Article/ELocationID")}
    pmid, pmcid = _text(article.find("MedlineCitation/PMID")), identifiers.get("pmc", "")
    register = re.search(r"(NCT[0-9]{8}|ISRCTN[0-9]+)", " ".join(map(_text, article.findall(".//AccessionNumber"))))
    abstract = [
        f"{part.get('Label')}: {_text(part)}" if part.get("Label") else _text(part)
        for part in article.findall(".//Abstract/AbstractText")
    ]
    reference = {
        "type": "article-journal",
        "title": _text(article.find(".//ArticleTitle")).removesuffix("."),
        "author": [found for found in map(_person, article.findall(".//AuthorList/Author")) if found],
        "container_title": _text(journal.find("Title")) if journal is not None else "",
        "issued": _date(issue.find("PubDate")) if issue is not None else None,
        "volume": _text(issue.find("Volume")) if issue is not None else "",
        "issue": _text(issue.find("Issue")) if issue is not None else "",
        "page": pages(_text(article.find(".//Pagination/MedlinePgn")), None),
        "doi": doi_in(identifiers.get("doi", "") or places.get("doi", "")),
        "pmid": pmid if re.fullmatch(r"[0-9]{1,9}", pmid) else None,
        "pmcid": pmcid if re.fullmatch(r"PMC[0-9]+", pmcid) else None,
    }
    return Entry(
        reference=tidy(reference), place=f"PubmedArticle {number}", abstract=" ".join(abstract),
        registration=register.group() if register else None,
        left=tidy({
            "publication types": "; ".join(map(_text, article.findall(".//PublicationType"))),
            "headings": "; ".join(map(_text, article.findall(".//MeshHeading/DescriptorName")))[:200],
        }),
    )  # fmt: skip


def _person(author: Element) -> dict[str, str] | None:
    group, family = _text(author.find("CollectiveName")), _text(author.find("LastName"))
    if group:
        return {"literal": group}
    given = _text(author.find("ForeName")) or _text(author.find("Initials"))
    return tidy({"family": family, "given": given}) if family else None


def _date(element: Element | None) -> str | None:
    if element is None:
        return None
    parts = [_text(element.find(name)) for name in ("Year", "Month", "Day")]
    return date_in(" ".join(part for part in parts if part)) or date_in(_text(element.find("MedlineDate")))
