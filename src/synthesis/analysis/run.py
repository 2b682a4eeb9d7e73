"""Carry out one question's plan: select, convert, resolve dependence, pool, vary, put in absolute terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from synthesis.analysis.absolute import baselines, per_thousand, published
from synthesis.analysis.certainty import certainty_of
from synthesis.analysis.directions import directions
from synthesis.analysis.model import Analysis, GoodDirection, ModelKey, Repooling, VariantResult
from synthesis.analysis.phrases import lower_first
from synthesis.analysis.repooling import repooling
from synthesis.analysis.robustness import robustness
from synthesis.analysis.what_would_change import what_would_change
from synthesis.analysis.words import plan_in_words
from synthesis.diagnostics.cumulative import Accumulation, cumulative
from synthesis.diagnostics.leave_one_out import Omission, leave_one_out
from synthesis.effects.contrasts import Sides, effect_row
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Effects, Excluded
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.evidence.question import Plan, Question, Variant, Vocabulary
from synthesis.evidence.selection import Candidate, Selection, select
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study
from synthesis.pooling.model import Note, Pooled
from synthesis.pooling.pool import pool, pool_subset

WITHOUT_CONCERNS = "without-studies-with-concerns"


class EvidenceLike(Protocol):
    """What an analysis needs of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def content_hash(self) -> str: ...


def analyse(evidence: EvidenceLike, question: str, *, brief: bool = False) -> Analysis:
    """Carry out the plan of one question.

    Parameters
    ----------
    evidence : Evidence
    question : str
        Id of a question in ``evidence.questions``.
    brief : bool
        Leave out what says how firm the result is and takes longest: leave one out, cumulative, baselines, robustness,
        what would change it.

    Returns
    -------
    Analysis
        With no models, and a note, if no study answers the question with usable numbers.

    Raises
    ------
    UnknownKeyError
        If the question, its measure or its methods are not known.
    """
    asked = _asked(evidence, question)
    vocabulary = evidence.vocabulary
    selection = select(evidence.studies.values(), asked, vocabulary)
    pooled_here = asked.plan.synthesis == "meta-analysis"
    effects = effects_of(asked, selection, evidence.studies) if pooled_here else _only_excluded(asked, selection)
    models = fit(effects, asked.plan)
    variants = tuple(_variants(evidence, asked, effects)) if pooled_here else ()
    shown = () if pooled_here else directions(selection, vocabulary)
    absolute = per_thousand(asked.baseline_risk, models.get("plan"))
    notes = [] if effects.rows or not pooled_here else [_nothing(asked)]
    return Analysis(
        question=asked.id,
        title=asked.title,
        text=asked.question,
        population=asked.population,
        intervention=asked.intervention.label,
        comparator=asked.comparator.label,
        outcome=asked.outcome_label,
        good_direction=_direction(asked, vocabulary),
        synthesis=asked.plan.synthesis,
        measure=asked.plan.measure,
        plan=plan_in_words(asked, vocabulary),
        effects=effects,
        models=models,
        leave_one_out=() if brief else _omissions(effects, asked.plan),
        cumulative=() if brief else _accumulated(effects, asked.plan, evidence.studies),
        directions=shown,
        variants=variants,
        per_thousand=absolute,
        baselines=None if brief else baselines(asked.baseline_risk, effects, models.get("plan"), evidence.studies),
        published=published(asked.baseline_risk, asked.compare_with, evidence.sources),
        repooling=_rules(effects, asked.plan),
        what_would_change=None if brief else what_would_change(asked, effects, models.get("plan")),
        robustness=None
        if brief
        else robustness(asked, models.get("plan"), lambda change: _pooled_under(evidence, asked, change)),
        certainty=certainty_of(evidence, asked, effects, models.get("plan"), absolute, shown),
        design_labels={key: word.label for key, word in vocabulary.designs.items()},
        concerns=_concerns(evidence, effects, variants),
        compare_with=tuple((key.split("/")[0], key.split("/")[1]) for key in asked.compare_with),
        notes=tuple(notes),
        evidence_hash=evidence.content_hash,
    )


def _asked(evidence: EvidenceLike, question: str) -> Question:
    if question not in evidence.questions:
        raise UnknownKeyError("question", question, evidence.questions)
    return evidence.questions[question]


