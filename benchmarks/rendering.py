"""Measure how long a notebook takes to become a page and a PDF, beside the tools people use for that now.

Run it with ``make bench-rendering``. Every route gets the same notebook, already executed, and starts as a process of
its own. The result goes to ``benchmarks/rendering.md``. Measure on a machine that does nothing else; times on another
one differ, ratios less so.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import nbformat

from synthesis.pipeline import execute
from synthesis.render.pdf_check import PDF_CHECKS, problems

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "mutual_aid_briefing.ipynb"
REPORT = Path(__file__).with_suffix(".md")
BRIEFING = "mutual-aid"
RUNS = 5

RENDER = "synthesis, page and PDF in one process"
OUR_HTML = "nbconvert --to briefing-html"
OUR_PDF = "nbconvert --to briefing-pdf"
BUILD = "synthesis build (runs the notebook, writes both)"

# What a build does after the notebook has run, timed from before the first import.
BOTH = """
import sys, time
start = time.perf_counter()
from pathlib import Path
import nbformat
from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf
document = document_from_notebook(nbformat.read(sys.argv[1], 4))
Path(sys.argv[2], "page.html").write_text(to_html(document), encoding="utf-8")
Path(sys.argv[2], "page.pdf").write_bytes(to_pdf(document))
sys.stdout.write(str(time.perf_counter() - start))
"""

# nbconvert cannot be told which browser to take, so the one installed is put in its way.
WEBPDF = """
import sys
from playwright.async_api import BrowserType
launch = BrowserType.launch
BrowserType.launch = lambda self, **options: launch(self, **{**options, "executable_path": sys.argv[1]})
from nbconvert.nbconvertapp import main
main(sys.argv[2:])
"""


# Wall and processor seconds, MiB of the largest process, and seconds a route measured of itself.
Run = tuple[float, float, float, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way from the notebook to files: its name, its command, where it writes, what it is compared with."""

    name: str
    command: tuple[str, ...]
    out: Path
    against: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file a route wrote: bytes, bytes compressed, and what a reader should know about it."""

    size: int
    packed: int
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Medians over the runs: seconds, seconds of processor, MiB of the largest process; and what was written."""

    wall: float
    cpu: float
    peak: float
    inside: float | None
    files: dict[str, Written]


def routes(notebook: Path, scratch: Path) -> list[Route]:
    """Every route, those that cannot be taken here with the reason."""
    python, out = sys.executable, scratch / "out"
    options = ("--log-level", "ERROR", "--output-dir", str(out))
    convert = (python, "-m", "nbconvert", *options)
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    web = (_python_with_playwright(scratch), "-c", WEBPDF, browser, *options) if browser else ()
    quarto = shutil.which("quarto")
    project = _project(scratch / "project")
    source = str(project / "notebooks" / NOTEBOOK.name)
    return [
        Route(name=RENDER, command=(python, "-c", BOTH, str(notebook), str(out)), out=out),
        Route(name=OUR_HTML, command=(*convert, "--to", "briefing-html", str(notebook)), out=out),
        Route(name=OUR_PDF, command=(*convert, "--to", "briefing-pdf", str(notebook)), out=out),
        Route(
            name="nbconvert --to html",
            command=(*convert, "--to", "html", str(notebook)),
            out=out,
            against=OUR_HTML,
        ),
        Route(
            name="nbconvert --to webpdf",
            command=(*web, "--to", "webpdf", str(notebook)),
            out=out,
            against=OUR_PDF,
            why_not="" if browser else "no Chromium is on PATH",
        ),
        *(
            Route(
                name=f"quarto render --to {form}",
                command=(quarto or "", "render", str(notebook), "--to", form, "--output-dir", str(out)),
                out=out,
                against=ours,
                why_not="" if quarto else "quarto is not on PATH",
            )
            for form, ours in (("html", OUR_HTML), ("typst", OUR_PDF))
        ),
        Route(
            name=BUILD,
            command=(python, "-m", "synthesis", "build", BRIEFING, "--project", str(project)),
            out=project / "build" / BRIEFING,
        ),
        Route(
            name="nbconvert --execute --to html",
            command=(*convert, "--execute", "--to", "html", source),
            out=out,
            against=BUILD,
        ),
    ]


