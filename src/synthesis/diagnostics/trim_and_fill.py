"""Trim and fill: how the pooled effect would change if the funnel were made symmetric by adding studies."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.model import Effects, Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.model import Note, Pooled
from synthesis.pooling.pool import Model, pool, pool_arrays
from synthesis.pooling.regression import regress
from synthesis.registry import Registry

Side = Literal["left", "right"]
# The number of trimmed studies can only take k values; more rounds than this mean that it runs in a circle.
_MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimEstimator:
    """An estimator of the number of missing studies.

    Attributes
    ----------
    key : str
        Name in ``TRIM_ESTIMATORS``.
    function : callable
        (k,) signed ranks of the distances from the centre -> number before rounding, and its standard error (NaN
        where the formula has none).
    tests : bool
        Whether it comes with a test that no study is missing.
    reference : str
    """

    key: str
    function: Callable[[Floats], tuple[float, float]]
    tests: bool
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TrimAndFill(Result):
    """The funnel made symmetric.

    Attributes
    ----------
    side : {"left", "right"}
        Where studies seem to be missing.
    missing, missing_se : int, float
        How many, and the standard error of that number; NaN where it is undefined.
    missing_p : float or None
        One-sided p value of "none is missing"; only with R0.
    filled_yi, filled_vi : tuple of float
        The mirror images that were added, analysis scale.
    observed, filled : Pooled
        The pooled effect without and with them.
    estimator : str
        Key in ``TRIM_ESTIMATORS``.
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:trim_and_fill"
    side: Side
    missing: int
    missing_se: float
    missing_p: float | None
    filled_yi: tuple[float, ...]
    filled_vi: tuple[float, ...]
    observed: Pooled
    filled: Pooled
    estimator: str
    notes: tuple[Note, ...] = ()


def trim_and_fill(
    effects: Effects,
    *,
    estimator: str = "L0",
    side: Literal["auto", "left", "right"] = "auto",
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "wald",
    level: float = 0.95,
) -> TrimAndFill:
    """Estimate how many studies are missing on one side of the funnel, and pool with their mirror images.

    A sensitivity analysis, not a correction: asymmetry has other causes than missing studies.

    Parameters
    ----------
    effects : Effects
        At least 2 rows.
    estimator : str
        Key in ``TRIM_ESTIMATORS``.
    side : {"auto", "left", "right"}
        Side on which studies are missing; ``auto`` finds it from the slope of Egger's line.
    model, tau2, ci, level
        As for ``pool``; the same in every round.

    Raises
    ------
    AnalysisError
        If there are too few studies, the side cannot be found because all have the same standard error, or the
        number of missing studies does not settle.

    References
    ----------
    Duval and Tweedie 2000, Biometrics 56:455-463.
    """
    method = TRIM_ESTIMATORS[estimator]
    if len(effects) < 2:
        raise AnalysisError(f"trim and fill needs at least 2 effects; found {len(effects)}")
    observed = pool(effects, model=model, tau2=tau2, ci=ci, level=level, prediction="none")
    found = _side(effects, model, tau2) if side == "auto" else _given(side)
    # Studies are missing at the low end after this turn.
    turn = -1.0 if found == "right" else 1.0
    order = np.argsort(turn * effects.yi, kind="stable")
    y, v = turn * effects.yi[order], effects.vi[order]

    def centre_without(trimmed: int) -> float:
        keep = len(y) - trimmed
        return pool_arrays(y[:keep], v[:keep], model=model, tau2=tau2, ci="wald", prediction="none").estimate

    missing, se, centre = _settle(y, method, centre_without)
    mirrored = 2 * centre - y[len(y) - missing :]
    filled_yi, filled_vi = turn * mirrored, v[len(y) - missing :]
    filled = pool_arrays(
        np.concatenate([effects.yi, filled_yi]),
        np.concatenate([effects.vi, filled_vi]),
        model=model, tau2=tau2, ci=ci, level=level, prediction="none", measure=effects.measure,
    )  # fmt: skip
    return TrimAndFill(
        side=found,
        missing=missing,
        missing_se=se,
        missing_p=0.5 ** (missing + 1) if method.tests else None,
        filled_yi=tuple(float(value) for value in filled_yi),
        filled_vi=tuple(float(value) for value in filled_vi),
        observed=observed,
        filled=filled,
        estimator=estimator,
        notes=_notes(len(effects)),
    )


def _given(side: str) -> Side:
    if side == "left":
        return "left"
    if side == "right":
        return "right"
    raise UsageError(f"side is {side!r}; it must be 'auto', 'left' or 'right'")


def _side(effects: Effects, model: Model, tau2: str | float) -> Side:
    if len(effects) == 2:
        # Two effects fix the line: the less precise one lies on one side of the other.
        rise = float(np.subtract(*effects.yi) * np.subtract(*np.sqrt(effects.vi)))
        if effects.vi[0] == effects.vi[1]:
            raise AnalysisError("both studies have the same standard error; give the side")
        return "right" if rise < 0 else "left"
    line = regress(effects.yi, effects.vi, {"standard error": np.sqrt(effects.vi)}, model=model, tau2=tau2, ci="wald")
    return "right" if line.coefficients[1].estimate < 0 else "left"


def _settle(y: Floats, method: TrimEstimator, centre_without: Callable[[int], float]) -> tuple[int, float, float]:
    missing = 0
    for _ in range(_MOST_ROUNDS):
        centre = centre_without(missing)
        before, se = method.function(_signed_ranks(y - centre))
        latest = min(len(y) - 1, round(max(0.0, before)))
        if latest == missing:
            return missing, se, centre
        missing = latest
    raise AnalysisError("the number of missing studies does not settle; use the other estimator or give the side")


def _signed_ranks(distances: Floats) -> Floats:
    ranks = np.empty(len(distances))
    ranks[np.argsort(np.abs(distances), kind="stable")] = np.arange(1, len(distances) + 1)
    return np.sign(distances) * ranks


def _run(ranks: Floats) -> tuple[float, float]:
    if not np.any(ranks < 0):
        # Every effect is at the centre: a perfectly symmetric funnel.
        return 0.0, math.sqrt(2)
    lowest = float(np.max(-ranks))
    missing = len(ranks) - lowest - 1
    return missing, math.sqrt(2 * max(0.0, missing) + 2)


def _linear(ranks: Floats) -> tuple[float, float]:
    k = len(ranks)
    sum_of_ranks = float(np.sum(ranks, where=ranks > 0))
    missing = (4 * sum_of_ranks - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * missing**3
        + 27 * missing**2
        + 17 * missing
        - 18 * k * missing**2
        - 18 * k * missing
        + 6 * k**2 * missing
    ) / 24
    return missing, 4 * math.sqrt(variance) / (2 * k - 1) if variance >= 0 else math.nan


def _notes(k: int) -> tuple[Note, ...]:
    if k >= 10:
        return ()
    text = f"Only {k} studies: with fewer than 10 the number of missing studies is too uncertain to be relied on."
    return (Note(code="few-studies", text=text),)


TRIM_ESTIMATORS = Registry(
    "estimator of missing studies",
    (
        TrimEstimator(
            key="L0", function=_linear, tests=False,
            reference="Duval and Tweedie 2000, linear estimator from the sum of ranks",
        ),
        TrimEstimator(
            key="R0", function=_run, tests=True,
            reference="Duval and Tweedie 2000, from the rightmost run of ranks; Duval 2005",
        ),
    ),
)  # fmt: skip
