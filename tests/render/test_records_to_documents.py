"""From records to both documents: whatever words a record holds, the page and the PDF are sound and say them.

The records are invented. What a single element does with text is tested in ``tests/document``; here it takes the whole
way, through selection, analysis, figures, tables and the reference list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from synthesis.analysis.run import analyse
from synthesis.document.characters import printable
from synthesis.document.elements import Document, Heading, Masthead, Paragraph, Span, line
from synthesis.figures.forest import forest
from synthesis.figures.leave_one_out import leave_one_out
from synthesis.render.html import to_html
from synthesis.render.pdf import to_pdf
from synthesis.render.pdf_check import problems
from synthesis.render.references import cited_keys, reference_list
from synthesis.tables.characteristics import study_characteristics
from synthesis.tables.effects_table import effects_table
from synthesis.tables.pooled import pooled_table

Words = Callable[[str], str]

# Fields whose words are printed as they stand. Titles of papers are not: a citation style may change their case.
FIELDS = (
    "family", "arm", "other-arm", "setting", "population", "result", "place",
    "question", "asked", "people", "intervention", "comparator", "outcome",
)  # fmt: skip

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></table></svg><!--",
    '#import "x": *',
    "#panic()",
    "$x$ @a <b> [c] *d* _e_ `f` //g /* h",
    "]]>",
    "<![CDATA[x]]>",
    "{{ pooled.effect }}",
    "{% raw %}",
    "&lt;b&gt; &amp;amp; &#x41;",
    "\\u{41} \\n \\",
    "'quotes' \"double\"",
    "a\u202eb\u202c",
    "\u200fabc",
    "שלום עולם",
    "دراسة",
    "🎉👩\u200d🚀🏳️",
    "e\u0301\u0323 Zalgo z\u0335\u0340",
    "漢字かな",
    "nul \x00 bell \x07 delete \x7f",
    "private \ue000 noncharacter \ufffe",
    "line\r\nbreak\ttab",
    "...---~ -- ---",
    "=SUM(A1)",
)


def document_of(invented: Any, words: Words) -> Document:
    """A document made from records whose fields hold ``words(field)``."""
    arms = (
        invented.arm("a", "help") | {"label": words("arm")},
        invented.arm("b", "usual") | {"label": words("other-arm")},
    )

    def study(number: int) -> Any:
        printed = invented.counts(a=(40 + number, 100), b=(25, 100))
        result = invented.result(printed, name=words("result"), where={"place": words("place"), "read": True})
        report = {
            "id": "main", "type": "article-journal", "title": "A paper", "issued": "2001",
            "author": ({"family": words("family"), "given": "A"},),
        }  # fmt: skip
        return invented.study(
            f"alpha200{number}", result, arms=arms, setting=words("setting"), population=words("population"),
            reports=(report,),
        )  # fmt: skip

    question = invented.question(
        title=words("question"), question=words("asked"), population=words("people"), outcome_label=words("outcome"),
        intervention={"category": ("help",), "label": words("intervention")},
        comparator={"category": ("usual",), "label": words("comparator")},
    )  # fmt: skip
    studies = [study(number) for number in range(2)]
    evidence = invented.evidence(studies, [question])
    analysis = analyse(evidence, question.id)
    blocks = (
        Masthead(title=analysis.title, question=analysis.text, rows=(("For", analysis.population),)),
        Heading(level=2, text=line(analysis.title), id="results"),
        Paragraph(text=line(Span(style="cite", target="alpha2000"), Span(style="cite", target="alpha2001"))),
        forest(analysis),
        leave_one_out(analysis),
        effects_table(analysis, evidence),
        pooled_table(analysis),
        study_characteristics(evidence),
        Heading(level=2, text=line("References"), id="references"),
    )
    items = [study.reports[0].csl(study.id) for study in studies]
    return Document(
        title=analysis.title, language="en-GB", date="2026-11-03", metadata={"author": words("family")},
        blocks=(*blocks, reference_list(cited_keys(blocks), items)),
    )  # fmt: skip


def page_text(document: Document) -> str:
    """The words of the page; nothing on it may run, load, or have come out of a record as markup."""
    root = lxml_html.document_fromstring(to_html(document))
    assert not root.xpath("//script | //img | //comment() | //iframe | //@onerror | //main//style")
    assert [element.get("href") for element in root.xpath("//link[@href]")] == []
    return str(root.text_content())


def pdf_text(document: Document) -> str:
    made = to_pdf(document)
    assert problems(made) == ()
    with pypdfium2.PdfDocument(made) as file:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in file)
    # What the library puts for a hyphen at the end of a line.
    return re.sub("[\ufffe\x02]", "", text)


def squeezed(text: str) -> str:
    """Without what line breaks add or take, in one form of each character."""
    return re.sub(r"[\s\u00ad-]+", "", unicodedata.normalize("NFKC", printable(text)))


def named(texts: Mapping[str, str]) -> dict[str, str]:
    """Each text with the name of its field before it and an end after it, so that it can be found by itself."""
    return {field: f"{field.replace('-', '')}{text}z" for field, text in texts.items()}


def missing(found: str, words: Mapping[str, str]) -> list[str]:
    return [text for text in words.values() if squeezed(text) not in squeezed(found)]


def stays_in_order(text: str) -> bool:
    """Whether a PDF gives the text back as it was: not what runs from the right or replaces other characters."""
    return text.isprintable() and all(unicodedata.bidirectional(character) not in ("R", "AL") for character in text)


# Every text in some field, every field with several texts, in few documents.
ROTATED = [
    {field: HOSTILE[(start + place) % len(HOSTILE)] for place, field in enumerate(FIELDS)}
    for start in range(0, len(HOSTILE), len(FIELDS))
]


def test_every_hostile_text_is_tried() -> None:
    assert {text for texts in ROTATED for text in texts.values()} == set(HOSTILE)


@pytest.mark.parametrize("texts", [dict.fromkeys(FIELDS, " of "), *ROTATED], ids=lambda texts: ascii(texts["family"]))
def test_words_of_records_are_printed_as_they_are(invented: Any, texts: dict[str, str]) -> None:
    words = named(texts)
    document = document_of(invented, words.__getitem__)
    assert missing(page_text(document), words) == []
    ordered = {field: text for field, text in words.items() if stays_in_order(text)}
    assert ordered
    assert missing(pdf_text(document), ordered) == []


# Half of a surrogate pair is no text: the models refuse it.
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


@settings(max_examples=6)
@given(texts=st.fixed_dictionaries(dict.fromkeys(FIELDS, ANY_TEXT)))
def test_any_words_make_two_sound_documents(invented: Any, texts: dict[str, str]) -> None:
    words = named(texts)
    document = document_of(invented, words.__getitem__)
    assert missing(page_text(document), words) == []
    pdf_text(document)
