"""Meta-regression: effects explained by moderators, common-effect or mixed-effects."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.distributions import check_level, chi2_upper_p, critical_value, f_upper_p, two_sided_p
from synthesis.effects.model import Floats
from synthesis.effects.rows import refuse_unusable
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.heterogeneity import residual_heterogeneity
from synthesis.pooling.intervals import INTERVALS, confidence_interval
from synthesis.pooling.model import Interval, Note, Tau2, Test
from synthesis.pooling.tau2 import estimate_tau2, q_profile

INTERCEPT = "intercept"
_NOTHING_LEFT = "the moderators explain the effects exactly; there is nothing left to test them against"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One coefficient on the analysis scale (per unit of its moderator), its interval and the test that it is 0."""

    name: str
    estimate: float
    se: float
    ci: Interval
    test: Test


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModeratorTest(Result):
    """Test that the coefficients ``names`` are all 0: chi-squared (``df_residual`` None) or F."""

    shown_by: ClassVar[str] = "synthesis.pooling.described:moderator_test"
    statistic: float
    df: int
    df_residual: int | None
    p: float
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Regression(Result):
    """A meta-regression.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        Intercept first, if there is one.
    covariance : tuple of tuple of float
        (p, p) covariance of the coefficients, after the adjustment of the interval method.
    tau2 : Tau2
        Heterogeneity that the moderators leave unexplained.
    q, q_df, q_p : float, int, float
        Test of residual heterogeneity.
    i2, h2 : float
    i2_interval, h2_interval : Interval or None
        As in ``Heterogeneity``, of what is left.
    r2 : float or None
        Share of the heterogeneity without moderators that they account for; None for the common-effect model, without
        an intercept, or where there is no heterogeneity to account for.
    moderators : ModeratorTest or None
        All coefficients but the intercept together; None where there are none.
    model : {"common", "random"}
    method : str
        Key in ``INTERVALS``.
    k : int
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:regression"
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    tau2: Tau2
    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    r2: float | None
    moderators: ModeratorTest | None
    model: Literal["common", "random"]
    method: str
    k: int
    notes: tuple[Note, ...] = ()
    i2_interval: Interval | None = None
    h2_interval: Interval | None = None

    @property
    def df(self) -> int | None:
        """Degrees of freedom of the t distribution; None for the normal distribution."""
        return None if self.coefficients[0].test.df is None else self.q_df


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Predicted(Result):
    """The mean effect at given moderator values, and the interval for a new study (None with a common effect)."""

    shown_by: ClassVar[str] = "synthesis.pooling.described:predicted"
    estimate: float
    se: float
    ci: Interval
    prediction: Interval | None


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    moderators: Mapping[str, ArrayLike],
    *,
    intercept: bool = True,
    model: Literal["common", "random"] = "random",
    tau2: str | float = "REML",
    ci: str = "hartung-knapp",
    level: float = 0.95,
) -> Regression:
    """Regress effects on moderators.

    Parameters
    ----------
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale.
    moderators : mapping of str to (k,) array
        Columns of the design by name; ``indicators`` makes them from groups.
    intercept : bool
        Whether a column of ones is put first.
    model : {"random", "common"}
    tau2 : str or float
        Key in ``ESTIMATORS`` or a fixed value; not used with ``model="common"``.
    ci : str
        Key in ``INTERVALS``; its t distribution has k - p degrees of freedom.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError
        If there are not more effects than coefficients, or the design is not of full rank (naming the column).

    References
    ----------
    Knapp and Hartung 2003; Viechtbauer et al 2015; Cochrane Handbook 10.11.4.
    """
    method = INTERVALS[ci]
    if model == "common" and not method.common:
        raise AnalysisError(f"the {method.label} interval needs model='random'; use ci='wald' or 't'")
    y, v, x, names = design(yi, vi, moderators, intercept)
    notes: list[Note] = []
    between = _residual_tau2(y, v, x, tau2, level, notes) if model == "random" else Tau2(value=0.0, method="none")
    fit = weighted_least_squares(y, v + between.value, x)
    factor = method.factor(fit.ratio)
    covariance = fit.covariance * factor
    df = len(y) - len(names) if method.t_based else None
    tested = [index for index, name in enumerate(names) if name != INTERCEPT]
    left = residual_heterogeneity(y, v, x, tau2=between.value, tau2_interval=between.interval, common=model == "common")
    return Regression(
        coefficients=tuple(
            coefficient_row(name, float(b), math.sqrt(float(variance)), df, level, method.key)
            for name, b, variance in zip(names, fit.beta, np.diag(covariance), strict=True)
        ),
        covariance=tuple(tuple(float(value) for value in row) for row in covariance),
        tau2=between,
        q=left.q,
        q_df=left.df,
        q_p=left.p,
        i2=left.i2,
        h2=left.h2,
        i2_interval=left.i2_interval,
        h2_interval=left.h2_interval,
        r2=_explained(y, v, between, tau2) if intercept and model == "random" else None,
        moderators=_all_moderators(fit, factor, tested, tuple(names[index] for index in tested), df),
        model=model,
        method=method.key,
        k=len(y),
        notes=tuple(notes),
    )


def indicators(values: Sequence[Hashable], *, reference: Hashable | None = None) -> dict[str, Floats]:
    """Treatment contrasts of groups: one 0/1 column per group but the reference (the first in sorted order).

    Raises
    ------
    UsageError
        If the reference is not among the values.
    """
    groups = sorted(set(values), key=str)
    base = groups[0] if reference is None else reference
    if base not in groups:
        raise UsageError(f"reference group {base!r} is not among {', '.join(map(repr, groups))}")
    return {
        str(group): np.array([value == group for value in values], dtype=float) for group in groups if group != base
    }


def predict(regression: Regression, at: Mapping[str, float], *, level: float = 0.95) -> Predicted:
    """Mean effect where the moderators have the values ``at``; those of all coefficients but the intercept."""
    names = [coefficient.name for coefficient in regression.coefficients]
    wanted = {name for name in names if name != INTERCEPT}
    if set(at) != wanted:
        raise UsageError(f"values are needed for {', '.join(sorted(wanted))}; found {', '.join(sorted(at)) or 'none'}")
    x = np.array([1.0 if name == INTERCEPT else at[name] for name in names])
    estimate = float(x @ np.array([coefficient.estimate for coefficient in regression.coefficients]))
    se = math.sqrt(float(x @ np.array(regression.covariance) @ x))
    ci = confidence_interval(estimate, se, regression.df, level=level, method=regression.method)
    prediction = None
    if regression.model == "random":
        half = critical_value(level, regression.df) * math.sqrt(regression.tau2.value + se**2)
        name = "normal" if regression.df is None else "t(k-p)"
        prediction = Interval(low=estimate - half, high=estimate + half, level=level, method=name)
    return Predicted(estimate=estimate, se=se, ci=ci, prediction=prediction)


def joint_test(regression: Regression, names: Sequence[str]) -> ModeratorTest:
    """Wald test that the coefficients ``names`` are all 0.

    Raises
    ------
    UsageError
        If a name is not a coefficient.
    """
    known = [coefficient.name for coefficient in regression.coefficients]
    missing = [name for name in names if name not in known]
    if missing or not names:
        raise UsageError(f"coefficients to test: found {', '.join(missing) or 'none'}; known: {', '.join(known)}")
    where = [known.index(name) for name in names]
    beta = np.array([regression.coefficients[index].estimate for index in where])
    covariance = np.array(regression.covariance)[np.ix_(where, where)]
    return moderator_test(beta, covariance, tuple(names), regression.df)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastSquares:
    """Weighted least squares: coefficients, their covariance for known variances, residual Q / (k - p) (1 if k = p).

    ``root`` is upper triangular, with root'root the inverse of the covariance.
    """

    beta: Floats
    covariance: Floats
    ratio: float
    root: Floats


def weighted_least_squares(y: Floats, variances: Floats, x: Floats) -> LeastSquares:
    """Fit ``y`` (k,) by ``x`` (k, p), p <= k, with weights 1 / ``variances``; by QR, so scaling does not hurt."""
    root = 1 / np.sqrt(variances)
    q, r = np.linalg.qr(x * root[:, None])
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ (y * root))
    residual = (y - x @ beta) * root
    k, p = x.shape
    ratio = float(residual @ residual) / (k - p) if k > p else 1.0
    return LeastSquares(beta=beta, covariance=inverse @ inverse.T, ratio=ratio, root=r)


def design(
    yi: ArrayLike, vi: ArrayLike, moderators: Mapping[str, ArrayLike], intercept: bool
) -> tuple[Floats, Floats, Floats, tuple[str, ...]]:
    """yi, vi (k,), the design (k, p) and the names of its columns, checked; errors as for ``regress``."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    columns = {INTERCEPT: np.ones(len(y))} if intercept else {}
    columns.update({name: np.asarray(values, dtype=float) for name, values in moderators.items()})
    names = tuple(columns)
    if v.shape == y.shape:
        refuse_unusable(y, v)
    for name, column in {"vi": v, **columns}.items():
        if column.shape != y.shape:
            raise UsageError(f"{name} has shape {column.shape}; yi has {y.shape}")
        if not np.all(np.isfinite(column)):
            raise AnalysisError(f"{name} has a missing or infinite value; leave that study out")
    if len(y) <= len(names):
        raise AnalysisError(f"{len(names)} coefficients need at least {len(names) + 1} studies; found {len(y)}")
    x = np.column_stack(list(columns.values()))
    _check_rank(x, names)
    return y, v, x, names


