"""What changed since the edition before: the state of a frozen edition, and the report from it to what is at hand."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from synthesis.analysis.model import Analysis
from synthesis.briefing.states import State, change_report, read_state
from synthesis.changes.model import ChangeReport, Version
from synthesis.changes.words import lines
from synthesis.editions.model import MANIFEST, Edition
from synthesis.editions.read import editions_of, read_edition, unpack_inputs
from synthesis.errors import EditionError
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Briefing

NUMBERS = "numbers.json"


def what_changed(
    evidence: Evidence, briefing: Briefing, analyses: Iterable[Analysis], *, claims: ClaimFile | None = None
) -> ChangeReport:
    """What changed since the edition before this one; of a first edition, that it is the first.

    Parameters
    ----------
    evidence : Evidence
        What this edition is made from; the project it lies in holds the earlier editions.
    briefing : Briefing
        Its definition, as this edition has it.
    analyses : iterable of Analysis
        One for each question of the briefing.
    claims : ClaimFile or None

    Returns
    -------
    ChangeReport
        It shows at most three lines; ``before_after`` draws it and ``changes_table`` lists it.

    Raises
    ------
    EditionError
        If the earlier edition is damaged.
    """
    now = State(
        version=Version(name=f"edition {briefing.edition}", issued=briefing.date, type=briefing.issue.type),
        evidence=evidence, briefing=briefing, claims=claims,
    )  # fmt: skip
    edition = edition_before(evidence.root.parent, briefing.id, briefing.edition)
    before = None if edition is None else edition_state(edition)
    return change_report(before, now, {analysis.question: analysis for analysis in analyses})


def edition_before(root: Path, briefing: str, edition: str) -> Edition | None:
    """The edition that came before ``edition``: the one its manifest names if it is issued, else the last one."""
    folder = root / "briefings" / briefing
    if (folder / edition / MANIFEST).is_file():
        previous = read_edition(root, briefing, edition).manifest.previous
        return None if previous is None else read_edition(root, briefing, previous.edition)
    # A project made from the inputs of one edition holds the one before it and none further back.
    names = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))
    if len(names) > 1:
        return editions_of(root, briefing)[-1]
    return read_edition(root, briefing, names[0]) if names else None


def edition_state(edition: Edition) -> State:
    """The state of a briefing as an edition froze it: the records it was made from, and what it printed.

    Raises
    ------
    EditionError
        If it is damaged.
    """
    manifest = edition.manifest
    frozen, notes = _printed(edition)
    with tempfile.TemporaryDirectory(prefix="synthesis-") as folder:
        root = unpack_inputs(edition.folder, Path(folder) / "project")
        asked = {"edition": edition.id, "date": edition.issued, "type": manifest.type}
        version = Version(name=f"edition {edition.id}", issued=edition.issued, type=manifest.type)
        state = read_state(root, edition.briefing, version, edition=asked, frozen=frozen)
        return replace(state, notes=notes)


def _printed(edition: Edition) -> tuple[tuple[Analysis, ...], tuple[str, ...]]:
    """The analyses an edition printed; or a note that this program cannot read them, so that its own have to do."""
    where = f"briefings/{edition.briefing}/{edition.id}/{NUMBERS}"
    try:
        numbers = json.loads((edition.folder / NUMBERS).read_bytes())
        return tuple(Analysis.from_dict(data) for data in numbers["analyses"]), ()
    except ValidationError:
        return (), (
            f"What edition {edition.id} printed is kept in another form than this program reads. Its conclusions were "
            "computed anew, so that a change of the program cannot be seen.",
        )
    except (OSError, ValueError, KeyError) as error:
        raise EditionError(f"{where} cannot be read: {error}") from None


def changes_file(project: Path, briefing: str, numbers: bytes) -> bytes:
    """``changes.json``: the change report of an edition that has just been built.

    Parameters
    ----------
    project : Path
        Holds what the edition is made from, and the edition before it.
    briefing : str
    numbers : bytes
        ``numbers.json`` of the build.
    """
    data = json.loads(numbers)
    asked = {"edition": data["edition"], "date": data["issued"], "type": data["edition_type"]}
    analyses = {item["question"]: Analysis.from_dict(item) for item in data["analyses"]}
    version = Version(name=f"edition {data['edition']}", issued=data["issued"], type=data["edition_type"])
    edition = edition_before(project, briefing, data["edition"])
    report = change_report(
        None if edition is None else edition_state(edition),
        read_state(project, briefing, version, edition=asked),
        analyses,
    )
    written = report.to_dict() | {"lines": list(lines(report))}
    return f"{json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)}\n".encode()
