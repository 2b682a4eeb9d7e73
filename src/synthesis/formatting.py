"""How a number is printed. Nothing else in the project turns a number into text for a reader.

Conventions: en-GB grouping with commas, U+2212 for minus, intervals written "a to b", percentages without decimals
unless asked for, p values as in the Cochrane Handbook (never "p = 0.000").
"""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

Scale = Literal["log", "linear"]

MINUS = "\u2212"


def number(value: float, digits: int = 2) -> str:
    """``value`` with ``digits`` decimals, thousands commas and a true minus sign; "not estimable" if not finite."""
    if not math.isfinite(value):
        return "not estimable"
    text = f"{value:,.{digits}f}"
    if text.startswith("-"):
        text = text[1:] if float(text.replace(",", "")) == 0 else MINUS + text[1:]
    return text


def ratio(value: float) -> str:
    """A ratio (OR, RR, HR) with two decimals, three significant figures from 10 on, none of them false precision."""
    if not math.isfinite(value):
        return "not estimable"
    if value >= 100:
        return number(value, 0)
    if value >= 10:
        return number(value, 1)
    return number(value, 2)


def integer(value: float) -> str:
    """A whole number with thousands commas."""
    return number(round(value), 0)


def percent(share: float, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage."""
    return f"{number(100 * share, digits)}%"


def interval(low: str, high: str) -> str:
    """Two printed bounds as "low to high"."""
    return f"{low} to {high}"


def p_value(p: float) -> str:
    """A p value: two significant figures below 0.1, "<0.001" below that bound."""
    if p < 0.001:
        return "<0.001"
    if p < 0.01:
        return number(p, 3)
    if p < 0.1:
        return number(p, 3)
    return number(p, 2)


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """ "1 study", "3 studies": the count and the noun that goes with it."""
    noun = singular if count == 1 else (plural_form or singular + "s")
    return f"{integer(count)} {noun}"


def more_or_fewer(people: float) -> str:
    """ "103 more", "12 fewer" or "no more and no fewer" people."""
    rounded = round(people)
    if rounded == 0:
        return "no more and no fewer"
    return f"{integer(abs(rounded))} {'more' if rounded > 0 else 'fewer'}"


def effect(value: float, scale: Scale) -> str:
    """One effect on its natural scale; ``scale`` is how a plot draws it (``"log"`` for ratios).

    As ``ratio``, but never "0.00" for a small ratio and never a row of digits nobody can read for a huge one.
    """
    if scale == "linear":
        return number(value, _difference_digits(value))
    if value > LARGEST_RATIO:
        return f">{integer(LARGEST_RATIO)}"
    if value < 0.0005:
        return "<0.001"
    return number(value, 3) if value < 0.01 else ratio(value)


def effect_interval(estimate: float, low: float, high: float, scale: Scale) -> str:
    """ "1.75 (1.16 to 2.63)": an estimate with its interval, natural scale, all three equally precise if linear."""
    if scale == "log":
        one, two, three = (effect(value, scale) for value in (estimate, low, high))
    else:
        digits = min(_difference_digits(value) for value in (estimate, low, high))
        one, two, three = (number(value, digits) for value in (estimate, low, high))
    return f"{one} ({interval(two, three)})"


def effect_range(low: float, high: float, scale: Scale) -> str:
    """ "1.16 to 2.63": two bounds on the natural scale."""
    if scale == "log":
        return interval(effect(low, scale), effect(high, scale))
    digits = min(_difference_digits(low), _difference_digits(high))
    return interval(number(low, digits), number(high, digits))


def signed(value: float) -> str:
    """ "+95", "−12", "0": a whole number of people more or fewer."""
    text = integer(value)
    return text if text == "0" or text.startswith(MINUS) else f"+{text}"


def signed_range(estimate: float, low: float, high: float) -> str:
    """ "+95 (−12 to +204)": a difference in people with its interval."""
    return f"{signed(estimate)} ({interval(signed(low), signed(high))})"


def shortest(value: float, digits: int = 4) -> str:
    """A number with no more decimals than it needs, at most ``digits``: as a source would have printed it."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def significant(value: float, figures: int = 3) -> str:
    """A statistic with so many significant figures, at most six decimals, whole before the point."""
    if not math.isfinite(value) or abs(value) < 5e-7:
        return number(value, 0)
    return number(value, max(0, min(6, figures - 1 - math.floor(math.log10(abs(value))))))


def months(value: float) -> str:
    """ "3 months", "1 month", "4.5 months", "0.25 months"."""
    text = month_number(value)
    return f"{text} month" if text == "1" else f"{text} months"


def month_number(value: float) -> str:
    """A number of months: no decimals that are not needed, a second one only below one month."""
    return shortest(value, 2 if value < 1 else 1)


def _difference_digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= 1000 else 1 if size >= 100 else 2


# From here on a ratio only says that a group had next to no events.
LARGEST_RATIO = 99_999


# Spelt out rather than left to the locale of the machine, so that an edition is the same everywhere.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(day: date) -> str:
    """A day as "3 November 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
