"""The whole run, readable from top to bottom: evidence and notebook in, the files of a briefing out.

This is the only module that writes into ``build/``. Everything is made in a staging folder first; the previous build
is replaced as a whole, or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthesis.analysis.arithmetic import check_arithmetic
from synthesis.briefing.compose import issue_date
from synthesis.errors import DocumentError, EvidenceError, UnknownKeyError, UsageError
from synthesis.evidence.load import Evidence, load
from synthesis.evidence.project import open_briefing
from synthesis.evidence.question import Briefing

FORMATS = ("html", "pdf")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build left: the folder, and its files by name."""

    folder: Path
    files: tuple[Path, ...]


def build(
    root: Path,
    briefing_id: str,
    *,
    formats: Iterable[str] = FORMATS,
    issued: str | None = None,
    progress: Progress = lambda text: None,
) -> Built:
    """Build one briefing into ``root/build/<briefing>``.

    Parameters
    ----------
    root : Path
        The project: the folder that holds ``evidence/`` and ``briefings/``.
    briefing_id : str
        Folder name under ``briefings/``.
    formats : iterable of {"html", "pdf"}
    issued : str or None
        ISO date of issue. None: ``SOURCE_DATE_EPOCH`` if set, else the date in ``briefing.yaml``. No clock is read.
    progress : callable
        Told what is being done, once per step.

    Returns
    -------
    Built

    Raises
    ------
    EvidenceError
        If any record has a problem; nothing is written then.
    DocumentError
        If the notebook fails or cannot be turned into a document.
    UsageError
        For an unknown briefing, format or date.
    """
    wanted = _formats(formats)
    issue_date(issued, "")
    progress("checking the evidence")
    evidence = load(root / "evidence")
    if miscounted := check_arithmetic(evidence):
        raise EvidenceError(miscounted)
    briefing = open_briefing(briefing_id, root)
    notebook = execute(root / briefing.notebook, {"edition_date": issued} if issued else {}, progress)
    progress("writing the document")
    files = render(notebook, evidence, briefing, wanted)
    folder = root / "build" / briefing_id
    replace_folder(folder, files)
    return Built(folder=folder, files=tuple(folder / name for name in sorted(files)))


def _formats(formats: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(formats))
    if not wanted:
        raise UsageError(f"no format is named; choose from {', '.join(FORMATS)}")
    for name in wanted:
        if name not in FORMATS:
            raise UnknownKeyError("format", name, FORMATS)
    return wanted


def execute(path: Path, parameters: Mapping[str, object], progress: Progress = lambda text: None) -> Any:
    """Run a notebook in a fresh kernel and return it with its outputs; the file is not touched.

    Parameters
    ----------
    path : Path
    parameters : mapping
        Values for the names assigned in the cell tagged ``parameters``.
    progress : callable
        Told which cell is running.

    Raises
    ------
    DocumentError
        If the file is no notebook, or a cell fails; the message names the cell.
    UsageError
        If there is no such file.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    notebook = _read_notebook(path)
    _set_parameters(notebook, parameters, path)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    done = 0
    where = "before its first cell"

    def on_start(cell: Any, cell_index: int, **_: Any) -> None:
        nonlocal done, where
        where = f"cell {cell_index + 1} ({cell.id})"
        if cell.cell_type == "code":
            done += 1
            progress(f"running {path.name}, cell {done} of {cells}")

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=on_start,
        # The kernel warns about its loopback transport on every start; its errors still come through.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise DocumentError(f"{path.name}: {where} failed with {error.ename}: {error.evalue}") from None
    except (DeadKernelError, CellControlSignal) as error:
        raise DocumentError(f"{path.name}: Python stopped in {where}: {error}") from None
    except NoSuchKernel:
        raise DocumentError(f"{path.name}: there is no Jupyter kernel 'python3'; install ipykernel") from None
    return notebook


def _read_notebook(path: Path) -> Any:
    import nbformat

    if not path.is_file():
        raise UsageError(f"there is no notebook {path}")
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        # The reader trips over unexpected shapes in several ways before it gets round to refusing them.
        raise DocumentError(f"{path.name} is not a notebook that can be read: {str(error)[:300]}") from None
    return notebook


def _set_parameters(notebook: Any, parameters: Mapping[str, object], path: Path) -> None:
    """Insert a cell that assigns ``parameters`` after the one tagged ``parameters``, as papermill does."""
    import nbformat

    if not parameters:
        return
    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise DocumentError(f"{path.name} must have one cell tagged 'parameters'; found {len(tagged)}")
    source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    cell = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
        source, id="injected-parameters", metadata={"tags": ["injected-parameters"]}
    )
    notebook.cells.insert(tagged[0] + 1, cell)


def render(notebook: Any, evidence: Evidence, briefing: Briefing, formats: Iterable[str]) -> dict[str, bytes]:
    """The files of a briefing, by name, from its executed notebook."""
    from synthesis.analysis.model import Analysis
    from synthesis.document.elements import FACTS_MIME
    from synthesis.exchange.tables import EFFECT_COLUMNS, evidence_rows, to_csv
    from synthesis.render.html import to_html
    from synthesis.render.notebook import document_from_notebook
    from synthesis.render.pdf import to_pdf

    carried = [
        output["data"][FACTS_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if FACTS_MIME in output.get("data", {})
    ]
    if len(carried) != 1:
        raise DocumentError(f"the notebook must show its named numbers in one cell; found {len(carried)} such cells")
    document = document_from_notebook(notebook)
    analyses = [Analysis.from_dict(data) for data in carried[0]["analyses"]]
    numbers = {
        "briefing": briefing.id,
        "edition": briefing.edition,
        "issued": document.date,
        "evidence": {"hash": evidence.content_hash},
        "claims": carried[0].get("claims", {}),
        "facts": carried[0]["facts"],
        "analyses": carried[0]["analyses"],
    }
    written = json.dumps(numbers, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    files = {
        "numbers.json": f"{written}\n".encode(),
        "evidence.csv": to_csv(evidence_rows(evidence, analyses), tuple(EFFECT_COLUMNS)).encode(),
    }
    if "html" in formats:
        files["briefing.html"] = to_html(document).encode()
    if "pdf" in formats:
        files["briefing.pdf"] = to_pdf(document)
    return files


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put ``files`` in place of whatever ``folder`` holds, as a whole.

    They are written and flushed to a staging folder beside it, which is then renamed. A run that fails leaves the
    old folder. A run that is killed leaves the old folder or the new one; should it be killed between the two
    renames, the next run puts the old one back before it starts.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            with (stage / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        stage.chmod(0o755)
        _exchange(stage, folder, old)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(stage: Path, folder: Path, old: Path) -> None:
    """Rename ``folder`` to ``old`` and ``stage`` to ``folder``; if the second fails, undo the first."""
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        stage.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise
