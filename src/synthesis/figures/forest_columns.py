"""The rows and columns of a forest plot, the same for the picture and for the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from synthesis.analysis import phrases
from synthesis.certainty.absolute import PER, risk_with
from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.effects.model import EffectRow
from synthesis.figures.bias_signs import NOT_JUDGED, level_of, name_of, sign
from synthesis.figures.forest_content import (
    UNKNOWN,
    Content,
    Part,
    group_totals,
    has_means,
    own_effect,
    parts_of,
)
from synthesis.figures.rob_traffic_light import parts_of as bias_parts
from synthesis.figures.row_plot import Cell, Column
from synthesis.formatting import effect_range, percent, shortest, signed_range
from synthesis.pooling.model import Pooled

SIGN_SIZE = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one row is: the heading of a group, a study, what a group comes to, all people, or a result of all.

    ``index`` is the place of a study, ``pooled`` the result of the other kinds, ``weight`` their share of the whole.
    ``members`` are the places of the studies whose people are counted together; ``counted`` says whether a row above
    does so for all studies.
    """

    kind: Literal["group", "study", "subtotal", "sum", "total", "prediction", "other"]
    name: str
    index: int = -1
    members: tuple[int, ...] = ()
    counted: bool = False
    pooled: Pooled | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestColumn:
    """A text column: how it is set in the picture, its label and share of the width in the table, and its cells.

    ``words`` replaces a cell that is not text in the table.
    """

    column: Column
    label: str
    share: float
    of: Callable[[Entry], Cell]
    words: Callable[[Entry], str] | None = None

    def in_words(self, entry: Entry) -> str:
        """The cell as text, with its marks."""
        if self.words is not None:
            return self.words(entry)
        cell = self.of(entry)
        return " ".join((cell.text, *cell.marks)).strip()


def entries_of(content: Content) -> tuple[Entry, ...]:
    """Every row, in order."""
    return (*(entry for part in parts_of(content) for entry in _part(content, part)), *_results(content))


def _part(content: Content, part: Part) -> Iterator[Entry]:
    if part.name:
        yield Entry(kind="group", name=part.name)
    for index in part.indices:
        yield Entry(
            kind="study", name=content.effects.rows[index].label, index=index, weight=content.main.weights[index]
        )
    if part.pooled is not None:
        weight = sum(content.main.weights[index] for index in part.indices)
        name = f"Subtotal (I² = {percent(part.pooled.heterogeneity.i2)})"
        yield Entry(kind="subtotal", name=name, pooled=part.pooled, members=part.indices, weight=weight)


def _results(content: Content) -> Iterator[Entry]:
    """The pooled results; none for a single study, which pools to itself."""
    main = content.main
    if main.k < 2:
        return
    everything = tuple(range(main.k))
    counted = any(group_totals(content, everything))
    if counted:
        yield Entry(kind="sum", name="All studies", members=everything)
    yield Entry(kind="total", name=phrases.model_name(main), pooled=main, weight=1.0, counted=counted)
    if main.prediction is not None:
        yield Entry(kind="prediction", name=f"{percent(main.prediction.level)} prediction interval", pooled=main)
    if content.other is not None:
        yield Entry(kind="other", name=phrases.model_name(content.other), pooled=content.other)


def name_column(marks: list[tuple[str, ...]], *, least: float = 86.0) -> ForestColumn:
    """Studies with their marks, and the names of results; no narrower than ``least`` points."""
    return ForestColumn(
        column=Column(heading="Study", wraps=True, least=least), label="Study", share=3,
        of=lambda entry: Cell(text=entry.name, marks=marks[entry.index] if entry.kind == "study" else ()),
    )  # fmt: skip


def months_column(content: Content) -> ForestColumn:
    """When the outcome was measured."""

    def of(entry: Entry) -> Cell:
        if entry.kind != "study":
            return Cell()
        months = content.effects.rows[entry.index].timepoint_months
        return Cell(text=UNKNOWN if months is None else shortest(months, 1))

    return ForestColumn(column=Column(heading="Months", align="right"), label="Months", share=1, of=of)


def side_columns(content: Content, cells: list[tuple[str, str]] | None) -> tuple[ForestColumn, ...]:
    """The numbers of the two sides; none if no study has any."""
    if cells is None:
        return ()
    what = "mean (SD), n" if has_means(content.effects) else "events/n"
    names = (content.analysis.intervention, content.analysis.comparator)
    return tuple(_side(content, phrases.upper_first(name), what, cells, side) for side, name in enumerate(names))


