"""Generalised linear mixed models: counts pooled with their own distribution, without effect sizes in between.

Binomial for odds ratios and proportions, Poisson for rates, hypergeometric for tables given their margins. Studies
with an empty cell count as they are. One entry in ``GLMM_KINDS`` is one way to treat what the arms have in common.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.data import DATA_KINDS
from synthesis.effects.distributions import check_level, chi2_upper_p, critical_value
from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.formatting import plural
from synthesis.pooling.count_families import Binomial, Family, Hypergeometric, Poisson
from synthesis.pooling.glmm_likelihood import CountFit, CountModel, fit_counts
from synthesis.pooling.heterogeneity import residual_heterogeneity
from synthesis.pooling.model import Interval, Note, Tau2, Test
from synthesis.pooling.quadrature import Integrand
from synthesis.pooling.regression import INTERCEPT, Coefficient, ModeratorTest, coefficient_row, design, moderator_test
from synthesis.registry import Registry

_BOTH = np.ones(2)
_FIRST = np.array([1.0, 0.0])
# Half of a study's deviation in each arm: neither arm then varies more than the other.
_HALVES = np.array([0.5, -0.5])


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmmKind:
    """A way to model counts.

    Attributes
    ----------
    key, label : str
        Name in ``GLMM_KINDS`` and in prose.
    measures : tuple of str
        Measures it is for, keys in ``MEASURES``.
    points : int
        Quadrature points per random effect, unless asked otherwise.
    own : bool
        Whether each study has a parameter for its level.
    shared : bool
        Whether the levels of the studies are random.
    metafor : str
        What the R package metafor calls it.
    reference : str
        Where it is described.
    """

    key: str
    label: str
    measures: tuple[str, ...]
    points: int
    own: bool
    shared: bool
    metafor: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Glmm(Result):
    """A fitted generalised linear mixed model.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        Intercept (the pooled effect) first, if there is one; analysis scale.
    covariance : tuple of tuple of float
        (p, p) covariance of the coefficients.
    tau2 : Tau2
        Variance of the effects between studies, by maximum likelihood; no interval.
    study_variance : float or None
        Variance of the studies' levels where these are random.
    prediction : Interval or None
        For the effect in a new study, normal distribution; None with a common effect or with moderators.
    wald : Test or None
        Test that the effects are alike, from each study's own effect; None where one has no finite effect.
    likelihood_ratio : Test
        The same against the model with an effect of its own for each study.
    i2, h2 : float
        As in ``Heterogeneity``, with the sampling variances of the studies' effects.
    moderators : ModeratorTest or None
    log_likelihood, aic, bic : float
        With all constants and all parameters, the studies' own ones among them.
    conditional_log_likelihood : float
        Given each study's most likely random effects.
    measure : str
    kind : str
        Key in ``GLMM_KINDS``.
    model : {"random", "common"}
    points : int
        Quadrature points per random effect.
    k : int
    n : float or None
        Participants; None for rates.
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:glmm"
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    tau2: Tau2
    study_variance: float | None
    prediction: Interval | None
    wald: Test | None
    likelihood_ratio: Test
    i2: float
    h2: float
    moderators: ModeratorTest | None
    log_likelihood: float
    aic: float
    bic: float
    conditional_log_likelihood: float
    measure: str
    kind: str
    model: Literal["random", "common"]
    points: int
    k: int
    n: float | None
    notes: tuple[Note, ...] = field(default=())


