"""Nothing vanishes: what cannot be printed is shown as such."""

from __future__ import annotations

import re
import sys
import unicodedata
from html import unescape

import pytest

from synthesis.document.characters import REPLACEMENT, printable, single_quoted


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x7f", "\x85", "\ud800", "\ue000", "\ufeff", "\ufffe", "\U0010ffff"]
)
def test_forbidden_characters_are_replaced(character: str) -> None:
    assert printable(f"a{character}b") == f"a{REPLACEMENT}b"


def test_everything_assigned_is_kept() -> None:
    kept = {"Cc", "Cs", "Co", "Cn"}
    lost = [
        f"{code:x}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) not in kept and code != 0xFEFF and printable(chr(code)) != chr(code)
    ]
    assert not lost


def test_line_ends() -> None:
    assert printable("a\r\nb\tc") == "a b c"
    assert printable("a\r\nb\tc\rd", keep_lines=True) == "a\nb\tc\nd"


def test_json_in_single_quotes_comes_back_as_it_was() -> None:
    data = '{"a": "it\'s <b> & \\"c\\""}'
    assert "&quot;" not in single_quoted(data)
    (found,) = re.findall(r"='([^'<>]*)'", f"<p data-x='{single_quoted(data)}'>")
    assert unescape(found) == data
