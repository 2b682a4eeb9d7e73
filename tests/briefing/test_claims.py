"""Claims stand while their conditions hold, and stop the build when they do not."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import synthesis as syn
from synthesis.briefing.claims import Condition, bound, expand, holds, parse
from synthesis.briefing.facts import Fact
from synthesis.errors import ClaimError, EvidenceError, UnknownKeyError
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.load import Evidence, read_claims
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import pool_arrays

ROOT = Path(__file__).parents[2]

# Invented for these tests.
TEXT = """\
schema_version: 1
claims:
  - id: reduces
    says: It probably reduces relapse ({{ relapse.effect }}).
    when:
      - relapse.estimate < 1
      - relapse.high < 0.95
      - relapse.certainty == moderate
    seen: {relapse.high: '0.91'}
"""


@pytest.fixture
def held(tmp_path: Path) -> Callable[[str], ClaimFile]:
    def write(text: str) -> ClaimFile:
        folder = tmp_path / "invented"
        folder.mkdir(exist_ok=True)
        (folder / "claims.yaml").write_text(text, encoding="utf-8")
        return read_claims(folder / "claims.yaml")

    return write


def numbers(estimate: float, low: float, high: float, certainty: str = "moderate") -> dict[str, Fact]:
    values: dict[str, float | str] = {"estimate": estimate, "low": low, "high": high, "certainty": certainty}
    facts = {f"relapse.{key}": value for key, value in values.items()} | {"relapse.effect": estimate}
    texts = {name: value if isinstance(value, str) else f"{value:.2f}" for name, value in facts.items()}
    return {name: Fact(name=name, text=texts[name], value=value, records=()) for name, value in facts.items()}


def test_a_claim_that_holds_may_be_said(held: Callable[[str], ClaimFile]) -> None:
    said = bound(held(TEXT), numbers(0.80, 0.70, 0.91), issued="2026-11-23", allowed={})
    assert said == {"reduces": "It probably reduces relapse ({{ relapse.effect }})."}


def test_one_more_study_that_takes_the_interval_across_the_threshold_stops_the_build(
    held: Callable[[str], ClaimFile],
) -> None:
    # Log risk ratios of an invented analysis; the fourth study is added.
    before = pool_arrays([-0.22, -0.25, -0.20], [0.0135, 0.0135, 0.0135], model="common", ci="wald")
    after = pool_arrays([-0.22, -0.25, -0.20, 0.2], [0.0135, 0.0135, 0.0135, 0.01], model="common", ci="wald")

    def natural(pooled: Pooled) -> dict[str, Fact]:
        return numbers(math.exp(pooled.estimate), math.exp(pooled.ci.low), math.exp(pooled.ci.high))

    assert natural(before)["relapse.estimate"].text == "0.80"
    assert bound(held(TEXT), natural(before), issued="2026-11-23", allowed={})
    with pytest.raises(ClaimError) as caught:
        bound(held(TEXT), natural(after), issued="2026-11-23", allowed={"relapse": "Seen less often."})
    message = str(caught.value)
    assert "invented/claims.yaml:3: claim 'reduces' no longer holds" in message
    assert "relapse.high must be < 0.95; was 0.91 when it was written, is 1.0" in message
    assert "the result of relapse now reads: Seen less often." in message
    assert "waiver" in message


def test_every_failing_claim_is_reported_in_one_run(held: Callable[[str], ClaimFile]) -> None:
    two = TEXT + TEXT.split("claims:\n")[1].replace("id: reduces", "id: again")
    with pytest.raises(ClaimError, match="2 claims are not supported"):
        bound(held(two), numbers(1.2, 0.9, 1.4), issued="2026-11-23", allowed={})


def test_a_waiver_lets_a_claim_stand_until_its_date_and_is_printed(held: Callable[[str], ClaimFile]) -> None:
    waiver = "    waiver: {reason: A correction is on its way., by: Test, on: 2026-11-01, until: 2026-12-01}\n"
    facts = numbers(1.2, 0.9, 1.4)
    said = bound(held(TEXT + waiver), facts, issued="2026-12-01", allowed={})
    assert "under review until 1 December 2026: A correction is on its way." in said["reduces"]
    assert (
        "under review"
        not in bound(held(TEXT + waiver), numbers(0.8, 0.7, 0.91), issued="2026-12-01", allowed={})["reduces"]
    )
    with pytest.raises(ClaimError, match="its waiver ended on 2026-12-01"):
        bound(held(TEXT + waiver), facts, issued="2026-12-02", allowed={})


def test_a_claim_is_bound_or_says_why_it_need_not_be(held: Callable[[str], ClaimFile]) -> None:
    with pytest.raises(EvidenceError, match="unbound-claim"):
        held("schema_version: 1\nclaims:\n  - {id: loose, says: It works.}\n")


def test_a_slot_in_a_claim_must_be_a_named_number(held: Callable[[str], ClaimFile]) -> None:
    with pytest.raises(ClaimError, match=r"unknown slot 'relapse\.efect'"):
        wrong = TEXT.replace("relapse.effect", "relapse.efect")
        bound(held(wrong), numbers(0.8, 0.7, 0.91), issued="2026-11-23", allowed={})


def test_claims_share_no_id(held: Callable[[str], ClaimFile]) -> None:
    with pytest.raises(EvidenceError, match=r"claims.yaml:10: claims\[1\].id \[duplicate-id\]"):
        held(TEXT + TEXT.split("claims:\n")[1])


@pytest.mark.parametrize("text", ["relapse.estimate", "< 1", "relapse.estimate is 1", "a b < 1", ""])
def test_what_is_not_a_comparison_is_refused(text: str) -> None:
    with pytest.raises(ClaimError, match="is not a condition"):
        parse(text)


def test_an_unknown_number_or_a_word_compared_by_size_is_refused() -> None:
    facts = numbers(0.8, 0.7, 0.9)
    with pytest.raises(ClaimError, match=r"Did you mean 'relapse\.estimate'"):
        holds(Condition(fact="relapse.estimat", sign="<", other="1"), facts)
    with pytest.raises(ClaimError, match="words can be compared"):
        holds(Condition(fact="relapse.certainty", sign="<", other="high"), facts)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_conditions_compare_unrounded_values(left: float, right: float) -> None:
    facts = {
        "a": Fact(name="a", text="1", value=left, records=()),
        "b": Fact(name="b", text="1", value=right, records=()),
    }
    assert holds(parse("a < b"), facts) == (left < right)
    assert holds(parse("a >= b"), facts) == (left >= right)
    assert holds(parse("a == b"), facts) == (left == right)


def test_prose_takes_in_the_text_of_a_claim_and_knows_no_other() -> None:
    assert expand("So: {{ claim:one }} And.", {"one": "It {{ a.b }} is."}) == "So: It {{ a.b }} is. And."
    with pytest.raises(ClaimError, match="unknown claim 'two'"):
        expand("{{claim:two}}", {"one": ""})


def test_an_edition_makes_some_of_the_claims_and_they_keep_their_lines() -> None:
    held = syn.open_claims("mutual-aid", ROOT)
    last = len(held.claims.claims) - 1
    some = syn.open_claims("mutual-aid", ROOT, only=[held.claims.claims[last].id])
    assert some.claims.claims == (held.claims.claims[last],)
    assert some.line("claims[0].says") == held.line(f"claims[{last}].says")
    assert syn.open_claims("mutual-aid", ROOT, only=[]).claims.claims == ()
    with pytest.raises(UnknownKeyError, match="unknown claim 'no-such-claim'"):
        syn.open_claims("mutual-aid", ROOT, only=["no-such-claim"])


def test_every_claim_of_the_shipped_briefing_holds_and_is_used(evidence: Evidence) -> None:
    briefing = syn.open_briefing("mutual-aid", ROOT)
    analyses = [syn.analyse(evidence, question) for question in briefing.questions]
    held = syn.open_claims("mutual-aid", ROOT)
    facts = syn.briefing_facts(evidence, briefing, analyses, claims=held)
    assert facts.claims is not None
    notebook = (ROOT / briefing.notebook).read_text(encoding="utf-8")
    assert [claim for claim in facts.claims if f"claim:{claim} " not in notebook] == []
    for claim in held.claims.claims:
        for name, text in claim.seen.items():
            assert facts[name].text == text, (claim.id, name)
