"""Judgements name only what their tool has, and keep what nobody has judged apart."""

from __future__ import annotations

import pytest

from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.errors import UnknownKeyError, UsageError


def judged(**domains: str) -> JudgedStudy:
    return JudgedStudy(study="a2001", label="Alder 2001", domains=domains)


def test_what_is_not_judged_has_no_level() -> None:
    table = Judgements(id="q", title="Q", tool="rob2", studies=(judged(D1="low"),))
    (study,) = table.studies
    assert (table.level_of(study, "D1"), table.level_of(study, "D2"), table.level_of(study, "overall")) == (
        "low", None, None,
    )  # fmt: skip
    assert study.judged and not judged().judged
    assert not table.weighted
    assert table.find("a2001") is study and table.find("b2002") is None


@pytest.mark.parametrize(
    ("tool", "study", "named"),
    [
        ("rob3", judged(), "rob2"),
        ("rob2", judged(D9="low"), "D5"),
        ("rob2", judged(D1="serious"), "some-concerns"),
        ("rob2", JudgedStudy(study="a", label="A", domains={}, overall="unclear"), "high"),
    ],
)
def test_unknown_tools_domains_and_levels_are_refused(tool: str, study: JudgedStudy, named: str) -> None:
    with pytest.raises(UnknownKeyError, match=named):
        Judgements(id="q", title="Q", tool=tool, studies=(study,))


def test_no_studies_are_refused() -> None:
    with pytest.raises(UsageError, match="no studies"):
        Judgements(id="q", title="Q", tool="rob2", studies=())
