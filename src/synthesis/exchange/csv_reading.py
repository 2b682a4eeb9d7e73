"""Tables of text from elsewhere: commas, semicolons or tabs, with headings that may be written in several ways."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthesis.errors import ImportProblem
from synthesis.exchange.reading import decoded
from synthesis.exchange.review import Losses
from synthesis.formatting import integer

MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_CELL = 200_000

# How missing values are written.
NOTHING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its headings as written, its rows as text by heading, and a remark on its letters."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    remark: str | None = None

    def column(self, *names: str) -> str | None:
        """The heading that is one of ``names``, whatever its capitals, spaces and signs."""
        wanted = [plain(name) for name in names]
        found = {plain(heading): heading for heading in reversed(self.headings)}
        return next((found[name] for name in wanted if name in found), None)

    def place(self, index: int) -> str:
        """How a row is named in provenance; the headings are row 1."""
        return f"{self.name}, row {index + 2}"

    def unused(self, used: Iterable[str | None], losses: Losses, *silent: str) -> None:
        """Note every other column that says something; values in ``silent`` say nothing either."""
        nothing = NOTHING.union(silent)
        for heading in self.headings:
            if heading not in set(used):
                for index, row in enumerate(self.rows):
                    if row[heading].strip().lower() not in nothing:
                        losses.add(f"column {heading}", self.place(index))


def plain(heading: str) -> str:
    """A heading without capitals, spaces and signs, so that "Study Year" and "study_year" are one."""
    return re.sub(r"[^a-z0-9]+", "", heading.lower().replace("²", "2"))


def read_table(data: bytes, name: str) -> Table:
    """The table in a text file.

    Raises
    ------
    ImportProblem
        If it is no table, or far too large.
    """
    text = decoded(data)
    body = text.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    first = body.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    previous = csv.field_size_limit(MOST_CELL)
    try:
        return table_of(csv.reader(io.StringIO(body), delimiter=delimiter, strict=False), name, text.remark)
    except csv.Error as error:
        raise ImportProblem(f"{name} is no table that can be read ({error})") from None
    finally:
        csv.field_size_limit(previous)


def table_of(lines: Iterable[list[str]], name: str, remark: str | None = None) -> Table:
    """A table from its lines, of which the first that is not empty holds the headings."""
    headings: list[str] = []
    rows: list[dict[str, str]] = []
    for line in lines:
        if not any(cell.strip() for cell in line):
            continue
        if not headings:
            if len(line) > MOST_COLUMNS:
                raise ImportProblem(f"{name} has {integer(len(line))} columns; at most {integer(MOST_COLUMNS)}")
            headings = _distinct([" ".join(cell.split()).removeprefix("\ufeff") for cell in line])
            continue
        if len(line) > len(headings) and any(cell.strip() for cell in line[len(headings) :]):
            raise ImportProblem(f"{name}, row {len(rows) + 2}, has more cells than there are headings")
        cells = [cell.strip() for cell in line] + [""] * (len(headings) - len(line))
        rows.append(dict(zip(headings, cells, strict=False)))
        if len(rows) > MOST_ROWS:
            raise ImportProblem(f"{name} has more than {integer(MOST_ROWS)} rows")
    if not headings:
        raise ImportProblem(f"{name} is empty")
    return Table(name=name, headings=tuple(headings), rows=tuple(rows), remark=remark)


def number(text: str, place: str, heading: str) -> float | None:
    """The number in a cell; None where nothing stands.

    Raises
    ------
    ImportProblem
        If something else stands there.
    """
    plain_text = text.strip().removeprefix("'")
    if plain_text.lower() in NOTHING:
        return None
    if re.fullmatch(r"-?[0-9]+,[0-9]+", plain_text):
        raise ImportProblem(f"{place}: {heading} is {text!r}; write a point, not a comma, before the decimals")
    if not re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?", plain_text) or len(plain_text) > 40:
        raise ImportProblem(f"{place}: {heading} is {text[:40]!r}, which is not a number")
    value = float(plain_text)
    if abs(value) > 1e12:
        raise ImportProblem(f"{place}: {heading} is {text[:40]!r}, which is too large to be real")
    return value


def _distinct(headings: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    named = []
    for index, heading in enumerate(headings):
        name = heading or f"column {index + 1}"
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return named
