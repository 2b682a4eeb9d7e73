"""A form that is being served, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthesis.form.server import FormServer


@contextmanager
def running(root: Path, port: int | None = None) -> Iterator[FormServer]:
    """Serve the form of the project in ``root`` from a thread of its own."""
    ready = threading.Event()
    held: list[FormServer] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        nonlocal loop, stopped
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        held.append(FormServer(root, port))
        ready.set()
        await held[0].serve(stopped)

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # raised below, in the thread of the test
            failed.append(error)
            ready.set()

    loop: asyncio.AbstractEventLoop | None = None
    stopped: asyncio.Event | None = None
    thread = threading.Thread(target=run, name="served form")
    thread.start()
    ready.wait()
    if failed:
        thread.join()
        raise failed[0]
    try:
        yield held[0]
    finally:
        if thread.is_alive() and loop is not None and stopped is not None:
            loop.call_soon_threadsafe(stopped.set)
        thread.join()
    if failed:
        raise failed[0]
