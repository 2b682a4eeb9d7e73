"""What Quarto is handed keeps to its conventions and says everything; what it is called with is documented."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Column,
    Document,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quotation,
    Row,
    Span,
    SpanKind,
    StatementItem,
    Statements,
    Table,
    line,
    plain,
)
from synthesis.document.walk import every_block, every_line
from synthesis.errors import DocumentError, UsageError
from synthesis.render.quarto import TARGETS, arguments, find_quarto, render_with_quarto
from synthesis.render.quarto_conventions import check_notebook
from synthesis.render.quarto_markdown import MarkdownWriter, escaped
from synthesis.render.quarto_notebook import quarto_notebook

WRITER = MarkdownWriter(lambda name: name)
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

# The options of quarto render, from its own help.
DOCUMENTED = {
    "--to", "--output", "--output-dir", "--metadata", "--site-url", "--execute", "--no-execute", "--execute-param",
    "--execute-params", "--execute-dir", "--execute-daemon", "--execute-daemon-restart", "--execute-debug",
    "--use-freezer", "--cache", "--no-cache", "--cache-refresh", "--no-clean", "--debug", "--log", "--quiet",
}  # fmt: skip


@pytest.fixture(scope="module")
def text(sample: Document) -> str:
    return quarto_notebook(sample)


@pytest.fixture
def notebook(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def small(*blocks: Block, **more: str) -> Document:
    return Document(title="A test", language="en-GB", date="2026-11-03", metadata=more, blocks=blocks)


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def prose(notebook: dict[str, Any]) -> str:
    return "\n\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def options(cell: dict[str, Any]) -> dict[str, Any]:
    given = [text[3:] for text in source(cell).splitlines() if text.startswith("#| ")]
    loaded: dict[str, Any] = yaml.safe_load("\n".join(given))
    return loaded


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


# The notebook


def test_it_keeps_to_the_conventions(notebook: dict[str, Any]) -> None:
    assert check_notebook(notebook) == []


def test_the_same_document_gives_the_same_notebook(sample: Document, text: str) -> None:
    assert quarto_notebook(sample) == text


def test_the_front_matter_says_what_it_is_and_that_nothing_is_run(notebook: dict[str, Any], sample: Document) -> None:
    front = source(notebook["cells"][0])
    about = yaml.safe_load(front.strip("-\n"))
    assert unescaped(about["title"]) == sample.title
    assert (about["lang"], about["date"]) == ("en-GB", "2026-11-03")
    assert about["execute"] == {"enabled": False, "echo": False}
    assert set(about["format"]) == set(TARGETS.values())
    assert about["format"]["html"]["embed-resources"] is True
    assert about["format"]["html"]["keywords"] == ["mutual aid", "test"]


def test_every_word_and_number_is_in_it(notebook: dict[str, Any], sample: Document) -> None:
    shown = unescaped(prose(notebook))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            shown += " ".join(unescaped(str(value)) for value in options(cell).values())
            for output in cell["outputs"]:
                shown += lxml_html.fromstring("".join(output["data"].get("text/markdown", "<p>"))).text_content()
    words = [span.text for found in every_line(sample.blocks) for span in found if span.style != "cite"]
    assert [found for found in words if " ".join(found.split()) not in " ".join(shown.split())] == []


def test_nothing_is_left_to_look_up(notebook: dict[str, Any]) -> None:
    text = prose(notebook)
    assert not re.search(r"(?<!\\)@\w|\{\{", text)
    targets = re.findall(r"\]\(<?#([\w.:-]+)", text)
    places = set(re.findall(r"\{#([\w.:-]+)", text))
    labels = {options(cell)["label"] for cell in notebook["cells"] if "label" in source(cell)}
    assert len(targets) == 9 and set(targets) <= places | labels
    assert "fig-forest" in targets


def test_a_figure_is_an_output_with_caption_and_alternative(notebook: dict[str, Any], sample: Document) -> None:
    figures = [block for block in every_block(sample.blocks) if isinstance(block, Figure)]
    cells = [cell for cell in notebook["cells"] if 'label: "fig-' in source(cell)]
    assert len(cells) == len(figures)
    for cell, figure in zip(cells, figures, strict=True):
        given = options(cell)
        assert given["fig-alt"] == figure.alt
        assert unescaped(given["fig-cap"]) == f"**{figure.title}** {plain(figure.caption)}"
        assert "".join(cell["outputs"][0]["data"]["image/svg+xml"]) == figure.svg


def test_a_table_keeps_its_header_cells(notebook: dict[str, Any], sample: Document) -> None:
    tables = {block.caption: block for block in every_block(sample.blocks) if isinstance(block, Table)}
    cells = [cell for cell in notebook["cells"] if 'label: "tbl-' in source(cell)]
    assert len(cells) == len(tables)
    for cell in cells:
        table = tables[unescaped(options(cell)["tbl-cap"])]
        data = cell["outputs"][0]["data"]
        # HTML output would make Quarto add scripts from another site.
        assert set(data) == {"text/markdown", "text/plain"}
        shown = "".join(data["text/markdown"])
        assert re.fullmatch(r"```\{=html\}\n<table>[^\n]*</table>\n```\n", shown)
        root = lxml_html.fromstring(shown.split("\n")[1])
        assert [head.text for head in root.findall("thead/tr/th")] == [column.label for column in table.columns]
        rows = root.findall("tbody/tr")
        assert [row[0].get("scope") for row in rows] == [
            "rowgroup" if row.style == "group" else "row" for row in table.rows
        ]
        assert [len(row) for row in rows] == [len(row.cells) for row in table.rows]


def test_ids_that_become_the_same_label_are_told_apart() -> None:
    def table(name: str) -> Table:
        return Table(id=name, caption="c", columns=(Column(label="A"),), rows=(Row(cells=(line("x"),)),))

    made = json.loads(quarto_notebook(small(table("a.b"), table("a:b"), table("a-b"))))
    assert check_notebook(made) == []
    labels = [options(cell)["label"] for cell in made["cells"] if "tbl-" in source(cell)]
    assert labels == ["tbl-a-b", "tbl-a-b-2", "tbl-a-b-3"]


def test_a_number_leads_to_the_table_or_row_it_rests_on(leading: tuple[Block, ...]) -> None:
    made = json.loads(quarto_notebook(small(*leading)))
    assert check_notebook(made) == []
    assert prose(made) == "[12](#tbl-effects-q) and [34](#number-a-b)"
    (shown,) = ["".join(cell["outputs"][0]["data"]["text/markdown"]) for cell in made["cells"] if cell.get("outputs")]
    assert '<a class="number" href="#number-a-b">34</a>' in shown
    assert '<span id="number-a-b">y</span>' in shown


def test_a_link_in_a_table_leads_to_where_quarto_has_the_place() -> None:
    to = Span(text="see", style="link", target="#a.b")
    table = Table(id="a.b", caption="c", columns=(Column(label="A"),), rows=(Row(cells=(line(to),)),))
    assert 'href=\\"#tbl-a-b\\"' in quarto_notebook(small(table))


def test_hostile_text_keeps_to_the_conventions() -> None:
    evil = '"]\n#| eval: true\n---\n# One {{< include /etc/passwd >}} @fig-x ```{python}\n:::'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    table = Table(
        id="t", caption=evil, columns=(Column(label=evil),), rows=(Row(cells=(line(evil),)),), notes=(line(evil),)
    )
    document = replace(
        small(
            Heading(level=2, text=line(evil), id="h"),
            Paragraph(text=line(evil)),
            Code(text=evil, language=evil),
            Callout(title=evil, blocks=(Quotation(text=line(evil), source=line(evil)),)),
            table,
            Figure(id="f", title=evil, caption=line(evil), alt=f"{evil}!", svg=svg, source=line(evil)),
            description=evil,
            keywords=f"{evil}, x",
        ),
        title=evil,
    )
    made = json.loads(quarto_notebook(document))
    assert check_notebook(made) == []
    outside = re.sub(r"(?s)^(`{3,}).*?^\1$", "", prose(made), flags=re.MULTILINE)
    assert outside.count("include") == 7
    assert "{{<" not in outside
    assert not any(text.startswith(("#|", "# ")) for text in outside.splitlines())
    assert 'shortcodes="false"' in prose(made)


# Its Markdown


@given(st.text(max_size=60))
def test_escaped_text_has_no_mark_left(text: str) -> None:
    made = escaped(text)
    assert "\n" not in made
    assert re.sub(r"\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~]", "", made) == ""


@pytest.mark.parametrize(
    ("spans", "markdown"),
    [
        (("a", Span(text=" b ", style="strong"), "c"), "a **b** c"),
        ((Span(text="a", style="strong"), Span(text="1", style="number", strong=True)), "**a1**"),
        ((Span(text="a", style="emphasis"), Span(text="b", style="strong")), "*a*<!-- -->**b**"),
        ((Span(text=" ", style="strong"),), ""),
        ((Span(text="a`b``c", style="code"),), "``` a`b``c ```"),
        ((Span(text="{{< x >}}", style="code"),), r"\{\{\< x \>\}\}"),
        ((Span(text="a", style="quote"),), "‘a’"),
        (("a", Span(style="break"), "b"), "a\\\nb"),
        ((Span(text="very low", style="certainty"),), "●○○○\xa0very low"),
        ((Span(text="x", style="link", target="https://example.org/a(b)\\"),), r"[x](<https://example.org/a(b)%5C>)"),
        (
            (Span(text="1", style="cite", target="a"), Span(text="2", style="cite", target="b")),
            r"\[[1](#ref-a), [2](#ref-b)\]",
        ),
    ],
)
def test_spans(spans: tuple[str | Span, ...], markdown: str) -> None:
    assert WRITER.line(line(*spans)) == markdown


def test_two_lists_stay_two() -> None:
    one = ListBlock(items=((Paragraph(text=line("a")),), (Paragraph(text=line("b")),)))
    assert WRITER.blocks((one, one)) == "-   a\n-   b\n\n<!-- -->\n\n-   a\n-   b"


def test_a_further_statement_of_the_same_body_does_not_name_it_again() -> None:
    item = StatementItem(body="", year="", kind="Finding", says=line("x"), quote="", place="", basis=(), status=())
    assert WRITER.block(Statements(items=(item,))) == "Finding\n\nx"


def test_what_an_item_holds_is_set_in() -> None:
    inner = ListBlock(items=((Paragraph(text=line("b")),),), ordered=True)
    outer = ListBlock(items=((Paragraph(text=line("a")), inner),))
    assert WRITER.block(outer) == "-   a\n\n    1.  b"


@pytest.mark.parametrize("style", ["text", "strong", "emphasis", "number"])
def test_every_style_keeps_its_text(style: SpanKind) -> None:
    assert unescaped(WRITER.line(line(Span(text="a*b_c", style=style)))).strip("*") == "a*b_c"


def test_a_table_inside_an_aside_is_refused() -> None:
    table = Table(id="t", caption="c", columns=(Column(label="A"),), rows=(Row(cells=(line("x"),)),))
    with pytest.raises(DocumentError, match="Table cannot be Markdown"):
        quarto_notebook(small(Callout(title="t", blocks=(table,))))


# The conventions


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_shipped_notebooks_keep_to_the_conventions(path: Path) -> None:
    assert check_notebook(json.loads(path.read_text(encoding="utf-8"))) == []


def cell(notebook: dict[str, Any], mark: str) -> dict[str, Any]:
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if mark in source(cell))
    return found


def change(mark: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def changed(notebook: dict[str, Any]) -> None:
        found = cell(notebook, mark)
        before = source(found)
        assert old in before
        found["source"] = before.replace(old, new).splitlines(keepends=True)

    return changed


def one_string(notebook: dict[str, Any]) -> None:
    notebook["cells"][2]["source"] = source(notebook["cells"][2])


def no_front_matter(notebook: dict[str, Any]) -> None:
    notebook["cells"].pop(0)


def no_parameters(notebook: dict[str, Any]) -> None:
    cell(notebook, "edition_date")["metadata"] = {}


def twice(notebook: dict[str, Any]) -> None:
    copied = deepcopy(cell(notebook, '"fig-forest"'))
    notebook["cells"].append({**copied, "id": "again"})


def unlabelled(notebook: dict[str, Any]) -> None:
    cell(notebook, 'label: "tbl-findings"')["source"] = ["#| echo: false"]


def not_a_notebook(notebook: dict[str, Any]) -> None:
    del notebook["cells"][0]["cell_type"]


FAULTS: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (one_string, "cell 3 (cell-3): its source is one string"),
    (no_front_matter, "the first cell must be raw"),
    (change("---", "lang:", "[lang:"), "the front matter is not YAML"),
    (change("---", "lang:", "lnag:"), "the front matter has 'lnag', which is not documented"),
    (change("---", "title:", "subtitle:"), "the front matter gives no title"),
    (change("## Methods", "## Methods", "# Methods"), "a heading of level 1 stands beside the title"),
    (no_parameters, "one cell must be tagged 'parameters', found 0"),
    (change("edition_date", "'2026-11-03'", "today()"), "'edition_date = today()' does not assign a literal"),
    (change("edition_date", "edition_date =", "edition_date +="), "does not assign a literal"),
    (change("edition_date", "'2026-11-03'", "("), "the parameters are not Python"),
    (change('"fig-forest"', "fig-alt", "fig-atl"), "the option 'fig-atl' is not documented for Jupyter"),
    (change('"fig-forest"', "fig-alt", "fig-atl"), "it shows a figure and has no fig-alt"),
    (change('"fig-forest"', "fig-cap", "fig-subcap"), "it shows a figure and has no fig-cap"),
    (change('"fig-forest"', '"fig-forest"', '"forest"'), "the label 'forest' must start with fig-, tbl-, lst-"),
    (change('"fig-forest"', '"fig-forest"', '"tbl-forest"'), "it shows a figure and has no label"),
    (change('"fig-forest"', "#| fig-cap", "x = 1\n#| fig-cap"), "its options (#|) must be its first lines"),
    (change('"fig-forest"', "#| echo: false", "#| - x"), "its options are not YAML"),
    (change('"tbl-findings"', "tbl-cap", "tbl-subcap"), "it shows a table and has no tbl-cap"),
    (unlabelled, "it shows a table and has no label"),
    (twice, "the label 'fig-forest' is used 2 times"),
    (change("## Methods", "## Methods", "See @fig-tree.\n\n## Methods"), "@fig-tree refers to nothing"),
    (not_a_notebook, "it is not a notebook"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_each_fault_is_found(notebook: dict[str, Any], fault: Callable[[dict[str, Any]], None], message: str) -> None:
    fault(notebook)
    assert [problem for problem in check_notebook(notebook) if message in problem]


# The program

FAKE = """#!{python}
import json, os, sys
from pathlib import Path
log = Path({log!r})
log.write_text(log.read_text() + json.dumps({{"args": sys.argv[1:], "epoch": os.environ["SOURCE_DATE_EPOCH"],
    "beside": sorted(path.name for path in Path.cwd().iterdir())}}) + "\\n")