def _side(content: Content, name: str, what: str, cells: list[tuple[str, str]], side: int) -> ForestColumn:
    def of(entry: Entry) -> Cell:
        if entry.kind == "study":
            return Cell(text=cells[entry.index][side])
        return Cell(text=group_totals(content, entry.members)[side] if entry.members else "")

    return ForestColumn(
        column=Column(heading=f"{name}\n{what}", align="right", wraps=True, least=48), label=f"{name}, {what}",
        share=2, of=of,
    )  # fmt: skip


def effect_column(content: Content) -> ForestColumn:
    """The effect with its interval."""
    name, level = phrases.upper_first(content.measure.label), percent(content.main.ci.level)

    def of(entry: Entry) -> Cell:
        if entry.kind == "study":
            return Cell(text=own_effect(content, content.effects.rows[entry.index]))
        pooled = entry.pooled
        if pooled is None:
            return Cell()
        if entry.kind == "prediction" and pooled.prediction is not None:
            low, high = content.on_plot(pooled.prediction.low), content.on_plot(pooled.prediction.high)
            return Cell(text=effect_range(low, high, content.measure.axis))
        return Cell(text=content.interval(pooled.estimate, pooled.ci))

    return ForestColumn(
        column=Column(heading=f"{name}\n({level} CI)", align="right"), label=f"{name} ({level} CI)", share=2.5, of=of
    )


def weight_column(content: Content) -> tuple[ForestColumn, ...]:
    """The weights; no column for a single study."""
    if content.main.k < 2:
        return ()

    def of(entry: Entry) -> Cell:
        if entry.weight is None:
            return Cell()
        return Cell(text=percent(entry.weight, 0 if entry.kind == "total" else 1))

    return (ForestColumn(column=Column(heading="Weight", align="right"), label="Weight", share=1.2, of=of),)


def absolute_column(content: Content) -> tuple[ForestColumn, ...]:
    """Each effect as people per 1,000 at the question's baseline risk, where that is asked for."""
    baseline = content.analysis.per_thousand
    if not content.per_thousand or baseline is None:
        return ()
    risk, level = baseline.baseline_risk, content.main.ci.level

    def per_thousand(*values: float) -> str:
        measure = content.measure.key
        return signed_range(*(PER * (risk_with(measure, content.on_plot(value), risk) - risk) for value in values))

    def of(entry: Entry) -> Cell:
        if entry.kind == "study":
            row: EffectRow = content.effects.rows[entry.index]
            return Cell(text=per_thousand(row.yi, *row.wald(level)))
        if entry.pooled is None or entry.kind == "prediction":
            return Cell()
        return Cell(text=per_thousand(entry.pooled.estimate, entry.pooled.ci.low, entry.pooled.ci.high))

    heading = f"Per 1,000\n({percent(level)} CI)"
    return (
        ForestColumn(
            column=Column(heading=heading, align="right"), label=heading.replace("\n", " "), share=2.7, of=of
        ),
    )  # fmt: skip


def bias_column(content: Content) -> tuple[ForestColumn, ...]:
    """A sign for each domain and the whole, where judgements are given."""
    bias = content.bias
    if bias is None:
        return ()
    parts = bias_parts(ROB_TOOLS[bias.tool])

    def of(entry: Entry) -> Cell:
        if entry.kind != "study":
            return Cell()
        keys = _levels(bias, content.effects.rows[entry.index].study)
        return Cell(signs=tuple(tuple(sign(level_of(bias, key), 0, 0, SIGN_SIZE)) for key in keys))

    def words(entry: Entry) -> str:
        if entry.kind != "study":
            return ""
        keys = _levels(bias, content.effects.rows[entry.index].study)
        if not any(keys):
            return NOT_JUDGED
        named = zip(parts, keys, strict=True)
        return "; ".join(f"{short} {name_of(level_of(bias, key)).lower()}" for (_, short, _), key in named)

    heads = (*(short for _, short, _ in parts[:-1]), "All")
    return (
        ForestColumn(
            column=Column(heading="Risk of bias", align="center", signs=heads), label="Risk of bias", share=3, of=of,
            words=words,
        ),
    )  # fmt: skip


def _levels(bias: Judgements, study: str) -> list[str | None]:
    found = bias.find(study)
    keys = [key for key, _, _ in bias_parts(ROB_TOOLS[bias.tool])]
    return [None if found is None else bias.level_of(found, key) for key in keys]
