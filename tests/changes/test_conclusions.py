"""What a change from one conclusion to another is called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.model import PerThousand
from synthesis.changes.conclusions import label_of, moves_of
from synthesis.changes.model import Conclusion, Label


def people(difference: float) -> PerThousand:
    return PerThousand(
        baseline_risk=0.25, baseline_source="invented", baseline=250, intervention=250 + difference,
        difference=difference, low=difference - 10, high=difference + 10,
    )  # fmt: skip


PLAIN = Conclusion(
    question="q", title="Q", kind="pooled", certainty="moderate", measure="OR", estimate=0.5, low=0.1, high=0.9,
    studies=("alder2001",), people=people(110), way="more", size="moderate", settled=True, wording=("Q",),
)  # fmt: skip
NOTHING = Conclusion(question="q", title="Q", kind="nothing", certainty="no evidence")
POINTING = Conclusion(
    question="q", title="Q", kind="directions", certainty="very low", way="better", ways={"better": 3, "worse": 1}
)
VERY_LOW = replace(PLAIN, certainty="very low")


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (PLAIN, PLAIN, "unchanged"),
        (PLAIN, replace(PLAIN, estimate=0.51, people=people(112)), "unchanged"),
        (PLAIN, replace(PLAIN, certainty="high"), "stronger"),
        (PLAIN, replace(PLAIN, certainty="low"), "weaker"),
        (PLAIN, replace(PLAIN, size="large"), "stronger"),
        (PLAIN, replace(PLAIN, size="small"), "weaker"),
        (PLAIN, replace(PLAIN, way="little", size="trivial"), "weaker"),
        (PLAIN, replace(PLAIN, settled=False), "weaker"),
        (replace(PLAIN, settled=False), PLAIN, "stronger"),
        # Certainty decides before size, and size before the interval.
        (PLAIN, replace(PLAIN, certainty="high", size="small"), "stronger"),
        (PLAIN, replace(PLAIN, size="small", settled=True), "weaker"),
        (PLAIN, replace(PLAIN, way="fewer", estimate=-0.5), "reversed"),
        (PLAIN, replace(PLAIN, way="fewer", estimate=-0.5, certainty="high"), "reversed"),
        # At very low certainty, and before anybody has judged it, no size may be stated.
        (VERY_LOW, replace(VERY_LOW, size="large"), "unchanged"),
        (VERY_LOW, replace(VERY_LOW, size="trivial", way="little"), "unchanged"),
        (VERY_LOW, replace(VERY_LOW, settled=False), "weaker"),
        (replace(PLAIN, certainty="not yet judged"), PLAIN, "unchanged"),
        (replace(PLAIN, size=None), PLAIN, "unchanged"),
        (None, PLAIN, "new"),
        (None, NOTHING, "new"),
        (NOTHING, PLAIN, "new"),
        (PLAIN, None, "withdrawn"),
        (NOTHING, None, "withdrawn"),
        (PLAIN, NOTHING, "withdrawn"),
        (NOTHING, NOTHING, "unchanged"),
        (PLAIN, replace(PLAIN, wording=("Other",)), "wording-only"),
        (PLAIN, replace(PLAIN, wording=("Other",), estimate=0.51), "unchanged"),
        (POINTING, replace(POINTING, ways={"better": 4, "worse": 1}), "unchanged"),
        (POINTING, replace(POINTING, way="none", ways={"better": 1, "worse": 1}), "weaker"),
        (POINTING, replace(POINTING, way="worse", ways={"worse": 3}), "reversed"),
        (POINTING, replace(PLAIN, certainty="very low"), "stronger"),
        (replace(PLAIN, certainty="very low"), POINTING, "weaker"),
    ],
)  # fmt: skip
def test_labels(before: Conclusion | None, after: Conclusion | None, label: Label) -> None:
    assert label_of(before, after) == label


def test_everything_that_differs_is_named() -> None:
    found = moves_of(PLAIN, replace(PLAIN, certainty="high", size="small", settled=False))
    assert [(move.aspect, move.sign) for move in found] == [("certainty", 1), ("size", -1), ("interval", -1)]


def test_stronger_there_is_weaker_back() -> None:
    opposite: dict[Any, Any] = {"stronger": "weaker", "weaker": "stronger", "new": "withdrawn", "withdrawn": "new"}
    states = (
        None, NOTHING, PLAIN, POINTING, VERY_LOW, replace(PLAIN, size="large"), replace(PLAIN, way="fewer"),
        replace(PLAIN, certainty="low", settled=False), replace(PLAIN, way="little", size="trivial"),
    )  # fmt: skip
    for one in states:
        for two in states:
            if one is None and two is None:
                continue
            there, back = label_of(one, two), label_of(two, one)
            assert back == opposite.get(there, there), (one, two)
