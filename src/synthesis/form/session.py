"""What the page can ask for: open a study, look at what stands in the page, save it, settle a conflict.

What is not saved yet is kept as a draft in a hidden folder of the project after each look, so it outlives the page,
the browser and this program. A draft remembers which file it was begun on; if that file is another one by now, nothing
is written until a person has seen both.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from synthesis.errors import AnalysisError, ConflictError, EvidenceError, Problem, UsageError
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.collection import Evidence
from synthesis.evidence.load import FOLDERS, read, with_file
from synthesis.evidence.record_files import decode, read_bytes
from synthesis.evidence.save import fingerprint, record_path, write_record
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Node, parse
from synthesis.exchange.bibliography.model import Entry
from synthesis.exchange.new_study import Duplicate, duplicates, without_prompts
from synthesis.form.draft import in_page, plain_tree, pruned, with_stand_ins, without
from synthesis.form.drafts import Drafts
from synthesis.form.preview import Analyst, Preview, preview
from synthesis.form.problems import MISSING, FieldProblem, at_its_place, checked

# Parts of a record on which numbers and the choice of studies hang.
_COUNTS = frozenset({"design", "arms", "groups", "results", "year"})
_TRIES = 3
# Names that lead nowhere: an analysis would stumble over them.
_NAMELESS = ("unknown-", "duplicate-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A study as the page shows it. ``seen`` identifies the file it was begun on; None where there is none."""

    id: str
    tree: dict[str, Node]
    seen: str | None
    draft: bool
    changed_on_disk: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is wrong with what stands in the page, and what it does.

    ``readable`` says whether a file with it could be read at all; ``shown`` is None where nothing can be analysed;
    ``waits`` then says why, and ``waits_for`` names the fields. ``stand_ins`` is how many empty fields the
    preview passes over. ``alike`` are studies that may be the same one.
    """

    text: str
    problems: tuple[FieldProblem, ...]
    readable: bool
    saved: bool
    changed_on_disk: bool
    superseded: bool = False
    shown: Preview | None = None
    waits: str = ""
    waits_for: tuple[str, ...] = ()
    stand_ins: int = 0
    alike: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The two versions, line by line: what is in the file, what is in the page, and whether the two are the same."""

    seen: str | None
    rows: tuple[tuple[str | None, str | None, bool], ...]


Stamp = tuple[str, int, int, int]


class _WaitsError(Exception):
    """There is no preview yet; ``fields`` are the ones it waits for."""

    def __init__(self, text: str, problems: Iterable[Problem] = ()) -> None:
        self.fields = tuple(problem.field for problem in problems)
        super().__init__(text)


