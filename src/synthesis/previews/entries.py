"""Where each study that is new, changed or gone enters, and where it does not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from synthesis.analysis.model import Analysis
from synthesis.analysis.phrases import lower_first
from synthesis.briefing.states import State
from synthesis.changes.model import Difference
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.evidence.study import Study
from synthesis.formatting import effect_interval, percent
from synthesis.pooling.model import Pooled

Status = Literal["new", "changed", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One study in one question: whether it is used, and with what or why not."""

    question: str
    title: str
    used: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """What one study does to one pooled result: the result with and without it, in print."""

    question: str
    title: str
    with_it: str
    without_it: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPreview:
    """One study of the change.

    Attributes
    ----------
    status : {"new", "changed", "withdrawn"}
    entries : tuple of Entry
        Every question of the briefing that asks about an outcome of it.
    influences : tuple of Influence
        Every pooled result it is in, with at least one other study.
    nowhere : str
        Why no question uses it; "" where one does.
    """

    study: str
    label: str
    status: Status
    entries: tuple[Entry, ...]
    influences: tuple[Influence, ...]
    nowhere: str = ""


def study_previews(
    found: Iterable[Difference], before: State, after: State, analyses: Mapping[str, Analysis]
) -> tuple[StudyPreview, ...]:
    """Every study that differs, by id."""
    statuses: dict[str, Status] = {}
    for item in found:
        kind, _, key = item.record.partition("/")
        if kind == "studies":
            statuses[key] = "changed" if item.field else "new" if item.after else "withdrawn"
    return tuple(
        _withdrawn(before.evidence.studies[key]) if status == "withdrawn" else _preview(key, status, after, analyses)
        for key, status in statuses.items()
    )


def _withdrawn(study: Study) -> StudyPreview:
    return StudyPreview(
        study=study.id, label=study.label, status="withdrawn", entries=(), influences=(),
        nowhere="It is not in the evidence any more.",
    )  # fmt: skip


def _preview(key: str, status: Status, after: State, analyses: Mapping[str, Analysis]) -> StudyPreview:
    study = after.evidence.studies[key]
    entries = tuple(entry for analysis in analyses.values() for entry in _entries(study, analysis, after))
    return StudyPreview(
        study=key, label=study.label, status=status, entries=entries,
        influences=tuple(found for analysis in analyses.values() for found in _influences(key, analysis)),
        nowhere="" if any(entry.used for entry in entries) else _nowhere(study, after, bool(entries)),
    )  # fmt: skip


def _entries(study: Study, analysis: Analysis, after: State) -> Iterator[Entry]:
    texts = list(_uses(study.id, analysis))
    for text in texts:
        yield Entry(question=analysis.question, title=analysis.title, used=True, text=text)
    excluded = [item for item in analysis.effects.excluded if item.study == study.id]
    for item in excluded:
        yield Entry(
            question=analysis.question, title=analysis.title, used=False, text=f"result {item.result}: {item.reason}"
        )
    if not texts and not excluded:
        asked = after.evidence.questions[analysis.question].outcome
        if any(result.outcome in asked for result in study.results):
            compared = f"{lower_first(analysis.intervention)} with {lower_first(analysis.comparator)}"
            yield Entry(
                question=analysis.question, title=analysis.title, used=False,
                text=f"it measures this outcome, and does not compare {compared}",
            )  # fmt: skip


def _uses(key: str, analysis: Analysis) -> Iterator[str]:
    pooled = analysis.pooled
    for place, row in enumerate(analysis.effects.rows):
        if row.study == key and pooled is not None:
            unread = "" if row.read else "; a number it rests on is recalled, not read"
            yield f"result {row.result}: {_effect(row, pooled)}, weight {percent(pooled.weights[place])}{unread}"
    for item in analysis.directions:
        if item.study == key:
            yield f"result {item.result}: points to {item.direction.replace('-', ' ')} (not pooled)"


def _effect(row: EffectRow, pooled: Pooled) -> str:
    measure = MEASURES[pooled.measure]
    low, high = row.wald(pooled.ci.level)
    values = (measure.to_natural(row.yi), measure.to_natural(low), measure.to_natural(high))
    return f"{measure.short} {effect_interval(*values, measure.axis)}"


def _nowhere(study: Study, after: State, reached: bool) -> str:
    if reached:
        return "No question of the briefing uses it; the reasons stand above."
    words = after.evidence.vocabulary.outcomes
    outcomes = dict.fromkeys(
        words[result.outcome].label if result.outcome in words else result.outcome for result in study.results
    )
    if not outcomes:
        return "It holds no result."
    return f"No question of the briefing asks about what it measured: {'; '.join(outcomes)}."


def _influences(key: str, analysis: Analysis) -> Iterator[Influence]:
    for omission in analysis.leave_one_out:
        if omission.study == key and analysis.pooled is not None:
            yield Influence(
                question=analysis.question, title=analysis.title, with_it=pooled_text(analysis.pooled),
                without_it=pooled_text(omission.pooled),
            )  # fmt: skip


def pooled_text(pooled: Pooled) -> str:
    """ "OR 2.04 (0.89 to 4.66)": a pooled result, natural scale."""
    measure = MEASURES[pooled.measure]
    values = (measure.to_natural(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    one, low, high = values
    return f"{measure.short} {effect_interval(one, low, high, measure.axis)}"
