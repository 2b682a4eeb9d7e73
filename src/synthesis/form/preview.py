"""What a study does: the effect of each result, the questions it enters, and their conclusions before and after.

Only questions that the study reaches are analysed, before from the records as they are, after with the study as it
stands in the page. Both are analysed by the plan, as a briefing would be.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from synthesis.analysis.model import Analysis
from synthesis.analysis.phrases import upper_first
from synthesis.analysis.run import analyse
from synthesis.effects.contrasts import ROUTES, Sides, effect_row
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Excluded
from synthesis.effects.sides import items
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Plan, Question
from synthesis.evidence.selection import select, within
from synthesis.evidence.study import Result, Study
from synthesis.formatting import effect_interval

# Measures by the form in which a result is printed, for results that answer no question.
_NATURAL: Mapping[str, str] = {"counts": "OR", "percent": "OR", "means": "SMD"}

_KEPT_ANALYSES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEffect:
    """The effect of one result: in print, how it was found, and for which questions.

    ``text`` is empty where there is none; ``reason`` then says why.
    """

    result: str
    name: str
    text: str = ""
    route: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A question that the study reaches.

    Attributes
    ----------
    study : str
    question : Question
    status : {"enters", "was in", "left out"}
        ``enters``: it is among the studies that answer the question; ``was in``: it was, and no more is.
    held_before, held_after : Evidence
        The records without the change and with it.
    before, after : Analysis
    reasons : tuple of (str, str)
        Name of each result that the rule reached and did not use, and why.
    variants : tuple of str
        Labels of the sensitivity analyses that use the study although the plan does not.
    """

    study: str
    question: Question
    status: str
    held_before: Evidence
    held_after: Evidence
    before: Analysis
    after: Analysis
    reasons: tuple[tuple[str, str], ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything that the study does.

    Attributes
    ----------
    sides : pair of str
        What is compared: the results without the study and with it, or by the file and by the page.
    elsewhere : tuple of (Question, str)
        The questions it does not reach, with why.
    """

    sides: tuple[str, str]
    effects: tuple[ResultEffect, ...]
    touched: tuple[Touched, ...]
    elsewhere: tuple[tuple[Question, str], ...]


def preview(before: Evidence, after: Evidence, study_id: str, analyst: Analyst, *, edited: bool) -> Preview:
    """What the study ``study_id`` does to the results, as it stands in ``after``.

    Parameters
    ----------
    before, after : Evidence
        The records on disk, and with the study as it stands in the page.
    edited : bool
        Whether the two differ, and so can be compared. Where they do not, the results are compared with what they
        would be without the study.
    """
    sides = ("By the file", "By this page")
    if not edited or study_id not in before.studies:
        before, sides = without_results(before, study_id), ("Without it", "With it")
    study = after.studies[study_id]
    touched, elsewhere = [], []
    for question in after.questions.values():
        if _reached(before, study_id, question) or _reached(after, study_id, question):
            touched.append(_touched(before, after, study, question, analyst))
        else:
            elsewhere.append((question, why_not(study, question, after)))
    order = {"enters": 0, "was in": 1, "left out": 2}
    touched.sort(key=lambda item: order[item.status])
    return Preview(
        sides=sides,
        effects=tuple(_effect(study, result, touched) for result in study.results),
        touched=tuple(touched),
        elsewhere=tuple(elsewhere),
    )


def without_results(evidence: Evidence, study_id: str) -> Evidence:
    """The evidence as it would be if nothing were known of a study but that it exists."""
    files = dict(evidence.files)
    for file, study in evidence.of(Study):
        if study.id == study_id:
            files[file.file] = replace(file, record=study.model_copy(update={"results": ()}))
    name = f"{evidence.content_hash} without {study_id}"
    return replace(evidence, files=MappingProxyType(files), content_hash=name)


def _reached(evidence: Evidence, study_id: str, question: Question) -> bool:
    study = evidence.studies.get(study_id)
    if study is None:
        return False
    found = select([study], question, evidence.vocabulary)
    return bool(found.candidates or found.left_out)


class Analyst:
    """Carries out analyses and keeps the latest, so that what was found before a change is not worked out again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Analysis] = OrderedDict()

    def analysis(self, evidence: Evidence, question: str) -> Analysis:
        """The analysis of one question on evidence that its content hash identifies."""
        key = (evidence.content_hash, question)
        if key not in self._kept:
            self._kept[key] = analyse(evidence, question, brief=True)
            if len(self._kept) > _KEPT_ANALYSES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _touched(before: Evidence, after: Evidence, study: Study, question: Question, analyst: Analyst) -> Touched:
    then, now = (analyst.analysis(held, question.id) for held in (before, after))
    inside, was_inside = uses(now, study.id), uses(then, study.id)
    names = {result.id: result.name for result in study.results}
    reasons = [
        (names.get(out.result, out.result), _brief(out.reason)) for out in now.effects.excluded if out.study == study.id
    ]
    used = [item.label for item in now.variants if any(row.study == study.id for row in item.effects.rows)]
    return Touched(
        study=study.id,
        held_before=before,
        held_after=after,
        question=question,
        status="enters" if inside else "was in" if was_inside else "left out",
        before=then,
        after=now,
        reasons=tuple(reasons),
        variants=() if inside else tuple(used),
    )


