"""A notebook becomes a document, and a document an HTML page and a PDF that say the same thing.

``notebook.document_from_notebook``, ``html.to_html`` and ``pdf.to_pdf`` are the way through; ``exporters`` offers the
same to nbconvert.
"""
