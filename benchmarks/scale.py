"""Measure how many records the project can hold: reading and checking them, and looking at them in a table and a page.

Run it with ``make bench-scale``. Records are made in a temporary folder, about as large as the shipped ones and all of
them demonstration data. Commands run as processes of their own. The result goes to ``benchmarks/scale.md``.
Measure on a machine that does nothing else.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

import synthesis as syn
from synthesis.document.elements import Document, Heading, line
from synthesis.evidence.checks import check
from synthesis.evidence.load import read
from synthesis.render.html import to_html
from synthesis.starter import new_project

ROOT = Path(__file__).resolve().parents[1]
REPORT = Path(__file__).with_suffix(".md")
DAY = "2026-01-01"
MANY, SHOWN = 10_000, 1_000
RUNS = 3

RECORD = """\
# yaml-language-server: $schema=../schema/study.schema.json
# Demonstration data: nobody did this study.
schema_version: 1
id: demo-{number}
design: {design}
design_as_described: two groups, made up by a program to see how many records can be held
countries: [{country}]
setting: Made up, one of {many} settings that are all alike
population: Made-up adults who were asked whether they wanted to take part and said that they did
substances: []
year: {year}
participants: {{value: {people}}}
followup_months: [6, 12]
reports:
  - id: main
    type: report
    title: 'Demonstration data: a made-up trial, number {number}'
    author:
      - {{literal: Study {number}}}
    issued: '{year}'
    doi: 10.5555/demonstration.{number}
arms:
  - id: new
    label: Something new
    category: topic
    role: intervention
    n_randomised: {n}
  - id: usual
    label: Usual practice
    category: usual-practice
    role: comparator
    n_randomised: {n}
