"""How our evidence stands to what others say: computed from the result, and judged words that go stale with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.relations import RELATIONS, check_relations, relation_of
from synthesis.analysis.run import analyse
from synthesis.evidence.load import load
from synthesis.evidence.question import Thresholds
from synthesis.pooling.model import Interval

ROOT = Path(__file__).resolve().parents[2]
THRESHOLDS = Thresholds(small=50, moderate=100, large=200, why="invented")


@pytest.fixture(scope="module")
def analysis(invented: Any) -> Analysis:
    studies = [
        invented.study(f"trial{2001 + i}", invented.result(invented.counts(a=(a, n), b=(b, n))))
        for i, (a, b, n) in enumerate(((45, 25, 100), (60, 40, 150), (30, 20, 80)))
    ]
    question = invented.question(plan={"measure": "RR"}, baseline_risk={"value": 0.3, "source": "invented"})
    return analyse(invented.evidence(studies, [question]), question.id)


def finding(analysis: Analysis, low: float, high: float, level: str | None, people: tuple[float, float]) -> Analysis:
    """The analysis with another interval on the analysis scale, and other limits per 1,000."""
    assert analysis.pooled is not None and analysis.per_thousand is not None
    pooled = replace(
        analysis.pooled, estimate=(low + high) / 2, ci=Interval(low=low, high=high, level=0.95, method="wald")
    )
    return replace(
        analysis,
        models={**analysis.models, "plan": pooled},
        per_thousand=replace(analysis.per_thousand, low=people[0], high=people[1]),
        certainty=replace(analysis.certainty, status="judged", level=level),
    )


MORE = (0.1, 0.9, (20, 300))
LESS = (-0.9, -0.1, (-300, -20))
LITTLE = (-0.1, 0.12, (-30, 40))
WIDE = (-0.5, 0.9, (-120, 300))


@pytest.mark.parametrize(
    ("found", "level", "asserts", "expected"),
    [
        (MORE, "low", "more", "supports"),
        (MORE, "low", "less", "contradicts"),
        (MORE, "low", "no-difference", "contradicts"),
        (MORE, "low", "unsettled", "exceeds"),
        (MORE, "very-low", "more", "leans-same"),
        (MORE, "very-low", "less", "leans-other"),
        (MORE, None, "more", "leans-same"),
        (LESS, "high", "less", "supports"),
        (LESS, "moderate", "more", "contradicts"),
        (LITTLE, "low", "no-difference", "supports"),
        (LITTLE, "low", "more", "contradicts"),
        (LITTLE, "low", "unsettled", "exceeds"),
        (WIDE, "low", "unsettled", "supports"),
        (WIDE, "low", "more", "leans-same"),
        (WIDE, "low", "less", "leans-other"),
        (WIDE, "very-low", "unsettled", "supports"),
    ],
)
def test_relation_follows_from_interval_and_certainty(
    analysis: Analysis, found: Any, level: str | None, asserts: Any, expected: str
) -> None:
    assert relation_of(asserts, finding(analysis, *found[:2], level, found[2]), THRESHOLDS).key == expected


def test_without_thresholds_a_narrow_interval_settles_nothing(analysis: Analysis) -> None:
    assert relation_of("no-difference", finding(analysis, *LITTLE[:2], "high", LITTLE[2])).key == "leans-other"


def test_nothing_held_is_not_tested(analysis: Analysis) -> None:
    assert relation_of("more", replace(analysis, models={}, directions=())).key == "not-tested"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import shutil

    folder = tmp_path_factory.mktemp("relations") / "evidence"
    shutil.copytree(ROOT / "evidence", folder)
    return folder


def test_shipped_relations_are_those_computed_and_every_kind_is_known() -> None:
    evidence = load(ROOT / "evidence")
    judged = [
        bearing.relation
        for source in evidence.sources.values()
        for statement in source.statements
        for bearing in statement.bears_on
    ]
    assert len(judged) >= 15 and set(judged) <= set(RELATIONS)
    assert check_relations(evidence) == ()


def test_a_relation_that_is_no_longer_computed_and_a_typed_number_are_reported(shipped: Path) -> None:
    path = shipped / "sources" / "nice-cg51.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("relation: leans-same", "relation: supports").replace("Our trials point", "Our 2 trials point")
    path.write_text(text, encoding="utf-8")
    problems = check_relations(load(shipped))
    assert [(item.code, item.field) for item in problems] == [
        ("unbound-number", "statements[0].bears_on[0].says"),
        ("stale-relation", "statements[0].bears_on[0].relation"),
    ]
    assert "leans-same" in str(problems[1]) and "nice-cg51.yaml" in str(problems[1])
