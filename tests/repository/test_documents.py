"""The documents are true: generated pages are current, links lead somewhere, examples work, every name is explained."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import synthesis as syn
from synthesis.cli import COMMANDS
from synthesis.evidence.load import read
from synthesis.registry import Registry

NAMED_IN_GLOSSARY = (
    "synthesis.effects.model",
    "synthesis.pooling.model",
    "synthesis.analysis.model",
    "synthesis.evidence.study",
    "synthesis.evidence.source",
    "synthesis.evidence.question",
    "synthesis.evidence.judgement",
)
FENCE = re.compile(r"^```([\w{}-]*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def documents(repository_files: tuple[Path, ...]) -> dict[Path, str]:
    """Every Markdown file, with its text; one that ships to be copied into a new topic speaks of that topic."""
    ours = (path for path in repository_files if path.suffix == ".md" and "starter" not in path.parts)
    return {path: path.read_text(encoding="utf-8") for path in ours}


@pytest.fixture(scope="module")
def generator(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", repository / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(text: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(text) if found == language]


# Generated pages


def test_the_reference_pages_are_what_the_code_says(generator: ModuleType, repository: Path) -> None:
    folder = repository / "docs" / "reference"
    pages = generator.pages()
    assert sorted(pages) == sorted(path.name for path in folder.iterdir())
    stale = [name for name, text in pages.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert not stale, f"{', '.join(stale)} no longer says what the code does; run make docs"


def test_every_table_entry_is_on_a_reference_page(repository: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (repository / "docs" / "reference").iterdir())
    tables = {id(table): table for table in registries()}
    assert len(tables) >= 8
    # Not chosen by a reader of the documents: what a measure is computed from stands beside each measure.
    missing = [
        f"{table.kind} {key}"
        for table in tables.values()
        if table.kind not in {"data kind", "scale"}
        for key in table
        if f"`{key}`" not in text
    ]
    assert not missing


def registries() -> Iterator[Registry]:  # type: ignore[type-arg]
    """Every table of the layers whose entries a record can name."""
    for layer in ("effects", "pooling", "evidence", "figures", "tables"):
        package = importlib.import_module(f"synthesis.{layer}")
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"synthesis.{layer}.{found.name}")
            yield from (value for value in vars(module).values() if isinstance(value, Registry))


# Links and commands


def test_links_lead_to_files_and_headings_that_exist(documents: dict[Path, str]) -> None:
    broken = []
    for path, text in documents.items():
        for target in LINK.findall(FENCE.sub("", text)):
            if "://" in target or target.startswith("mailto:"):
                continue
            file, _, anchor = target.partition("#")
            place = (path.parent / file).resolve() if file else path
            if not place.exists():
                broken.append(f"{path.name}: {target}")
            elif anchor and anchor not in anchors(place.read_text(encoding="utf-8")):
                broken.append(f"{path.name}: {target} (no such heading)")
    assert broken == []


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_can_be_reached_from_the_readme(documents: dict[Path, str], repository: Path) -> None:
    reached, waiting = set(), [repository / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in LINK.findall(documents[page]):
            place = (page.parent / target.partition("#")[0]).resolve()
            waiting += [path for path in documents if path == place or path.parent == place]
        for listed in blocks(documents[page], "{toctree}"):
            waiting += [path for name in listed.split() for path in page.parent.glob(f"{name}.md") if path in documents]
    lost = [path for path in documents if path.is_relative_to(repository / "docs") and path not in reached]
    assert lost == []


def test_paths_named_in_the_documents_exist(documents: dict[Path, str], repository: Path) -> None:
    tops = ("src/", "tests/", "docs/", "evidence/", "notebooks/", "briefings/")
    missing = [
        f"{path.name}: {name}"
        for path, text in documents.items()
        for name in re.findall(r"`([\w./-]+)`", FENCE.sub("", text))
        if name.startswith(tops) and not (repository / name).exists()
    ]
    assert missing == []


def test_commands_named_in_the_documents_exist(documents: dict[Path, str], repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    commands = {command.name for command in COMMANDS}
    for path, text in documents.items():
        named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, flags=re.MULTILINE))
        assert named <= targets, f"{path.name}: make {named - targets}"
        named = set(re.findall(r"(?:^|`|bin/)synthesis ([a-z][a-z-]*)", text, flags=re.MULTILINE))
        assert named <= commands, f"{path.name}: synthesis {named - commands}"


# Examples


def test_python_examples_use_public_names(documents: dict[Path, str]) -> None:
    count = 0
    for path, text in documents.items():
        for source in blocks(text, "python"):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "syn":
                    count += 1
                    assert node.attr in syn.__all__, f"{path.name}: syn.{node.attr}"
    assert count >= 5


def test_the_readmes_example_runs(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = blocks((repository / "README.md").read_text(encoding="utf-8"), "python")
    saved = tmp_path / "forest.svg"
    monkeypatch.chdir(repository)
    exec(compile(source.replace("build/forest.svg", saved.as_posix()), "README.md", "exec"), {})
    assert saved.read_text(encoding="utf-8").lstrip().startswith("<")


def test_the_example_study_has_no_problems(repository: Path, tmp_path: Path) -> None:
    page = repository / "docs" / "how-to" / "add-a-study.md"
    (record,) = blocks(page.read_text(encoding="utf-8"), "yaml")
    for folder in ("studies", "sources", "questions"):
        (tmp_path / folder).mkdir()
    (tmp_path / "vocabulary.yaml").write_bytes((repository / "evidence" / "vocabulary.yaml").read_bytes())
    (tmp_path / "studies" / "example2020.yaml").write_text(record, encoding="utf-8")
    evidence, problems = read(tmp_path)
    here = [str(problem) for problem in problems if problem.file == "studies/example2020.yaml"]
    assert here == []
    assert evidence.studies["example2020"].results


def test_named_numbers_in_the_documents_exist(
    documents: dict[Path, str], repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    evidence = syn.open()
    briefing = syn.open_briefing("mutual-aid")
    facts = syn.briefing_facts(evidence, briefing, [syn.analyse(evidence, name) for name in briefing.questions])
    named = {name for text in documents.values() for name in re.findall(r"`\{\{ ([\w.-]+) \}\}`", text)} - {"name"}
    assert named
    assert sorted(named - set(facts)) == []


# Single documents


def test_the_glossary_explains_every_public_name_and_record_class(repository: Path) -> None:
    text = (repository / "GLOSSARY.md").read_text(encoding="utf-8")
    names = set(syn.__all__)
    for module_name in NAMED_IN_GLOSSARY:
        module = importlib.import_module(module_name)
        names |= {
            name
            for name, value in vars(module).items()
            if inspect.isclass(value) and value.__module__ == module_name and not name.startswith("_")
        }
    missing = sorted(name for name in names if f"`{name}`" not in text)
    assert missing == []


def test_decisions_are_numbered_without_gaps_and_complete(repository: Path) -> None:
    pages = sorted((repository / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]}. "), page.name
        assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, flags=re.MULTILINE), page.name
        assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"], page.name


def test_the_page_on_libraries_names_each_one(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    page = next((repository / "docs" / "decisions").glob("*-libraries.md")).read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", page, flags=re.MULTILINE)
    listed = {name.strip().lower() for cell in cells for name in cell.split(",")} - {"library"}
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert listed == {re.split(r"[<>=!~ ]", text)[0].lower() for text in wanted}


def test_the_changelog_has_a_place_for_moved_numbers(repository: Path) -> None:
    text = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    assert unreleased.startswith("Unreleased\n")
    assert "### Changes that move a published number" in unreleased


def test_the_citation_agrees_with_the_package(repository: Path) -> None:
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


def test_hooks_are_local(repository: Path) -> None:
    hooks = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [item["repo"] for item in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["entry"].startswith(".venv/bin/"), hook["id"]
        for word in hook["entry"].split():
            assert not word.startswith("tests/") or (repository / word).is_file(), hook["entry"]
