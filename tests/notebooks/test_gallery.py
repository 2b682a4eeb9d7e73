"""The gallery shows every figure there is, with its text alternative to be read."""

from __future__ import annotations

import importlib.util
import re
from html import escape, unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from synthesis.document.elements import BLOCK_MIME, Figure, from_data
from synthesis.evidence.load import Evidence
from synthesis.figures.catalogue import FIGURES
from synthesis.pipeline import execute

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_gallery", ROOT / "docs" / "gallery.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def executed(maker: ModuleType) -> Any:
    return execute(maker.NOTEBOOK, {})


@pytest.fixture(scope="module")
def page(maker: ModuleType, executed: Any, evidence: Evidence) -> str:
    # The PDF is made, and so checked, as well.
    files: dict[str, bytes] = maker.gallery(executed, evidence)
    assert sorted(files) == ["gallery.html", "gallery.pdf"]
    return files["gallery.html"].decode()


@pytest.fixture(scope="module")
def figures(executed: Any) -> list[Figure]:
    shown = [output["data"] for cell in executed.cells for output in cell.get("outputs", []) if "data" in output]
    blocks = [from_data(data[BLOCK_MIME]) for data in shown if BLOCK_MIME in data]
    return [block for block in blocks if isinstance(block, Figure)]


def test_every_figure_there_is_has_its_place(figures: list[Figure]) -> None:
    missing = [key for key in FIGURES if not any(figure.id.startswith(key) for figure in figures)]
    assert missing == []


def test_each_is_shown_with_its_alternative_and_its_numbers(figures: list[Figure], page: str) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", page))
    for figure in figures:
        assert text.count(figure.alt) >= 2, figure.id  # once for screen readers, once to be read
        assert figure.data is not None and escape(figure.data.caption) in page
    assert page.count("<svg") == len(figures)


def test_only_what_says_so_is_made_up(figures: list[Figure]) -> None:
    made_up = [figure for figure in figures if "made up" in figure.alt]
    assert {figure.id for figure in made_up} == {"rob-traffic-light-example", "rob-summary-example"}


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r'(?:src|href)="(?!#|https?://|mailto:)', page)
    assert "<script src" not in page
