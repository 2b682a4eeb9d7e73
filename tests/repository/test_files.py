"""What stands in the files of the repository, whatever they are about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LARGEST = 1_500_000

# Written in pieces, so that this file does not match its own patterns.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(" + "|".join(("work", "tmp", "root")) + r")/")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
REGISTRY = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.", "anaconda" + r"\.(org|com)")))


@pytest.fixture(scope="module")
def texts(repository_files: tuple[Path, ...]) -> dict[Path, str]:
    """Every file that is text; fonts, other binary files and the records made faulty on purpose are left out."""
    found = {}
    for path in repository_files:
        content = path.read_bytes()
        if b"\0" not in content[:8192] and "faulty" not in path.parts:
            found[path] = content.decode("utf-8")
    return found


def lines_with(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.name}:{number}: {line.strip()[:100]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATH.search('open("/' + 'tmp/x")') and not MACHINE_PATH.search("https://example.org/wo" + "rk/")
    assert UNFINISHED.search("# TO" + "DO: later") and not UNFINISHED.search("autodoc")
    assert REGISTRY.search("https://pypi" + ".org/simple")


def test_no_file_names_a_place_on_somebodys_machine(texts: dict[Path, str]) -> None:
    assert lines_with(texts, MACHINE_PATH) == []


def test_nothing_is_marked_as_unfinished(texts: dict[Path, str]) -> None:
    # A vendored citation style is kept as its authors wrote it.
    ours = {path: text for path, text in texts.items() if path.suffix != ".csl"}
    assert lines_with(ours, UNFINISHED) == []


def test_no_file_names_a_package_registry(texts: dict[Path, str]) -> None:
    assert lines_with(texts, REGISTRY) == []


def test_no_file_is_large(repository_files: tuple[Path, ...]) -> None:
    large = [f"{path.name}: {path.stat().st_size} bytes" for path in repository_files if path.stat().st_size > LARGEST]
    assert large == []


def test_text_files_end_with_one_line_feed_and_use_no_others(texts: dict[Path, str]) -> None:
    ours = {
        path: text for path, text in texts.items() if path.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".cff"}
    }
    assert [path.name for path, text in ours.items() if "\r" in text] == []
    assert [
        path.name for path, text in ours.items() if text and (not text.endswith("\n") or text.endswith("\n\n"))
    ] == []


def test_shipped_files_carry_their_licences(repository: Path) -> None:
    assert (repository / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    fonts = repository / "src" / "synthesis" / "document" / "fonts"
    assert list(fonts.glob("*.ttf"))
    assert list(fonts.glob("*OFL*.txt")), "the typefaces' licence must travel with them"
