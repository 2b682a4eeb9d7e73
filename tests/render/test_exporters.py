"""nbconvert gives the same bytes as the functions, and two processes the same as one."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
from nbconvert.exporters import get_exporter

from synthesis.document.elements import BLOCK_MIME, Document, to_data
from synthesis.render.exporters import BriefingHTMLExporter, BriefingPDFExporter
from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf

SCRIPT = """
import hashlib, sys, nbformat
from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf
document = document_from_notebook(nbformat.read(sys.argv[1], 4))
print(hashlib.sha256(to_html(document).encode()).hexdigest(), hashlib.sha256(to_pdf(document)).hexdigest())
"""


@pytest.fixture(scope="module")
def notebook(sample: Document) -> nbformat.NotebookNode:
    """The sample's blocks as outputs of an executed notebook. Its references are left out, and what cites them."""
    kept = [block for block in sample.blocks if block.kind in ("masthead", "callout", "table", "code")]
    shown = [block for block in kept if "cite" not in str(to_data(block))]
    assert {block.kind for block in shown} == {"masthead", "callout", "table", "code"}
    outputs = [v4.new_output("display_data", data={BLOCK_MIME: to_data(block), "text/plain": "x"}) for block in shown]
    front = "---\ntitle: 'Mutual aid: a test briefing'\ndate: 2026-11-03\n---"
    cells = [v4.new_raw_cell(front), v4.new_code_cell("show()", outputs=outputs, execution_count=1)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return v4.new_notebook(cells=cells)


def test_html_is_the_same_through_nbconvert(notebook: nbformat.NotebookNode) -> None:
    output, resources = BriefingHTMLExporter().from_notebook_node(notebook)
    assert output == to_html(document_from_notebook(notebook))
    assert resources["output_extension"] == ".html"


def test_pdf_is_the_same_through_nbconvert(notebook: nbformat.NotebookNode) -> None:
    output, resources = BriefingPDFExporter().from_notebook_node(notebook)
    assert output == to_pdf(document_from_notebook(notebook))
    assert resources["output_extension"] == ".pdf"


@pytest.mark.parametrize(
    ("name", "exporter"), [("briefing-html", BriefingHTMLExporter), ("briefing-pdf", BriefingPDFExporter)]
)
def test_nbconvert_finds_the_exporters_by_name(name: str, exporter: type) -> None:
    assert get_exporter(name) is exporter


def digests(path: Path, zone: str) -> str:
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "random", "LC_ALL": "C.UTF-8"}
    made = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], env=environment, capture_output=True, check=True)
    return made.stdout.decode()


def test_two_processes_in_two_time_zones_give_the_same_bytes(notebook: nbformat.NotebookNode, tmp_path: Path) -> None:
    path = tmp_path / "briefing.ipynb"
    nbformat.write(notebook, path)
    document = document_from_notebook(notebook)
    here = [hashlib.sha256(made).hexdigest() for made in (to_html(document).encode(), to_pdf(document))]
    assert digests(path, "Pacific/Kiritimati").split() == digests(path, "Pacific/Honolulu").split() == here
