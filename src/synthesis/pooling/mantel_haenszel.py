"""Pooling tables instead of effects: Mantel-Haenszel and Peto, common-effect methods for rare events.

Studies without events count as they are: no correction of empty cells enters the pooled value. One entry in
``TABLE_METHODS`` is one measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.data import DATA_KINDS
from synthesis.effects.distributions import chi2_upper_p, two_sided_p
from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.model import Effects, Floats
from synthesis.effects.zero_cells import ZERO_CELLS, ZeroCells
from synthesis.errors import AnalysisError
from synthesis.pooling.intervals import confidence_interval
from synthesis.pooling.model import Heterogeneity, Note, Pooled, Tau2, Test
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMethod:
    """How tables are pooled for one measure.

    Attributes
    ----------
    key : str
        The measure, a key in ``MEASURES``.
    name : str
        ``"mantel-haenszel"`` or ``"peto"``: the ``method`` of the interval.
    function : callable
        Prepared columns of the measure's data kind, (k,) each -> estimate and standard error on the analysis scale,
        and the (k,) weights, not yet shares.
    reference : str
        Where it is described.
    study_zero_cells : str
        Key in ``ZERO_CELLS`` of the policy for the effects of single studies, which enter Q only.
    """

    key: str
    name: str
    function: Callable[..., tuple[float, float, Floats]]
    reference: str
    study_zero_cells: str = "only0-drop00"


def pool_tables(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    level: float = 0.95,
    zero_cells: str | ZeroCells = "none",
    study_zero_cells: str | ZeroCells | None = None,
) -> Pooled:
    """Pool tables under the common-effect model.

    Parameters
    ----------
    measure : str
        Key in ``TABLE_METHODS``.
    data : mapping of str to (k,) array
        The numbers named in the measure's ``DATA_KINDS`` entry; NaN rows are left out.
    level : float
        Confidence level as a share.
    zero_cells : str or ZeroCells
        Policy for empty cells in pooling; no correction unless asked for.
    study_zero_cells : str, ZeroCells or None
        Policy for the effects of single studies, which enter Q only; None for the method's own.

    Returns
    -------
    Pooled
        ``k`` counts the tables used, ``heterogeneity.df + 1`` those with an effect of their own.

    Raises
    ------
    AnalysisError
        If no table is left or there are no events (or no non-events) on one side.
    """
    method = TABLE_METHODS[measure]
    kind = DATA_KINDS[MEASURES[measure].data]
    policy = zero_cells if isinstance(zero_cells, ZeroCells) else ZERO_CELLS[zero_cells]
    yi, vi = effect_sizes(
        measure, data, zero_cells=method.study_zero_cells if study_zero_cells is None else study_zero_cells
    )
    raw = tuple(np.atleast_1d(np.asarray(data[name], dtype=float)) for name in kind.arguments)
    columns = np.stack(kind.prepare(raw, policy))
    used = np.all(np.isfinite(columns), axis=0)
    if not used.any():
        raise AnalysisError(f"there are no tables to pool as {measure}")
    with np.errstate(all="ignore"):
        estimate, se, weights = method.function(*columns[:, used])
    if not (math.isfinite(estimate) and math.isfinite(se) and se > 0):
        raise AnalysisError(
            f"{measure} cannot be pooled by the {method.name} method: one side has no events (or no non-events) in "
            "any study; report the counts instead, or use RD"
        )
    statistic = estimate / se
    return Pooled(
        estimate=estimate,
        se=se,
        ci=confidence_interval(estimate, se, None, level=level, method=method.name),
        prediction=None,
        test=Test(statistic=statistic, df=None, p=two_sided_p(statistic)),
        tau2=Tau2(value=0.0, method="none"),
        heterogeneity=_heterogeneity(yi, vi, estimate),
        weights=tuple(float(weight) for weight in weights / weights.sum()),
        model="common",
        measure=measure,
        k=int(used.sum()),
        n=_participants(kind.arguments, raw, used),
        notes=_notes(weights),
    )


def pool_effect_tables(effects: Effects, *, level: float = 0.95) -> Pooled:
    """``pool_tables`` on the counts that travel with ``effects``.

    Raises
    ------
    AnalysisError
        If counts are not known for a row, naming it.
    """
    columns: dict[str, list[float]] = {name: [] for name in ("events1", "n1", "events2", "n2")}
    for row in effects:
        for index, group in enumerate((row.intervention, row.comparator), start=1):
            if group is None or group.events is None or group.n is None:
                raise AnalysisError(f"{row.label} has no counts in both groups; pool its effect by inverse variance")
            columns[f"events{index}"].append(group.events)
            columns[f"n{index}"].append(group.n)
    return pool_tables(effects.measure, columns, level=level)


def _heterogeneity(yi: Floats, vi: Floats, estimate: float) -> Heterogeneity:
    own = np.isfinite(yi) & (vi > 0)
    df = max(0, int(own.sum()) - 1)
    q = float(np.sum((yi[own] - estimate) ** 2 / vi[own])) if df else 0.0
    i2 = max(0.0, (q - df) / q) if q > 0 else 0.0
    return Heterogeneity(q=q, df=df, p=chi2_upper_p(q, df), i2=i2, i2_q=i2, h2=q / df if df else 1.0)


def _participants(names: tuple[str, ...], raw: tuple[Floats, ...], used: np.ndarray) -> float | None:
    totals = [column[used].sum() for name, column in zip(names, raw, strict=True) if name.startswith("n")]
    return float(sum(totals)) if totals else None


def _notes(weights: Floats) -> tuple[Note, ...]:
    silent = int(np.sum(weights == 0))
    if silent == 0:
        return ()
    text = f"{silent} of {len(weights)} studies have no weight because they have no events where the method needs them."
    return (Note(code="studies-without-weight", text=text),)


def _odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float, Floats]:
    total = a + b + c + d
    r, s = a * d / total, b * c / total
    p, q = (a + d) / total, (b + c) / total
    sum_r, sum_s = r.sum(), s.sum()
    # Robins, Breslow and Greenland's variance.
    variance = (np.sum(p * r) / sum_r**2 + np.sum(p * s + q * r) / (sum_r * sum_s) + np.sum(q * s) / sum_s**2) / 2
    return float(np.log(sum_r / sum_s)), float(np.sqrt(variance)), s


def _risk_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float, Floats]:
    n1, n2 = a + b, c + d
    total = n1 + n2
    r, s = a * n2 / total, c * n1 / total
    variance = np.sum((n1 * n2 * (a + c) - a * c * total) / total**2) / (r.sum() * s.sum())
    return float(np.log(r.sum() / s.sum())), float(np.sqrt(variance)), s


def _risk_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float, Floats]:
    n1, n2 = a + b, c + d
    total = n1 + n2
    weights = n1 * n2 / total
    estimate = np.sum((a * n2 - c * n1) / total) / weights.sum()
    # Sato's variance, consistent for few large and for many small studies.
    p = c * (n1 / total) ** 2 - a * (n2 / total) ** 2 + n1 * n2 * (n2 - n1) / (2 * total**2)
    q = (a * d + c * b) / (2 * total)
    return float(estimate), float(np.sqrt(estimate * p.sum() + q.sum()) / weights.sum()), weights


def _rate_ratio(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> tuple[float, float, Floats]:
    total = t1 + t2
    r, s = x1 * t2 / total, x2 * t1 / total
    variance = np.sum((x1 + x2) * t1 * t2 / total**2) / (r.sum() * s.sum())
    return float(np.log(r.sum() / s.sum())), float(np.sqrt(variance)), s


def _rate_difference(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> tuple[float, float, Floats]:
    weights = t1 * t2 / (t1 + t2)
    estimate = np.sum(weights * (x1 / t1 - x2 / t2)) / weights.sum()
    variance = np.sum(weights**2 * (x1 / t1**2 + x2 / t2**2)) / weights.sum() ** 2
    return float(estimate), float(np.sqrt(variance)), weights


def _peto(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float, Floats]:
    n1, n2 = a + b, c + d
    total, events = n1 + n2, a + c
    variance = events * (total - events) * (n1 / total) * (n2 / total) / (total - 1)
    estimate = np.sum(a - events * n1 / total) / variance.sum()
    return float(estimate), float(1 / np.sqrt(variance.sum())), variance


TABLE_METHODS = Registry(
    "method for pooling tables",
    (
        TableMethod(
            key="OR", name="mantel-haenszel", function=_odds_ratio,
            reference="Mantel and Haenszel 1959; Robins, Breslow and Greenland 1986; Cochrane Handbook 10.4.1",
        ),
        TableMethod(
            key="RR", name="mantel-haenszel", function=_risk_ratio,
            reference="Greenland and Robins 1985; Cochrane Handbook 10.4.1",
        ),
        TableMethod(
            key="RD", name="mantel-haenszel", function=_risk_difference,
            reference="Greenland and Robins 1985; Sato, Greenland and Robins 1989",
        ),
        TableMethod(key="IRR", name="mantel-haenszel", function=_rate_ratio, reference="Rothman et al 2008"),
        TableMethod(key="IRD", name="mantel-haenszel", function=_rate_difference, reference="Rothman et al 2008"),
        TableMethod(
            key="PETO", name="peto", function=_peto, study_zero_cells="none",
            reference="Yusuf et al 1985; Cochrane Handbook 10.4.2",
        ),
    ),
)  # fmt: skip