results:
{results}
read: true
added: '{day}'
demonstration: true
notes: Demonstration data. Nobody took part in this study, and its numbers mean nothing.
"""

RESULT = """\
  - id: improved-{months}m
    name: Improved by {months} months
    outcome: improved
    timepoint_months: {months}
    printed:
      - form: counts
        arms:
          new: {{events: {a}, n: {n}}}
          usual: {{events: {b}, n: {n}}}
      - form: test
        test: chi squared
    where:
      place: made up, in no publication
      quote: 'demonstration data: {a} of {n} improved, against {b} of {n}'
      read: true
    poolable: 'yes'
    note: Made up. The second of two results differs from the first so that the plan has to choose between them."""


def make_project(folder: Path, count: int) -> Path:
    """A project with ``count`` made-up studies and one question that takes them all."""
    new_project("scale", folder, date=DAY)
    studies = folder / "evidence" / "studies"
    for path in studies.glob("*.yaml"):
        path.unlink()
    question = folder / "evidence" / "questions" / "improvement.yaml"
    text = question.read_text(encoding="utf-8").replace("designs: [rct]\n", "designs: [rct, cohort]\n")
    question.write_text(text, encoding="utf-8")
    for number in range(count):
        n = 40 + number % 160
        results = [
            RESULT.format(months=months, n=n, a=n // 3 + number % 7 + months // 6, b=n // 3 - number % 5)
            for months in (6, 12)
        ]
        text = RECORD.format(
            number=number, many=count, year=1980 + number % 45, n=n, people=2 * n, day=DAY, results="\n".join(results),
            country=("GB", "US", "AU", "NO")[number % 4], design=("rct", "cohort")[number % 2],
        )  # fmt: skip
        (studies / f"demo-{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def run(project: Path, *words: str) -> tuple[float, float, float, str]:
    """Wall and processor seconds, peak MiB and output of a command in ``project``, as a process of its own."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", "synthesis", *words], cwd=project, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        out.seek(0)
        said = out.read().decode()
    if status != 0:
        raise SystemExit(f"synthesis {' '.join(words)}: {said}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said.strip()


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def commands(project: Path) -> Iterator[tuple[str, ...]]:
    """One row per command: medians of the runs."""
    first = "evidence/studies/demo-77.yaml"
    for words, limit in ((("check",), "10 s, 1,024 MiB"), (("check", first), "1 s")):
        runs = [run(project, *words) for _ in range(RUNS)]
        wall, cpu, peak = (statistics.median(item[place] for item in runs) for place in range(3))
        yield f"`synthesis {' '.join(words)}`", f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", limit


def parts(project: Path) -> Iterator[tuple[str, ...]]:
    """How long reading and checking take by themselves, in this process."""
    seconds, (evidence, problems) = timed(lambda: read(project / "evidence"))
    assert problems == ()
    yield "reading every record", f"{seconds:.2f}"
    seconds, found = timed(lambda: check(evidence))
    assert found == ()
    yield "the checks between records", f"{seconds:.2f}"


def shown(project: Path) -> Iterator[tuple[str, ...]]:
    """A table and an explorer of many studies, in Python and in a browser."""
    evidence = syn.open(project)
    seconds, analysis = timed(lambda: syn.analyse(evidence, "improvement"))
    yield "`syn.analyse`", f"{seconds:.2f} s", f"{len(analysis.effects.rows)} studies pooled"
    for name, make in (
        ("`syn.study_characteristics`", lambda: syn.study_characteristics(evidence)),
        ("`syn.explorer`", lambda: syn.explorer(analysis, evidence)),
    ):
        seconds, block = timed(make)
        heading = Heading(level=2, text=line("Shown"), id="shown")
        document = Document(title="Scale", language="en-GB", date=DAY, metadata={}, blocks=(heading, block))
        page = without_citations(document)
        yield name, f"{seconds:.2f} s", f"page of {len(page.encode()) / 1e6:.1f} MB"
        path = project / "page.html"
        path.write_text(page, encoding="utf-8")
        yield from in_browser(path, name)


def without_citations(document: Document) -> str:
    """The page of one block; the list of references, which a briefing makes, is not what is measured."""
    from synthesis.document.walk import changed

    def plain(text: Any) -> Any:
        return tuple(span for span in text if span.style != "cite")

    blocks = tuple(changed(block, plain) for block in document.blocks)
    return to_html(Document(title="Scale", language="en-GB", date=DAY, metadata={}, blocks=blocks))


# From the click to the frame in which its effect has been painted.
CLICK = """(selector) => new Promise((done) => {
  const start = performance.now();
  document.querySelector(selector).click();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""


def in_browser(path: Path, name: str) -> Iterator[tuple[str, ...]]:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page: Page = started.new_page(viewport={"width": 1280, "height": 900})
        seconds, _ = timed(lambda: page.goto(path.as_uri()))
        yield f"{name}: page opened", f"{seconds:.2f} s", ""
        if page.locator(".explorer input").count():
            for what, selector in (
                ("half of the studies left out and the rest pooled again", ".explorer input"),
                ("sorted by effect", ".explorer thead button"),
            ):
                taken = [page.evaluate(CLICK, selector) for _ in range(RUNS)]
                yield f"{name}: {what}", f"{statistics.median(taken) / 1000:.2f} s", "to the next frame painted"
        started.close()


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def main() -> None:
    """Measure and write the report."""
    with tempfile.TemporaryDirectory() as name:
        many = make_project(Path(name) / "many", MANY)
        size = sum(path.stat().st_size for path in (many / "evidence" / "studies").iterdir()) / MANY
        first = table(("Command", "wall s", "CPU s", "peak MiB", "wanted: under"), commands(many))
        second = table(("Part", "s"), parts(many))
        some = make_project(Path(name) / "some", SHOWN)
        third = table(("What", "takes", ""), shown(some))
    load = os.getloadavg()[0]
    REPORT.write_text(
        f"""# How many records: reading, checking, looking

Written by `benchmarks/scale.py`. Python {platform.python_version()}; {platform.system()} {platform.machine()},
{os.cpu_count()} processors, load {load:.1f} at the end. Medians of {RUNS} runs, each command a process of its own.
Records are demonstration data, made in a temporary folder: {size:,.0f} bytes each, two results each; shipped records
have 2,800 bytes on average. Nothing is kept between runs: there is no cache.

## {MANY:,} studies

{first}

Of which, in one process:

{second}

The check of one file reads the text of the others, and as records only those with a name in common with it. The check
of everything also analyses questions whose certainty has been judged; the question here has not been.

## {SHOWN:,} studies in one table

{third}
""",
        encoding="utf-8",
    )
    sys.stdout.write(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
