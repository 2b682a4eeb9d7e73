"""Issue an edition: see that it may be issued, build it from its inputs alone, and freeze it in one step."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from synthesis.analysis.check_certainty import check_certainty
from synthesis.analysis.problems import every_problem
from synthesis.editions.archive import copy_edition, input_files, unpack, write_project
from synthesis.editions.model import INPUTS, MANIFEST, Edition, Manifest, Previous, Repository
from synthesis.editions.read import editions_of, read_edition
from synthesis.editions.rebuild import built_apart
from synthesis.editions.repository import state_of
from synthesis.editions.retracted import check_retractions
from synthesis.editions.software import software
from synthesis.editions.verify import intact
from synthesis.errors import EditionError, EvidenceError, UsageError
from synthesis.evidence.as_of import as_of
from synthesis.evidence.collection import Evidence
from synthesis.evidence.edition import EditionType, issue_date
from synthesis.evidence.load import read
from synthesis.evidence.project import open_briefing
from synthesis.evidence.question import Briefing
from synthesis.exchange.bundle.archive import to_zip
from synthesis.execution import Progress
from synthesis.storage import clear_away, only_writer, write_folder

FORMATS = ("html", "pdf")

# A name that sorts, and can be a folder on every system.
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Build = Callable[..., Mapping[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks to be issued.

    Attributes
    ----------
    briefing, edition : str
    type : {"new-evidence", "amendment", "correction", "retirement"}
    date : str
        ISO date of issue.
    note : str or None
        In one sentence, what is new about it; an amendment or a correction needs one.
    nothing_new : bool
        A search was done and found nothing new. Nothing else may have changed then.
    allow_dirty : bool
        Issue it although files differ from the commit; the manifest says so.
    """

    briefing: str
    edition: str
    type: EditionType
    date: str
    note: str | None = None
    nothing_new: bool = False
    allow_dirty: bool = False

    @property
    def parameters(self) -> dict[str, object]:
        """What the notebook is told."""
        said: dict[str, object] = {"edition": self.edition, "date": self.date, "type": self.type}
        if self.note is not None:
            said["note"] = self.note
        if self.nothing_new:
            said["nothing_new"] = True
        return said


def issue(
    root: Path, request: Request, *, progress: Progress = lambda text: None, build: Build = built_apart
) -> Edition:
    """Build an edition and freeze it in ``briefings/<briefing>/<edition>``: the whole of it, or nothing.

    Parameters
    ----------
    root : Path
        The project's folder.
    request : Request
    progress : callable
        Told what is being done.
    build : callable
        Makes the files from a project that holds the inputs and nothing else.

    Returns
    -------
    Edition

    Raises
    ------
    EditionError
        If the edition may not be issued, with every reason; or if its build fails.
    EvidenceError
        With every problem in the records, stale judgements among them.
    BusyError
        If something of the briefing is being built in this checkout.
    """
    _asked(request)
    folder = root / "briefings" / request.briefing / request.edition
    planned = open_briefing(request.briefing, root, edition=request.parameters)
    with only_writer(root / "build" / f".{request.briefing}.lock", f"issuing {request.briefing} {request.edition}"):
        clear_away(folder.parent)
        before = editions_of(root, request.briefing)
        repository = _may_be_issued(root, request, planned, before)
        progress("checking the evidence")
        evidence = _checked(root, planned)
        inputs = input_files(root, planned)
        if request.nothing_new:
            _nothing_else_changed(before[-1], inputs, request.briefing)
        files = _built(inputs, request, before, build, progress)
        progress("freezing the edition")
        manifest = _manifest(request, planned, evidence, inputs, files, before, repository)
        write_folder(folder, {**files, MANIFEST: manifest.to_bytes()})
    return read_edition(root, request.briefing, request.edition)


def _asked(request: Request) -> None:
    if not _ID.fullmatch(request.edition):
        raise UsageError(f"{request.edition!r} cannot name an edition; take small letters, digits and single hyphens, "
                         "for example 2026-11")  # fmt: skip
    issue_date(request.date, "")
    if request.type in ("amendment", "correction") and not request.note:
        raise UsageError(f"an edition of type {request.type} needs a note that says what is changed: --note")
    if request.nothing_new and request.type != "new-evidence":
        raise UsageError("a search that found nothing new is an edition of type new-evidence")


