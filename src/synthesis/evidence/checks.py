"""What can be wrong between fields and between records, as a table of checks."""

from __future__ import annotations

from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence


def check(evidence: Evidence) -> tuple[Problem, ...]:
    """Every problem that the checks find in ``evidence``, in order of file and line."""
    return ()