def fit_glmm(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    kind: str = "auto",
    model: Literal["random", "common"] = "random",
    moderators: Mapping[str, ArrayLike] | None = None,
    intercept: bool = True,
    points: int | None = None,
    ci: Literal["wald", "t"] = "wald",
    level: float = 0.95,
) -> Glmm:
    """Fit a generalised linear mixed model by maximum likelihood.

    Parameters
    ----------
    measure : str
        ``"OR"``, ``"IRR"``, ``"PLO"`` or ``"IRLN"``.
    data : mapping of str to (k,) array
        The numbers named in the measure's ``DATA_KINDS`` entry. Studies with a missing number, and those without
        events (or without non-events) in both groups, are left out with a note.
    kind : str
        Key in ``GLMM_KINDS``; ``"auto"`` for fixed study effects, or one group.
    model : {"random", "common"}
    moderators, intercept
        As for ``regress``.
    points : int or None
        Quadrature points per random effect; 1 is the Laplace approximation. None for the kind's own.
    ci : {"wald", "t"}
        Normal distribution, or t with k - p degrees of freedom.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError
        If there are not more studies than coefficients, or the effect has no finite estimate (no events in any
        study's first group, for example).
    UnknownKeyError, UsageError
        For names that are not in their tables and values out of range.

    References
    ----------
    Stijnen, Hamza and Ozdemir 2010, Statistics in Medicine 29:3046-3067; Jackson et al 2018, Statistics in Medicine
    37:1059-1085.
    """
    entry = GLMM_KINDS[_default_kind(measure) if kind == "auto" else kind]
    _check(entry, measure, model, ci, points)
    check_level(level)
    columns, used, notes = _usable(measure, data, entry)
    given = {name: np.asarray(values, dtype=float)[used] for name, values in (moderators or {}).items()}
    k = int(used.sum())
    _, _, x, names = design(np.zeros(k), np.ones(k), given, intercept)
    family, spread = _family(entry, measure, columns)
    n_points = entry.points if points is None else points
    # Columns at right angles and of one size: the search then does not depend on the moderators' units.
    q, r = np.linalg.qr(x)
    back = math.sqrt(k) * np.linalg.inv(r)
    yi, vi = effect_sizes(measure, dict(zip(DATA_KINDS[MEASURES[measure].data].arguments, columns, strict=True)))
    m = family.counts.shape[1]
    built = CountModel(
        integrand=Integrand(family, n_points),
        x=q * math.sqrt(k),
        effect=_FIRST if m == 2 else np.ones(1),
        own=_BOTH if entry.own else None,
        shared=entry.shared,
        spread=spread if model == "random" else None,
        start=np.asarray(q.T @ np.nan_to_num(yi) / math.sqrt(k), dtype=np.float64),
    )
    fitted = fit_counts(built)
    _check_finite(fitted, back, names)
    tests = _homogeneity(built, x)
    return _result(entry, measure, model, fitted, back, names, tests, (yi, vi, x), columns, ci, level, notes)


def _default_kind(measure: str) -> str:
    return "one-group" if measure in GLMM_KINDS["one-group"].measures else "fixed-study-effects"


def _check(entry: GlmmKind, measure: str, model: str, ci: str, points: int | None) -> None:
    every = sorted({name for kind in GLMM_KINDS.values() for name in kind.measures})
    if measure not in every:
        MEASURES[measure]
        raise AnalysisError(f"there is no mixed model of counts for {measure}; there is for {', '.join(every)}")
    if measure not in entry.measures:
        fits = [key for key, kind in GLMM_KINDS.items() if measure in kind.measures]
        raise UsageError(f"kind {entry.key!r} is not for {measure}; use {', '.join(fits)}")
    if model not in ("random", "common"):
        raise UsageError(f"model is {model!r}; it must be 'random' or 'common'")
    if ci not in ("wald", "t"):
        raise UsageError(f"ci is {ci!r}; it must be 'wald' or 't'")
    if points is not None and not 1 <= points <= 100:
        raise UsageError(f"points is {points!r}; it must lie between 1 and 100")


def _usable(
    measure: str, data: Mapping[str, ArrayLike], entry: GlmmKind
) -> tuple[tuple[Floats, ...], np.ndarray, list[Note]]:
    kind = DATA_KINDS[MEASURES[measure].data]
    # Checks the names and the numbers; the effects themselves are not needed here.
    effect_sizes(measure, data)
    raw = np.stack(np.broadcast_arrays(*(np.atleast_1d(np.asarray(data[n], dtype=float)) for n in kind.arguments)))
    present = np.all(np.isfinite(raw), axis=0)
    events = raw[::2] if len(raw) == 4 else raw[:1]
    silent = np.zeros(raw.shape[1], dtype=bool)
    if kind.groups == 2:
        silent = np.all(events == 0, axis=0)
        if kind.key == "counts":
            silent |= np.all(raw[::2] == raw[1::2], axis=0)
    used = present & ~silent
    if not used.any():
        raise AnalysisError(f"there are no counts to pool as {measure}: no study has events and non-events")
    if entry.key == "conditional-exact" and kind.key == "counts":
        broken = np.flatnonzero(used & np.any(raw != np.round(raw), axis=0))
        if broken.size:
            raise AnalysisError(f"study {broken[0] + 1} has counts that are not whole numbers; use another kind")
    notes = []
    for code, number, why in (
        ("studies-incomplete", int((~present).sum()), "a number is missing"),
        ("studies-without-information", int((present & silent).sum()), "neither group has (or both have only) events"),
    ):
        if number:
            text = f"{plural(number, 'study', 'studies')} left out because {why}."
            notes.append(Note(code=code, text=text))
    return tuple(raw[:, used]), used, notes


