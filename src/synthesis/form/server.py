"""The form as this machine alone can open it.

Only the page itself is served to whoever asks; it holds no evidence. Everything else needs a token that stands in the
printed address behind ``#``, where no server and no other page can read it, and that the page sends in a header. So a
page of another site can neither read evidence nor write it, whatever a browser lets it send: it does not know the
token, its requests carry its own Origin, and a name of its own that points to this machine is not the Host we serve.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from synthesis.errors import ConflictError, EvidenceError, SynthesisError, UsageError
from synthesis.form.draft import DraftError
from synthesis.form.fields import description
from synthesis.form.session import Look, Session
from synthesis.form.shown import said, shown
from synthesis.render.html import TEMPLATES

HOST = "127.0.0.1"
HIGHEST_PORT = 65_535
TOKEN_HEADER = "X-Form-Token"
PAGE = Path(__file__).parent / "page"

# A record has at most a million bytes; as JSON with room for escapes.
MOST_BYTES = 4_000_000

_KINDS = {".css": "text/css", ".js": "text/javascript", ".html": "text/html"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _Guarded(RequestHandler):
    """Refuses what does not come from the page itself."""

    def initialize(self, form: FormServer) -> None:
        self.form = form

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> Awaitable[None] | None:
        # Another site may have its name point to this machine, to reach it with a browser that is here.
        if self.request.headers.get_list("Host") not in [[host] for host in self.form.hosts]:
            raise HTTPError(403, "this address is not served")
        site = self.request.headers.get("Sec-Fetch-Site", "same-origin")
        if site not in ("same-origin", "none") and self.request.headers.get("Sec-Fetch-Mode") != "navigate":
            raise HTTPError(403, "asked for by another page")
        return None

    def write_error(self, status_code: int, **details: Any) -> None:
        error = details.get("exc_info", (None, None))[1]
        message = (error.log_message if isinstance(error, HTTPError) else None) or self._reason
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps({"error": message}))


class _Page(_Guarded):
    """The page, its style and its scripts; they hold nothing of the evidence."""

    def get(self, name: str = "") -> None:
        # Only names that are in the folder are served, so that no name can lead out of it.
        file = self.form.files.get(name or "form.html")
        if file is None:
            raise HTTPError(404)
        self.set_header("Content-Type", f"{_KINDS[file.suffix]}; charset=utf-8")
        self.finish(file.read_bytes())


class _Study(_Page):
    """The page again: which study is meant stands in its address."""

    def get(self, name: str = "") -> None:
        super().get("form.html")


class _Missing(_Guarded):
    def prepare(self) -> Awaitable[None] | None:
        super().prepare()
        raise HTTPError(404)


class _Api(_Guarded):
    """One call of the page: JSON in, JSON out."""

    def prepare(self) -> Awaitable[None] | None:
        super().prepare()
        token = self.request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(token.encode(), self.form.token.encode()):
            raise HTTPError(403, "open the address that synthesis form has printed")
        if self.request.headers.get("Origin") not in self.form.origins:
            raise HTTPError(403, "asked for by another page")
        if self.request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise HTTPError(415, "JSON is expected")
        return None

    async def post(self, name: str) -> None:
        call = CALLS.get(name)
        if call is None:
            raise HTTPError(404)
        try:
            asked = json.loads(self.request.body)
            if not isinstance(asked, dict):
                raise DraftError("an object is expected")
            status, answer = await self.form.carry_out(lambda: call(self.form.session, asked))
        except ConflictError as error:
            status, answer = 409, {"error": str(error), "conflict": True}
        except EvidenceError as error:
            status, answer = 422, {"error": str(error)}
        except (UsageError, DraftError, ValueError, KeyError, TypeError) as error:
            message = str(error) if isinstance(error, UsageError | DraftError) else "not what the page sends"
            status, answer = 400, {"error": message}
        except (SynthesisError, OSError) as error:
            status, answer = 500, {"error": str(error)}
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(answer, ensure_ascii=False))


Answer = tuple[int, dict[str, Any]]


def _start(session: Session, asked: dict[str, Any]) -> Answer:
    found = {"studies": session.studies(), "person": session.drafts.person}
    return 200, found


def _open(session: Session, asked: dict[str, Any]) -> Answer:
    opened = session.open(_text(asked, "id"), _text(asked, "tab"))
    return 200, {**asdict(opened), "form": description(session.evidence()), "person": session.drafts.person}


def _look(session: Session, asked: dict[str, Any]) -> Answer:
    keep = asked.get("keep") is not False
    found = session.look(_text(asked, "id"), asked["tree"], seen=_seen(asked), tab=_text(asked, "tab"), keep=keep)
    return 200, _of_look(found)


def _save(session: Session, asked: dict[str, Any]) -> Answer:
    despite = asked.get("despite") is True
    found = session.save(
        _text(asked, "id"), asked["tree"], seen=_seen(asked), tab=_text(asked, "tab"), despite=despite
    )  # fmt: skip
    if isinstance(found, Look):
        return 200, {"written": False, **_of_look(found)}
    return 200, {"written": True, "text": found[0], "seen": found[1]}


def _conflict(session: Session, asked: dict[str, Any]) -> Answer:
    return 200, asdict(session.conflict(_text(asked, "id"), asked["tree"]))


def _settle(session: Session, asked: dict[str, Any]) -> Answer:
    keep: Literal["mine", "theirs"] = "mine" if asked["keep"] == "mine" else "theirs"
    kept = session.settle(_text(asked, "id"), asked["tree"], seen=_seen(asked), keep=keep)
    return 200, {"kept": kept}


def _discard(session: Session, asked: dict[str, Any]) -> Answer:
    session.discard(_text(asked, "id"))
    return 200, {}


def _person(session: Session, asked: dict[str, Any]) -> Answer:
    session.drafts.name_person(_text(asked, "name"))
    return 200, {"person": session.drafts.person}


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked[name]
    if not isinstance(value, str):
        raise DraftError(f"{name} is text")
    return value


def _seen(asked: dict[str, Any]) -> str | None:
    return None if asked["seen"] is None else _text(asked, "seen")


def _of_look(found: Look) -> dict[str, Any]:
    return {
        "problems": [asdict(problem) for problem in found.problems],
        "readable": found.readable,
        "saved": found.saved,
        "changedOnDisk": found.changed_on_disk,
        "superseded": found.superseded,
        "shown": shown(found),
        "said": said(found),
        "waitsFor": found.waits_for,
        "text": found.text,
    }


CALLS: dict[str, Callable[[Session, dict[str, Any]], Answer]] = {
    "start": _start,
    "open": _open,
    "look": _look,
    "save": _save,
    "conflict": _conflict,
    "settle": _settle,
    "discard": _discard,
    "person": _person,
}


class FormServer:
    """Serves the form of one project on the loopback address.

    Parameters
    ----------
    root : Path
        The project's folder.
    port : int or None
        None takes any that is free.

    Raises
    ------
    UsageError
        If the port cannot be used.
    """

    def __init__(self, root: Path, port: int | None = None) -> None:
        self.session = Session(root)
        self.token = secrets.token_urlsafe(32)
        self.files = {file.name: file for file in PAGE.iterdir() if file.suffix in _KINDS}
        self.files["base.css"] = TEMPLATES / "page.css"
        self.files["explorer.css"] = TEMPLATES / "explorer.css"
        # One call at a time: two of them never write at once, and the page is served while one is carried out.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="form")
        try:
            if not 0 <= (port or 0) <= HIGHEST_PORT:
                raise OSError(f"ports go up to {HIGHEST_PORT}")
            self._socket = socket.create_server((HOST, port or 0))
        except OSError as error:
            reason = getattr(error, "strerror", None) or error
            message = f"the form cannot be served on port {port}: {reason}; name another one or leave --port out"
            raise UsageError(message) from None
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        names = [f"{name}:{self.port}" for name in (HOST, "localhost")]
        self.hosts = frozenset(names)
        self.origins = frozenset(f"http://{name}" for name in names)

    def address_of(self, study: str | None = None) -> str:
        """Where to open the form, or a study in it; the part behind ``#`` never leaves the browser."""
        return f"http://{HOST}:{self.port}/{f'study/{study}' if study else ''}#{self.token}"

    async def carry_out(self, call: Callable[[], Answer]) -> Answer:
        """One call of the page, in the thread that makes them all."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, call)

    async def serve(self, stopped: asyncio.Event) -> None:
        """Serve until ``stopped`` is set."""
        own: dict[str, Any] = {"form": self}
        application = Application(
            [
                (r"/", _Page, own),
                (r"/study/[a-z0-9-]{1,80}", _Study, own),
                (r"/page/([a-z]+\.[a-z]+)", _Page, own),
                (r"/api/([a-z]+)", _Api, own),
                (r".*", _Missing, own),
            ],
            log_function=lambda handler: None,
        )
        server = HTTPServer(application, max_buffer_size=MOST_BYTES, max_body_size=MOST_BYTES)
        server.add_sockets([self._socket])
        # The records are read while the browser is being opened.
        self._worker.submit(self.session.studies)
        try:
            await stopped.wait()
        finally:
            server.stop()
            await server.close_all_connections()
            self._worker.shutdown(wait=True, cancel_futures=True)


def serve(root: Path, *, port: int | None = None, started: Callable[[FormServer], None]) -> None:
    """Serve the form until the program is interrupted; ``started`` is told when it can be opened."""

    # A request that is refused is told to whoever asks; the terminal is for what goes wrong here.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)

    async def run() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        _on_interrupt(loop, stopped)
        server = FormServer(root, port)
        started(server)
        await server.serve(stopped)

    asyncio.run(run())


def _on_interrupt(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    import signal

    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stopped.set)
        except (NotImplementedError, ValueError):  # Windows, or not the main thread: Ctrl-C raises instead
            return
