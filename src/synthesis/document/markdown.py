"""Prose, written in Markdown with named slots, becomes blocks.

Only what a briefing needs is understood, and anything else is an error rather than something printed oddly: headings,
paragraphs, lists, block quotes, code, strong, emphasis, code spans, links and citations. ``[@key]`` and ``[@a; @b]``
cite; ``{{ name }}`` is a slot. Slots are found by the parser and filled after it, so a value is never read as Markdown.

A block quote whose last paragraph starts with a dash says there who is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from synthesis.document.addresses import checked_address
from synthesis.document.elements import (
    Block,
    Code,
    Heading,
    Line,
    ListBlock,
    Paragraph,
    Quotation,
    Span,
    SpanKind,
    plain,
)
from synthesis.errors import DocumentError, unknown

_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CITATION = re.compile(r"\[(@[^\[\]]*)\]")
_KEY = re.compile(r"@([A-Za-z0-9][A-Za-z0-9_:./-]*)")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_DASH = ("— ", "– ", "-- ")

# What the parser can recognise and a briefing cannot hold, with what to do instead.
_UNSUPPORTED = {
    "html_block": ("HTML", "write Markdown, or put the text in backticks"),
    "html_inline": ("HTML", "write Markdown, or put the text in backticks"),
    "image": ("an image", "display a figure from a code cell, so that it has a text alternative and its numbers"),
    "table_open": ("a table", "display a table from a code cell, so that its numbers come from the evidence"),
    "hr": ("a horizontal rule", "start a new section with a heading"),
    "footnote": ("a footnote", "put it in the text, or cite a source with [@key]"),
}


def blocks(markdown: str, *, slots: Mapping[str, str], taken: frozenset[str] = frozenset()) -> tuple[Block, ...]:
    """The blocks of a piece of prose.

    Parameters
    ----------
    markdown : str
        The prose.
    slots : mapping of str to str
        Printed value by slot name.
    taken : frozenset of str
        Ids already used in the document; headings get others.

    Raises
    ------
    DocumentError
        If the prose uses a slot that is not in ``slots``, or anything that is not understood.
    """
    return tuple(_Reader(slots=slots, taken=set(taken)).sequence(_Tokens(_parser().parse(markdown))))


def slot_names(markdown: str) -> tuple[str, ...]:
    """The names of the slots in a piece of prose, in order, repeated where they are."""
    found = (child for token in _parser().parse(markdown) for child in token.children or ())
    return tuple(token.content for token in found if token.type == "slot")


def slug(text: str, taken: set[str]) -> str:
    """An id made from ``text`` that is not in ``taken``; it is added there."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "section"
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return name


def _slot_rule(state: StateInline, silent: bool) -> bool:
    match = _SLOT.match(state.src, state.pos)
    return _accept(state, silent, match, "slot")


def _citation_rule(state: StateInline, silent: bool) -> bool:
    return _accept(state, silent, _CITATION.match(state.src, state.pos), "citation")


def _footnote_rule(state: StateInline, silent: bool) -> bool:
    return _accept(state, silent, _FOOTNOTE.match(state.src, state.pos), "footnote")


def _accept(state: StateInline, silent: bool, match: re.Match[str] | None, kind: str) -> bool:
    if match is None:
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = match[1] if match.re.groups else match[0]
    state.pos = match.end()
    return True


@cache
def _parser() -> MarkdownIt:
    # A link definition prints nothing where it stands, so a line that happens to look like one would be lost.
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("reference")
    # Addresses are checked when read: a refused one is an error here, not text. The parser is set up by assignment.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    for name, rule in (("slot", _slot_rule), ("footnote", _footnote_rule), ("citation", _citation_rule)):
        parser.inline.ruler.before("link", name, rule)
    return parser


@dataclass(slots=True)
class _Tokens:
    """Block tokens read one after the other."""

    tokens: Sequence[Token]
    position: int = 0

    def next(self) -> Token | None:
        if self.position >= len(self.tokens):
            return None
        self.position += 1
        return self.tokens[self.position - 1]


