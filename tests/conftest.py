"""Options and profiles for the whole test suite."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from synthesis.evidence.base import Record
from synthesis.evidence.collection import RecordFile
from synthesis.evidence.load import Evidence, load
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Tree

REFERENCE = Path(__file__).parent / "parity" / "reference"

settings.register_profile(
    "quick", max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--reference",
        default=str(REFERENCE),
        help="folder of reference results (meta-oracle/1 JSON files) that tests/parity compares with",
    )
    parser.addoption(
        "--parity-report",
        action="store_true",
        help="after tests/parity, print how many numbers were compared per kind, and the worst difference",
    )
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden/analysis.json anew; say in the changelog which published number moves, and why",
    )
    parser.addoption(
        "--accept-images",
        action="store_true",
        help="put the pictures of figures in tests/figures/baseline anew; look at build/images first",
    )


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """The shipped evidence, every record of it."""
    return load(Path(__file__).parent.parent / "evidence")


@pytest.fixture(scope="session", autouse=True)
def every_pdf_is_checked() -> Iterator[None]:
    """Whatever PDF a test builds has to pass every check of ``synthesis.render.pdf_check``."""
    from synthesis.render import pdf
    from synthesis.render.pdf_check import problems

    make = pdf.row_headers

    def checked(made: bytes) -> bytes:
        finished = make(made)
        assert problems(finished) == ()
        return finished

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "row_headers", checked)
        yield


# What follows builds small records through the models. All of it is invented: test data, about nobody.

INVENTED_WORDS: dict[str, Any] = {
    "schema_version": 1,
    "outcomes": {
        "abstinence": {"label": "Abstinence", "direction": "higher-better", "domain": "abstinence"},
        "sobriety": {"label": "Sobriety", "direction": "higher-better", "domain": "abstinence"},
        "drinking": {"label": "Drinking", "direction": "lower-better", "domain": "use"},
        "status": {"label": "Status", "direction": "mixed", "domain": "use"},
    },
    "arm_categories": {
        "help": {"label": "Help"},
        "strong-help": {"label": "Strong help", "broader": "help"},
        "strongest-help": {"label": "Strongest help", "broader": "strong-help"},
        "usual": {"label": "Usual care"},
        "other": {"label": "Something else"},
    },
    "designs": {
        "rct": {"label": "Randomised trial", "randomised": True},
        "cohort": {"label": "Cohort study", "randomised": False},
    },
    "substances": {"alcohol": {"label": "Alcohol"}},
    "topics": {},
    "reviews": {},
}


class Invented:
    """Builders of invented records; every argument changes one thing about a plain two-arm trial."""

    def vocabulary(self) -> Vocabulary:
        return Vocabulary.model_validate(INVENTED_WORDS)

    def arm(self, arm_id: str, category: str, n: int | None = 100, **more: Any) -> dict[str, Any]:
        role = "comparator" if category == "usual" else "intervention"
        return {"id": arm_id, "label": f"Arm {arm_id}", "category": category, "role": role, "n_randomised": n} | more

    def counts(self, **cells: tuple[int, int]) -> dict[str, Any]:
        """A printed item of counts: arm=(events, n)."""
        return {"form": "counts", "arms": {arm: {"events": e, "n": n} for arm, (e, n) in cells.items()}}

    def percents(self, **cells: float) -> dict[str, Any]:
        return {"form": "percent", "arms": {arm: {"percent": value} for arm, value in cells.items()}}

    def contrast(self, measure: str = "OR", estimate: float = 2.0, **more: Any) -> dict[str, Any]:
        item = {"form": "contrast", "measure": measure, "arms": (("a",), ("b",)), "estimate": estimate}
        return item | more

    def result(
        self, *printed: dict[str, Any], result_id: str = "main", read: bool = True, **more: Any
    ) -> dict[str, Any]:
        plain = {
            "id": result_id,
            "name": "Abstinent",
            "outcome": "abstinence",
            "timepoint_months": 12.0,
            "printed": printed,
            "where": {"place": "table 1", "read": read},
            "poolable": "yes",
        }
        return plain | more

    def study(self, study_id: str = "alpha2001", *results: dict[str, Any], **more: Any) -> Study:
        year = int(study_id[-4:])
        plain = {
            "schema_version": 1,
            "id": study_id,
            "design": "rct",
            "design_as_described": "randomised trial",
            "countries": ("GB",),
            "setting": "invented",
            "population": "invented people",
            "substances": ("alcohol",),
            "year": year,
            "reports": (
                {
                    "id": "main",
                    "type": "article-journal",
                    "title": "An invented trial",
                    "author": ({"family": study_id[:-4].title()},),
                    "issued": str(year),
                },
            ),
            "arms": (self.arm("a", "help"), self.arm("b", "usual")),
            "results": results or (self.result(self.counts(a=(40, 100), b=(25, 100))),),
            "read": True,
            "added": "2026-01-01",
        }
        return Study.model_validate(plain | more)

    def question(self, question_id: str = "does-it-help", **more: Any) -> Question:
        plain = {
            "schema_version": 1,
            "id": question_id,
            "title": "Help",
            "question": "Does help help?",
            "population": "Invented people",
            "intervention": {"category": ("help",), "label": "Help"},
            "comparator": {"category": ("usual",), "label": "Usual care"},
            "outcome": ("abstinence",),
            "outcome_label": "Abstinent",
            "window_months": (6.0, 12.0),
            "designs": ("rct",),
            "added": "2026-01-01",
        }
        return Question.model_validate(plain | more)

    def evidence(self, studies: Iterable[Study], questions: Iterable[Question]) -> Evidence:
        """An evidence folder that is only in memory, in the order given."""
        records: list[tuple[str, Record]] = [("vocabulary.yaml", self.vocabulary())]
        records += [(f"studies/{study.id}.yaml", study) for study in studies]
        records += [(f"questions/{question.id}.yaml", question) for question in questions]
        tree = Tree(data={}, lines={})
        files = {name: RecordFile(file=name, record=record, tree=tree) for name, record in records}
        content = "".join(f"{name}{record.model_dump_json()}" for name, record in sorted(records, key=lambda r: r[0]))
        return Evidence(root=Path("invented"), files=files, content_hash=sha256(content.encode()).hexdigest())


@pytest.fixture(scope="session")
def invented() -> Invented:
    """Builders of small invented records."""
    return Invented()
