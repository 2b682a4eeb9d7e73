"""The site: every edition as it was issued, in order, in words, and in a form that programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html

from synthesis.errors import EditionError, UsageError
from synthesis.site.build import build_site, site_files
from synthesis.site.shelf import shelves

ATOM = "{http://www.w3.org/2005/Atom}"


def test_briefings_and_editions_stand_with_the_latest_first(project: Path) -> None:
    held = shelves(project)
    assert [shelf.briefing.id for shelf in held] == ["mutual-aid", "other"]
    assert [edition.id for edition in held[0].editions] == ["2026-02", "2025-01"]
    assert held[0].latest.type == "Correction of a mistake"
    assert held[1].latest.note == "Searched: nothing new was found."
    assert [file.name for file in held[0].latest.files][:2] == ["briefing.html", "briefing.pdf"]
    assert held[0].latest.files[1].size == "1.4 MB"


def test_every_link_leads_to_a_file_of_the_site(project: Path) -> None:
    files = site_files(project)
    pages = [path for path in files if re.fullmatch(r"([a-z-]+/)?index\.html", path)]
    assert len(pages) == 3
    for path in pages:
        page = html.document_fromstring(files[path].decode())
        for target in page.xpath("//a/@href | //link/@href"):
            if not target.startswith("#"):
                resolved = (Path("/") / path).parent / target
                assert str(resolved.resolve().relative_to("/")) in files, (path, target)
        assert page.xpath("//*[@src]") == []


def test_frozen_files_are_copied_byte_for_byte(project: Path) -> None:
    files = site_files(project)
    for folder in (project / "briefings").glob("*/*/"):
        for path in folder.iterdir():
            assert files[path.relative_to(project / "briefings").as_posix()] == path.read_bytes()


def test_text_of_definitions_and_notes_is_data(project: Path) -> None:
    files = site_files(project)
    for path in ("index.html", "mutual-aid/index.html", "feed.xml"):
        assert b"<script" not in files[path] and b"<b>" not in files[path]
    assert b"A &lt;b&gt;digit&lt;/b&gt;." in files["mutual-aid/index.html"]


def test_the_feed_has_an_entry_for_each_edition(project: Path) -> None:
    files = site_files(project, address="https://briefings.example.org/")
    feed = ElementTree.fromstring(files["feed.xml"])
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    names = ("mutual-aid:2026-02", "other:2026-01", "mutual-aid:2025-01")
    assert ids == [f"urn:synthesis:{name}" for name in names]
    assert feed.findtext(f"{ATOM}updated") == "2026-02-20T00:00:00Z"
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://briefings.example.org/mutual-aid/2026-02/briefing.html"
    own = ElementTree.fromstring(files["other/feed.xml"])
    assert len(own.findall(f"{ATOM}entry")) == 1


def test_programs_read_the_same(project: Path) -> None:
    data = json.loads(site_files(project, on="2026-03-01")["site.json"])
    assert [item["briefing"] for item in data] == ["mutual-aid", "other"]
    assert data[0]["life"] == {"status": "current", "review_due": "2027-02-20", "on": "2026-03-01"}
    assert data[0]["editions"][0]["manifest"] == "mutual-aid/2026-02/manifest.json"


def test_past_the_day_of_review_the_site_says_overdue(project: Path) -> None:
    files = site_files(project, on="2027-02-21")
    assert "Overdue on 21 February 2027" in files["index.html"].decode()
    assert json.loads(files["site.json"])[0]["life"]["status"] == "overdue"


def test_a_retired_briefing_says_so(project: Path, freeze: Callable[..., Path]) -> None:
    freeze(project, "other", "2026-05", "2026-05-01", "2026-01", type="retirement", note="Nobody asks any more.")
    page = site_files(project)["other/index.html"].decode()
    assert "no longer kept up" in page and "Nobody asks any more." in page


def test_the_same_editions_give_the_same_site_wherever_it_is_made(project: Path, tmp_path: Path) -> None:
    first = build_site(project)
    second = build_site(project, folder=tmp_path / "elsewhere")
    assert {path.relative_to(first).as_posix(): path.read_bytes() for path in first.rglob("*") if path.is_file()} == {
        path.relative_to(second).as_posix(): path.read_bytes() for path in second.rglob("*") if path.is_file()
    }


def test_a_folder_that_is_not_a_site_is_left_alone(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not a site"):
        build_site(project, folder=folder)
    assert (folder / "letter.txt").read_text() == "keep me"


def test_no_edition_a_bad_day_and_a_bad_address_are_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a date"):
        site_files(project, on="yesterday")
    with pytest.raises(UsageError, match="https://"):
        site_files(project, address="briefings.example.org")
    empty = tmp_path / "empty"
    (empty / "briefings").mkdir(parents=True)
    with pytest.raises(UsageError, match="no edition has been issued"):
        site_files(empty)


def test_a_damaged_edition_stops_the_site_and_leaves_the_old_one(project: Path) -> None:
    old = (build_site(project) / "index.html").read_bytes()
    manifest = project / "briefings" / "other" / "2026-01" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"2026-01-05", b"2026-01-06"))
    with pytest.raises(EditionError):
        build_site(project)
    assert (project / "build" / "site" / "index.html").read_bytes() == old