def _check_rank(x: Floats, names: tuple[str, ...]) -> None:
    norms = np.linalg.norm(x, axis=0)
    for index, name in enumerate(names):
        scaled = x[:, : index + 1] / np.where(norms[: index + 1] > 0, norms[: index + 1], 1)
        if np.linalg.matrix_rank(scaled) <= index:
            raise AnalysisError(f"moderator {name!r} is constant or follows from the ones before it; leave it out")


def _residual_tau2(y: Floats, v: Floats, x: Floats, tau2: str | float, level: float, notes: list[Note]) -> Tau2:
    interval = q_profile(y, v, x, level=check_level(level))
    if not isinstance(tau2, str):
        return Tau2(value=float(tau2), method="fixed", interval=interval)
    found = estimate_tau2(tau2, y, v, x)
    if not found.converged:
        notes.append(Note(code="not-converged", text="The estimate of residual tau² did not converge."))
    return Tau2(
        value=found.value, method=tau2, converged=found.converged, iterations=found.iterations, interval=interval
    )


def coefficient_row(name: str, estimate: float, se: float, df: float | None, level: float, method: str) -> Coefficient:
    """A coefficient with its interval and test; ``df`` None for the normal distribution."""
    statistic = estimate / se if se > 0 else math.copysign(math.inf, estimate)
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        ci=confidence_interval(estimate, se, df, level=level, method=method),
        test=Test(statistic=statistic, df=df, p=two_sided_p(statistic, df)),
    )


