"""Every reader is given files that have been damaged at random: it reads them, or says what is wrong, and no more.

``SYNTHESIS_FUZZ_SECONDS`` (for each reader; half a second if not set) and ``SYNTHESIS_FUZZ_SEED`` say how long and from
where. A file that breaks a reader is kept in ``faulty/``, from where it is tried for ever.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from exchange.revman import FILES, package
from exchange.test_formats import BIAS, COUNTS, COVIDENCE, EFFECTS, MEANS, PRISMA
from synthesis.errors import SynthesisError
from synthesis.evidence.canonical import formatted
from synthesis.evidence.question import Question
from synthesis.evidence.study import Study
from synthesis.exchange import workbook
from synthesis.exchange.archives import unpack
from synthesis.exchange.bibliography import BIBLIOGRAPHIES, parse_bibliography
from synthesis.exchange.bundle.archive import to_zip
from synthesis.exchange.formats import FORMATS, readable, recognised
from synthesis.exchange.recompute import recompute
from synthesis.exchange.to_records import to_records

SECONDS = float(os.environ.get("SYNTHESIS_FUZZ_SECONDS", "0.5"))
SEED = int(os.environ.get("SYNTHESIS_FUZZ_SEED", "1"))
FAULTS = Path(__file__).parent / "faulty"

BOOK = workbook.written(
    {
        "effects": (
            ["study", "yi", "vi", "measure"],
            [
                {"study": "Alpha 2001", "yi": 0.1, "vi": 0.04, "measure": "SMD"},
                {"study": "=Beta", "yi": 1, "vi": 2, "measure": "MD"},
            ],
        )
    }
)
SEEDS: dict[str, list[bytes]] = {
    "revman5": [(FILES / "fleiss1993.rm5").read_bytes()],
    "revman": [package()],
    "excel": [BOOK],
    "prisma2020": [PRISMA.encode()],
    "covidence": [COVIDENCE.encode()],
    "metafor": [COUNTS.encode(), EFFECTS.encode(), MEANS.encode()],
    "robvis": [BIAS.encode()],
    "ris": [(FILES / "library.ris").read_bytes()],
    "medline": [(FILES / "citation.nbib").read_bytes()],
    "bibtex": [(FILES / "library.bib").read_bytes()],
    "csl-json": [(FILES / "items.json").read_bytes()],
    "pubmed-xml": [(FILES / "pubmed.xml").read_bytes()],
}
READERS = (*readable(), *BIBLIOGRAPHIES)

# What breaks readers: ends of every kind, very long and very odd numbers, letters that are not what they seem.
PIECES = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc3", b"\r", b"\n", b"\r\n\r\n", b"\t", b",", b";", b'"', b"'", b"<", b">",
    b"&", b"&#0;", b"&#x85;", b"]]>", b"<!--", b"<![CDATA[", b"{", b"}", b"[", b"\\", b"\\u0000", b"=", b"@", b"-",
    b"NaN", b"inf", b"1e999", b"-1", b"0", b"9" * 50, b"1e-400", b"#N/A", b"null", b"\xe2\x80\xae", b"\xc2\xb2",
    b"\xf0\x9f\x98\x80", b"a" * 5000, b"../", b"con", b"TY  - ", b"ER  - \n", b"PMID- ", b"@article{", b"<P>", b"</P>",
    b"%", b": ", b" #", b"- ",
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with some parts cut, doubled, swapped or replaced; of a zip, sometimes a file inside it."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        files = {path.rpartition("/")[2] if "/xl/" in path else path: item for path, item in unpack(data, "x").items()}
        files = {path.replace(".zip/", "/"): item for path, item in files.items()}
        path = chance.choice(sorted(files))
        files[path] = damaged(files[path], chance)
        if chance.random() < 0.1:
            del files[chance.choice(sorted(files))]
        return to_zip(files)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        one, other = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        other = min(other, one + chance.choice((0, 1, 2, 8, 64, 1000)))
        piece = chance.choice((chance.choice(PIECES), data[one:other] * 2, bytes([chance.randrange(256)])))
        data = data[:one] + piece + data[other:]
    return data


def reader(key: str) -> Callable[[bytes], None]:
    return _bibliography(key) if key in BIBLIOGRAPHIES else _review(key)


def _bibliography(key: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        parse_bibliography(data, "x")

    return read


def _review(key: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        form = FORMATS[key]
        assert form.read is not None
        review = form.read(data, "x", "SMD" if key == "metafor" and b"yi" in data[:200] else None)
        for analysis in review.analyses:
            recompute(analysis)
        made = to_records(review, on="2026-11-27")
        for text in made.studies.values():
            assert formatted(text, Study, "x") == text
        for text in made.questions.values():
            assert formatted(text, Question, "x") == text

    return read


def survives(key: str, data: bytes) -> None:
    with suppress(SynthesisError):
        recognised(data, "x")
    with suppress(SynthesisError):
        reader(key)(data)


def test_every_reader_has_a_target() -> None:
    assert set(SEEDS) == set(READERS)


@pytest.mark.parametrize("key", READERS)
def test_damaged_files(key: str) -> None:
    chance = random.Random(f"{SEED} {key}")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        data = damaged(chance.choice(SEEDS[key]), chance)
        try:
            survives(key, data)
        except Exception as error:
            name = f"{key}-{sha256(data).hexdigest()[:12]}.bin"
            FAULTS.mkdir(exist_ok=True)
            (FAULTS / name).write_bytes(data)
            raise AssertionError(f"{type(error).__name__}; the file is kept as tests/exchange/faulty/{name}") from error


@pytest.mark.parametrize("path", sorted(FAULTS.glob("*.bin")), ids=lambda path: path.name)
def test_files_that_once_broke_a_reader(path: Path) -> None:
    survives(path.name.rpartition("-")[0], path.read_bytes())
