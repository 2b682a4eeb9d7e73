"""Every way a question was pooled: the plan, two simple models beside it, and each sensitivity analysis."""

from __future__ import annotations

from collections.abc import Mapping

from synthesis.analysis.model import Analysis, ModelKey
from synthesis.analysis.phrases import lower_first, model_name, tau2_text, upper_first
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import Effects
from synthesis.formatting import effect, effect_range, integer, p_value, percent
from synthesis.pooling.model import Note, Pooled
from synthesis.tables.records import RECALLED, RECALLED_NOTE, empty_row, fact, letter, sentence

NONE = "–"
KEY = (
    "REML: restricted maximum likelihood; DL: DerSimonian and Laird; τ²: variance between studies; I²: share of "
    "variability beyond chance; p: test of no effect."
)
ORDER: tuple[ModelKey, ...] = ("plan", "DL", "common")


def pooled_table(analysis: Analysis) -> Table:
    """The pooled results of one question.

    Parameters
    ----------
    analysis : Analysis
        A question whose plan is synthesis without meta-analysis, or that has no usable study, gets a row that says so.

    Returns
    -------
    Table
    """
    letters: dict[str, str] = {}
    name = analysis.question
    rows = [_group("As planned", ""), *_models(name, analysis.effects, analysis.models, analysis.notes, letters)]
    for variant in analysis.variants:
        rows.append(_group(variant.label, variant.why))
        rows.extend(_models(f"{name}.{variant.id}", variant.effects, variant.models, variant.notes, letters))
    recalled = [analysis.effects, *(variant.effects for variant in analysis.variants)]
    # One spelling in the table: that of its headings.
    notes = [
        line(Span(text=mark, style="strong"), f" {sentence(text.replace('tau²', 'τ²'))}")
        for text, mark in letters.items()
    ]
    if any(not row.read for effects in recalled for row in effects):
        notes.append(line(RECALLED_NOTE))
    notes.append(line(KEY))
    return Table(
        id=f"pooled-{name}", caption=f"{analysis.title}: every way of pooling", columns=_columns(analysis),
        rows=tuple(rows), notes=tuple(notes),
    )  # fmt: skip


def _columns(analysis: Analysis) -> tuple[Column, ...]:
    label = MEASURES[analysis.measure].label
    return (
        Column(label="Analysis and model", width=2.5),
        Column(label="Studies (people)", align="right", width=1.3),
        Column(label=f"{label[:1].upper()}{label[1:]} (95% CI)", align="right", width=2.55),
        Column(label="Prediction interval", align="right", width=1.4),
        Column(label="τ² (95% CI)", align="right", width=2.3),
        Column(label="I²", align="right", width=0.7),
        Column(label="p", align="right", width=0.9),
        Column(label="Notes", width=0.8),
    )


def _group(label: str, why: str) -> Row:
    return Row(cells=(line(f"{label}: {why}" if why else label),), style="group")


def _models(
    name: str, effects: Effects, models: Mapping[ModelKey, Pooled], notes: tuple[Note, ...], letters: dict[str, str]
) -> list[Row]:
    if not models:
        text = " ".join(note.text for note in notes) or "Not pooled: results are shown as directions."
        return [Row(cells=empty_row(8, text))]
    read = all(row.read for row in effects)
    return [_row(name, key, models[key], read, letters) for key in ORDER if key in models]


def _row(name: str, key: ModelKey, pooled: Pooled, read: bool, letters: dict[str, str]) -> Row:
    measure = MEASURES[pooled.measure]
    value, low, high = (measure.to_natural(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
    prediction = NONE
    if pooled.prediction is not None:
        bounds = (measure.to_natural(pooled.prediction.low), measure.to_natural(pooled.prediction.high))
        prediction = effect_range(*bounds, measure.axis)
    several = pooled.k > 1
    model = lower_first(model_name(pooled))
    label = f"Plan: {model}" if key == "plan" else upper_first(model)
    label += "" if read else f" {RECALLED}"
    base = name if key == "plan" else f"{name}.{key}"
    bounds_text = effect_range(low, high, measure.axis)
    return Row(
        cells=(
            line(label),
            line(f"{integer(pooled.k)} ({NONE if pooled.n is None else integer(pooled.n)})"),
            line(
                fact(effect(value, measure.axis), f"{base}.estimate"),
                " (",
                fact(bounds_text, f"{base}.ci"),
                ")",
            ),
            line(prediction),
            line(tau2_text(pooled, named=False) if several and pooled.model == "random" else NONE),
            line(percent(pooled.heterogeneity.i2) if several else NONE),
            line(p_value(pooled.test.p)),
            _marks(pooled, letters),
        )
    )


def _marks(pooled: Pooled, letters: dict[str, str]) -> Line:
    marks = [letters.setdefault(note.text, letter(len(letters))) for note in pooled.notes]
    return line(", ".join(dict.fromkeys(marks)))