def _project(folder: Path) -> Path:
    """A copy of the project, so that a build of it leaves the real one alone."""
    for part in ("evidence", "briefings", "notebooks"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def _python_with_playwright(scratch: Path) -> str:
    """This Python if it has what webpdf needs, else one in an environment that is thrown away."""
    if importlib.util.find_spec("playwright"):
        return sys.executable
    place = scratch / "webpdf"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    wanted = f"nbconvert[webpdf]=={version('nbconvert')}"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", wanted, "ipykernel"], check=True)
    return str(python)


def measure(taken_routes: list[Route]) -> dict[str, Measured]:
    """Take every route ``RUNS`` times, after a round that warms the disk.

    The routes take turns, so that whatever else the machine does slows all of them alike.
    """
    runs: dict[str, list[Run]] = {route.name: [] for route in taken_routes}
    files: dict[str, dict[str, Written]] = {}
    for turn in range(RUNS + 1):
        for route in taken_routes:
            sys.stdout.write(f"{turn} of {RUNS}: {route.name}\n")
            run = _once(route)
            if turn:
                runs[route.name].append(run)
                continue
            made = [path for path in sorted(route.out.iterdir()) if path.suffix in REMARKS]
            if not made:
                raise SystemExit(f"{route.name} wrote neither a page nor a PDF")
            files[route.name] = {path.suffix[1:]: _written(path) for path in made}
    return {name: _median(found, files[name]) for name, found in runs.items()}


def _median(runs: list[Run], files: dict[str, Written]) -> Measured:
    wall, cpu, peak = (statistics.median(values) for values in zip(*(run[:3] for run in runs), strict=True))
    inside = [run[3] for run in runs if run[3] is not None]
    return Measured(wall=wall, cpu=cpu, peak=peak, inside=statistics.median(inside) if inside else None, files=files)


def _written(path: Path) -> Written:
    content = path.read_bytes()
    packed = len(gzip.compress(content, 9, mtime=0))
    return Written(size=len(content), packed=packed, remark=REMARKS[path.suffix](content))


def _about_page(content: bytes) -> str:
    fetched = re.findall(r"""<(?:script|link|img)\b[^>]*\s(?:src|href)=["']?https?:""", content.decode())
    return f"fetches {len(fetched)} files from other sites" if fetched else "fetches nothing"


def _about_pdf(content: bytes) -> str:
    found = problems(content)
    return f"fails {len({text.partition(':')[0] for text in found})} of {len(PDF_CHECKS)} PDF/UA checks"


def _once(route: Route) -> Run:
    shutil.rmtree(route.out, ignore_errors=True)
    route.out.mkdir(parents=True)
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(route.command, stdout=said, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir())
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode:
        raise SystemExit(f"{route.name} failed:\n{text[-2000:]}")
    # Linux counts in KiB, macOS in bytes.
    per_mib = 1024 if sys.platform == "linux" else 1024 * 1024
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / per_mib, float(text) if BOTH in route.command else None


def report(measured: dict[str, Measured], every: list[Route]) -> str:
    """The result as Markdown."""
    both, build = measured[RENDER], measured[BUILD]
    return "\n".join(
        [
            "# From notebook to page and PDF: how long, how large",
            "",
            f"Written by `benchmarks/rendering.py` on {datetime.now(UTC).date().isoformat()}. "
            f"Python {platform.python_version()}, {_versions()}; {platform.system()} {platform.machine()}, "
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end. "
            f"Medians of {RUNS} runs, each a process of its own; the routes take turns. The notebook is "
            f"`notebooks/{NOTEBOOK.name}`, executed beforehand except where a route says that it runs it. Peak memory "
            "is that of the largest process. A ratio above 1 means slower, or larger, than our route to the same "
            "format.",
            "",
            f"Page and PDF together, timed from before the first import, take {both.inside:.2f} s in a fresh process; "
            f"a whole build, with the start of Python, the checks and a Jupyter kernel that runs the notebook, "
            f"{build.wall:.2f} s.",
            "",
            "| route | wall s | CPU s | peak MiB | file | bytes | gzip | wall ÷ our | CPU ÷ our | bytes ÷ our | it |",
            "|---|--:|--:|--:|---|--:|--:|--:|--:|--:|---|",
            *(row for route in every for row in _rows(route, measured)),
            "",
        ]
    )


def _rows(route: Route, measured: dict[str, Measured]) -> Iterator[str]:
    if route.name not in measured:
        yield f"| {route.name} | | | | | | | | | | not run: {route.why_not} |"
        return
    found, ours = measured[route.name], measured.get(route.against)
    for form, written in found.files.items():
        slower = f"{found.wall / ours.wall:.2f} | {found.cpu / ours.cpu:.2f}" if ours else " | "
        larger = f"{written.size / ours.files[form].size:.2f}" if ours else ""
        yield (
            f"| {route.name} | {found.wall:.2f} | {found.cpu:.2f} | {found.peak:.0f} | {form} | {written.size:,} | "
            f"{written.packed:,} | {slower} | {larger} | {written.remark} |"
        )


def _versions() -> str:
    packages = ("synthesis-briefings", "nbconvert", "typst", "pikepdf", "playwright")
    return ", ".join(f"{name} {version(name)}" for name in packages if importlib.util.find_spec(_module(name)))


def _module(package: str) -> str:
    return package.removesuffix("-briefings")


def main() -> None:
    """Measure every route that can be taken here and write the report."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        notebook = scratch / NOTEBOOK.name
        nbformat.write(execute(NOTEBOOK, {}), notebook)
        every = routes(notebook, scratch)
        measured = measure([route for route in every if not route.why_not])
    REPORT.write_text(report(measured, every), encoding="utf-8")
    sys.stdout.write(REPORT.read_text(encoding="utf-8"))


REMARKS = {".html": _about_page, ".pdf": _about_pdf}

if __name__ == "__main__":
    main()
