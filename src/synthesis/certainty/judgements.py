"""What people have judged about risk of bias in the studies of one analysis, with what nobody has judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.document.results import Cells, Result, Shown
from synthesis.errors import UsageError
from synthesis.formatting import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStudy:
    """One study.

    Attributes
    ----------
    study, label : str
        Id of the record, and how it is named in print.
    domains : dict of str to str
        Level of each domain, by their keys in the tool. A domain that is not in it has not been judged.
    overall : str or None
        Level of the whole; None if not judged.
    weight : float or None
        Share (0 to 1) of the study in the pooled result; None where nothing was pooled.
    """

    study: str
    label: str
    domains: dict[str, str]
    overall: str | None = None
    weight: float | None = None

    @property
    def judged(self) -> bool:
        """Whether anything about the study has been judged."""
        return bool(self.domains) or self.overall is not None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Judgements(Result):
    """The judgements of one tool on the results that entered one analysis.

    Attributes
    ----------
    id, title : str
        Short name for file and link, and what the analysis is called.
    tool : str
        Key in ``rob_tools.ROB_TOOLS``.
    studies : tuple of JudgedStudy
        In the order of the analysis; at least one.
    made_up : bool
        That the judgements are invented to show what a figure looks like. Every figure then says so.

    Raises
    ------
    UnknownKeyError
        For a tool, domain or level that does not exist.
    UsageError
        Without studies.
    """

    shown_by: ClassVar[str] = "synthesis.certainty.judgements:shown"
    id: str
    title: str
    tool: str
    studies: tuple[JudgedStudy, ...]
    made_up: bool = False

    def __post_init__(self) -> None:
        tool = ROB_TOOLS[self.tool]
        if not self.studies:
            raise UsageError(f"{self.id!r} has no studies whose risk of bias could be shown")
        for study in self.studies:
            for domain, level in study.domains.items():
                tool.domain(domain)
                tool.level(level)
            if study.overall is not None:
                tool.level(study.overall)

    @property
    def weighted(self) -> bool:
        """Whether every study has a weight."""
        return all(study.weight is not None for study in self.studies)

    def level_of(self, study: JudgedStudy, part: str) -> str | None:
        """The level of a domain, or of the whole for ``part="overall"``; None if not judged."""
        return study.overall if part == "overall" else study.domains.get(part)

    def find(self, study: str) -> JudgedStudy | None:
        """The judgements of the study with this id."""
        return next((item for item in self.studies if item.study == study), None)


def shown(result: Judgements) -> Shown:
    """A row for each study: its judgement in each domain, and the whole."""
    tool = ROB_TOOLS[result.tool]

    def name(level: str | None) -> str:
        return "not judged" if level is None else level.replace("-", " ")

    rows: list[Cells] = [
        {
            "study": study.label,
            **{domain.key: name(study.domains.get(domain.key)) for domain in tool.domains},
            "overall": name(study.overall),
            "weight": study.weight,
        }
        for study in result.studies
    ]
    judged = sum(study.judged for study in result.studies)
    made_up = " Judgements are made up to show what a figure looks like." if result.made_up else ""
    return Shown(
        title=f"{tool.name}, {judged} of {plural(len(result.studies), 'study', 'studies')} judged"
        f"{', made up' if result.made_up else ''}",
        rows=rows,
        sentences=(f"Risk of bias was judged with {tool.name} ({tool.version}).{made_up}",),
    )
