"""Pool many meta-analyses in one go: simulations, subsets, resamples, every outcome of a large review.

The engine works through blocks that fit into a core's cache. Memory grows with the data given and the results asked
for, never with the square of the number of studies; time grows with the number of studies times the number of analyses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesis.document.results import Result
from synthesis.effects.distributions import check_level, critical_value, special
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling.batch_sums import Stack
from synthesis.pooling.batch_tau2 import BLOCK, Between, tau2_many
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.profiles import PROFILES
from synthesis.pooling.tau2 import ESTIMATORS

Booleans = NDArray[np.bool_]
Integers = NDArray[np.int_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PooledMany(Result):
    """``n`` pooled effects on the analysis scale, as read-only arrays.

    Attributes
    ----------
    estimate, se : (n,) array of float
        Pooled effects and their standard errors, after the adjustment of the interval method.
    ci_low, ci_high : (n,) array of float
        Confidence limits at ``level``.
    df : (n,) array of float
        Degrees of freedom of the reference distribution; infinite for the normal distribution.
    tau2 : (n,) array of float
        Between-study variance; 0 with the common-effect model and where there is one study.
    q, i2, h2 : (n,) array of float
        As in ``Heterogeneity``.
    k : (n,) array of int
        Number of effects in each.
    converged : (n,) array of bool
        Whether tau2 is exact to rounding.
    iterations : (n,) array of int
        Passes over the data that tau2 took; 0 for closed forms.
    level : float
        Confidence level as a share.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:many"
    estimate: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    df: Floats
    tau2: Floats
    q: Floats
    i2: Floats
    h2: Floats
    k: Integers
    converged: Booleans
    iterations: Integers
    level: float

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def statistic(self) -> Floats:
        """(n,) z or t statistics of "no effect"; 0 where the estimate is 0, infinite where only its error is."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.estimate == 0, 0.0, self.estimate / self.se)

    @property
    def p(self) -> Floats:
        """(n,) two-sided p values of "no effect"."""
        return two_sided(self.statistic, self.df)

    @property
    def q_p(self) -> Floats:
        """(n,) p values of Cochran's Q; 1 where there is one study."""
        tested: Floats = special().chdtrc(np.maximum(self.k - 1, 1), self.q)
        return np.where(self.k > 1, tested, 1.0)


def pool_many(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    include: ArrayLike | None = None,
    model: Literal["common", "random"] = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    level: float = 0.95,
) -> PooledMany:
    """Pool ``n`` meta-analyses of up to ``k`` studies each.

    Parameters
    ----------
    yi, vi : (n, k) or (k,) array
        Effects and sampling variances on the analysis scale, finite and vi > 0 where included; (k,) is shared by all.
    include : (n, k) array of bool, optional
        Which studies belong to which analysis; all by default. At least one in each.
    model : {"random", "common"}
    tau2 : str or float
        Key in ``ESTIMATORS``, or a fixed value >= 0; not used with ``model="common"``.
    ci : str
        Key in ``INTERVALS`` or ``PROFILES``. An analysis with fewer studies than its interval method needs gets the
        Wald interval.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError
        If an included value cannot be pooled, naming the first, or an analysis includes nothing.
    UsageError
        If shapes do not fit or an option is out of range.
    """
    y, v, chosen = _checked(yi, vi, include)
    n, k = np.broadcast_shapes(y.shape, v.shape, chosen.shape if chosen is not None else (1, 1))
    _check_options(model, tau2, ci, level)
    return concatenated(
        [PooledMany(level=level, **_pool(_stack(y, v, chosen, part), model, tau2, ci, level)) for part in blocks(n, k)]
    )


def concatenated(parts: Sequence[PooledMany]) -> PooledMany:
    """The results of several calls, one after the other; all with one level."""
    names = [field.name for field in fields(PooledMany) if field.name != "level"]
    return PooledMany(
        level=parts[0].level, **{name: _joined([getattr(part, name) for part in parts]) for name in names}
    )


