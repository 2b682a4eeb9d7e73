"""One set of dependencies, said in four places: pyproject.toml, environment.yml, requirements.lock and the imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What conda-forge calls a distribution, where it differs.
CONDA_NAMES = {"jupyter_client": "jupyter-client", "matplotlib-base": "matplotlib"}
# Needed by conda users only: the interpreter and the tools that a virtual environment finds on the machine.
CONDA_ONLY = {"python", "pip", "make"}

# Import name -> distribution, where they differ. pydantic_core is pinned and re-exported by pydantic.
DISTRIBUTIONS = {
    "docx": "python-docx",
    "citeproc": "citeproc-py",
    "markdown_it": "markdown-it-py",
    "pydantic_core": "pydantic",
    "yaml": "pyyaml",
}


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def conda(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository / "environment.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    return (repository / "requirements.lock").read_text(encoding="utf-8")


def bounds(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(item.name): str(item.specifier) for item in parsed}


def test_conda_and_pip_users_get_the_same_dependencies(project: dict[str, Any], conda: dict[str, Any]) -> None:
    from_conda = [text for text in conda["dependencies"] if isinstance(text, str)]
    from_pip = next(item["pip"] for item in conda["dependencies"] if isinstance(item, dict))
    assert "--editable ." in from_pip
    named = {CONDA_NAMES.get(name, name): rest for name, rest in (split(text) for text in from_conda)}
    listed = [name + rest for name, rest in named.items() if name not in CONDA_ONLY]
    listed += [text for text in from_pip if not text.startswith("--")]
    assert bounds(listed) == bounds(project["project"]["dependencies"])
    assert named["python"] == project["project"]["requires-python"]
    assert set(named) >= CONDA_ONLY


def split(text: str) -> tuple[str, str]:
    found = re.match(r"[A-Za-z0-9_.-]+", text)
    assert found is not None, text
    return found.group(), text[found.end() :]


def test_the_lock_holds_every_dependency_within_its_bounds(project: dict[str, Any], lock: str) -> None:
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", lock, flags=re.MULTILINE):
        locked.setdefault(canonicalize_name(name), []).append(version)
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    for name, specifier in bounds(wanted).items():
        assert name in locked, f"{name} is not in requirements.lock; run make lock"
        outside = [version for version in locked[name] if version not in Requirement(f"{name}{specifier}").specifier]
        assert not outside, f"requirements.lock holds {name} {outside}, pyproject.toml asks for {specifier}"


def test_every_locked_version_has_hashes_and_no_address(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", lock.strip())
    entries = [entry for entry in entries if not entry.startswith("#")]
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+==[^\s;]+", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{entry.splitlines()[0]} has no hash"
    for address in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ "):
        assert address not in lock


def test_the_package_imports_nothing_that_is_not_declared(project: dict[str, Any], repository: Path) -> None:
    declared = set(bounds(project["project"]["dependencies"]))
    for path in sorted((repository / "src").rglob("*.py")):
        for name in imported(path) - set(sys.stdlib_module_names) - {"synthesis"}:
            distribution = canonicalize_name(DISTRIBUTIONS.get(name, name))
            assert distribution in declared, f"{path.relative_to(repository)} imports {name}; add it to pyproject.toml"


def imported(path: Path) -> set[str]:
    """First part of every absolute import in a file, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_makefile_has_the_promised_targets(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    assert targets >= {"setup", "briefing", "check", "test", "lock", "schema"}
    phony = re.search(r"^\.PHONY:(.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    assert set(phony.group(1).split()) == targets, "a target that is no file must be listed as phony"


def test_continuous_integration_runs_the_readmes_commands(repository: Path) -> None:
    run = repository / ".ci" / "run"
    assert run.stat().st_mode & 0o111, ".ci/run is not executable"
    lines = run.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    assert {"make check", "make briefing", "make test"} <= set(lines)


def test_strictness_is_not_switched_off(project: dict[str, Any]) -> None:
    pytest_options = project["tool"]["pytest"]["ini_options"]
    assert pytest_options["filterwarnings"] == ["error"]
    assert {"--strict-markers", "--strict-config"} <= set(pytest_options["addopts"])
    assert pytest_options["xfail_strict"] is True
    assert project["tool"]["mypy"]["strict"] is True
