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
from synthesis.execution import Progress
from synthesis.execution import execute as execute

FORMATS = ("html", "pdf", "docx")
DEFAULT_FORMATS = ("html", "pdf")
ENGINES = ("own", "quarto")

Execute = Callable[[Path, Mapping[str, object], Progress], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build left: the folder, and its files by name."""

    folder: Path
    files: tuple[Path, ...]


def build(
    root: Path,
    briefing_id: str,
    *,
    formats: Iterable[str] = DEFAULT_FORMATS,
    issued: str | None = None,
    engine: str = "own",
    progress: Progress = lambda text: None,
    execute: Execute = execute,
) -> Built:
    """Build one briefing into ``root/build/<briefing>``.

    Parameters
    ----------
    root : Path
        The project: the folder that holds ``evidence/`` and ``briefings/``.
    briefing_id : str
        Folder name under ``briefings/``.
    formats : iterable of {"html", "pdf", "docx"}
    issued : str or None
        ISO date of issue. None: ``SOURCE_DATE_EPOCH`` if set, else the date in ``briefing.yaml``. No clock is read.
    engine : {"own", "quarto"}
        Who writes the files. ``quarto`` hands the finished notebook to an installed Quarto, which writes them into
        ``root/build/<briefing>/quarto``.
    progress : callable
        Told what is being done, once per step.
    execute : callable
        Runs the notebook; see ``synthesis.execution``.

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
        For an unknown briefing, format, engine or date, or when Quarto is asked for and is not there.
    """
    wanted = _formats(formats)
    quarto = _quarto(engine, wanted)
    issue_date(issued, "")
    progress("checking the evidence")
    evidence = load(root / "evidence")
    if miscounted := check_arithmetic(evidence):
        raise EvidenceError(miscounted)
    briefing = open_briefing(briefing_id, root)
    notebook = execute(root / briefing.notebook, {"edition_date": issued} if issued else {}, progress)
    progress("writing the document")
    folder = root / "build" / briefing_id
    if quarto is None:
        files = render(notebook, evidence, briefing, wanted)
    else:
        from synthesis.render.notebook import document_from_notebook
        from synthesis.render.quarto import render_with_quarto

        folder = folder / "quarto"
        files = render_with_quarto(document_from_notebook(notebook), wanted, quarto)
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


def _quarto(engine: str, wanted: Iterable[str]) -> Path | None:
    """The Quarto to use; None when it is not asked for. Found out before anything is run."""
    if engine not in ENGINES:
        raise UnknownKeyError("engine", engine, ENGINES)
    if engine == "own":
        return None
    from synthesis.render.quarto import find_quarto

    return find_quarto(wanted)


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
    if "docx" in formats:
        from synthesis.render.docx import to_docx

        files["briefing.docx"] = to_docx(document)
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
