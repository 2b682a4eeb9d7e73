"""The tables of a bundle, and the schema that says what each column holds (Frictionless Data Package)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from synthesis.analysis.model import Analysis
from synthesis.effects.measures import MEASURES
from synthesis.evidence.collection import Evidence
from synthesis.exchange.tables import EFFECT_COLUMNS, Cell, evidence_rows, to_csv
from synthesis.pooling.model import Interval, Pooled
from synthesis.registry import Registry

Rows = Iterable[Mapping[str, Cell]]

POOLED_COLUMNS = {
    "question": "id of the question",
    "analysis": "plan, or the id of a sensitivity analysis",
    "model": "plan (what the plan asks for), common (common effect) or DL (DerSimonian and Laird, Wald interval)",
    "measure": "effect measure",
    "scale": "analysis scale, on which estimate, se, interval and tau2 are",
    "k": "number of effects",
    "n": "participants, if known for every study",
    "estimate": "pooled effect, analysis scale",
    "se": "its standard error",
    "ci_low": "lower confidence limit, analysis scale",
    "ci_high": "upper confidence limit, analysis scale",
    "level": "confidence level",
    "interval_method": "how the interval was made",
    "natural_estimate": "pooled effect, natural scale",
    "natural_low": "lower confidence limit, natural scale",
    "natural_high": "upper confidence limit, natural scale",
    "prediction_low": "lower limit of the prediction interval, analysis scale",
    "prediction_high": "upper limit of the prediction interval, analysis scale",
    "tau2": "variance between studies",
    "tau2_method": "how it was estimated",
    "i2": "share of the variance that is between studies, from tau2, 0 to 1",
    "q": "Cochran's Q",
    "q_df": "its degrees of freedom",
    "q_p": "its p value",
    "notes": "every fallback",
}
CERTAINTY_COLUMNS = {
    "question": "id of the question",
    "level": "certainty (GRADE)",
    "start": "where the evidence starts",
    "domain": "domain of GRADE",
    "change": "levels down (negative) or up",
    "reason": "why",
    "by": "who judged",
    "on": "when",
}
STUDY_COLUMNS = {
    "study": "id of the study record",
    "label": "study as named in print",
    "year": "year of the main report",
    "design": "design of the study",
    "countries": "countries, by ISO code",
    "participants": "participants, as recorded",
    "setting": "where it took place",
    "population": "who took part",
    "family": "name shared by studies of the same people",
    "read": "yes if the record was read in a source",
    "title": "title of the main report",
    "doi": "of the main report",
    "pmid": "of the main report",
}
STATEMENT_COLUMNS = {
    "source": "id of the source record",
    "statement": "id of the statement in it",
    "body": "who says it",
    "year": "year of the source",
    "kind": "recommendation, conclusion, finding or definition",
    "says": "the statement in our words",
    "quote": "the words that carry it",
    "place": "where they stand",
    "address": "the page on which they were read",
    "read": "yes if it was read",
    "basis": "the evidence it names",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleTable:
    """A table: file name, what a row is, its columns with their meaning, which of them are numbers, and its rows."""

    key: str
    row: str
    columns: Mapping[str, str]
    numbers: frozenset[str]
    rows: Callable[[Evidence, tuple[Analysis, ...]], Rows]


def tables(evidence: Evidence, analyses: Iterable[Analysis]) -> dict[str, str]:
    """Every table as CSV, by its path in the bundle."""
    done = tuple(analyses)
    return {
        f"data/{table.key}.csv": to_csv(table.rows(evidence, done), tuple(table.columns))
        for table in BUNDLE_TABLES.values()
    }


def data_package(name: str, title: str, version: str) -> dict[str, Any]:
    """``datapackage.json``: the schema of every table.

    References
    ----------
    Frictionless Data, Data Package and Table Schema, version 1.
    """
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "version": version,
        "resources": [_resource(table) for table in BUNDLE_TABLES.values()],
    }


def _resource(table: BundleTable) -> dict[str, Any]:
    fields = [
        {"name": name, "type": "number" if name in table.numbers else "string", "description": meaning}
        for name, meaning in table.columns.items()
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.key,
        "path": f"data/{table.key}.csv",
        "description": f"One row for each {table.row}. Text that a spreadsheet would run as a formula starts with '.",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _effects(evidence: Evidence, analyses: tuple[Analysis, ...]) -> Rows:
    return evidence_rows(evidence, analyses)


def _pooled(evidence: Evidence, analyses: tuple[Analysis, ...]) -> Iterator[dict[str, Cell]]:
    for analysis in analyses:
        for model, pooled in analysis.models.items():
            yield _pooled_row(analysis.question, "plan", model, pooled)
        for variant in analysis.variants:
            for model, pooled in variant.models.items():
                yield _pooled_row(analysis.question, variant.id, model, pooled)


def _pooled_row(question: str, analysis: str, model: str, pooled: Pooled) -> dict[str, Cell]:
    measure, spread = MEASURES[pooled.measure], pooled.heterogeneity
    low, high = _limits(pooled.prediction)
    return {
        "question": question, "analysis": analysis, "model": model, "measure": pooled.measure, "scale": measure.scale,
        "k": pooled.k, "n": pooled.n, "estimate": pooled.estimate, "se": pooled.se,
        "ci_low": pooled.ci.low, "ci_high": pooled.ci.high, "level": pooled.ci.level,
        "interval_method": pooled.ci.method,
        "natural_estimate": measure.to_natural(pooled.estimate),
        "natural_low": measure.to_natural(pooled.ci.low), "natural_high": measure.to_natural(pooled.ci.high),
        "prediction_low": low, "prediction_high": high,
        "tau2": pooled.tau2.value, "tau2_method": pooled.tau2.method,
        "i2": _finite(spread.i2), "q": _finite(spread.q), "q_df": spread.df, "q_p": _finite(spread.p),
        "notes": "; ".join(note.text for note in pooled.notes),
    }  # fmt: skip


def _limits(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (_finite(interval.low), _finite(interval.high))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _certainty(evidence: Evidence, analyses: tuple[Analysis, ...]) -> Iterator[dict[str, Cell]]:
    for analysis in analyses:
        found = analysis.certainty
        about: dict[str, Cell] = {"question": analysis.question, "level": found.word, "start": found.start}
        if not found.domains:
            yield about | {"reason": found.reason, "by": found.by, "on": found.on}
        for item in found.domains:
            if item.change is not None:
                rating: dict[str, Cell] = {"domain": item.domain, "change": item.change, "reason": item.reason}
                yield about | rating | {"by": item.by, "on": item.on}


def _studies(evidence: Evidence, analyses: tuple[Analysis, ...]) -> Iterator[dict[str, Cell]]:
    for study in evidence.studies.values():
        main = study.reports[0]
        yield {
            "study": study.id, "label": study.label, "year": study.year, "design": study.design,
            "countries": " ".join(study.countries),
            "participants": study.participants.value if study.participants else None,
            "setting": study.setting, "population": study.population, "family": study.family,
            "read": "yes" if study.read else "no", "title": main.title, "doi": main.doi, "pmid": main.pmid,
        }  # fmt: skip


def _statements(evidence: Evidence, analyses: tuple[Analysis, ...]) -> Iterator[dict[str, Cell]]:
    for source in evidence.sources.values():
        for item in source.statements:
            yield {
                "source": source.id, "statement": item.id, "body": source.body, "year": source.year, "kind": item.kind,
                "says": item.says, "quote": item.where.quote, "place": item.where.place,
                "address": item.where.address, "read": "yes" if item.where.read else "no", "basis": item.basis.kind,
            }  # fmt: skip


_EFFECT_NUMBERS = frozenset(
    ("timepoint_months", "yi", "vi", "effect", "low", "high", "weight", "n", "intervention_events", "intervention_n",
     "comparator_events", "comparator_n")
)  # fmt: skip
_POOLED_WORDS = frozenset(
    ("question", "analysis", "model", "measure", "scale", "interval_method", "tau2_method", "notes")
)

BUNDLE_TABLES: Registry[BundleTable] = Registry(
    "table of a bundle",
    (
        BundleTable(
            key="effects", row="study and analysis, and for each result left out", columns=EFFECT_COLUMNS,
            numbers=_EFFECT_NUMBERS, rows=_effects,
        ),
        BundleTable(
            key="pooled", row="model of a question and of its sensitivity analyses", columns=POOLED_COLUMNS,
            numbers=frozenset(POOLED_COLUMNS) - _POOLED_WORDS, rows=_pooled,
        ),
        BundleTable(
            key="certainty", row="judgement of a domain of GRADE", columns=CERTAINTY_COLUMNS,
            numbers=frozenset({"change"}), rows=_certainty,
        ),
        BundleTable(
            key="studies", row="study record", columns=STUDY_COLUMNS, numbers=frozenset({"year", "participants"}),
            rows=_studies,
        ),
        BundleTable(
            key="statements", row="statement of a source", columns=STATEMENT_COLUMNS, numbers=frozenset({"year"}),
            rows=_statements,
        ),
    ),
)  # fmt: skip
