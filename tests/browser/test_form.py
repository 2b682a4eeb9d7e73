"""The form for studies, used in a browser: by hand, by keyboard alone, and by somebody else at the same time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from form.running import running
from synthesis.analysis.run import analyse
from synthesis.evidence.canonical import formatted
from synthesis.evidence.load import load
from synthesis.evidence.study import Contrast, Counts, Means, Study
from synthesis.form.server import FormServer

ROOT = Path(__file__).parents[2]
ID = "invented2024"
SLOW = 30_000  # the machine may be busy; what is waited for comes or does not

expect.set_options(timeout=SLOW)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    return tmp_path


@pytest.fixture
def server(project: Path) -> Iterator[FormServer]:
    with running(project) as served:
        yield served


@pytest.fixture
def form(browser: Browser, contexts: list[BrowserContext], server: FormServer) -> Callable[..., Page]:
    """Opens the form; a message on the console or a request to anybody else is an error."""

    def open_form(study: str | None = None, *, width: int = 1280, scheme: Any = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW)
        own = f"http://127.0.0.1:{server.port}/"
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda ask: complaints.append(ask.url) if not ask.url.startswith((own, "data:,")) else None)
        page.complaints = complaints  # type: ignore[attr-defined]
        page.goto(server.address_of(study))
        page.wait_for_selector("h1")
        return page

    return open_form


def place(page: Page, path: str) -> Locator:
    return page.locator(f"[id='f:{path}']")


def begin(page: Page) -> None:
    """Everything of an invented trial but its results."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"New study: {ID}")
    place(page, "reports[0].title").fill("An invented trial")
    place(page, "design").select_option("rct")
    for name in ("design_as_described", "setting", "population"):
        place(page, name).fill("invented")
    place(page, "countries").fill("GB")
    page.get_by_role("checkbox", name="Alcohol").check()
    for index, (label, category) in enumerate((("Active", "intensive-referral"), ("Leaflet", "standard-referral"))):
        place(page, f"arms[{index}].label").fill(label)
        place(page, f"arms[{index}].category").select_option(category)
    name_result(page, "mutual-aid-attendance")


def name_result(page: Page, outcome: str) -> None:
    place(page, "results[0].name").fill("Attended by six months")
    place(page, "results[0].outcome").select_option(outcome)
    place(page, "results[0].timepoint_months").fill("6")
    place(page, "results[0].where.place").fill("table 2")


def quote(page: Page, words: str) -> None:
    place(page, "results[0].where.quote").fill(words)


def counts(page: Page) -> None:
    for arm, events in (("active", "30"), ("leaflet", "20")):
        place(page, f"results[0].printed[0].arms.{arm}.events").fill(events)
        place(page, f"results[0].printed[0].arms.{arm}.n").fill("60")
    quote(page, "30 of 60 and 20 of 60 attended")


