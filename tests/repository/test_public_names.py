"""The public names: sorted, importable, documented, and free until they are used."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import synthesis as syn

HEAVY = ("matplotlib", "statsmodels", "pandas", "numpy", "scipy", "pydantic", "yaml", "nbformat", "typst")


def loaded_after(statement: str) -> set[str]:
    """Top-level modules that are loaded once ``statement`` has run in a fresh interpreter."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_names_are_sorted_and_unique() -> None:
    assert syn.__all__ == sorted(set(syn.__all__))
    assert dir(syn) == syn.__all__


@pytest.mark.parametrize("name", syn.__all__)
def test_each_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    value = getattr(syn, name)
    assert inspect.isclass(value) or callable(value)
    documentation = inspect.getdoc(value)
    assert documentation is not None and documentation.strip()
    assert not documentation.startswith(f"{name}("), "the docstring is the one dataclasses generate"


@pytest.mark.parametrize("name", [name for name in syn.__all__ if not inspect.isclass(getattr(syn, name))])
def test_options_of_verbs_have_types(name: str) -> None:
    signature = inspect.signature(getattr(syn, name))
    assert signature.return_annotation is not inspect.Signature.empty
    untyped = [item.name for item in signature.parameters.values() if item.annotation is inspect.Parameter.empty]
    assert not untyped


def test_editors_see_the_same_names_as_the_interpreter(repository: Path) -> None:
    tree = ast.parse((repository / "src" / "synthesis" / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == syn._PUBLIC


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"'polo'.*pool"):
        syn.polo  # noqa: B018 - the access is what is tested


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import synthesis") & set(HEAVY)


def test_the_command_line_loads_nothing_heavy_before_a_command_runs() -> None:
    assert not loaded_after("import synthesis.cli") & set(HEAVY)


def test_pooling_loads_neither_records_nor_figures() -> None:
    loaded = loaded_after("import synthesis.pooling.pool, synthesis.diagnostics.leave_one_out")
    assert not loaded & {"matplotlib", "pandas", "pydantic", "yaml", "statsmodels"}
