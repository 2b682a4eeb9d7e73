"""Options and profiles for the whole test suite."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from synthesis.evidence.load import Evidence, load

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


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """The shipped evidence, every record of it."""
    return load(Path(__file__).parent.parent / "evidence")