def moderator_test(beta: Floats, covariance: Floats, names: tuple[str, ...], df: int | None) -> ModeratorTest:
    """Wald test that (m,) coefficients are all 0, given their (m, m) covariance; F if ``df`` is not None."""
    scale = np.sqrt(np.diag(covariance))
    if np.any(scale == 0):
        raise AnalysisError(_NOTHING_LEFT)
    standardised = beta / scale
    return _wald(float(standardised @ np.linalg.solve(covariance / np.outer(scale, scale), standardised)), names, df)


def _all_moderators(
    fit: LeastSquares, factor: float, tested: list[int], names: tuple[str, ...], df: int | None
) -> ModeratorTest | None:
    """``moderator_test`` of all columns after the intercept, without inverting their covariance."""
    if not tested:
        return None
    if factor == 0:
        raise AnalysisError(_NOTHING_LEFT)
    loads = fit.root[np.ix_(tested, tested)] @ fit.beta[tested]
    return _wald(float(loads @ loads) / factor, names, df)


def _wald(statistic: float, names: tuple[str, ...], df: int | None) -> ModeratorTest:
    m = len(names)
    if df is None:
        return ModeratorTest(statistic=statistic, df=m, df_residual=None, p=chi2_upper_p(statistic, m), names=names)
    return ModeratorTest(statistic=statistic / m, df=m, df_residual=df, p=f_upper_p(statistic / m, m, df), names=names)


def _explained(y: Floats, v: Floats, between: Tau2, tau2: str | float) -> float | None:
    if not isinstance(tau2, str):
        return None
    total = estimate_tau2(tau2, y, v, np.ones((len(y), 1))).value
    return max(0.0, (total - between.value) / total) if total > 0 else None
