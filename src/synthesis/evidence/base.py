"""What every record is made of: strict models, people, references, and where a thing was read."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# A number this large is a slip of the keyboard in any field of this kind of research.
ABSURD = 1e12

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Number = Annotated[float, Field(ge=-ABSURD, le=ABSURD, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=int(ABSURD))]
Positive = Annotated[float, Field(gt=0, le=ABSURD, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
PValue = Annotated[str, StringConstraints(pattern=r"^(not significant|[<>]?(0?\.\d+|[01](\.0+)?))$")]

QUOTE_WORDS = 25

# How a figure is known. Only "recalled" keeps a value out of a headline.
Known = Literal["read", "derived", "inferred", "recalled"]


class Record(BaseModel):
    """Base of every model: unknown fields are errors, nothing can be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, protected_namespaces=())


class Person(Record):
    """A family name with given names or initials, or the literal name of a group."""

    family: Text | None = None
    given: Text | None = None
    literal: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Person:
        if (self.family is None) == (self.literal is None):
            raise ValueError("a person has either family (with given) or literal")
        return self


class Reference(Record):
    """A publication, in the terms of CSL-JSON.

    ``complete`` is False where the author list was cut short with "et al."; ``details_recalled`` names the parts that
    were not read but remembered.
    """

    type: Literal["article-journal", "report", "book", "chapter", "webpage", "legislation", "thesis"]
    title: Text
    author: tuple[Person, ...] = ()
    et_al: bool = False
    container_title: Text | None = None
    publisher: Text | None = None
    publisher_place: Text | None = None
    issued: Date | None = None
    volume: Text | None = None
    issue: Text | None = None
    page: Text | None = None
    number: Text | None = None
    doi: Doi | None = None
    pmid: Annotated[str, StringConstraints(pattern=r"^\d{1,9}$")] | None = None
    pmcid: Annotated[str, StringConstraints(pattern=r"^PMC\d+$")] | None = None
    url: Address | None = None
    note: Text | None = None
    recalled: Text | None = None

    def csl(self, key: str) -> dict[str, object]:
        """The reference as a CSL-JSON item with id ``key``."""
        author: list[dict[str, str]] = [person.model_dump(exclude_none=True) for person in self.author]
        if self.et_al:
            author.append({"literal": "et al"})
        item: dict[str, object] = {"id": key, "type": self.type, "title": self.title, "author": author}
        if self.issued:
            item["issued"] = {"date-parts": [[int(part) for part in self.issued.split("-")]]}
        names = {
            "container-title": self.container_title,
            "publisher": self.publisher,
            "publisher-place": self.publisher_place,
            "volume": self.volume,
            "issue": self.issue,
            "page": self.page,
            "number": self.number,
            "DOI": self.doi,
            "PMID": self.pmid,
            "PMCID": self.pmcid,
            "URL": self.url,
        }
        item.update({name: value for name, value in names.items() if value is not None})
        return item


class Where(Record):
    """Where a figure or a sentence was read.

    Attributes
    ----------
    report : str
        Id of the report in the same record that it belongs to.
    place : str
        Page, table, section, or "abstract".
    quote : str or None
        The words that carry it, exact, at most 25.
    quote_covers : {"all", "part", "none"}
        Whether the quotation contains every printed number of the result, some of them, or none; where not all,
        ``quote_note`` says what it leaves out. `synthesis check` verifies it.
    read : bool
        True if it was read at that place; False if it is remembered and must be checked before it is published.
    secondary : bool
        True if the place is not the publication itself but somebody's account of it.
    address : str or None
        The page on which it was read; often a mirror, so cite the DOI or PMID instead.
    known : str or None
        How it is known, in words, where read and not-read parts are mixed.
    """

    report: Slug = "main"
    place: Text
    quote: Text | None = None
    quote_covers: Literal["all", "part", "none"] = "all"
    quote_note: Text | None = None
    read: bool
    secondary: bool = False
    address: Text | None = None
    known: Text | None = None

    @model_validator(mode="after")
    def _short_quote(self) -> Where:
        words = len(re.findall(r"\S+", self.quote or ""))
        if words > QUOTE_WORDS:
            raise ValueError(f"the quotation has {words} words; at most {QUOTE_WORDS} may be quoted")
        return self
