"""A drawing made safe to stand in a page among others.

Two drawings on one page share one name space: the glyph ``DejaVuSans-30`` of one would be drawn by the other, and a
style rule of one would apply to both. Ids get a prefix, style rules a scope, and anything that could run or fetch is
refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from synthesis.document.characters import printable
from synthesis.errors import DocumentError

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ACTIVE = {"script", "foreignObject", "iframe", "audio", "video", "animate", "set", "animateMotion", "animateTransform"}
# Replaced by the title and description of the figure, or about the file rather than the drawing.
_DROPPED = {"title", "desc", "metadata"}
_URL = re.compile(r"url\(\s*(['\"]?)([^)'\"]*)\1\s*\)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in|)\s*$")
_PX_PER_UNIT = {"": 1.0, "px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def parse_svg(svg: str, *, name: str) -> ElementTree.Element:
    """The root element of a drawing.

    Raises
    ------
    DocumentError
        If ``svg`` is not a well-formed drawing, or declares entities.
    """
    if "<!ENTITY" in svg:
        raise DocumentError(f"figure {name!r}: the drawing declares entities; save it as plain SVG")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise DocumentError(f"figure {name!r}: the drawing is not well-formed SVG ({error}); save it again") from None
    if root.tag != f"{_SVG}svg":
        raise DocumentError(f"figure {name!r}: found <{root.tag}>, expected <svg> in the SVG namespace")
    return root


def view_box(root: ElementTree.Element, *, name: str) -> tuple[float, float, float, float]:
    """The drawing's coordinates: left, top, width, height in its own units.

    Raises
    ------
    DocumentError
        If the drawing gives neither a view box nor a size.
    """
    numbers = re.findall(r"[-+0-9.eE]+", root.get("viewBox", ""))
    if len(numbers) == 4:
        left, top, width, height = (float(number) for number in numbers)
    else:
        left, top = 0.0, 0.0
        width, height = (_length(root.get(side, "")) for side in ("width", "height"))
    if width <= 0 or height <= 0:
        raise DocumentError(f"figure {name!r}: the drawing has no size; give it a viewBox, or a width and height")
    return left, top, width, height


# A build after a change has the same drawings but one.
@lru_cache(maxsize=64)
def inline_svg(svg: str, *, prefix: str, title: str, description: str, name: str) -> str:
    """A drawing as markup that can stand in an HTML page.

    Parameters
    ----------
    svg : str
        A whole SVG file.
    prefix : str
        Put before every id, so that no two drawings share one.
    title, description : str
        The accessible name and description; those in the file are dropped.
    name : str
        The figure's id, for messages.

    Raises
    ------
    DocumentError
        If the drawing is malformed, can run code, or fetches something.
    """
    root = parse_svg(svg, name=name)
    box = " ".join(f"{number:g}" for number in view_box(root, name=name))
    parts = [
        f'<svg id="{escape(prefix)}" viewBox="{box}" role="img" '
        f'aria-labelledby="{escape(prefix)}-title {escape(prefix)}-desc" focusable="false">',
        f'<title id="{escape(prefix)}-title">{escape(printable(title))}</title>',
        f'<desc id="{escape(prefix)}-desc">{escape(printable(description))}</desc>',
    ]
    for child in root:
        _write(child, prefix, name, parts)
    parts.append("</svg>")
    return "".join(parts)


def _length(text: str) -> float:
    match = _LENGTH.match(text)
    return float(match[1]) * _PX_PER_UNIT[match[2]] if match else 0.0


def _write(element: ElementTree.Element, prefix: str, name: str, parts: list[str]) -> None:
    if not isinstance(element.tag, str) or not element.tag.startswith(_SVG):
        return  # comments and editors' private elements draw nothing
    tag = element.tag.removeprefix(_SVG)
    if tag in _ACTIVE:
        raise DocumentError(f"figure {name!r}: the drawing contains <{tag}>; only still drawings are allowed")
    if tag in _DROPPED:
        return
    attributes = "".join(_attribute(key, value, prefix, name) for key, value in element.items())
    if tag == "style":
        parts.append(f"<style>{_scoped(element.text or '', prefix, name)}</style>")
        return
    parts.append(f"<{tag}{attributes}>{escape(printable(element.text or '', keep_lines=True), quote=False)}")
    for child in element:
        _write(child, prefix, name, parts)
        parts.append(escape(printable(child.tail or "", keep_lines=True), quote=False))
    parts.append(f"</{tag}>")


def _attribute(key: str, value: str, prefix: str, name: str) -> str:
    key = key.replace(_XLINK, "").replace(_XML, "xml:")
    if key.startswith("{"):
        return ""
    if key.lower().startswith("on"):
        raise DocumentError(
            f"figure {name!r}: the drawing has an event handler {key!r}; only still drawings are allowed"
        )
    if key == "id":
        value = f"{prefix}-{value}"
    elif key == "href":
        value = _reference(value, prefix, name)
    else:
        value = _urls(value, prefix, name)
    return f' {key}="{escape(value)}"'


def _reference(value: str, prefix: str, name: str) -> str:
    if value.startswith("#"):
        return f"#{prefix}-{value[1:]}"
    if value.startswith("data:image/png;") or value.startswith("data:image/jpeg;"):
        return value
    raise DocumentError(f"figure {name!r}: the drawing refers to {value[:60]!r}; embed what it needs")


def _urls(value: str, prefix: str, name: str) -> str:
    return _URL.sub(lambda match: f"url({_reference(match[2], prefix, name)})", value)


def _scoped(css: str, prefix: str, name: str) -> str:
    if "@" in css or "<" in css:
        raise DocumentError(f"figure {name!r}: the drawing's style sheet has more than plain rules; use attributes")

    def rule(match: re.Match[str]) -> str:
        selectors = (selector.strip() for selector in match[1].split(","))
        scoped = ",".join(f"#{prefix} {re.sub('#', f'#{prefix}-', selector)}" for selector in selectors)
        return f"{scoped}{{{_urls(match[2].strip(), prefix, name)}}}"

    return _RULE.sub(rule, css).strip()
