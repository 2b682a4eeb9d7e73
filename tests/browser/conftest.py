"""A page in a browser. Without one these tests are deselected; where all tools are required, that is a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.pipeline import execute, render

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

AXE = (HERE / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def installed() -> str | None:
    """The browser to use: the one named in SYNTHESIS_BROWSER, else the first found on the path."""
    named = os.environ.get("SYNTHESIS_BROWSER")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark these tests, and leave them out where they cannot run and need not."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker("browser")
    if installed() is None and not os.environ.get("SYNTHESIS_REQUIRE_ALL"):
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def briefing(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mutual-aid briefing as a page, built for these tests; its annex lies beside it."""
    definition = open_briefing("mutual-aid", ROOT)
    assert definition.annex is not None
    notebook, annex = (execute(ROOT / path, {}) for path in (definition.notebook, definition.annex))
    files = render(notebook, evidence, definition, ("html",), annex=annex)
    folder = tmp_path_factory.mktemp("page")
    for name in ("briefing.html", "annex.html"):
        (folder / name).write_bytes(files[name])
    return folder / "briefing.html"


@pytest.fixture(scope="module")
def browser(briefing: Path) -> Iterator[Browser]:
    """A started browser. It runs an event loop, so notebooks are executed before it starts and after it has closed."""
    path = installed()
    if path is None:
        pytest.fail("no browser found; install chromium, or name one in SYNTHESIS_BROWSER", pytrace=False)
    with sync_playwright() as playwright:
        # Containers run as root, where the sandbox cannot start; the pages are our own.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


@pytest.fixture
def opened(browser: Browser, briefing: Path, contexts: list[BrowserContext]) -> Callable[..., Page]:
    """Opens the briefing; a message on the console or a request for anything but the page itself is an error."""

    def open_page(*, scheme: Any = "light", width: int = 1280, scripts: bool = True, name: str = "briefing") -> Page:
        address = briefing.with_name(f"{name}.html").as_uri()
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts,
            reduced_motion="reduce", offline=True,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url != address else None)
        page.goto(address)
        assert complaints == []
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    return open_page


@pytest.fixture
def broken_rules() -> Callable[..., list[str]]:
    """What axe-core objects to in a page, or in the parts that some selectors name: rule, place, reason."""

    def run(page: Page, *parts: str) -> list[str]:
        if not page.evaluate("'axe' in globalThis"):
            page.evaluate(AXE)
        found = page.evaluate(
            "([parts, tags]) => axe.run(parts.length ? {include: parts.map((part) => [part])} : document, "
            "{runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            [list(parts), list(RULES)],
        )
        assert len(found["passes"]) > 20, "hardly a rule was checked"
        return [
            f"{rule['id']}: {node['target']}: {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return run
