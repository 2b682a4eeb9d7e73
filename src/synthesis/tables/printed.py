"""What a source prints about a result, in the words of a table: every form, with the groups named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from synthesis.evidence.study import (
    BeforeAfter,
    Contrast,
    Correlation,
    Counts,
    MeanCell,
    Means,
    Narrative,
    Percents,
    Printed,
    Result,
    Study,
    Test,
)
from synthesis.formatting import integer, interval, percent, shortest
from synthesis.tables.records import RECALLED

MEASURE_NAMES = {
    "B": "regression coefficient",
    "percent-difference": "difference in percentage points",
    "percent-reduction-in-risk": "risk lower by %",
    "percent-reduction-in-rate": "rate lower by %",
}


def printed_lines(study: Study, result: Result, *, said: Sequence[str] = ()) -> tuple[str, ...]:
    """One line per printed form, then one per form worked out from them, with how; recalled ones are marked.

    ``said`` are notes shown beside it: how a form was worked out is not said again.
    """
    names = {arm.id: _brief(arm.label) for arm in study.arms} | {
        group.id: _brief(group.label) for group in study.groups
    }
    lines = []
    for item in result.printed:
        known = item.known or ("read" if (item.where or result.where).read else "recalled")
        mark = f" {RECALLED}" if known == "recalled" else ""
        lines.append(f"{form_text(item, names)}{mark}")
    for worked in result.worked_out:
        mark = f" {RECALLED}" if worked.known == "recalled" else ""
        how = "" if any(worked.how in note for note in said) else f" ({worked.how})"
        lines.append(f"Worked out: {form_text(worked.data, names)}{mark}{how}")
    return tuple(lines)


def form_text(item: Printed, names: Mapping[str, str]) -> str:
    """One printed form in words; ``names`` gives arms and groups by id."""
    return _FORMS[item.form](item, names)


def _brief(label: str) -> str:
    """What stands before the first colon or bracket: enough to tell the groups of one study apart."""
    for separator in (":", " ("):
        label = label.split(separator)[0]
    return label


def _groups(item: Any, names: Mapping[str, str], cell_text: Callable[[Any], str]) -> str:
    return "; ".join(f"{names.get(key, key)} {cell_text(cell)}" for key, cell in item.arms.items())


def _counts(item: Counts, names: Mapping[str, str]) -> str:
    return _groups(item, names, lambda cell: f"{integer(cell.events)}/{integer(cell.n)}")


def _percents(item: Percents, names: Mapping[str, str]) -> str:
    return _groups(
        item, names, lambda cell: f"{shortest(cell.percent)}%{f' of {integer(cell.n)}' if cell.n is not None else ''}"
    )


def _means(item: Means, names: Mapping[str, str]) -> str:
    unit = f", {item.unit}" if item.unit else ""
    return f"mean: {_groups(item, names, _mean)}{unit}"


def _mean(cell: MeanCell) -> str:
    details = [
        f"{name} {shortest(value)}" for name, value in (("SD", cell.sd), ("SE", cell.se)) if value is not None
    ] + ([f"n {integer(cell.n)}"] if cell.n is not None else [])
    return shortest(cell.mean) + (f" ({', '.join(details)})" if details else "")


def _contrast(item: Contrast, names: Mapping[str, str]) -> str:
    details = []
    if item.ci is not None:
        details.append(f"{percent(item.level)} CI {interval(shortest(item.ci[0]), shortest(item.ci[1]))}")
    if item.se is not None:
        details.append(f"SE {shortest(item.se)}")
    if item.p is not None or item.p_unadjusted is not None:
        details.append(f"p {item.p or item.p_unadjusted}")
    if item.adjusted is not None:
        details.append("adjusted" if item.adjusted else "unadjusted")
    text = f"{MEASURE_NAMES.get(item.measure, item.measure)} {shortest(item.estimate)}"
    sides = item.contrast or (
        " against ".join(" and ".join(names.get(arm, arm) for arm in side) for side in item.arms) if item.arms else ""
    )
    return text + (f" ({'; '.join(details)})" if details else "") + (f", {sides}" if sides else "")


def _correlation(item: Correlation, names: Mapping[str, str]) -> str:
    values = [f"{names.get(key, key)} {shortest(value)}" for key, value in item.arms.items()]
    if item.estimate is not None:
        values.append(shortest(item.estimate))
    return f"correlation {', '.join(values)}{f' (p {item.p})' if item.p else ''}"


def _before_after(item: BeforeAfter, names: Mapping[str, str]) -> str:
    who = f"{names.get(item.group, item.group)}: " if item.group else ""
    p = f" (p {item.p})" if item.p else ""
    return f"{who}{shortest(item.baseline)} before, {shortest(item.followup)} after{p}"


def _test(item: Test, names: Mapping[str, str]) -> str:
    return ", ".join(part for part in (f"p {item.p}" if item.p else "", item.test or "") if part)


def _narrative(item: Narrative, names: Mapping[str, str]) -> str:
    return item.finding


_FORMS: dict[str, Callable[[Any, Mapping[str, str]], str]] = {
    "counts": _counts,
    "percent": _percents,
    "means": _means,
    "contrast": _contrast,
    "correlation": _correlation,
    "before-after": _before_after,
    "test": _test,
    "narrative": _narrative,
}
