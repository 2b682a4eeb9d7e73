"""Pooling with weights that are given instead of following from the variances.

The standard error is that of the model: for weights w it is sqrt(sum w^2 (vi + tau2)) / sum w.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.distributions import two_sided_p
from synthesis.effects.model import Effects, Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.heterogeneity import heterogeneity
from synthesis.pooling.intervals import confidence_interval, prediction_interval
from synthesis.pooling.model import Note, Pooled, Tau2, Test
from synthesis.pooling.pool import Model, pool_arrays


def pool_with_weights(
    effects: Effects,
    weights: ArrayLike | Literal["equal"],
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    level: float = 0.95,
) -> Pooled:
    """Pool ``effects`` with given weights; Wald interval.

    Parameters
    ----------
    effects : Effects
        k >= 2 rows.
    weights : (k,) array or "equal"
        Any positive numbers; ``"equal"`` for the plain mean.
    model : {"random", "common"}
    tau2 : str or float
        As for ``pool``, which uses no given weights; or ``"GENQ"``: the moment estimator of the generalised Q with
        the given weights.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError, UsageError
        If there are fewer than 2 effects; if a weight is missing or not above 0, naming its row.

    References
    ----------
    DerSimonian and Kacker 2007, Contemporary Clinical Trials 28:105-114, equation 6.
    """
    y, v = effects.yi, effects.vi
    if len(y) < 2:
        raise AnalysisError(f"pooling with given weights needs at least 2 effects; found {len(y)}")
    w = _checked(weights, effects)
    moment = tau2 == "GENQ" and model == "random"
    given: str | float = _generalised_q(y, v, w) if moment else tau2
    # Everything that does not depend on the weights of the mean: tau2, its interval, the notes.
    usual = pool_arrays(y, v, model=model, tau2=given, ci="wald", level=level, measure=effects.measure)
    between = Tau2(value=float(given), method="GENQ", interval=usual.tau2.interval) if moment else usual.tau2
    shares = w / w.sum()
    estimate = float(y[0] + shares @ (y - y[0]))
    se = math.sqrt(float(shares**2 @ (v + between.value)))
    prediction = None
    if model == "random":
        prediction = prediction_interval(estimate, se, between.value, len(y), level=level, method="normal")
    text = "Given weights, not inverse variances: the result is not the most precise one."
    return Pooled(
        estimate=estimate,
        se=se,
        ci=confidence_interval(estimate, se, None, level=level, method="wald"),
        prediction=prediction,
        test=Test(statistic=estimate / se, df=None, p=two_sided_p(estimate / se)),
        tau2=between,
        heterogeneity=heterogeneity(y, v, tau2=between.value, tau2_interval=between.interval, common=model == "common"),
        weights=tuple(float(share) for share in shares),
        model=model,
        measure=effects.measure,
        k=len(y),
        n=usual.n,
        notes=(Note(code="given-weights", text=text), *usual.notes),
    )


def _checked(weights: ArrayLike | Literal["equal"], effects: Effects) -> Floats:
    if isinstance(weights, str):
        if weights != "equal":
            raise UsageError(f"weights is {weights!r}; it must be 'equal' or one number per effect")
        return np.ones(len(effects))
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(effects),):
        raise UsageError(f"weights has shape {values.shape}; there are {len(effects)} effects, give one number each")
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if bad.size:
        row = int(bad[0])
        raise UsageError(f"the weight of {effects.labels[row]} is {values[row]:g}; it must be finite and above 0")
    return values


def _generalised_q(y: Floats, v: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    centred = y - y[0]
    q = float(weights @ (centred - weights @ centred / total) ** 2)
    rest = weights * (total - weights) / total
    return max(0.0, (q - float(rest @ v)) / float(rest.sum()))
