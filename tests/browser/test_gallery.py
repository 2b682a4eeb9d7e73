"""The gallery of figures in a browser: no rule is broken, figures folded and unfolded, in both themes and widths."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from synthesis.evidence.load import Evidence

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def gallery(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery as a page. Comes before the browser, which runs an event loop that notebooks cannot share."""
    spec = importlib.util.spec_from_file_location("docs_gallery", ROOT / "docs" / "gallery.py")
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    path = tmp_path_factory.mktemp("gallery") / "gallery.html"
    path.write_bytes(maker.gallery(maker.execute(maker.NOTEBOOK, {}), evidence)["gallery.html"])
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_no_rule_is_broken(
    gallery: Path,
    browser: Browser,
    contexts: list[BrowserContext],
    broken_rules: Callable[..., list[str]],
    scheme: Any,
    width: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", offline=True
    )
    contexts.append(context)
    page: Page = context.new_page()
    page.goto(gallery.as_uri())
    assert broken_rules(page) == []
    page.evaluate("document.querySelectorAll('details').forEach((box) => (box.open = true))")
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_each_figure_has_a_name_and_a_description(
    gallery: Path, browser: Browser, contexts: list[BrowserContext]
) -> None:
    context = browser.new_context()
    contexts.append(context)
    page = context.new_page()
    page.goto(gallery.as_uri())
    drawings = page.get_by_role("img")
    count = drawings.count()
    assert count == page.locator("svg[role=img]").count() > 10
    names = [drawings.nth(index).get_attribute("aria-labelledby") or "" for index in range(count)]
    for name in names:
        parts = [page.locator(f"[id='{part}']").text_content() for part in name.split()]
        assert len(parts) == 2 and all(parts), name
