"""Everything wrong with an evidence folder, from its files to the judgements made on its results."""

from __future__ import annotations

from synthesis.analysis.arithmetic import check_arithmetic
from synthesis.certainty.check_rob import check_risk_of_bias
from synthesis.errors import Problem
from synthesis.evidence.checks import check
from synthesis.evidence.collection import Evidence


def record_problems(evidence: Evidence) -> tuple[Problem, ...]:
    """What the checks of records find; no question is analysed."""
    return (*check(evidence), *check_arithmetic(evidence), *check_risk_of_bias(evidence))


def every_problem(evidence: Evidence, unreadable: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """All problems, those of reading the files among them.

    Questions are analysed only on records that are sound: the facts of anything else would mislead.
    """
    # What analyses takes a while to import, and not every check of records comes to it.
    from synthesis.analysis.check_certainty import check_certainty
    from synthesis.analysis.relations import check_relations

    found = (*unreadable, *record_problems(evidence))
    return found or (*check_certainty(evidence), *check_relations(evidence))