def _family(entry: GlmmKind, measure: str, columns: tuple[Floats, ...]) -> tuple[Family, Floats]:
    """The distribution, and which counts a deviation of a study's effect raises."""
    if len(columns) == 2:
        x, size = (column[:, None] for column in columns)
        if measure == "PLO":
            return Binomial(counts=x, totals=size, offset=np.zeros(x.shape)), np.ones(1)
        return Poisson(counts=x, offset=np.log(size)), np.ones(1)
    events1, size1, events2, size2 = columns
    if entry.own or entry.shared:
        x, size = np.stack([events1, events2], axis=1), np.stack([size1, size2], axis=1)
        if measure == "OR":
            return Binomial(counts=x, totals=size, offset=np.zeros(x.shape)), _HALVES
        return Poisson(counts=x, offset=np.log(size)), _HALVES
    if measure == "OR" and entry.key == "conditional-exact":
        return Hypergeometric.of(events1, size1, events2, size2), np.ones(1)
    # Given the total, events of the first group are binomial: exactly so for rates, nearly so for rare events.
    total = (events1 + events2)[:, None]
    return Binomial(counts=events1[:, None], totals=total, offset=np.log(size1 / size2)[:, None]), np.ones(1)


def _check_finite(fitted: CountFit, back: Floats, names: tuple[str, ...]) -> None:
    p = len(names)
    away = np.abs(fitted.theta[:p] - fitted.model.start) > 25
    spread = fitted.covariance[:p, :p]
    if np.any(away) or not np.all(np.isfinite(spread)) or np.any(np.diag(spread) > 1e8):
        raise AnalysisError(
            "the effect has no finite estimate: the counts are separated, for example because one side has no events "
            f"(or only events) in every study; coefficients: {', '.join(names)}. Report the counts instead"
        )


def _homogeneity(model: CountModel, x: Floats) -> tuple[Test | None, Test]:
    """Wald and likelihood-ratio tests that nothing but sampling error is left; (k, p) design."""
    k, p = x.shape
    common = fit_counts(replace(model, spread=None))
    family = model.integrand.family
    eta, variance, height = family.saturated()
    finite = bool(np.all(np.isfinite(eta)))
    if model.shared:
        own = fit_counts(replace(model, x=np.empty((k, 0)), own=model.effect, spread=None, start=np.empty(0)))
        effects, height = own.alpha, own.height
        covariance = own.own_covariance() if finite else np.empty((0, 0))
    else:
        signs = np.array([1.0, -1.0]) if eta.shape[1] == 2 else np.ones(1)
        effects = eta @ signs if finite else np.empty(0)
        covariance = np.diag(variance.sum(axis=1)) if finite else np.empty((0, 0))
    df = k - p
    ratio = max(0.0, 2 * (height - common.height))
    likelihood_ratio = Test(statistic=ratio, df=df, p=chi2_upper_p(ratio, df))
    if not finite:
        return None, likelihood_ratio
    inverse = np.linalg.inv(covariance)
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ effects)
    left = effects - x @ beta
    q = float(left @ inverse @ left)
    return Test(statistic=q, df=df, p=chi2_upper_p(q, df)), likelihood_ratio


