"""A publication as a bibliographic file describes it, in the terms of our own references."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Reference = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One publication.

    Attributes
    ----------
    reference : dict
        Fields of ``evidence.base.Reference``; only those the file gives.
    place : str
        Which entry of the file it is, for example ``record 3``.
    abstract : str
    registration : str or None
        Number in a register of trials.
    left : dict of str to str
        What else the file says and a reference has no field for.
    """

    reference: Reference
    place: str
    abstract: str = ""
    registration: str | None = None
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """Year of publication, where it is given."""
        found = re.match(r"[0-9]{4}", str(self.reference.get("issued", "")))
        return int(found.group()) if found else None

    @property
    def first_author(self) -> str:
        """Family name of the first author, or the name of the group; empty where none is given."""
        author = self.reference.get("author") or [{}]
        return str(author[0].get("family") or author[0].get("literal") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bibliography:
    """A bibliographic format: how it is recognised by its content, and read.

    Attributes
    ----------
    key, label : str
    looks : callable
        Start of the text -> whether it is in this format.
    read : callable
        Text -> entries, with a remark for each entry that could not be read.
    """

    key: str
    label: str
    looks: Callable[[str], bool]
    read: Callable[[str], tuple[list[Entry], list[str]]]


_MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}  # fmt: skip
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])")


def clean(value: object) -> str:
    """Text on one line, without what cannot be seen; markup of journals is taken out."""
    text = re.sub(r"</?(i|b|em|strong|sub|sup|sc|jats:[a-z]+)\b[^>]*>", "", str(value))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def doi_in(value: object) -> str | None:
    """The DOI in an address or a text, in small letters; None if there is none."""
    found = _DOI.search(str(value))
    return found.group().rstrip(".,;)").lower() if found else None


def date_in(value: object) -> str | None:
    """A year, year and month, or full date as records write it, from "2012 Nov 19", "2012/11/19//" or "2012"."""
    text = str(value)
    year = _YEAR.search(text)
    if year is None:
        return None
    parts = [year.group()]
    rest = [part.lower() for part in re.split(r"[\s/,-]+", text[year.end() :]) if part]
    for index, part in enumerate(rest[:2]):
        number = _MONTHS.get(part[:3]) if index == 0 and part.isalpha() else None
        number = int(part) if number is None and re.fullmatch(r"[0-9]{1,2}", part) else number
        if number is None or not 1 <= number <= (12, 31)[index]:
            break
        parts.append(f"{number:02d}")
    try:
        date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError:  # the 30th of February
        parts = parts[:2]
    return "-".join(parts)


def person(name: object) -> dict[str, str] | None:
    """A person from "Family, Given" or "Family GI"; a group where neither fits."""
    text = clean(name).strip(" ,;.")
    if not text:
        return None
    family, comma, given = text.partition(",")
    if comma:
        found = {"family": family.strip(), "given": given.split(",")[0].strip(" .")}
        return {key: value for key, value in found.items() if value} if found["family"] else None
    initials = re.fullmatch(r"(\S.*?) ([A-Z]{1,4})", text)
    if initials:
        return {"family": initials[1], "given": initials[2]}
    return {"literal": text}


def pages(first: object, last: object) -> str | None:
    """The range "131-137" from its two ends; "289-99" is written out."""
    start, end = re.sub(r"[–—]", "-", clean(first or "")), clean(last or "")
    if not end and "-" in start:
        start, _, end = (part.strip() for part in start.partition("-"))
    if re.fullmatch(r"[0-9]+", start) and re.fullmatch(r"[0-9]+", end) and len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return "-".join(part for part in (start, end) if part) or None


def tidy(reference: Mapping[str, Any]) -> Reference:
    """Without whatever is empty."""
    return {key: value for key, value in reference.items() if value not in (None, "", [], ())}
