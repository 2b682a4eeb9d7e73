"""From one result in a study record to one comparison: which printed numbers are used, and how.

A result may be printed in several forms (counts, percentages with or without denominators, an odds ratio with its
interval, a p value). Each way from printed numbers to an effect is a route, one entry in ``ROUTES``. The plan lists
the routes it prefers; the first that works is taken, and a better one that was passed over because it rests on
recalled numbers is named in the row's notes.

Records are walked through their attributes only, so that this layer needs nothing beyond NumPy and SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, overload

from synthesis.effects import conversions
from synthesis.effects.measures import MEASURES, from_groups
from synthesis.effects.model import EffectRow, Estimate, Excluded, Group, Step
from synthesis.errors import AnalysisError
from synthesis.registry import Registry

if TYPE_CHECKING:
    from synthesis.evidence.study import Arm, Contrast, Counts, MeanCell, Means, Percents, Result, Study, Test

# From best to worst: a value is only as well known as the worst number it rests on.
KNOWN = ("read", "derived", "inferred", "recalled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The comparison that is wanted: one result of one study, and the arms on each side (none for attendance)."""

    study: Study
    result: Result
    intervention: tuple[str, ...]
    comparator: tuple[str, ...]
    measure: str
    zero_cells: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An estimate, how well the numbers behind it are known, and what a reader of it should know."""

    estimate: Estimate
    known: str
    notes: tuple[str, ...] = ()


class NoNumbersError(AnalysisError):
    """A route cannot be taken with the numbers that are printed; the message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way from printed numbers to an effect: what it uses, and the function that takes it."""

    key: str
    label: str
    take: Callable[[Sides], Found] = field(repr=False)


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
        try:
            found = route.take(sides)
        except AnalysisError as error:
            reasons.append(f"{route.label}: {error}")
            continue
        if inputs == "read" and found.known == "recalled":
            passed_over.append(route.label)
            continue
        return _row(sides, key, found, passed_over)
    study, result = sides.study, sides.result
    if passed_over:
        return Excluded(
            study=study.id,
            result=result.id,
            label=study.label,
            code="recalled",
            reason=f"rests on recalled numbers ({', '.join(passed_over)}); see the analysis that includes them",
        )
    reason = "; ".join(dict.fromkeys(reasons)) or "no route was asked for"
    return Excluded(study=study.id, result=result.id, label=study.label, code="no-usable-numbers", reason=reason)


def _row(sides: Sides, key: str, found: Found, passed_over: list[str]) -> EffectRow:
    study, result, estimate = sides.study, sides.result, found.estimate
    sizes = [group.n for group in (estimate.intervention, estimate.comparator) if group is not None]
    n = sum(size for size in sizes if size is not None) if len(sizes) == 2 and None not in sizes else None
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


@overload
def _items(sides: Sides, form: Literal["counts"]) -> Iterator[tuple[Counts, str, str]]: ...
@overload
def _items(sides: Sides, form: Literal["percent"]) -> Iterator[tuple[Percents, str, str]]: ...
@overload
def _items(sides: Sides, form: Literal["means"]) -> Iterator[tuple[Means, str, str]]: ...
@overload
def _items(sides: Sides, form: Literal["contrast"]) -> Iterator[tuple[Contrast, str, str]]: ...
@overload
def _items(sides: Sides, form: Literal["test"]) -> Iterator[tuple[Test, str, str]]: ...
def _items(sides: Sides, form: str) -> Iterator[tuple[Any, str, str]]:
    """Every printed or worked-out item of one form, how well it is known, and how it was worked out (or "")."""
    result = sides.result
    for item in result.printed:
        if item.form == form:
            where = item.where or result.where
            yield item, item.known or ("read" if where.read else "recalled"), ""
    for worked in result.worked_out:
        if worked.data.form == form:
            yield worked.data, worked.known, worked.how


def _worst(known: Iterable[str]) -> str:
    return max(known, key=KNOWN.index)


def _members(study: Study, name: str) -> tuple[str, ...]:
    """The arms behind an arm or merged-arms group; nothing for any other group."""
    if study.arm(name) is not None:
        return (name,)
    return next((group.combines for group in study.groups if group.id == name), ())


def _split(sides: Sides, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names (arms or merged arms) that lie on each side of the comparison."""
    one: list[str] = []
    other: list[str] = []
    for name in names:
        members = set(_members(sides.study, name))
        if members and members <= set(sides.intervention):
            one.append(name)
        elif members and members <= set(sides.comparator):
            other.append(name)
    if not one or not other:
        raise NoNumbersError("not printed for both sides of the comparison")
    return one, other


