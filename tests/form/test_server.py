"""Who may ask for what: this machine, this page, this token, and nobody else."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from form.running import running
from synthesis.errors import UsageError
from synthesis.form.server import CALLS, HOST, MOST_BYTES, FormServer

ROOT = Path(__file__).resolve().parents[2]

Answer = tuple[int, dict[str, str], str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all of these tests: what they may write, they name."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[FormServer]:
    with running(project) as served:
        yield served


def ask(server: FormServer, method: str, path: str, body: str = "", **headers: str | None) -> Answer:
    """One request; a header given as None is left out, one with ``_`` stands for the name with ``-``."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": f"{HOST}:{server.port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if body or method == "POST":
            given["Content-Length"] = str(len(body.encode()))
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body.encode() if body else None)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def own(server: FormServer) -> dict[str, str | None]:
    """The headers that the page sends."""
    return {
        "X_Form_Token": server.token,
        "Origin": f"http://{HOST}:{server.port}",
        "Content_Type": "application/json",
        "Sec_Fetch_Site": "same-origin",
    }


def post(server: FormServer, call: str, asked: Any, **headers: str | None) -> tuple[int, Any]:
    status, _, text = ask(server, "POST", f"/api/{call}", json.dumps(asked), **(own(server) | headers))
    return status, json.loads(text)


def test_the_page_is_served_and_holds_no_evidence(server: FormServer) -> None:
    for path in ("/", "/study/manning2012", "/page/form.js", "/page/form.css", "/page/base.css", "/page/explorer.css"):
        status, headers, text = ask(server, "GET", path)
        assert status == 200 and "Timko" not in text and server.token not in text
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers and "Access-Control-Allow-Origin" not in headers
    _, _, page = ask(server, "GET", "/")
    assert "http:" not in page and "https:" not in page and " on" + "click" not in page and "<script>" not in page


def test_it_listens_on_the_loopback_address_only(server: FormServer) -> None:
    assert server._socket.getsockname()[0] == "127.0.0.1"
    assert server.address_of("manning2012") == f"http://127.0.0.1:{server.port}/study/manning2012#{server.token}"
    assert len(server.token) > 40


def test_the_page_itself_gets_an_answer(server: FormServer) -> None:
    status, found = post(server, "start", {})
    assert status == 200 and "manning2012" in {study["id"] for study in found["studies"]}


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Form_Token": None},
        {"X_Form_Token": ""},
        {"X_Form_Token": "x" * 43},
        {"X_Form_Token": "é"},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://example.org"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "example.org"},
        {"Host": "127.0.0.1"},
        {"Host": None},
        {"Host": "localhost:1"},
    ],
    ids=lambda headers: "-".join(f"{name}-{value}" for name, value in headers.items()),
)
@pytest.mark.parametrize("call", ["start", "open", "save"])
def test_no_other_page_can_read_or_write(
    server: FormServer, project: Path, headers: dict[str, str | None], call: str
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    asked = {"id": "manning2012", "tab": "x", "tree": {}, "seen": None, "despite": True}
    status, _, text = ask(server, "POST", f"/api/{call}", json.dumps(asked), **(own(server) | headers))
    assert status in (400, 403) and "Timko" not in text
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", None])
def test_what_a_plain_form_of_another_page_can_send_is_refused(server: FormServer, kind: str | None) -> None:
    status, _ = post(server, "start", {}, Content_Type=kind)
    assert status in (400, 415)


def test_no_page_is_told_that_it_may_ask(server: FormServer) -> None:
    status, headers, _ = ask(
        server, "OPTIONS", "/api/start", Origin="https://example.org", Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="x-form-token", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors",
    )  # fmt: skip
    assert status == 403
    assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py", "/page/..%2fserver.py", "/page/server.py", "/page/preview.html.j2", "/../evidence",
        "/page//etc/passwd", "/study/..%2f..", "/study/Manning", "/evidence/studies/manning2012.yaml", "/.drafts/x",
        "/api/", "/page/", "/%00", "/favicon.ico",
    ],
)  # fmt: skip
def test_nothing_else_is_served(server: FormServer, path: str) -> None:
    status, _, text = ask(server, "GET", path)
    assert status in (400, 404, 405) and "Timko" not in text and "import" not in text


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("name", ["../../../etc/passwd", "..", "a/b", "con", "A", "", 1, None, ["x"]])
def test_ids_that_lead_elsewhere_are_refused(server: FormServer, project: Path, call: str, name: Any) -> None:
    if call in ("start", "person"):
        return
    before = sorted(project.rglob("*"))
    asked = {"id": name, "tab": "x", "tree": {}, "seen": None, "keep": "theirs"}
    status, found = post(server, call, asked)
    assert status == 400 and found["error"]
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "😀", '{"id": "manning2012"}', "{}", "1e400"])
def test_what_is_not_asked_as_the_page_asks_is_refused(server: FormServer, body: str) -> None:
    for call in ("open", "look", "save", "conflict", "settle"):
        status, _, _ = ask(server, "POST", f"/api/{call}", body, **own(server))
        assert status == 400, call
    assert post(server, "nothing", {})[0] == 404


def test_what_is_too_large_is_cut_off(server: FormServer) -> None:
    try:
        status, _, _ = ask(server, "POST", "/api/look", " " * (MOST_BYTES + 10), **own(server))
    except (ConnectionError, http.client.HTTPException):
        status = 413
    assert status in (400, 413)
    assert post(server, "start", {})[0] == 200


def test_a_study_is_saved_through_the_page_and_a_conflict_is_told(server: FormServer, project: Path) -> None:
    _, opened = post(server, "open", {"id": "manning2012", "tab": "x"})
    tree = opened["tree"] | {"setting": "A ward"}
    asked = {"id": "manning2012", "tab": "x", "tree": tree, "seen": opened["seen"]}
    status, found = post(server, "look", asked)
    assert status == 200 and found["problems"] == [] and "Active referral and attendance" in found["shown"]
    status, found = post(server, "save", asked)
    assert status == 200 and found["written"]
    assert "setting: A ward" in (project / "evidence" / "studies" / "manning2012.yaml").read_text(encoding="utf-8")
    status, found = post(server, "save", asked)  # on the file as it was before
    assert status == 409 and found["conflict"]


def test_a_file_that_is_no_yaml_is_told(server: FormServer, project: Path) -> None:
    path = project / "evidence" / "studies" / "broken2020.yaml"
    path.write_text("a: [", encoding="utf-8")
    status, found = post(server, "open", {"id": "broken2020", "tab": "x"})
    assert status == 422 and "studies/broken2020.yaml:" in found["error"]
    # The others can still be worked on.
    _, opened = post(server, "open", {"id": "timko2007", "tab": "x"})
    status, found = post(
        server, "look", {"id": "timko2007", "tab": "x", "tree": opened["tree"], "seen": opened["seen"]}
    )
    assert status == 200


def test_a_port_that_is_taken_is_said(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(UsageError, match="leave --port out"), running(project, taken.getsockname()[1]):
            pass
    with pytest.raises(UsageError), running(project, 99_999):
        pass


def test_every_file_of_the_page_is_small_and_asks_nobody_else() -> None:
    from synthesis.form.server import PAGE

    for file in PAGE.iterdir():
        text = file.read_text(encoding="utf-8")
        assert len(text) < 40_000
        assert "http://" not in text and "https://" not in text and "eval(" not in text and "//cdn" not in text
