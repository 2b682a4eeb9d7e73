"""How wide a text is in the typeface of the documents, and where it breaks.

Everything is measured from the font files themselves, so that a layout does not depend on what is installed.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from unicodedata import bidirectional, category

from matplotlib.ft2font import FT2Font, LoadFlags

from synthesis.document.fonts import FALLBACKS, FAMILY, FONT_DIR
from synthesis.figures import style

# The typeface of the documents; a character it lacks comes from the first of the others that has it.
FACES: dict[bool, tuple[Path, ...]] = {
    False: (FONT_DIR / "SourceSans3-Regular.ttf", FONT_DIR / "DejaVuSans.ttf", FONT_DIR / "LastResortHE-Regular.ttf"),
    True: (FONT_DIR / "SourceSans3-Bold.ttf", FONT_DIR / "DejaVuSans.ttf", FONT_DIR / "LastResortHE-Regular.ttf"),
}

_MEASURED_AT = 100
_FROM_THE_RIGHT = frozenset(("R", "AL", "AN"))
# How matplotlib numbers the parts of an outline, and what SVG calls them.
_OPEN, _CLOSE = 1, 79
_COMMANDS = {_OPEN: "M", 2: "L", 3: "Q", 4: "C", _CLOSE: "z"}
_MARKS = frozenset(("Mn", "Mc", "Me", "Cf"))

# Places inside a word where a line may break: after a hyphen, dash, slash, or an opening of brackets.
_PIECES = re.compile(r"[^-–—/]+[-–—/]*|[-–—/]+")


def runs(text: str) -> tuple[tuple[str, str], ...]:
    """``text`` in pieces of one typeface each: the typeface's name, and the piece."""
    places = [FACES[False].index(_face(character, False)) for character in text]
    pieces = groupby(zip(places, text, strict=True), key=lambda pair: pair[0])
    return tuple(((FAMILY, *FALLBACKS)[place], "".join(part for _, part in group)) for place, group in pieces)


def is_plain(text: str) -> bool:
    """Whether each character of ``text`` stands for itself, whatever its neighbours.

    Marks, joiners and scripts written from the right do not: how they are drawn is known only once they are shaped.
    """
    return not any(category(character) in _MARKS or bidirectional(character) in _FROM_THE_RIGHT for character in text)


def unmarked(text: str) -> str:
    """``text`` without characters that only steer how others are drawn, if it is plain without them; else as it is."""
    bare = "".join(character for character in text if category(character) != "Cf")
    return bare if is_plain(bare) else text


def outlines(text: str, *, size: float = style.TEXT, bold: bool = False) -> tuple[float, str]:
    """``text`` shaped and drawn as outlines from the origin: its width in points, and SVG path data."""
    # Looking for the typefaces of the machine takes a second the first time, and hardly any text needs this.
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    face = next((face for face in FACES[bold] if all(ord(character) in _characters(face) for character in text)), None)
    font = FontProperties(fname=face or FACES[bold][-1], size=size)
    corners, codes = text_to_path.get_text_path(font, text, ismath=False)
    scale = size / text_to_path.FONT_SCALE
    wide, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    data, before = [], 0
    for (x, y), code in zip(corners, codes, strict=True):
        # A letter holds for every corner up to the next one; each piece of an outline opens with its own.
        letter = _COMMANDS[int(code)] if code != before or code in (_OPEN, _CLOSE) else " "
        data.append(letter if code == _CLOSE else f"{letter}{x * scale:.2f} {-y * scale:.2f}")
        before = int(code)
    return float(wide), "".join(data)


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
    return sum(_advance(character, bold) for character in text) * size


@cache
def _advance(character: str, bold: bool) -> float:
    """How far a character moves the next one on, in ems; kerning, a hundredth of that or less, is left out."""
    font = _font(_face(character, bold))
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    # The advance is in 65536ths of a point, at the size set in ``_font``.
    return float(glyph.linearHoriAdvance) / 65536 / _MEASURED_AT


@cache
def _face(character: str, bold: bool) -> Path:
    faces = FACES[bold]
    return next((face for face in faces if ord(character) in _characters(face)), faces[-1])


@cache
def _font(face: Path) -> FT2Font:
    font = FT2Font(str(face))
    font.set_size(_MEASURED_AT, 72)
    return font


@cache
def _characters(face: Path) -> frozenset[int]:
    return frozenset(_font(face).get_charmap())