def _result(
    entry: GlmmKind,
    measure: str,
    model: Literal["random", "common"],
    fitted: CountFit,
    back: Floats,
    names: tuple[str, ...],
    tests: tuple[Test | None, Test],
    single: tuple[Floats, Floats, Floats],
    columns: tuple[Floats, ...],
    ci: str,
    level: float,
    notes: list[Note],
) -> Glmm:
    k, p = len(fitted.alpha), len(names)
    beta = back @ fitted.theta[:p]
    covariance = back @ fitted.covariance[:p, :p] @ back.T
    df = k - p if ci == "t" else None
    rows = tuple(
        coefficient_row(name, float(b), math.sqrt(float(v)), df, level, ci)
        for name, b, v in zip(names, beta, np.diag(covariance), strict=True)
    )
    tested = [index for index, name in enumerate(names) if name != INTERCEPT]
    random = model == "random"
    tau2 = float(fitted.theta[-1]) ** 2 if random else 0.0
    free = fitted.model.size + (k if entry.own else 0)
    yi, vi, x = single
    shown = np.isfinite(yi) & (vi > 0)
    left = residual_heterogeneity(yi[shown], vi[shown], x[shown], tau2=tau2, tau2_interval=None, common=False)
    return Glmm(
        coefficients=rows,
        covariance=tuple(tuple(float(value) for value in row) for row in covariance),
        tau2=Tau2(value=tau2, method="ML" if random else "none", converged=fitted.converged),
        study_variance=float(fitted.theta[p + 1]) ** 2 if entry.shared else None,
        prediction=_prediction(rows, tau2, df, level) if random and names == (INTERCEPT,) else None,
        wald=tests[0],
        likelihood_ratio=tests[1],
        i2=left.i2,
        h2=left.h2,
        moderators=moderator_test(
            beta[tested], covariance[np.ix_(tested, tested)], tuple(names[index] for index in tested), df
        )
        if tested
        else None,
        log_likelihood=fitted.height,
        aic=2 * free - 2 * fitted.height,
        bic=free * math.log(fitted.model.integrand.family.counts.size) - 2 * fitted.height,
        conditional_log_likelihood=fitted.conditional_log_likelihood(),
        measure=measure,
        kind=entry.key,
        model=model,
        points=fitted.model.integrand.points,
        k=k,
        n=None if measure in ("IRR", "IRLN") else float(sum(column.sum() for column in columns[1::2])),
        notes=(*notes, *_fit_notes(fitted, random, tau2, tests[0])),
    )


def _prediction(rows: tuple[Coefficient, ...], tau2: float, df: int | None, level: float) -> Interval:
    half = critical_value(level, df) * math.sqrt(rows[0].se ** 2 + tau2)
    low, high = rows[0].estimate - half, rows[0].estimate + half
    return Interval(low=low, high=high, level=level, method="normal" if df is None else "t(k-1)")


def _fit_notes(fitted: CountFit, random: bool, tau2: float, wald: Test | None) -> list[Note]:
    notes = []
    if not fitted.converged:
        text = "The estimates did not converge; treat the result with caution."
        notes.append(Note(code="not-converged", text=text))
    if random and tau2 == 0:
        text = "tau² is estimated as 0, so the result equals that of the common-effect model."
        notes.append(Note(code="tau2-at-zero", text=text))
    if wald is None:
        text = "A study has an empty cell and so no finite effect of its own; there is no Wald test of homogeneity."
        notes.append(Note(code="no-wald-test", text=text))
    return notes


GLMM_KINDS = Registry(
    "kind of mixed model",
    (
        GlmmKind(
            key="fixed-study-effects",
            label="with a fixed level for each study",
            measures=("OR", "IRR"),
            points=7,
            own=True,
            shared=False,
            metafor="UM.FS",
            reference="Jackson et al 2018, model 4",
        ),
        GlmmKind(
            key="random-study-effects",
            label="with random levels of the studies",
            measures=("OR", "IRR"),
            points=7,
            own=False,
            shared=True,
            metafor="UM.RS",
            reference="Jackson et al 2018, model 5; Turner et al 2000",
        ),
        GlmmKind(
            key="conditional-exact",
            label="given the total events of each study",
            measures=("OR", "IRR"),
            points=25,
            own=False,
            shared=False,
            metafor="CM.EL",
            reference="Stijnen, Hamza and Ozdemir 2010; Jackson et al 2018, model 7",
        ),
        GlmmKind(
            key="conditional-approximate",
            label="given the total events of each study, as if events were rare",
            measures=("OR",),
            points=7,
            own=False,
            shared=False,
            metafor="CM.AL",
            reference="Stijnen, Hamza and Ozdemir 2010",
        ),
        GlmmKind(
            key="one-group",
            label="of single groups",
            measures=("PLO", "IRLN"),
            points=7,
            own=False,
            shared=False,
            metafor="UM.FS",
            reference="Hamza, van Houwelingen and Stijnen 2008; Stijnen, Hamza and Ozdemir 2010",
        ),
    ),
)
