"""Make the gallery: every figure on one page, with its text alternative written out.

Run it with ``python docs/gallery.py``; it writes ``gallery.html`` and ``gallery.pdf`` into ``build/gallery/``.
The figures are those of ``notebooks/gallery.ipynb``, drawn from the shipped evidence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat

from synthesis.document.elements import FACTS_MIME, Block, Callout, Document, Figure, Paragraph, line
from synthesis.evidence.load import Evidence, load
from synthesis.pipeline import execute, replace_folder
from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "gallery.ipynb"


def gallery(notebook: Any, evidence: Evidence) -> dict[str, bytes]:
    """The page and the PDF by name, from the executed notebook."""
    document = spoken(document_from_notebook(with_references(notebook, evidence)))
    return {"gallery.html": to_html(document).encode(), "gallery.pdf": to_pdf(document)}


def with_references(notebook: Any, evidence: Evidence) -> Any:
    """The notebook with everything that a figure's table may cite."""
    references = [study.reports[0].csl(study.id) for study in evidence.studies.values()]
    references += [source.reference.csl(source.id) for source in evidence.sources.values()]
    carried = {FACTS_MIME: {"facts": {}, "references": references, "document": {}}}
    cell = nbformat.v4.new_code_cell(
        id="references", execution_count=1, outputs=[nbformat.v4.new_output("display_data", carried)]
    )
    return nbformat.v4.new_notebook(cells=[*notebook.cells, cell], metadata=notebook.metadata)


def spoken(document: Document) -> Document:
    """The document with the text alternative of each figure written out below it."""
    return replace(document, blocks=tuple(_with_alternatives(document.blocks)))


def _with_alternatives(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Figure):
            yield Callout(title="Text alternative", blocks=(Paragraph(text=line(block.alt)),))


if __name__ == "__main__":
    files = gallery(execute(NOTEBOOK, {}), load(ROOT / "evidence"))
    replace_folder(ROOT / "build" / "gallery", files)
    sys.stdout.write("".join(f"build/gallery/{name}\n" for name in files))
