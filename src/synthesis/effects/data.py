"""The kinds of data an effect measure can be computed from: which numbers, which checks, which empty cells matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesis.effects.model import Floats
from synthesis.effects.zero_cells import ZeroCells, drop_double_zero
from synthesis.registry import Registry

Columns = tuple[Floats, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKind:
    """A kind of data.

    Attributes
    ----------
    key : str
        Name in ``DATA_KINDS``.
    arguments : tuple of str
        Names of the numbers, in order.
    groups : int
        How many groups the numbers describe; 0 where only a published contrast will do.
    prepare : callable
        (columns, policy) -> columns as the measure's function takes them, empty cells treated.
    problem : callable
        columns -> what is wrong with them in words, or None. NaN is a missing value and no problem.
    """

    key: str
    arguments: tuple[str, ...]
    groups: int
    prepare: Callable[[Columns, ZeroCells], Columns]
    problem: Callable[[Columns], str | None]


def _cells(columns: Columns, policy: ZeroCells) -> Columns:
    events1, n1, events2, n2 = columns
    cells = np.stack([events1, n1 - events1, events2, n2 - events2])
    return tuple(policy.apply(drop_double_zero(cells) if policy.drop00 else cells))


def _one_group_cells(columns: Columns, policy: ZeroCells) -> Columns:
    events, n = columns
    return tuple(policy.apply(np.stack([events, n - events])))


def _rates(columns: Columns, policy: ZeroCells) -> Columns:
    # Person-time is not a count: only events are corrected, and a table is empty where there are none.
    events = np.stack(columns[::2])
    if policy.drop00:
        events = np.where(np.all(events == 0, axis=0), np.nan, events)
    corrected = policy.apply(events)
    return tuple(value for pair in zip(corrected, columns[1::2], strict=True) for value in pair)


def _unchanged(columns: Columns, policy: ZeroCells) -> Columns:
    return columns


def _count_problem(columns: Columns) -> str | None:
    for group, (events, n) in enumerate(zip(columns[::2], columns[1::2], strict=True), start=1):
        if np.any(events < 0):
            return f"group {group} has a negative number of events ({np.nanmin(events):g}); it must be 0 or more"
        if np.any(n <= 0):
            return f"group {group} has {np.nanmin(n):g} participants; it must have more than 0"
        if np.any(events > n):
            row = int(np.flatnonzero(events > n)[0])
            return f"group {group} has more events ({events[row]:g}) than participants ({n[row]:g})"
    return None


def _mean_problem(columns: Columns) -> str | None:
    for group, start in enumerate(range(0, len(columns), 3), start=1):
        _, sd, n = columns[start : start + 3]
        if np.any(sd < 0):
            return f"group {group} has a negative SD ({np.nanmin(sd):g}); it must be 0 or more"
        if np.any(n <= 0):
            return f"group {group} has {np.nanmin(n):g} participants; it must have more than 0"
    return None


def _rate_problem(columns: Columns) -> str | None:
    for group, (events, time) in enumerate(zip(columns[::2], columns[1::2], strict=True), start=1):
        if np.any(events < 0):
            return f"group {group} has a negative number of events ({np.nanmin(events):g}); it must be 0 or more"
        if np.any(time <= 0):
            return f"group {group} has a person-time of {np.nanmin(time):g}; it must be above 0"
    return None


def _correlation_problem(columns: Columns) -> str | None:
    r, n = columns
    if np.any(np.abs(r) > 1):
        worst = r[int(np.nanargmax(np.abs(r)))]
        return f"a correlation is {worst:g}; it must lie between −1 and 1"
    if np.any(n <= 1):
        return f"a correlation rests on {np.nanmin(n):g} participants; it needs at least 2"
    return None


def _change_problem(columns: Columns) -> str | None:
    _, sd1, _, sd2, r, n = columns
    for occasion, sd in enumerate((sd1, sd2), start=1):
        if np.any(sd < 0):
            return f"occasion {occasion} has a negative SD ({np.nanmin(sd):g}); it must be 0 or more"
    return _correlation_problem((r, n))


def _regression_problem(columns: Columns) -> str | None:
    _, n, predictors = columns[:3]
    if np.any(predictors < 0) or np.any(n - predictors <= 1):
        return "a regression needs more participants than predictors + 1, and predictors must be 0 or more"
    if len(columns) > 3 and (np.any(columns[3] < 0) or np.any(columns[3] > 1)):
        return "R² must lie between 0 and 1"
    return None


def _reliability_problem(columns: Columns) -> str | None:
    alpha, items, n = columns
    if np.any(alpha > 1):
        return f"a reliability is {np.nanmax(alpha):g}; it must be 1 or less"
    if np.any(items < 2):
        return f"a scale has {np.nanmin(items):g} items; alpha needs at least 2"
    if np.any(n <= 2):
        return f"a reliability rests on {np.nanmin(n):g} participants; it needs at least 3"
    return None


def _no_problem(columns: Columns) -> str | None:
    return None


DATA_KINDS = Registry(
    "data kind",
    (
        DataKind(
            key="counts",
            arguments=("events1", "n1", "events2", "n2"),
            groups=2,
            prepare=_cells,
            problem=_count_problem,
        ),
        DataKind(
            key="means",
            arguments=("mean1", "sd1", "n1", "mean2", "sd2", "n2"),
            groups=2,
            prepare=_unchanged,
            problem=_mean_problem,
        ),
        DataKind(
            key="rates",
            arguments=("events1", "time1", "events2", "time2"),
            groups=2,
            prepare=_rates,
            problem=_rate_problem,
        ),
        DataKind(
            key="proportion", arguments=("events", "n"), groups=1, prepare=_one_group_cells, problem=_count_problem
        ),
        DataKind(key="rate", arguments=("events", "time"), groups=1, prepare=_rates, problem=_rate_problem),
        DataKind(key="mean", arguments=("mean", "sd", "n"), groups=1, prepare=_unchanged, problem=_mean_problem),
        DataKind(
            key="correlation",
            arguments=("correlation", "n"),
            groups=1,
            prepare=_unchanged,
            problem=_correlation_problem,
        ),
        DataKind(
            key="change",
            arguments=("mean1", "sd1", "mean2", "sd2", "correlation", "n"),
            groups=1,
            prepare=_unchanged,
            problem=_change_problem,
        ),
        DataKind(
            key="t-value",
            arguments=("t", "n", "predictors"),
            groups=1,
            prepare=_unchanged,
            problem=_regression_problem,
        ),
        DataKind(
            key="t-value-and-r2",
            arguments=("t", "n", "predictors", "r_squared"),
            groups=1,
            prepare=_unchanged,
            problem=_regression_problem,
        ),
        DataKind(
            key="reliability",
            arguments=("alpha", "items", "n"),
            groups=1,
            prepare=_unchanged,
            problem=_reliability_problem,
        ),
        DataKind(key="contrast-only", arguments=(), groups=0, prepare=_unchanged, problem=_no_problem),
    ),
)
