"""Small-study effects: regression tests for funnel plot asymmetry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.distributions import critical_value, two_sided_p
from synthesis.effects.model import Effects
from synthesis.effects.rows import refuse_unusable
from synthesis.errors import AnalysisError
from synthesis.pooling.model import Interval, Note, Test
from synthesis.pooling.regression import INTERCEPT, regress, weighted_least_squares

# Handbook 13.3.5.4: with fewer studies the test cannot tell chance from real asymmetry.
FEWEST_STUDIES = 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SmallStudyTest(Result):
    """A regression test for funnel plot asymmetry.

    Attributes
    ----------
    method : str
        ``"egger"`` or ``"mixed-effects"``.
    slope : float
        Change of the effect per unit of the predictor, analysis scale.
    test : Test
        That the slope is 0.
    limit, limit_ci : float, Interval
        The effect that the line gives where the predictor is 0: at infinite precision, if the predictor is the
        standard error or the sampling variance.
    k : int
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:small_study"
    method: Literal["egger", "mixed-effects"]
    slope: float
    test: Test
    limit: float
    limit_ci: Interval
    k: int
    notes: tuple[Note, ...] = ()


def egger_test(effects: Effects, *, level: float = 0.95) -> SmallStudyTest:
    """Egger's test on the rows of ``effects``: effect against standard error, weights 1 / vi."""
    refuse_unusable(effects.yi, effects.vi)
    return egger_arrays(effects.yi, effects.vi, np.sqrt(effects.vi), level=level)


def egger_arrays(yi: ArrayLike, vi: ArrayLike, predictor: ArrayLike, *, level: float = 0.95) -> SmallStudyTest:
    """Weighted regression with multiplicative dispersion.

    Parameters
    ----------
    yi, vi : (k,) array
        Analysis scale, k >= 3.
    predictor : (k,) array
        Usually the standard error.
    level : float
        Level of the interval of the limit, a share.

    Raises
    ------
    AnalysisError
        If there are fewer than 3 effects, or the predictor does not vary.

    References
    ----------
    Egger et al 1997, BMJ 315:629-634; Sterne et al 2011, BMJ 343:d4002.
    """
    y, v, x = (np.asarray(values, dtype=float) for values in (yi, vi, predictor))
    refuse_unusable(y, v)
    _check(len(y), x)
    fit = weighted_least_squares(y, v, np.column_stack([np.ones(len(y)), x]))
    # Below this share of the sum of squares the residuals are rounding errors.
    if fit.ratio * (len(y) - 2) <= 1e-24 * float(np.sum(y**2 / v)):
        raise AnalysisError("the effects lie exactly on a line; there is no spread to test the slope against")
    limit_se, slope_se = (math.sqrt(fit.ratio * float(fit.covariance[i, i])) for i in (0, 1))
    df = len(y) - 2
    statistic = float(fit.beta[1]) / slope_se
    half = critical_value(level, df) * limit_se
    limit = float(fit.beta[0])
    return SmallStudyTest(
        method="egger",
        slope=float(fit.beta[1]),
        test=Test(statistic=statistic, df=df, p=two_sided_p(statistic, df)),
        limit=limit,
        limit_ci=Interval(low=limit - half, high=limit + half, level=level, method="egger"),
        k=len(y),
        notes=_notes(len(y)),
    )


def mixed_effects_test(
    yi: ArrayLike,
    vi: ArrayLike,
    predictor: ArrayLike,
    *,
    model: Literal["common", "random"] = "random",
    tau2: str = "REML",
    ci: str = "hartung-knapp",
    level: float = 0.95,
) -> SmallStudyTest:
    """The same line fitted as a meta-regression, with additive heterogeneity; options as for ``regress``."""
    x = np.asarray(predictor, dtype=float)
    refuse_unusable(np.asarray(yi, dtype=float), np.asarray(vi, dtype=float))
    _check(len(x), x)
    found = regress(yi, vi, {"predictor": x}, model=model, tau2=tau2, ci=ci, level=level)
    limit, slope = found.coefficients
    assert limit.name == INTERCEPT
    return SmallStudyTest(
        method="mixed-effects",
        slope=slope.estimate,
        test=slope.test,
        limit=limit.estimate,
        limit_ci=limit.ci,
        k=found.k,
        notes=(*_notes(found.k), *found.notes),
    )


def _check(k: int, predictor: np.ndarray) -> None:
    if k < 3:
        raise AnalysisError(f"a regression test needs at least 3 effects; found {k}")
    if float(np.ptp(predictor)) <= 1e-12 * float(np.max(np.abs(predictor))):
        raise AnalysisError("the predictor is the same for every study; asymmetry cannot be tested")


def _notes(k: int) -> tuple[Note, ...]:
    if k >= FEWEST_STUDIES:
        return ()
    text = f"Only {k} studies: with fewer than {FEWEST_STUDIES} the test has too little power to be relied on."
    return (Note(code="few-studies", text=text),)
