"""The small scripts of a page: which of them a document needs, and their text as it stands in the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from synthesis.document.elements import Block, Explorer, LocalBaseline
from synthesis.document.walk import every_block

TEMPLATES = Path(__file__).parent / "templates"
# In the order in which they stand in a page.
SCRIPTS: tuple[tuple[type[Block], str], ...] = ((Explorer, "explorer.js"), (LocalBaseline, "local_baseline.js"))

_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
# Text in quotation marks stays as it is; elsewhere space beside punctuation means nothing.
_TEXT_OR_SPACE = re.compile(r"""("[^"\n]*"|`[^`]*`)|\s*([][{}(),;:?=<>+*/&|!%-])\s*""")


def scripts_for(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The scripts that ``blocks`` need, each once; none for a document that only has to be read."""
    kinds = {type(block) for block in every_block(blocks)}
    return tuple(script(name) for kind, name in SCRIPTS if kind in kinds)


@cache
def script(name: str) -> str:
    """A script from the templates without comments and without space that means nothing.

    The scripts end every statement with a semicolon and hold quotation marks in no pattern, so that this is safe.
    """
    source = _COMMENT.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    return _TEXT_OR_SPACE.sub(lambda match: match[1] or match[2], source).strip()
