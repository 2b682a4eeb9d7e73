"""Pooled results that other reviews published: shown and compared, never pooled again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from synthesis.analysis.phrases import upper_first
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.evidence.source import Estimate, Source
from synthesis.formatting import integer, interval, percent, shortest
from synthesis.tables.records import (
    NOT_STATED,
    RECALLED_NOTE,
    Records,
    certainty,
    chosen,
    cite,
    dagger,
    empty_row,
    fact,
    stacked,
)

COLUMNS = (
    Column(label="Outcome and time", width=2),
    Column(label="Comparison", width=2.2),
    Column(label="Result", width=2.4),
    Column(label="Studies (people)", align="right", width=1.1),
    Column(label="Certainty, as published", width=1.4),
)
UNITLESS = frozenset({"RR", "OR"})
# What stands before and after a number that is not an effect measure.
NAMES = {"B": ("Coefficient ", ""), "percent": ("", "%"), "mean": ("Mean ", "")}


def published_estimates(
    evidence: Records, sources: Iterable[str] | None = None, *, include_recalled: bool = False
) -> Table:
    """One row per published result.

    Parameters
    ----------
    evidence : Evidence
    sources : iterable of str or None
        Ids of sources, in the order wanted; None for all.
    include_recalled : bool
        Whether results that are recalled and not read are shown as well, marked.

    Raises
    ------
    UnknownKeyError
        If an id is not that of a source.
    """
    wanted = None if sources is None else list(sources)
    picked = chosen("source", evidence.sources, wanted)
    pairs = [
        (source, item) for source in picked.values() for item in source.estimates if include_recalled or item.where.read
    ]
    left_out = sum(not item.where.read for source in picked.values() for item in source.estimates)
    notes = [line(f"As published, on the scale of the source. {_abbreviations(item for _, item in pairs)}")]
    if _any_recalled(pairs):
        notes.append(line(RECALLED_NOTE))
    if left_out and not include_recalled:
        notes.append(line(f"Not shown, because recalled and not read: {integer(left_out)}."))
    return Table(
        id="published-estimates" + (f"-{wanted[0]}" if wanted else ""),
        caption="Results that other reviews have published",
        columns=COLUMNS,
        rows=tuple(_rows(pairs)) or (Row(cells=empty_row(len(COLUMNS), "No published result that was read")),),
        notes=tuple(notes),
    )


def _any_recalled(pairs: list[tuple[Source, Estimate]]) -> bool:
    return any(
        not item.where.read
        or (item.counts_known == "recalled" and (item.studies is not None or item.participants is not None))
        or (item.certainty_known == "recalled" and item.certainty is not None)
        for _, item in pairs
    )


def _abbreviations(items: Iterable[Estimate]) -> str:
    used = {item.measure for item in items if item.estimate is not None}
    names = [f"{key}: {MEASURES[key].label}" for key in MEASURES if key in used]
    return "; ".join(["CI: confidence interval", *names]) + "."


def _rows(pairs: list[tuple[Source, Estimate]]) -> Iterator[Row]:
    """The results of each source under a heading with its name."""
    for _, own in groupby(pairs, key=lambda pair: pair[0].id):
        results = list(own)
        source = results[0][0]
        yield Row(cells=(line(f"{source.short_name} ", cite(source.id)),), style="group")
        for _, item in results:
            yield _row(source, item)


def _row(source: Source, item: Estimate) -> Row:
    time = [line(item.timepoint)] if item.timepoint else []
    return Row(
        cells=(
            stacked([line(upper_first(item.outcome)), *time]),
            line(upper_first(item.comparison or NOT_STATED)),
            (*_result(source, item), *dagger(not item.where.read)),
            _counts(source, item),
            _certainty(item),
        )
    )


def _result(source: Source, item: Estimate) -> Line:
    if item.estimate is None:
        return line(item.estimate_text or item.finding or NOT_STATED)
    name = f"{source.id}.{item.id}"
    value = shortest(item.estimate)
    unit = f" {item.unit}" if item.unit and item.measure not in UNITLESS else ""
    p = f", p {item.p}" if item.p else ""
    if item.ci is not None:
        bounds = interval(shortest(item.ci[0]), shortest(item.ci[1]))
        text = f"{item.measure} {value} ({percent(item.level)} CI {bounds})"
        shown = line(fact(text, f"{name}.effect"), f"{unit}{p}")
    else:
        named, sign = NAMES.get(item.measure, (f"{item.measure} ", ""))
        shown = line(named, fact(value, f"{name}.estimate"), f"{sign}{unit}{p}")
    words = item.finding or item.estimate_text
    return stacked([shown, line(words)]) if words else shown


def _counts(source: Source, item: Estimate) -> Line:
    if item.studies is None and item.participants is None:
        return line(NOT_STATED)
    name = f"{source.id}.{item.id}"
    mark = dagger(item.counts_known == "recalled")
    studies = line(fact(integer(item.studies), f"{name}.studies")) if item.studies is not None else line(NOT_STATED)
    if item.participants is None:
        return (*studies, *mark)
    return (*studies, *line(" (", fact(integer(item.participants), f"{name}.participants"), ")"), *mark)


def _certainty(item: Estimate) -> Line:
    if item.certainty is None:
        return line(NOT_STATED)
    return (certainty(item.certainty), *dagger(item.certainty_known == "recalled"))
