"""A document as one HTML page that needs nothing else: no remote address, no file beside it.

A page with something to click carries a small script of ours; everything in it can be read without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from synthesis.document.characters import printable
from synthesis.document.elements import (
    Block,
    Document,
    Explorer,
    Heading,
    KeyMessages,
    LocalBaseline,
    Masthead,
    References,
    Table,
    plain,
)
from synthesis.document.html import markup
from synthesis.document.walk import every_block, every_line
from synthesis.formatting import long_date
from synthesis.render.assembly import assembled
from synthesis.render.scripts import scripts_for

TEMPLATES = Path(__file__).parent / "templates"

# Adults read non-fiction in English silently at about this pace (Brysbaert 2019, a meta-analysis of 190 studies).
WORDS_A_MINUTE = 238


def to_html(document: Document) -> str:
    """The page as HTML text; the same document gives the same text.

    Raises
    ------
    DocumentError
        If the document cannot be rendered; the message names every reason.
    """
    document = assembled(document)
    first, rest = document.blocks[:1], document.blocks
    head = ""
    if first and isinstance(first[0], Masthead):
        head, rest = markup(first[0]), rest[1:]
    sections = [
        (block.id, printable(plain(block.text))) for block in rest if isinstance(block, Heading) and block.level == 2
    ]
    messages, beside, rest = leading(rest)
    return _template().render(
        title=printable(document.title),
        language=document.language,
        date=document.date,
        day=long_date(date.fromisoformat(document.date)),
        metadata={name: printable(value) for name, value in sorted(document.metadata.items())},
        masthead=Markup(head),
        notice=printable(document.metadata.get("notice", "")),
        minutes=reading_minutes((*messages, *beside, *rest)),
        sections=sections,
        messages=_body(messages),
        beside=_body(beside),
        body=_body(rest),
        style=Markup(page_style() + (style("explorer.css") if _explored(document.blocks) else "")),
        scripts=[Markup(script) for script in scripts_for(document.blocks)],
    )


def _body(blocks: Iterable[Block]) -> Markup:
    return Markup("\n".join(markup(block) for block in blocks))


def leading(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Block, ...]]:
    """The key messages, what is said beside them in their section, and everything after it.

    Both parts stand above the contents, over the whole width, so that a reader with two minutes meets them first. They
    are empty in a document whose first section holds no key messages.
    """
    starts = [place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 2]
    end = starts[1] if len(starts) > 1 else len(blocks)
    found = [place for place, block in enumerate(blocks[:end]) if isinstance(block, KeyMessages)]
    if not found:
        return (), (), blocks
    after = found[0] + 1
    return blocks[:after], blocks[after:end], blocks[end:]


def reading_minutes(blocks: Iterable[Block]) -> int:
    """Minutes it takes to read the prose and messages of a document, without its tables, annexes and references."""
    words = 0
    for block in blocks:
        if isinstance(block, Heading) and plain(block.text).startswith("Annex"):
            break
        if not isinstance(block, Table | Explorer | LocalBaseline | References):
            words += sum(len(plain(line).split()) for line in every_line((block,)))
    return max(1, round(words / WORDS_A_MINUTE))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")


def _explored(blocks: Iterable[Block]) -> bool:
    return any(isinstance(block, Explorer) for block in every_block(blocks))


def page_style() -> str:
    """The style sheet of every page."""
    return style("page.css")


@cache
def style(name: str) -> str:
    """A style sheet from the templates, without comments and needless space."""
    sheet = (TEMPLATES / name).read_text(encoding="utf-8")
    sheet = " ".join(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL).split())
    return re.sub(r" ?([{};,]) ?", r"\1", sheet).replace(";}", "}")
