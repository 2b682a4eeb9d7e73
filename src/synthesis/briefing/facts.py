"""Named numbers: everything prose may cite, each with its printed form, its value and where it came from.

Prose never holds a typed result. It holds a slot, ``{{ active-referral-attendance.effect }}``, which is filled from
here when the briefing is built. A name is ``<question>.<fact>``, ``<question>.<sensitivity analysis>.<fact>``,
``<study>.<result>.<arm or fact>``, ``<source>.<estimate or statement>.<fact>`` or ``evidence.<fact>``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from synthesis.analysis.directions import by_study
from synthesis.analysis.json_numbers import spelt_out
from synthesis.analysis.model import Analysis, PerThousand
from synthesis.briefing.provenance import Place
from synthesis.document.elements import FACTS_MIME
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import Effects
from synthesis.effects.sides import printed_known, worst
from synthesis.errors import UnknownKeyError
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Contrast, Counts, Means, Percents, Result, Study, Test
from synthesis.formatting import (
    effect,
    effect_range,
    integer,
    interval,
    more_or_fewer,
    number,
    p_value,
    percent,
    shortest,
)
from synthesis.pooling.model import Pooled


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One named number.

    Attributes
    ----------
    name : str
    text : str
        As printed.
    value : float, int, str or None
        Unrounded, on the natural scale.
    records : tuple of str
        Ids of the study or source records it rests on.
    read : bool
        False if any number behind it is recalled.
    """

    name: str
    text: str
    value: float | int | str | None
    records: tuple[str, ...]
    read: bool = True


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


