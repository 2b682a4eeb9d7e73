"""Elements as the Markdown that Quarto reads. Every mark in a text is escaped, so none of it is read as Markdown.

Pandoc reads any ASCII punctuation after a backslash as itself, which also keeps Quarto's own notations (``@``, ``{{<``,
``#|``) from being seen in somebody's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from synthesis.document.addresses import checked_address
from synthesis.document.characters import printable
from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Heading,
    KeyMessages,
    Line,
    ListBlock,
    Masthead,
    Paragraph,
    Quotation,
    References,
    Span,
    StatementItem,
    Statements,
    line,
)
from synthesis.document.marks import certainty_mark
from synthesis.errors import DocumentError

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+-]+")
_BACKTICKS = re.compile("`+")
_TONES = {"note": "note", "warning": "warning", "change": "important"}
# Nothing on the page; keeps two lists, or two runs of asterisks, from being read as one.
_APART = "<!-- -->"
_INDENT = "    "


def escaped(text: str) -> str:
    """``text`` as Markdown that says exactly it, on one line."""
    return _PUNCTUATION.sub(r"\\\1", printable(text))


@dataclass(frozen=True, slots=True)
class MarkdownWriter:
    """Writes blocks; ``place`` gives the id under which Quarto knows a place of the document."""

    place: Callable[[str], str]

    def block(self, block: Block) -> str:
        """Markdown of one block, without a line end.

        Raises
        ------
        DocumentError
            For a table or figure, which are cells of their own, and for what is not known.
        """
        match block:
            case Heading():
                return f"{'#' * block.level} {self.line(block.text)} {{#{self.place(block.id)}}}"
            case Paragraph():
                return self.line(block.text)
            case ListBlock():
                return self.list([self.blocks(item) for item in block.items], ordered=block.ordered)
            case Quotation():
                source = f"\n\n— {self.line(block.source)}" if block.source else ""
                return _prefixed(self.line(block.text) + source, "> ")
            case Code():
                return _fenced(block)
            case KeyMessages():
                note = f"\n\n{self.line(block.note)}" if block.note else ""
                return self.list(list(self.messages(block)), ordered=True) + note
            case Statements():
                return "\n\n".join(part for item in block.items for part in self.statement(item))
            case Callout():
                kind = _TONES[block.tone]
                return f"::: {{.callout-{kind}}}\n## {escaped(block.title)}\n\n{self.blocks(block.blocks)}\n:::"
            case Masthead():
                return self.list([f"**{escaped(name)}:** {escaped(value)}" for name, value in block.rows])
            case References():
                entries = [f"[{self.line(entry.text)}]{{#ref-{entry.key}}}" for entry in block.entries]
                return self.list(entries, ordered=True)
        raise DocumentError(f"{type(block).__name__} cannot be Markdown for Quarto; build it with the own engine")

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Markdown of several blocks, a blank line between them."""
        parts: list[str] = []
        listed = False
        for block in blocks:
            is_list = isinstance(block, ListBlock | KeyMessages | References | Masthead)
            if is_list and listed:
                parts.append(_APART)
            parts.append(self.block(block))
            listed = is_list
        return "\n\n".join(parts)

    def line(self, spans: Line) -> str:
        """Markdown of a line of text."""
        made = ""
        for part in self.pieces(spans):
            made += _APART + part if made.endswith("*") and part.startswith("*") else part
        return made.lstrip(" ")

    def pieces(self, spans: Line) -> Iterator[str]:
        for kind, run in groupby(spans, key=_kind):
            found = list(run)
            if kind == "cite":
                marks = ", ".join(f"[{escaped(span.text)}](#ref-{span.target})" for span in found)
                yield f"\\[{marks}\\]"
            elif kind == "strong":
                yield _around("".join(map(self.span, found)), "**")
            else:
                yield from map(self.span, found)

    def span(self, span: Span) -> str:
        words = escaped(span.text)
        match span.style:
            case "number" if span.anchor:
                return f"[{words}](#{self.place(span.anchor)})"
            case "text" | "strong" | "number":
                return words
            case "emphasis":
                return _around(words, "*")
            case "code":
                return _code(span.text)
            case "quote":
                return f"‘{words}’"
            case "link":
                return f"[{words}](<{self.address(span.target)}>)"
            case "certainty":
                return f"{certainty_mark(span.text)}\xa0{words}"
            case "break":
                return "\\\n"
            case "cite":
                return f"\\[[{words}](#ref-{span.target})\\]"

    def address(self, target: str) -> str:
        address = checked_address(target)
        if address.startswith("#"):
            return f"#{self.place(address[1:])}"
        return address.replace("\\", "%5C")

    def list(self, items: list[str], *, ordered: bool = False) -> str:
        mark = "1.  " if ordered else "-   "
        apart = "\n\n" if any("\n" in item for item in items) else "\n"
        return apart.join(mark + _prefixed(item, _INDENT)[len(_INDENT) :] for item in items)

    def messages(self, block: KeyMessages) -> Iterator[str]:
        for message in block.messages:
            sure = [f"{certainty_mark(level)}\xa0{self.line(words)}" for level, words in message.ratings]
            claim = _around(self.line(message.claim), "**") if _all_plain(message.claim) else self.line(message.claim)
            yield "\n\n".join(part for part in (claim, self.line(message.detail), *sure) if part)

    def statement(self, item: StatementItem) -> Iterator[str]:
        year = f" ({item.year})" if item.year else ""
        cited = f" {self.line(item.cited())}" if item.cite else ""
        # A statement without a body is of the one above it.
        who = f"**{escaped(item.body + year)}**, " if item.body else ""
        yield f"{who}{escaped(item.kind)}{cited}"
        yield self.line(item.says)
        if item.quote:
            place = f", {item.place}" if item.place else ""
            yield f"> {self.line(line(f'‘{item.quote}’{place}'))}"
        for name, text in item.facts:
            yield f"**{name}:** {self.line(text)}"


def _kind(span: Span) -> str:
    if span.style == "cite":
        return "cite"
    return "strong" if span.strong or span.style == "strong" else "other"


def _all_plain(spans: Line) -> bool:
    return all(span.style in ("text", "number") and not span.strong for span in spans)


def _around(words: str, mark: str) -> str:
    """``words`` between two marks, which must not stand beside a space."""
    inner = words.strip(" ")
    if not inner:
        return words
    start = len(words) - len(words.lstrip(" "))
    return f"{words[:start]}{mark}{inner}{mark}{words[start + len(inner) :]}"


def _code(text: str) -> str:
    words = printable(text)
    # Quarto replaces its shortcodes in code as well.
    if "{{<" in words or not words.strip():
        return escaped(words)
    fence = "`" * (_longest(words) + 1)
    return f"{fence} {words} {fence}"


def _fenced(block: Code) -> str:
    text = printable(block.text, keep_lines=True)
    fence = "`" * max(3, _longest(text) + 1)
    language = f".{block.language} " if _LANGUAGE.fullmatch(block.language) else ""
    return f'{fence} {{{language}shortcodes="false"}}\n{text}\n{fence}'


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join(f"{prefix}{part}" if part or prefix.strip() else part for part in text.split("\n"))
