"""Where the studies held lie, and where there are none: counted by substance, intervention and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from synthesis.analysis.phrases import upper_first
from synthesis.errors import UnknownKeyError
from synthesis.evidence.question import CategoryWord, Vocabulary
from synthesis.evidence.study import Result, Study

ALCOHOL = "alcohol"
POPULATIONS = ("Alcohol only", "Alcohol and drugs", "Drugs only")
EVERYBODY = "All populations"


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCell:
    """Studies of one intervention in one population with results in one outcome domain, by id.

    ``randomised`` are studies whose results compare randomised groups, ``other`` all the rest.
    """

    randomised: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there is no study."""
        return not self.randomised and not self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The counts behind an evidence gap map.

    Attributes
    ----------
    interventions, populations, domains : tuple of str
        In words, in the order in which they are shown.
    cells : dict
        By intervention, population and domain; every combination is there.
    placed : int
        Studies in at least one cell.
    held : int
        Studies held.
    """

    interventions: tuple[str, ...]
    populations: tuple[str, ...]
    domains: tuple[str, ...]
    cells: dict[tuple[str, str, str], GapCell]
    placed: int
    held: int


def gaps(evidence: Records, *, interventions: Sequence[str] | None = None, by_population: bool = True) -> Gaps:
    """Count studies by population, intervention and outcome domain.

    Parameters
    ----------
    evidence : Evidence
    interventions : sequence of str or None
        Arm categories of the vocabulary, in the order in which they are shown. A result counts for the nearest of
        them above its own categories. None takes every category that lies under no other and has a result.
    by_population : bool
        Whether populations are kept apart.

    Returns
    -------
    Gaps
        A study counts once in each cell. Its intervention is that of the arms that are not comparators, or the first
        side of the result's own comparison; results without either are not placed.

    Raises
    ------
    UnknownKeyError
        For an arm category that is not in the vocabulary.
    """
    words = evidence.vocabulary.arm_categories
    for name in interventions or ():
        if name not in words:
            raise UnknownKeyError("arm category", name, words)
    found: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {}
    for study in evidence.studies.values():
        trial = evidence.vocabulary.designs[study.design].randomised
        for result in study.results:
            # Within a trial, people who chose to attend and people who did not are no randomised groups.
            randomised = trial and result.comparison is None
            domain = evidence.vocabulary.outcomes[result.outcome].domain
            for intervention in _interventions(study, result, words, interventions):
                group = population(study) if by_population else EVERYBODY
                sets = found.setdefault((intervention, group, domain), (set(), set()))
                sets[0 if randomised else 1].add(study.id)
    seen = {place[0] for place in found}
    shown = list(interventions) if interventions is not None else [name for name in words if name in seen]
    domains = list(dict.fromkeys(word.domain for word in evidence.vocabulary.outcomes.values()))
    groups = POPULATIONS if by_population else (EVERYBODY,)
    return _named(found, shown, groups, domains, words, len(evidence.studies))


def _named(
    found: Mapping[tuple[str, str, str], tuple[set[str], set[str]]],
    shown: Sequence[str],
    groups: tuple[str, ...],
    domains: Sequence[str],
    words: Mapping[str, CategoryWord],
    held: int,
) -> Gaps:
    none: tuple[set[str], set[str]] = (set(), set())
    labels = {name: _label(name, shown, words) for name in shown}
    cells = {}
    for name in shown:
        for group in groups:
            for domain in domains:
                randomised, other = found.get((name, group, domain), none)
                place = (labels[name], group, upper_first(domain.replace("-", " ")))
                cells[place] = GapCell(randomised=tuple(sorted(randomised)), other=tuple(sorted(other)))
    placed = {study for cell in cells.values() for study in (*cell.randomised, *cell.other)}
    return Gaps(
        interventions=tuple(labels.values()), populations=groups,
        domains=tuple(upper_first(domain.replace("-", " ")) for domain in domains), cells=cells, placed=len(placed),
        held=held,
    )  # fmt: skip


def _label(name: str, shown: Sequence[str], words: Mapping[str, CategoryWord]) -> str:
    """The category in words; "other" where a part of it has a place of its own."""
    parts = any(name in list(_upwards(item, words))[1:] for item in shown)
    return f"{words[name].label}, other" if parts else words[name].label


def population(study: Study) -> str:
    """Which of ``POPULATIONS`` a study is about."""
    others = [item for item in study.substances if item != ALCOHOL]
    if ALCOHOL not in study.substances:
        return POPULATIONS[2]
    return POPULATIONS[1] if others else POPULATIONS[0]


def _interventions(
    study: Study, result: Result, words: Mapping[str, CategoryWord], wanted: Sequence[str] | None
) -> set[str]:
    own = (
        [result.comparison[0]]
        if result.comparison is not None
        else [arm.category for arm in study.arms if arm.role != "comparator"]
    )
    return {name for category in own if (name := _nearest(category, words, wanted)) is not None}


def _nearest(category: str, words: Mapping[str, CategoryWord], wanted: Sequence[str] | None) -> str | None:
    """The first of a category and those above it that is wanted; the topmost where nothing is asked for."""
    line = list(_upwards(category, words))
    if wanted is None:
        return line[-1]
    return next((name for name in line if name in wanted), None)


def _upwards(category: str, words: Mapping[str, CategoryWord]) -> Iterator[str]:
    here: str | None = category
    while here is not None:
        yield here
        here = words[here].broader
