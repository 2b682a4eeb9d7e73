"""The evidence explorer: a forest plot that readers of a page can sort, filter and pool anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, ModelKey, Repooling
from synthesis.document.elements import Bar, Column, Explorer, ExplorerAxis, ExplorerRow, Filter
from synthesis.effects.model import EffectRow, Group
from synthesis.errors import UsageError
from synthesis.evidence.study import Study
from synthesis.figures import style
from synthesis.figures.axis import Axis
from synthesis.figures.forest import axis_of, forest
from synthesis.figures.forest_content import (
    UNKNOWN,
    Content,
    content_of,
    events_and_people,
    footnotes_of,
    group_cells,
    group_totals,
    has_means,
    own_effect,
)
from synthesis.formatting import effect_range, months, percent
from synthesis.pooling.model import Pooled

# Room for the axis in points: what is left for it in the text column of a page.
ROOM = 130.0
# With more studies, ticking them one by one is no way to explore.
MOST_STUDIES_TO_TICK = 12
# Sorts below everything that is known.
_LEAST = -1e300

Key = str | float | None


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A column of the table: its head, its text for each study, and what it is sorted by."""

    column: Column
    texts: tuple[str, ...]
    keys: tuple[Key, ...]


def explorer(analysis: Analysis, evidence: EvidenceLike, *, variant: str | None = None) -> Explorer:
    """A forest plot as a table to explore.

    In a page, readers sort it, leave studies out by design, risk of bias, reading or name, and see what the rest comes
    to by the plan's own rule. Anywhere else it is the forest plot.

    Parameters
    ----------
    analysis : Analysis
        With at least one pooled study.
    evidence : Evidence
        For the judgements of risk of bias.
    variant : str or None
        Id of a sensitivity analysis to show instead of the main one.

    Returns
    -------
    Explorer

    Raises
    ------
    UsageError
        If nothing was pooled, or on a scale that the page cannot draw.
    UnknownKeyError
        For a variant that the analysis does not have.
    """
    content = content_of(analysis, "plan", variant)
    source = analysis if variant is None else analysis.variant(variant)
    if (content.measure.scale, content.measure.axis) not in (("log", "log"), ("identity", "linear")):
        raise UsageError(f"an explorer cannot show a {content.measure.label}; use forest, which draws every measure")
    if set(source.models) - set(source.repooling):
        raise UsageError(f"{analysis.question!r} does not say how it was pooled; run analyse again")
    axis = axis_of(content)(ROOM)
    biases = tuple(_bias(evidence.studies[row.study], row.result) for row in content.effects)
    fields = _fields(content, biases)
    pooled, rules = _pooled(content, source.models, source.repooling, axis, fields)
    filters, facets = _filters(content, biases)
    sums, groups = _sums(content, fields)
    drawn = next(place for place, item in enumerate(fields) if item.keys == (None,) * len(item.keys))
    log = content.measure.axis == "log"
    data = {
        "y": [row.yi for row in content.effects],
        "v": [row.vi for row in content.effects],
        "keys": list(zip(*(item.keys for item in fields), strict=True)),
        "facets": facets,
        "pooled": rules,
        "sums": groups,
        "low": content.measure.to_analysis(axis.low),
        "high": content.measure.to_analysis(axis.high),
        "log": log,
        "measure": f"{content.measure.label} ({percent(content.main.ci.level)} CI)",
    }
    return Explorer(
        figure=forest(analysis, variant=variant),
        columns=tuple(item.column for item in fields),
        drawn=drawn,
        effect=drawn + 1,
        weight=drawn + 2,
        studies=tuple(
            ExplorerRow(cells=tuple(item.texts[index] for item in fields), bar=_square(content, axis, index))
            for index in range(len(content.effects))
        ),
        pooled=pooled,
        sums=sums,
        axis=ExplorerAxis(
            ticks=tuple((axis.share(tick.value), tick.label) for tick in axis.ticks),
            null=axis.share(axis.null),
            sides=phrases.favours(analysis.good_direction, analysis.intervention, analysis.comparator),
        ),
        filters=filters,
        script=json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")),
    )


def _bias(study: Study, result: str) -> str:
    """The overall judgement of one result, in words; "" where nobody has judged it."""
    levels = [item.overall.level for item in study.risk_of_bias if result in item.results]
    return phrases.upper_first(levels[0].replace("-", " ")) if levels else ""


def _fields(content: Content, biases: tuple[str, ...]) -> list[_Field]:
    rows, labels = content.effects.rows, content.analysis.design_labels
    marks, _ = footnotes_of(content)
    studies = tuple(f"{row.label} {' '.join(own)}".strip() for row, own in zip(rows, marks, strict=True))
    designs = tuple(phrases.design_name(row.design, labels) for row in rows)
    times = ("" if row.timepoint_months is None else f", {months(row.timepoint_months)}" for row in rows)
    fields = [
        _words("Study", studies),
        _words("Design and time", tuple(f"{design}{time}" for design, time in zip(designs, times, strict=True))),
    ]
    if any(biases):
        fields.append(_words("Risk of bias", tuple(bias or "Not judged" for bias in biases)))
    fields += _sides(content)
    name = phrases.upper_first(content.measure.label)
    none = ("",) * len(rows)
    fields += [
        _Field(column=Column(label=f"{name}, drawn"), texts=none, keys=(None,) * len(rows)),
        _numbers(
            f"{name} ({percent(content.main.ci.level)} CI)",
            [own_effect(content, row) for row in rows],
            [row.yi for row in rows],
        ),
    ]
    if content.main.k > 1:
        weights = content.main.weights
        fields.append(_numbers("Weight", [percent(weight, 1) for weight in weights], weights))
    return fields


