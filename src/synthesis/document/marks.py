"""How sure we are, as a mark beside the word: never by colour alone, never by the mark alone.

Vocabulary
----------
certainty : the GRADE level of a body of evidence: high, moderate, low, very low. ``not yet judged`` is the honest
    fifth word: nobody has judged it, which is not the same as very low.
"""

from __future__ import annotations

from synthesis.errors import DocumentError

CERTAINTY_MARKS = {
    "high": "●●●●",
    "moderate": "●●●○",
    "low": "●●○○",
    "very low": "●○○○",
    "not yet judged": "?",
}


def certainty_mark(level: str) -> str:
    """The mark printed before a certainty level.

    Raises
    ------
    DocumentError
        If ``level`` is not a level of certainty.
    """
    try:
        return CERTAINTY_MARKS[level]
    except KeyError:
        allowed = ", ".join(CERTAINTY_MARKS)
        raise DocumentError(
            f"unknown certainty {level!r}; allowed: {allowed}. Correct the judgement it came from."
        ) from None


def certainty_words(level: str) -> str:
    """The words printed after the mark of a key message: "Moderate certainty", "Certainty not yet judged"."""
    certainty_mark(level)
    return "Certainty not yet judged" if level == "not yet judged" else f"{level.capitalize()} certainty"
