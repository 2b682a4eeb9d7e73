"""Whether a conclusion hangs on choices of the analysis that could as well have been made otherwise.

Vocabulary
----------
choice : something a plan decides, with alternatives and a status. Only equivalent alternatives count.
specification : one combination of alternatives, carried out.

No p value is computed over specifications: they share their studies, so that they are no sample of anything.

References
----------
Del Giudice and Gangestad 2021, Adv Methods Pract Psychol Sci 4(1) (equivalent, non-equivalent, uncertain choices).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product

from synthesis.analysis.model import Robustness, Specification
from synthesis.diagnostics.what_would_change import sides
from synthesis.effects.measures import MEASURES
from synthesis.errors import AnalysisError
from synthesis.evidence.question import Alternative, Choice, Question, Variant
from synthesis.formatting import integer
from synthesis.pooling.model import Pooled

# More combinations than this say no more, and take long.
MOST = 512

Taken = tuple[tuple[Choice, Alternative], ...]


def robustness(
    question: Question, pooled: Pooled | None, carry_out: Callable[[Variant], Pooled | None]
) -> Robustness | None:
    """Every combination of equivalent choices, and every other alternative by itself.

    Parameters
    ----------
    question : Question
        With its declared choices.
    pooled : Pooled or None
        The plan's result.
    carry_out : callable
        From a change of plan and rule to the pooled result; None if no study is left.

    Returns
    -------
    Robustness or None
        None where nothing was pooled or no choice is declared.

    Raises
    ------
    AnalysisError
        If the equivalent choices have too many combinations.
    """
    if pooled is None or not question.choices:
        return None
    combinations = math.prod(1 + len(c.alternatives) for c in question.choices if c.status == "equivalent")
    if combinations > MOST:
        found = f"{integer(combinations)} combinations of equivalent choices in question {question.id!r}"
        raise AnalysisError(f"{found}; at most {integer(MOST)} are carried out: declare fewer")
    labels = {choice.id: choice.label for choice in question.choices}
    labels |= {f"{c.id}/{item.id}": item.label for c in question.choices for item in c.alternatives}
    return Robustness(
        side=_side(pooled),
        labels=labels,
        statuses={choice.id: choice.status for choice in question.choices},
        equivalent=tuple(_specification(taken, carry_out) for taken in _combinations(question)),
        alone=tuple(
            _specification(((choice, item),), carry_out)
            for choice in question.choices
            if choice.status != "equivalent"
            for item in choice.alternatives
        ),
    )


def _combinations(question: Question) -> Iterator[Taken]:
    """The plan first; then every other combination, in the order of the record."""
    equivalent = [choice for choice in question.choices if choice.status == "equivalent"]
    for picked in product(*((None, *choice.alternatives) for choice in equivalent)):
        yield tuple((c, item) for c, item in zip(equivalent, picked, strict=True) if item is not None)


def _specification(taken: Taken, carry_out: Callable[[Variant], Pooled | None]) -> Specification:
    pooled = carry_out(_change(taken))
    options = {choice.id: item.id for choice, item in taken}
    if pooled is None:
        return Specification(options=options, k=0, measure="", estimate=None, low=None, high=None, side=None)
    return Specification(
        options=options,
        k=pooled.k,
        measure=pooled.measure,
        estimate=pooled.estimate,
        low=pooled.ci.low,
        high=pooled.ci.high,
        side=_side(pooled),
    )


def _change(taken: Taken) -> Variant:
    """Several alternatives as one change; of two that change the same thing the later counts."""
    plan: dict[str, str] = {}
    fields: dict[str, object] = {}
    without: list[str] = []
    for _, item in taken:
        plan |= item.plan
        without += item.without
        changed = {name: getattr(item, name) for name in ("designs", "window_months", "prefer")}
        fields |= {name: value for name, value in changed.items() if value is not None}
    return Variant.model_validate(
        {"id": "specification", "label": "specification", "why": "robustness", "plan": plan, "without": tuple(without)}
        | fields
    )


def _side(pooled: Pooled) -> int:
    return sides(pooled.ci.low, pooled.ci.high, (MEASURES[pooled.measure].null,))[0]
