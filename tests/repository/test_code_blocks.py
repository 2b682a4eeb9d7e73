"""Every block of code in the documents is run where a reader would run it, or says why it cannot be.

``python`` and ``sh`` blocks of a page run in order, in a copy of the project under version control; ``yaml`` blocks are
read as records, ``json`` as JSON. A line ``<!-- not run: reason -->`` before a block leaves it out. ``text`` is what is
not code. A block that is meant to fail ends with the comment ``# exit code N``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from synthesis.evidence.base import Record
from synthesis.evidence.schema import KINDS
from synthesis.evidence.yaml_lines import parse

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])

FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]+) -->\n)?^(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<body>.*?)^(?P=fence)$",
    flags=re.MULTILINE | re.DOTALL,
)
# Run, read, or shown; and what only the site needs.
LANGUAGES = {"python", "sh", "yaml", "json", "text", "{toctree}", "{eval-rst}"}

# At most so many blocks may say that they cannot be run: those of other programs, and those that never end.
MOST_NOT_RUN = 18


@dataclass(frozen=True, slots=True)
class Block:
    page: Path
    language: str
    body: str
    reason: str | None
    line: int

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("fence")) + 1
        yield Block(page, match["language"].strip(), match["body"], match["reason"], line)


ALL = [block for page in PAGES for block in blocks(page)]
RUN = sorted({block.page for block in ALL if block.language in {"python", "sh"} and block.reason is None})


def test_every_block_says_what_it_is() -> None:
    unsaid = [f"{block.where}: {block.language!r}" for block in ALL if block.language not in LANGUAGES]
    assert unsaid == [], f"say which of {sorted(LANGUAGES)} these are"


def test_few_blocks_are_left_out_and_each_says_why() -> None:
    left_out = [f"{block.where}: {block.reason}" for block in ALL if block.reason is not None]
    assert all(len(str(block.reason)) > 15 for block in ALL if block.reason is not None)
    assert len(left_out) <= MOST_NOT_RUN, "\n".join(left_out)
    code = [block for block in ALL if block.language in {"python", "sh", "yaml"}]
    assert len(code) - len(left_out) >= 30


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, repository_files: tuple[Path, ...]) -> Path:
    """A clean copy of the project, committed to a repository of its own."""
    made = tmp_path_factory.mktemp("documents") / "project"
    for path in repository_files:
        place = made / path.relative_to(ROOT)
        if place.relative_to(made).parts[0] not in {"tests", "validation"}:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for words in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "-m", "Start"]):
        subprocess.run(["git", *identity, *words], cwd=made, check=True, capture_output=True)
    return made


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_in_order(
    page: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.reason is not None:
            continue
        if block.language == "sh":
            folder = run_commands(block, folder, tmp_path / "folder")
        elif block.language == "python":
            monkeypatch.chdir(folder)
            exec(compile(block.body, block.where, "exec"), names)


def run_commands(block: Block, folder: Path, note: Path) -> Path:
    """Run a block of commands; the folder it ends in is where the next one starts."""
    script = f"trap 'pwd > \"{note}\"' EXIT\nset -eu\n{block.body}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    wanted = re.search(r"# exit code (\d+)\s*\Z", block.body)
    assert done.returncode == (int(wanted[1]) if wanted else 0), f"{block.where}\n{done.stdout}\n{done.stderr}"
    return Path(note.read_text(encoding="utf-8").strip())


@pytest.mark.parametrize("block", [item for item in ALL if item.language == "yaml"], ids=lambda block: block.where)
def test_records_in_the_documents_are_records_or_parts_of_one(block: Block) -> None:
    tree, problems = parse(block.body, block.where)
    assert problems == ()
    if "schema_version" in tree.data and len(tree.data) > 1:
        kinds = [model for model in KINDS.values() if set(tree.data) <= set(model.model_fields)]
        assert any(model.model_validate(tree.data) for model in kinds), f"{block.where} is no record"
        return
    parts = [model for model in KINDS.values() if set(tree.data) <= set(model.model_fields)]
    assert parts, f"{block.where}: no kind of record has the fields {sorted(tree.data)}"
    for model in parts:
        fields = {name: (model.model_fields[name].annotation, model.model_fields[name]) for name in tree.data}
        create_model("Part", __base__=Record, **fields).model_validate(tree.data)  # type: ignore[call-overload]


@pytest.mark.parametrize("block", [item for item in ALL if item.language == "json"], ids=lambda block: block.where)
def test_json_in_the_documents_is_json(block: Block) -> None:
    json.loads(block.body)
