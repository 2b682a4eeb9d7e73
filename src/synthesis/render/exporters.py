"""The same HTML and PDF through ``jupyter nbconvert --to briefing-html`` and ``--to briefing-pdf``.

They derive from the plain exporter, not the template one: a template decides output by output what to print, and
leaves out what it does not know. nbconvert declares that exporters return a notebook and lets its own return text, so
the return types here differ from the declared one too.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from traitlets import default

from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf


class BriefingHTMLExporter(Exporter):
    """An executed notebook as one self-contained HTML page."""

    export_from_notebook = "Briefing (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    # The base class is annotated for outputs of one kind; nbconvert takes text and bytes alike.
    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The page as text, and nbconvert's resources."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return to_html(document_from_notebook(notebook)), resources


class BriefingPDFExporter(Exporter):
    """An executed notebook as an accessible, archivable PDF."""

    export_from_notebook = "Briefing (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    # The base class is annotated for outputs of one kind; nbconvert takes text and bytes alike.
    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:  # type: ignore[override]
        """The PDF as bytes, and nbconvert's resources."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return to_pdf(document_from_notebook(notebook)), resources
