"""Effect measures: how each is computed, on which scale it is pooled, and how it is read.

One entry in ``MEASURES`` is one measure. Three ways to compute: ``effect_sizes`` for many studies at once,
``from_counts`` and ``from_means`` for one comparison with its steps, ``from_groups`` for two ``Group`` records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects import formulas
from synthesis.effects.data import DATA_KINDS
from synthesis.effects.model import Estimate, Floats, Group, Step
from synthesis.effects.steps import step
from synthesis.effects.zero_cells import ZERO_CELLS, ZeroCells
from synthesis.errors import AnalysisError
from synthesis.formatting import number
from synthesis.registry import Registry

Formula = Callable[..., tuple[Floats, Floats]]
Transform = Callable[[float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An effect measure.

    Attributes
    ----------
    key, label, short : str
        Name in ``MEASURES``, name in prose (``"odds ratio"``), abbreviation in tables (``"OR"``).
    data : str
        Key in ``DATA_KINDS``: what it is computed from. ``contrast-only``: only published contrasts can be used.
    function : callable or None
        (k,) arrays of prepared data -> yi, vi; None for ``contrast-only``.
    scale : {"log", "identity"}
        The analysis scale, seen from the natural one.
    to_natural, to_analysis : callable
        One number from the analysis scale to the natural scale, and back.
    null, null_natural : float
        "No effect" on the two scales.
    axis : {"log", "linear"}
        How a plot draws the natural scale.
    zero_cells : str
        Key in ``ZERO_CELLS`` of the policy used unless another is asked for.
    reference : str
        Where the formula comes from.
    exceptions : tuple of (law, reason)
        Laws the measure does not obey: ``swap`` (changing the arms round negates yi and keeps vi).
    """

    key: str
    label: str
    short: str
    data: str
    function: Formula | None
    scale: Literal["log", "identity"]
    to_natural: Transform
    to_analysis: Transform
    null: float
    null_natural: float
    axis: Literal["log", "linear"]
    reference: str
    zero_cells: str = "only0"
    exceptions: tuple[tuple[str, str], ...] = ()


def effect_sizes(
    measure: str, data: Mapping[str, ArrayLike], *, zero_cells: str | ZeroCells | None = None
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
    if entry.function is None:
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
        yi, vi = entry.function(*kind.prepare(tuple(columns), _policy(entry, zero_cells)))
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


def _exp(value: float) -> float:
    return math.inf if value > 709 else math.exp(value)


def _log(value: float) -> float:
    if not value > 0:
        raise ValueError(f"a ratio must be above 0 to be put on the log scale; found {value!r}")
    return math.log(value)


def _same(value: float) -> float:
    return value


def _ratio(key: str, label: str, data: str, function: Formula | None, reference: str) -> Measure:
    return Measure(
        key=key, label=label, short=key, data=data, function=function, reference=reference,
        scale="log", to_natural=_exp, to_analysis=_log, null=0.0, null_natural=1.0, axis="log",
    )  # fmt: skip


def _difference(key: str, label: str, data: str, function: Formula, reference: str) -> Measure:
    return Measure(
        key=key, label=label, short=key, data=data, function=function, reference=reference,
        scale="identity", to_natural=_same, to_analysis=_same, null=0.0, null_natural=0.0, axis="linear",
    )  # fmt: skip


MEASURES = Registry(
    "effect measure",
    (
        _ratio("RR", "risk ratio", "counts", formulas.log_risk_ratio, "Cochrane Handbook 6.4.1.1; Katz et al 1978"),
        _ratio("OR", "odds ratio", "counts", formulas.log_odds_ratio, "Cochrane Handbook 6.4.1.2; Woolf 1955"),
        _difference("RD", "risk difference", "counts", formulas.risk_difference, "Cochrane Handbook 6.4.1.4"),
        _difference("MD", "mean difference", "means", formulas.mean_difference, "Cochrane Handbook 6.5.1.1"),
        _difference(
            "SMD",
            "standardized mean difference",
            "means",
            formulas.standardized_mean_difference,
            "Hedges 1981; Cochrane Handbook 6.5.1.2",
        ),
        _ratio("HR", "hazard ratio", "contrast-only", None, "Cochrane Handbook 6.8.2; Parmar et al 1998"),
        _ratio("IRR", "incidence rate ratio", "contrast-only", None, "Cochrane Handbook 6.7.1"),
    ),
)
