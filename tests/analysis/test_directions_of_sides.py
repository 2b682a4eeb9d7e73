"""Directions for synthesis without meta-analysis: which way a printed result points, whatever its precision."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.directions import directions
from synthesis.analysis.model import Direction
from synthesis.evidence.selection import select


@pytest.fixture
def direction(invented: Any) -> Any:
    """The direction of one study's result with the given printed items."""

    def make(
        *printed: dict[str, Any],
        outcome: str = "abstinence",
        arms: Any = None,
        groups: Any = (),
        category: tuple[str, ...] = ("help",),
        **result: Any,
    ) -> Direction:
        more = {"groups": groups} | ({} if arms is None else {"arms": arms})
        study = invented.study("alpha2001", invented.result(*printed, outcome=outcome, **result), **more)
        question = invented.question(
            outcome=(outcome,),
            intervention={"category": category, "label": "Help"},
            plan={"synthesis": "effect-direction"},
        )
        (found,) = directions(select([study], question, invented.vocabulary()), invented.vocabulary())
        return found

    return make


@pytest.mark.parametrize(
    ("measure", "estimate", "way"),
    [
        ("OR", 1.2, "better"),
        ("OR", 0.8, "worse"),
        ("OR", 1.0, "unclear"),
        ("RR", 2.0, "better"),
        ("HR", 0.5, "worse"),
        ("IRR", 1.5, "better"),
        ("MD", 0.5, "better"),
        ("MD", -0.5, "worse"),
        ("B", 0.0, "unclear"),
        ("percent-reduction-in-risk", 20.0, "worse"),
    ],
)
def test_the_estimate_decides(invented: Any, direction: Any, measure: str, estimate: float, way: str) -> None:
    found = direction(invented.contrast(measure, estimate))
    assert found.direction == way
    flipped = {"better": "worse", "worse": "better", "unclear": "unclear"}[way]
    assert direction(invented.contrast(measure, estimate), outcome="drinking").direction == flipped
    assert direction(invented.contrast(measure, estimate), outcome="status").direction == "not-stated"


def test_significance_plays_no_part(invented: Any, direction: Any) -> None:
    assert direction(invented.contrast("OR", 1.01, p="0.98", ci=(0.2, 5.1))).direction == "better"


def test_a_contrast_printed_the_other_way_round(invented: Any, direction: Any) -> None:
    assert direction(invented.contrast("OR", 1.5, arms=(("b",), ("a",)))).direction == "worse"
    assert direction(invented.contrast("MD", -2.0, arms=(("b",), ("a",)))).direction == "better"


def test_a_contrast_with_another_arm_says_nothing(invented: Any, direction: Any) -> None:
    arms = (invented.arm("a", "help"), invented.arm("x", "other"), invented.arm("b", "usual"))
    for pair in ((("x",), ("b",)), (("a",), ("x",))):
        assert direction(invented.contrast("OR", 3.0, arms=pair), arms=arms).direction == "not-stated"


def test_merged_arms_are_their_arms(invented: Any, direction: Any) -> None:
    arms = (invented.arm("a", "help"), invented.arm("c", "help"), invented.arm("b", "usual"))
    groups = ({"id": "both", "label": "Both", "combines": ("a", "c")},)
    turned = invented.contrast("OR", 3.0, arms=(("b",), ("both",)))
    assert direction(turned, arms=arms, groups=groups).direction == "worse"


@pytest.mark.parametrize(
    ("item", "way", "printed"),
    [
        ({"form": "counts", "arms": {"a": {"events": 4, "n": 10}, "b": {"events": 5, "n": 9}}}, "worse", "4/10 v 5/9"),
        ({"form": "percent", "arms": {"a": {"percent": 40.5}, "b": {"percent": 25}}}, "better", "40.5% v 25%"),
        ({"form": "means", "unit": "days", "arms": {"a": {"mean": 3}, "b": {"mean": 3}}}, "unclear", "3 v 3 (days)"),
        ({"form": "percent", "arms": {"a": {"percent": 40.5}}}, "not-stated", "40.5%"),
        ({"form": "narrative", "finding": "no difference"}, "not-stated", "no difference"),
        ({"form": "test", "p": "<0.05"}, "not-stated", "p <0.05"),
        ({"form": "correlation", "estimate": -0.3}, "not-stated", "r −0.30"),
    ],
)  # fmt: skip
def test_two_group_values_decide_where_there_is_no_estimate(
    direction: Any, item: dict[str, Any], way: str, printed: str
) -> None:
    found = direction(item)
    assert (found.direction, found.printed) == (way, printed)


def test_the_printed_text_of_a_contrast(invented: Any, direction: Any) -> None:
    item = invented.contrast("OR", 3.7, p="0.018", ci=(1.2, 9.0), adjusted=True)
    found = direction(item)
    assert found.printed == "OR 3.7 (95% CI 1.2 to 9, p 0.018, adjusted)"
    assert (found.measure, found.ratio, found.adjusted) == ("OR", 3.7, True)
    assert direction(invented.contrast("MD", 3.7)).ratio is None


def test_a_comparison_without_arms(invented: Any, direction: Any) -> None:
    comparison = {"comparison": ("help", "usual"), "arms": ()}
    free = invented.contrast("OR", 2.0, arms=None, contrast="attenders v others")
    assert direction(free, **comparison).direction == "better"
    groups = ({"id": "attenders", "label": "Attenders"}, {"id": "others", "label": "Others"})
    pair = invented.percents(attenders=30, others=40)
    assert direction(pair, groups=groups, **comparison).direction == "worse"


def test_a_contrast_without_arms_says_nothing_of_the_arms(invented: Any, direction: Any) -> None:
    assert direction(invented.contrast("OR", 2.0, arms=None, contrast="men v women")).direction == "not-stated"


@pytest.mark.parametrize(
    ("item", "whole", "read"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"known": "recalled"}, True, False),
        ({"known": "read"}, False, True),
        ({"where": {"place": "page 2", "read": True}}, False, True),
        ({"where": {"place": "page 2", "read": False}}, True, False),
    ],
)
def test_read_says_whether_every_part_was_read(
    invented: Any, direction: Any, item: dict[str, Any], whole: bool, read: bool
) -> None:
    assert direction(invented.contrast() | item, read=whole).read is read


def test_one_recalled_cell_is_enough(invented: Any, direction: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 100))
    counts["arms"]["a"]["known"] = "recalled"
    assert direction(counts).read is False