def blocks(n: int, k: int) -> Iterator[slice]:
    """Slices of ``n`` analyses of ``k`` studies, each small enough for a core's cache."""
    size = max(1, BLOCK // k)
    return (slice(first, min(first + size, n)) for first in range(0, n, size))


def two_sided(statistic: Floats, df: Floats) -> Floats:
    """(n,) two-sided p values; infinite ``df`` stands for the normal distribution."""
    normal = np.isinf(df)
    found = np.empty(len(statistic))
    found[normal] = 2 * special().ndtr(-np.abs(statistic[normal]))
    found[~normal] = 2 * special().stdtr(df[~normal], -np.abs(statistic[~normal]))
    return np.minimum(found, 1.0)


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
    whole.flags.writeable = False
    return whole


def _checked(yi: ArrayLike, vi: ArrayLike, include: ArrayLike | None) -> tuple[Floats, Floats, Booleans | None]:
    y, v = (np.atleast_2d(np.asarray(values, dtype=float)) for values in (yi, vi))
    chosen = None if include is None else np.atleast_2d(np.asarray(include, dtype=bool))
    shapes = {"yi": y.shape, "vi": v.shape} | ({} if chosen is None else {"include": chosen.shape})
    listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    if any(len(shape) != 2 for shape in shapes.values()) or len({shape[1] for shape in shapes.values()}) != 1:
        raise UsageError(f"yi, vi and include must be (n, k) or (k,) arrays with one k; found {listed}")
    if len({shape[0] for shape in shapes.values() if shape[0] != 1}) > 1:
        raise UsageError(f"yi, vi and include must have as many rows as there are analyses, or one; found {listed}")
    if 0 in y.shape or 0 in v.shape or (chosen is not None and 0 in chosen.shape):
        raise AnalysisError("there are no effects to pool")
    bad = ~(np.isfinite(y) & np.isfinite(v) & (v > 0))
    if bad.any() and (chosen is None or (bad & chosen).any()):
        wrong = np.argwhere(bad if chosen is None else bad & chosen)[0]
        raise AnalysisError(
            f"effect {wrong[1] + 1} of analysis {wrong[0] + 1} cannot be pooled: both yi and vi must be finite and vi "
            "above 0; correct it or leave it out with include"
        )
    if chosen is not None and not chosen.any(axis=1).all():
        empty = int(np.flatnonzero(~chosen.any(axis=1))[0])
        raise AnalysisError(f"analysis {empty + 1} includes no study; leave it out")
    return y, v, chosen


def _check_options(model: str, tau2: str | float, ci: str, level: float) -> None:
    if model not in ("common", "random"):
        raise UsageError(f"model is {model!r}; it must be 'common' or 'random'")
    if isinstance(tau2, str):
        ESTIMATORS[tau2]
    elif not (np.isfinite(tau2) and tau2 >= 0):
        raise UsageError(f"tau2 is {tau2!r}; a fixed value must be finite and 0 or more")
    if ci not in INTERVALS and ci not in PROFILES:
        raise UnknownKeyError("interval method or profile", ci, (*INTERVALS, *PROFILES))
    if model == "common" and ci in INTERVALS and not INTERVALS[ci].common:
        raise AnalysisError(f"the {INTERVALS[ci].label} interval needs model='random'; use ci='wald' or 't'")
    try:
        check_level(level)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _stack(y: Floats, v: Floats, chosen: Booleans | None, part: slice) -> Stack:
    y, v = (values if len(values) == 1 else values[part] for values in (y, v))
    if chosen is None:
        rows = max(len(y), len(v))
        return Stack(y.T, v.T if len(v) == rows else np.broadcast_to(v.T, (v.shape[1], rows)))
    inside = chosen if len(chosen) == 1 else chosen[part]
    shared = len(y) == 1 and np.isfinite(y).all()
    return Stack(y.T if shared else np.where(inside, y, 0.0).T, np.where(inside, v, np.inf).T)


def _pool(stack: Stack, model: str, tau2: str | float, ci: str, level: float) -> dict[str, Any]:
    m, common = len(stack), model == "common"
    zero = np.zeros(m)
    at_zero = stack.at(zero)
    between = _tau2(stack, tau2, common)
    means = stack.fit(between.value)
    estimate, wald = means.beta[0], means.root[0, 0]
    factor, df = _interval(stack, ci, between.value, means.q, common)
    se = wald * np.sqrt(np.maximum(factor, 0.0))
    half = critical_values(level, df) * se
    q = np.where(stack.df > 0, at_zero.a1, 0.0)
    typical = np.divide(stack.df, at_zero.b1, out=np.ones(m), where=(stack.df > 0) & (at_zero.b1 > 0))
    i2, h2 = _shares(q, stack.df, typical, between.value, common)
    return {
        "estimate": estimate, "se": se, "ci_low": estimate - half, "ci_high": estimate + half, "df": df,
        "tau2": between.value, "q": q, "i2": i2, "h2": h2, "k": stack.count, "converged": between.converged,
        "iterations": between.iterations,
    }  # fmt: skip


def _tau2(stack: Stack, tau2: str | float, common: bool) -> Between:
    m = len(stack)
    if isinstance(tau2, str) and not common:
        return tau2_many(tau2, stack)
    fixed = 0.0 if common or isinstance(tau2, str) else tau2
    return Between(np.where(stack.df > 0, fixed, 0.0), np.ones(m, dtype=bool), np.zeros(m, dtype=int))


def _interval(stack: Stack, ci: str, tau2: Floats, q: Floats, common: bool) -> tuple[Floats, Floats]:
    """Factor on the squared Wald standard error and degrees of freedom (m,), by the method or the profile's rule."""
    m, count = len(stack), stack.count
    ratio = np.divide(q, stack.df, out=np.ones(m), where=stack.df > 0)
    keys = np.full(m, "wald", dtype=object)
    if ci in INTERVALS:
        keys[count >= INTERVALS[ci].smallest_k] = ci
    else:
        for branch in reversed(PROFILES[ci].branches):
            fits = (count >= branch.smallest_k) & ((tau2 > 0) | (not branch.needs_tau2))
            keys[np.full(m, branch is PROFILES[ci].branches[-1]) if common else fits] = branch.interval
    factor, df = np.ones(m), np.full(m, np.inf)
    for key in INTERVALS:
        here = keys == key
        if here.any():
            factor[here] = FACTORS[key](ratio[here])
            df[here & (count > 1)] = (count - 1)[here & (count > 1)] if INTERVALS[key].t_based else np.inf
    return factor, df


def critical_values(level: float, df: Floats) -> Floats:
    """(n,) two-sided critical values."""
    values, index = np.unique(df, return_inverse=True)
    found = [critical_value(level, None if np.isinf(value) else float(value)) for value in values]
    return np.array(found)[index]


def _shares(q: Floats, df: Integers, typical: Floats, tau2: Floats, common: bool) -> tuple[Floats, Floats]:
    """I2 and H2 (m,)."""
    if not common:
        return tau2 / (tau2 + typical), tau2 / typical + 1
    i2 = np.divide(q - df, q, out=np.zeros(len(q)), where=q > df)
    return i2, np.divide(q, df, out=np.ones(len(q)), where=df > 0)


# The factors of ``INTERVALS`` for whole arrays of Q / (k - 1).
FACTORS: Mapping[str, Callable[[Floats], Floats]] = {
    "wald": np.ones_like,
    "t": np.ones_like,
    "hartung-knapp": lambda ratio: ratio,
    "hartung-knapp-floored": lambda ratio: np.maximum(ratio, 1.0),
}
