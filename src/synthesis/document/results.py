"""How a result shows itself: one list of rows, as a small table in Jupyter, as a data frame, and as one line.

The function named by ``Result.shown_by`` says what a result is called, what its rows are and how it was obtained.
Nothing is computed here; pandas is imported when a frame is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from synthesis.formatting import number, p_value, plural

if TYPE_CHECKING:
    import pandas

Cell = str | float | int | bool | None
Cells = Mapping[str, Cell]

DISTRIBUTION = "synthesis-briefings"
# Significant figures of a number that has no unit to round by.
_FIGURES = 4
NONE = "–"

# Column of a frame -> head of the same column in print; others are printed as they are, without underscores.
HEADS = {
    "se": "Standard error", "low": "Lower bound", "high": "Upper bound", "p": "p", "df": "df", "tau2": "τ²", "i2": "I²",
    "h2": "H²", "q": "Q", "k": "k", "dffits": "DFFITS", "cook": "Cook's distance", "estimate_natural": "Natural scale",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a result shows: a title of one line, its rows, and the sentences that say how it was obtained."""

    title: str
    rows: Sequence[Cells]
    sentences: Sequence[str] = ()


class Result:
    """Something computed that shows itself: ``shown_by`` names the function that says how, as ``module:function``."""

    __slots__ = ()
    shown_by: ClassVar[str] = ""

    def _shown(self) -> Shown:
        module, _, name = self.shown_by.partition(":")
        shown: Shown = getattr(importlib.import_module(module), name)(self)
        return shown

    def __repr__(self) -> str:
        said = len(_notes(self))
        notes = f"; {plural(said, 'note')}" if said else ""
        return f"<{type(self).__name__}: {self._shown().title}{notes}>"

    def _repr_html_(self) -> str:
        shown = self._shown()
        return html(shown.title, shown.rows, _notes(self))

    def to_frame(self) -> pandas.DataFrame:
        """The rows of the result as a data frame; analysis scale unless a column says otherwise."""
        return frame(self._shown().rows)

    def describe(self) -> str:
        """The sentences a paper's methods section would contain, from the fit itself."""
        return " ".join([*self._shown().sentences, *_notes(self), software()])


def _notes(result: object) -> tuple[str, ...]:
    return tuple(note.text for note in getattr(result, "notes", ()))


Item = TypeVar("Item")


class Listing(tuple[Item, ...]):
    """A tuple of results of one kind that shows itself as one table; otherwise a tuple like any other."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return html(f"{plural(len(self), 'row')}", list(self._rows()), ())

    def _rows(self) -> Iterable[Cells]:
        return [scalars(item) for item in self]

    def to_frame(self) -> pandas.DataFrame:
        """One row per item; of a pooled effect within it, the estimate and its interval."""
        return frame(self._rows())


def scalars(item: Any) -> Cells:
    """Fields of a result that are single values; of a ``pooled`` one its main numbers."""
    if not is_dataclass(item) or isinstance(item, type):
        raise TypeError(f"{type(item).__name__} has no fields to show")
    cells: dict[str, Cell] = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name == "pooled":
            cells |= {"estimate": value.estimate, "se": value.se, "low": value.ci.low, "high": value.ci.high}
            cells |= {"p": value.test.p, "tau2": value.tau2.value, "i2": value.heterogeneity.i2}
        elif hasattr(value, "low") and hasattr(value, "high"):
            cells |= {"low": value.low, "high": value.high}
        elif value is None or isinstance(value, str | float | int):
            cells[field.name] = value
    return cells


def columns_of(rows: Sequence[Cells]) -> tuple[str, ...]:
    """Keys of the rows, in the order in which they first appear."""
    return tuple(dict.fromkeys(key for row in rows for key in row))


def frame(rows: Iterable[Cells]) -> pandas.DataFrame:
    """Rows as a data frame."""
    import pandas

    listed = list(rows)
    return pandas.DataFrame([dict(row) for row in listed], columns=list(columns_of(listed)))


def html(caption: str, rows: Sequence[Cells], notes: Sequence[str]) -> str:
    """Rows as an HTML table with a caption and header cells; every piece of text is escaped."""
    from synthesis.document.elements import Column, Row, Table, line
    from synthesis.document.html import fragment

    keys = columns_of(rows)
    heads = [HEADS.get(key, key.replace("_", " ").capitalize()) for key in keys]
    table = Table(
        id="result",
        caption=caption,
        columns=tuple(Column(label=head, align="left" if index == 0 else "right") for index, head in enumerate(heads)),
        rows=tuple(Row(cells=tuple(line(text(row.get(key), key)) for key in keys)) for row in rows),
        notes=tuple(line(note) for note in notes),
    )
    return fragment(table)


def text(value: Cell, key: str = "") -> str:
    """A cell in print."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if key == "p" or key.endswith("_p"):
        return p_value(value)
    return figures(value)


def figures(value: float) -> str:
    """A number with four significant figures; very large and very small ones with a power of ten."""
    if value != value or value in (float("inf"), float("-inf")):
        return number(value)
    if value == int(value) and abs(value) < 1e6:
        return number(value, 0)
    if not 1e-4 <= abs(value) < 1e6:
        digits, power = f"{value:.{_FIGURES - 1}e}".split("e")
        return f"{number(float(digits), _FIGURES - 1)}×10^{int(power)}"
    whole = len(str(int(abs(value))))
    small = len(f"{abs(value):.10f}".split(".")[1]) - len(f"{abs(value):.10f}".split(".")[1].lstrip("0"))
    return number(value, max(0, _FIGURES - whole) if abs(value) >= 1 else min(7, small + _FIGURES))


def software() -> str:
    """What computed a result, for a methods section."""
    from importlib.metadata import version

    return f"Computed with synthesis {version(DISTRIBUTION)} (see CITATION.cff)."
