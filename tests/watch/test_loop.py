"""The command as a user runs it: a save leads to a new page, a fault to a message, an interrupt to a clean end."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthesis.errors import UnknownKeyError
from synthesis.watch.loop import watch
from watch.small_project import make_project

# How long to wait for something that must come; nothing is asserted about how soon it does.
PATIENCE = 120
NOTEBOOK = "notebooks/mutual_aid_briefing.ipynb"
STUDY = "evidence/studies/higgins1993.yaml"
BUILT = re.compile(r"built in [0-9.]+ s: briefing\.html, evidence\.csv, numbers\.json")


class Watching:
    """The command in a process of its own, with what it says line by line."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.process = subprocess.Popen(
            [sys.executable, "-m", "synthesis", "build", "mutual-aid", "--watch", "--port", "0"],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self._lines.put(text.rstrip("\n"))

    def until(self, words: str) -> str:
        """Wait for a line with ``words``; the next one that has not been waited for."""
        while True:
            try:
                text = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no line with {words!r}; it said:\n" + "\n".join(self.said)) from None
            self.said.append(text)
            if words in text:
                return text

    def page(self) -> str:
        address = next(text for text in self.said if text.startswith("Page: "))
        connection = http.client.HTTPConnection("127.0.0.1", int(address.rstrip("/").rpartition(":")[2]), timeout=20)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def built(self) -> str:
        return (self.project / "build" / "mutual-aid" / "briefing.html").read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        path = self.project / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        while not self._lines.empty():
            self.said.append(self._lines.get())
        return code


def started(project: Path) -> Iterator[Watching]:
    running = Watching(project)
    try:
        running.until("built in")
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.stop()


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    yield from started(project)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    """One process for the tests that leave it as they found it."""
    yield from started(make_project(tmp_path_factory.mktemp("project")))


def test_a_saved_study_is_on_the_page(shared: Watching) -> None:
    assert ">38</a> people" in shared.page()
    shared.change(STUDY, "{value: 38}", "{value: 39}")
    assert BUILT.fullmatch(shared.until("built in").removeprefix(f"{STUDY} changed: "))
    assert ">39</a> people" in shared.page()
    assert ">39</a> people" in shared.built()
    assert "EventSource" not in shared.built()
    shared.change(STUDY, "{value: 39}", "{value: 38}")
    shared.until("built in")


def test_a_fault_is_shown_and_the_last_build_stays(shared: Watching) -> None:
    before = shared.built()
    shared.change(STUDY, "{value: 38}", "{value: <script>alert(1)</script>}")
    assert "<script>alert(1)</script>" in shared.until("studies/higgins1993.yaml:11: participants.value")
    shared.until("The previous build stays")
    page = shared.page()
    assert 'role="alert"' in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page and ">38</a> people" in page
    assert shared.built() == before
    assert shared.process.poll() is None
    shared.change(STUDY, "{value: <script>alert(1)</script>}", "{value: 38}")
    shared.until("built in")
    assert 'role="alert"' not in shared.page()


def test_the_notebook_starts_anew_each_time(shared: Watching) -> None:
    shared.change(NOTEBOOK, "In one study", "In this study")
    shared.until("built in")
    assert "In this study" in shared.page()
    # A name that an earlier run defined is gone, as it would be in a fresh kernel.
    shared.change(NOTEBOOK, "analyses = [", "unused = [")
    assert "NameError: name 'analyses'" in shared.until("failed with")
    shared.change(NOTEBOOK, "unused = [", "analyses = [")
    shared.until("built in")


def test_a_kernel_that_dies_is_replaced(shared: Watching) -> None:
    shared.change(NOTEBOOK, "edition_date = None", "edition_date = None; import os; os._exit(1)")
    shared.until("Python stopped in cell 1")
    shared.change(NOTEBOOK, "edition_date = None; import os; os._exit(1)", "edition_date = None")
    shared.until("built in")
    assert shared.process.poll() is None


def test_an_interrupt_ends_it_and_its_kernel(watching: Watching) -> None:
    kernel = pid_of_kernel(watching, "")
    watching.until("built in")
    assert watching.stop() == 0
    assert watching.said[-1] == "Stopped."
    assert "Traceback" not in "\n".join(watching.said)
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_an_interrupt_stops_a_cell_that_would_run_for_ever(watching: Watching) -> None:
    kernel = pid_of_kernel(watching, "\\nwhile True: pass")
    assert watching.stop() == 0
    assert watching.said[-1] == "Stopped."
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def pid_of_kernel(watching: Watching, then: str) -> int:
    """Have the notebook write down its process and go on with ``then``, once it has done the first."""
    note = watching.project / "pid"
    part = watching.project / "part"
    writes = f"import os; open('{part}', 'w').write(str(os.getpid())); os.rename('{part}', '{note}')"
    watching.change(NOTEBOOK, "edition_date = None", f"edition_date = None\\n{writes}{then}")
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        if note.exists():
            return int(note.read_text())
        pause.wait(0.05)
    raise AssertionError("the notebook was not run")


def test_an_unknown_briefing_is_an_error_at_once(project: Path) -> None:
    with pytest.raises(UnknownKeyError, match="unknown briefing 'mutual'"):
        watch(project, "mutual")
