"""Text that is measured and wrapped: nothing lost, nothing too wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.document.fonts import FALLBACKS, FAMILY
from synthesis.figures.lettering import is_plain, longest_word, runs, width, wrap

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


def test_a_character_the_typeface_lacks_is_measured_in_one_that_has_it() -> None:
    # DejaVu Sans has the letter at 0.75 em; every box of Last Resort is wider than an em.
    assert width("ℵ", size=10) == pytest.approx(7.5, abs=0.05)
    assert width("漢", size=10) > 10
    assert width("aℵ漢") == pytest.approx(width("a") + width("ℵ") + width("漢"))


@pytest.mark.parametrize("text", ["τ² = 0.52, 1–2 ½ ≥ †", "Grønbæk (−1.5%)", "漢 ℵ 🎉", ""])
def test_characters_that_stand_for_themselves_are_plain(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["שלום", "a\u0301", "\u200fa", "👩\u200d🚀"])
def test_marks_joiners_and_scripts_from_the_right_are_not(text: str) -> None:
    assert not is_plain(text)


def test_the_longest_word_is_the_widest_piece() -> None:
    assert longest_word("a bbbb-cc") == width("bbbb-")
    assert longest_word("") == 0.0


def test_runs_are_of_one_typeface_each() -> None:
    assert runs("a ℵ 漢字b") == (
        (FAMILY, "a "),
        (FALLBACKS[0], "ℵ"),
        (FAMILY, " "),
        (FALLBACKS[1], "漢字"),
        (FAMILY, "b"),
    )
    assert runs("") == ()
