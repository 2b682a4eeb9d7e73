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
from synthesis.effects.scales import SCALES, ScaleKey
from synthesis.effects.steps import step
from synthesis.effects.zero_cells import ZERO_CELLS, ZeroCells
from synthesis.errors import AnalysisError
from synthesis.formatting import number
from synthesis.registry import Registry

Formula = Callable[..., tuple[Floats, Floats]]


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
    scale : str
        Key in ``SCALES``: the analysis scale, seen from the natural one.
    null : float
        "No effect" on the analysis scale; NaN where there is no such value (a single proportion).
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
    scale: ScaleKey
    null: float
    axis: Literal["log", "linear"]
    reference: str
    zero_cells: str = "only0"
    exceptions: tuple[tuple[str, str], ...] = ()

    @property
    def null_natural(self) -> float:
        """ "No effect" on the natural scale."""
        return self.to_natural(self.null)

    def to_natural(self, value: float) -> float:
        """One number from the analysis scale to the natural scale."""
        return SCALES[self.scale].inverse(value)

    def to_analysis(self, value: float) -> float:
        """One number from the natural scale to the analysis scale.

        Raises
        ------
        ValueError
            If the number is out of range, for example a ratio of 0.
        """
        scale = SCALES[self.scale]
        problem = scale.problem(value)
        if problem is not None:
            raise ValueError(problem)
        return scale.forward(value)


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


def _measure(
    key: str,
    label: str,
    data: str,
    function: Formula | None,
    reference: str,
    *,
    scale: ScaleKey = "identity",
    null: float = 0.0,
    zero_cells: str = "only0",
    exceptions: tuple[tuple[str, str], ...] = (),
) -> Measure:
    return Measure(
        key=key,
        label=label,
        short=key,
        data=data,
        function=function,
        reference=reference,
        scale=scale,
        null=null,
        axis="log" if scale == "log" else "linear",
        zero_cells=zero_cells,
        exceptions=exceptions,
    )


# A proportion, rate or mean of one group has no value that stands for "no effect".
_NO_NULL = math.nan

MEASURES = Registry(
    "effect measure",
    (
        _measure(
            "RR", "risk ratio", "counts", formulas.log_risk_ratio,
            "Cochrane Handbook 6.4.1.2; Katz et al 1978", scale="log",
        ),
        _measure(
            "OR", "odds ratio", "counts", formulas.log_odds_ratio,
            "Cochrane Handbook 6.4.1.2; Woolf 1955", scale="log",
        ),
        _measure("RD", "risk difference", "counts", formulas.risk_difference, "Cochrane Handbook 6.4.1.4"),
        _measure(
            "AS", "arcsine risk difference", "counts", formulas.arcsine_difference,
            "Rücker et al 2009", zero_cells="none",
        ),
        _measure(
            "PETO", "Peto odds ratio", "counts", formulas.peto_log_odds_ratio,
            "Yusuf et al 1985; Cochrane Handbook 10.4.2", scale="log", zero_cells="none",
        ),
        _measure("MD", "mean difference", "means", formulas.mean_difference, "Cochrane Handbook 6.5.1.1"),
        _measure(
            "SMD", "standardized mean difference", "means", formulas.standardized_mean_difference,
            "Hedges 1981; Cochrane Handbook 6.5.1.2",
        ),
        _measure(
            "SMDH", "standardized mean difference, unequal variances", "means", formulas.smd_unequal_variances,
            "Bonett 2009",
        ),
        _measure(
            "SMD1", "standardized mean difference, comparator SD", "means", formulas.smd_comparator_sd,
            "Glass 1976; Hedges 1981",
            exceptions=(("swap", "the difference is divided by the SD of the comparator alone"),),
        ),
        _measure(
            "ROM", "ratio of means", "means", formulas.log_ratio_of_means,
            "Hedges et al 1999; Cochrane Handbook 6.5.1.3", scale="log",
        ),
        _measure(
            "HR", "hazard ratio", "contrast-only", None, "Cochrane Handbook 6.8.2; Parmar et al 1998", scale="log",
        ),
        _measure(
            "IRR", "incidence rate ratio", "rates", formulas.log_rate_ratio,
            "Cochrane Handbook 6.7.1; Rothman et al 2008", scale="log",
        ),
        _measure("IRD", "incidence rate difference", "rates", formulas.rate_difference, "Rothman et al 2008"),
        _measure(
            "IRSD", "difference of square-root rates", "rates", formulas.sqrt_rate_difference,
            "Rothman et al 2008, variance-stabilising transformation", zero_cells="none",
        ),
        _measure("COR", "correlation", "correlation", formulas.correlation, "Hotelling 1953"),
        _measure("ZCOR", "correlation (Fisher z)", "correlation", formulas.fisher_z, "Fisher 1921", scale="fisher-z"),
        _measure("PR", "proportion", "proportion", formulas.proportion, "binomial variance", null=_NO_NULL),
        _measure(
            "PLN", "proportion (log)", "proportion", formulas.log_proportion, "delta method",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "PLO", "proportion (logit)", "proportion", formulas.logit_proportion,
            "Stijnen et al 2010", scale="logit", null=_NO_NULL,
        ),
        _measure(
            "PAS", "proportion (arcsine)", "proportion", formulas.arcsine_proportion,
            "Rücker et al 2009", scale="arcsine", null=_NO_NULL, zero_cells="none",
        ),
        _measure("IR", "incidence rate", "rate", formulas.rate, "Poisson variance", null=_NO_NULL),
        _measure(
            "IRLN", "incidence rate (log)", "rate", formulas.log_rate, "Stijnen et al 2010",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "IRS", "incidence rate (square root)", "rate", formulas.sqrt_rate,
            "variance-stabilising transformation", scale="sqrt", null=_NO_NULL, zero_cells="none",
        ),
        _measure("MN", "mean", "mean", formulas.mean, "variance of a mean", null=_NO_NULL),
    ),
)  # fmt: skip
