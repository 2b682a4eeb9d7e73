"""The preview as HTML for the page's side panel, and in one sentence for a screen reader.

Everything is escaped; there are no scripts and no styles in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from synthesis.analysis.model import Analysis
from synthesis.analysis.phrases import effect_text, tau2_value
from synthesis.changes.conclusions import conclusion_of, label_of, moves_of
from synthesis.changes.model import Label
from synthesis.document.elements import Explorer
from synthesis.document.html import bare
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.evidence.collection import Evidence
from synthesis.figures.explorer import explorer
from synthesis.form.preview import Touched
from synthesis.form.session import Look
from synthesis.formatting import effect_range, integer, more_or_fewer, percent, plural
from synthesis.tables.sentences import meaning

_LABELS: dict[Label, str] = {
    "reversed": "The conclusion is reversed",
    "weaker": "The conclusion is weaker",
    "stronger": "The conclusion is stronger",
    "new": "There is a conclusion now",
    "withdrawn": "There is no conclusion any more",
    "wording-only": "The conclusion stays",
    "unchanged": "The numbers move; the conclusion stays",
}
_STATUS = {"enters": "Enters", "was in": "No longer enters", "left out": "Left out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """One line of a conclusion before and after."""

    name: str
    before: str
    after: str

    @property
    def moved(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """A question as it is shown."""

    touched: Touched
    status: str
    label: str
    said: tuple[str, str]
    lines: tuple[_Compared, ...]
    before: Markup
    after: Markup
    stale: tuple[str, ...]

    @property
    def moved(self) -> bool:
        return self.said[0] != self.said[1] or any(line.moved for line in self.lines)


def shown(look: Look) -> str:
    """The side panel."""
    cards = [_card(item, look.shown.sides) for item in look.shown.touched] if look.shown else []
    return _template().render(look=look, preview=look.shown, cards=cards)


def said(look: Look) -> str:
    """What a screen reader says when the panel has changed."""
    if look.shown is None:
        return look.waits
    return " ".join(_sentence(item) for item in look.shown.touched) or "It enters no question."


def _sentence(item: Touched) -> str:
    title = item.question.title
    if item.status == "left out":
        return f"Left out of {title}."
    before, after = (_effect(found) for found in (item.before, item.after))
    word = _STATUS[item.status]
    if before == after:
        return f"{word}: {title}, {after}."
    return f"{word}: {title}. Before {before}, after {after}."


def _card(item: Touched, sides: tuple[str, str]) -> _Card:
    names = ("Pooled effect", "People", "Studies", "Where a new study would lie", "Spread", "Certainty")
    pairs = zip(_values(item.before), _values(item.after), strict=True)
    lines = (
        _Compared(name=name, before=one or "–", after=other or "–")
        for name, (one, other) in zip(names, pairs, strict=True)
        if one or other
    )
    return _Card(
        touched=item,
        status=_STATUS[item.status],
        label=_label(item),
        said=(meaning(item.before), meaning(item.after)),
        lines=tuple(lines),
        before=_forest(item.before, item.held_before, item.study, sides[0]),
        after=_forest(item.after, item.held_after, item.study, sides[1]),
        stale=tuple(sorted(set(item.after.certainty.stale) - set(item.before.certainty.stale))),
    )


def _label(item: Touched) -> str:
    """What the change of conclusion is called, and in what the two differ."""
    before, after = conclusion_of(item.before), conclusion_of(item.after)
    differ = "; ".join(f"{move.aspect}: {move.before} → {move.after}" for move in moves_of(before, after))
    return f"{_LABELS[label_of(before, after)]}{f' ({differ})' if differ else ''}."


def _values(analysis: Analysis) -> tuple[str, ...]:
    """What a conclusion consists of, in the order of the names in ``_card``."""
    pooled, people = analysis.pooled, analysis.per_thousand
    absolute = ""
    if people is not None:
        span = f"{more_or_fewer(people.low)} to {more_or_fewer(people.high)}"
        absolute = f"{more_or_fewer(people.difference)} per 1,000 ({span})"
    if pooled is None:
        count = len({row.study for row in analysis.directions})
        return "", "", plural(count, "study", "studies") if count else "", "", "", _certainty(analysis)
    new, spread = "", ""
    measure = MEASURES[pooled.measure]
    if pooled.prediction is not None:
        low, high = (measure.to_natural(value) for value in (pooled.prediction.low, pooled.prediction.high))
        new = effect_range(low, high, measure.axis)
    if pooled.k > 1:
        spread = f"I² {percent(pooled.heterogeneity.i2)}, τ² {tau2_value(pooled.tau2.value)}"
    size = "" if pooled.n is None else f", {integer(pooled.n)} people"
    studies = f"{plural(pooled.k, 'study', 'studies')}{size}"
    return effect_text(pooled), absolute, studies, new, spread, _certainty(analysis)


def _certainty(analysis: Analysis) -> str:
    return analysis.certainty.word


def _effect(analysis: Analysis) -> str:
    if analysis.pooled is not None:
        return effect_text(analysis.pooled)
    count = len({row.study for row in analysis.directions})
    return plural(count, "study", "studies")


def _forest(analysis: Analysis, evidence: Evidence, study: str, title: str) -> Markup:
    """The forest plot as a table of few columns, the study marked in it; "" where nothing is pooled."""
    if analysis.pooled is None:
        return Markup("")
    try:
        block = explorer(analysis, evidence)
    except UsageError:  # a measure that a page cannot draw: the numbers stand above
        return Markup("")
    return Markup(bare(_narrow(block, analysis, study, title)))


def _narrow(block: Explorer, analysis: Analysis, study: str, title: str) -> Explorer:
    """The same plot with the columns that a side panel has room for."""
    places = (0, block.drawn, block.effect)
    names = (f"{row.label}{' (this study)' if row.study == study else ''}" for row in analysis.effects)
    marked = (
        replace(row, cells=(name, *(row.cells[place] for place in places[1:])))
        for row, name in zip(block.studies, names, strict=True)
    )
    pooled = (replace(row, cells=tuple(row.cells[place] for place in places)) for row in block.pooled)
    return replace(
        block,
        figure=replace(block.figure, title=title, caption=(), data=None, source=()),
        columns=tuple(block.columns[place] for place in places),
        drawn=1,
        effect=2,
        weight=3,
        studies=tuple(marked),
        pooled=tuple(pooled),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("preview.html.j2")
