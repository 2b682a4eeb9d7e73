"""The page as this machine alone can open it, which loads itself anew after each build.

The script that does so is added to the copy that is served; the file that was built has none. Nothing is served to
other machines, nor to pages of other sites that a browser of this machine has open.
"""

from __future__ import annotations

import mimetypes
import os
import threading
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from synthesis.errors import UsageError

HOST = "127.0.0.1"
PORT = 8765

# A connection that is silent for longer may be closed by the browser.
_HEARTBEAT_SECONDS = 15.0
_RELOAD = (
    '<script>new EventSource("/events").onmessage=function(event){{'
    'if(event.data!=="{version}")location.reload()}}</script>'
)
_PROBLEM = (
    # In view wherever in the page the reader was when it reloaded.
    '<div role="alert" style="position:sticky;top:0;z-index:99;max-height:50vh;overflow:auto;border:4px solid #d4351c;'
    'background:#fff;color:#0b0c0c;padding:1rem;font-family:sans-serif"><p style="margin:0 0 .5rem">'
    "<strong>This page is out of date: it cannot be built</strong></p>"
    '<pre style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere">{problem}</pre></div>'
)
_NO_PAGE = (
    '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><p>{title}</p></body></html>\n"
)


def served(page: str, version: int, problem: str) -> str:
    """The page with the script that reloads it, and the problem that kept it from being built anew.

    Parameters
    ----------
    page : str
        HTML of the last build; empty when there has been none.
    version : int
        The script reloads the page once the server is at another version.
    problem : str
        What is wrong now; empty when the page is current.
    """
    page = page or _NO_PAGE.format(title="There is no page yet")
    if problem:
        start, body, rest = page.partition("<body")
        tag, close, rest = rest.partition(">")
        note = _PROBLEM.format(problem=escape(problem))
        page = f"{start}{body}{tag}{close}{note}{rest}"
    before, end, after = page.rpartition("</body>")
    return f"{before}{_RELOAD.format(version=version)}{end}{after}"


class PageServer:
    """Serves one page, and tells those who have it open when it changes.

    Parameters
    ----------
    port : int or None
        None takes ``PORT`` if it is free, else any that is.

    Raises
    ------
    UsageError
        If ``port`` is given and cannot be used.
    """

    def __init__(self, port: int | None = None) -> None:
        self._state = threading.Condition()
        self._version = 0
        self._page = ""
        self._problem = ""
        self._folder: Path | None = None
        self._open = True
        self._http = _bound(port, self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    def __enter__(self) -> PageServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._state:
            self._open = False
            self._state.notify_all()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where to open the page."""
        return f"http://{HOST}:{self._http.server_port}/"

    def show(self, folder: Path) -> None:
        """Serve the build in ``folder`` from now on."""
        page = (folder / "briefing.html").read_text(encoding="utf-8")
        with self._state:
            self._folder, self._page, self._problem = folder, page, ""
            self._next()

    def warn(self, problem: str) -> None:
        """Keep serving the last build, with ``problem`` above it."""
        with self._state:
            self._problem = problem
            self._next()

    def _next(self) -> None:
        self._version += 1
        self._state.notify_all()

    def page(self, file: Path | None = None) -> bytes:
        """What is served at the moment: the briefing, or another page of the build."""
        page = self._page if file is None else file.read_text(encoding="utf-8")
        with self._state:
            return served(page, self._version, self._problem).encode()

    def beside(self, name: str) -> Path | None:
        """A file of the build by name; None if it has none of that name."""
        with self._state:
            files = () if self._folder is None else tuple(self._folder.iterdir())
        return next((file for file in files if file.name == name and file.is_file()), None)

    def wait(self, version: int) -> int | None:
        """The version, once it is not ``version`` or some seconds have passed; None when the server closes."""
        with self._state:
            self._state.wait_for(lambda: not self._open or self._version != version, timeout=_HEARTBEAT_SECONDS)
            return self._version if self._open else None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    # Elsewhere the option would let another program take the same port.
    allow_reuse_address = os.name == "posix"
    pages: PageServer


def _bound(port: int | None, pages: PageServer) -> _Http:
    for number in (PORT, 0) if port is None else (port,):
        try:
            http = _Http((HOST, number), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            continue
        http.pages = pages
        return http
    raise UsageError(f"the page cannot be served on port {port}: {reason}; name another one or leave --port out")


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_GET(self) -> None:
        allowed = {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}
        if self.headers.get("Host") not in allowed:
            # Another site may have its name point to this machine, to read the page with a browser that is here.
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send(self.server.pages.page(), "text/html; charset=utf-8")
        elif self.path == "/events":
            self._send_events()
        elif (file := self.server.pages.beside(self.path.removeprefix("/"))) is not None:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            if kind == "text/html":
                self._send(self.server.pages.page(file), "text/html; charset=utf-8")
            else:
                self._send(file.read_bytes(), kind)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send(self, content: bytes, kind: str) -> None:
        self._head(kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_events(self) -> None:
        self._head("text/event-stream")
        self.end_headers()
        version: int | None = -1
        try:
            while version is not None:
                version = self.server.pages.wait(version)
                self.wfile.write(f"data: {version}\n\n".encode() if version is not None else b"")
        except OSError:
            return  # the page was closed

    def _head(self, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is for builds and their problems."""
