"""Pool effects: inverse-variance weighting under the common-effect or the random-effects model."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.distributions import check_level, two_sided_p
from synthesis.effects.model import Effects, Floats
from synthesis.effects.rows import checked
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.formatting import percent, plural
from synthesis.pooling.heterogeneity import heterogeneity
from synthesis.pooling.intervals import (
    INTERVALS,
    PREDICTIONS,
    IntervalMethod,
    confidence_interval,
    prediction_interval,
)
from synthesis.pooling.model import Interval, Note, Pooled, Tau2, Test
from synthesis.pooling.profiles import PROFILES, Profile
from synthesis.pooling.tau2 import ESTIMATORS, estimate_tau2, q_profile

Model = Literal["common", "random"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighted:
    """Weighted mean at a given tau2: Wald standard error, weights, generalised Q over k - 1 (1 if k = 1)."""

    estimate: float
    se: float
    weights: Floats
    ratio: float


def pool(
    effects: Effects,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> Pooled:
    """Pool the rows of ``effects``.

    Parameters
    ----------
    effects : Effects
        k >= 1 rows on the analysis scale.
    model : {"random", "common"}
    tau2 : str or float
        Key in ``ESTIMATORS``, or a fixed value >= 0 on the squared analysis scale. Not used with ``model="common"``.
    ci : str
        Key in ``INTERVALS``, or in ``PROFILES``, whose rule then picks the interval.
    prediction : str
        Key in ``PREDICTIONS``; ``"auto"`` for the same reference distribution as the confidence interval (and from
        the number of studies on that a profile asks for); ``"none"``.
    level : float
        Confidence level as a share.

    Returns
    -------
    Pooled
        With a note for every fallback and for the branch a profile took.

    Raises
    ------
    AnalysisError
        If there are no effects, or the interval method needs more of them.
    UnknownKeyError, UsageError
        For a name that is not in its table or a value out of range.
    """
    if len(effects) == 0:
        raise AnalysisError("there are no effects to pool; see the excluded rows for the reasons")
    ns = [row.n for row in effects]
    known = [n for n in ns if n is not None]
    return pool_arrays(
        effects.yi,
        effects.vi,
        measure=effects.measure,
        n=math.fsum(known) if len(known) == len(ns) else None,
        model=model,
        tau2=tau2,
        ci=ci,
        prediction=prediction,
        level=level,
    )


def pool_subset(
    effects: Effects,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> Pooled:
    """As ``pool``, for parts of an analysis: too few studies for the interval method give Wald's, with a note."""
    too_few = ci in INTERVALS and len(effects) < INTERVALS[ci].smallest_k
    pooled = pool(effects, model=model, tau2=tau2, ci="wald" if too_few else ci, prediction=prediction, level=level)
    return wald_instead(pooled, ci) if too_few else pooled


def wald_instead(pooled: Pooled, ci: str) -> Pooled:
    """``pooled`` with a note that there were too few studies for the interval method ``ci``."""
    text = f"Too few studies for the {INTERVALS[ci].label} interval; the Wald interval is shown."
    return replace(pooled, notes=(*pooled.notes, Note(code="interval-wald", text=text)))


def pool_arrays(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
    measure: str = "",
    n: float | None = None,
) -> Pooled:
    """Pool plain arrays; see ``pool`` for the options.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale, finite, vi > 0, k >= 1.
    measure : str
        Key of the effect measure, passed on.
    n : float or None
        Number of participants, passed on.
    """
    y, v = checked(yi, vi)
    check_options(model, tau2, ci, prediction, level)
    notes: list[Note] = []
    between = _between(y, v, tau2, level, model == "common", notes)
    return assembled(y, v, between, notes, model=model, ci=ci, prediction=prediction, level=level, measure=measure, n=n)


def assembled(
    y: Floats,
    v: Floats,
    between: Tau2,
    notes: list[Note],
    *,
    model: Model,
    ci: str,
    prediction: str,
    level: float,
    measure: str,
    n: float | None,
) -> Pooled:
    """Everything that follows from tau2; arguments as for ``pool_arrays``, already checked."""
    k, common = len(y), model == "common"
    weighted = _weighted(y, v, between.value)
    profile = PROFILES[ci] if ci in PROFILES else None  # noqa: SIM401 - get() first works out which names are near
    method = _interval_method(ci, profile, k, between.value, common, notes)
    # Equal effects leave no spread: rounding must not turn a zero factor into a negative one.
    se = weighted.se * math.sqrt(max(0.0, method.factor(weighted.ratio)))
    df = method.df(k) if k > 1 else None
    interval = confidence_interval(weighted.estimate, se, df, level=level, method=method.key)
    if profile is not None and profile.warn_if_narrower:
        notes.extend(_narrower_than_common(y, v, interval))
    convention = None if common else _prediction_method(prediction, profile, k, df, notes)
    predicted = (
        prediction_interval(weighted.estimate, se, between.value, k, level=level, method=convention)
        if convention is not None
        else None
    )
    return Pooled(
        estimate=weighted.estimate,
        se=se,
        ci=interval,
        prediction=predicted,
        test=_test(weighted.estimate, se, df),
        tau2=between,
        heterogeneity=heterogeneity(y, v, tau2=between.value, tau2_interval=between.interval, common=common),
        weights=tuple(weighted.weights.tolist()),
        model=model,
        measure=measure,
        k=k,
        n=n,
        notes=tuple(notes),
    )


