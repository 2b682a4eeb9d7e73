"""Text that is measured and wrapped: nothing lost, nothing too wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.figures.lettering import FACES, font, longest_word, width, wrap

WORDS = st.lists(st.text("abcdeXYZ-–/äß0123456789.", min_size=1, max_size=30), max_size=8).map(" ".join)


@given(WORDS, st.floats(20, 200), st.booleans())
def test_wrapping_loses_nothing_and_keeps_to_the_room(text: str, room: float, bold: bool) -> None:
    lines = wrap(text, room, bold=bold)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, bold=bold) <= room for line in lines)


def test_lines_break_between_words_and_after_hyphens() -> None:
    assert wrap("Active referral", width("Active re")) == ("Active", "referral")
    assert wrap("Bogenschutz-Hernandez 1996", width("Bogenschutz-H")) == ("Bogenschutz-", "Hernandez", "1996")


def test_given_line_breaks_stay() -> None:
    assert wrap("Odds ratio\n(95% CI)", 1000) == ("Odds ratio", "(95% CI)")
    assert wrap("", 100) == ("",)


def test_bold_is_wider_and_size_scales() -> None:
    assert width("Weight", bold=True) > width("Weight")
    assert width("Weight", size=18) == pytest.approx(2 * width("Weight", size=9), rel=0.02)


def test_a_text_is_set_in_the_first_typeface_that_has_all_of_it() -> None:
    first, second, last = FACES[False]
    assert font("τ² = 0.52, 1–2 ½ ≥ †").get_file() == str(first)
    assert font("ℵ ▲").get_file() == str(second)
    assert font("漢").get_file() == str(last)


def test_the_longest_word_is_the_widest_piece() -> None:
    assert longest_word("a bbbb-cc") == width("bbbb-")
    assert longest_word("") == 0.0
