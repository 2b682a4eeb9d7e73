"""A document becomes an HTML page and a PDF that say the same thing."""

from __future__ import annotations

from synthesis.document.elements import Document

__all__ = ["to_html", "to_pdf"]


def to_html(document: Document) -> str:
    """The document as one self-contained HTML page.

    Raises
    ------
    DocumentError
        If the document cannot be rendered; the message names every reason.
    """
    from synthesis.render.html import page

    return page(document)


def to_pdf(document: Document) -> bytes:
    """The document as a PDF that is at once PDF/UA-1 and PDF/A-2a.

    Raises
    ------
    DocumentError
        If the document cannot be rendered, or the PDF would break a standard it claims.
    """
    from synthesis.render.pdf import pdf

    return pdf(document)