if {fails}:
    sys.exit("ERROR: no such format")
if {writes}:
    Path(sys.argv[sys.argv.index("--output") + 1]).write_bytes(b"made of " + Path(sys.argv[2]).read_bytes()[:1])
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts a stand-in for Quarto on PATH, which writes down how it is called; gives the log."""

    def put(*, fails: bool = False, writes: bool = True) -> Path:
        log, program = tmp_path / "log", tmp_path / "bin" / "quarto"
        log.touch()
        program.parent.mkdir()
        program.write_text(FAKE.format(python=sys.executable, log=str(log), fails=fails, writes=writes))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        return log

    return put


def test_quarto_is_called_as_documented(sample: Document, text: str, fake: Callable[..., Path]) -> None:
    log = fake()
    files = render_with_quarto(sample, ("html", "pdf"), find_quarto(("html", "pdf")))
    assert files == {"briefing.ipynb": text.encode(), "briefing.html": b"made of {", "briefing.pdf": b"made of {"}
    calls = [json.loads(call) for call in log.read_text().splitlines()]
    assert [call["args"] for call in calls] == [arguments("html", "briefing.html"), arguments("typst", "briefing.pdf")]
    assert {call["epoch"] for call in calls} == {"1793664000"}
    assert all(call["beside"] == ["briefing.ipynb"] for call in calls)
    for call in calls:
        verb, name, *rest = call["args"]
        assert (verb, name) == ("render", "briefing.ipynb")
        assert {word for word in rest if word.startswith("-")} <= DOCUMENTED
        assert "--no-execute" in rest


def test_what_quarto_says_when_it_fails_is_shown(sample: Document, fake: Callable[..., Path]) -> None:
    fake(fails=True)
    with pytest.raises(DocumentError, match=r"Quarto ended with 1 for briefing\.html; it said:\nERROR: no such format"):
        render_with_quarto(sample, ("html",), find_quarto(("html",)))


def test_a_missing_output_is_an_error(sample: Document, fake: Callable[..., Path]) -> None:
    fake(writes=False)
    with pytest.raises(DocumentError, match=r"Quarto wrote no briefing\.pdf; it said:\nnothing"):
        render_with_quarto(sample, ("pdf",), find_quarto(("pdf",)))


def test_without_quarto_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        find_quarto(("html",))
    assert "https://quarto.org/docs/get-started/" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_formats_quarto_is_not_asked_for_are_named() -> None:
    with pytest.raises(UsageError, match="with Quarto the formats are html, pdf; leave out docx"):
        find_quarto(("html", "docx"))


@pytest.mark.quarto
def test_the_installed_quarto_makes_both_formats(sample: Document) -> None:
    files = render_with_quarto(sample, ("html", "pdf"), find_quarto(("html", "pdf")))
    page = lxml_html.document_fromstring(files["briefing.html"])
    assert page.xpath("//script[starts-with(@src, 'http')] | //link[starts-with(@href, 'http')]") == []
    assert len(page.xpath("//table")) == 3
    assert page.xpath("//figure//img/@alt") == [
        block.alt for block in every_block(sample.blocks) if isinstance(block, Figure)
    ]
    assert files["briefing.pdf"].startswith(b"%PDF-")
