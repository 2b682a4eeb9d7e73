"""Tests on tables of counts: no effect in any (Cochran-Mantel-Haenszel), the same odds ratio in all (Breslow-Day)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.data import DATA_KINDS
from synthesis.effects.distributions import chi2_upper_p
from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.model import Floats
from synthesis.effects.zero_cells import ZERO_CELLS, ZeroCells
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.model import Test


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TableTests(Result):
    """Chi-squared tests on tables.

    Attributes
    ----------
    mantel_haenszel : Test
        That there is no effect: Cochran-Mantel-Haenszel for 2x2 tables, Mantel-Haenszel for rates.
    cochran : Test or None
        Cochran's version, with the binomial variance; for 2x2 tables only.
    breslow_day, tarone : Test or None
        That all odds ratios are the Mantel-Haenszel one, without and with Tarone's correction; for 2x2 tables.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:table_tests"
    mantel_haenszel: Test
    cochran: Test | None
    breslow_day: Test | None
    tarone: Test | None


def table_tests(
    measure: str, data: Mapping[str, ArrayLike], *, correct: bool = True, zero_cells: str | ZeroCells = "none"
) -> TableTests:
    """Test tables of counts, without effect sizes in between.

    Parameters
    ----------
    measure : {"OR", "IRR"}
    data : mapping of str to (k,) array
        As for ``pool_tables``; studies with a missing number are left out.
    correct : bool
        Whether half an event is taken off for continuity in the tests of no effect.
    zero_cells : str or ZeroCells
        Policy for empty cells; no correction unless asked for.

    Raises
    ------
    AnalysisError, UsageError
        If the tables have no events (or no non-events); for another measure.

    References
    ----------
    Mantel and Haenszel 1959; Cochran 1954; Breslow and Day 1980; Tarone 1985, Biometrika 72:91-95.
    """
    if measure not in ("OR", "IRR"):
        raise UsageError(f"measure is {measure!r}; tests on tables are for 'OR' and 'IRR'")
    kind = DATA_KINDS[MEASURES[measure].data]
    effect_sizes(measure, data)
    raw = tuple(np.atleast_1d(np.asarray(data[name], dtype=float)) for name in kind.arguments)
    columns = np.stack(kind.prepare(raw, zero_cells if isinstance(zero_cells, ZeroCells) else ZERO_CELLS[zero_cells]))
    x1, n1, x2, n2 = columns[:, np.all(np.isfinite(columns), axis=0)]
    if measure == "OR":
        # The columns of 2x2 tables are prepared as cells.
        n1, n2 = x1 + n1, x2 + n2
    total, events = n1 + n2, x1 + x2
    distance = abs(float(np.sum(x1 - n1 * events / total)))
    distance = max(0.0, distance - 0.5) if correct else distance
    if measure == "IRR":
        return TableTests(
            mantel_haenszel=_chi2(distance, events * n1 * n2 / total**2), cochran=None, breslow_day=None, tarone=None
        )
    margins = n1 * n2 * (events / total) * ((total - events) / total)
    day, tarone = _breslow_day(x1, n1, x2, n2)
    return TableTests(
        mantel_haenszel=_chi2(distance, margins / (total - 1)),
        cochran=_chi2(distance, margins / total),
        breslow_day=day,
        tarone=tarone,
    )


def _chi2(distance: float, variances: Floats) -> Test:
    variance = float(variances.sum())
    if variance <= 0:
        raise AnalysisError("there are no events, or nothing but events, in the tables; nothing can be tested")
    statistic = distance**2 / variance
    return Test(statistic=statistic, df=1, p=chi2_upper_p(statistic, 1))


def _breslow_day(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> tuple[Test | None, Test | None]:
    """Distances of the first cells from what the Mantel-Haenszel odds ratio lets expect, given the margins."""
    total, events = n1 + n2, x1 + x2
    r, s = float(np.sum(x1 * (n2 - x2) / total)), float(np.sum(x2 * (n1 - x1) / total))
    if r == 0 or s == 0:
        return None, None
    odds = r / s
    # The expected cell solves a quadratic; of its roots the one between the margins is taken.
    linear = odds * (n1 + events) + (n2 - events)
    if abs(odds - 1) < 1e-12:
        expected = n1 * events / total
    else:
        root = np.sqrt(linear**2 - 4 * (odds - 1) * odds * n1 * events)
        expected = 2 * odds * n1 * events / (linear + root)
    informative = (events > 0) & (events < total)
    cells = np.stack([expected, n1 - expected, events - expected, n2 - events + expected])[:, informative]
    variance = 1 / np.sum(1 / cells, axis=0)
    away = (x1 - expected)[informative]
    df = int(informative.sum()) - 1
    day = float(np.sum(away**2 / variance))
    corrected = max(0.0, day - float(away.sum()) ** 2 / float(variance.sum()))
    first, second = (Test(statistic=value, df=df, p=chi2_upper_p(value, df)) for value in (day, corrected))
    return first, second
