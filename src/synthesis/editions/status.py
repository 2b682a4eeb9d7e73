"""How every briefing of a project stands on a day: its last edition, and when it is to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthesis.briefing.life import Life, life_of
from synthesis.editions.model import Edition
from synthesis.editions.read import latest
from synthesis.editions.retracted import undecided
from synthesis.evidence.collection import Evidence
from synthesis.evidence.load import load
from synthesis.evidence.project import briefing_ids, open_briefing
from synthesis.evidence.question import Briefing


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One briefing.

    Attributes
    ----------
    briefing : Briefing
    edition : Edition or None
        The last one issued; None if none was.
    life : Life or None
        None where there is no edition that could be current or not.
    retractions : tuple of str
        Studies on the list of retractions that nobody has decided about.
    """

    briefing: Briefing
    edition: Edition | None
    life: Life | None
    retractions: tuple[str, ...]

    @property
    def status(self) -> str:
        """In a word; "not issued" where there is no edition."""
        return "not issued" if self.life is None else self.life.status

    def data(self) -> dict[str, Any]:
        """As plain data for other programs."""
        return {
            "briefing": self.briefing.id,
            "title": self.briefing.title,
            "status": self.status,
            "edition": None if self.edition is None else self.edition.id,
            "issued": None if self.edition is None else self.edition.issued,
            "review_due": None if self.life is None else self.life.review_due.isoformat(),
            "on": None if self.life is None else self.life.on.isoformat(),
            "triggers": list(self.briefing.triggers),
            "undecided_retractions": list(self.retractions),
        }


def standings(root: Path, on: str) -> tuple[Standing, ...]:
    """How each briefing stands, in order of id.

    Parameters
    ----------
    root : Path
        The project's folder.
    on : str
        ISO date.
    """
    evidence = load(root / "evidence")
    return tuple(_standing(root, name, on, evidence) for name in briefing_ids(root))


def _standing(root: Path, name: str, on: str, evidence: Evidence) -> Standing:
    edition = latest(root, name)
    asked = None if edition is None else {"edition": edition.id, "type": edition.manifest.type}
    briefing = open_briefing(name, root, edition=asked)
    return Standing(
        briefing=briefing,
        edition=edition,
        life=None if edition is None else life_of(briefing, issued=edition.issued, on=on),
        retractions=tuple(undecided(evidence, root / "evidence", briefing)),
    )
