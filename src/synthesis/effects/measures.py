"""yi and vi by the effect measures of ``MEASURES``.

Three ways to compute: ``effect_sizes`` for many studies at once, ``from_counts`` and ``from_means`` for one comparison
with its steps, ``from_groups`` for two ``Group`` records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.data import DATA_KINDS
from synthesis.effects.measure import Measure as Measure
from synthesis.effects.measure_table import MEASURES as MEASURES
from synthesis.effects.model import Estimate, Floats, Group, Step
from synthesis.effects.steps import step
from synthesis.effects.zero_cells import ZERO_CELLS, ZeroCells
from synthesis.errors import AnalysisError
from synthesis.formatting import number


def effect_sizes(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    zero_cells: str | ZeroCells | None = None,
    variance: str | None = None,
) -> tuple[Floats, Floats]:
    """yi and vi of many studies.

    Parameters
    ----------
    measure : str
        Key in ``MEASURES``.
    data : mapping of str to (k,) array
        The numbers named in ``DATA_KINDS[...].arguments``, for example ``events1``, ``n1``, ``events2``, ``n2``.
        NaN is a missing value.
    zero_cells : str, ZeroCells or None
        Policy for empty cells; None for the measure's own.
    variance : str or None
        Name of the sampling variance where the measure has several (``Measure.variances``); None for its own.

    Returns
    -------
    yi, vi : (k,) array
        Analysis scale; NaN where the effect or its variance is undefined.

    Raises
    ------
    AnalysisError
        If the measure cannot be computed from data, numbers are missing by name, or are impossible.
    """
    entry = MEASURES[measure]
    kind = DATA_KINDS[entry.data]
    function = entry.formula(variance)
    if function is None:
        raise AnalysisError(
            f"the {entry.label} cannot be computed from counts or means; give a published estimate with its "
            "standard error, interval or p value"
        )
    if set(data) != set(kind.arguments):
        raise AnalysisError(
            f"{measure} is computed from {', '.join(kind.arguments)}; found {', '.join(sorted(data)) or 'nothing'}"
        )
    columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(data[name], dtype=float)) for name in kind.arguments))
    problem = kind.problem(tuple(columns))
    if problem is not None:
        raise AnalysisError(f"{measure} cannot be computed: {problem}")
    with np.errstate(all="ignore"):
        yi, vi = function(*kind.prepare(tuple(columns), _policy(entry, zero_cells)))
        defined = np.isfinite(yi) & np.isfinite(vi) & (vi >= 0)
    return np.where(defined, yi, np.nan), np.where(defined, vi, np.nan)


def from_counts(
    measure: str,
    events1: float,
    n1: float,
    events2: float,
    n2: float,
    *,
    zero_cells: str | ZeroCells | None = None,
) -> Estimate:
    """One comparison of two groups with counts of events.

    Parameters
    ----------
    measure : str
        Key in ``MEASURES`` of a measure computed from counts.
    events1, n1, events2, n2 : float
        Events and participants: intervention first, then comparator.
    zero_cells : str, ZeroCells or None
        Policy for empty cells; None for the measure's own.

    Returns
    -------
    Estimate
        On the analysis scale; a correction of empty cells is among its steps.

    Raises
    ------
    AnalysisError
        If numbers are impossible or the measure is undefined for them (its message says which).
    """
    data = {"events1": events1, "n1": n1, "events2": events2, "n2": n2}
    return _one(measure, "counts", data, zero_cells)


def from_means(measure: str, mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float) -> Estimate:
    """One comparison of two groups with means and standard deviations, intervention first.

    Returns
    -------
    Estimate
        On the analysis scale.

    Raises
    ------
    AnalysisError
        If numbers are impossible or the measure is undefined for them.
    """
    data = {"mean1": mean1, "sd1": sd1, "n1": n1, "mean2": mean2, "sd2": sd2, "n2": n2}
    return _one(measure, "means", data, None)


def from_groups(
    measure: str, intervention: Group, comparator: Group, *, zero_cells: str | ZeroCells | None = None
) -> Estimate:
    """One comparison of two groups, by counts or means as the measure needs; the groups travel with the estimate.

    Raises
    ------
    AnalysisError
        If a number the measure needs is not known for one of the groups, or the effect is undefined.
    """
    kind = DATA_KINDS[MEASURES[measure].data]
    data: dict[str, float] = {}
    for index, group in enumerate((intervention, comparator), start=1):
        for name in kind.arguments:
            if name.endswith(str(index)):
                value = getattr(group, name[:-1])
                if value is None:
                    raise AnalysisError(
                        f"{measure} needs {name[:-1]} of every group; it is not known for {group.label!r}"
                    )
                data[name] = value
    estimate = _one(measure, kind.key, data, zero_cells)
    return replace(estimate, intervention=intervention, comparator=comparator)


def _one(measure: str, kind: str, data: Mapping[str, float], zero_cells: str | ZeroCells | None) -> Estimate:
    entry = MEASURES[measure]
    if entry.data != kind and entry.function is not None:
        raise AnalysisError(f"the {entry.label} is computed from {entry.data}; found {kind}")
    missing = [name for name, value in data.items() if not math.isfinite(value)]
    if missing:
        raise AnalysisError(f"{measure} needs finite numbers; {', '.join(missing)} is not one")
    yi, vi = effect_sizes(measure, data, zero_cells=zero_cells)
    if not (np.isfinite(yi[0]) and vi[0] > 0):
        numbers = ", ".join(f"{name} = {value:g}" for name, value in data.items())
        raise AnalysisError(
            f"the {entry.label} or its standard error is undefined for {numbers}; "
            "leave the study out with that reason or use another measure or zero-cell policy"
        )
    return Estimate(
        yi=float(yi[0]), vi=float(vi[0]), measure=measure, steps=_correction(entry, data, _policy(entry, zero_cells))
    )


def _policy(entry: Measure, zero_cells: str | ZeroCells | None) -> ZeroCells:
    if isinstance(zero_cells, ZeroCells):
        return zero_cells
    return ZERO_CELLS[entry.zero_cells if zero_cells is None else zero_cells]


def _correction(entry: Measure, data: Mapping[str, float], policy: ZeroCells) -> tuple[Step, ...]:
    kind = DATA_KINDS[entry.data]
    columns = tuple(np.array([data[name]]) for name in kind.arguments)
    before = kind.prepare(columns, ZERO_CELLS["none"])
    after = kind.prepare(columns, policy)
    if all(np.array_equal(old, new) for old, new in zip(before, after, strict=True)):
        return ()
    counts = ", ".join(number(float(cell[0]), 0) for cell in before)
    return (step("zero-cells", f"{number(policy.add)} added to each of the cells {counts}"),)