def effect_sizes(evidence: EvidenceLike, question: str, *, measure: str | None = None) -> Effects:
    """The effects that answer a question, by its plan's rules.

    Parameters
    ----------
    evidence : Evidence
    question : str
    measure : str or None
        Another effect measure than the plan's.

    Returns
    -------
    Effects
        One row per study on the analysis scale; what was left out is in ``excluded``.

    Raises
    ------
    UnknownKeyError
        If the question or the measure is not known.
    """
    asked = _asked(evidence, question)
    if measure is not None:
        asked = asked.model_copy(update={"plan": asked.plan.model_copy(update={"measure": MEASURES[measure].key})})
    selection = select(evidence.studies.values(), asked, evidence.vocabulary)
    return effects_of(asked, selection, evidence.studies)


def effects_of(question: Question, selection: Selection, studies: Mapping[str, Study]) -> Effects:
    """One effect per study and family, by the plan's rules; everything left out, with its reason."""
    rows: list[EffectRow] = []
    excluded = _left_out(selection)
    for candidates in selection.candidates:
        row, rest = _one_per_study(candidates, question.plan)
        excluded.extend(rest)
        if row is not None:
            rows.append(row)
    kept, repeated = _one_per_family(rows, studies, question.plan)
    return Effects(measure=question.plan.measure, rows=tuple(kept), excluded=(*excluded, *repeated))


def _left_out(selection: Selection) -> list[Excluded]:
    return [
        Excluded(study=out.study.id, result=out.result.id, label=out.study.label, code=out.code, reason=out.reason)
        for out in selection.left_out
    ]


def _only_excluded(question: Question, selection: Selection) -> Effects:
    return Effects(measure=question.plan.measure, rows=(), excluded=tuple(_left_out(selection)))


def _one_per_study(candidates: tuple[Candidate, ...], plan: Plan) -> tuple[EffectRow | None, list[Excluded]]:
    used: EffectRow | None = None
    rest: list[Excluded] = []
    for candidate in candidates:
        study, result = candidate.study, candidate.result
        if used is not None:
            reason = f"another result of the same study is used: {used.result} (plan: {plan.timepoint} follow-up)"
            rest.append(
                Excluded(study=study.id, result=result.id, label=study.label, code="other-result", reason=reason)
            )
            continue
        arms = _arms(candidate, plan)
        sides = Sides(
            study=study,
            result=result,
            intervention=arms[0],
            comparator=arms[1],
            measure=plan.measure,
            zero_cells=plan.zero_cells,
        )
        row = effect_row(sides, prefer=plan.prefer, inputs=plan.inputs)
        if isinstance(row, Excluded):
            rest.append(row)
        else:
            used = row
    return used, rest