def _label(study: Study, names: Iterable[str]) -> str:
    labels = {arm.id: arm.label for arm in study.arms} | {group.id: group.label for group in study.groups}
    return "; ".join(labels[name] for name in names)


def _merge(sides: Sides, groups: Sequence[Group], names: Sequence[str]) -> tuple[Group, tuple[Step, ...]]:
    merged, step = conversions.merge_groups(groups, label=_label(sides.study, names))
    return merged, (step,) if step else ()


def _unused(sides: Sides, used: Iterable[str]) -> tuple[str, ...]:
    """A note on arms of either side that the numbers leave out."""
    covered = {member for name in used for member in _members(sides.study, name)}
    missing = [arm for arm in (*sides.intervention, *sides.comparator) if arm not in covered]
    return (f"not in these numbers: {_label(sides.study, missing)}",) if missing else ()


def _two_groups(sides: Sides, cells: Mapping[str, tuple[Group, tuple[Step, ...]]], known: str, how: str) -> Found:
    """An estimate from one group per arm, merged on each side."""
    one, other = _split(sides, cells)
    steps = [step for name in (*one, *other) for step in cells[name][1]]
    left, left_steps = _merge(sides, [cells[name][0] for name in one], one)
    right, right_steps = _merge(sides, [cells[name][0] for name in other], other)
    estimate = from_groups(sides.measure, left, right, zero_cells=sides.zero_cells)
    estimate = replace(estimate, steps=(*steps, *left_steps, *right_steps, *estimate.steps))
    notes = (f"worked out: {how}",) if how else ()
    return Found(estimate=estimate, known=known, notes=(*notes, *_unused(sides, (*one, *other))))


def _need(sides: Sides, data: str) -> None:
    entry = MEASURES[sides.measure]
    if entry.data != data:
        raise NoNumbersError(f"the {entry.label} is not computed from {data}")


def _counts(sides: Sides) -> Found:
    _need(sides, "counts")
    for item, known, how in _items(sides, "counts"):
        cells = {
            name: (Group(label=name, arms=(name,), events=cell.events, n=cell.n), ())
            for name, cell in item.arms.items()
        }
        return _two_groups(sides, cells, known, how)
    raise NoNumbersError("no counts are printed")


def _percent(sides: Sides) -> Found:
    _need(sides, "counts")
    for item, known, how in _items(sides, "percent"):
        cells: dict[str, tuple[Group, tuple[Step, ...]]] = {}
        levels = [known]
        one, other = _split(sides, item.arms)
        for name in (*one, *other):
            cell = item.arms[name]
            n, n_known = (cell.n, "read") if cell.n is not None else _size(sides.study, name)
            if n is None:
                raise NoNumbersError(f"percentages are printed without the number of people in {name}")
            events, step = conversions.events_from_percent(cell.percent, n)
            levels.append(n_known)
            cells[name] = (Group(label=name, arms=(name,), events=events, n=n), (step,))
        found = _two_groups(sides, cells, _worst(levels), how)
        if "inferred" in levels:
            found = replace(found, notes=(*found.notes, "arm sizes are inferred, not printed"))
        return found
    raise NoNumbersError("no percentages are printed")


