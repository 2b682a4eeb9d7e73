"""From one result in a study record to one comparison: which printed numbers are used, and how.

A result may be printed in several forms (counts, percentages with or without denominators, an odds ratio with its
interval, a p value). Each way from printed numbers to an effect is a route, one entry in ``ROUTES``. The plan lists
the routes it prefers; the first that works is taken, and a better one that was passed over because it rests on
recalled numbers is named in the row's notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from synthesis.effects import conversions
from synthesis.effects.measures import MEASURES, from_groups
from synthesis.effects.model import EffectRow, Estimate, Excluded, Group, Step
from synthesis.effects.sides import (
    Item,
    NoNumbersError,
    Sides,
    items,
    label,
    members,
    shown_size,
    size,
    split,
    unused,
    worst,
)
from synthesis.errors import AnalysisError
from synthesis.registry import Registry

if TYPE_CHECKING:
    from synthesis.evidence.study import Contrast, MeanCell, Study

__all__ = ["ROUTES", "Found", "NoNumbersError", "Route", "Sides", "effect_row", "exact_p"]

# A group with the steps that led to it and how well its numbers are known.
Cell = tuple[Group, tuple[Step, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An estimate, how well the numbers behind it are known, and what a reader of it should know."""

    estimate: Estimate
    known: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way from printed numbers to an effect.

    Attributes
    ----------
    key, label : str
        Name in ``ROUTES`` and in messages.
    form : str
        The printed form it starts from.
    needs : str
        What is missing where the result is not printed in that form.
    data : str or None
        Kind of data (``effects.data.DATA_KINDS``) the measure must be computed from; None for any measure.
    use : callable
        One printed item -> ``Found``; raises ``AnalysisError`` with the reason where it cannot.
    """

    key: str
    label: str
    form: str
    needs: str
    use: Callable[[Sides, Item], Found] = field(repr=False)
    data: str | None = None

    def leads_to(self, measure: str) -> bool:
        """Whether the route can give an effect in this measure at all."""
        return self.data is None or MEASURES[measure].data == self.data

    def take(self, sides: Sides) -> Found:
        """The estimate from the first item that gives one, items that rest on recalled numbers last.

        Raises
        ------
        AnalysisError
            If no item gives one; the message says why.
        """
        if not self.leads_to(sides.measure):
            raise NoNumbersError(f"the {MEASURES[sides.measure].label} is not computed from {self.data}")
        reasons: list[str] = []
        recalled: Found | None = None
        for item in items(sides.result, self.form):
            try:
                found = self.use(sides, item)
            except AnalysisError as error:
                reasons.append(str(error))
                continue
            if found.known != "recalled":
                return found
            recalled = recalled or found
        if recalled is None:
            raise NoNumbersError("; ".join(dict.fromkeys(reasons)) or self.needs)
        return recalled


def effect_row(sides: Sides, *, prefer: Sequence[str], inputs: str = "read") -> EffectRow | Excluded:
    """The effect of one result by the best route, or the reason why there is none.

    Parameters
    ----------
    sides : Sides
    prefer : sequence of str
        Keys of ``ROUTES``, best first.
    inputs : {"read", "any"}
        ``"read"`` passes over every route that needs a recalled number.

    Returns
    -------
    EffectRow or Excluded
    """
    reasons: list[str] = []
    passed_over: list[str] = []
    for key in prefer:
        route = ROUTES[key]
        if not route.leads_to(sides.measure):
            continue
        try:
            found = route.take(sides)
        except AnalysisError as error:
            reasons.append(f"{route.label}: {error}")
            continue
        if inputs == "read" and found.known == "recalled":
            passed_over.append(route.label)
            continue
        return _row(sides, key, found, passed_over)
    if passed_over:
        reason = f"rests on recalled numbers ({', '.join(passed_over)}); see the analysis that includes them"
        return _excluded(sides, "recalled", reason)
    nothing = f"none of the plan's routes leads to the {MEASURES[sides.measure].label}"
    return _excluded(sides, "no-usable-numbers", "; ".join(reasons) or nothing)


def _excluded(sides: Sides, code: str, reason: str) -> Excluded:
    study = sides.study
    return Excluded(study=study.id, result=sides.result.id, label=study.label, code=code, reason=reason)


def _row(sides: Sides, key: str, found: Found, passed_over: Sequence[str]) -> EffectRow:
    study, result, estimate = sides.study, sides.result, found.estimate
    sizes = [group.n for group in (estimate.intervention, estimate.comparator) if group is not None]
    n = sum(people for people in sizes if people is not None) if len(sizes) == 2 and None not in sizes else None
    notes = list(found.notes)
    if passed_over:
        notes.append(f"rests on {ROUTES[key].label}; {' and '.join(passed_over)} would need recalled numbers")
    return EffectRow(
        study=study.id,
        result=result.id,
        label=study.label,
        yi=estimate.yi,
        vi=estimate.vi,
        n=n,
        route=key,
        read=found.known != "recalled",
        design=study.design,
        timepoint_months=result.timepoint_months,
        intervention=estimate.intervention,
        comparator=estimate.comparator,
        steps=estimate.steps,
        notes=tuple(notes),
        remark=result.poolable_note or "",
    )


def _counts(sides: Sides, item: Item) -> Found:
    one, other = split(sides, item.data.arms)
    cells: dict[str, Cell] = {}
    for name in (*one, *other):
        cell = item.data.arms[name]
        group = Group(label=name, arms=members(sides.study, name), events=cell.events, n=cell.n)
        cells[name] = (group, (), cell.known or item.known)
    return _two_groups(sides, item, one, other, cells)


def _percent(sides: Sides, item: Item) -> Found:
    one, other = split(sides, item.data.arms)
    cells: dict[str, Cell] = {}
    inferred = False
    for name in (*one, *other):
        cell = item.data.arms[name]
        known = cell.known or item.known
        n, n_known = (cell.n, known) if cell.n is not None else size(sides.study, name)
        if n is None:
            raise NoNumbersError(
                f"percentages are printed without the number of people in {label(sides.study, [name])}"
            )
        events, step = conversions.events_from_percent(cell.percent, n)
        inferred = inferred or (cell.n is None and n_known == "inferred")
        group = Group(label=name, arms=members(sides.study, name), events=events, n=n)
        cells[name] = (group, (step,), worst((known, n_known)))
    found = _two_groups(sides, item, one, other, cells)
    return replace(found, notes=(*found.notes, "arm sizes are inferred, not printed")) if inferred else found


def _means(sides: Sides, item: Item) -> Found:
    one, other = split(sides, item.data.arms)
    cells = {name: _mean_cell(sides.study, name, item.data.arms[name], item.known) for name in (*one, *other)}
    return _two_groups(sides, item, one, other, cells)


def _mean_cell(study: Study, name: str, cell: MeanCell, otherwise: str) -> Cell:
    known = cell.known or otherwise
    n, n_known = (cell.n, known) if cell.n is not None else size(study, name)
    if n is None:
        raise NoNumbersError(f"means are printed without the number of people in {label(study, [name])}")
    group = Group(label=name, arms=members(study, name), mean=cell.mean, sd=cell.sd, n=n)
    if cell.sd is not None:
        return group, (), worst((known, n_known))
    if cell.se is None:
        raise NoNumbersError("means are printed without standard deviations")
    sd, step = conversions.sd_from_se(cell.se, n)
    return replace(group, sd=sd), (step,), worst((known, n_known))


def _two_groups(sides: Sides, item: Item, one: Sequence[str], other: Sequence[str], cells: Mapping[str, Cell]) -> Found:
    """An estimate from one group per name, merged on each side."""
    names = (*one, *other)
    steps = [step for name in names for step in cells[name][1]]
    groups = []
    for side in (one, other):
        merged, step = conversions.merge_groups([cells[name][0] for name in side], label=label(sides.study, side))
        groups.append(merged)
        steps += [step] if step else []
    estimate = from_groups(sides.measure, groups[0], groups[1], zero_cells=sides.zero_cells)
    estimate = replace(estimate, steps=(*steps, *estimate.steps))
    notes = (*_how(item), *unused(sides, names))
    return Found(estimate=estimate, known=worst(cells[name][2] for name in names), notes=notes)


def _how(item: Item) -> tuple[str, ...]:
    return (f"worked out: {item.how}",) if item.how else ()


def _turned(sides: Sides, item: Contrast) -> bool:
    """Whether a published contrast compares the two sides the other way round.

    Raises
    ------
    NoNumbersError
        If it compares something else, or is printed in another measure.
    """
    if item.arms is None:
        if sides.intervention or sides.comparator:
            raise NoNumbersError("published for another comparison")
        turned = False
    else:
        first, second = ({arm for name in names for arm in members(sides.study, name)} for names in item.arms)
        one, other = set(sides.intervention), set(sides.comparator)
        turned = bool(first and second) and first <= other and second <= one
        if not turned and not (first and second and first <= one and second <= other):
            raise NoNumbersError("published for another comparison")
    if item.measure != sides.measure:
        raise NoNumbersError(f"published as {item.measure}, not as {sides.measure}")
    return turned


def _contrast(sides: Sides, item: Item) -> Found:
    printed: Contrast = item.data
    turned = _turned(sides, printed)
    if printed.ci is not None:
        scale = MEASURES[sides.measure].scale
        se, step = conversions.se_from_ci(*printed.ci, scale=scale, level=printed.level)
        return _published(sides, item, turned, se, (step,), worst((item.known, printed.ci_known or "read")))
    if printed.se is not None:
        return _published(sides, item, turned, printed.se, (), item.known)
    raise NoNumbersError("no interval or standard error is printed with the estimate")


def _contrast_and_p(sides: Sides, item: Item) -> Found:
    printed: Contrast = item.data
    turned = _turned(sides, printed)
    p = exact_p(printed.p)
    if p is None:
        raise NoNumbersError("no exact p value is printed with the estimate")
    se, step = conversions.se_from_p(printed.estimate, p, scale=MEASURES[sides.measure].scale)
    return _published(sides, item, turned, se, (step,), item.known)


def _published(sides: Sides, item: Item, turned: bool, se: float, steps: tuple[Step, ...], known: str) -> Found:
    """A published estimate with the standard error that was found for it."""
    printed: Contrast = item.data
    study = sides.study
    named = printed.arms or ((), ())
    groups = [
        Group(
            label=label(study, names),
            arms=tuple(arm for name in names for arm in members(study, name)),
            n=shown_size(study, names),
        )
        if names
        else None
        for names in named
    ]
    estimate = Estimate(
        yi=conversions.on_analysis_scale(printed.estimate, MEASURES[sides.measure].scale),
        vi=se**2,
        measure=sides.measure,
        intervention=groups[0],
        comparator=groups[1],
        steps=steps,
    )
    adjusted = ("adjusted estimate",) if printed.adjusted else ()
    notes = (*_how(item), *adjusted, *unused(sides, (name for names in named for name in names)))
    return Found(estimate=conversions.swap_arms(estimate) if turned else estimate, known=known, notes=notes)


def _two_names(sides: Sides, item: Item) -> tuple[str, str]:
    """The one name on each side that a p value between two groups can be about."""
    one, other = split(sides, item.data.arms)
    if len(one) > 1 or len(other) > 1:
        raise NoNumbersError("the p value compares two groups; there are more")
    return one[0], other[0]


def _test_p(sides: Sides) -> tuple[float, str]:
    """The first exact p value printed by itself, and how it is known; recalled ones last."""
    found = [(p, item.known) for item in items(sides.result, "test") if (p := exact_p(item.data.p)) is not None]
    if not found:
        raise NoNumbersError("no exact p value is printed")
    return min(found, key=lambda pair: pair[1] == "recalled")


def _percent_and_p(sides: Sides, item: Item) -> Found:
    one, other = _two_names(sides, item)
    p, p_known = _test_p(sides)
    left, right = item.data.arms[one], item.data.arms[other]
    yi, vi, step = conversions.effect_from_percents_and_p(sides.measure, left.percent, right.percent, p)
    return _from_p(sides, item, (one, other), (yi, vi, step), p_known)


def _means_and_p(sides: Sides, item: Item) -> Found:
    if sides.measure != "MD":
        raise NoNumbersError("two means and a p value give a mean difference only")
    one, other = _two_names(sides, item)
    p, p_known = _test_p(sides)
    difference = item.data.arms[one].mean - item.data.arms[other].mean
    se, step = conversions.se_from_p(difference, p, scale="identity")
    return _from_p(sides, item, (one, other), (difference, se**2, step), p_known)


def _from_p(sides: Sides, item: Item, names: tuple[str, str], effect: tuple[float, float, Step], p_known: str) -> Found:
    """An estimate whose standard error comes from a p value between two groups."""
    study, cells = sides.study, [item.data.arms[name] for name in names]
    groups = [
        Group(
            label=label(study, (name,)),
            arms=members(study, name),
            n=shown_size(study, (name,)),
            mean=getattr(cell, "mean", None),
        )
        for name, cell in zip(names, cells, strict=True)
    ]
    yi, vi, step = effect
    estimate = Estimate(
        yi=yi, vi=vi, measure=sides.measure, intervention=groups[0], comparator=groups[1], steps=(step,)
    )
    known = worst([p_known, *(cell.known or item.known for cell in cells)])
    return Found(estimate=estimate, known=known, notes=(*_how(item), *unused(sides, names)))


def exact_p(printed: str | None) -> float | None:
    """The p value as a number if it is printed exactly; None for "<0.05", "not significant" or nothing."""
    if printed is None or printed[0] not in "0123456789.":
        return None
    value = float(printed)
    return value if 0 < value < 1 else None


ROUTES = Registry(
    "route",
    (
        Route(
            key="counts", label="counts of events", form="counts", data="counts",
            needs="no counts are printed", use=_counts,
        ),
        Route(
            key="percent", label="percentages of the arm sizes", form="percent", data="counts",
            needs="no percentages are printed", use=_percent,
        ),
        Route(
            key="means", label="means and standard deviations", form="means", data="means",
            needs="no means are printed", use=_means,
        ),
        Route(
            key="contrast", label="published estimate with its interval", form="contrast",
            needs="no estimate is published", use=_contrast,
        ),
        Route(
            key="contrast-and-p", label="published estimate with its p value", form="contrast",
            needs="no estimate is published", use=_contrast_and_p,
        ),
        Route(
            key="percent-and-p", label="two percentages and their p value", form="percent", data="counts",
            needs="no percentages are printed", use=_percent_and_p,
        ),
        Route(
            key="means-and-p", label="two means and their p value", form="means", data="means",
            needs="no means are printed", use=_means_and_p,
        ),
    ),
)  # fmt: skip