def looked_at(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#preview")).to_contain_text(text)
    expect(page.locator("#does")).not_to_have_attribute("aria-busy", "true")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#state")).to_have_text(re.compile(r"^Saved at \d\d:\d\d\.$"))


def saved(project: Path, study: str = ID) -> Study:
    """The study on disk, in canonical form."""
    text = (project / "evidence" / "studies" / f"{study}.yaml").read_text(encoding="utf-8")
    assert text == formatted(text, Study, study)
    return load(project / "evidence").studies[study]


def test_a_study_with_counts_moves_a_question_and_is_saved(form: Callable[..., Page], project: Path) -> None:
    page = form(ID)
    page.get_by_label("Your name or initials").fill("A. Reader")
    page.get_by_role("button", name="Remember").click()
    begin(page)
    counts(page)
    looked_at(page, "OR 2.00 (95% CI 0.96 to 4.18)")
    card = page.locator("article.question.enters")
    before = analyse(load(project / "evidence"), "active-referral-attendance")
    expect(card.locator("tr", has_text="Pooled effect").locator("td").nth(0)).to_contain_text("2.04 (95% CI 0.89")
    expect(card.locator("tr", has_text="Studies").locator("td").nth(1)).to_have_text("3 studies")
    expect(card.locator(".explorer")).to_have_count(2)
    expect(card.get_by_role("rowheader", name="Invented 2024 (this study)")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("Enters: Active referral and attendance. Before OR 2.04")
    place(page, "results[0].printed[0].arms.active.events").fill("40")
    looked_at(page, "OR 4.00")
    # The quotation no longer carries the number, and the page says so where it stands.
    expect(place(page, "results[0].where.quote:error")).to_contain_text("a quotation without 40")
    expect(place(page, "results[0].where.quote")).to_have_attribute("aria-invalid", "true")
    place(page, "results[0].printed[0].arms.active.events").fill("30")
    looked_at(page, "OR 2.00")
    save(page)
    study = saved(project)
    printed = study.results[0].printed[0]
    assert isinstance(printed, Counts) and printed.arms["active"].events == 30
    assert study.extraction is not None and study.extraction.by == "A. Reader" and study.extraction.on is not None
    assert analyse(load(project / "evidence"), "active-referral-attendance").pooled != before.pooled
    # After it is saved the page says what the study does, and nothing is left to do.
    looked_at(page, "Without it")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_study_with_means(form: Callable[..., Page], project: Path) -> None:
    page = form(ID)
    begin(page)
    place(page, "results[0].outcome").select_option("pda-alcohol")
    place(page, "results[0].printed[0].form").select_option("means")
    for arm, mean in (("active", "70.5"), ("leaflet", "61")):
        cell = f"results[0].printed[0].arms.{arm}"
        for name, value in (("mean", mean), ("sd", "20"), ("n", "60")):
            place(page, f"{cell}.{name}").fill(value)
    quote(page, "70.5 (20, n = 60) against 61 (20, n = 60) per cent")
    looked_at(page, re.compile(r"SMD 0\.47 \(95% CI 0\.1\d to 0\.8\d\)"))
    expect(page.locator("#preview")).to_contain_text("From means and standard deviations.")
    save(page)
    printed = saved(project).results[0].printed[0]
    assert isinstance(printed, Means) and printed.arms["active"].mean == 70.5


def test_a_study_with_a_contrast_and_its_conversion(form: Callable[..., Page], project: Path) -> None:
    page = form(ID)
    begin(page)
    item = "results[0].printed[0]"
    place(page, f"{item}.form").select_option("contrast")
    place(page, f"{item}.measure").select_option("OR")
    place(page, f"{item}.arms[0]=active").check()
    place(page, f"{item}.arms[1]=leaflet").check()
    place(page, f"{item}.estimate").fill("2.5")
    place(page, f"{item}.ci[0]").fill("1.2")
    place(page, f"{item}.ci[1]").fill("5.2")
    quote(page, "odds ratio 2.5, 95% interval 1.2 to 5.2")
    looked_at(page, "OR 2.50 (95% CI 1.20 to 5.20)")
    page.locator("#preview summary", has_text="How it was worked out").click()
    expect(page.locator(".steps li").first).to_contain_text("95% interval 1.2 to 5.2: SE = (ln 5.2 − ln 1.2)")
    expect(page.locator(".steps .source").first).to_contain_text("Cochrane Handbook")
    # What was unfolded stays unfolded while one goes on typing.
    place(page, f"{item}.ci[1]").fill("5.3")
    looked_at(page, "1.2 to 5.3")
    expect(page.locator(".steps li").first).to_be_visible()
    place(page, f"{item}.ci[1]").fill("5.2")
    looked_at(page, "1.2 to 5.2")
    save(page)
    printed = saved(project).results[0].printed[0]
    assert isinstance(printed, Contrast) and printed.ci == (1.2, 5.2) and printed.arms == (("active",), ("leaflet",))


def test_unsaved_work_is_there_after_a_reload_and_can_be_let_go(form: Callable[..., Page], project: Path) -> None:
    page = form("manning2012")
    place(page, "setting").fill("A ward in London")
    expect(page.locator("#state")).to_contain_text("Kept as a draft")
    page.reload()
    expect(place(page, "setting")).to_have_value("A ward in London")
    expect(page.locator("#banners")).to_contain_text("Your unsaved work is back.")
    assert saved(project, "manning2012").setting == "Inpatient detoxification ward, London"
    page.get_by_role("button", name="Discard changes").click()
    page.get_by_role("button", name="Yes, discard").click()
    expect(place(page, "setting")).to_have_value("Inpatient detoxification ward, London")
    expect(page.locator("#state")).to_have_text("Saved. Nothing to mend.")


def test_a_conflict_shows_both_and_loses_nothing(form: Callable[..., Page], project: Path) -> None:
    page = form("manning2012")
    place(page, "setting").fill("Mine")
    expect(page.locator("#state")).to_contain_text("Kept as a draft")
    path = project / "evidence" / "studies" / "manning2012.yaml"
    theirs = path.read_text(encoding="utf-8").replace("Inpatient detoxification ward, London", "Theirs")
    path.write_text(theirs, encoding="utf-8")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("manning2012 has changed on disk")
    expect(page.locator(".versions .differs").first).to_contain_text("setting: Theirs")
    expect(page.locator(".versions .differs").first).to_contain_text("setting: Mine")
    assert path.read_text(encoding="utf-8") == theirs
    page.get_by_role("button", name="Keep mine and replace the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your version is saved")
    assert saved(project, "manning2012").setting == "Mine"
    kept = page.locator("main code").inner_text()
    assert (project / kept).read_text(encoding="utf-8") == theirs
    page.get_by_role("link", name="Go on with manning2012").click()
    expect(place(page, "setting")).to_have_value("Mine")


def test_a_change_on_disk_is_told_while_one_types(form: Callable[..., Page], project: Path) -> None:
    page = form("manning2012")
    looked_at(page, "Without it")
    path = project / "evidence" / "studies" / "manning2012.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    place(page, "setting").fill("Mine")
    expect(page.get_by_role("alert")).to_contain_text("The file has changed on disk")
    page.get_by_role("button", name="Compare the two").click()
    page.get_by_role("button", name="Keep the file and let mine go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The file on disk is kept")
    assert "setting: Mine" in (project / page.locator("main code").inner_text()).read_text(encoding="utf-8")


def test_what_is_missing_is_told_when_one_saves_and_not_before(form: Callable[..., Page]) -> None:
    page = form(ID)
    expect(page.locator("#state")).to_contain_text("to fill in")
    assert page.locator(".error:visible").count() == 0
    expect(page.locator("#preview")).to_contain_text("It is shown as soon as")
    page.keyboard.press("Control+s")
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("It is not saved yet")
    links = summary.get_by_role("link")
    assert links.count() > 8
    links.first.press("Enter")
    expect(place(page, "reports[0].title")).to_be_focused()
    described = place(page, "reports[0].title").get_attribute("aria-describedby") or ""
    assert "error" in described and page.locator(f"[id='{described.split()[-1]}']").is_visible()
    place(page, "reports[0].title").fill("An invented trial")
    expect(place(page, "reports[0].title")).not_to_have_attribute("aria-invalid", "true")


def test_what_a_check_finds_can_be_saved_all_the_same(form: Callable[..., Page], project: Path) -> None:
    page = form("manning2012")
    place(page, "results[0].where.quote").evaluate("(box) => (box.closest('details').open = true)")
    place(page, "results[0].where.quote").fill("PI = 64%")
    page.keyboard.press("Control+s")
    expect(page.locator("#summary")).to_contain_text("Quotation")
    page.get_by_role("button", name="Save all the same").click()
    expect(page.locator("#state")).to_contain_text("Saved at")
    text = (project / "evidence" / "studies" / "manning2012.yaml").read_text(encoding="utf-8")
    assert "quote: PI = 64%" in text


def test_items_are_added_named_removed_and_put_back(form: Callable[..., Page]) -> None:
    page = form(ID)
    page.get_by_role("button", name="Add another arm").click()
    place(page, "arms[2].label").fill("A third, by a peer")
    place(page, "arms[2].label").blur()
    expect(place(page, "arms[2].id")).to_have_value("a-third-by-a-peer")
    # The table of the result has a row for it, and follows when its name changes.
    expect(place(page, "results[0].printed[0].arms.a-third-by-a-peer")).to_be_visible()
    place(page, "results[0].printed[0].arms.a-third-by-a-peer.events").fill("7")
    place(page, "arms[2].id").fill("peer")
    place(page, "arms[2].id").blur()
    expect(place(page, "results[0].printed[0].arms.peer.events")).to_have_value("7")
    page.get_by_role("button", name="Remove Arm 3").click()
    expect(place(page, "arms[2].label")).to_have_count(0)
    page.get_by_role("button", name="Put it back").click()
    expect(place(page, "arms[2].label")).to_have_value("A third, by a peer")


def test_what_is_pasted_has_no_line_ends(form: Callable[..., Page]) -> None:
    page = form(ID)
    box = place(page, "results[0].where.quote")
    box.focus()
    box.evaluate(PASTE, "attend\u00adance was\n30 of  60")
    expect(box).to_have_value("attendance was 30 of 60")
    expect(page.locator(".count").first).to_have_text("5 of at most 25 words")


PASTE = """(box, text) => {
  const data = new DataTransfer();
  data.setData('text', text);
  box.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, cancelable: true, bubbles: true}));
}"""


def test_a_list_of_authors_is_pasted_at_once_and_values_are_tidied(form: Callable[..., Page]) -> None:
    page = form(ID)
    place(page, "reports[0].author[0].family").evaluate(PASTE, "Timko C, DeBenedetti AB; van der Berg J")
    people = [
        tuple(place(page, f"reports[0].author[{index}].{name}").input_value() for name in ("family", "given"))
        for index in range(3)
    ]
    assert people == [("Timko", "C"), ("DeBenedetti", "AB"), ("van der Berg", "J")]
    place(page, "results[0].printed[0].form").select_option("test")
    for path, text, better in (
        ("reports[0].doi", "https://doi.org/10.1234/x", "10.1234/x"),
        ("reports[0].pmid", "PMID: 123", "123"),
        ("countries", "gb us", "GB US"),
        ("participants.value", "120 %", "120"),
        ("results[0].printed[0].p", "P < 0.05", "<0.05"),
        ("results[0].printed[0].p", "n.s.", "not significant"),
    ):
        place(page, path).fill(text)
        place(page, path).blur()
        expect(place(page, path)).to_have_value(better)


def test_with_the_keyboard_alone(form: Callable[..., Page], project: Path) -> None:
    """From the list of studies to a saved record, without a pointer."""
    page = form()

    def go(path: str, most: int = 80) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == path:
                assert page.evaluate("document.activeElement.matches(':focus-visible')")
                return
        raise AssertionError(f"{path} was not reached")

    def typed(path: str, text: str) -> None:
        go(f"f:{path}")
        page.keyboard.type(text)

    go("new-id")
    page.keyboard.type("Invented 2024")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"New study: {ID}")
    page.locator("#main").focus()
    typed("reports[0].title", "An invented trial")
    typed("design", "Randomised trial")
    typed("design_as_described", "invented")
    typed("countries", "GB")
    typed("setting", "invented")
    typed("population", "invented")
    go("f:substances=alcohol")
    page.keyboard.press("Space")
    typed("arms[0].label", "Active")
    typed("arms[0].category", "Intensive referral")
    typed("arms[1].label", "Leaflet")
    typed("arms[1].category", "Standard referral")
    typed("results[0].name", "Attended")
    typed("results[0].outcome", "Attendance at mutual aid")
    typed("results[0].timepoint_months", "6")
    for arm, events in (("active", "30"), ("leaflet", "20")):
        typed(f"results[0].printed[0].arms.{arm}.events", events)
        typed(f"results[0].printed[0].arms.{arm}.n", "60")
    typed("results[0].where.place", "table 2")
    typed("results[0].where.quote", "30 of 60 and 20 of 60 attended")
    looked_at(page, "OR 2.00")
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_contain_text("Saved at")
    study = saved(project)
    assert study.design == "rct" and study.results[0].outcome == "mutual-aid-attendance"
    assert [arm.role for arm in study.arms] == ["intervention", "comparator"]


def test_the_focus_is_never_hidden_by_the_bar_at_the_bottom(form: Callable[..., Page]) -> None:
    page = form(ID, width=320)
    page.locator("#main").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        bar = page.evaluate("document.querySelector('.savebar').getBoundingClientRect().toJSON()")
        inside = page.evaluate("document.activeElement.closest('.savebar') !== null")
        assert inside or box["top"] < bar["top"], page.evaluate("document.activeElement.id")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_no_rule_is_broken_in_any_state(
    form: Callable[..., Page], broken_rules: Callable[..., list[str]], project: Path, scheme: str, width: int
) -> None:
    def sound(page: Page) -> None:
        assert broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    sound(form(width=width, scheme=scheme))
    page = form(ID, width=width, scheme=scheme)
    expect(page.locator("#preview")).to_contain_text("It is shown as soon as")
    sound(page)  # empty
    page.keyboard.press("Control+s")
    expect(page.locator("#summary")).to_be_visible()
    sound(page)  # with errors
    begin(page)
    counts(page)
    looked_at(page, "OR 2.00")
    page.evaluate("document.querySelectorAll('details').forEach((box) => (box.open = true))")
    sound(page)  # filled in, everything unfolded
    page = form("manning2012", width=width, scheme=scheme)
    looked_at(page, "Without it")
    sound(page)  # a record that is there
    place(page, "setting").fill("Mine")
    expect(page.locator("#state")).to_contain_text("Kept as a draft")
    path = project / "evidence" / "studies" / "manning2012.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    page.keyboard.press("Control+s")
    expect(page.locator(".versions")).to_be_visible()
    assert broken_rules(page) == []  # a conflict; the two versions scroll inside their own box
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_are_large_enough(form: Callable[..., Page]) -> None:
    # WCAG 2.2, 2.5.8: 24 by 24 pixels.
    page = form(ID, width=320)
    for control in page.locator(
        "main button:visible, main input:visible, main select:visible, main textarea:visible"
    ).all():
        box = control.bounding_box()
        tick = control.get_attribute("type") == "checkbox"
        assert box is not None and (tick or (box["height"] >= 24 and box["width"] >= 24)), control.inner_text()
    for label in page.locator(".tick").all():
        box = label.bounding_box()
        assert box is not None and box["height"] >= 24


def test_another_page_can_neither_read_nor_write(
    form: Callable[..., Page], browser: Browser, contexts: list[BrowserContext], server: FormServer, project: Path
) -> None:
    """A page of another origin in the same browser, with everything a browser lets it try."""
    before = {path: path.read_bytes() for path in (project / "evidence").rglob("*.yaml")}
    page = form()
    with running(project) as other:  # another port is another origin
        foreign = page.context.new_page()
        foreign.goto(f"http://127.0.0.1:{other.port}/page/form.css")
        tried = foreign.evaluate(
            """async ([address, token]) => {
              const asked = JSON.stringify({id: 'manning2012', tab: 'x', tree: {}, seen: null, despite: true});
              const found = [];
              for (const options of [
                {method: 'POST', body: asked, mode: 'no-cors'},
                {method: 'POST', body: asked, mode: 'cors', headers: {'Content-Type': 'application/json'}},
                {method: 'POST', body: asked, mode: 'cors',
                 headers: {'Content-Type': 'application/json', 'X-Form-Token': token}},
                {method: 'GET', mode: 'cors'},
              ]) {
                for (const call of ['open', 'save', 'settle']) {
                  try {
                    const answer = await fetch(`${address}/api/${call}`, {...options, credentials: 'include'});
                    found.push(answer.type === 'opaque' ? '' : await answer.text());
                  } catch { found.push(''); }
                }
              }
              return found;
            }""",
            [f"http://127.0.0.1:{server.port}", server.token],
        )
    assert tried == [""] * 12
    assert {path: path.read_bytes() for path in (project / "evidence").rglob("*.yaml")} == before
    assert not (project / ".drafts").exists()


def test_without_the_token_nothing_is_shown(
    browser: Browser, contexts: list[BrowserContext], server: FormServer
) -> None:
    context = browser.new_context()
    contexts.append(context)
    page = context.new_page()
    for address in ("/", "/study/manning2012", "/study/manning2012#wrongwrongwrongwrongwrongwrongwrong"):
        page.goto(f"http://127.0.0.1:{server.port}{address}")
        expect(page.locator("main")).to_contain_text("Open the address that synthesis form has printed")
        assert "detoxification" not in page.content()


def test_the_token_does_not_stay_in_sight(form: Callable[..., Page], server: FormServer) -> None:
    page = form("manning2012")
    assert server.token not in page.url
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("manning2012")


def test_text_of_the_evidence_is_text(form: Callable[..., Page], project: Path) -> None:
    page = form(ID)
    begin(page)
    counts(page)
    hostile = "<img src=x onerror='document.title=1'><script>document.title=2</script>"
    place(page, "results[0].name").fill(hostile)
    place(page, "arms[0].label").fill(hostile)
    place(page, "arms[0].label").blur()
    looked_at(page, "<img src=x")
    assert page.locator("main img, main script").count() == 0
    assert page.title() == f"{ID} – evidence form"
    assert page.complaints == []  # type: ignore[attr-defined]