class Session:
    """One project, one person, one browser.

    Parameters
    ----------
    root : Path
        The folder with ``evidence/``.
    """

    def __init__(self, root: Path) -> None:
        self._evidence = root / "evidence"
        self.drafts = Drafts(root)
        self._tabs: dict[str, str] = {}
        self._analyst = Analyst()
        self._held: tuple[frozenset[Stamp], Evidence] | None = None

    def evidence(self) -> Evidence:
        """The records as they are on disk, so far as they can be read; read again only when a file has changed."""
        stamps = _stamps(self._evidence)
        if self._held is None or self._held[0] != stamps:
            self._held = stamps, read(self._evidence)[0]
        return self._held[1]

    def studies(self) -> list[dict[str, Any]]:
        """Every study, by id, and whether there is unsaved work on it; drafts of new studies too."""
        drafts = self.drafts.studies()
        held = self.evidence()
        found = {
            study.id: {"id": study.id, "label": study.label, "title": study.reports[0].title}
            for study in held.studies.values()
        }
        for name in sorted((drafts | _unusable(held)) - found.keys()):
            found[name] = {"id": name, "label": name, "title": ""}
        return [{**found[name], "draft": name in drafts} for name in sorted(found)]

    def open(self, study_id: str, tab: str) -> Opened:
        """A study for the page ``tab``, which from now on is the one whose drafts count.

        Raises
        ------
        UsageError
            If the id cannot be that of a study.
        EvidenceError
            If its file cannot be read as YAML.
        """
        data = self._on_disk(study_id)
        self._tabs[study_id] = tab
        draft = self.drafts.get(study_id)
        seen = None if data is None else fingerprint(data)
        if draft is not None:
            changed = draft.seen != seen
            return Opened(id=study_id, tree=draft.tree, seen=draft.seen, draft=True, changed_on_disk=changed)
        tree: dict[str, Node] = {} if data is None else self._tree(study_id, data)
        return Opened(id=study_id, tree=tree, seen=seen, draft=False, changed_on_disk=False)

    def look(self, study_id: str, tree: object, *, seen: str | None, tab: str, keep: bool = True) -> Look:
        """Check what stands in the page as ``synthesis check`` would, work out what it does, and keep it as a draft.

        With ``keep`` false it is not kept: nobody has changed anything yet.

        Raises
        ------
        UsageError, EvidenceError, DraftError
            As ``open``, or if ``tree`` is nothing a page sends.
        """
        plain = plain_tree(tree)
        data = self._on_disk(study_id)
        before = self.evidence()
        text, paths = _written(study_id, plain, data, before)
        here = None if data is None else fingerprint(data)
        saved = data is not None and here == seen and text == self._formatted(study_id, data, before)
        superseded = self._tabs.setdefault(study_id, tab) != tab
        if saved and not superseded:
            self.drafts.drop(study_id)
        elif keep and not superseded:
            self.drafts.keep(study_id, plain, seen)
        found = self._looked(before, study_id, text, paths, saved=saved, changed=here != seen, superseded=superseded)
        return found if saved else replace(found, alike=_alike(study_id, plain, before))

    def _looked(
        self,
        before: Evidence,
        study_id: str,
        text: str,
        paths: Mapping[str, str],
        *,
        saved: bool,
        changed: bool,
        superseded: bool,
    ) -> Look:
        file = _file(study_id)
        after, problems = with_file(before, file, text.encode())
        readable = file in after.files
        if readable:
            problems = (*problems, *checked(after, file))
        shown: Preview | None = None
        stand_ins, waits, lacking = 0, "", tuple[str, ...]()
        try:
            shown, stand_ins = self._shown(before, after, study_id, text, problems, edited=not saved)
        except _WaitsError as error:
            waits, lacking = str(error), error.fields
        return Look(
            text=text,
            problems=tuple(at_its_place(problem, paths) for problem in problems),
            readable=readable,
            saved=saved,
            changed_on_disk=changed,
            superseded=superseded,
            shown=shown,
            waits=waits,
            waits_for=tuple(in_page(path, paths) for path in lacking),
            stand_ins=stand_ins,
        )

    def _shown(
        self,
        before: Evidence,
        after: Evidence,
        study_id: str,
        text: str,
        problems: tuple[Problem, ...],
        *,
        edited: bool,
    ) -> tuple[Preview, int]:
        """The preview, and how many fields it does without: texts that are missing or wrong do not hold it up."""
        file = _file(study_id)
        passed = 0
        if file not in after.files:
            made, left = parse(text, file)[0].data, problems
            # What is missed may change when something has been put in or taken out.
            for _ in range(_TRIES):
                beside = [problem for problem in left if problem.code != MISSING and _beside_the_point(problem)]
                missing = [problem for problem in left if problem.code == MISSING]
                made = with_stand_ins(without(made, beside), missing)
                passed = passed or len(beside) + len(missing)
                after, left = with_file(before, file, canonical_text(made, Study).encode())
                if file in after.files:
                    left = (*left, *checked(after, file))
                    break
            problems = left
        if file not in after.files:
            raise _WaitsError("It is shown as soon as these fields are filled in or mended:", problems)
        lost = [problem for problem in problems if problem.code.startswith(_NAMELESS)]
        if lost:
            raise _WaitsError("It is shown as soon as these fields hold names that are known:", lost)
        try:
            return preview(before, after, study_id, self._analyst, edited=edited), passed
        except AnalysisError as error:
            raise _WaitsError(f"It cannot be analysed: {error}") from None

    def save(
        self, study_id: str, tree: object, *, seen: str | None, tab: str, despite: bool = False
    ) -> tuple[str, str | None] | Look:
        """Write the study's file; its new fingerprint and text, or, where there are problems, what they are.

        ``despite`` writes a record that can be read although a check has found something.

        Raises
        ------
        ConflictError
            If the file is not the one that ``seen`` identifies. Nothing is written.
        """
        found = self.look(study_id, tree, seen=seen, tab=tab)
        if found.changed_on_disk:
            raise ConflictError(f"{study_id}.yaml was changed on disk after it was opened here")
        if not found.readable or (found.problems and not despite):
            return found
        written = write_record(record_path(self._evidence / "studies", study_id), found.text, seen=seen)
        self.drafts.drop(study_id)
        return found.text, written

    def discard(self, study_id: str) -> None:
        """Let go of the draft."""
        self.drafts.drop(study_id)

    def conflict(self, study_id: str, tree: object) -> Conflict:
        """What is on disk beside what stands in the page."""
        data = self._on_disk(study_id)
        mine, _ = _written(study_id, plain_tree(tree), data, self.evidence())
        theirs = "" if data is None else decode(data, _file(study_id))
        left, right = theirs.splitlines(), mine.splitlines()
        rows: list[tuple[str | None, str | None, bool]] = []
        for kind, low, high, start, end in difflib.SequenceMatcher(a=left, b=right, autojunk=False).get_opcodes():
            for place in range(max(high - low, end - start)):
                one = left[low + place] if low + place < high else None
                other = right[start + place] if start + place < end else None
                rows.append((one, other, kind == "equal"))
        return Conflict(seen=None if data is None else fingerprint(data), rows=tuple(rows))

    def settle(self, study_id: str, tree: object, *, seen: str | None, keep: Literal["mine", "theirs"]) -> str:
        """End a conflict: write what stands in the page, or let it go. What is given up is kept beside the drafts.

        Parameters
        ----------
        seen : str or None
            Identifies the file on disk that the person has looked at.

        Returns
        -------
        str
            Where the version that was given up is kept, relative to the project.

        Raises
        ------
        ConflictError
            If the file has changed again.
        UsageError
            If what stands in the page could not be read from a file.
        """
        data = self._on_disk(study_id)
        mine, _ = _written(study_id, plain_tree(tree), data, self.evidence())
        if (None if data is None else fingerprint(data)) != seen:
            raise ConflictError(f"{study_id}.yaml was changed once more; look at it again")
        if keep == "mine":
            if with_file(self.evidence(), _file(study_id), mine.encode())[1]:
                raise UsageError("what stands in the page cannot be saved yet: mend the fields in error first")
            kept = self.drafts.put_aside(study_id, data or b"")
            write_record(record_path(self._evidence / "studies", study_id), mine, seen=seen)
        else:
            kept = self.drafts.put_aside(study_id, mine.encode())
        self.drafts.drop(study_id)
        return kept

    def _on_disk(self, study_id: str) -> bytes | None:
        path = record_path(self._evidence / "studies", study_id)
        if not os.path.lexists(path):
            return None
        return read_bytes(path, root=self._evidence, file=_file(study_id))

    def _tree(self, study_id: str, data: bytes) -> dict[str, Node]:
        tree, problems = parse(decode(data, _file(study_id)), _file(study_id))
        if problems:
            raise EvidenceError(problems)
        return tree.data

    def _formatted(self, study_id: str, data: bytes, evidence: Evidence) -> str:
        """The file on disk as the page would write it without a change."""
        return _written(study_id, self._tree(study_id, data), data, evidence)[0]


