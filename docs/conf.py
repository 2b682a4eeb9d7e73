"""The documentation as a site: Sphinx reads the Markdown pages as they stand in the repository.

Build it with ``make site-docs``; it goes to ``build/docs``. Warnings are errors. Nothing in a page is fetched from
elsewhere when it is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

project = "synthesis"
author = "The synthesis maintainers"
copyright = author
language = "en_GB"
root_doc = "docs/index"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "GLOSSARY.md", "evidence/README.md"]
include_patterns += ["benchmarks/*.md", "tests/parity/README.md", "docs/**/*.md", "docs/*.md"]
exclude_patterns = [".*", "build", "src", "node_modules"]

myst_heading_anchors = 4
myst_links_external_new_tab = False

# Docstrings are numpydoc; types stand in the signature once.
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_preprocess_types = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
python_display_short_literal_types = True
add_module_names = False

html_theme = "furo"
html_title = "synthesis"
html_baseurl = ""
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None
html_css_files = ["site.css"]
html_static_path = ["static"]
# Quotation marks are curled; two hyphens are part of an option's name and stay.
smartquotes_action = "q"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#12436d", "color-brand-content": "#1a65a6"},
    "dark_css_variables": {"color-brand-primary": "#9fc5e8", "color-brand-content": "#9fc5e8"},
}
pygments_style = "default"

# What the theme's pages lack for readers of the accessibility tree: levels of headings in the list of pages, names of
# the two side bars, and code that can be scrolled by keyboard.
MENDED = (
    ('role="heading">', 'role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="On this page">'),
    ("<pre>", '<pre tabindex="0">'),
)


def mend(app: Any, failed: Exception | None) -> None:
    """Mend every page once all are written."""
    if failed is None:
        for page in Path(app.outdir).rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            for old, new in MENDED:
                text = text.replace(old, new)
            page.write_text(text, encoding="utf-8")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("build-finished", mend)
