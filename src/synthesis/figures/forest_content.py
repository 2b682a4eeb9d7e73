"""What a forest plot shows, before it is arranged: an analysis or a variant under one model, as text and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from synthesis.analysis import phrases
from synthesis.analysis.model import Analysis, ModelKey
from synthesis.analysis.subgroups import StudyGroups
from synthesis.certainty.absolute import RISKS
from synthesis.certainty.judgements import Judgements
from synthesis.effects.measures import MEASURES, Measure
from synthesis.effects.model import EffectRow, Effects, Group
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.formatting import effect_interval, integer, shortest
from synthesis.pooling.model import Interval, Pooled

RECALLED = "†"
UNKNOWN = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one forest plot shows: an analysis or one of its variants, under one model.

    ``bias`` and ``groups`` are shown where they are given; ``per_thousand`` asks for differences per 1,000 people.
    """

    analysis: Analysis
    effects: Effects
    main: Pooled
    other: Pooled | None
    measure: Measure
    id: str
    bias: Judgements | None = None
    per_thousand: bool = False
    groups: StudyGroups | None = None

    def on_plot(self, value: float) -> float:
        """``value`` from the analysis scale to the scale of the plot."""
        return self.measure.to_natural(value)

    def interval(self, estimate: float, ci: Interval) -> str:
        """An estimate with its interval as printed; both on the analysis scale."""
        value, low, high = (self.on_plot(x) for x in (estimate, ci.low, ci.high))
        return effect_interval(value, low, high, self.measure.axis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Studies that stand together: their heading ("" where all do), their places, and what they come to, if pooled."""

    name: str
    indices: tuple[int, ...]
    pooled: Pooled | None = None


def content_of(analysis: Analysis, model: ModelKey, variant: str | None) -> Content:
    """What to show; ``forest`` says what it raises."""
    source = analysis if variant is None else analysis.variant(variant)
    if not source.effects.rows:
        raise UsageError(
            f"{analysis.question!r} has no pooled studies to draw; use effect_direction for results that were not "
            "pooled, or look at what was left out and why"
        )
    if model not in source.models:
        raise UnknownKeyError("model", model, source.models)
    main = source.models[model]
    other = source.models.get("common" if main.model == "random" else "plan")
    if other is not None and other.model == main.model:
        other = source.models.get("DL")
    suffix = "".join(f"-{part}" for part in (variant, model if model != "plan" else None) if part)
    return Content(
        analysis=analysis, effects=source.effects, main=main, other=other if main.k > 1 else None,
        measure=MEASURES[source.effects.measure], id=f"forest-{analysis.question}{suffix}".lower(),
    )  # fmt: skip


def with_options(
    content: Content, *, bias: Judgements | None, per_thousand: bool, groups: StudyGroups | None
) -> Content:  # fmt: skip
    """The same content with more to show; ``forest`` says what it raises."""
    if per_thousand and (content.analysis.per_thousand is None or content.measure.key not in RISKS):
        raise UsageError(
            f"{content.analysis.question!r} has no differences per 1,000 people; its question needs a baseline_risk "
            f"and one of the measures {', '.join(RISKS)}"
        )
    if groups is not None and len(groups.names) != len(content.effects):
        raise UsageError(
            f"the groups are of {len(groups.names)} studies and the plot has {len(content.effects)}; group the "
            "analysis that is drawn"
        )
    suffix = f"-by-{groups.by}" if groups is not None else ""
    return replace(content, bias=bias, per_thousand=per_thousand, groups=groups, id=f"{content.id}{suffix}")


def parts_of(content: Content) -> tuple[Part, ...]:
    """The studies by group; without groups by design, designs in the order in which they first come."""
    if content.groups is not None:
        names = content.groups.names
        return tuple(
            Part(
                name=group.name, pooled=group.pooled if group.pooled.k > 1 else None,
                indices=tuple(index for index, name in enumerate(names) if name == group.name),
            )
            for group in content.groups.result.groups
        )  # fmt: skip
    found: dict[str, list[int]] = {}
    for index, row in enumerate(content.effects):
        found.setdefault(row.design, []).append(index)
    labels = content.analysis.design_labels
    return tuple(
        Part(name=phrases.design_name(design, labels) if len(found) > 1 else "", indices=tuple(indices))
        for design, indices in found.items()
    )


def has_means(effects: Effects) -> bool:
    """Whether any study has means rather than counts."""
    return any(group is not None and group.mean is not None for row in effects for group in _sides(row))


def _sides(row: EffectRow) -> tuple[Group | None, Group | None]:
    return row.intervention, row.comparator


def group_cells(content: Content) -> list[tuple[str, str]] | None:
    """The two sides of each study as text; None if no study has numbers for a side."""
    means = has_means(content.effects)
    cells = [(_group_text(row.intervention, means), _group_text(row.comparator, means)) for row in content.effects]
    return cells if any(text != UNKNOWN for pair in cells for text in pair) else None


def _group_text(group: Group | None, means: bool) -> str:
    if group is None or (group.n is None and group.mean is None):
        return UNKNOWN
    size = UNKNOWN if group.n is None else integer(group.n)
    if means and group.mean is not None:
        spread = f" ({shortest(group.sd, 2)})" if group.sd is not None else ""
        return f"{shortest(group.mean, 2)}{spread}, {size}"
    if not means and group.events is not None:
        return f"{integer(group.events)}/{size}"
    return f"n = {size}"


def group_totals(content: Content, indices: Sequence[int]) -> tuple[str, str]:
    """Events and people of several studies on the two sides as text; "" where a study does not have them."""
    rows = [content.effects.rows[index] for index in indices]
    return added_up([row.intervention for row in rows]), added_up([row.comparator for row in rows])


def events_and_people(group: Group | None) -> tuple[float | None, float | None]:
    """What of one side of a study is added up."""
    if group is None:
        return None, None
    return (group.events if group.mean is None else None), group.n


def added_up(groups: Sequence[Group | None]) -> str:
    """Events and people of one side of several studies as text; "" where somebody's number is not known."""
    known = [events_and_people(group) for group in groups]
    n = [people for _, people in known if people is not None]
    counted = [events for events, _ in known if events is not None]
    if len(n) < len(groups):
        return ""
    return f"{integer(sum(counted))}/{integer(sum(n))}" if len(counted) == len(n) else f"n = {integer(sum(n))}"


def footnotes_of(content: Content) -> tuple[list[tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """The marks of each study, and what they mean; the same words share a mark."""
    concerns: dict[str, list[str]] = {}
    for study, statement in content.analysis.concerns:
        concerns.setdefault(study, []).append(f"Concern on record: {statement}")
    texts = [
        (*(phrases.upper_first(note) for note in row.notes), *concerns.get(row.study, ())) for row in content.effects
    ]
    order = list(dict.fromkeys(text for own in texts for text in own))
    letters = {text: _letter(index) for index, text in enumerate(order)}
    marks = [
        (*((RECALLED,) if not row.read else ()), *(letters[text] for text in dict.fromkeys(own)))
        for row, own in zip(content.effects, texts, strict=True)
    ]
    notes = [(letters[text], text) for text in order]
    if any(not row.read for row in content.effects):
        notes.insert(0, (RECALLED, "Rests on numbers that are recalled, not read in a source; drawn hollow."))
    return marks, tuple(notes)


def _letter(index: int) -> str:
    """a to z, then aa, ab, ..."""
    first = "" if index < 26 else chr(ord("a") + index // 26 - 1)
    return first + chr(ord("a") + index % 26)


def own_effect(content: Content, row: EffectRow) -> str:
    """The effect of one study with its own interval, as printed."""
    low, high = row.wald(content.main.ci.level)
    return content.interval(row.yi, Interval(low=low, high=high, level=content.main.ci.level, method="wald"))
