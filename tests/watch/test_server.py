"""The served copy reloads itself, shows what is wrong, and is for this machine alone."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthesis.errors import UsageError
from synthesis.watch.server import HOST, PageServer, served

PAGE = (
    '<!DOCTYPE html>\n<html lang="en-GB"><head><title>x</title></head><body id="top">\n<p>one</p>\n</body>\n</html>\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "briefing.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "numbers.json").write_text("{}\n", encoding="utf-8")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("k", encoding="utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[PageServer]:
    with PageServer(0) as running:
        yield running


def port(server: PageServer) -> int:
    return int(server.address.rstrip("/").rpartition(":")[2])


def get(server: PageServer, path: str = "/", host: str | None = None) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(HOST, port(server), timeout=20)
    try:
        connection.request("GET", path, headers={} if host is None else {"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Content-Type", "")
    finally:
        connection.close()


def test_only_the_served_copy_has_the_script(server: PageServer, folder: Path) -> None:
    server.show(folder)
    status, page, kind = get(server)
    assert (status, kind) == (200, "text/html; charset=utf-8")
    before, script, after = page.partition("<script>")
    assert before + after.partition("</script>")[2] == PAGE
    assert 'EventSource("/events")' in script + after
    assert (folder / "briefing.html").read_text() == PAGE


def test_a_problem_stands_above_the_last_page_until_it_is_mended(server: PageServer, folder: Path) -> None:
    server.show(folder)
    server.warn("studies/a.yaml:1: <script>alert(1)</script> & more")
    _, page, _ = get(server)
    assert 'role="alert"' in page and "studies/a.yaml:1: &lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert page.index('<body id="top">') < page.index('role="alert"') < page.index("<p>one</p>")
    assert page.count("<script>") == 1
    server.show(folder)
    assert 'role="alert"' not in get(server)[1]


def test_without_a_build_it_says_so(server: PageServer) -> None:
    assert "There is no page yet" in get(server)[1]
    server.warn("bad")
    assert "bad" in get(server)[1]


def test_a_page_of_another_shape_keeps_its_text() -> None:
    assert served("<p>x", 1, "").endswith("</script><p>x")


def events(server: PageServer, count: int, found: list[str], ready: threading.Event) -> None:
    connection = http.client.HTTPConnection(HOST, port(server), timeout=20)
    try:
        connection.request("GET", "/events")
        answer = connection.getresponse()
        while len(found) < count:
            text = answer.readline().decode()
            if not text:
                return
            if text.strip():
                found.append(text.strip())
                ready.set()
    finally:
        connection.close()


def test_who_has_the_page_open_is_told_of_each_version(server: PageServer, folder: Path) -> None:
    server.show(folder)
    found: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=events, args=(server, 3, found, ready))
    reader.start()
    assert ready.wait(20)
    server.warn("bad")
    while len(found) < 2:
        assert reader.is_alive()
    server.show(folder)
    reader.join(20)
    assert found == ["data: 1", "data: 2", "data: 3"]


def test_closing_ends_what_is_open(folder: Path) -> None:
    found: list[str] = []
    ready = threading.Event()
    with PageServer(0) as server:
        reader = threading.Thread(target=events, args=(server, 9, found, ready))
        reader.start()
        assert ready.wait(20)
    reader.join(20)
    assert not reader.is_alive() and found == ["data: 0"]


def test_files_of_the_build_are_served_by_name_and_nothing_else(server: PageServer, folder: Path) -> None:
    assert get(server, "/numbers.json")[0] == 404
    server.show(folder)
    assert get(server, "/numbers.json") == (200, "{}\n", "application/json")
    for path in ("/secret", "/secret/key", "/../numbers.json", "/%2e%2e/x", "/nothing", "//etc/passwd"):
        assert get(server, path)[0] == 404, path


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", f"{HOST}:1", "", "127.0.0.1"])
def test_a_site_that_points_here_is_refused(server: PageServer, folder: Path, host: str) -> None:
    server.show(folder)
    status, page, _ = get(server, host=host)
    assert status == 403 and "one" not in page
    assert get(server, "/events", host=host)[0] == 403


def test_it_listens_on_this_machine_only(server: PageServer) -> None:
    assert server.address.startswith("http://127.0.0.1:")
    assert server._http.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_named(server: PageServer) -> None:
    with pytest.raises(UsageError, match=f"cannot be served on port {port(server)}: "):
        PageServer(port(server))


def test_an_impossible_port_is_named() -> None:
    with pytest.raises(UsageError, match="on port 99999: "):
        PageServer(99999)


def test_without_a_port_any_free_one_does() -> None:
    with PageServer() as first, PageServer() as second:
        assert first.address != second.address
