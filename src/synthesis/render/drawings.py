"""A figure's drawing as pixels, for formats that cannot hold it as it is."""

from __future__ import annotations

from functools import cache
from typing import Any

import typst

from synthesis.document.elements import Figure
from synthesis.document.fonts import FONT_DIR
from synthesis.document.svg import inline_svg, parse_svg, view_box
from synthesis.document.typst import text
from synthesis.document.widths import TEXT_WIDTH_MM
from synthesis.errors import DocumentError

# Enough for print; a drawing as wide as the text is about 1,300 pixels wide.
PIXELS_PER_INCH = 200.0
# A drawing as high as this leaves room on the page for its title and caption.
_HEIGHT_MM = 190.0


def shown_width_mm(figure: Figure) -> float:
    """The width at which the drawing fits on a page with its title and caption."""
    _, _, width, height = view_box(parse_svg(figure.svg, name=figure.id), name=figure.id)
    return min(figure.width_mm, TEXT_WIDTH_MM, _HEIGHT_MM * width / height)


def png(svg: str, *, name: str, width_mm: float = TEXT_WIDTH_MM) -> bytes:
    """The drawing as a PNG image, ``width_mm`` wide at 200 pixels per inch; the same drawing gives the same bytes.

    Parameters
    ----------
    svg : str
    name : str
        The figure's id, for messages.
    width_mm : float

    Raises
    ------
    DocumentError
        If the drawing is malformed, can run code, or fetches something.
    """
    inline_svg(svg, prefix="drawing", title=name, description=name, name=name)
    page = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
    source = f'{page}#image(bytes({text(svg, keep_lines=True)}), format: "svg", width: {width_mm:g}mm)'
    try:
        made: Any = typst.compile(source.encode("utf-8"), format="png", ppi=PIXELS_PER_INCH, font_paths=_fonts())
    except typst.TypstError as error:
        raise DocumentError(f"figure {name!r}: the drawing cannot be drawn: {error.message}; save it again") from error
    if not isinstance(made, bytes):
        raise DocumentError(f"figure {name!r}: the drawing fills {len(made)} pages; make it lower")
    return made


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIR)])