def _arms(candidate: Candidate, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if plan.multi_arm == "first":
        return candidate.intervention[:1], candidate.comparator[:1]
    return candidate.intervention, candidate.comparator


def _one_per_family(
    rows: Iterable[EffectRow], studies: Mapping[str, Study], plan: Plan
) -> tuple[list[EffectRow], list[Excluded]]:
    """The same people are counted once: the plan's timepoint decides, then the larger number, then the id."""
    best: dict[str, EffectRow] = {}
    ordered = sorted(rows, key=lambda row: row.study)
    for row in ordered:
        family = studies[row.study].family or row.study
        if family not in best or _preference(row, plan) < _preference(best[family], plan):
            best[family] = row
    kept = [row for row in ordered if best[studies[row.study].family or row.study] is row]
    repeated = []
    for row in ordered:
        winner = best[studies[row.study].family or row.study]
        if winner is not row:
            reason = f"the same people are counted in {winner.label} (plan: {plan.timepoint} follow-up)"
            repeated.append(
                Excluded(study=row.study, result=row.result, label=row.label, code="same-people", reason=reason)
            )
    return kept, repeated


def _preference(row: EffectRow, plan: Plan) -> tuple[float, float, str]:
    months = row.timepoint_months
    time = float("inf") if months is None else (-months if plan.timepoint == "longest" else months)
    return time, -(row.n or 0), row.study


def fit(effects: Effects, plan: Plan) -> dict[ModelKey, Pooled]:
    """The common-effect model, DerSimonian-Laird with a Wald interval, and what the plan asks for."""
    if not effects.rows:
        return {}
    return {
        "common": pool(effects, model="common", ci="wald", level=plan.level),
        "DL": pool(effects, model="random", tau2="DL", ci="wald", level=plan.level),
        "plan": pool(effects, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level),
    }


def _rules(effects: Effects, plan: Plan) -> dict[ModelKey, Repooling]:
    """How each model of ``fit`` is computed."""
    k = len(effects)
    if k == 0:
        return {}
    return {
        "common": repooling(k, model="common", ci="wald", level=plan.level),
        "DL": repooling(k, model="random", tau2="DL", ci="wald", level=plan.level),
        "plan": repooling(k, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level),
    }


def _omissions(effects: Effects, plan: Plan) -> tuple[Omission, ...]:
    if len(effects) < 2:
        return ()
    return leave_one_out(effects, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level)


def _accumulated(effects: Effects, plan: Plan, studies: Mapping[str, Study]) -> tuple[Accumulation, ...]:
    if len(effects) < 2:
        return ()
    years = [studies[row.study].year for row in effects]
    return cumulative(effects, years, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level)


def _variants(evidence: EvidenceLike, question: Question, effects: Effects) -> Iterable[VariantResult]:
    planned = list(question.sensitivity)
    worrying = sorted(row.study for row in effects.rows if evidence.studies[row.study].concerns)
    if worrying:
        planned.append(
            Variant(
                id=WITHOUT_CONCERNS,
                label="Without studies that carry a concern about integrity",
                why="A recorded concern is not a finding; the result should not depend on those studies.",
                without=tuple(worrying),
            )
        )
    for variant in planned:
        varied, found = _varied_effects(evidence, question, variant)
        yield VariantResult(
            id=variant.id,
            label=variant.label,
            why=variant.why,
            effects=found,
            models=fit(found, varied.plan),
            repooling=_rules(found, varied.plan),
            notes=() if found.rows else (_nothing(varied),),
        )


def _varied_effects(evidence: EvidenceLike, question: Question, variant: Variant) -> tuple[Question, Effects]:
    varied = vary(question, variant)
    chosen = _chosen(evidence.studies, variant)
    selection = select(chosen.values(), varied, evidence.vocabulary)
    return varied, effects_of(varied, selection, evidence.studies)


def _pooled_under(evidence: EvidenceLike, question: Question, variant: Variant) -> Pooled | None:
    """The plan's result with one change; None if no study is left. Too few for its interval method get Wald's."""
    varied, found = _varied_effects(evidence, question, variant)
    plan = varied.plan
    if not found.rows:
        return None
    return pool_subset(found, model=plan.model, tau2=plan.tau2, ci=plan.profile, prediction="none", level=plan.level)


def vary(question: Question, variant: Variant) -> Question:
    """The question with one sensitivity analysis's changes to plan and rule."""
    changes: dict[str, object] = dict(variant.plan)
    if variant.prefer is not None:
        changes["prefer"] = variant.prefer
    update: dict[str, object] = {"plan": Plan.model_validate(question.plan.model_dump() | changes)}
    if variant.designs is not None:
        update["designs"] = variant.designs
    if variant.window_months is not None:
        update["window_months"] = variant.window_months
    return question.model_copy(update=update)


def _chosen(studies: Mapping[str, Study], variant: Variant) -> dict[str, Study]:
    for name in (*variant.without, *variant.only):
        if name not in studies:
            raise AnalysisError(f"sensitivity analysis {variant.id!r} names a study that does not exist: {name!r}")
    return {
        key: study
        for key, study in studies.items()
        if key not in variant.without and (not variant.only or key in variant.only)
    }


def _nothing(question: Question) -> Note:
    return Note(
        code="no-usable-study",
        text=f"No study in the evidence compares {question.intervention.label} with "
        f"{lower_first(question.comparator.label)} on this outcome with numbers that can be pooled.",
    )


def _direction(question: Question, vocabulary: Vocabulary) -> GoodDirection:
    found: set[GoodDirection] = {vocabulary.outcomes[outcome].direction for outcome in question.outcome}
    if len(found) > 1 and question.plan.synthesis == "meta-analysis":
        raise AnalysisError(f"question {question.id!r} mixes outcomes that are good in different directions")
    return found.pop() if len(found) == 1 else "mixed"


def _concerns(
    evidence: EvidenceLike, effects: Effects, variants: Iterable[VariantResult]
) -> tuple[tuple[str, str], ...]:
    entered = {row.study for row in effects.rows} | {row.study for item in variants for row in item.effects.rows}
    entered |= {item.study for item in effects.excluded}
    return tuple(
        (study, concern.statement) for study in sorted(entered) for concern in evidence.studies[study].concerns
    )
