"""Risk-of-bias tools: every level can be told without colour and read on its colour."""

from __future__ import annotations

import pytest

from synthesis.certainty.rob_tools import ROB_TOOLS, RobTool
from synthesis.errors import UnknownKeyError
from synthesis.figures.bias_signs import SIGNS

every_tool = pytest.mark.parametrize("tool", ROB_TOOLS.values(), ids=list(ROB_TOOLS))


def contrast_with_white(colour: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05)


@every_tool
def test_no_two_levels_share_key_sign_or_colour(tool: RobTool) -> None:
    for name in ("key", "name", "sign", "colour"):
        values = [getattr(level, name) for level in tool.levels]
        assert len(set(values)) == len(values), name


@every_tool
def test_white_is_read_on_every_colour(tool: RobTool) -> None:
    assert all(contrast_with_white(level.colour) >= 4.5 for level in tool.levels)


@every_tool
def test_every_sign_can_be_drawn(tool: RobTool) -> None:
    assert {level.sign for level in tool.levels} <= set(SIGNS)


@every_tool
def test_domains_are_numbered_in_order_and_named_apart(tool: RobTool) -> None:
    assert [domain.key for domain in tool.domains] == [f"D{number}" for number in range(1, len(tool.domains) + 1)]
    assert len({domain.name for domain in tool.domains}) == len(tool.domains)
    assert tool.version and tool.reference


def test_the_tools_have_as_many_domains_as_they_are_published_with() -> None:
    assert {key: len(tool.domains) for key, tool in ROB_TOOLS.items()} == {"rob2": 5, "robins-i": 7, "robins-i-v2": 6}


def test_unknown_levels_and_domains_list_those_there_are() -> None:
    with pytest.raises(UnknownKeyError, match="some-concerns"):
        ROB_TOOLS["rob2"].level("moderate")
    with pytest.raises(UnknownKeyError, match="D5"):
        ROB_TOOLS["rob2"].domain("D6")
