"""From text as it stands in a record to a number or a yes/no, and nothing else.

The loader hands over every value as text. What a field means is the model's to say, so the models' number and
yes/no types read that text here, and only plainly written values pass: no thousands separators, no hexadecimal, no
digits of other scripts, no "on" and "off".
"""

from __future__ import annotations

import math
import re

from pydantic_core import PydanticCustomError

# Written numbers longer than this are refused unread: Python's own conversion slows down with length.
LONGEST_NUMBER = 40

_WHOLE = re.compile(r"-?[0-9]+")
_REAL = re.compile(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.IGNORECASE)

# Ways of writing a number that are common in print but not plain, with what to write instead.
_HINTS = (
    (re.compile(r"[-+]?[0-9]{1,3}([,_' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?"), "leave out the thousands separators"),
    (re.compile(r"[-+]?[0-9]+,[0-9]+"), "write a point, not a comma, before the decimals"),
    (re.compile(r"[\u2212\u2013\u2014][0-9.]+"), "write the minus sign as a plain hyphen"),
    (re.compile(r"[-+0-9.]+ ?%"), "leave out the percent sign"),
    (re.compile(r"\+[0-9.]+"), "leave out the plus sign"),
    (re.compile(r"[<>≤≥=~].*"), "a bound is not a number: say in a note what is printed"),
    (re.compile(r"0[xXoObB].*|.*_.*"), "write it in ordinary digits"),
)


def refuse(code: str, found: str, *, allowed: str = "", fix: str = "", field: str = "") -> PydanticCustomError:
    """The error a model raises for a value it cannot take, in the parts of an ``errors.Problem``.

    Parameters
    ----------
    code : str
        Short stable name of the kind of problem.
    found : str
        What stands there, in words.
    allowed, fix : str
        What may stand there and what to do; where empty, worked out from the field's own type.
    field : str
        Field inside the model that the problem is about, if the model as a whole raises it.
    """
    context = {"found": found, "allowed": allowed, "fix": fix, "field": field}
    return PydanticCustomError(code, "{found}", context)


def whole(value: object) -> object:
    """Text such as ``"164"`` as an int; anything that is not text is left for the type to judge.

    Raises
    ------
    PydanticCustomError
        Code ``not-a-number`` or ``absurd-number``.
    """
    if not isinstance(value, str):
        return value
    if not _WHOLE.fullmatch(value):
        raise _not_a_number(value, "write it in digits only")
    if len(value) > LONGEST_NUMBER:
        raise _absurd(value)
    return int(value)


def real(value: object) -> object:
    """Text such as ``"-0.57"`` or ``".048"`` as a float; anything that is not text is left for the type to judge.

    Raises
    ------
    PydanticCustomError
        Code ``not-a-number``, ``non-finite`` or ``absurd-number``.
    """
    if not isinstance(value, str):
        return value
    if _NOT_FINITE.fullmatch(value):
        raise refuse("non-finite", repr(value), fix="write the printed number, or leave the field out")
    if not _REAL.fullmatch(value):
        raise _not_a_number(value, "write digits with a point before the decimals")
    if len(value) > LONGEST_NUMBER or not math.isfinite(float(value)):
        raise _absurd(value)
    return float(value)


def flag(value: object) -> object:
    """``"true"`` or ``"false"`` as a bool; anything that is not text is left for the type to judge.

    Raises
    ------
    PydanticCustomError
        Code ``not-true-or-false``.
    """
    if not isinstance(value, str):
        return value
    if value not in {"true", "false"}:
        raise refuse("not-true-or-false", _short(value), allowed="true or false", fix="write true or false")
    return value == "true"


def _not_a_number(value: str, otherwise: str) -> PydanticCustomError:
    text = value[:LONGEST_NUMBER]
    hint = next((words for pattern, words in _HINTS if pattern.fullmatch(text)), None)
    if hint is None and value != value.strip():
        hint = "leave out the spaces around it"
    if hint is None and any(character.isdigit() and not character.isascii() for character in text):
        hint = "write it in the digits 0 to 9"
    return refuse("not-a-number", _short(value), fix=hint or otherwise)


def _absurd(value: str) -> PydanticCustomError:
    return refuse("absurd-number", _short(value), fix="check the number against the page: it is too large to be real")


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:59] + "…")
