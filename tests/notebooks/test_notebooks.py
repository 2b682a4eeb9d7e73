"""Notebooks run from top to bottom in a fresh kernel, use the public names only, and hold no typed result."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import synthesis as syn
from synthesis.document.elements import FACTS_MIME
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.pipeline import render
from synthesis.render.html import to_html
from synthesis.render.notebook import BLOCK_MIME, document_from_notebook
from synthesis.render.pdf import to_pdf

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
BRIEFING = FOLDER / "mutual_aid_briefing.ipynb"
ANNEX = FOLDER / "mutual_aid_annex.ipynb"

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def raw(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def code(path: Path) -> list[ast.Module]:
    return [ast.parse("".join(cell["source"])) for cell in raw(path) if cell["cell_type"] == "code"]


@every_notebook
def test_it_runs_and_shows_something_without_complaint(path: Path, executed: Any) -> None:
    before = path.read_bytes()
    cells = [cell for cell in executed(path).cells if cell.cell_type == "code"]
    assert path.read_bytes() == before
    outputs = [output for cell in cells for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert BLOCK_MIME in kinds
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


@every_notebook
def test_everything_it_shows_has_a_form_for_every_reader(path: Path, executed: Any) -> None:
    # In a notebook a block is seen as HTML; without a browser, or read aloud, as text.
    for cell in executed(path).cells:
        for output in cell.get("outputs", []):
            if BLOCK_MIME in output.get("data", {}):
                assert output["data"].get("text/plain", "").strip(), cell.id
                assert output["data"].get("text/html", "").strip(), cell.id


@every_notebook
def test_it_imports_the_package_and_nothing_else(path: Path) -> None:
    imports = [node for tree in code(path) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import synthesis as syn"]


@every_notebook
def test_it_uses_public_names_that_exist(path: Path) -> None:
    used = {
        node.attr
        for tree in code(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "syn"
    }
    assert used and used <= set(syn.__all__)


@every_notebook
def test_source_is_kept_line_by_line_so_that_differences_can_be_read(path: Path) -> None:
    for cell in raw(path):
        assert isinstance(cell["source"], list), cell["id"]
        assert all(line.endswith("\n") for line in cell["source"][:-1]), cell["id"]
        assert not any("\n" in line[:-1] for line in cell["source"]), cell["id"]


@every_notebook
def test_it_has_one_cell_of_parameters_and_only_plain_values_in_it(path: Path) -> None:
    tagged = [cell for cell in raw(path) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    body = ast.parse("".join(tagged[0]["source"])).body
    assert body
    for statement in body:
        assert isinstance(statement, ast.Assign) and len(statement.targets) == 1
        assert isinstance(statement.targets[0], ast.Name)
        ast.literal_eval(statement.value)


@every_notebook
def test_cells_are_short_and_say_one_thing(path: Path) -> None:
    # Exceptions are data: the prose of the key messages.
    for cell in raw(path):
        if cell["cell_type"] == "code" and cell["id"] != "key-messages":
            assert len(cell["source"]) <= 12, cell["id"]


# What may stand as digits in prose: slots, citations and addresses are no digits of ours; quoted words are somebody
# else's; a year is a name. Anything else is a result somebody typed.
ALLOWED = [
    r"\{\{[^{}]*\}\}",
    r"\[?@[A-Za-z0-9_:.-]+(?:[;,]\s*@[A-Za-z0-9_:.-]+)*\]?",
    r"https?://\S+",
    r"“[^”]*”|‘[^’]*’|\"[^\"]*\"",
    r"`[^`]*`",
    r"\b(?:19|20)[0-9]{2}\b",
    r"^#+ [0-9]+(?:\.[0-9]+)*\.? ",
]


def typed_digits(prose: str) -> list[str]:
    for pattern in ALLOWED:
        prose = re.sub(pattern, " ", prose, flags=re.MULTILINE)
    return re.findall(r"\S*[0-9]\S*", prose)


@pytest.mark.parametrize(
    ("prose", "typed"),
    [
        ("The odds ratio was 1.75 in 2012.", ["1.75"]),
        ("{{ a-1.k }} of {{b2.k}} trials [@kelly2020; @beck2017] in 2014", []),
        ("## 2.1 Findings\n\n42% did", ["42%"]),
        ("NICE says “offer 12 sessions” twice", []),
        ("in 1850 people", ["1850"]),
        ("1,000 people", ["1,000"]),
    ],
)
def test_a_typed_digit_is_seen(prose: str, typed: list[str]) -> None:
    assert typed_digits(prose) == typed


@pytest.mark.parametrize("path", [BRIEFING, ANNEX], ids=lambda path: path.stem)
def test_the_briefing_types_no_result(path: Path) -> None:
    for cell in raw(path):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            assert typed_digits(source) == [], cell["id"]
        elif cell["id"] == "key-messages":
            texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
            assert len(texts) > 10
            for text in texts:
                assert isinstance(text, str) and typed_digits(text) == [], text


def test_the_briefing_has_the_sections_of_2013(executed: Any, evidence: Evidence) -> None:
    definition = open_briefing("mutual-aid", FOLDER.parent)
    page = render(executed(BRIEFING), evidence, definition, ("html",), annex=executed(ANNEX))["briefing.html"]
    text = page.decode()
    for section in (
        "Policy background",
        "About this briefing",
        "What is mutual aid?",
        "NICE",
        "RODT",
        "Advisory Council",
    ):
        assert re.search(rf"<h[23][^>]*>[^<]*{re.escape(section)}", text), section


@pytest.mark.parametrize("path", [BRIEFING, ANNEX], ids=lambda path: path.stem)
def test_the_numbers_a_briefing_carries_are_in_one_cell(path: Path, executed: Any) -> None:
    cells = [
        cell.id
        for cell in executed(path).cells
        for output in cell.get("outputs", [])
        if FACTS_MIME in output.get("data", {})
    ]
    assert cells == ["named-numbers"]


@pytest.mark.parametrize("path", [BRIEFING, ANNEX], ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_plain_nbconvert_gives_the_very_same_bytes(
    tmp_path: Path, executed: Any, built: dict[str, bytes], kind: str, path: Path
) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    command = ["-m", "nbconvert", "--execute", "--to", f"briefing-{kind}", "--output-dir", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, *command, "--output", "page", str(path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    (written,) = tmp_path.iterdir()
    assert written.name == f"page.{kind}"
    document = document_from_notebook(executed(path))
    made = written.read_bytes()
    assert made == (to_html(document).encode() if kind == "html" else to_pdf(document))
    if kind == "html":
        # A build differs in nothing but the names of the files that link to each other.
        name = {BRIEFING: "briefing", ANNEX: "annex"}[path]
        for other, short in ((BRIEFING, "briefing"), (ANNEX, "annex")):
            made = made.replace(f'href="{other.stem}.html'.encode(), f'href="{short}.html'.encode())
        assert made == built[f"{name}.html"]
