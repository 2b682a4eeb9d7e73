"""A small project on disk, and one change of each kind to make in it. Every study and number here is invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from synthesis.briefing.states import State, read_state
from synthesis.changes.model import Version
from synthesis.evidence.judgement import RATING_DOWN, facts_hash

OUTCOMES = ("entering", "mending", "pooling", "judging", "asking", "wording", "resting")
Edit = Callable[[dict[str, Any]], object]


class Project:
    """A project whose records are written as plain data; ``edit`` changes one of them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, data: dict[str, Any]) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, and keeps text that looks like a number or a date from being one.
        path.write_text(json.dumps(data, indent=1), encoding="utf-8")

    def edit(self, name: str, change: Edit) -> None:
        data = yaml.safe_load((self.root / name).read_text(encoding="utf-8"))
        change(data)
        self.write(name, data)

    def state(self, name: str = "a state") -> State:
        return read_state(self.root, "help", Version(name=name))

    def copy(self, to: Path) -> Project:
        other = Project(to)
        for path in sorted(self.root.rglob("*.yaml")):
            target = to / path.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        return other


def vocabulary() -> dict[str, Any]:
    return {
        "schema_version": 1,
        "outcomes": {key: {"label": key.title(), "direction": "higher-better", "domain": "use"} for key in OUTCOMES},
        "arm_categories": {"help": {"label": "Help"}, "usual": {"label": "Usual care"}},
        "designs": {
            "rct": {"label": "Randomised trial", "randomised": True},
            "cohort": {"label": "Cohort study", "randomised": False},
        },
        "substances": {"alcohol": {"label": "Alcohol"}},
        "topics": {},
        "reviews": {},
    }  # fmt: skip


def a_result(outcome: str, helped: int, usual: int, n: int = 100) -> dict[str, Any]:
    cells = {"a": {"events": helped, "n": n}, "b": {"events": usual, "n": n}}
    return {
        "id": outcome, "name": outcome.title(), "outcome": outcome, "timepoint_months": 12,
        "printed": [{"form": "counts", "arms": cells}], "poolable": "yes",
        "where": {"place": "table 1", "read": True, "quote_covers": "none", "quote_note": "invented: nothing to quote"},
    }  # fmt: skip


def a_study(study_id: str, *results: dict[str, Any], design: str = "rct", n: int = 100) -> dict[str, Any]:
    name, year = study_id[:-4].title(), int(study_id[-4:])
    report = {
        "id": "main", "type": "article-journal", "title": f"An invented trial by {name}",
        "author": [{"family": name}], "issued": str(year),
    }  # fmt: skip
    arms = [
        {"id": "a", "label": "Help", "category": "help", "role": "intervention", "n_randomised": n},
        {"id": "b", "label": "Usual care", "category": "usual", "role": "comparator", "n_randomised": n},
    ]
    return {
        "schema_version": 1, "id": study_id, "design": design, "design_as_described": "invented", "countries": ["GB"],
        "setting": "invented", "population": "invented people", "substances": ["alcohol"], "year": year,
        "reports": [report], "arms": arms, "results": list(results), "read": True, "added": "2026-01-01",
    }  # fmt: skip


def rating(change: int) -> dict[str, Any]:
    return {
        "change": change, "reason": "Invented.", "by": "Nobody", "on": "2026-01-01", "facts": {},
        "facts_hash": facts_hash({}),
    }  # fmt: skip


def certainty() -> dict[str, Any]:
    """Moderate: one level down for imprecision."""
    domains = {key: rating(-1 if key == "imprecision" else 0) for key in RATING_DOWN}
    start = {"level": "high", "reason": "Invented trials."}
    return {"status": "judged", "start": start, "domains": domains, "by": "Nobody", "on": "2026-01-01"}


def a_question(outcome: str, **more: Any) -> dict[str, Any]:
    return {
        "schema_version": 1, "id": outcome, "title": f"Help and {outcome}", "question": f"Does help change {outcome}?",
        "population": "Invented people", "intervention": {"category": ["help"], "label": "Help"},
        "comparator": {"category": ["usual"], "label": "Usual care"}, "outcome": [outcome],
        "outcome_label": outcome.title(), "window_months": [6, 12], "designs": ["rct"], "plan": {"measure": "OR"},
        "baseline_risk": {"value": 0.25, "source": "invented"},
        "thresholds": {"small": 50, "moderate": 100, "large": 200, "why": "Invented."},
        "certainty": certainty(), "added": "2026-01-01",
    } | more  # fmt: skip


def make_project(root: Path) -> Project:
    """Seven questions, each about an outcome of its own, and three trials that measured all of them."""
    made = Project(root)
    made.write("evidence/vocabulary.yaml", vocabulary())
    for key, helped, usual in (("alder2001", 31, 25), ("birch2002", 32, 25), ("cedar2003", 33, 26)):
        made.write(f"evidence/studies/{key}.yaml", a_study(key, *(a_result(name, helped, usual) for name in OUTCOMES)))
    made.write("evidence/studies/elder2005.yaml", a_study("elder2005", a_result("asking", 45, 25), design="cohort"))
    for name in OUTCOMES:
        more = {"designs": ["rct", "cohort"]} if name == "asking" else {}
        made.write(f"evidence/questions/{name}.yaml", a_question(name, **more))
    made.write(
        "briefings/help/briefing.yaml",
        {
            "schema_version": 1, "id": "help", "title": "Help", "question": "Does help help?", "audience": "Testers",
            "owner": "Nobody", "notebook": "notebooks/help.ipynb", "questions": list(OUTCOMES), "edition": "2026-01",
            "date": "2026-01-31", "review_months": 12, "evidence_to": "2026-01-31",
        },
    )  # fmt: skip
    made.write(
        "briefings/help/claims.yaml",
        {
            "schema_version": 1,
            "claims": [
                {
                    "id": f"{name}-more", "says": f"More of {name} with help ({{{{ {name}.effect }}}}).",
                    "when": [f"{name}.estimate > 1"], "seen": {f"{name}.estimate": "1.36"},
                }
                for name in OUTCOMES
            ],
        },
    )  # fmt: skip
    return made
