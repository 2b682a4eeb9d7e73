"""A warm kernel gives what a fresh one gives: it keeps what was imported, and nothing a notebook named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from synthesis.errors import DocumentError, UsageError
from synthesis.execution import WarmKernel, execute


@pytest.fixture(scope="module")
def kernel() -> Iterator[WarmKernel]:
    with WarmKernel() as warm:
        yield warm


def notebook(folder: Path, *sources: str) -> Path:
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(sources, start=1)
    ]
    made.cells[0].metadata["tags"] = ["parameters"]
    path = folder / "n.ipynb"
    nbformat.write(made, path)
    return path


def shown(made: Any) -> list[str]:
    return [output["data"]["text/plain"] for cell in made.cells for output in cell.get("outputs", [])]


def test_names_are_forgotten_and_imports_are_kept(kernel: WarmKernel, tmp_path: Path) -> None:
    first = "import os, sys\nsys.modules['kept'] = os\nleft = 1\nos.getpid()"
    (pid,) = shown(kernel.execute(notebook(tmp_path, first), {}))
    (again,) = shown(kernel.execute(notebook(tmp_path, "import os, kept\n(os.getpid(), 'left' in globals())"), {}))
    assert again == f"({pid}, False)"


def test_parameters_are_given_anew_each_time(kernel: WarmKernel, tmp_path: Path) -> None:
    path = notebook(tmp_path, "x = 1", "x")
    assert [shown(kernel.execute(path, {"x": value})) for value in (2, 3)] == [["2"], ["3"]]
    assert shown(kernel.execute(path, {})) == ["1"]
    assert shown(execute(path, {"x": 2})) == ["2"]


def test_a_cell_that_fails_is_named_and_the_next_run_works(kernel: WarmKernel, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"n\.ipynb: cell 2 \(cell-2\) failed with ZeroDivisionError"):
        kernel.execute(notebook(tmp_path, "left = 1", "1 / 0"), {})
    assert shown(kernel.execute(notebook(tmp_path, "'left' in globals()"), {})) == ["False"]


def test_progress_names_each_cell(kernel: WarmKernel, tmp_path: Path) -> None:
    said: list[str] = []
    kernel.execute(notebook(tmp_path, "1", "2"), {}, said.append)
    assert said == ["running n.ipynb, cell 1 of 2", "running n.ipynb, cell 2 of 2"]


def test_what_cannot_be_run_leaves_the_kernel_as_it_was(kernel: WarmKernel, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no notebook"):
        kernel.execute(tmp_path / "none.ipynb", {})
    with pytest.raises(DocumentError, match="one cell tagged 'parameters'; found 0"):
        path = notebook(tmp_path, "1")
        path.write_text(path.read_text().replace('"parameters"', '"other"'))
        kernel.execute(path, {"x": 1})
    assert shown(kernel.execute(notebook(tmp_path, "1"), {})) == ["1"]


def test_a_kernel_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with WarmKernel() as warm:
        path = notebook(tmp_path, "import os", f"open(r'{tmp_path / 'runs'}', 'w').close()\nwhile True: pass")
        killer = threading.Thread(target=kill_when, args=(warm, tmp_path / "runs"))
        killer.start()
        with pytest.raises(DocumentError, match=r"Python stopped in cell 2 \(cell-2\)"):
            warm.execute(path, {})
        killer.join()
        assert shown(warm.execute(notebook(tmp_path, "1"), {})) == ["1"]


def kill_when(warm: WarmKernel, marker: Path) -> None:
    pause = threading.Event()
    while not marker.exists():
        pause.wait(0.05)
    warm.kill()


def test_a_kernel_started_beforehand_runs_as_another_and_starts_without_names(tmp_path: Path) -> None:
    path = notebook(
        tmp_path, "import sys\n('synthesis' in sys.modules, 'synthesis' in globals(), 'scipy' in globals())"
    )
    with WarmKernel() as warm:
        warm.start(path)
        assert shown(warm.execute(path, {})) == ["(True, False, False)"]


def test_a_kernel_started_for_nothing_is_stopped_and_no_notebook_starts_none(tmp_path: Path) -> None:
    with WarmKernel() as warm:
        warm.start(tmp_path / "none.ipynb")
        with pytest.raises(UsageError, match="there is no notebook"):
            warm.execute(tmp_path / "none.ipynb", {})
    with WarmKernel() as warm:
        warm.start(notebook(tmp_path, "1"))


def test_closing_twice_or_without_a_run_is_no_fault() -> None:
    warm = WarmKernel()
    warm.kill()
    warm.close()
    warm.close()
