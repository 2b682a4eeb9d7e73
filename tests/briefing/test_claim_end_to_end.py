"""From a study that is added to a build that stops: records, pooling, certainty, claim and message, all together.

Every record here is invented.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import synthesis as syn
from synthesis.analysis.run import analyse
from synthesis.briefing.facts import Facts
from synthesis.certainty.signing import Rating, sign
from synthesis.errors import ClaimError
from synthesis.evidence.judgement import RATING_DOWN, CertaintyJudgement
from synthesis.evidence.load import read_claims
from synthesis.evidence.question import Question
from synthesis.evidence.study import Study

ROOT = Path(__file__).parents[2]
# Two trials of one size. Together: risk ratio 0.80 (0.70 to 0.91).
BEFORE = ((139, 436, 174, 436), (139, 436, 174, 436))
ADDED = (330, 800, 300, 800)

CLAIMS = """\
schema_version: 1
claims:
  - id: reduces
    says: Help probably reduces relapse ({{ relapse.effect }}).
    when:
      - relapse.certainty == moderate
      - relapse.high < 0.95
    seen: {relapse.estimate: '0.80', relapse.high: '0.91'}
"""


def records(invented: Any, cells: tuple[tuple[int, int, int, int], ...]) -> list[Study]:
    return [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, m))))
        for i, (a, n, b, m) in enumerate(cells)
    ]


@pytest.fixture
def question(invented: Any) -> Question:
    asked = invented.question(
        "relapse", plan={"measure": "RR"}, baseline_risk={"value": 0.4, "source": "invented"},
        thresholds={"small": 20, "moderate": 60, "large": 150, "why": "Invented."},
    )  # fmt: skip
    found = analyse(invented.evidence(records(invented, BEFORE), [asked]), "relapse").certainty
    judgement = sign(
        CertaintyJudgement(), {item.domain: item.facts for item in found.domains}, by="Somebody", on="2026-01-01",
        start={"level": "high", "reason": "Trials."},
        ratings={key: Rating(change=-(place == 0), reason="Invented.") for place, key in enumerate(RATING_DOWN)},
    )  # fmt: skip
    made: Question = asked.model_copy(update={"certainty": judgement})
    return made


def said(invented: Any, tmp_path: Path, question: Question, cells: tuple[tuple[int, int, int, int], ...]) -> Facts:
    folder = tmp_path / "invented"
    folder.mkdir(exist_ok=True)
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    evidence = invented.evidence(records(invented, cells), [question])
    briefing = syn.open_briefing("mutual-aid", ROOT)
    claims = read_claims(folder / "claims.yaml")
    return syn.briefing_facts(evidence, briefing, [analyse(evidence, "relapse")], claims=claims, issued="2026-11-23")


def test_the_claim_stands_on_what_it_was_written_for(invented: Any, tmp_path: Path, question: Question) -> None:
    facts = said(invented, tmp_path, question, BEFORE)
    assert facts["relapse.effect"].text == "RR 0.80 (95% CI 0.70 to 0.91)"
    assert facts["relapse.certainty"].text == "moderate"
    assert facts.claims is not None and "probably reduces" in facts.claims["reduces"]


def test_one_added_study_stops_it_with_everything_that_is_needed_to_mend_it(
    invented: Any, tmp_path: Path, question: Question
) -> None:
    with pytest.raises(ClaimError) as caught:
        said(invented, tmp_path, question, (*BEFORE, ADDED))
    lines = str(caught.value).splitlines()
    assert lines[0] == "1 claim is not supported by the evidence"
    assert lines[1].startswith("invented/claims.yaml:3: claim 'reduces' no longer holds: Help probably reduces relapse")
    assert lines[2].startswith("  relapse.high must be < 0.95; was 0.91 when it was written, is ")
    now = float(lines[2].split(", is ")[1].removesuffix(" now"))
    assert now > 1
    # What may be said now is made from the same certainty and the size that the effect now has.
    assert lines[3].startswith("  the result of relapse now reads: Help probably ")
    assert "little to no difference" in lines[3] or "slightly" in lines[3]
    assert "add a dated waiver with a reason" in lines[4]
