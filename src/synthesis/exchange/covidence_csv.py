"""Tables that Covidence exports: a row per study or reference, with what a team filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from synthesis.exchange.bibliography.model import clean, date_in, doi_in, pages, person, tidy
from synthesis.exchange.csv_reading import NOTHING, Table
from synthesis.exchange.review import Losses, Review, ReviewStudy

_REFERENCE = {
    "title": ("Title",), "authors": ("Authors", "Author"), "year": ("Published Year", "Year"), "journal": ("Journal",),
    "volume": ("Volume",), "issue": ("Issue",), "pages": ("Pages",), "doi": ("DOI",), "abstract": ("Abstract",),
}  # fmt: skip


def looks(table: Table) -> bool:
    """Whether a table has Covidence's own number of a study."""
    return table.column("Covidence #", "Covidence number") is not None


def read(table: Table) -> Review:
    """The studies in a table; what a team's own columns say is kept in words."""
    losses = Losses()
    headings = {name: table.column(*names) for name, names in _REFERENCE.items()}
    key, label = table.column("Covidence #", "Covidence number"), table.column("Study ID", "Study")
    own = {key, label, *headings.values()}
    studies: dict[str, ReviewStudy] = {}
    for index, line in enumerate(table.rows):

        def text(name: str, line: Mapping[str, str] = line) -> str:
            heading = headings[name]
            found = clean(line[heading]) if heading else ""
            return "" if found.lower() in NOTHING else found

        number = clean(line[key]) if key else str(index + 1)
        name = (clean(line[label]) if label else "") or text("title")[:80] or f"Study {number}"
        if number in studies:
            losses.add("row", table.place(index), "a second row of the same study")
            continue
        about = {
            heading.lower(): clean(line[heading])[:1000]
            for heading in table.headings
            if heading not in own and clean(line[heading]).lower() not in NOTHING
        }
        year = re.search(r"(1[89]|20)[0-9]{2}", text("year") or name)
        studies[number] = ReviewStudy(
            name=name,
            year=int(year.group()) if year else None,
            place=f"{table.place(index)} (Covidence #{number})",
            reference=_reference(text),
            about=about,
        )
        if text("abstract"):
            losses.add(f"column {headings['abstract']}", table.place(index))
    return Review(
        title=table.name,
        file=table.name,
        studies=tuple(studies.values()),
        lost=losses.found(),
        remarks=(table.remark,) if table.remark else (),
    )


def _reference(text: object) -> dict[str, object]:
    assert callable(text)
    if not text("title"):
        return {}
    return tidy(
        {
            "type": "article-journal",
            "title": text("title"),
            "author": [found for found in map(person, re.split(r"\s*;\s*", text("authors"))) if found],
            "container_title": text("journal"),
            "issued": date_in(text("year")),
            "volume": text("volume"),
            "issue": text("issue"),
            "page": pages(text("pages"), None),
            "doi": doi_in(text("doi")),
        }
    )
