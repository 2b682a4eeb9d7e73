"""What every record is made of: strict models, people, references, and where a thing was read."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from synthesis.evidence.scalars import flag, real, refuse, whole

# A number this large is a slip of the keyboard in any field of this kind of research.
ABSURD = 1e12

# Records arrive as text: every number and yes/no type reads it through one of these.
_REAL, _WHOLE, _FLAG = BeforeValidator(real), BeforeValidator(whole), BeforeValidator(flag)


def _in_calendar(value: str) -> str:
    year, month, day = [int(part) for part in (value + "-01-01").split("-")[:3]]
    try:
        date(year, month, day)
    except ValueError:
        raise refuse("bad-format", repr(value), fix="there is no such day: check the date") from None
    return value


def _pattern(pattern: str, description: str, *examples: str) -> object:
    """A pattern with the words for it: an error message says the words, never the pattern."""
    return Field(pattern=pattern, description=description, examples=list(examples))


Slug = Annotated[
    str,
    Field(max_length=80),
    _pattern(r"^[a-z0-9]+(-[a-z0-9]+)*$", "small letters and digits, with single hyphens between", "manning2012"),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Number = Annotated[float, Field(ge=-ABSURD, le=ABSURD, allow_inf_nan=False), _REAL]
NotNegative = Annotated[float, Field(ge=0, le=ABSURD, allow_inf_nan=False), _REAL]
Positive = Annotated[float, Field(gt=0, le=ABSURD, allow_inf_nan=False), _REAL]
Percentage = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), _REAL]
Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False), _REAL]
Coefficient = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False), _REAL]
Months = Annotated[float, Field(ge=0, le=1200, allow_inf_nan=False), _REAL]
Count = Annotated[int, Field(ge=0, le=int(ABSURD)), _WHOLE]
Year = Annotated[int, Field(ge=1900, le=2100), _WHOLE]
Flag = Annotated[bool, _FLAG]
SchemaVersion = Annotated[Literal[1], _WHOLE]
Date = Annotated[
    str,
    _pattern(
        r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        "a year, a year and month, or a full date",
        "2012",
        "2012-11",
        "2012-11-19",
    ),
    AfterValidator(_in_calendar),
]
FullDate = Annotated[
    str, _pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a full date", "2026-11-23"), AfterValidator(_in_calendar)
]
EstimateKey = Annotated[
    str,
    _pattern(
        r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$", "a source and one of its estimates", "kelly2020/abstinence"
    ),
]
MethodKey = Annotated[
    str, _pattern(r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$", "the key of a measure or method", "OR", "REML")
]
Country = Annotated[str, _pattern(r"^[A-Z]{2}$", "two capital letters of ISO 3166", "GB")]
Address = Annotated[str, _pattern(r"^https?://\S+$", "a web address without spaces", "https://www.nice.org.uk/")]
Doi = Annotated[str, _pattern(r"^10\.[0-9]{4,9}/\S+$", "a DOI without https://doi.org/", "10.1136/bmj.n71")]
Pmid = Annotated[str, _pattern(r"^[0-9]{1,9}$", "a PubMed number", "17524574")]
Pmcid = Annotated[str, _pattern(r"^PMC[0-9]+$", "a PubMed Central number", "PMC2802221")]
PValue = Annotated[
    str,
    _pattern(
        r"^(not significant|[<>]?(0?\.[0-9]+|[01](\.0+)?))$",
        "a p value as printed, with < or > where printed",
        "0.048",
        "<0.05",
        "not significant",
    ),
]

QUOTE_WORDS = 25

# How a figure is known. Only "recalled" keeps a value out of a headline.
Known = Literal["read", "derived", "inferred", "recalled"]


class Record(BaseModel):
    """Base of every model: unknown fields are errors, nothing can be changed after loading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, protected_namespaces=(), defer_build=True
    )

    def _repr_html_(self) -> str:
        """The fields that say something, as a table for a notebook; lists by what is in them."""
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(_in_short(getattr(self, name)))}</td></tr>'
            for name, field in type(self).model_fields.items()
            if getattr(self, name) not in (None, (), {}) and getattr(self, name) != field.default
        )
        caption = escape(str(getattr(self, "label", None) or getattr(self, "id", None) or type(self).__name__))
        return f"<table><caption>{caption}</caption><tbody>{rows}</tbody></table>"


