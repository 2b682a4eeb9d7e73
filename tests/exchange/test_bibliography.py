"""Publications are read from any bibliographic file, told by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography import BIBLIOGRAPHIES, parse_bibliography, read_bibliography
from synthesis.exchange.bibliography.model import date_in, pages, person

FILES = Path(__file__).parent / "files"
NAMES = {"ris": "library.ris", "medline": "citation.nbib", "bibtex": "library.bib", "csl-json": "items.json",
         "pubmed-xml": "pubmed.xml"}  # fmt: skip


def test_every_format_has_a_file_here() -> None:
    assert set(NAMES) == set(BIBLIOGRAPHIES)


@pytest.mark.parametrize("name", NAMES.values())
def test_one_publication_reads_the_same_from_every_format(name: str, tmp_path: Path) -> None:
    # The ending says nothing.
    other = tmp_path / "download"
    other.write_bytes((FILES / name).read_bytes())
    entry = read_bibliography(other)[0][0]
    own = entry.reference
    assert own["title"] in {
        "An invented trial of a telephone call before the first meeting",
        "An invented trial of a Telephone call before the first meeting",
    }
    assert own["author"][0]["family"] == "Exampløe"
    assert own["author"][0]["given"].startswith("Anna B")
    assert own["doi"] == "10.1234/ex.2021"
    assert own["page"] == "101-109"
    assert (own["volume"], own["issue"], entry.year) == ("3", "2", 2021)
    assert own["container_title"].lower() == "journal of examples"


def test_what_only_some_formats_hold() -> None:
    medline = read_bibliography(FILES / "citation.nbib")[0][0]
    assert (medline.reference["pmid"], medline.reference["pmcid"]) == ("99999901", "PMC9999901")
    assert medline.registration == "NCT00000000"
    assert medline.reference["author"][-1] == {"literal": "Example Research Group"}
    assert medline.reference["issued"] == "2021-11-05"
    assert medline.left == {"MH": "Alcoholism"}
    pubmed = read_bibliography(FILES / "pubmed.xml")[0][0]
    assert pubmed.reference["issued"] == "2021-11-05"
    assert pubmed.abstract == "RESULTS: We randomised 80 people."
    report = read_bibliography(FILES / "library.ris")[0][1]
    assert report.reference["type"] == "report"
    assert report.reference["url"] == "https://www.example.org/report"
    assert "keywords" in read_bibliography(FILES / "library.ris")[0][0].left


def test_a_broken_entry_does_not_hide_the_others() -> None:
    for name in ("library.bib", "items.json"):
        entries, remarks = read_bibliography(FILES / name)
        assert len(entries) == 1
        assert len(remarks) == 1 and "passed over" in remarks[0]


def test_letters_that_are_not_utf_8_are_read_and_said() -> None:
    text = (FILES / "library.ris").read_text(encoding="utf-8")
    entries, remarks = parse_bibliography(text.encode("latin-1"), "old.ris")
    assert entries[0].first_author == "Exampløe"
    assert "Latin 1" in remarks[0]
    assert parse_bibliography(text.encode("utf-16"), "new.ris")[0] == parse_bibliography(text.encode(), "new.ris")[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no format that is known"),
        (b"hello", "RIS"),
        (b"PK\x03\x04abc", "no bibliographic file"),
        (b"%PDF-1.7", "no bibliographic file"),
        (b"[1, 2]", "no CSL-JSON record"),
        (b"[" * 100_000, "nested"),
        (b"{]", "not JSON"),
        (b"TY  - JOUR\nAU  - A\nER  - \n", "no title"),
        (b"<PubmedArticle><x></PubmedArticle>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><PubmedArticle>&x;</PubmedArticle>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticle>&x;</PubmedArticle>', "entities"),
        (b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        parse_bibliography(data, "x")


def test_nothing_that_is_too_large_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ris"
    with path.open("wb") as stream:
        stream.truncate(1_000_000_000)  # takes no room on the disk
    with pytest.raises(ImportProblem, match="1,000 MB; at most 64 MB"):
        read_bibliography(path)
    with pytest.raises(ImportProblem, match="no such file"):
        read_bibliography(tmp_path / "none")
    with pytest.raises(ImportProblem, match="not an ordinary file"):
        read_bibliography(tmp_path)


def test_names_dates_and_pages() -> None:
    assert person("Kelly JF") == {"family": "Kelly", "given": "JF"}
    assert person("van der Berg, A., Jr") == {"family": "van der Berg", "given": "A"}
    assert person("World Health Organization") == {"literal": "World Health Organization"}
    assert person(" ,") is None
    assert date_in("2012 Nov-Dec") == "2012-11"
    assert date_in("2012/02/30") == "2012-02"
    assert date_in("in press") is None
    assert pages("289", "99") == "289-299"
    assert pages("e12", None) == "e12"
