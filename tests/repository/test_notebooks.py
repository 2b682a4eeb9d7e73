"""Notebooks as they stand in the repository: no outputs, fixed cell ids, one story, public names only."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = ("nice_cg51", "nice_cg115", "acmd", "pooled_effects", "mutual_aid_briefing", "mutual_aid_annex")


@pytest.fixture(scope="module")
def notebooks(repository: Path) -> dict[str, dict[str, Any]]:
    paths = sorted((repository / "notebooks").glob("*.ipynb"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def code_of(notebook: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebooks_are_there(notebooks: dict[str, dict[str, Any]]) -> None:
    assert set(notebooks) >= set(NOTEBOOKS)


def test_no_outputs_and_no_run_counts_are_kept(notebooks: dict[str, dict[str, Any]]) -> None:
    for name, notebook in notebooks.items():
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [], f"{name}, cell {cell['id']}: clear the outputs"
                assert cell["execution_count"] is None, f"{name}, cell {cell['id']}: clear the outputs"


def test_cells_have_ids_that_stay(notebooks: dict[str, dict[str, Any]]) -> None:
    for name, notebook in notebooks.items():
        assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5), name
        ids = [cell["id"] for cell in notebook["cells"]]
        assert len(set(ids)) == len(ids), name
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell_id) for cell_id in ids), name


def test_notebooks_define_nothing(notebooks: dict[str, dict[str, Any]]) -> None:
    # A function that a notebook needs is a function of the package, where it is tested.
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for name, notebook in notebooks.items():
        for source in code_of(notebook):
            assert not any(isinstance(node, definitions) for node in ast.walk(ast.parse(source))), f"{name}: {source}"


def test_notebooks_use_public_names_only(notebooks: dict[str, dict[str, Any]]) -> None:
    for name, notebook in notebooks.items():
        for source in code_of(notebook):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.ImportFrom):
                    assert node.module != "synthesis" and not str(node.module).startswith("synthesis."), (
                        f"{name}: {source}"
                    )
                if isinstance(node, ast.Import):
                    assert not [item.name for item in node.names if item.name.startswith("synthesis.")], (
                        f"{name}: {source}"
                    )
                if isinstance(node, ast.Attribute):
                    assert not node.attr.startswith("_"), f"{name}: {source}"
