"""What may be said about an effect, given how certain it is and how large: after GRADE guidelines 26.

"Probably" and "may" speak of certainty, not of a probability, so ``KEY`` is printed wherever they are used.

References
----------
Santesso et al 2020, J Clin Epidemiol 119:126-135 (GRADE guidelines 26).
"""

from __future__ import annotations

from typing import Literal

from synthesis.certainty.sizes import Size
from synthesis.evidence.judgement import Level

Way = Literal["increase", "decrease"]

KEY = (
    "The words say how certain the evidence is, not how probable the result: none for high certainty, “probably” "
    "for moderate, “may” for low, and “very uncertain” for very low."
)

_VERBS: dict[Way, str] = {"increase": "increases", "decrease": "decreases"}
# With an auxiliary verb before it a verb loses its ending.
_BARE: dict[Way, str] = {"increase": "increase", "decrease": "decrease"}


def effect_sentence(level: Level, size: Size, way: Way, *, intervention: str, outcome: str = "this outcome") -> str:
    """One sentence on an effect.

    Parameters
    ----------
    level : {"high", "moderate", "low", "very-low"}
    size : {"trivial", "small", "moderate", "large"}
        Of the difference in people per 1,000, by the question's thresholds.
    way : {"increase", "decrease"}
        Whether the outcome is seen more or less often with the intervention.
    intervention, outcome : str
        As they stand at the start of a sentence, and inside one.
    """
    if level == "very-low":
        return f"The evidence is very uncertain about the effect of {intervention} on {outcome}."
    modal = {"high": "", "moderate": "probably ", "low": "may "}[level]
    results = "result" if level == "low" else "results"
    if size == "trivial":
        return f"{_capital(intervention)} {modal}{results} in little to no difference in {outcome}."
    if size == "large":
        return f"{_capital(intervention)} {modal}{results} in a large {way} in {outcome}."
    verb = (_BARE if level == "low" else _VERBS)[way]
    slightly = " slightly" if size == "small" else ""
    return f"{_capital(intervention)} {modal}{verb} {outcome}{slightly}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
