"""A small evidence folder with nothing wrong in it, to be changed by each test. All of it is invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from synthesis.errors import Problem
from synthesis.evidence.checks import check
from synthesis.evidence.load import read

FAULTY = Path(__file__).parent / "faulty"

VOCABULARY = """\
schema_version: 1
outcomes:
  abstinence: {label: Abstinence, direction: higher-better, domain: abstinence}
arm_categories:
  referral: {label: Referral}
  active-referral: {label: Active referral, broader: referral}
  usual-care: {label: Usual care}
designs:
  rct: {label: Randomised trial, randomised: true}
substances:
  alcohol: {label: Alcohol}
topics:
  referral: {label: Referral to mutual aid}
reviews:
  review2010: {label: Review 2010}
"""

SOURCE = """\
schema_version: 1
id: review2010
type: systematic-review
type_as_described: review
short_name: Review 2010
body: Nobody
year: 2010
reference: {type: report, title: A review, issued: '2010'}
conclusion: Referral helps.
statements:
  - id: refer
    kind: conclusion
    topic: referral
    says: Referral helps.
    where: {place: abstract, read: true}
    basis: {kind: systematic-review, studies: 1, identified: [sound2001]}
estimates:
  - id: pooled
    outcome: abstinence
    outcome_key: abstinence
    measure: OR
    estimate: 2.67
    where: {place: abstract, read: true}
named_studies:
  - {name: Sound 2001, study: sound2001}
read: true
added: 2026-11-23
"""

QUESTION = """\
schema_version: 1
id: referral
title: Referral and abstinence
question: Does referral raise abstinence?
population: Adults
intervention: {category: [referral], label: Referral}
comparator: {category: [usual-care], label: Usual care}
outcome: [abstinence]
outcome_label: Abstinent
window_months: [0, 12]
designs: [rct]
sensitivity:
  - {id: common, label: Common effect, why: To see the difference, plan: {model: common}, without: [sound2001]}
compare_with: [review2010/pooled]
added: 2026-11-23
"""

BRIEFING = """\
schema_version: 1
id: referral
title: Referral
question: Does referral help?
audience: Testers
owner: Nobody
notebook: referral.ipynb
questions: [referral]
edition: first
date: 2026-11-23
review_months: 12
evidence_to: 2026-11-23
"""


class Folder:
    """An evidence folder on disk; ``change`` alters one file, ``codes`` says what is then wrong."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("studies", "sources", "questions"):
            (root / name).mkdir(parents=True)
        (root / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
        (root / "studies" / "sound2001.yaml").write_bytes((FAULTY / "studies" / "sound2001.yaml").read_bytes())
        (root / "sources" / "review2010.yaml").write_text(SOURCE, encoding="utf-8")
        (root / "questions" / "referral.yaml").write_text(QUESTION, encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> Folder:
        data = content.encode() if isinstance(content, str) else content
        (self.root / file).write_bytes(data)
        return self

    def change(self, file: str, old: str, new: str) -> Folder:
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
        return self.write(file, text.replace(old, new))

    def add_study(self, study_id: str, *changes: tuple[str, str]) -> Folder:
        file = f"studies/{study_id}.yaml"
        self.write(file, (self.root / "studies" / "sound2001.yaml").read_text(encoding="utf-8"))
        self.change(file, "id: sound2001", f"id: {study_id}")
        for old, new in changes:
            self.change(file, old, new)
        return self

    def problems(self) -> tuple[Problem, ...]:
        evidence, problems = read(self.root)
        return tuple(sorted((*problems, *check(evidence))))

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems()]

    def only(self) -> Problem:
        problems = self.problems()
        assert len(problems) == 1, [str(problem) for problem in problems]
        return problems[0]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A sound evidence folder: one study, one source, one question, a vocabulary."""
    return Folder(tmp_path / "evidence")


@pytest.fixture
def briefing_file(tmp_path: Path) -> Path:
    """A sound definition of a briefing."""
    path = tmp_path / "briefings" / "referral" / "briefing.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(BRIEFING, encoding="utf-8")
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[], Path]:
    """Copies the folder of faulty records, so that a test can add to it."""

    def copy() -> Path:
        return Path(copytree(FAULTY, tmp_path / "faulty"))

    return copy