def _size(study: Study, name: str) -> tuple[int | None, str]:
    """Number randomised in an arm or merged arms, and how it is known."""
    arms: list[Arm] = [arm for arm in study.arms if arm.id in _members(study, name)]
    sizes = [arm.n_randomised for arm in arms]
    if not arms or None in sizes:
        return None, "read"
    return sum(size for size in sizes if size is not None), _worst(arm.n_known for arm in arms)


def _means(sides: Sides) -> Found:
    _need(sides, "means")
    for item, known, how in _items(sides, "means"):
        cells: dict[str, tuple[Group, tuple[Step, ...]]] = {}
        levels = [known]
        one, other = _split(sides, item.arms)
        for name in (*one, *other):
            group, steps, n_known = _mean_group(sides.study, name, item.arms[name])
            cells[name] = (group, steps)
            levels.append(n_known)
        return _two_groups(sides, cells, _worst(levels), how)
    raise NoNumbersError("no means are printed")


def _mean_group(study: Study, name: str, cell: MeanCell) -> tuple[Group, tuple[Step, ...], str]:
    n, n_known = (cell.n, "read") if cell.n is not None else _size(study, name)
    if n is None:
        raise NoNumbersError(f"means are printed without the number of people in {name}")
    if cell.sd is not None:
        return Group(label=name, arms=(name,), mean=cell.mean, sd=cell.sd, n=n), (), n_known
    if cell.se is None:
        raise NoNumbersError("means are printed without standard deviations")
    sd, step = conversions.sd_from_se(cell.se, n)
    return Group(label=name, arms=(name,), mean=cell.mean, sd=sd, n=n), (step,), n_known


def _published(sides: Sides) -> Iterator[tuple[Contrast, str, bool, str]]:
    """Published contrasts between the two sides in the wanted measure; True where they are printed the other way."""
    measures: set[str] = set()
    for item, known, how in _items(sides, "contrast"):
        if item.arms is None:
            turned = False
            if sides.intervention or sides.comparator:
                continue
        else:
            first, second = ({m for name in names for m in _members(sides.study, name)} for names in item.arms)
            if not first or not second:
                continue
            if first <= set(sides.intervention) and second <= set(sides.comparator):
                turned = False
            elif first <= set(sides.comparator) and second <= set(sides.intervention):
                turned = True
            else:
                continue
        measures.add(item.measure)
        if item.measure == sides.measure:
            yield item, known, turned, how
    if measures and sides.measure not in measures:
        raise NoNumbersError(f"published as {', '.join(sorted(measures))}, not as {sides.measure}")


def _finish(sides: Sides, item: Contrast, turned: bool, se: float, step: Step | None) -> Estimate:
    scale = MEASURES[sides.measure].scale
    names = ((), ()) if item.arms is None else item.arms
    groups = [
        Group(label=_label(sides.study, side), arms=tuple(side), n=_together(sides.study, side)) if side else None
        for side in names
    ]
    estimate = Estimate(
        yi=conversions.on_analysis_scale(item.estimate, scale),
        vi=se**2,
        measure=sides.measure,
        intervention=groups[0],
        comparator=groups[1],
        steps=(step,) if step else (),
    )
    return conversions.swap_arms(estimate) if turned else estimate


def _together(study: Study, names: Iterable[str]) -> float | None:
    sizes = [_size(study, name)[0] for name in names]
    return None if None in sizes else float(sum(size for size in sizes if size is not None))


def _contrast_notes(sides: Sides, item: Contrast, how: str) -> tuple[str, ...]:
    used = () if item.arms is None else tuple(name for side in item.arms for name in side)
    notes = [f"worked out: {how}"] if how else []
    if item.adjusted:
        notes.append("adjusted estimate")
    return (*notes, *_unused(sides, used))


def _contrast(sides: Sides) -> Found:
    scale = MEASURES[sides.measure].scale
    for item, known, turned, how in _published(sides):
        level = _worst([known, item.ci_known or "read"])
        notes = _contrast_notes(sides, item, how)
        if item.ci is not None:
            se, step = conversions.se_from_ci(*item.ci, scale=scale, level=item.level)
            return Found(estimate=_finish(sides, item, turned, se, step), known=level, notes=notes)
        if item.se is not None:
            return Found(estimate=_finish(sides, item, turned, item.se, None), known=known, notes=notes)
    raise NoNumbersError("no estimate with an interval or standard error is printed")


