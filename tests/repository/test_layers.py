"""The map of the package is true: imports point down, and each layer uses only what it may."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

STATISTICS = ("effects", "pooling", "diagnostics")
# Names under which nothing can be found: a function lives with its caller or names a concept.
SHAPELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}


@pytest.fixture(scope="module")
def package(repository: Path) -> Path:
    return repository / "src" / "synthesis"


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Full name of every module imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_import_contracts_hold(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert lint_imports(config_filename=str(repository / "pyproject.toml"), no_cache=True) == 0


def test_every_module_has_its_layer(repository: Path, package: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(item for item in settings["tool"]["importlinter"]["contracts"] if item["type"] == "layers")
    assert contract["exhaustive"] is True
    listed = [name.strip() for layer in contract["layers"] for name in layer.split("|")]
    present = {
        path.stem if path.suffix == ".py" else path.name
        for path in package.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert sorted(listed) == sorted(present - {"__init__", *contract["exhaustive_ignores"]})


def test_the_design_page_lists_the_layers_in_order(repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(item for item in settings["tool"]["importlinter"]["contracts"] if item["type"] == "layers")
    page = (repository / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    layers = [name.strip() for layer in contract["layers"] for name in layer.split("|")]
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert [name.rstrip("/").removesuffix(".py") for name in rows] == layers


def test_imports_are_absolute(package: Path) -> None:
    for path, tree in modules(package):
        relative = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 0]
        assert not relative, f"{path.name}: relative import in line {relative}"


def test_annotations_are_postponed_everywhere(package: Path) -> None:
    for path, tree in modules(package):
        if tree.body:
            assert "__future__.annotations" in set(imports(tree)) or len(tree.body) == 1, path


def test_statistics_use_numpy_and_scipy_and_touch_no_file(package: Path) -> None:
    for layer in STATISTICS:
        for path, tree in modules(package / layer):
            names = set(imports(tree))
            outside = {name.split(".")[0] for name in names} & {
                "pandas",
                "pydantic",
                "yaml",
                "statsmodels",
                "matplotlib",
            }
            assert not outside, f"{path.name} imports {outside}"
            assert not {name.split(".")[0] for name in names} & {"pathlib", "os", "io", "shutil", "tempfile"}, path
            calls = {
                node.func.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert "open" not in calls, f"{path.name} opens a file"


def test_only_figures_import_matplotlib(package: Path) -> None:
    users = {
        path.relative_to(package).parts[0]
        for path, tree in modules(package)
        if any(name.split(".")[0] == "matplotlib" for name in imports(tree))
    }
    assert users <= {"figures"}


def test_slow_or_stateful_interfaces_are_not_used(package: Path) -> None:
    # scipy.stats costs most of a second to import; pyplot keeps global state between figures.
    for path, tree in modules(package):
        forbidden = [name for name in imports(tree) if name.startswith(("scipy.stats", "matplotlib.pyplot"))]
        assert not forbidden, f"{path.name} imports {forbidden}"


def test_no_module_has_a_name_that_says_nothing(package: Path) -> None:
    shapeless = [path for path in package.rglob("*") if path.stem in SHAPELESS]
    assert not shapeless