def _brief(reason: str) -> str:
    """A reason without the routes of which nothing is printed, as long as there is another."""
    parts = reason.split("; ")
    told = [part for part in parts if not any(part.endswith(f": {route.needs}") for route in ROUTES.values())]
    said = dict.fromkeys(part.split(": ", 1)[-1] if len(parts) > 1 else part for part in told)
    return "; ".join(said) if parts == told or said else "no numbers that can be used are printed"


def uses(analysis: Analysis, study_id: str) -> bool:
    """Whether a study is among those that an analysis pools or shows."""
    rows = {row.study for row in analysis.effects.rows} | {row.study for row in analysis.directions}
    return study_id in rows


def why_not(study: Study, question: Question, evidence: Evidence) -> str:
    """Why the rule of ``question`` reaches no result of ``study``."""
    if not study.results:
        return "the record has no results yet"
    if not any(result.outcome in question.outcome for result in study.results):
        labels = [evidence.vocabulary.outcomes[key].label.lower() for key in question.outcome]
        shown = ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
        return f"no result on its outcomes ({shown})"
    categories = evidence.vocabulary.arm_categories
    lacking = [
        side.label
        for side in (question.intervention, question.comparator)
        if not any(arm.category in within(categories, side.category) for arm in study.arms)
    ]
    if lacking:
        return f"no arm is {' or '.join(f'“{label}”' for label in lacking)}"
    return "no result compares its two sides on its outcomes"


def _effect(study: Study, result: Result, touched: list[Touched]) -> ResultEffect:
    """The effect by the plan of the first question that uses it; otherwise in the measure that its form suggests."""
    found = next(
        (
            (row, item.after.measure)
            for item in touched
            for row in item.after.effects.rows
            if (row.study, row.result) == (study.id, result.id)
        ),
        None,
    )
    row, measure = found or _natural(study, result)
    if row is None:
        reason = "No effect can be worked out from what is printed." if result.printed else "Nothing is printed yet."
        return ResultEffect(result=result.id, name=result.name, reason=reason)
    if isinstance(row, Excluded):
        return ResultEffect(result=result.id, name=result.name, reason=f"{upper_first(_brief(row.reason))}.")
    return ResultEffect(
        result=result.id,
        name=result.name,
        text=effect_in_print(row, measure),
        route=ROUTES[row.route].label,
        steps=tuple((upper_first(step.text), step.source) for step in row.steps),
        notes=tuple(upper_first(note) for note in row.notes),
    )


def _natural(study: Study, result: Result) -> tuple[EffectRow | Excluded | None, str]:
    """The effect of a result that no question uses, of the arms that are studied against those compared with."""
    measure = next((name for form, name in _NATURAL.items() if any(items(result, form))), "")
    contrast = next((item.data.measure for item in items(result, "contrast")), "")
    measure = measure or (contrast if contrast in MEASURES else "")
    if not measure:
        return None, ""
    sides = Sides(
        study=study,
        result=result,
        intervention=() if result.comparison else tuple(arm.id for arm in study.arms if arm.role != "comparator"),
        comparator=() if result.comparison else tuple(arm.id for arm in study.arms if arm.role == "comparator"),
        measure=measure,
        zero_cells=Plan().zero_cells,
    )
    return effect_row(sides, prefer=Plan().prefer, inputs="any"), measure


def effect_in_print(row: EffectRow, measure: str) -> str:
    """ "OR 3.60 (95% CI 1.31 to 9.89)", natural scale."""
    found = MEASURES[measure]
    low, high = row.wald()
    value = effect_interval(found.to_natural(row.yi), found.to_natural(low), found.to_natural(high), found.axis)
    return f"{found.short} {value.replace('(', '(95% CI ', 1)}"