@dataclass(slots=True)
class _Style:
    """What is open around the text being read."""

    strong: int = 0
    emphasis: int = 0
    link: str = ""
    linked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    slots: Mapping[str, str]
    taken: set[str]

    def sequence(self, tokens: _Tokens, until: str = "") -> list[Block]:
        found: list[Block] = []
        while (token := tokens.next()) is not None and token.type != until:
            found.append(self.block(token, tokens))
        return found

    def block(self, token: Token, tokens: _Tokens) -> Block:
        match token.type:
            case "heading_open":
                text = self.inline_then(tokens, "heading_close")
                name = "".join(span.text for span in text if span.style != "number")
                return Heading(level=int(token.tag[1:]), text=text, id=slug(name, self.taken))
            case "paragraph_open":
                return Paragraph(text=self.inline_then(tokens, "paragraph_close"))
            case "bullet_list_open":
                return ListBlock(items=self.items(tokens, "bullet_list_close"))
            case "ordered_list_open":
                if token.attrGet("start") not in (None, 1):
                    raise DocumentError(f"a numbered list must start at 1, found {token.attrGet('start')}{_at(token)}")
                return ListBlock(items=self.items(tokens, "ordered_list_close"), ordered=True)
            case "blockquote_open":
                return _quotation(self.sequence(tokens, "blockquote_close"), token)
            case "fence" | "code_block":
                return Code(text=token.content.rstrip("\n"), language=token.info.strip().partition(" ")[0])
        raise _unsupported(token.type, token.content, _at(token))

    def items(self, tokens: _Tokens, until: str) -> tuple[tuple[Block, ...], ...]:
        found = []
        while (token := tokens.next()) is not None and token.type != until:
            item = self.sequence(tokens, "list_item_close")
            if any(isinstance(block, Heading) for block in item):
                raise DocumentError(f"a heading inside a list item{_at(token)}; move it out of the list")
            found.append(tuple(item) or (Paragraph(text=()),))
        return tuple(found)

    def inline_then(self, tokens: _Tokens, close: str) -> Line:
        content, end = tokens.next(), tokens.next()
        if content is None or end is None or end.type != close:
            raise AssertionError(f"the parser promises {close} after inline content")
        return self.line(content)

    def line(self, token: Token) -> Line:
        style = _Style()
        spans: list[Span] = []
        for child in token.children or ():
            spans += self.spans(child, style, _at(token))
        return _joined(spans)

    def spans(self, token: Token, style: _Style, where: str) -> list[Span]:
        match token.type:
            case "strong_open" | "strong_close":
                style.strong += token.nesting
            case "em_open" | "em_close":
                style.emphasis += token.nesting
            case "link_open":
                style.link, style.linked = checked_address(_href(token)), []
            case "link_close":
                span = Span(text="".join(style.linked), style="link", target=style.link, strong=style.strong > 0)
                style.link = ""
                return [span]
            case "text" | "text_special" | "softbreak" | "code_inline" | "hardbreak" | "slot":
                return self.words(token, style, where)
            case "citation":
                return _citations(token.content, where)
            case _:
                raise _unsupported(token.type, token.content, where)
        return []

    def words(self, token: Token, style: _Style, where: str) -> list[Span]:
        text = " " if token.type == "softbreak" else token.content
        if token.type == "slot":
            text = self.value(token.content, where)
        if style.link:
            style.linked.append(" " if token.type == "hardbreak" else text)
            return []
        if token.type == "hardbreak":
            return [Span(style="break")]
        strong = style.strong > 0
        if token.type == "slot":
            return [Span(text=text, style="number", target=token.content, strong=strong)]
        if token.type == "code_inline":
            return [Span(text=text, style="code", strong=strong)]
        kind: SpanKind = "strong" if strong else "emphasis" if style.emphasis else "text"
        if strong and style.emphasis:
            return [Span(text=text, style="emphasis", strong=True)]
        return [Span(text=text, style=kind)]

    def value(self, name: str, where: str) -> str:
        if name in self.slots:
            return self.slots[name]
        raise DocumentError(unknown("slot", name, self.slots, where))


def _at(token: Token) -> str:
    return f" (line {token.map[0] + 1} of the cell)" if token.map else ""


def _href(token: Token) -> str:
    return str(token.attrGet("href") or "")


def _unsupported(kind: str, content: str, where: str) -> DocumentError:
    what, instead = _UNSUPPORTED.get(kind, (f"Markdown of type {kind!r}", "use plainer Markdown"))
    shown = f" ({content.strip()[:60]})" if content.strip() else ""
    return DocumentError(f"{what}{shown} cannot be part of a briefing's prose{where}; {instead}")


def _citations(content: str, where: str) -> list[Span]:
    found = []
    for part in content.split(";"):
        match = _KEY.fullmatch(part.strip())
        if match is None:
            raise DocumentError(f"cannot read the citation [{content}]{where}; write [@key] or [@one; @two]")
        found.append(Span(style="cite", target=match[1]))
    return found


def _joined(spans: list[Span]) -> Line:
    """Neighbouring runs of one style as one run, and no empty runs."""
    merged: list[Span] = []
    for span in spans:
        if not span.text and span.style in ("text", "strong", "emphasis"):
            continue
        last = merged[-1] if merged else None
        if last and span.style in ("text", "strong", "emphasis") and replace(last, text="") == replace(span, text=""):
            merged[-1] = replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return tuple(merged)


def _quotation(inner: list[Block], token: Token) -> Quotation:
    paragraphs = [block.text for block in inner if isinstance(block, Paragraph)]
    if len(paragraphs) != len(inner) or not paragraphs:
        raise DocumentError(f"a block quote may hold paragraphs only{_at(token)}; move the rest out of it")
    source: Line = ()
    if len(paragraphs) > 1 and plain(paragraphs[-1]).startswith(_DASH):
        first, *rest = paragraphs.pop()
        source = (replace(first, text=first.text.split(" ", 1)[1]), *rest)
    text: list[Any] = []
    for paragraph in paragraphs:
        text += [Span(style="break"), *paragraph] if text else paragraph
    return Quotation(text=tuple(text), source=source)
