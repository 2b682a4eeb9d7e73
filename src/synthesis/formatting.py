"""How a number is printed. Nothing else in the project turns a number into text for a reader.

Conventions: en-GB grouping with commas, U+2212 for minus, intervals written "a to b", percentages without decimals
unless asked for, p values as in the Cochrane Handbook (never "p = 0.000").
"""

from __future__ import annotations

import math

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
