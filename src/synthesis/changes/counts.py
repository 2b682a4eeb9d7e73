"""What differs in the records, counted and put in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from synthesis.changes.model import Difference
from synthesis.formatting import plural

# What is counted, in the order of print, with the words for one and for several.
_WORDS: dict[tuple[str, str], tuple[str, str]] = {
    ("studies", "new"): ("new study", "new studies"),
    ("studies", "withdrawn"): ("study withdrawn", "studies withdrawn"),
    ("studies", "corrections"): ("study corrected or completed", "studies corrected or completed"),
    ("studies", "judgement"): ("study judged anew for bias", "studies judged anew for bias"),
    ("sources", "new"): ("new review or guideline", "new reviews and guidelines"),
    ("sources", "withdrawn"): ("review or guideline withdrawn", "reviews and guidelines withdrawn"),
    ("sources", "corrections"): ("review or guideline corrected", "reviews and guidelines corrected"),
    ("sources", "wording"): (
        "review or guideline whose standing changed",
        "reviews and guidelines whose standing changed",
    ),
    ("questions", "new"): ("new question", "new questions"),
    ("questions", "withdrawn"): ("question withdrawn", "questions withdrawn"),
    ("questions", "method"): ("question analysed otherwise", "questions analysed otherwise"),
    ("questions", "scope"): ("question with another scope", "questions with another scope"),
    ("questions", "judgement"): ("question judged anew", "questions judged anew"),
    ("questions", "wording"): ("question worded otherwise", "questions worded otherwise"),
    ("vocabulary", "scope"): ("change to the vocabulary", "changes to the vocabulary"),
}


def record_counts(differences: Iterable[Difference]) -> tuple[str, ...]:
    """ "2 new studies", "1 study corrected or completed", ...: one phrase for each kind of difference there is."""
    once = {(item.record, _what(item)) for item in differences}
    found = Counter((record.split("/")[0], what) for record, what in once)
    return tuple(plural(found[key], *words) for key, words in _WORDS.items() if found[key])


def _what(item: Difference) -> str:
    if item.field or "/" not in item.record:
        return item.cause
    return "new" if item.after else "withdrawn"