def check_options(model: str, tau2: str | float, ci: str, prediction: str, level: float) -> None:
    """Raise if an option of ``pool`` is not in its table or out of range."""
    if model not in ("common", "random"):
        raise UsageError(f"model is {model!r}; it must be 'common' or 'random'")
    if isinstance(tau2, str):
        ESTIMATORS[tau2]
    elif not (math.isfinite(tau2) and tau2 >= 0):
        raise UsageError(f"tau2 is {tau2!r}; a fixed value must be finite and 0 or more")
    if ci not in INTERVALS and ci not in PROFILES:
        raise UnknownKeyError("interval method or profile", ci, (*INTERVALS, *PROFILES))
    if prediction not in ("auto", "none") and prediction not in PREDICTIONS:
        raise UnknownKeyError("prediction interval", prediction, ("auto", "none", *PREDICTIONS))
    try:
        check_level(level)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _between(y: Floats, v: Floats, tau2: str | float, level: float, common: bool, notes: list[Note]) -> Tau2:
    method = tau2 if isinstance(tau2, str) else "fixed"
    if len(y) == 1:
        notes.append(Note(code="single-study", text="Only one study: its own result is shown, nothing was pooled."))
        return Tau2(value=0.0, method="none" if common else method)
    if common:
        return Tau2(value=0.0, method="none")
    x = np.ones((len(y), 1))
    estimate = estimate_tau2(tau2, y, v, x) if isinstance(tau2, str) else Tau2(value=float(tau2), method="fixed")
    return noted(estimate, q_profile(y, v, x, level=level), notes)


def noted(estimate: Tau2, profile: Interval, notes: list[Note]) -> Tau2:
    """``estimate`` with its Q-profile interval; what a reader should know about either is added to ``notes``."""
    method = estimate.method
    if not estimate.converged:
        text = f"The {ESTIMATORS[method].label} estimate of tau² did not converge; treat the result with caution."
        notes.append(Note(code="not-converged", text=text))
    if estimate.value == 0 and method != "fixed":
        text = "tau² is estimated as 0, so the result equals that of the common-effect model."
        notes.append(Note(code="tau2-at-zero", text=text))
    if profile.method == "q-profile-empty":
        text = "The effects differ less than chance alone would make them; the interval for tau² is empty, shown as 0."
        notes.append(Note(code="tau2-interval-empty", text=text))
    return replace(estimate, interval=profile)


def _weighted(y: Floats, v: Floats, tau2: float) -> _Weighted:
    weights = 1 / (v + tau2)
    total = float(weights.sum())
    # Centred on the first effect: equal effects are then pooled without any rounding error.
    centred = y - y[0]
    shift = float(weights @ centred) / total
    k = len(y)
    ratio = float(weights @ (centred - shift) ** 2) / (k - 1) if k > 1 else 1.0
    return _Weighted(estimate=float(y[0]) + shift, se=1 / math.sqrt(total), weights=weights / total, ratio=ratio)


def _interval_method(
    ci: str, profile: Profile | None, k: int, tau2: float, common: bool, notes: list[Note]
) -> IntervalMethod:
    if profile is not None:
        branch = profile.branches[-1] if common else profile.branch(k, tau2)
        method = INTERVALS[branch.interval]
        why = "the model has a common effect" if common else branch.why
        text = f"Confidence interval: {method.label}, because {why} ({profile.label})."
        notes.append(Note(code=f"interval-{method.key}", text=text))
        return method
    method = INTERVALS[ci]
    if common and not method.common:
        raise AnalysisError(
            f"the {method.label} interval estimates the spread between studies; "
            "use model='random', or ci='wald' or 't' with the common-effect model"
        )
    if k < method.smallest_k:
        raise AnalysisError(
            f"the {method.label} interval needs at least {method.smallest_k} studies; "
            f"found {plural(k, 'study', 'studies')}; use ci='wald'"
        )
    return method


def _narrower_than_common(y: Floats, v: Floats, interval: Interval) -> tuple[Note, ...]:
    fixed = _weighted(y, v, 0.0)
    wald = confidence_interval(fixed.estimate, fixed.se, None, level=interval.level, method="wald")
    share = (interval.high - interval.low) / (wald.high - wald.low)
    if share >= 1 - 1e-9:
        return ()
    text = (
        f"The {INTERVALS[interval.method].label} interval is narrower than the interval of the common-effect model "
        f"({percent(share)} of its width); it may claim too much precision."
    )
    return (Note(code="narrower-than-common-effect", text=text),)


def _prediction_method(
    prediction: str, profile: Profile | None, k: int, df: int | None, notes: list[Note]
) -> str | None:
    if prediction == "none":
        return None
    key = ("normal" if df is None else "t(k-1)") if prediction == "auto" else prediction
    smallest = PREDICTIONS[key].smallest_k
    if profile is not None and prediction == "auto":
        smallest = profile.prediction_from_k
    if k >= smallest:
        return key
    text = f"No prediction interval: it needs at least {smallest} studies, there {_are(k)}."
    notes.append(Note(code="no-prediction-interval", text=text))
    return None


def _are(k: int) -> str:
    return "is 1" if k == 1 else f"are {k}"


def _test(estimate: float, se: float, df: int | None) -> Test:
    if se == 0:
        statistic = 0.0 if estimate == 0 else math.copysign(math.inf, estimate)
        return Test(statistic=statistic, df=df, p=1.0 if estimate == 0 else 0.0)
    statistic = estimate / se
    return Test(statistic=statistic, df=df, p=two_sided_p(statistic, df))
