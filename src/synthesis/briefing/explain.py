"""From a printed number or a claim back to the page: every step, down to record, line, place and quotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from synthesis.analysis.model import Analysis
from synthesis.briefing.facts import Fact
from synthesis.document.markdown import slot_names
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.errors import UnknownKeyError
from synthesis.evidence.base import Where
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.source import Estimate, Source, Statement
from synthesis.evidence.study import Study
from synthesis.formatting import effect, effect_interval, integer, number, percent


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...

    def line(self, file: str, path: str = "") -> int: ...


def trail(
    name: str,
    evidence: EvidenceLike,
    facts: Mapping[str, Fact],
    analyses: Mapping[str, Analysis],
    claims: ClaimFile | None = None,
) -> tuple[str, ...]:
    """The trail of a named number or a claim, as lines of text, indented by depth.

    Parameters
    ----------
    name : str
        Name of a number, or id of a claim (with or without ``claim:``).
    evidence : Evidence
    facts : mapping of str to Fact
    analyses : mapping of str to Analysis
        By question.
    claims : ClaimFile or None

    Raises
    ------
    UnknownKeyError
        If there is neither a number nor a claim of that name.
    """
    wanted = name.removeprefix("claim:")
    if claims is not None:
        for index, claim in enumerate(claims.claims.claims):
            if claim.id == wanted:
                used = list(dict.fromkeys([*slot_names(claim.says), *_conditioned(claim.when, facts)]))
                lines = [f"claim {claim.id} ({claims.file}:{claims.line(f'claims[{index}]')})", f"  {claim.says}"]
                lines += [f"  holds while {condition}" for condition in claim.when]
                for fact in used:
                    lines += [f"  {line}" for line in _number(fact, evidence, facts, analyses)]
                return tuple(lines)
    known = [*facts, *(claim.id for claim in claims.claims.claims)] if claims else list(facts)
    if wanted not in facts:
        raise UnknownKeyError("number or claim", name, known)
    return tuple(_number(wanted, evidence, facts, analyses))


def _conditioned(conditions: tuple[str, ...], facts: Mapping[str, Fact]) -> list[str]:
    return [word for condition in conditions for word in condition.split() if word in facts]


def _number(
    name: str, evidence: EvidenceLike, facts: Mapping[str, Fact], analyses: Mapping[str, Analysis]
) -> Iterator[str]:
    fact = facts[name]
    yield f"{name} = {fact.text}" + ("" if fact.read else "  (rests on recalled numbers)")
    first, _, rest = name.partition(".")
    if first in analyses:
        yield from (f"  {line}" for line in _analysis(analyses[first], rest, evidence))
    elif first in evidence.studies:
        result = rest.split(".")[0]
        yield from (f"  {line}" for line in _result(evidence, first, result))
    elif first in evidence.sources:
        yield from (f"  {line}" for line in _at_baseline(first, rest, analyses.values()))
        yield from (f"  {line}" for line in _source(evidence, evidence.sources[first], rest.split(".")[0]))
    else:
        yield "  counted over all records"


def _at_baseline(source: str, rest: str, analyses: Iterable[Analysis]) -> Iterator[str]:
    """Where a published estimate was put as people: at whose baseline risk."""
    for analysis in analyses:
        for item in analysis.published:
            if item.source == source and rest.startswith(f"{item.estimate}.at-{analysis.question}."):
                people = item.per_thousand
                yield (
                    f"at the baseline risk of {analysis.question}, {integer(people.baseline)} per 1,000: "
                    f"{people.baseline_source}"
                )


def _analysis(analysis: Analysis, rest: str, evidence: EvidenceLike) -> Iterator[str]:
    variant = next((item for item in analysis.variants if rest.startswith(f"{item.id}.")), None)
    effects, models = (variant.effects, variant.models) if variant else (analysis.effects, analysis.models)
    label = f"sensitivity analysis {variant.id}: {variant.label}" if variant else "the question's plan"
    file = f"questions/{analysis.question}.yaml"
    yield f"question {analysis.question} ({file}:{evidence.line(file)}), {label}"
    pooled = models.get("plan")
    if pooled is not None:
        measure = MEASURES[pooled.measure]
        point, low, high = (measure.to_natural(value) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high))
        yield (
            f"pooled: {measure.short} {effect_interval(point, low, high, measure.axis)}, k = {pooled.k}, "
            f"{pooled.model} effects, tau2 {number(pooled.tau2.value, 3)} by {pooled.tau2.method}, "
            f"interval {pooled.ci.method}"
        )
        yield from (f"  note: {note.text}" for note in pooled.notes)
        for row, weight in zip(effects.rows, pooled.weights, strict=True):
            yield from _row(row, weight, effects.measure, evidence)
    for direction in analysis.directions:
        yield f"{direction.label}: {direction.direction}, printed {direction.printed}"
        yield from (f"  {line}" for line in _result(evidence, direction.study, direction.result))


def _row(row: EffectRow, weight: float, measure: str, evidence: EvidenceLike) -> Iterator[str]:
    entry = MEASURES[measure]
    yield (
        f"{row.label}: {entry.short} {effect(entry.to_natural(row.yi), entry.axis)}, yi {number(row.yi, 4)}, "
        f"vi {number(row.vi, 4)}, weight {percent(weight, 1)}, by {row.route}"
    )
    yield from (f"  step: {step.text} [{step.source}]" for step in row.steps)
    yield from (f"  note: {note}" for note in row.notes)
    yield from (f"  {line}" for line in _result(evidence, row.study, row.result))


def _result(evidence: EvidenceLike, study: str, result_id: str) -> Iterator[str]:
    record = evidence.studies[study]
    file = f"studies/{study}.yaml"
    for index, result in enumerate(record.results):
        if result.id == result_id:
            yield f"record {file}:{evidence.line(file, f'results[{index}]')}: {result.name}"
            yield from _where(result.where)
            return
    yield f"record {file}:{evidence.line(file)}"


def _source(evidence: EvidenceLike, source: Source, part: str) -> Iterator[str]:
    file = f"sources/{source.id}.yaml"
    listed: tuple[tuple[str, Sequence[Estimate | Statement]], ...] = (
        ("estimates", source.estimates),
        ("statements", source.statements),
    )
    for field, items in listed:
        for index, item in enumerate(items):
            if item.id == part:
                yield f"record {file}:{evidence.line(file, f'{field}[{index}]')}: {source.short_name}"
                yield from _where(item.where)
                return
    yield f"record {file}:{evidence.line(file, 'figures')}: {source.short_name}, as the source states it"
    if source.where_seen:
        yield f"  seen at {source.where_seen}"


def _where(where: Where) -> Iterator[str]:
    how = "read" if where.read else "RECALLED, not read"
    second = ", second-hand" if where.secondary else ""
    yield f"  {how}{second}: {where.place}"
    if where.quote:
        yield f"  “{where.quote}”"
    if where.quote_note:
        yield f"  {where.quote_note}"
    if where.address:
        yield f"  {where.address}"