def _contrast_and_p(sides: Sides) -> Found:
    scale = MEASURES[sides.measure].scale
    for item, known, turned, how in _published(sides):
        p = exact_p(item.p)
        if p is not None:
            se, step = conversions.se_from_p(item.estimate, p, scale=scale)
            notes = _contrast_notes(sides, item, how)
            return Found(estimate=_finish(sides, item, turned, se, step), known=known, notes=notes)
    raise NoNumbersError("no estimate with an exact p value is printed")


def _test_p(sides: Sides) -> tuple[float, str]:
    for item, known, _ in _items(sides, "test"):
        p = exact_p(item.p)
        if p is not None:
            return p, known
    raise NoNumbersError("no exact p value is printed")


def _percent_and_p(sides: Sides) -> Found:
    _need(sides, "counts")
    for item, known, _ in _items(sides, "percent"):
        one, other = _split(sides, item.arms)
        if len(one) > 1 or len(other) > 1:
            raise NoNumbersError("the p value compares two groups; there are more")
        p, p_known = _test_p(sides)
        left, right = item.arms[one[0]], item.arms[other[0]]
        yi, vi, step = conversions.effect_from_percents_and_p(sides.measure, left.percent, right.percent, p)
        groups = [
            Group(label=_label(sides.study, names), arms=tuple(names), n=_read_size(sides.study, names[0]))
            for names in (one, other)
        ]
        estimate = Estimate(
            yi=yi, vi=vi, measure=sides.measure, intervention=groups[0], comparator=groups[1], steps=(step,)
        )
        return Found(estimate=estimate, known=_worst([known, p_known]), notes=_unused(sides, (*one, *other)))
    raise NoNumbersError("no percentages are printed")


def _read_size(study: Study, name: str) -> float | None:
    """An arm's size for display beside an estimate that does not use it: only if it was not recalled."""
    n, known = _size(study, name)
    return None if n is None or known == "recalled" else float(n)


def _means_and_p(sides: Sides) -> Found:
    if sides.measure != "MD":
        raise NoNumbersError("two means and a p value give a mean difference only")
    for item, known, _ in _items(sides, "means"):
        one, other = _split(sides, item.arms)
        if len(one) > 1 or len(other) > 1:
            raise NoNumbersError("the p value compares two groups; there are more")
        p, p_known = _test_p(sides)
        difference = item.arms[one[0]].mean - item.arms[other[0]].mean
        se, step = conversions.se_from_p(difference, p, scale="identity")
        groups = [
            Group(label=_label(sides.study, names), arms=tuple(names), mean=item.arms[names[0]].mean)
            for names in (one, other)
        ]
        estimate = Estimate(
            yi=difference, vi=se**2, measure="MD", intervention=groups[0], comparator=groups[1], steps=(step,)
        )
        return Found(estimate=estimate, known=_worst([known, p_known]), notes=_unused(sides, (*one, *other)))
    raise NoNumbersError("no means are printed")


def exact_p(printed: str | None) -> float | None:
    """The p value as a number if it is printed exactly; None for "<0.05", "not significant" or nothing."""
    if printed is None or not printed[0].isdigit():
        return None
    value = float(printed)
    return value if 0 < value < 1 else None


ROUTES = Registry(
    "route",
    (
        Route(key="counts", label="counts of events", take=_counts),
        Route(key="percent", label="percentages of the arm sizes", take=_percent),
        Route(key="means", label="means and standard deviations", take=_means),
        Route(key="contrast", label="published estimate with its interval", take=_contrast),
        Route(key="contrast-and-p", label="published estimate with its p value", take=_contrast_and_p),
        Route(key="percent-and-p", label="two percentages and their p value", take=_percent_and_p),
        Route(key="means-and-p", label="two means and their p value", take=_means_and_p),
    ),
)
