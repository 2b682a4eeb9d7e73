"""How large an effect is, in people per 1,000, by the thresholds of its question."""

from __future__ import annotations

from typing import Literal

from synthesis.evidence.question import Thresholds

Size = Literal["trivial", "small", "moderate", "large"]


def size_of(difference: float, thresholds: Thresholds) -> Size:
    """The size of a difference in people per 1,000, whichever way it goes.

    A difference at a threshold has the larger size.
    """
    size = abs(difference)
    if size >= thresholds.large:
        return "large"
    if size >= thresholds.moderate:
        return "moderate"
    return "small" if size >= thresholds.small else "trivial"
