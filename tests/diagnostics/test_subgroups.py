"""Subgroups."""

from __future__ import annotations

import pytest

from synthesis.diagnostics.subgroups import subgroups
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.pool import pool

GROUPS = ["peer", "clinician", "peer", "clinician", "peer"]


def effects() -> Effects:
    values = [(0.1, 0.02), (0.9, 0.05), (0.4, 0.04), (0.3, 0.10), (0.2, 0.03)]
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=y, vi=v, n=50.0, route="counts", read=True, design="rct",
            timepoint_months=12, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(values)
    )  # fmt: skip
    return Effects(measure="OR", rows=rows)


def test_each_group_is_pooled_by_itself() -> None:
    everything = effects()
    found = subgroups(everything, GROUPS)
    assert [group.name for group in found.groups] == ["clinician", "peer"]
    for group in found.groups:
        rows = tuple(row for row, name in zip(everything, GROUPS, strict=True) if name == group.name)
        assert group.pooled == pool(Effects(measure="OR", rows=rows))
    one, two = (group.pooled for group in found.groups)
    assert found.q == pytest.approx((one.estimate - two.estimate) ** 2 / (one.se**2 + two.se**2))
    assert (found.df, found.notes) == (1, ())


def test_common_effect_q_adds_up() -> None:
    everything = effects()
    found = subgroups(everything, GROUPS, model="common", ci="wald")
    within = sum(group.pooled.heterogeneity.q for group in found.groups)
    total = pool(everything, model="common").heterogeneity.q
    assert within + found.q == pytest.approx(total, rel=1e-12)


def test_single_studies_are_noted() -> None:
    found = subgroups(effects(), ["a", "b", "b", "b", "b"], ci="hartung-knapp")
    assert [note.code for note in found.notes] == ["single-study-subgroup"]
    assert found.groups[0].pooled.ci.method == "wald"


def test_groups_that_cannot_be_compared() -> None:
    with pytest.raises(AnalysisError, match="all studies are in a"):
        subgroups(effects(), ["a"] * 5)
    with pytest.raises(UsageError, match="groups has 2 names for 5 effects"):
        subgroups(effects(), ["a", "b"])
