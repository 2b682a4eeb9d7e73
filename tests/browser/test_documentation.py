"""The documentation as a site: built without a warning, fetches nothing, and three of its pages break no rule."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/index", "docs/tutorial/new-topic", "docs/reference/python")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as ``make site-docs`` builds it: a warning fails the build."""
    out = tmp_path_factory.mktemp("docs")
    words = ["--quiet", "--fail-on-warning", "--keep-going", "-c", str(ROOT / "docs"), "-d", str(out / "doctrees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, str(ROOT), str(out / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "site"


def test_every_document_is_a_page_and_links_between_pages_lead_somewhere(site: Path) -> None:
    documents = {path.relative_to(ROOT).with_suffix(".html") for path in ROOT.glob("docs/**/*.md")}
    pages = {path.relative_to(site) for path in site.rglob("*.html")}
    assert documents <= pages and Path("GLOSSARY.html") in pages
    broken = []
    for page in site.rglob("*.html"):
        for target in re.findall(r'href="([^"#?]+)', page.read_text(encoding="utf-8")):
            outside = "://" in target or target.startswith(("mailto:", "data:"))
            if not outside and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(site)}: {target}")
    assert broken == []


def test_the_reference_describes_public_names_in_full(site: Path) -> None:
    text = (site / "docs" / "reference" / "python.html").read_text(encoding="utf-8")
    for word in ("synthesis.pool", "synthesis.Analysis", "synthesis.forest"):
        assert f'id="{word}"' in text
    assert text.count("Parameters") > 20


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_is_broken_and_nothing_is_fetched(
    site: Path,
    browser: Browser,
    contexts: list[BrowserContext],
    broken_rules: Callable[..., list[str]],
    page: str,
    scheme: Any,
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    contexts.append(context)
    opened: Page = context.new_page()
    asked: list[Request] = []
    opened.on("request", lambda request: asked.append(request))
    opened.goto((site / f"{page}.html").as_uri())
    assert broken_rules(opened) == []
    assert [request.url for request in asked if not request.url.startswith(("file:", "data:"))] == []
