"""What tables need of the evidence, and the phrases they make of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from synthesis.document.elements import Line, Span, line
from synthesis.errors import UnknownKeyError
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study

RECALLED = "†"
RECALLED_NOTE = f"{RECALLED} Recalled, not read in a source: to be checked before it is relied on."
NOT_STATED = "not stated"

_Entry = TypeVar("_Entry")


class Records(Protocol):
    """The part of the evidence that tables read."""

    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


def cite(key: str) -> Span:
    """A reference to a study or source."""
    return Span(style="cite", target=key)


def fact(text: str, name: str) -> Span:
    """A number with the name under which it can be looked up."""
    return Span(text=text, style="number", target=name)


def certainty(level: str | None) -> Span:
    """A GRADE level as a mark and its words; "not yet judged" where nobody has, "no evidence" where there is none."""
    return Span(text=(level or "not-yet-judged").replace("-", " "), style="certainty")


def dagger(recalled: bool) -> Line:
    """The mark of a recalled number, or nothing."""
    return line(f" {RECALLED}") if recalled else ()


def stacked(lines: Iterable[Line]) -> Line:
    """Several lines in one cell, one under the other."""
    spans: list[Span] = []
    for item in lines:
        if spans:
            spans.append(Span(style="break"))
        spans.extend(item)
    return tuple(spans)


def sentence(text: str) -> str:
    """``text`` with a full stop at its end if it has none."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def after_quote(quote: str) -> str:
    """What closes a sentence that ends with a quotation: a full stop, unless the quotation has its own."""
    return " " if quote.endswith((".", "!", "?")) else ". "


def letter(index: int) -> str:
    """The letter of a note: a to z, then aa, ab, ..."""
    first = "" if index < 26 else chr(ord("a") + index // 26 - 1)
    return first + chr(ord("a") + index % 26)


def empty_row(columns: int, text: str) -> tuple[Line, ...]:
    """The cells of a row that says that there is nothing to show."""
    return (line(text), *(line() for _ in range(columns - 1)))


def chosen(kind: str, entries: Mapping[str, _Entry], keys: Iterable[str] | None) -> dict[str, _Entry]:
    """The entries with these keys, in the order asked for; all of them for None.

    Raises
    ------
    UnknownKeyError
        For a key that is not there.
    """
    if keys is None:
        return dict(entries)
    wanted = list(keys)
    for key in wanted:
        if key not in entries:
            raise UnknownKeyError(kind, key, entries)
    return {key: entries[key] for key in wanted}
