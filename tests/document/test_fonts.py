"""The typefaces are there, are free to ship, and have the characters that briefings use."""

from __future__ import annotations

import pytest
import typst
from fontTools.ttLib import TTFont

from synthesis.document.fonts import FALLBACKS, FAMILY, FONT_DIR, MONOSPACE


def test_the_families_are_the_ones_named() -> None:
    families = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIR)]).families()
    assert {FAMILY, *FALLBACKS, MONOSPACE} <= set(families)


@pytest.mark.parametrize("style", ["Regular", "Bold", "It", "BoldIt"])
def test_the_text_face_has_what_briefings_print(style: str) -> None:
    with TTFont(FONT_DIR / f"SourceSans3-{style}.ttf") as font:
        characters = font.getBestCmap()
        widths = {font["hmtx"][characters[ord(digit)]][0] for digit in "0123456789−"}
    assert not [character for character in "−≤≥τ²½×–—‘’“”●○↑±" if ord(character) not in characters]
    assert len(widths) == 1, "figures must line up in columns"


def test_each_typeface_has_its_licence() -> None:
    assert sorted(path.name for path in FONT_DIR.glob("*.txt")) == [
        "LICENSE-DejaVuSans.txt",
        "OFL-LastResort.txt",
        "OFL-SourceSans3.txt",
    ]
    for path in FONT_DIR.glob("OFL-*.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in path.read_text(encoding="utf-8")