def _words(label: str, texts: tuple[str, ...]) -> _Field:
    return _Field(column=Column(label=label), texts=texts, keys=tuple(text.casefold() for text in texts))


def _numbers(label: str, texts: list[str], keys: Any) -> _Field:
    known = tuple(_LEAST if key is None else float(key) for key in keys)
    return _Field(column=Column(label=label, align="right"), texts=tuple(texts), keys=known)


def _sides(content: Content) -> list[_Field]:
    cells = group_cells(content)
    if cells is None:
        return []
    what = "mean (SD), n" if has_means(content.effects) else "events/n"
    analysis, rows = content.analysis, content.effects.rows
    sides: tuple[tuple[str, list[Group | None]], ...] = (
        (analysis.intervention, [row.intervention for row in rows]),
        (analysis.comparator, [row.comparator for row in rows]),
    )
    return [
        _numbers(
            f"{phrases.upper_first(label)}, {what}", [pair[place] for pair in cells], [_size(group) for group in groups]
        )
        for place, (label, groups) in enumerate(sides)
    ]


def _size(group: Group | None) -> float | None:
    """What a side is sorted by: its mean, or the share with the outcome."""
    if group is None or group.mean is not None:
        return None if group is None else group.mean
    return group.events / group.n if group.events is not None and group.n else None


def _sums(content: Content, fields: list[_Field]) -> tuple[tuple[str, ...], list[list[tuple[float | None, ...]]]]:
    """What all studies add up to, a text for each column; and for each side every study's events and people."""
    totals = group_totals(content, range(content.main.k)) if content.main.k > 1 else ("", "")
    if not any(totals):
        return (), []
    groups = [[row.intervention for row in content.effects], [row.comparator for row in content.effects]]
    before = next(place for place, item in enumerate(fields) if item.keys == (None,) * len(item.keys)) - 2
    texts = (*("",) * before, *(text or UNKNOWN for text in totals), *("",) * (len(fields) - before - 2))
    return texts, [[events_and_people(group) for group in own] for own in groups]


def _square(content: Content, axis: Axis, index: int) -> Bar:
    row: EffectRow = content.effects.rows[index]
    value, low, high = (content.on_plot(x) for x in (row.yi, *row.wald(content.main.ci.level)))
    share = content.main.weights[index] / max(content.main.weights)
    return Bar(
        shape="square", at=axis.share(value), low=axis.share(low), high=axis.share(high),
        cut=(axis.cuts(low), axis.cuts(high)), size=style.LARGEST_SQUARE * share**0.5, hollow=not row.read,
    )  # fmt: skip


def _pooled(
    content: Content,
    models: Mapping[ModelKey, Pooled],
    rules: Mapping[ModelKey, Repooling],
    axis: Axis,
    fields: list[_Field],
) -> tuple[tuple[ExplorerRow, ...], list[dict[str, Any]]]:
    """The rows below the studies, and for the script what each is and how it is computed."""
    if content.main.k < 2:
        return (), []
    rows: list[ExplorerRow] = []
    told: list[dict[str, Any]] = []
    for pooled in (content.main, content.other):
        if pooled is None:
            continue
        rule = rules[next(key for key, model in models.items() if model is pooled)]
        names = {
            branch.interval: phrases.model_name(replace(pooled, ci=replace(pooled.ci, method=branch.interval)))
            for branch in rule.branches
        }
        lead = pooled is content.main
        text = content.interval(pooled.estimate, pooled.ci)
        told.append({"row": len(rows), "prediction": 0, "names": names, "rule": asdict(rule)})
        bar = _band(content, axis, "diamond", pooled.estimate, pooled.ci.low, pooled.ci.high, hollow=not lead)
        rows.append(_row(fields, phrases.model_name(pooled), text, percent(1) if lead else "", bar))
        if lead and pooled.prediction is not None:
            found = pooled.prediction
            low, high = content.on_plot(found.low), content.on_plot(found.high)
            told[-1]["prediction"] = len(rows)
            bar = _band(content, axis, "band", found.low, found.low, found.high)
            name = f"{percent(found.level)} prediction interval"
            rows.append(_row(fields, name, effect_range(low, high, content.measure.axis), "", bar))
    return tuple(rows), told


def _row(fields: list[_Field], name: str, effect: str, weight: str, bar: Bar) -> ExplorerRow:
    return ExplorerRow(cells=(name, *("",) * (len(fields) - 3), effect, weight), bar=bar)


def _band(content: Content, axis: Axis, shape: Any, at: float, low: float, high: float, hollow: bool = False) -> Bar:
    places = [axis.share(content.on_plot(value)) for value in (at, low, high)]
    return Bar(shape=shape, at=places[0], low=places[1], high=places[2], hollow=hollow)


def _filters(content: Content, biases: tuple[str, ...]) -> tuple[tuple[Filter, ...], list[list[str]]]:
    """What can be chosen, where there is a choice; and for each study the options it falls under."""
    rows, labels = content.effects.rows, content.analysis.design_labels
    choices = [
        ("Design", [phrases.design_name(row.design, labels) for row in rows]),
        ("Risk of bias", [bias or "Not judged" for bias in biases]),
        ("Numbers", ["Read in a source" if row.read else "Recalled" for row in rows]),
    ]
    if len(rows) <= MOST_STUDIES_TO_TICK:
        choices.append(("Study", [row.label for row in rows]))
    filters: list[Filter] = []
    facets: list[list[str]] = [[] for _ in rows]
    for label, own in choices:
        options = list(dict.fromkeys(own))
        if len(options) < 2:
            continue
        values = {words: f"{len(filters)}.{place}" for place, words in enumerate(options)}
        filters.append(Filter(label=label, options=tuple((value, words) for words, value in values.items())))
        for facet, words in zip(facets, own, strict=True):
            facet.append(values[words])
    return tuple(filters), facets