def _in_short(value: object) -> str:
    """A field in a few words: records in a list by their ids, others by their kind."""
    if isinstance(value, Record):
        known = {
            name: item for name in type(value).model_fields if (item := getattr(value, name)) not in (None, (), {})
        }
        return "; ".join(f"{name}: {_in_short(item)}" for name, item in known.items())
    if isinstance(value, tuple):
        named = [str(getattr(item, "id", None) or _in_short(item)) for item in value]
        return ", ".join(named)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_short(item)}" for key, item in value.items())
    text = str(value)
    return text if len(text) <= 200 else text[:199] + "…"


class Person(Record):
    """A family name with given names or initials, or the literal name of a group.

    Attributes
    ----------
    family, given : str or None
        Family name; given names or initials (``LA``).
    literal : str or None
        The name of a group that is an author, instead of a family name.
    """

    family: Text | None = None
    given: Text | None = None
    literal: Text | None = None

    def csl(self) -> dict[str, str]:
        """The person as a CSL-JSON name; initials written together ("LA") are set apart, or one would be dropped."""
        name: dict[str, str] = self.model_dump(exclude_none=True)
        if self.given is not None and self.given.isalpha() and self.given.isupper():
            name["given"] = " ".join(f"{letter}." for letter in self.given)
        return name

    @model_validator(mode="after")
    def _one_form(self) -> Person:
        if (self.family is None) == (self.literal is None):
            raise refuse(
                "inconsistent",
                "both family and literal, or neither",
                allowed="either family (with given) or literal",
                fix="give the one that fits",
            )
        return self


class Reference(Record):
    """A publication, in the terms of CSL-JSON.

    ``et_al`` is True where the author list was cut short with "et al."; ``recalled`` names the parts that were not
    read but remembered.

    Attributes
    ----------
    type : str
        What kind of publication it is.
    title : str
        As printed.
    author : tuple of Person
        In the order printed.
    et_al : bool
        Whether the author list was cut short with "et al.".
    container_title : str or None
        The journal or book it is part of.
    publisher, publisher_place : str or None
        Of a book or report: who published it, and where.
    issued : str or None
        When it was published: a year, a year and month, or a full date.
    volume, issue, page, number : str or None
        As printed; ``number`` is that of a report.
    doi, pmid, pmcid : str or None
        Its identifiers: DOI, PubMed, PubMed Central. They find duplicates and make links.
    url : str or None
        Where it is on the web, if it has no DOI.
    note : str or None
        Anything a reader of the reference should know.
    recalled : str or None
        The parts of the reference that were not read but remembered.
    """

    type: Literal["article-journal", "report", "book", "chapter", "webpage", "legislation", "thesis"]
    title: Text
    author: tuple[Person, ...] = ()
    et_al: Flag = False
    container_title: Text | None = None
    publisher: Text | None = None
    publisher_place: Text | None = None
    issued: Date | None = None
    volume: Text | None = None
    issue: Text | None = None
    page: Text | None = None
    number: Text | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Pmcid | None = None
    url: Address | None = None
    note: Text | None = None
    recalled: Text | None = None

    def csl(self, key: str) -> dict[str, object]:
        """The reference as a CSL-JSON item with id ``key``."""
        author: list[dict[str, str]] = [person.csl() for person in self.author]
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
        ``quote_note`` names the numbers it leaves out. `synthesis check` verifies both.
    read : bool
        True if it was read at that place; False if it is remembered and must be checked before it is published.
    secondary : bool
        True if the place is not the publication itself but somebody's account of it.
    address : str or None
        The page on which it was read; often a mirror, so cite the DOI or PMID instead.
    known : str or None
        How it is known, in words, where read and not-read parts are mixed.
    quote_note : str or None
        The printed numbers that the quotation leaves out.
    """

    report: Slug = "main"
    place: Text
    quote: Text | None = None
    quote_covers: Literal["all", "part", "none"] = "all"
    quote_note: Text | None = None
    read: Flag
    secondary: Flag = False
    address: Text | None = None
    known: Text | None = None

    @model_validator(mode="after")
    def _short_quote(self) -> Where:
        words = len(re.findall(r"\S+", self.quote or ""))
        if words > QUOTE_WORDS:
            raise refuse(
                "quote-too-long",
                f"{words} words",
                allowed=f"at most {QUOTE_WORDS} words",
                fix="keep the words that carry the number or the statement",
                field="quote",
            )
        return self
