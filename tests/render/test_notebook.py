"""Every output of a notebook is printed or refused. The notebooks are made here; their numbers are test data."""

from __future__ import annotations

from typing import Any

import nbformat.v4 as v4
import pytest

from synthesis.document.elements import (
    BLOCK_MIME,
    FACTS_MIME,
    Column,
    Document,
    Heading,
    Masthead,
    Paragraph,
    References,
    Row,
    Span,
    Table,
    line,
    plain,
    to_data,
)
from synthesis.errors import DocumentError
from synthesis.render.notebook import document_from_notebook

FRONT = "---\ntitle: A test\nlang: en-GB\ndate: 2026-11-03\n---"
TABLE = Table(id="t", caption="Test data", columns=(Column(label="A"),), rows=(Row(cells=(line("x"),)),))
FACTS: dict[str, Any] = {
    "facts": {"q.k": {"text": "5"}, "q.effect": {"text": "OR 0.51"}},
    "references": [
        {"id": "alpha2012", "type": "book", "title": "A test book"},
        {"id": "b", "type": "book", "title": "B"},
    ],
    "document": {
        "title": "A test",
        "language": "en-GB",
        "date": "2026-11-03",
        "metadata": {"edition": "2026-11", "subject": "Does it work?"},
    },
}


def raw(source: str = FRONT) -> Any:
    return v4.new_raw_cell(source)


def prose(source: str) -> Any:
    return v4.new_markdown_cell(source)


def code(*outputs: Any, source: str = "x", tags: tuple[str, ...] = (), count: int | None = 1) -> Any:
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)}, execution_count=count)


def shows(data: dict[str, Any]) -> Any:
    return v4.new_output("execute_result", data=data, execution_count=1)


def block(shown: Any) -> Any:
    return shows({BLOCK_MIME: to_data(shown), "text/html": "<p>", "text/plain": "x"})


def facts(data: dict[str, Any]) -> Any:
    return shows({FACTS_MIME: data, "text/plain": "Facts"})


def made(*cells: Any) -> Document:
    return document_from_notebook(v4.new_notebook(cells=list(cells)))


def test_prose_and_blocks_come_in_the_order_of_the_cells() -> None:
    document = made(raw(), prose("## One\n\nText."), code(block(TABLE), block(TABLE)), prose("Last."))
    assert [shown.kind for shown in document.blocks] == ["heading", "paragraph", "table", "table", "paragraph"]
    assert document.blocks[2] == TABLE
    assert (document.title, document.language, document.date) == ("A test", "en-GB", "2026-11-03")


def test_slots_are_filled_from_any_cell() -> None:
    document = made(
        raw(), prose("{{ q.k }} trials in {{ document.edition }}, {{ document.date }}."), code(facts(FACTS))
    )
    (text,) = document.blocks
    assert isinstance(text, Paragraph)
    assert plain(text.text) == "5 trials in 2026-11, 3 November 2026."
    assert text.text[0] == Span(text="5", style="number", target="q.k")


def test_the_reference_list_is_added_once_and_only_when_needed() -> None:
    cited = made(raw(), code(facts(FACTS)), prose("Known [@alpha2012]."))
    *_, heading, references = cited.blocks
    assert isinstance(heading, Heading)
    assert plain(heading.text) == "References"
    assert isinstance(references, References)
    assert [entry.key for entry in references.entries] == ["alpha2012"]
    own = made(raw(), code(facts(FACTS)), prose("Known [@alpha2012].\n\n## References"))
    assert [shown.kind for shown in own.blocks] == ["paragraph", "heading", "references"]
    assert [shown.kind for shown in made(raw(), code(facts(FACTS)), prose("Text.")).blocks] == ["paragraph"]


def test_ids_of_headings_differ_from_those_of_blocks_and_of_other_cells() -> None:
    document = made(raw(), prose("## T"), code(block(TABLE)), prose("## T"), prose("## T"))
    assert [shown.id for shown in document.blocks if isinstance(shown, Heading)] == ["t-2", "t-3", "t-4"]


