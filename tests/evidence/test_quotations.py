"""Which numbers a quotation holds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.evidence.quotations import missing, readings


@pytest.mark.parametrize(
    ("quotation", "numbers"),
    [
        ("abstinence rates (51% versus 41%, p=.048)", ["51", "41", "0.048"]),
        ("abstinence rates (51% versus 41%, p=.048)", ["51.0", ".048", "0.0480"]),
        ("Fourteen percent of the patients and 1.9% of the others", ["14", "1.9"]),
        ("Twenty-five of ninety, none of twelve", ["25", "90", "0", "12"]),
        ("OR 3.6; CI = 1.3, 9.8", ["3.6", "1.3", "9.8"]),
        ("a 95% CI of 1.3–9.8 or 1.2-4.5 or 1.1 – 7.2", ["1.3", "9.8", "1.2", "4.5", "1.1", "7.2"]),
        ("MD −0.57 (–0.80 to -0.34)", ["-0.57", "-0.8", "-0.34"]),
        ("0.80 [-0.70, 2.30]", ["0.8", "-0.7", "2.3"]),
        ("1,726 participants in 2 groups", ["1726", "2"]),
        ("1 726 and 12\u202f345 people", ["1726", "12345"]),
        ("P = 0.020, p<.05", ["0.02", "<0.05"]),
        ("mean 0·45 or 0,46", ["0.45", "0.46"]),
        ("counted 5/57 and (n=45).", ["5", "57", "45"]),
        ("3.2 fewer days", ["-3.2"]),
        ("they scored 51.", ["51"]),
    ],
)
def test_numbers_that_are_there(quotation: str, numbers: list[str]) -> None:
    assert missing(numbers, quotation) == ()


@pytest.mark.parametrize(
    ("quotation", "number"),
    [
        ("51% versus 41%", "5"),
        ("51% versus 41%", "1"),
        ("p=.048", "48"),
        ("p=.048", "0.48"),
        ("0.57", "57"),
        ("MD −0.57", "0.57"),
        ("95% CI −1.3 to 9.8", "1.3"),
        ("1,726 participants", "726"),
        ("12-step groups", "12"),
        ("a 6-month follow-up", "6"),
        ("guideline CG115 and I2", "115"),
        ("on the 12th day", "12"),
        ("section 7.25.1", "7.25"),
        ("nobody", "1"),
        ("", "0"),
    ],
)
def test_numbers_that_are_not(quotation: str, number: str) -> None:
    assert missing([number], quotation) == (number,)


def test_missing_keeps_the_text_and_order_of_what_it_was_given() -> None:
    assert missing(["<0.05", "51", "0.40"], "51%") == ("<0.05", "0.40")


@given(st.decimals(min_value=0, max_value=99999, places=3))
def test_a_number_is_found_in_every_way_of_printing_it(value: Decimal) -> None:
    for text in (f"{value}", f"{value:,}", f"{value.normalize():f}", f"{value:f}".replace(".", "·")):
        for quotation in (text, f"({text}%)", f"p={text};", f"from {text} to 3", f"2–{text}", f"{text}."):
            assert missing([str(value)], quotation) == (), quotation


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found = readings(text)
    assert all(value >= 0 for value in found.plain | found.negative)
