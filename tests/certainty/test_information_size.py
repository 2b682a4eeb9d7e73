"""Optimal information size."""

from __future__ import annotations

import pytest

from synthesis.certainty.information_size import information_size
from synthesis.errors import AnalysisError


@pytest.mark.parametrize(("baseline", "people"), [(0.12, 3276), (0.30, 1078)])
def test_the_published_examples(baseline: float, people: int) -> None:
    assert information_size(baseline) == people


def test_more_certainty_takes_more_people() -> None:
    assert information_size(0.3, power=0.9) > information_size(0.3) < information_size(0.3, alpha=0.01)
    assert information_size(0.3, relative=0.2) > information_size(0.3)


@pytest.mark.parametrize("options", [{"baseline": 0.0}, {"baseline": 1.0}, {"baseline": 0.3, "power": 0.5}])
def test_what_is_no_share_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(AnalysisError):
        information_size(**options)
