"""The explorer and the local baseline, used by keyboard alone and read as a screen reader reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.effects.measures import MEASURES
from synthesis.evidence.load import Evidence
from synthesis.figures.explorer import explorer
from synthesis.figures.forest_content import content_of, group_totals
from synthesis.formatting import effect_interval, integer, more_or_fewer, percent
from synthesis.pooling.pool import pool_arrays

QUESTION = "cocaine-abstinence"
FIGURE = f"#forest-{QUESTION}"
# What has the focus, as assistive technology is told of it.
FOCUSED = """() => {
  const e = document.activeElement;
  return e.getAttribute('aria-label') ?? (e.closest('label') ?? e).textContent.trim();
}"""


@pytest.fixture(scope="module")
def analysis(evidence: Evidence) -> Analysis:
    return analyse(evidence, QUESTION)


def recomputed(evidence: Evidence, analysis: Analysis, rows: list[int]) -> str:
    """The plan's result of some of the studies, as the package computes and prints it."""
    plan, measure = evidence.questions[analysis.question].plan, MEASURES[analysis.measure]
    y, v = analysis.effects.yi[rows], analysis.effects.vi[rows]
    pooled = pool_arrays(y, v, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level)
    natural = (measure.to_natural(value) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    return effect_interval(*natural, measure.axis)


def shown(box: Locator) -> list[str]:
    """The studies in view, in order."""
    return [row.locator("th").inner_text() for row in box.locator(".studies tr").all() if row.is_visible()]


@pytest.mark.parametrize("width", [1280, 320])
def test_leaving_a_study_out_pools_the_rest_and_says_so(
    opened: Callable[..., Page], evidence: Evidence, analysis: Analysis, width: int
) -> None:
    page = opened(width=width)
    box = page.locator(FIGURE)
    pooled = box.locator(".pooled tr").first
    assert pooled.locator(".effect").inner_text() == recomputed(evidence, analysis, [0, 1, 2])
    for out in range(3):
        rest = [row for row in range(3) if row != out]
        tick = box.get_by_role("group", name="Study").get_by_role("checkbox").nth(out)
        tick.uncheck()
        expected = recomputed(evidence, analysis, rest)
        assert pooled.locator(".effect").inner_text() == expected
        assert "2 of 3 studies" in pooled.locator("th").inner_text()
        said = box.get_by_role("status").inner_text()
        assert expected in said and "2 of 3 studies shown" in said and "risk ratio" in said
        assert len(shown(box)) == 2
        tick.check()
    assert pooled.locator(".effect").inner_text() == recomputed(evidence, analysis, [0, 1, 2])


def test_weights_and_marks_follow_what_is_left(
    opened: Callable[..., Page], evidence: Evidence, analysis: Analysis
) -> None:
    page = opened()
    box = page.locator(FIGURE)
    before = box.locator(".pooled .diamond").first.bounding_box()
    box.get_by_role("checkbox", name="Carroll 1998").uncheck()
    rows = [1, 2]
    plan = evidence.questions[analysis.question].plan
    pooled = pool_arrays(analysis.effects.yi[rows], analysis.effects.vi[rows], tau2=plan.tau2, ci=plan.profile)
    found = [cell.inner_text() for cell in box.locator(".studies tr:visible .weight").all()]
    assert found == [percent(weight, 1) for weight in pooled.weights]
    after = box.locator(".pooled .diamond").first.bounding_box()
    assert before is not None and after is not None and before["width"] != after["width"]


@pytest.mark.parametrize("width", [1280, 320])
def test_people_of_all_studies_are_added_up_and_follow_what_is_left(
    opened: Callable[..., Page], analysis: Analysis, width: int
) -> None:
    page = opened(width=width)
    box = page.locator(FIGURE)
    head, sides = box.locator(".sum th"), box.locator(".sum .side")
    content = content_of(analysis, "plan", None)

    def check(rows: list[int]) -> None:
        wanted = [text or "–" for text in group_totals(content, rows)] if rows else ["–", "–"]
        assert [cell.inner_text() for cell in sides.all()] == wanted
        assert head.inner_text() == ("All studies" if len(rows) == 3 else f"{len(rows)} of 3 studies")

    check([0, 1, 2])
    ticks = box.get_by_role("group", name="Study").get_by_role("checkbox").all()
    for out, tick in enumerate(ticks):
        tick.uncheck()
        check([row for row in range(3) if row != out])
        tick.check()
    for tick in ticks:
        tick.uncheck()
    check([])
    for tick in ticks:
        tick.check()
    check([0, 1, 2])
    # Heads and totals are cells of the one table, as a screen reader reads it.
    assert "All studies" in box.get_by_role("table").get_by_role("rowheader").all_inner_texts()


def test_one_study_and_none_are_said_plainly(
    opened: Callable[..., Page], evidence: Evidence, analysis: Analysis
) -> None:
    page = opened()
    box = page.locator(FIGURE)
    group = box.get_by_role("group", name="Study")
    group.get_by_role("checkbox").nth(0).uncheck()
    group.get_by_role("checkbox").nth(1).uncheck()
    head = box.locator(".pooled th").first
    assert head.inner_text() == "One study, its own result"
    assert box.locator(".pooled .effect").first.inner_text() == recomputed(evidence, analysis, [2])
    group.get_by_role("checkbox").nth(2).uncheck()
    assert head.inner_text() == "No study"
    assert box.locator(".pooled .effect").first.inner_text() == "–"
    assert "0 of 3 studies shown" in box.get_by_role("status").inner_text()
    for tick in group.get_by_role("checkbox").all():
        tick.check()
    assert head.inner_text() == "Random effects (REML, Hartung-Knapp)"


def test_a_design_can_be_left_out(opened: Callable[..., Page], evidence: Evidence, analysis: Analysis) -> None:
    page = opened()
    box = page.locator(FIGURE)
    box.get_by_role("group", name="Design").get_by_role("checkbox", name="Quasi-experimental study").uncheck()
    kept = [row for row, effect in enumerate(analysis.effects) if effect.design == "rct"]
    assert len(shown(box)) == len(kept) == 2
    assert box.locator(".pooled .effect").first.inner_text() == recomputed(evidence, analysis, kept)


def test_columns_sort_both_ways_and_say_which(opened: Callable[..., Page], analysis: Analysis) -> None:
    page = opened()
    box = page.locator(FIGURE)
    labels = [row.label for row in analysis.effects]
    order = sorted(range(3), key=lambda row: analysis.effects.yi[row])
    head = box.get_by_role("columnheader", name=re.compile("Risk ratio \\(95%"))
    button = head.get_by_role("button")
    for direction, wanted in (("ascending", order), ("descending", order[::-1])):
        button.click()
        assert head.get_attribute("aria-sort") == direction
        assert [name[:12] for name in shown(box)] == [labels[row][:12] for row in wanted]
        assert direction in box.get_by_role("status").inner_text()
    box.get_by_role("columnheader", name="Study").get_by_role("button").click()
    assert box.locator("[aria-sort]").count() == 1
    # Sorting and filtering together: the study that goes is the one that was unticked.
    box.get_by_role("checkbox", name="Higgins 1991").uncheck()
    assert not any("Higgins 1991" in name for name in shown(box))


@pytest.mark.parametrize("width", [1280, 320])
def test_the_whole_explorer_can_be_used_with_the_keyboard_alone(
    opened: Callable[..., Page], evidence: Evidence, analysis: Analysis, width: int
) -> None:
    page = opened(width=width)
    box = page.locator(FIGURE)
    # Start right before it, wherever the reader came from.
    page.evaluate(
        f"(() => {{ const start = document.createElement('p'); start.tabIndex = -1; "
        f"document.querySelector('{FIGURE}').before(start); start.focus(); }})()"
    )
    heads = [head.inner_text() for head in box.locator("thead th:has(button)").all()]
    wanted = [tick.inner_text().strip() for tick in box.locator("label").all()]
    wanted += [box.locator(".table").get_attribute("aria-label") or "", *heads]
    met = []
    for _ in wanted:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert focused["width"] > 1 and focused["height"] > 1, "the focus is on something nobody can see"
        met.append(page.evaluate(FOCUSED))
    assert met == wanted
    page.keyboard.press("Enter")
    assert box.locator("thead th").last.get_attribute("aria-sort") == "ascending"
    for _ in range(len(heads) + 1):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert box.locator(".pooled .effect").first.inner_text() == recomputed(evidence, analysis, [0, 1])


def tree(page: Page) -> str:
    """The accessibility tree as text: the role and name of everything in it, in reading order."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return "\n".join(
        f"{node['role']['value']}: {node.get('name', {}).get('value', '')}" for node in nodes if not node.get("ignored")
    )


def has_cell(text: str, content: str) -> bool:
    """Whether a cell says this; on a small screen the name of its column comes first."""
    return re.search(rf"^cell: (.* )?{re.escape(content)}$", text, flags=re.MULTILINE) is not None


@pytest.mark.parametrize("width", [1280, 320])
def test_the_accessibility_tree_holds_every_number_of_every_study(
    opened: Callable[..., Page], evidence: Evidence, width: int
) -> None:
    text = tree(opened(width=width))
    for question in ("active-referral-attendance", "continuous-alcohol-abstinence", QUESTION):
        block = explorer(analyse(evidence, question), evidence)
        for row in block.studies:
            assert f"rowheader: {row.cells[0]}" in text
            for cell in row.cells[1:]:
                assert not cell or has_cell(text, cell)
        for row in block.pooled:
            assert f"rowheader: {row.cells[0]}" in text and has_cell(text, row.cells[block.effect])
        for side in block.axis.sides:
            assert side in text


def test_the_tree_says_what_is_chosen_and_sorted(opened: Callable[..., Page]) -> None:
    page = opened()
    box = page.locator(FIGURE)
    assert box.get_by_role("table", name=re.compile("studies and results")).count() == 1
    assert box.get_by_role("region", name=re.compile("studies and results")).count() == 1
    assert [group.locator("legend").inner_text() for group in box.get_by_role("group").all()] == ["Design", "Study"]
    snapshot = box.aria_snapshot()
    assert 'checkbox "Carroll 1998" [checked]' in snapshot and "- status" in snapshot


def test_a_baseline_of_ones_own(opened: Callable[..., Page], evidence: Evidence, analysis: Analysis) -> None:
    page = opened(name="annex")
    box = page.locator("[data-baseline]").nth(1)
    data = json.loads(box.get_attribute("data-baseline") or "")
    own, result = box.get_by_role("spinbutton"), box.get_by_role("status")
    people = analysis.per_thousand
    assert people is not None and own.input_value() == integer(people.baseline)
    assert f"{more_or_fewer(people.difference)} per 1,000" in result.inner_text()
    assert box.get_by_label(re.compile("Where you work")).count() == 1
    own.fill(str(data["low"] + 40))
    assert re.match(r"[0-9]+ fewer per 1,000 \(from [0-9]+ fewer to [0-9]+ more\): ", result.inner_text())


@pytest.mark.parametrize("typed", ["20", "998"])
def test_a_baseline_nobody_studied_is_refused_until_it_is_confirmed(opened: Callable[..., Page], typed: str) -> None:
    page = opened(name="annex")
    box = page.locator("[data-baseline]").nth(1)
    own, result = box.get_by_role("spinbutton"), box.get_by_role("status")
    own.fill(typed)
    assert own.get_attribute("aria-invalid") == "true"
    assert "outside what was studied (300 to 770)" in result.inner_text() and "fewer" not in result.inner_text()
    box.get_by_role("checkbox").check()
    assert own.get_attribute("aria-invalid") == "false"
    assert result.inner_text().startswith("Outside what was studied: ") and "fewer" in result.inner_text()


@pytest.mark.parametrize("typed", ["", "0", "1000", "-5", "1e9"])
def test_what_is_no_risk_is_refused_even_when_confirmed(opened: Callable[..., Page], typed: str) -> None:
    page = opened()
    box = page.locator("[data-baseline]").first
    box.get_by_role("checkbox").check()
    box.get_by_role("spinbutton").fill(typed)
    assert box.get_by_role("status").inner_text() == "Enter a number from 1 to 999."
    assert box.get_by_role("spinbutton").get_attribute("aria-invalid") == "true"
