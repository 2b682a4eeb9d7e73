"""The whole run, readable from top to bottom: evidence and notebook in, the files of a briefing out.

``make`` makes the files and writes nothing. ``build`` puts them into ``build/``, in place of the previous build as a
whole, or not at all; ``synthesis.editions`` freezes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from synthesis.briefing.life import life_of
from synthesis.document.elements import Document
from synthesis.errors import ClaimError, DocumentError, EvidenceError, UnknownKeyError, UsageError
from synthesis.evidence.as_of import as_of
from synthesis.evidence.edition import issue_date
from synthesis.evidence.load import Evidence, load
from synthesis.evidence.project import open_briefing
from synthesis.evidence.question import Briefing
from synthesis.execution import Progress, WarmKernel
from synthesis.execution import execute as execute
from synthesis.storage import only_writer, replace_folder, restore

FORMATS = ("html", "pdf", "docx")
DEFAULT_FORMATS = ("html", "pdf")
# What a briefing may consist of; the files of each are called so.
PARTS = ("briefing", "annex")
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
    on: str | None = None,
    engine: str = "own",
    progress: Progress = lambda text: None,
    execute: Execute | None = None,
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
    on : str or None
        ISO date for which the briefing's status is worked out. None: the date of issue.
    engine : {"own", "quarto"}
        Who writes the files. ``quarto`` hands the finished notebook to an installed Quarto, which writes them into
        ``root/build/<briefing>/quarto``.
    progress : callable
        Told what is being done, once per step.
    execute : callable
        Runs a notebook; see ``synthesis.execution``. None: a kernel started for this build, in which the annex runs
        after the briefing, without its names.

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
    BusyError
        If another build of the briefing is running in this checkout.
    """
    wanted = _formats(formats)
    quarto = _quarto(engine, wanted)
    issue_date(issued, "")
    issue_date(on, "")
    edition = {key: value for key, value in (("date", issued), ("status_on", on)) if value is not None}
    folder = root / "build" / briefing_id
    open_briefing(briefing_id, root)
    with only_writer(root / "build" / f".{briefing_id}.lock", f"a build of {briefing_id}"):
        restore(folder)
        if quarto is None:
            files = make(root, briefing_id, formats=wanted, edition=edition, progress=progress, execute=execute).files
            files = dict(files) | _earlier(folder, files, wanted, progress)
        else:
            from synthesis.render.quarto import render_with_quarto

            folder = folder / "quarto"
            run = _run(root, briefing_id, edition, progress, execute)
            files = {}
            for name, document in _documents(run.notebooks, run.briefing).items():
                files |= render_with_quarto(document, wanted, quarto, name=name)
        replace_folder(folder, files)
    return Built(folder=folder, files=tuple(folder / name for name in sorted(files)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one run made, before anything is written: files by name, and what they were made from."""

    files: Mapping[str, bytes]
    briefing: Briefing
    evidence: Evidence


def make(
    root: Path,
    briefing_id: str,
    *,
    formats: Iterable[str] = DEFAULT_FORMATS,
    edition: Mapping[str, object] | None = None,
    progress: Progress = lambda text: None,
    execute: Execute | None = None,
) -> Made:
    """Make the files of one briefing, and write none.

    Parameters
    ----------
    root, briefing_id, formats, progress, execute
        As for ``build``.
    edition : mapping or None
        How the edition is issued; see ``open_briefing``.

    Raises
    ------
    EvidenceError, DocumentError, UsageError
        As ``build`` does; and ``DocumentError`` if the notebook does not take up what ``edition`` says.
    """
    run = _run(root, briefing_id, edition or {}, progress, execute)
    progress("writing the document")
    notebook, annex = run.notebooks["briefing"], run.notebooks.get("annex")
    files = render(notebook, run.evidence, run.briefing, _formats(formats), annex=annex)
    return Made(files=files, briefing=run.briefing, evidence=run.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    notebooks: Mapping[str, Any]
    briefing: Briefing
    evidence: Evidence


def _run(
    root: Path, briefing_id: str, edition: Mapping[str, object], progress: Progress, execute: Execute | None
) -> _Run:
    """Check the evidence and run the notebook on the part of it that the edition is made from."""
    progress("checking the evidence")
    briefing = open_briefing(briefing_id, root, edition=edition)
    parameters = {} if not edition else {"edition_date": edition.get("date"), "edition": dict(edition)}
    with _runner(execute, root / briefing.notebook) as run:
        # Imported only now that the kernel is starting beside it.
        from synthesis.analysis.arithmetic import check_arithmetic

        evidence = load(root / "evidence")
        if miscounted := check_arithmetic(evidence):
            raise EvidenceError(miscounted)
        notebooks = {
            name: run(root / path, parameters, progress)
            for name, path in (("briefing", briefing.notebook), ("annex", briefing.annex))
            if path is not None
        }
    return _Run(notebooks=notebooks, briefing=briefing, evidence=as_of(evidence, briefing.issue.scope))


def _earlier(folder: Path, files: Mapping[str, bytes], wanted: Iterable[str], progress: Progress) -> dict[str, bytes]:
    """The files of other formats that an earlier build left, if they show the same document."""
    others = [folder / f"{part}.{name}" for part in PARTS for name in FORMATS if name not in wanted]
    left = [path for path in others if path.is_file()]
    before = folder / "numbers.json"
    if not left or not before.is_file():
        return {}
    if before.read_bytes() == files["numbers.json"]:
        return {path.name: path.read_bytes() for path in left}
    names = ", ".join(path.name for path in left)
    progress(f"removing {names}: the briefing has changed since; name its format too to have it")
    return {}


@contextmanager
def _runner(execute: Execute | None, first: Path) -> Iterator[Execute]:
    """What runs the notebooks, the ``first`` of them soonest."""
    if execute is not None:
        yield execute
        return
    with WarmKernel() as kernel:
        kernel.start(first)
        yield kernel.execute


def _documents(notebooks: Mapping[str, Any], briefing: Briefing) -> dict[str, Document]:
    """What each executed notebook describes, by the name of its files."""
    from synthesis.render.notebook import document_from_notebook
    from synthesis.render.partners import joined

    paths = {name: Path(path or "") for name, path in (("briefing", briefing.notebook), ("annex", briefing.annex))}
    documents = {}
    for name, found in notebooks.items():
        try:
            documents[name] = document_from_notebook(found)
        except (ClaimError, DocumentError) as error:
            raise type(error)(f"{paths[name].name}: {error}") from error
    return joined(documents, {paths[name].stem: name for name in notebooks})


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


def render(
    notebook: Any, evidence: Evidence, briefing: Briefing, formats: Iterable[str], *, annex: Any = None
) -> dict[str, bytes]:
    """The files of a briefing, by name, from its executed notebook and, if it has one, that of its annex.

    Raises
    ------
    DocumentError
        If a notebook cannot be turned into a document, or the annex carries other numbers than the briefing.
    """
    from synthesis.analysis.model import Analysis
    from synthesis.exchange.tables import EFFECT_COLUMNS, evidence_rows, to_csv

    notebooks = {"briefing": notebook} | ({} if annex is None else {"annex": annex})
    carried = {name: _carried(found) for name, found in notebooks.items()}
    numbers = carried["briefing"]
    for name, found in carried.items():
        if found["facts"] != numbers["facts"]:
            raise DocumentError(f"the {name} carries other numbers than the briefing; both must analyse its questions")
    documents = _documents(notebooks, briefing)
    for document in documents.values():
        _taken_up(document, briefing)
    analyses = [Analysis.from_dict(data) for data in numbers["analyses"]]
    issued = documents["briefing"].date
    saved = {
        "briefing": briefing.id,
        "edition": briefing.edition,
        "edition_type": briefing.issue.type,
        "issued": issued,
        "life": life_of(briefing, issued=issued).data(),
        "scope": briefing.issue.scope.model_dump(exclude_defaults=True, mode="json"),
        "document": _fingerprint(documents["briefing"]),
        "evidence": {"hash": evidence.content_hash, "demonstration": list(evidence.demonstration)},
        "claims": numbers.get("claims", {}),
        "facts": numbers["facts"],
        "analyses": numbers["analyses"],
    } | ({"annex": _fingerprint(documents["annex"])} if "annex" in documents else {})
    written = json.dumps(saved, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    files = {
        "numbers.json": f"{written}\n".encode(),
        "evidence.csv": to_csv(evidence_rows(evidence, analyses), tuple(EFFECT_COLUMNS)).encode(),
    }
    # Side by side: making a PDF keeps a processor busy without Python.
    with ThreadPoolExecutor() as pool:
        made = {
            f"{name}.{form}": pool.submit(_written, document, form)
            for name, document in documents.items()
            for form in formats
        }
        return files | {name: job.result() for name, job in made.items()}


def _carried(notebook: Any) -> dict[str, Any]:
    """The named numbers that an executed notebook shows."""
    from synthesis.document.elements import FACTS_MIME

    found: list[dict[str, Any]] = [
        output["data"][FACTS_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if FACTS_MIME in output.get("data", {})
    ]
    if len(found) != 1:
        raise DocumentError(f"the notebook must show its named numbers in one cell; found {len(found)} such cells")
    return found[0]


def _written(document: Document, form: str) -> bytes:
    if form == "html":
        from synthesis.render.html import to_html

        return to_html(document).encode()
    if form == "pdf":
        from synthesis.render.pdf import to_pdf

        return to_pdf(document)
    from synthesis.render.docx import to_docx

    return to_docx(document)


def _taken_up(document: Document, briefing: Briefing) -> None:
    """Refuse a document that is not of the edition that was asked for: its notebook does not take the parameter."""
    life = life_of(briefing, issued=document.date)
    wanted = {"edition": briefing.edition, "edition-type": briefing.issue.type, "status": life.status}
    for name, value in wanted.items():
        found = document.metadata.get(name)
        if found != value:
            raise DocumentError(
                f"the document has {name} {found!r}, not {value!r}: its notebook must have edition = None in the cell "
                "tagged 'parameters', and open the briefing with syn.open_briefing(..., edition=edition)"
            )


def _fingerprint(document: Document) -> str:
    """The same for the same document, and for no other."""
    from synthesis.document.elements import to_data

    blocks = [to_data(block) for block in document.blocks]
    written = json.dumps([document.title, document.language, document.metadata, blocks], sort_keys=True)
    return sha256(written.encode()).hexdigest()
