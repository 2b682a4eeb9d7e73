"""No text can become Typst, and every text reaches the page."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Column,
    Figure,
    KeyMessage,
    KeyMessages,
    Masthead,
    Paragraph,
    Quotation,
    Row,
    Span,
    StatementItem,
    Statements,
    Table,
    line,
)
from synthesis.document.fonts import FALLBACKS, FAMILY, FONT_DIR, MONOSPACE
from synthesis.document.typst import markup, prelude, text
from synthesis.errors import DocumentError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0H1"/></svg>'
FONTS = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIR)])
TYPEFACES = f'"{FAMILY}", "{FALLBACKS[0]}", "{FALLBACKS[1]}"'
HEAD = (
    '#set document(title: "Test", date: datetime(year: 2026, month: 11, day: 3, hour: 0, minute: 0, second: 0))\n'
    f'#set text(font: ({TYPEFACES}), lang: "en", fallback: false)\n#heading(level: 1)[T]\n'
    f'#show raw: set text(font: ("{MONOSPACE}", {TYPEFACES}))\n'
)
HOSTILE = (
    "#panic()",
    '"); panic("',
    "\\",
    '\\"',
    "\\u{41}",
    "$x$ @a <b> [c] *d* _e_ `f` //g /* h",
    "= heading",
    "- item",
    "'quotes' \"double\"",
    "https://example.org/#a",
    "...---",
    "~",
    "{{ x }}",
    "#sys.inputs",
)


def compiled(blocks: list[Block]) -> str:
    """The text of the PDF, standards enforced."""
    source = HEAD + prelude() + "\n".join(markup(block) for block in blocks)
    made = typst.compile(
        source.encode(),
        format="pdf",
        font_paths=FONTS,
        pdf_standards=["ua-1", "a-2a"],
        timestamp=datetime(2026, 11, 3, tzinfo=UTC),
    )
    with pypdfium2.PdfDocument(made) as file:
        return "\n".join(page.get_textpage().get_text_bounded() for page in file)


def everywhere(words: str) -> list[Block]:
    """The words in every place where an element takes text."""
    styles = ("text", "strong", "emphasis", "code", "quote", "number")
    spans = tuple(Span(text=words, style=style, target=words) for style in styles)  # type: ignore[arg-type]
    item = StatementItem(
        body=words, year=words, kind=words, says=spans, quote=words, place=words, basis=spans, status=spans
    )
    return [
        Paragraph(text=spans),
        Code(text=words),
        Quotation(text=spans, source=spans),
        Callout(title=words, blocks=(Paragraph(text=spans),)),
        Masthead(title=words, question=words, rows=((words, words),)),
        KeyMessages(messages=(KeyMessage(claim=spans, detail=spans, certainty="low"),), note=spans),
        Statements(items=(item,)),
        Table(
            id=f"t-{words}", caption=words, columns=(Column(label=words),), rows=(Row(cells=(spans,)),), notes=(spans,)
        ),
        Figure(id=f"f-{words}", title=words, caption=spans, alt=words, svg=SVG, source=spans),
    ]


def squeezed(words: str) -> str:
    """Without spaces, which line breaks may add or take, and hyphens, which may end a line."""
    return re.sub(r"[\s\ufffe\x02\u00ad-]+", "", unicodedata.normalize("NFKC", words))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_printed_as_it_is(words: str) -> None:
    found = squeezed(compiled(everywhere(words)))
    assert found.count(squeezed(words)) > 30


@settings(max_examples=4)
@given(
    many=st.lists(
        st.text(alphabet=st.characters(exclude_categories=()), min_size=1, max_size=30), min_size=20, max_size=40
    )
)
def test_any_text_compiles(many: list[str]) -> None:
    compiled([block for number, words in enumerate(many) for block in everywhere(f"{number}{words}x")])


def _one_glyph(character: str) -> bool:
    # Accents that a typeface sets as a glyph of their own are read back twice by the library used here.
    return character < "\u0180" or not unicodedata.decomposition(character)


# Letters and signs of scripts that run from left to right without joining; others are stored in another order.
PLAIN = st.characters(
    categories=("Lu", "Ll", "Nd", "Po", "Ps", "Pe", "Sm", "Sc", "So"), max_codepoint=0x2BFF, exclude_characters="\ufffd"
).filter(
    lambda character: (
        unicodedata.bidirectional(character) in ("L", "EN", "ES", "ET", "CS", "ON") and _one_glyph(character)
    )
)


@settings(max_examples=4)
@given(many=st.lists(st.text(alphabet=PLAIN, min_size=1, max_size=12), min_size=30, max_size=60))
def test_printable_text_is_in_the_pdf(many: list[str]) -> None:
    many = [unicodedata.normalize("NFKC", words) for words in many]
    found = squeezed(compiled([Paragraph(text=line(f"<{words}>")) for words in many]))
    assert not [words for words in many if squeezed(f"<{words}>") not in found]


def test_a_string_is_a_literal() -> None:
    assert text('a"b\\c\nd') == '"a\\"b\\\\c d"'
    assert text("a\nb", keep_lines=True) == '"a\\nb"'


def test_an_unsafe_link_is_refused() -> None:
    with pytest.raises(DocumentError, match="cannot link to"):
        markup(Paragraph(text=line(Span(text="x", style="link", target="javascript:alert(1)"))))
