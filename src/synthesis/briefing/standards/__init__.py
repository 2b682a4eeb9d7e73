"""Reporting standards, computed and not ticked: which items a briefing meets, and where it shows that.

Vocabulary
----------
item : one thing a standard asks for, under the number it has there.
need : what can be computed of an item. A need that does not hold makes the item not met, whatever the briefing says.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from synthesis.errors import UnknownKeyError
from synthesis.evidence.load import read_standard
from synthesis.evidence.standards import Standard

FOLDER = Path(__file__).parent
STANDARDS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def standard(key: str) -> Standard:
    """A standard by its key.

    Raises
    ------
    UnknownKeyError
        If there is none; the message names those there are.
    """
    if key not in STANDARDS:
        raise UnknownKeyError("standard", key, STANDARDS)
    return read_standard(FOLDER / f"{key}.yaml")
