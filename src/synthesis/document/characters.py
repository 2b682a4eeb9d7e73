"""Characters no document can carry, made visible instead of dropped.

HTML forbids control characters and noncharacters; archival PDF forbids private-use characters as well, because nothing
says what they mean. Both outputs show the replacement character, so a reader sees that something stood there.
"""

from __future__ import annotations

import re
from html import escape

REPLACEMENT = "\ufffd"

# Controls but tab, line feed and carriage return; surrogates; private use; byte order mark; noncharacters.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff{_PRIVATE}{_NONCHARACTERS}]")
_SPACE = re.compile(r"[\t\n\r]+")


def printable(text: str, *, keep_lines: bool = False) -> str:
    """``text`` with every character that cannot be printed replaced by U+FFFD.

    Parameters
    ----------
    keep_lines : bool
        Keep tabs and line ends (for code); otherwise a run of them becomes one space, as in HTML.
    """
    text = _FORBIDDEN.sub(REPLACEMENT, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if keep_lines else _SPACE.sub(" ", text)


def single_quoted(data: str) -> str:
    """JSON for an attribute in single quotes: its many double quotes then stand as they are."""
    return escape(data, quote=False).replace("'", "&#39;")
