"""Characteristics of studies: who was studied, what was compared, what was measured when, and how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from synthesis.analysis.model import Analysis
from synthesis.analysis.phrases import upper_first
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.evidence.countries import country
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.study import Result, Study
from synthesis.formatting import integer, month_number, months, plural
from synthesis.tables.records import (
    NOT_STATED,
    RECALLED,
    RECALLED_NOTE,
    Records,
    chosen,
    cite,
    empty_row,
    sentence,
    stacked,
)

COLUMNS = (
    Column(label="Study", width=1.3),
    Column(label="Design and people", width=2.9),
    Column(label="Compared", width=2.7),
    Column(label="Outcomes, times and what was read", width=3.1),
)


def study_characteristics(evidence: Records, studies: Iterable[str | Analysis] | None = None) -> Table:
    """One row per study.

    Parameters
    ----------
    evidence : Evidence
    studies : iterable of str or Analysis, or None
        Ids of studies, or analyses, which stand for the studies used in them; None for every study. Each study is
        listed once, in order of id.

    Raises
    ------
    UnknownKeyError
        If an id is not that of a study.
    """
    ids = None if studies is None else sorted(_ids(studies))
    picked = chosen("study", evidence.studies, ids)
    rows = tuple(_row(study, evidence.vocabulary) for study in picked.values())
    return Table(
        id="study-characteristics" if ids is None else "study-characteristics-" + (ids[0] if ids else "none"),
        caption="Characteristics of studies",
        columns=COLUMNS,
        rows=rows or (Row(cells=empty_row(len(COLUMNS), "No study.")),),
        notes=_notes(picked.values()),
        fine=True,
    )


def _ids(studies: Iterable[str | Analysis]) -> set[str]:
    found: set[str] = set()
    for item in studies:
        if isinstance(item, str):
            found.add(item)
        else:
            found.update(row.study for row in item.effects)
            found.update(row.study for variant in item.variants for row in variant.effects)
            found.update(row.study for row in item.directions)
    return found


def _row(study: Study, words: Vocabulary) -> Row:
    places = ", ".join(country(code) for code in study.countries)
    design = words.designs[study.design].label
    return Row(
        cells=(
            line(f"{study.label} ", cite(study.id)),
            stacked([line(f"{design}, {places}"), line(_size(study)), line(study.population), line(study.setting)]),
            _compared(study, words),
            stacked([_outcomes(study, words), line(Span(text=_reading(study), style="emphasis"))]),
        )
    )


def _size(study: Study) -> str:
    people = study.participants
    if people is None:
        return "Number of people not stated"
    return f"{integer(people.value)} people{f' {RECALLED}' if people.known == 'recalled' else ''}"


def _compared(study: Study, words: Vocabulary) -> Line:
    if study.arms:
        return stacked(line(_arm(arm.label, arm.n_randomised or arm.n_in_group, arm.n_known)) for arm in study.arms)
    sides = dict.fromkeys(result.comparison for result in study.results if result.comparison is not None)
    if sides:
        labels = [tuple(words.arm_categories[key].label for key in pair) for pair in sides]
        return stacked(line(f"{one} against {other[:1].lower()}{other[1:]}") for one, other in labels)
    groups = [group.label for group in study.groups]
    return stacked(line(upper_first(label)) for label in groups) if groups else line("One group, no comparison")


def _arm(label: str, size: int | None, known: str) -> str:
    if size is None:
        return label
    return f"{label} ({integer(size)}{f' {RECALLED}' if known == 'recalled' else ''})"


def _outcomes(study: Study, words: Vocabulary) -> Line:
    times: dict[str, set[float]] = {}
    for result in study.results:
        own = times.setdefault(words.outcomes[result.outcome].label, set())
        if result.timepoint_months is not None:
            own.add(result.timepoint_months)
    if not times:
        return line("No result recorded")
    return stacked(line(label + (f" ({_at(sorted(own))})" if own else "")) for label, own in times.items())


def _at(times: list[float]) -> str:
    """ "3, 6 and 12 months"."""
    earlier = ", ".join(month_number(time) for time in times[:-1])
    return f"{earlier} and {months(times[-1])}" if earlier else months(times[-1])


def _reading(study: Study) -> str:
    """What was read, and whether all of it was."""
    if not study.read:
        return f"Recalled {RECALLED}"
    recalled = [result for result in study.results if not _read(result)]
    places = list(dict.fromkeys(result.where.place for result in study.results if result.where.read))
    text = "Read in part" if recalled else "Read"
    second_hand = any(result.where.secondary for result in study.results)
    shown = f": {'; '.join(places[:2])}" if places else ""
    return f"{text}{shown}{' and elsewhere' if len(places) > 2 else ''}{', second-hand' if second_hand else ''}"


def _read(result: Result) -> bool:
    return result.where.read and all(item.known != "recalled" for item in result.printed)


def _notes(studies: Iterable[Study]) -> tuple[Line, ...]:
    picked = list(studies)
    notes = [
        line(f"{study.label}: concern on record. {sentence(concern.statement)}")
        for study in picked
        for concern in study.concerns
    ]
    if picked:
        notes.append(line(_extracted(picked)))
    recalled = any(
        not study.read
        or (study.participants is not None and study.participants.known == "recalled")
        or any(arm.n_known == "recalled" for arm in study.arms)
        for study in picked
    )
    if recalled:
        notes.append(line(RECALLED_NOTE))
    if any(study.participants is None for study in picked):
        notes.append(line(f"Numbers in brackets are people per group; where there is none, it is {NOT_STATED}."))
    return tuple(notes)


def _extracted(studies: Sequence[Study]) -> str:
    """How many studies two people extracted independently, and how many one."""
    two = sum(study.extraction is not None and study.extraction.second is not None for study in studies)
    one = len(studies) - two
    if not two:
        return f"{_both(one, 'Each study was', 'The study was')} extracted by one person."
    rest = f"; {plural(one, 'study', 'studies')} by one person" if one else ""
    return f"{plural(two, 'study', 'studies')} extracted by two people independently, differences resolved{rest}."


def _both(count: int, several: str, one: str) -> str:
    return one if count == 1 else several
