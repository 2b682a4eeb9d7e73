"""Statements of sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from synthesis.analysis.run import analyse
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.load import load
from synthesis.tables.records import Records
from synthesis.tables.statements import statements

ROOT = Path(__file__).resolve().parents[2]


def test_a_statement_carries_words_place_basis_and_status(held: Records) -> None:
    item = statements(held, sources=["guide-2011"], kind="recommendation").items[0]
    assert (item.body, item.year, item.kind, item.cite) == ("Guide 11", "2011", "recommendation", "guide-2011")
    assert plain(item.says) == "Offer help with access."
    assert (item.quote, item.place) == ("offer help", "section 1")
    assert plain(item.basis) == (
        "Systematic review: 6 studies, 2,556 people † recalled; named: Alder 2007 , gone1999 "
        "(which studies these are is not confirmed)."
    )
    assert plain(item.status) == "Superseded by Review 20 . Last checked 2016-07."
    assert [span.target for span in item.basis if span.style == "cite"] == ["alder2007"]
    targets = [span.target for span in item.basis if span.style == "number"]
    assert targets == ["guide-2011.offer.studies", "guide-2011.offer.participants"]


def test_what_was_not_read_is_marked(held: Records) -> None:
    item = statements(held, sources=["guide-2011"], kind="definition").items[0]
    assert item.place == "glossary († recalled, to be checked)"
    assert plain(item.basis) == "Basis not stated."


def test_filters_by_topic_and_keeps_the_order_of_sources(held: Records) -> None:
    assert [item.kind for item in statements(held).items] == ["recommendation", "Definition"]
    assert len(statements(held, topic="meaning").items) == 1


def test_nothing_left_is_refused_with_what_was_asked(held: Records) -> None:
    with pytest.raises(UsageError, match="no finding on access in guide-2011"):
        statements(held, sources=["guide-2011"], kind="finding", topic="access")


@pytest.mark.parametrize("wanted", [{"sources": ["guide-2012"]}, {"topic": "acces"}])
def test_unknown_names_are_refused(held: Records, wanted: dict[str, object]) -> None:
    with pytest.raises(UnknownKeyError, match="Did you mean"):
        statements(held, **wanted)  # type: ignore[arg-type]


def test_our_evidence_stands_beside_the_statements_it_bears_on() -> None:
    evidence = load(ROOT / "evidence")
    contact = analyse(evidence, "active-referral-attendance")
    picked = statements(evidence, sources=["nice-cg51"], analyses=[contact]).items[0]
    assert plain(picked.ours).startswith("Points the same way, without settling it. That help with a first meeting")
    assert [span.text for span in picked.ours if span.style == "certainty"] == ["very low"]
    assert next(name for name, _ in picked.facts) == "Our evidence"
    assert not plain(statements(evidence, sources=["nice-cg51"]).items[0].ours)


def test_words_for_another_relation_are_not_shown() -> None:
    evidence = load(ROOT / "evidence")
    nothing = replace(analyse(evidence, "active-referral-attendance"), models={}, directions=())
    picked = statements(evidence, sources=["nice-cg51"], analyses=[nothing]).items[0]
    assert plain(picked.ours).startswith("We hold no study that tests it. ") and "meeting" not in plain(picked.ours)
