"""The elements a briefing is made of: plain data, without a word of markup.

One tree of these is what a notebook becomes and what both writers (``html.py``, ``typst.py``) read, so the HTML page
and the PDF cannot say different things. Text in an element is data: the writers escape it.

Vocabulary
----------
span : a run of text inside a line.
block : anything that stands on lines of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, cast

from pydantic import Field, TypeAdapter

from synthesis.document.marks import certainty_words

SpanKind = Literal["text", "strong", "emphasis", "code", "quote", "link", "cite", "number", "certainty", "break"]
Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text.

    Attributes
    ----------
    text : str
        What the reader sees (for ``cite``: ignored, the reference number is printed).
    style : SpanKind
        ``number`` is a figure that came from the evidence, ``target`` its fact id; ``certainty`` is a GRADE level,
        printed as a mark with its word; ``cite`` is a reference, ``target`` its key; ``link`` goes to ``target``.
    target : str
        Address, reference key or fact id; empty otherwise.
    strong : bool
        Also set in bold; for a number, link or code inside strong text (``style="strong"`` says it for plain text).
    anchor : str
        For ``cite``: the place its reference links back to; for ``number``: the place in the document that shows what
        it rests on. Given when a document is assembled.
    """

    text: str = ""
    style: SpanKind = "text"
    target: str = ""
    strong: bool = False
    anchor: str = ""


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line of text from strings and spans."""
    return tuple(Span(text=part) if isinstance(part, str) else part for part in parts)


def plain(spans: Line) -> str:
    """The text of a line without its styles."""
    return "".join("\n" if span.style == "break" else span.text for span in spans)


class Shown:
    """A block that shows itself in Jupyter and carries its content to the exporters in the same output."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from synthesis.document.html import fragment
        from synthesis.document.text import plain_text

        block = cast("Block", self)
        return {BLOCK_MIME: to_data(block), "text/html": fragment(block), "text/plain": plain_text(block)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A section heading. ``level`` 1 is the document title; sections start at 2."""

    level: int
    text: Line
    id: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: Line
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBlock:
    """A list; each item is a sequence of blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    kind: Literal["list"] = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words of somebody else, with who said them and where."""

    text: Line
    source: Line
    kind: Literal["quotation"] = "quotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    text: str
    language: str = ""
    kind: Literal["code"] = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. ``width`` is a relative share; 0 lets the writer decide."""

    label: str
    align: Align = "left"
    width: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: the first cell is its header. ``group`` rows span the table and head the rows below.

    ``id`` is the place a printed number leads to; "" for none.
    """

    cells: tuple[Line, ...]
    style: Literal["body", "group", "total"] = "body"
    id: str = ""

    @property
    def alone(self) -> bool:
        """Whether only the first cell says something, and so may have the width of the table."""
        return self.style == "body" and len(self.cells) > 1 and not any(map(plain, self.cells[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Shown):
    """A table of data with a caption, one header row, and a header cell at the start of each row.

    ``label`` ("Table 2") is given when a document is numbered. A ``fine`` table is set smaller: readers look things up
    in it and do not read it through.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Line, ...] = ()
    label: str = ""
    fine: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Shown):
    """A picture with its text alternative and the same numbers as a table.

    Attributes
    ----------
    title : str
        What the figure shows, as a finding in words or a topic.
    caption : Line
        Measure, population, time; sits under the title.
    alt : str
        What somebody who cannot see the figure needs to know; never the caption again.
    svg : str
        The drawing, self-contained.
    width_mm : float
        Width in print.
    data : Table or None
        The numbers drawn.
    label : str
        "Figure 2"; given when a document is numbered.
    """

    id: str
    title: str
    caption: Line
    alt: str
    svg: str
    width_mm: float = 170
    data: Table | None = None
    source: Line = ()
    label: str = ""
    kind: Literal["figure"] = "figure"

    def save(self, path: str) -> None:
        """Write the drawing to ``path`` as SVG; a folder that is not there is made."""
        from pathlib import Path

        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(self.svg, encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A mark on the axis of an explorer. ``at``, ``low`` and ``high`` are shares of the axis, from 0 to 1.

    ``cut`` says on which side the line goes on beyond the axis; ``size`` is the side of a square in pixels.
    """

    shape: Literal["square", "diamond", "band"]
    at: float
    low: float
    high: float
    cut: tuple[bool, bool] = (False, False)
    size: float = 0
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerRow:
    """A row of an explorer: a text for each column but the drawn one, which shows ``bar``."""

    cells: tuple[str, ...]
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerAxis:
    """Ticks as share of the axis and label; where "no effect" lies; what lies left and right of it."""

    ticks: tuple[tuple[float, str], ...]
    null: float
    sides: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A choice that shows and hides rows of an explorer: its name, and its options as value and words."""

    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer(Shown):
    """A forest plot as a table that can be sorted and filtered in a page, and pools anew what is left.

    Attributes
    ----------
    figure : Figure
        The same as a picture: title, caption, notes and numbers are its own, and it stands wherever nothing can be
        clicked.
    columns : tuple of Column
        ``drawn``, ``effect`` and ``weight`` are the places of those with the marks, the effects and the weights.
    studies, pooled : tuple of ExplorerRow
    sums : tuple of str
        What all studies add up to, a text for each column, "" where nothing adds up; empty for no such row.
    filters : tuple of Filter
    script : str
        What a page's script needs to sort, filter and pool, as JSON.
    """

    figure: Figure
    columns: tuple[Column, ...]
    drawn: int
    effect: int
    weight: int
    studies: tuple[ExplorerRow, ...]
    pooled: tuple[ExplorerRow, ...]
    axis: ExplorerAxis
    filters: tuple[Filter, ...]
    script: str
    sums: tuple[str, ...] = ()
    kind: Literal["explorer"] = "explorer"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBaseline(Shown):
    """An effect as people per 1,000, at some baselines in a table and, in a page, at the reader's own.

    Attributes
    ----------
    table : Table
        The same where nothing can be typed.
    label : str
        What the reader is asked for.
    low, high, start : int
        People per 1,000: the range that was studied, and what is filled in at first.
    script : str
        What a page's script needs to compute the rest, as JSON.
    """

    table: Table
    label: str
    low: int
    high: int
    start: int
    script: str
    kind: Literal["local-baseline"] = "local-baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMessage:
    """One thing a reader must take away: the claim, the numbers behind it, how sure we are.

    Attributes
    ----------
    certainty : str
        Our own level of certainty.
    of : str
        The evidence that level is about; said where somebody else's level stands beside it.
    published : str
        The level others have published for evidence of theirs; "" for none.
    published_words : Line
        What is said beside that level: whose it is.
    """

    claim: Line
    detail: Line
    certainty: str
    of: str = ""
    published: str = ""
    published_words: Line = ()

    @property
    def ratings(self) -> tuple[tuple[str, Line], ...]:
        """Each level with its words, that of others first."""
        ours = (self.certainty, line(certainty_words(self.certainty, self.of)))
        return ((self.published, self.published_words), ours) if self.published else (ours,)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMessages(Shown):
    messages: tuple[KeyMessage, ...]
    note: Line = ()
    kind: Literal["key-messages"] = "key-messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementItem:
    """What one body recommends or concludes: who, in our words, in theirs, where, on what basis, how it stands now.

    ``body`` is empty where the statement before it is by the same body. ``ours`` says how our evidence stands to it.
    """

    body: str
    year: str
    kind: str
    says: Line
    quote: str
    place: str
    basis: Line
    status: Line
    ours: Line = ()
    cite: str = ""
    citation: Line = ()

    @property
    def facts(self) -> tuple[tuple[str, Line], ...]:
        """What stands under a statement, each with its name; nothing where there is nothing to say."""
        named = (("Our evidence", self.ours), ("Basis", self.basis), ("Status", self.status))
        return tuple((name, text) for name, text in named if plain(text))

    def cited(self) -> Line:
        """The citation as a line: the numbered one once the document is numbered."""
        return self.citation or ((Span(style="cite", target=self.cite),) if self.cite else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements(Shown):
    items: tuple[StatementItem, ...]
    kind: Literal["statements"] = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout(Shown):
    """A boxed aside: a warning, a limit, a note on what was changed."""

    title: str
    blocks: tuple[Block, ...]
    tone: Literal["note", "warning", "change"] = "note"
    kind: Literal["callout"] = "callout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead(Shown):
    """The head of a briefing: title, question, edition, dates, status, owner."""

    title: str
    question: str
    rows: tuple[tuple[str, str], ...]
    kind: Literal["masthead"] = "masthead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of the reference list, already formatted; ``text`` has no number.

    ``anchors`` are the places that cite it, given when a document is numbered.
    """

    key: str
    text: Line
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    entries: tuple[Reference, ...]
    kind: Literal["references"] = "references"


Block = Annotated[
    Heading
    | Paragraph
    | ListBlock
    | Quotation
    | Code
    | Table
    | Figure
    | Explorer
    | LocalBaseline
    | KeyMessages
    | Statements
    | Callout
    | Masthead
    | References,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document, ready for a writer.

    Attributes
    ----------
    title, language, date : str
        Title; BCP 47 tag; ISO date of the edition.
    metadata : dict of str to str
        Subject, description, keywords, owner and the like for file metadata. ``notice`` is what no reader may miss,
        whatever page is opened: it stands at the head, and on paper on every page.
    blocks : tuple of Block
        In reading order; a ``Masthead`` first, ``References`` last.
    """

    title: str
    language: str
    date: str
    metadata: dict[str, str]
    blocks: tuple[Block, ...]


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Block)


def to_data(block: Block) -> dict[str, Any]:
    """A block as plain JSON data."""
    data: dict[str, Any] = _adapter().dump_python(block, mode="json")
    return data


def from_data(data: object) -> Block:
    """The block that ``to_data`` turned into ``data``.

    Raises
    ------
    pydantic.ValidationError
        If ``data`` is not a block.
    """
    block: Block = _adapter().validate_python(data, strict=False)
    return block


# The MIME type under which a block travels in a notebook's outputs.
BLOCK_MIME = "application/vnd.synthesis.block+json"

# The type under which named numbers, references and the document's own data travel.
FACTS_MIME = "application/vnd.synthesis.facts+json"
