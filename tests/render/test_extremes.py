"""Very many studies, very few, very long labels, very large effects: each gives two sound documents, or an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from lxml import html as lxml_html

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.document.elements import Document, Figure, Table, line
from synthesis.document.walk import every_block
from synthesis.errors import DocumentError, EvidenceError, UsageError
from synthesis.evidence.study import Study
from synthesis.figures.forest import forest
from synthesis.figures.leave_one_out import leave_one_out
from synthesis.render.html import to_html
from synthesis.render.pdf import to_pdf
from synthesis.tables.effects_table import effects_table
from synthesis.tables.pooled import pooled_table

LONG = 10_000


def analysis_of(invented: Any, *counts: tuple[int, int, int, int]) -> tuple[Analysis, Any]:
    """The analysis of studies with these events and people in each arm, and the evidence."""
    studies = [
        invented.study(
            f"alpha{index}-2001",
            invented.result(invented.counts(a=(one, of_one), b=(other, of_other))),
        )
        for index, (one, of_one, other, of_other) in enumerate(counts)
    ]
    question = invented.question()
    evidence = invented.evidence(studies, [question])
    return analyse(evidence, question.id), evidence


def document_of(*blocks: Any) -> Document:
    return Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=blocks)


def uncited(table: Table) -> Table:
    """The table without its citations, for a document without a reference list."""
    rows = tuple(
        replace(row, cells=tuple(tuple(span for span in cell if span.style != "cite") for cell in row.cells))
        for row in table.rows
    )
    notes = tuple(tuple(span for span in note if span.style != "cite") for note in table.notes)
    return replace(table, rows=rows, notes=notes)


def texts_of(document: Document) -> tuple[str, str]:
    """The words of the page and of the PDF."""
    page = lxml_html.document_fromstring(to_html(document)).text_content()
    with pypdfium2.PdfDocument(to_pdf(document)) as file:
        return str(page), "\n".join(page.get_textpage().get_text_bounded() for page in file)


def test_three_hundred_studies(invented: Any) -> None:
    analysis, evidence = analysis_of(invented, *((20 + index % 30, 100, 15 + index % 7, 100) for index in range(300)))
    document = document_of(forest(analysis), leave_one_out(analysis), uncited(effects_table(analysis, evidence)))
    page, pdf = texts_of(document)
    labels = {row.label for row in analysis.effects}
    assert len(labels) == 300
    assert [label for label in labels if label not in page or label not in pdf] == []
    drawings = [block.svg for block in every_block(document.blocks) if isinstance(block, Figure)]
    assert [label for label in labels if not any(label in svg for svg in drawings)] == []


def test_one_study(invented: Any) -> None:
    analysis, evidence = analysis_of(invented, (40, 100, 25, 100))
    page, pdf = texts_of(
        document_of(forest(analysis), uncited(effects_table(analysis, evidence)), pooled_table(analysis))
    )
    assert "2.00 (1.09 to 3.66)" in page and "2.00 (1.09 to 3.66)" in pdf


def test_no_study(invented: Any) -> None:
    analysis, _ = analysis_of(invented)
    with pytest.raises(UsageError):
        forest(analysis)
    page, pdf = texts_of(document_of(uncited(pooled_table(analysis))))
    assert "No" in page and "No" in pdf


@pytest.mark.parametrize("one", [(1, 10**6, 10**6 - 1, 10**6), (10**6 - 1, 10**6, 1, 10**6)])
def test_ratios_of_a_millionth_and_a_million(invented: Any, one: tuple[int, int, int, int]) -> None:
    analysis, evidence = analysis_of(invented, one, (500, 1000, 400, 1000))
    assert max(abs(row.yi) for row in analysis.effects) > 13.8
    texts_of(document_of(forest(analysis), leave_one_out(analysis), uncited(effects_table(analysis, evidence))))


@pytest.mark.parametrize("label", ["word " * (LONG // 5), "x" * LONG, "漢" * LONG], ids=["words", "one-word", "boxes"])
def test_a_label_of_ten_thousand_characters(invented: Any, label: str) -> None:
    analysis, evidence = analysis_of(invented, (40, 100, 25, 100), (30, 100, 25, 100))
    first, second = analysis.effects.rows
    labelled = replace(analysis, effects=replace(analysis.effects, rows=(replace(first, label=label.strip()), second)))
    page, pdf = texts_of(document_of(forest(labelled), uncited(effects_table(labelled, evidence))))
    assert label.strip() in page
    assert "".join(label.split()) in "".join(pdf.replace("\x02", "").replace("\ufffe", "").split())


def test_a_record_with_a_field_of_ten_thousand_characters_is_refused(invented: Any) -> None:
    with pytest.raises((EvidenceError, ValueError), match="4000"):
        invented.study("alpha2001", setting="x" * LONG)
    assert isinstance(invented.study("alpha2001", setting="x" * 4000), Study)


def test_a_figure_without_an_alternative_is_named(invented: Any) -> None:
    analysis, _ = analysis_of(invented, (40, 100, 25, 100))
    figure = replace(forest(analysis), alt=" ", caption=line("Something"))
    for write in (to_html, to_pdf):
        with pytest.raises(DocumentError, match=f"figure '{figure.id}' has no text alternative"):
            write(document_of(figure))