def test_metadata_comes_from_front_matter_and_facts() -> None:
    front = "---\ntitle: A test\nauthor: [Ann, Ben]\nkeywords: [x, y]\nexecute:\n  echo: false\n---"
    document = made(raw(front), code(facts(FACTS)))
    assert document.metadata == {
        "author": "Ann, Ben",
        "keywords": "x, y",
        "edition": "2026-11",
        "subject": "Does it work?",
        "description": "Does it work?",
    }
    assert document.date == "2026-11-03"


def test_the_question_describes_the_document_when_nothing_else_does() -> None:
    head = Masthead(title="A test", question="Does it work?", rows=())
    assert made(raw(), code(block(head))).metadata == {"description": "Does it work?"}


def test_quiet_cells_and_empty_outputs_print_nothing() -> None:
    text = shows({"text/plain": "5"})
    document = made(
        raw(), code(text, tags=("no-output",)), code(v4.new_output("stream", name="stdout", text="\n")), code()
    )
    assert document.blocks == ()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code(shows({"text/plain": "5"}), source="5")], "cell 2 shows plain text (5)"),
        ([code(shows({"text/html": "<table>", "text/plain": "x"}))], "cell 2 shows text/html, text/plain"),
        ([code(shows({"image/svg+xml": "<svg>", "text/plain": "x"}))], "cell 2 shows image/svg+xml"),
        ([code(shows({"image/png": "AA", "text/plain": "x"}), tags=("no-output",))], "cell 2 shows image/png"),
        (
            [code(v4.new_output("display_data", data={"text/plain": "Figure(1)"}))],
            "cell 2 shows plain text (Figure(1))",
        ),
        ([code(v4.new_output("stream", name="stderr", text="Warning: x"))], "cell 2 wrote to stderr: 'Warning: x'"),
        ([code(v4.new_output("stream", name="stdout", text="5"), tags=("no-output",))], "cell 2 wrote to stdout: '5'"),
        (
            [code(v4.new_output("error", ename="ValueError", evalue="no", traceback=[]))],
            "cell 2 failed with ValueError: no",
        ),
        ([code(count=None)], "cell 2 has not been run"),
        ([code(shows({BLOCK_MIME: {"kind": "table"}}))], "cell 2 shows a block that cannot be read"),
        ([code(shows({FACTS_MIME: {"facts": {"a": 1}}}))], "cell 2: the named numbers cannot be read"),
        ([code(shows({FACTS_MIME: [1]}))], "cell 2: the named numbers are not a mapping"),
        ([raw()], "cell 2 is a raw cell"),
        (
            [prose("{{ q.kk }}"), code(facts(FACTS))],
            "cell 2: unknown slot 'q.kk' (line 1 of the cell). Did you mean 'q.k'?",
        ),
        ([prose("<br>")], "cell 2: HTML"),
        ([prose("[@nobody]"), code(facts(FACTS))], "cited but not among the references: nobody"),
        (
            [code(facts(FACTS)), code(facts({"facts": {"q.k": {"text": "6"}}}))],
            "cell 3: the number 'q.k' is given twice and differs: '5' and '6'",
        ),
        (
            [code(facts(FACTS)), code(facts({"references": [{"id": "b", "type": "book", "title": "Other"}]}))],
            "cell 3: the reference 'b' is given twice and differs",
        ),
        ([code(facts({"document": {"title": "Another"}}))], "the document's title is given twice and differs"),
    ],
)
def test_what_cannot_be_printed_names_its_cell(cells: list[Any], message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        made(raw(), *cells)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("title: A test", "must start and end with a line of three hyphens"),
        ("---\ntitle: [\n---", "is not YAML"),
        ("---\n- a\n---", "must be names with values"),
        ("---\ntitel: A test\n---", "unknown in the front matter: titel; allowed: title"),
        ("---\ntitle: A test\nlang: no\n---", "lang in the front matter is False"),
        ("---\ntitle: A test\n---", "gives no date"),
        ("---\ndate: 2026-11-03\n---", "gives no title"),
        ("---\ntitle: A test\ndate: soon\n---", "the document's date is 'soon'"),
    ],
)
def test_front_matter_is_checked(front: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        made(raw(front))
    assert message in str(caught.value)


def test_the_same_facts_twice_are_no_conflict() -> None:
    assert made(raw(), code(facts(FACTS)), code(facts(FACTS)), prose("{{ q.k }}")).blocks
