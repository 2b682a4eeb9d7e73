"""The numbers in a quotation, so that a printed number can be looked for in the words that are said to carry it.

Vocabulary: a *reading* is one number a piece of text can be read as. Some text has several ("1 726" is 1,726 or 1 and
726); every reading counts, because a check must not accuse a correct record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {"none": 0}
_WORDS |= {word: 10 * (place + 2) for place, word in enumerate(_TENS)}
_WORDS |= {f"{ten}-{_UNITS[unit]}": _WORDS[ten] + unit for ten in _TENS for unit in range(1, 10)}

# A number that is not inside a word ("CG115"), not the first half of one ("12-step") and no ordinal ("12th").
_NUMBER = re.compile(
    r"""(?<![A-Za-z0-9.])
    (?P<minus>(?<![0-9)%\]])-)?  # after a digit, a closing bracket or a percent sign a dash means "to"
    (?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)? | [0-9]+(?:\.[0-9]+)? | \.[0-9]+)
    (?![0-9] | \.[0-9] | -[A-Za-z] | st\b | nd\b | rd\b | th\b)""",
    re.VERBOSE,
)
_SPACED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]+),([0-9]{1,2}|[0-9]{4,})(?![0-9])")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")

# Signs that mirrors and typesetting put in place of the plain ones.
_PLAIN = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u00b7": ".", "\u2009": " ", "\u202f": " "})
_PLAIN |= str.maketrans({"\u00a0": " ", "\u2013": "-", "\u2014": "-"})


@dataclass(frozen=True, slots=True)
class Readings:
    """The numbers a text can be read as; ``negative`` are those with a minus sign, without it."""

    plain: frozenset[Decimal]
    negative: frozenset[Decimal]

    def hold(self, value: Decimal) -> bool:
        """Whether ``value`` is among them.

        A negative value may stand in the text without its sign ("3.2 fewer days"); a positive one may not stand there
        with a minus.
        """
        return abs(value) in self.plain or (value <= 0 and abs(value) in self.negative)


def readings(text: str) -> Readings:
    """Every number that ``text`` can be read as: digits, thousands, decimals without a leading zero, number words."""
    text = text.translate(_PLAIN)
    plain: set[Decimal] = set()
    negative: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        value = Decimal(match["digits"].replace(",", ""))
        (negative if match["minus"] else plain).add(value)
    plain.update(Decimal(match.group().replace(" ", "")) for match in _SPACED.finditer(text))
    plain.update(Decimal(f"{match[1]}.{match[2]}") for match in _DECIMAL_COMMA.finditer(text))
    for word in _WORD.findall(text.lower()):
        parts = [word] if word in _WORDS else word.split("-")
        plain.update(Decimal(_WORDS[part]) for part in parts if part in _WORDS)
    return Readings(plain=frozenset(plain), negative=frozenset(negative))


def missing(values: Iterable[str], quotation: str) -> tuple[str, ...]:
    """Those of ``values`` (numbers as text, also bounds such as ``"<0.05"``) that ``quotation`` does not hold."""
    there = readings(quotation)
    return tuple(value for value in values if not there.hold(Decimal(value.lstrip("<>"))))
