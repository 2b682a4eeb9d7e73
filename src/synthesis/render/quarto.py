"""A document through an installed Quarto, for those whose other documents are made with it.

The notebook that Quarto is handed has everything filled in, so Quarto runs no code and needs no bibliography.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from synthesis.document.elements import Document
from synthesis.errors import DocumentError, UsageError
from synthesis.render.quarto_notebook import quarto_notebook

# What is asked for: what Quarto calls it. Its Typst format ends in a PDF.
TARGETS = {"html": "html", "pdf": "typst"}

_SHOWN_LINES = 12


def find_quarto(formats: Iterable[str]) -> Path:
    """The installed Quarto.

    Raises
    ------
    UsageError
        If there is none on PATH, or it is asked for a format that is not in ``TARGETS``.
    """
    others = [name for name in formats if name not in TARGETS]
    if others:
        raise UsageError(f"with Quarto the formats are {', '.join(TARGETS)}; leave out {', '.join(others)}")
    found = shutil.which("quarto")
    if found is None:
        raise UsageError(
            "there is no quarto on PATH; install it from https://quarto.org/docs/get-started/, or leave out --engine"
        )
    return Path(found)


def render_with_quarto(
    document: Document, formats: Iterable[str], quarto: Path, *, name: str = "briefing"
) -> dict[str, bytes]:
    """The files Quarto makes of a document, by name, and the notebook it made them of.

    Parameters
    ----------
    document : Document
    formats : iterable of {"html", "pdf"}
    quarto : Path
        The program, from ``find_quarto``.
    name : str
        What the files are called.

    Raises
    ------
    DocumentError
        If the document cannot be rendered, or Quarto fails; the message ends with what Quarto said.
    """
    notebook = quarto_notebook(document).encode()
    source = f"{name}.ipynb"
    files = {source: notebook}
    with TemporaryDirectory(prefix="synthesis-quarto-") as stage:
        for form in formats:
            # A folder for each, since Quarto leaves files beside its input.
            folder = Path(stage) / form
            folder.mkdir()
            (folder / source).write_bytes(notebook)
            called = arguments(TARGETS[form], f"{name}.{form}", source)
            files[f"{name}.{form}"] = _rendered(quarto, folder, called, f"{name}.{form}", document.date)
    return files


def arguments(target: str, output: str, source: str = "briefing.ipynb") -> list[str]:
    """What Quarto is called with: documented options of ``quarto render`` only."""
    return ["render", source, "--to", target, "--output", output, "--no-execute"]


def _rendered(quarto: Path, folder: Path, called: list[str], output: str, issued: str) -> bytes:
    moment = datetime.combine(date.fromisoformat(issued), datetime.min.time(), tzinfo=UTC)
    run = subprocess.run(
        [quarto, *called],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(moment.timestamp()))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    made = folder / output
    if run.returncode != 0 or not made.is_file():
        said = "\n".join((run.stdout + run.stderr).strip().splitlines()[-_SHOWN_LINES:])
        what = f"ended with {run.returncode} for {output}" if run.returncode else f"wrote no {output}"
        raise DocumentError(f"Quarto {what}; it said:\n{said or 'nothing'}")
    return made.read_bytes()