def _may_be_issued(root: Path, request: Request, briefing: Briefing, before: tuple[Edition, ...]) -> Repository | None:
    """Refuse what may not be issued, with every reason; else where the project stands in git."""
    reasons = []
    folder = root / "briefings" / request.briefing / request.edition
    if folder.exists():
        reasons.append(
            f"{folder.relative_to(root).as_posix()} exists already, and frozen editions are never edited; take another "
            "name, and the type correction if it mends the earlier one"
        )
    if before and request.date < before[-1].issued:
        reasons.append(
            f"{request.date} is before {before[-1].issued}, when the previous edition, {before[-1].id}, was issued"
        )
    if not before and (request.nothing_new or request.type in ("amendment", "correction")):
        kind = "one in which nothing is new" if request.nothing_new else f"one of type {request.type}"
        reasons.append(f"there is no edition yet: the first cannot be {kind}")
    if (request.type == "retirement") != (briefing.retired is not None):
        reasons.append(
            "a last edition says why: write retired, with a reason, into briefing.yaml"
            if briefing.retired is None
            else "briefing.yaml says that the briefing is retired: issue an edition of type retirement, or take it out"
        )
    for edition in before:
        reasons += [f"an earlier edition is not as it was issued: {text}" for text in intact(root, edition)]
    repository, uncommitted = state_of(root)
    if uncommitted and not request.allow_dirty:
        reasons.append(
            f"{uncommitted}, so that the edition can be found again in the history; or allow it with --allow-dirty, "
            "which the manifest then says"
        )
    if reasons:
        raise EditionError(f"{request.briefing} {request.edition} cannot be issued\n" + "\n".join(reasons))
    return repository


def _checked(root: Path, briefing: Briefing) -> Evidence:
    """The evidence the edition is made from, if nothing is wrong with it.

    Judgements must stand on the facts as they are in this part of the evidence too.
    """
    whole, unreadable = read(root / "evidence")
    problems = every_problem(whole, unreadable)
    if problems:
        raise EvidenceError(problems)
    part = as_of(whole, briefing.issue.scope)
    if part is not whole:
        asked = {f"questions/{key}.yaml" for key in briefing.questions}
        stale = [problem for problem in check_certainty(part) if problem.file in asked]
        if stale:
            raise EvidenceError(stale)
    check_retractions(part, root / "evidence", briefing)
    if made_up := part.demonstration:
        raise EditionError(
            f"no edition can be issued from demonstration data: {', '.join(made_up)} "
            f"{'is' if len(made_up) == 1 else 'are'} made up (demonstration: true); replace or remove "
            f"{'it' if len(made_up) == 1 else 'them'}, then issue the edition"
        )
    return part


def _nothing_else_changed(last: Edition, inputs: Mapping[str, bytes], briefing: str) -> None:
    definition = f"briefings/{briefing}/briefing.yaml"
    now = {name: sha256(content).hexdigest() for name, content in inputs.items()}
    then = last.manifest.inputs
    changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    changed = [name for name in changed if name != definition]
    if changed:
        listed = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
        raise EditionError(f"nothing new is not so: since {last.id} {listed} changed; leave out --nothing-new")


def _built(
    inputs: Mapping[str, bytes], request: Request, before: tuple[Edition, ...], build: Build, progress: Progress
) -> dict[str, bytes]:
    """Every file of the edition but the manifest, made from its archive of inputs and the edition before it."""
    archive = to_zip(inputs)
    with tempfile.TemporaryDirectory(prefix="synthesis-") as scratch:
        project = write_project(unpack(archive, INPUTS), Path(scratch) / "project")
        if before:
            copy_edition(before[-1].folder, project)
        files = dict(build(project, request.briefing, request.parameters, FORMATS, progress=progress))
    return files | {INPUTS: archive}


def _manifest(
    request: Request,
    briefing: Briefing,
    evidence: Evidence,
    inputs: Mapping[str, bytes],
    files: Mapping[str, bytes],
    before: tuple[Edition, ...],
    repository: Repository | None,
) -> Manifest:
    previous = None
    if before:
        content = (before[-1].folder / MANIFEST).read_bytes()
        previous = Previous(edition=before[-1].id, manifest=sha256(content).hexdigest())
    return Manifest(
        briefing=request.briefing,
        edition=request.edition,
        type=request.type,
        issued=request.date,
        note=request.note,
        nothing_new=request.nothing_new,
        previous=previous,
        parameters=dict(request.parameters),
        inputs={name: sha256(content).hexdigest() for name, content in inputs.items()},
        outputs={name: sha256(content).hexdigest() for name, content in files.items()},
        evidence=evidence.content_hash,
        plans={key: evidence.questions[key].plan.model_dump(mode="json") for key in briefing.questions},
        software=software(),
        repository=repository,
    )