def _stamps(root: Path) -> frozenset[Stamp]:
    """Name, time of change, size and number of every record file: one put in the place of another is a change too."""
    found: set[Stamp] = set()
    for folder in ("", *FOLDERS):
        try:
            entries = list(os.scandir(root / folder))
        except OSError:
            continue
        for entry in entries:
            try:
                state = entry.stat()
            except OSError:
                continue  # removed since it was listed
            found.add((entry.path, state.st_mtime_ns, state.st_size, state.st_ino))
    return frozenset(found)


def _file(study_id: str) -> str:
    return f"studies/{study_id}.yaml"


def _alike(study_id: str, tree: Mapping[str, Node], evidence: Evidence) -> tuple[Duplicate, ...]:
    """Other studies that have the same publication, but for those of the same family."""
    reports = tree.get("reports")
    first = reports[0] if isinstance(reports, list) and reports else None
    if not isinstance(first, dict) or not isinstance(first.get("title"), str) or not first["title"]:
        return ()
    people = first.get("author")
    named = [item for item in people if isinstance(item, dict)] if isinstance(people, list) else []
    reference = {name: value for name, value in first.items() if isinstance(value, str) and value}
    family = tree.get("family")
    same = {study.id for study in evidence.studies.values() if family and study.family == family} | {study_id}
    found = duplicates(Entry(reference=reference | {"author": named}, place=""), evidence)
    return tuple(item for item in found if item.certain and item.study not in same)


def _beside_the_point(problem: Problem) -> bool:
    """Whether no number and no question hangs on a field."""
    return problem.field.split("[")[0].split(".")[0] not in _COUNTS or problem.field.endswith((".quote", ".quote_note"))


def _unusable(evidence: Evidence) -> set[str]:
    """The ids that studies which cannot be read should have, going by their files."""
    paths = (PurePosixPath(name) for name in evidence.unusable)
    return {path.stem for path in paths if path.parent.name == "studies"}


def _written(
    study_id: str, tree: Mapping[str, Node], data: bytes | None, evidence: Evidence
) -> tuple[str, dict[str, str]]:
    """The file for what stands in the page, and where each of its fields is in the page."""
    record, paths = pruned({"schema_version": "1", **tree, "id": study_id})
    like = "" if data is None else decode(data, _file(study_id))
    text = canonical_text(record, Study, like=like)
    if like and evidence.vocabulary is not None:
        text = without_prompts(text, record, evidence.vocabulary)
    return text, paths
