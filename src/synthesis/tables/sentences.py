"""What a result means, in one plain sentence.

Where certainty has been judged, the sentence is the one that its level and the size of the effect allow. Where it has
not, or is very low, the studies are described, from the estimate and its interval against no effect and from nothing
else: it is never said that there is no effect because an interval is wide, and significance is never mentioned.
"""

from __future__ import annotations

from typing import Literal

from synthesis.analysis.directions import by_study
from synthesis.analysis.model import Analysis, Way
from synthesis.analysis.phrases import lower_first, upper_first
from synthesis.certainty.wording import effect_sentence
from synthesis.effects.measures import MEASURES
from synthesis.formatting import integer, plural
from synthesis.pooling.model import Pooled

# Less and more of the outcome: how often it happened where people were counted, how much where it was measured.
COUNTED = ("less often", "more often")
MEASURED = ("lower", "higher")
COUNTS = frozenset({"counts", "rates", "contrast-only"})

RANDOMISED = "rct"
# What one study does, and what several do.
WAYS: tuple[tuple[Way, str, str], ...] = (
    ("better", "points to better", "point to better"),
    ("worse", "points to worse", "point to worse"),
    ("mixed", "is mixed", "are mixed"),
    ("unclear", "shows no clear difference", "show no clear difference"),
    ("not-stated", "does not say which way", "do not say which way"),
)


def meaning(analysis: Analysis) -> str:
    """The sentence for one analysis; what is missing, where nothing was pooled or shown."""
    if analysis.pooled is not None:
        said = judged_meaning(analysis)
        described = pooled_meaning(analysis, analysis.pooled)
        if said is None:
            return described
        return f"{said} In these studies: {lower_first(described)}" if analysis.certainty.level == "very-low" else said
    if analysis.directions:
        # Sizes are not known here, so that very low certainty is all that can be put in the words of certainty.
        said = judged_meaning(analysis) if analysis.certainty.level == "very-low" else None
        return f"{said} {direction_meaning(analysis)}" if said else direction_meaning(analysis)
    return "No study we hold answers this with numbers that can be used. That says nothing about the effect."


def judged_meaning(analysis: Analysis) -> str | None:
    """The sentence that certainty and size allow; None where certainty or size is not known."""
    found, people = analysis.certainty, analysis.per_thousand
    if found.level is None or (found.level != "very-low" and (found.size is None or people is None)):
        return None
    return effect_sentence(
        found.level,
        found.size or "trivial",
        "increase" if people is None or people.difference > 0 else "decrease",
        intervention=lower_first(analysis.intervention),
    )


def pooled_meaning(analysis: Analysis, pooled: Pooled) -> str:
    """The sentence for a pooled effect (or for the one study there is)."""
    null = MEASURES[pooled.measure].null
    less, more = COUNTED if MEASURES[pooled.measure].data in COUNTS else MEASURED
    who = "One study: " if pooled.k == 1 else ""
    happened = "seen " if (less, more) == COUNTED else ""
    side = _side(pooled.estimate, null)
    if side == 0:
        start = f"{who}the estimate shows no difference"
        text = f"{start}; the interval runs from {less} to {more} with {lower_first(analysis.intervention)}."
        return upper_first(text)
    word = more if side > 0 else less
    start = f"{who}{happened}{word} with {lower_first(analysis.intervention)}{_good(analysis, side)}"
    if pooled.ci.low <= null <= pooled.ci.high:
        return upper_first(f"{start}. The interval includes no difference and the opposite.")
    return upper_first(f"{start}. The whole interval lies on that side.")


def direction_meaning(analysis: Analysis) -> str:
    """The sentence for results shown as directions: how many studies point which way, whatever their precision."""
    ways = list(by_study(analysis.directions).values())
    counts = [(ways.count(way), one, several) for way, one, several in WAYS]
    said = [f"{integer(count)} {one if count == 1 else several}" for count, one, several in counts if count]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    text = f"Of {plural(len(ways), 'study', 'studies')}, {listed}."
    if all(row.design != RANDOMISED for row in analysis.directions):
        text += " The groups compared may differ in other ways."
    return text


def _side(estimate: float, null: float) -> Literal[-1, 0, 1]:
    if estimate == null:
        return 0
    return 1 if estimate > null else -1


def _good(analysis: Analysis, side: int) -> str:
    """Who a result is good for, where the outcome has a good direction."""
    if analysis.good_direction == "mixed":
        return ""
    if (side > 0) == (analysis.good_direction == "higher-better"):
        return ", which is in its favour"
    return f", which favours {lower_first(analysis.comparator)}"
