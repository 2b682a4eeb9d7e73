"""How sure we are, as a mark beside the word: never by colour alone, never by the mark alone.

Vocabulary
----------
certainty : the GRADE level of a body of evidence: high, moderate, low, very low. ``not yet judged`` is the honest
    fifth word: nobody has judged it, which is not the same as very low. ``no evidence`` is that somebody looked and
    there is nothing to judge.
"""

from __future__ import annotations

from synthesis.errors import DocumentError

CERTAINTY_MARKS = {
    "high": "●●●●",
    "moderate": "●●●○",
    "low": "●●○○",
    "very low": "●○○○",
    "not yet judged": "?",
    "no evidence": "–",
}


# What the level means for what is said, after Balshem et al 2011, J Clin Epidemiol 64:401-406 (GRADE guidelines 3), in
# words for any reader.
MEANINGS = {
    "high": "we are very confident in this result",
    "moderate": "we are moderately confident in this result",
    "low": "we have limited confidence in this result",
    "very low": "we have very little confidence in this result",
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


def certainty_words(level: str, of: str = "") -> str:
    """The words printed after the mark of a key message: the level and what it means, or that there is none.

    ``of`` names the evidence that was judged, where another level stands beside this one.
    """
    certainty_mark(level)
    without = {"not yet judged": "Certainty not yet judged", "no evidence": "No evidence to judge"}
    if level in without:
        return without[level]
    if of:
        return f"{of}: {level} certainty. {MEANINGS[level].capitalize()}"
    return f"{level.capitalize()} certainty: {MEANINGS[level]}"
