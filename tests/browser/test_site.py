"""The site over all editions in a browser: no rule is broken, in both themes and widths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from invented_editions import two_briefings
from synthesis.site.build import build_site


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(two_briefings(tmp_path_factory.mktemp("site") / "project"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", ["index.html", "mutual-aid/index.html"])
def test_no_rule_is_broken(
    made: Path,
    browser: Browser,
    contexts: list[BrowserContext],
    broken_rules: Callable[..., list[str]],
    scheme: Any,
    width: int,
    name: str,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", offline=True
    )
    contexts.append(context)
    page: Page = context.new_page()
    page.goto((made / name).as_uri())
    assert broken_rules(page) == []
    page.evaluate("document.querySelectorAll('details').forEach((box) => (box.open = true))")
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
