"""Which typeface a text is set in, how wide it then is, and where it breaks.

Everything is measured from the font files themselves, so that a layout does not depend on what is installed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

from synthesis.document.fonts import FONT_DIR
from synthesis.figures import style

# The typeface of the documents; where it lacks a character, the text is set in one that covers more.
FACES: dict[bool, tuple[Path, ...]] = {
    False: (FONT_DIR / "SourceSans3-Regular.ttf", FONT_DIR / "DejaVuSans.ttf", FONT_DIR / "LastResortHE-Regular.ttf"),
    True: (FONT_DIR / "SourceSans3-Bold.ttf", FONT_DIR / "DejaVuSans.ttf", FONT_DIR / "LastResortHE-Regular.ttf"),
}

# Places inside a word where a line may break: after a hyphen, dash, slash, or an opening of brackets.
_PIECES = re.compile(r"[^-–—/]+[-–—/]*|[-–—/]+")


def font(text: str, *, size: float = style.TEXT, bold: bool = False) -> FontProperties:
    """The first typeface that has every character of ``text``; the last one if none has."""
    return FontProperties(fname=_face(frozenset(text), bold), size=size)


def width(text: str, *, size: float = style.TEXT, bold: bool = False) -> float:
    """Width of one line of text in points."""
    return _width(text, size, bold)


def wrap(text: str, room: float, *, size: float = style.TEXT, bold: bool = False) -> tuple[str, ...]:
    """``text`` in lines no wider than ``room`` points; nothing is cut off.

    Lines break between words, in a word too wide for a line after a hyphen or slash, and failing that anywhere.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split():
            for piece, glue in _pieces(word, room, size, bold):
                candidate = f"{current}{glue if current else ''}{piece}"
                if current and _width(candidate, size, bold) > room:
                    lines.append(current)
                    current = piece
                else:
                    current = candidate
        lines.append(current)
    return tuple(lines)


def longest_word(text: str, *, size: float = style.TEXT, bold: bool = False) -> float:
    """Width in points of the widest piece of ``text`` that is only broken as a last resort."""
    pieces = [piece for word in text.split() for piece in _PIECES.findall(word)]
    return max((_width(piece, size, bold) for piece in pieces), default=0.0)


def _pieces(word: str, room: float, size: float, bold: bool) -> list[tuple[str, str]]:
    """``word`` as parts that fit, each with what joins it to the text before it."""
    if _width(word, size, bold) <= room:
        return [(word, " ")]
    parts: list[str] = []
    for piece in _PIECES.findall(word):
        if _width(piece, size, bold) <= room:
            parts.append(piece)
        else:
            parts.extend(piece)
    return [(part, "" if index else " ") for index, part in enumerate(parts)]


@cache
def _width(text: str, size: float, bold: bool) -> float:
    if not text:
        return 0.0
    found, _, _ = text_to_path.get_text_width_height_descent(text, font(text, size=size, bold=bold), ismath=False)
    return float(found)


@cache
def _face(characters: frozenset[str], bold: bool) -> Path:
    faces = FACES[bold]
    for face in faces:
        known = _characters(face)
        if all(ord(character) in known for character in characters):
            return face
    return faces[-1]


@cache
def _characters(face: Path) -> frozenset[int]:
    return frozenset(get_font(str(face)).get_charmap())
