"""What risk-of-bias tools propose: each line of each rule, by question number."""

from __future__ import annotations

import pytest

from synthesis.certainty.rob_rules import ROB_RULES, propose, propose_overall
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.errors import UnknownKeyError

LOW, SOME, HIGH = "low", "some-concerns", "high"


def answers(domain: int, text: str) -> dict[str, str]:
    """ "Y N -": answers to the questions of a domain in order; a dash where there is none."""
    return {f"{domain}.{i}": answer for i, answer in enumerate(text.split(), start=1) if answer != "-"}


@pytest.mark.parametrize(
    ("domain", "text", "level"),
    [
        (1, "Y N N", HIGH), (1, "Y PN N", HIGH), (1, "- N -", HIGH),
        (1, "Y NI Y", HIGH), (1, "Y NI N", SOME), (1, "N NI NI", SOME),
        (1, "Y Y N", LOW), (1, "NI PY NI", LOW), (1, "Y Y PY", SOME), (1, "N Y N", SOME), (1, "PN PY -", SOME),
        (2, "N N - - - Y -", LOW), (2, "Y N N - - PY -", LOW), (2, "Y N NI - - Y -", SOME),
        (2, "Y N Y N - Y -", SOME), (2, "Y N Y Y Y Y -", SOME), (2, "Y N Y NI N Y -", HIGH),
        (2, "NI NI PY Y NI Y -", HIGH),
        (2, "N N - - - N N", SOME), (2, "N N - - - NI Y", HIGH), (2, "N N - - - N NI", HIGH),
        (2, "Y N Y Y N Y -", HIGH), (2, "Y N NI - - N Y", HIGH),
        (3, "Y - - -", LOW), (3, "N Y - -", LOW), (3, "N N N -", LOW), (3, "NI N Y N", SOME), (3, "N N NI PY", HIGH),
        (3, "N N Y NI", HIGH),
        (4, "Y - - - -", HIGH), (4, "N Y - - -", HIGH), (4, "N N N - -", LOW), (4, "NI PN Y PN -", LOW),
        (4, "N N Y Y N", SOME), (4, "N N Y NI Y", HIGH), (4, "N N NI Y NI", HIGH),
        # Without information on 4.2 nothing is low.
        (4, "N NI N - -", SOME), (4, "N NI Y N -", SOME), (4, "N NI Y Y N", SOME), (4, "N NI Y Y Y", HIGH),
        (5, "Y N N", LOW), (5, "Y Y N", HIGH), (5, "N N PY", HIGH), (5, "N N N", SOME), (5, "NI N N", SOME),
        (5, "Y NI N", SOME), (5, "Y NI Y", HIGH),
    ],
)  # fmt: skip
def test_every_line_of_the_rob2_rules(domain: int, text: str, level: str) -> None:
    assert propose("rob2", answers(domain, text))[f"D{domain}"] == level


@pytest.mark.parametrize(
    ("domain", "text"),
    [(1, "Y - N"), (1, "- Y N"), (2, "N N - - - - -"), (3, "N - Y Y"), (4, "N N Y - -"), (5, "Y N -")],
)
def test_a_missing_answer_that_matters_gives_no_proposal(domain: int, text: str) -> None:
    assert propose("rob2", answers(domain, text))[f"D{domain}"] is None
    assert propose("rob2", answers(domain, text.replace("-", "NA")))[f"D{domain}"] is None


@pytest.mark.parametrize(
    ("tool", "levels", "overall"),
    [
        ("rob2", (LOW, LOW, LOW, LOW, LOW), LOW),
        ("rob2", (LOW, SOME, LOW, LOW, LOW), SOME),
        ("rob2", (SOME, SOME, HIGH, LOW, LOW), HIGH),
        ("robins-i", ("low",) * 7, "low"),
        ("robins-i", ("low", "moderate", *("low",) * 5), "moderate"),
        ("robins-i", ("moderate", "no-information", *("low",) * 5), "no-information"),
        ("robins-i", ("serious", "no-information", *("low",) * 5), "serious"),
        ("robins-i", ("serious", "critical", *("low",) * 5), "critical"),
        ("robins-i-v2", ("low-but-confounding", *("low",) * 5), "low-but-confounding"),
        ("robins-i-v2", ("low-but-confounding", "moderate", *("low",) * 4), "moderate"),
    ],
)
def test_the_whole_follows_from_the_domains(tool: str, levels: tuple[str, ...], overall: str) -> None:
    domains = {item.key: level for item, level in zip(ROB_TOOLS[tool].domains, levels, strict=True)}
    assert propose_overall(tool, domains) == overall
    domains.popitem()
    assert propose_overall(tool, domains) is None


def test_every_tool_has_rules_for_its_own_domains_and_levels() -> None:
    assert set(ROB_RULES) == set(ROB_TOOLS)
    for key, rules in ROB_RULES.items():
        tool = ROB_TOOLS[key]
        assert rules.domains.keys() <= {item.key for item in tool.domains}
        for level in tool.levels:
            assert rules.overall((level.key,) * len(tool.domains)) == level.key
        # What is not held is said.
        assert len(rules.domains) == len(tool.domains) or rules.limits


def test_tools_without_rules_propose_nothing() -> None:
    assert set(propose("robins-i", {"1.1": "Y"}).values()) == {None}
    with pytest.raises(UnknownKeyError, match="rob2"):
        propose("rob3", {})
