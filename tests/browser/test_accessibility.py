"""No rule of WCAG A or AA or of best practice is broken: in both themes, at both widths, before and after use."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page

THEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
WIDTHS = pytest.mark.parametrize("width", [1280, 320])


# Everything there is to use: sort, leave out, type baselines that are refused and one that is confirmed, unfold.
USE = """() => {
  for (const box of document.querySelectorAll('.explorer')) {
    [...box.querySelectorAll('thead button')].at(-1).click();
    box.querySelector('input').click();
  }
  for (const own of document.querySelectorAll('[data-baseline] [type=number]')) {
    own.value = 990;
    own.dispatchEvent(new Event('input'));
  }
  document.querySelector('[data-baseline] [type=checkbox]').click();
  document.querySelectorAll('details').forEach((box) => (box.open = true));
}"""


@THEMES
@WIDTHS
def test_no_rule_is_broken_before_or_after_use(
    opened: Callable[..., Page], broken_rules: Callable[..., list[str]], scheme: str, width: int
) -> None:
    page = opened(scheme=scheme, width=width)
    assert broken_rules(page) == []
    page.evaluate(USE)
    assert page.locator(".explorer [role=status]:not(:empty)").count() == 3
    assert page.locator("[data-baseline] [aria-invalid=true]").count() == 0
    assert broken_rules(page, ".explorer", ".local", "details") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@THEMES
@WIDTHS
def test_no_rule_is_broken_in_the_annex(
    opened: Callable[..., Page], broken_rules: Callable[..., list[str]], scheme: str, width: int
) -> None:
    page = opened(scheme=scheme, width=width, name="annex")
    assert broken_rules(page) == []
    page.evaluate(USE)
    assert page.locator("[data-baseline] [aria-invalid=true]").count() == 1
    assert broken_rules(page, ".local", "details") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_says_what_is_known_and_how_sure(opened: Callable[..., Page]) -> None:
    # A reader with two minutes: messages, how sure and what changed, without scrolling and without statistics.
    page = opened(width=1280)
    for text in ("more people in every 1,000", "Very low certainty", "What has changed"):
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None and box["y"] + box["height"] < 900, text
    page = opened(width=320)
    box = page.locator(".key-messages .claim").first.bounding_box()
    assert box is not None and box["y"] + box["height"] < 900
    for width in (1280, 320):
        lead = opened(width=width).locator(".lead").inner_text()
        for jargon in (r"\bORs?\b", r"\bRR\b", r"\bCI\b", "odds", "interval", r"\bp [<=]", "tau", "I²", "significan"):
            assert re.search(jargon, lead) is None, jargon


def test_a_broken_rule_is_found(opened: Callable[..., Page], broken_rules: Callable[..., list[str]]) -> None:
    page = opened()
    page.evaluate("document.querySelector('[data-baseline] label').remove()")
    page.evaluate("document.querySelector('main p').style.color = '#ccc'")
    assert {problem.split(":")[0] for problem in broken_rules(page)} == {"color-contrast", "label", "label-title-only"}


@WIDTHS
@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_scrolls_sideways(opened: Callable[..., Page], width: int, scripts: bool) -> None:
    page = opened(width=width, scripts=scripts)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate(
        "[...document.querySelectorAll('.explorer .table')].filter((box) => box.scrollWidth > box.clientWidth).length"
    )
    assert wide == 0


def test_without_scripts_everything_is_there_and_nothing_pretends_to_work(opened: Callable[..., Page]) -> None:
    page = opened(scripts=False)
    assert page.locator(".explorer").count() == 3
    assert page.locator(".explorer thead button").count() == 0
    assert [box.is_visible() for box in page.locator(".controls").all()] == [False] * 4
    rows = page.locator(".explorer tbody tr")
    assert all(row.is_visible() for row in rows.all())
    tables = page.locator("table[id^='local-baseline-']")
    assert tables.count() == 1 and all(table.is_visible() for table in tables.all())


def test_targets_are_large_enough(opened: Callable[..., Page]) -> None:
    # WCAG 2.2, 2.5.8: 24 by 24 pixels, or as much space around it. A label is part of its box.
    page = opened(width=320)
    for label in page.locator(".controls label:has(input)").all():
        box = label.bounding_box()
        assert box is not None and box["height"] >= 24 and box["width"] >= 24
    tops = {}
    for button in page.locator(".explorer").first.locator("thead button").all():
        box = button.bounding_box()
        assert box is not None
        tops.setdefault(round(box["y"]), []).append(box)
    lines = sorted(tops)
    assert all(later - earlier >= 24 for earlier, later in pairwise(lines))