def facts_of(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> dict[str, Fact]:
    """Every named number of the evidence and of these analyses, by name.

    Where a source prints several numbers that would have one name, each has its place added (``...estimate-1``,
    ``...estimate-2``), so that prose has to say which it means.
    """
    named: dict[str, list[Fact]] = {}
    for fact in _all(evidence, analyses):
        named.setdefault(fact.name, []).append(fact)
    found = (
        facts if len(facts) == 1 else [replace(fact, name=f"{name}-{i}") for i, fact in enumerate(facts, start=1)]
        for name, facts in named.items()
    )
    return {fact.name: fact for facts in found for fact in facts}


def _all(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> Iterator[Fact]:
    yield from _evidence_facts(evidence)
    for study in evidence.studies.values():
        if study.participants is not None:
            value, read = study.participants.value, study.participants.known != "recalled"
            yield Fact(
                name=f"{study.id}.participants", text=integer(value), value=value, records=(study.id,), read=read
            )
        for result in study.results:
            yield from _result_facts(study, result)
    for source in evidence.sources.values():
        yield from _source_facts(source)
    for analysis in analyses:
        yield from _analysis_facts(analysis)


def _evidence_facts(evidence: EvidenceLike) -> Iterator[Fact]:
    studies = list(evidence.studies.values())
    randomised = [item for item in studies if evidence.vocabulary.designs[item.design].randomised]
    results = [result for study in studies for result in study.results]
    british = [item for item in studies if "GB" in item.countries]
    american = [item for item in studies if "US" in item.countries]
    counts = {
        "studies": len(studies),
        "sources": len(evidence.sources),
        "results": len(results),
        "randomised": len(randomised),
        "not-randomised": len(studies) - len(randomised),
        "uk-studies": len(british),
        "us-studies": len(american),
        "results-read": sum(result.where.read for result in results),
    }
    for key, value in counts.items():
        yield Fact(name=f"evidence.{key}", text=integer(value), value=value, records=())


def _result_facts(study: Study, result: Result) -> Iterator[Fact]:
    base = f"{study.id}.{result.id}"
    for item in result.printed:
        for key, text, value, known in _printed_facts(item, printed_known(result, item)):
            yield Fact(name=f"{base}.{key}", text=text, value=value, records=(study.id,), read=known != "recalled")


def _printed_facts(item: object, known: str) -> Iterator[tuple[str, str, float | str, str]]:
    """Key, text, value and how it is known, of every number in a printed item."""
    if isinstance(item, Percents):
        for arm, share in item.arms.items():
            yield arm, f"{shortest(share.percent)}%", share.percent, share.known or known
    elif isinstance(item, Counts):
        for arm, count in item.arms.items():
            yield f"{arm}.events", integer(count.events), count.events, count.known or known
            yield f"{arm}.n", integer(count.n), count.n, count.known or known
    elif isinstance(item, Means):
        for arm, mean in item.arms.items():
            yield f"{arm}.mean", shortest(mean.mean), mean.mean, mean.known or known
    elif isinstance(item, Contrast):
        yield "estimate", shortest(item.estimate), item.estimate, known
        if item.ci is not None:
            text = interval(shortest(item.ci[0]), shortest(item.ci[1]))
            yield "ci", text, f"{item.ci[0]} to {item.ci[1]}", worst((known, item.ci_known or "read"))
        if item.p is not None:
            yield "p", item.p, item.p, known
    elif isinstance(item, Test) and item.p is not None:
        yield "p", item.p, item.p, known


def _source_facts(source: Source) -> Iterator[Fact]:
    for figure in source.figures:
        read = figure.known != "recalled"
        yield Fact(
            name=f"{source.id}.{figure.what}",
            text=integer(figure.value),
            value=figure.value,
            records=(source.id,),
            read=read,
        )
    for item in source.estimates:
        base, records, read = f"{source.id}.{item.id}", (source.id,), item.where.read
        if item.estimate is not None:
            text = shortest(item.estimate)
            yield Fact(name=f"{base}.estimate", text=text, value=item.estimate, records=records, read=read)
            if item.ci is not None:
                bounds = interval(shortest(item.ci[0]), shortest(item.ci[1]))
                full = f"{item.measure} {text} ({percent(item.level)} CI {bounds})"
                yield Fact(name=f"{base}.effect", text=full, value=item.estimate, records=records, read=read)
        for key, count in (("studies", item.studies), ("participants", item.participants)):
            if count is not None:
                known = read and item.counts_known != "recalled"
                yield Fact(name=f"{base}.{key}", text=integer(count), value=count, records=records, read=known)
        if item.certainty is not None:
            known = item.certainty_known != "recalled"
            word = item.certainty.replace("-", " ")
            yield Fact(name=f"{base}.certainty", text=word, value=word, records=records, read=known)
    for statement in source.statements:
        base = f"{source.id}.{statement.id}"
        for key, count in (("studies", statement.basis.studies), ("participants", statement.basis.participants)):
            if count is not None:
                known = statement.where.read and (key == "studies" or statement.basis.participants_known != "recalled")
                yield Fact(name=f"{base}.{key}", text=integer(count), value=count, records=(source.id,), read=known)


def _analysis_facts(analysis: Analysis) -> Iterator[Fact]:
    base = analysis.question
    level = analysis.certainty.word
    yield Fact(name=f"{base}.certainty", text=level, value=level, records=())
    yield from _effects_facts(base, analysis.effects)
    for key, pooled in analysis.models.items():
        prefix = base if key == "plan" else f"{base}.{key}"
        yield from _pooled_facts(prefix, pooled, analysis.effects)
    for variant in analysis.variants:
        prefix = f"{base}.{variant.id}"
        yield from _effects_facts(prefix, variant.effects)
        for key, pooled in variant.models.items():
            yield from _pooled_facts(prefix if key == "plan" else f"{prefix}.{key}", pooled, variant.effects)
    rows = analysis.effects.rows
    records, read = tuple(row.study for row in rows), all(row.read for row in rows)
    if analysis.per_thousand is not None:
        yield from _per_thousand_facts(base, analysis.per_thousand, records, read)
    for item in analysis.published:
        name = f"{item.source}.{item.estimate}.at-{base}"
        yield from _per_thousand_facts(name, item.per_thousand, (item.source,), item.read)
    yield from _hypothetical_facts(analysis)
    if analysis.directions:
        yield from _direction_facts(analysis)


def _effects_facts(base: str, effects: Effects) -> Iterator[Fact]:
    records = tuple(row.study for row in effects.rows)
    read = all(row.read for row in effects.rows)
    names = [row.label for row in effects.rows]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else "none"
    yield Fact(name=f"{base}.k", text=integer(len(effects)), value=len(effects), records=records, read=read)
    yield Fact(name=f"{base}.studies", text=listed, value=listed, records=records, read=read)
    left_out = len({item.study for item in effects.excluded} - set(records))
    yield Fact(name=f"{base}.left-out", text=integer(left_out), value=left_out, records=())


def _pooled_facts(base: str, pooled: Pooled, effects: Effects) -> Iterator[Fact]:
    records, read = tuple(row.study for row in effects.rows), all(row.read for row in effects.rows)
    measure = MEASURES[pooled.measure]
    natural = measure.to_natural

    def fact(key: str, text: str, value: float | str) -> Fact:
        return Fact(name=f"{base}.{key}", text=text, value=value, records=records, read=read)

    axis = measure.axis
    point = effect(natural(pooled.estimate), axis)
    bounds = effect_range(natural(pooled.ci.low), natural(pooled.ci.high), axis)
    full = f"{measure.short} {point} ({percent(pooled.ci.level)} CI {bounds})"
    yield fact("effect", full, natural(pooled.estimate))
    yield fact("estimate", point, natural(pooled.estimate))
    yield fact("ci", bounds, f"{natural(pooled.ci.low)} to {natural(pooled.ci.high)}")
    for key, bound in (("low", pooled.ci.low), ("high", pooled.ci.high)):
        yield fact(key, effect(natural(bound), axis), natural(bound))
    yield fact("i2", percent(pooled.heterogeneity.i2), pooled.heterogeneity.i2)
    yield fact("tau2", number(pooled.tau2.value, 2), pooled.tau2.value)
    yield fact("p", p_value(pooled.test.p), pooled.test.p)
    yield fact("q-p", p_value(pooled.heterogeneity.p), pooled.heterogeneity.p)
    if pooled.n is not None:
        yield fact("n", integer(pooled.n), pooled.n)
    if pooled.prediction is not None:
        text = effect_range(natural(pooled.prediction.low), natural(pooled.prediction.high), axis)
        yield fact("prediction", text, text)


def _hypothetical_facts(analysis: Analysis) -> Iterator[Fact]:
    """What a new trial would have to be to change the conclusion, and how many equivalent analyses share it.

    Where nothing that was looked for would do, the number is infinite and its text says how far it was looked for.
    """
    base, records = analysis.question, tuple(row.study for row in analysis.effects.rows)
    counts: dict[str, tuple[int | None, int]] = {}
    if (found := analysis.what_would_change) is not None:
        trials = {"smallest-trial": found.smallest}
        trials |= {f"trial-{key.replace(' ', '-')}": trial for key, trial in found.named.items()}
        counts |= {key: (None if trial is None else trial.n, found.largest) for key, trial in trials.items()}
        counts["trials-without-effect"] = found.trials_without_effect, found.most_trials
    if (robust := analysis.robustness) is not None:
        counts |= {"equivalent-analyses": (len(robust.equivalent), 0), "equivalent-agree": (len(robust.agree), 0)}
    for key, (count, most) in counts.items():
        text = f"more than {integer(most)}" if count is None else integer(count)
        yield Fact(name=f"{base}.{key}", text=text, value=math.inf if count is None else count, records=records)


def _per_thousand_facts(base: str, people: PerThousand, records: tuple[str, ...], read: bool) -> Iterator[Fact]:
    texts: dict[str, tuple[str, float | str]] = {
        "baseline-per-1000": (integer(people.baseline), people.baseline),
        "with-per-1000": (integer(people.intervention), people.intervention),
        "with-range-per-1000": (
            f"({interval(integer(people.baseline + people.low), integer(people.baseline + people.high))})",
            f"{people.baseline + people.low} to {people.baseline + people.high}",
        ),
        "difference-per-1000": (more_or_fewer(people.difference), people.difference),
        "baseline-in-people": (f"{integer(people.baseline)} in every 1,000", people.baseline),
        "difference-in-people": (f"{more_or_fewer(people.difference)} people in every 1,000", people.difference),
        "range-per-1000": (
            f"from {more_or_fewer(people.low)} to {more_or_fewer(people.high)}",
            f"{people.low} to {people.high}",
        ),
    }
    for key, (text, value) in texts.items():
        yield Fact(name=f"{base}.{key}", text=text, value=value, records=records, read=read)


def _direction_facts(analysis: Analysis) -> Iterator[Fact]:
    """Results and studies by direction; a study counts once, by the rule of ``by_study``."""
    base, rows = analysis.question, analysis.directions
    records = tuple(dict.fromkeys(row.study for row in rows))
    for way in ("better", "worse", "unclear", "mixed", "not-stated"):
        count = sum(row.direction == way for row in rows)
        yield Fact(name=f"{base}.results-{way}", text=integer(count), value=count, records=records)
    yield Fact(name=f"{base}.results", text=integer(len(rows)), value=len(rows), records=records)
    ways = by_study(rows)
    for way in ("better", "worse", "unclear", "mixed", "not-stated"):
        studies = tuple(study for study, found in ways.items() if found == way)
        yield Fact(name=f"{base}.studies-{way}", text=integer(len(studies)), value=len(studies), records=studies)
    yield Fact(name=f"{base}.direction-studies", text=integer(len(ways)), value=len(ways), records=records)
    ratios = sorted(row.ratio for row in rows if row.ratio is not None)
    if ratios:
        text = interval(shortest(ratios[0]), shortest(ratios[-1]))
        yield Fact(name=f"{base}.ratio-range", text=text, value=text, records=records)


class Facts(Mapping[str, Fact]):
    """Named numbers that show themselves in Jupyter and travel to the exporters in the same output.

    Parameters
    ----------
    facts : mapping of str to Fact
    analyses : iterable of Analysis
        What they were computed from.
    references : sequence of CSL-JSON items
        Everything that may be cited.
    claims : mapping of str to str, or None
        The text of every claim that may be said; None for a document without claims, whose prose is not held to them.
    places : mapping of str to Place, or None
        Where the numbers were read, by the start of their names.
    document : mapping
        Title, language, date and metadata of the document.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        *,
        analyses: Iterable[Analysis] = (),
        references: Iterable[dict[str, Any]] = (),
        claims: Mapping[str, str] | None = None,
        places: Mapping[str, Place] | None = None,
        document: Mapping[str, Any],
    ) -> None:
        self._facts = dict(facts)
        self.analyses = tuple(analyses)
        self.references = tuple(references)
        self.places = dict(places or {})
        self.claims = None if claims is None else dict(claims)
        self.document = dict(document)

    def __getitem__(self, name: str) -> Fact:
        try:
            return self._facts[name]
        except KeyError:
            raise UnknownKeyError("named number", name, self._facts) from None

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __repr__(self) -> str:
        return f"Facts({integer(len(self))} named numbers, {integer(len(self.references))} references)"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        facts = {
            fact.name: {"text": fact.text, "value": fact.value, "records": list(fact.records), "read": fact.read}
            for fact in self._facts.values()
        }
        data: dict[str, Any] = {
            "facts": facts,
            "analyses": [analysis.to_dict() for analysis in self.analyses],
            "references": list(self.references),
            "document": self.document,
        }
        data["places"] = {key: asdict(place) for key, place in self.places.items()}
        if self.claims is not None:
            data["claims"] = self.claims
        return {FACTS_MIME: spelt_out(data), "text/plain": repr(self)}
