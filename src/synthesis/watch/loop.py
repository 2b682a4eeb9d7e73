"""Build, wait for a file to be saved, build again: in one process and one kernel that stay warm."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from synthesis.errors import SynthesisError
from synthesis.evidence.project import open_briefing
from synthesis.execution import WarmKernel
from synthesis.formatting import number
from synthesis.pipeline import build
from synthesis.watch.changes import changed, stamps
from synthesis.watch.server import PageServer

# Between two looks at the files; and how long they must stay as they are, so that no half-written file is read.
LOOK_SECONDS = 0.1
SETTLE_SECONDS = 0.03
# More names than this would hide the one that matters.
_NAMED = 3

Say = Callable[[str], None]


def watch(
    root: Path,
    briefing_id: str,
    *,
    formats: Iterable[str] = ("html",),
    issued: str | None = None,
    port: int | None = None,
    say: Say = lambda text: None,
) -> None:
    """Build a briefing whenever its evidence, notebook or definition is saved, until interrupted.

    The page is served on this machine and reloads itself. When something is wrong, the problem is said and shown above
    the page, and the previous build stays.

    Parameters
    ----------
    root : Path
        The project's folder.
    briefing_id : str
        Folder name under ``briefings/``.
    formats : iterable of str
        What to write; HTML is always among it.
    issued : str or None
        As for ``pipeline.build``.
    port : int or None
        Where to serve the page; see ``PageServer``.
    say : callable
        Told where the page is, what each build took, and what is wrong.

    Raises
    ------
    UsageError
        If there is no such briefing, or the port cannot be used.
    """
    notebooks = _notebooks(root, briefing_id)
    stop = threading.Event()
    with PageServer(port) as server, WarmKernel() as kernel, _stopped_by_signals(stop):
        say(f"Watching evidence/, briefings/{briefing_id}/ and {' and '.join(notebooks)}; Ctrl-C stops.")
        say(f"Page: {server.address}")
        builder = _Builder(
            root=root,
            briefing_id=briefing_id,
            formats=tuple(dict.fromkeys(("html", *formats))),
            issued=issued,
            kernel=kernel,
            server=server,
            say=say,
            stop=stop,
            notebooks=notebooks,
        )
        _in_thread(builder, stop, kernel)
    say("Stopped.")


def _notebooks(root: Path, briefing_id: str) -> tuple[str, ...]:
    briefing = open_briefing(briefing_id, root)
    return tuple(path for path in (briefing.notebook, briefing.annex) if path is not None)


def _in_thread(builder: _Builder, stop: threading.Event, kernel: WarmKernel) -> None:
    """Run ``builder`` beside this thread, which alone is told of Ctrl-C and so can stop a build half-way."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            builder.follow()
        except BaseException as error:  # given to the thread that waits, below
            failures.append(error)
        finally:
            kernel.close()
            stop.set()

    thread = threading.Thread(target=work, name="builder", daemon=True)
    thread.start()
    while not stop.wait(LOOK_SECONDS):
        pass
    while thread.is_alive():
        kernel.kill()
        thread.join(LOOK_SECONDS)
    if failures:
        raise failures[0]


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        for name in before:
            signal.signal(name, lambda *_: stop.set())
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@dataclass(slots=True, kw_only=True)
class _Builder:
    root: Path
    briefing_id: str
    formats: tuple[str, ...]
    issued: str | None
    kernel: WarmKernel
    server: PageServer
    say: Say
    stop: threading.Event
    notebooks: tuple[str, ...]

    def follow(self) -> None:
        """Build once, then after each change, until stopped."""
        seen = self._settled()
        self.build(())
        while not self.stop.wait(LOOK_SECONDS):
            if self._stamps() != seen:
                # Taken before the build: what is saved while it runs leads to the next one.
                now = self._settled()
                names, seen = changed(seen, now), now
                self.build(names)

    def build(self, names: tuple[str, ...]) -> None:
        """Build and show the page, or show what is wrong."""
        started = perf_counter()
        try:
            built = build(
                self.root,
                self.briefing_id,
                formats=self.formats,
                issued=self.issued,
                execute=self.kernel.execute,
            )
            self.server.show(built.folder)
            self.notebooks = _notebooks(self.root, self.briefing_id)
        except (SynthesisError, OSError) as error:
            if not self.stop.is_set():
                self.server.warn(str(error))
                self.say(f"{_reason(names)}{error}\nThe previous build stays; save again when this is mended.")
            return
        seconds = number(perf_counter() - started, 2)
        self.say(f"{_reason(names)}built in {seconds} s: {', '.join(path.name for path in built.files)}")

    def _stamps(self) -> dict[str, tuple[int, int, int]]:
        return stamps(self.root, self.briefing_id, self.notebooks)

    def _settled(self) -> dict[str, tuple[int, int, int]]:
        last, now = None, self._stamps()
        while now != last and not self.stop.wait(SETTLE_SECONDS):
            last, now = now, self._stamps()
        return now


def _reason(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    listed = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{listed}{f' and {more} more' if more > 0 else ''} changed: "
