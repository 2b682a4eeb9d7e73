"""Estimators of tau2, the between-study variance, and its Q-profile interval.

Every estimator takes yi, vi (k,) and a design X (k, p) with p < k; pooling uses a column of ones. Iterative ones
find the global maximum (or the only root) to machine precision; a value below 0 becomes exactly 0. All are scale
equivariant: scaling yi by c and vi by c^2 scales tau2 by c^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesis.effects.distributions import check_level, chi2_quantile
from synthesis.effects.model import Floats
from synthesis.pooling.generalised_q import GeneralisedQ
from synthesis.pooling.model import Interval, Tau2
from synthesis.pooling.roots import Root, falling_root
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """A tau2 estimator.

    Attributes
    ----------
    key, label : str
        Name in ``ESTIMATORS`` and in prose.
    function : callable
        GeneralisedQ -> Root.
    iterative : bool
        False for a closed form.
    reference : str
        Where it is described.
    exceptions : tuple of (law, reason)
        Laws it does not obey: ``zero-when-homogeneous`` (no more spread than expected gives tau2 = 0).
    """

    key: str
    label: str
    function: Callable[[GeneralisedQ], Root]
    iterative: bool
    reference: str
    exceptions: tuple[tuple[str, str], ...] = ()


def estimate_tau2(method: str, yi: Floats, vi: Floats, x: Floats) -> Tau2:
    """tau2 by the estimator ``method``, without its interval.

    Parameters
    ----------
    method : str
        Key in ``ESTIMATORS``.
    yi, vi : (k,) array
        Effects and sampling variances on the analysis scale.
    x : (k, p) array
        Design, p < k.

    Raises
    ------
    UnknownKeyError
        If there is no such estimator.
    """
    estimator = ESTIMATORS[method]
    root = estimator.function(GeneralisedQ(yi, vi, x))
    iterations = root.iterations if estimator.iterative else 0
    return Tau2(value=root.value, method=method, converged=root.converged, iterations=iterations)


def q_profile(yi: Floats, vi: Floats, x: Floats, *, level: float = 0.95) -> Interval:
    """Q-profile confidence interval of tau2.

    Parameters
    ----------
    yi, vi, x : (k,), (k,), (k, p) array
        As for ``estimate_tau2``.
    level : float
        Confidence level as a share.

    Returns
    -------
    Interval
        ``method`` is ``"q-profile"``, or ``"q-profile-empty"`` where even tau2 = 0 leaves less spread than the
        interval allows; both bounds are then 0.

    References
    ----------
    Viechtbauer 2007, Statistics in Medicine 26:37-52.
    """
    generalised = GeneralisedQ(yi, vi, x)
    tail = (1 - check_level(level)) / 2
    at_zero = float(generalised.q(np.zeros(1))[0])
    low = _tau2_at_q(generalised, chi2_quantile(1 - tail, generalised.df)).value
    smallest = chi2_quantile(tail, generalised.df)
    if at_zero < smallest:
        return Interval(low=0.0, high=0.0, level=level, method="q-profile-empty")
    high = _tau2_at_q(generalised, smallest).value
    return Interval(low=low, high=high, level=level, method="q-profile")


def profile_likelihood(yi: Floats, vi: Floats, x: Floats, *, restricted: bool = True, level: float = 0.95) -> Interval:
    """Profile-likelihood confidence interval of tau2, around its (restricted) maximum-likelihood estimate.

    Parameters
    ----------
    yi, vi, x : (k,), (k,), (k, p) array
        As for ``estimate_tau2``.
    restricted : bool
        Whether the likelihood is the restricted one.
    level : float
        Confidence level as a share.

    Returns
    -------
    Interval
        All tau2 whose log-likelihood is within half a chi-squared(1) quantile of the maximum (their outer bounds).

    References
    ----------
    Hardy and Thompson 1996, Statistics in Medicine 15:619-629.
    """
    generalised = GeneralisedQ(yi, vi, x)
    best = _most_likely(generalised, restricted=restricted).value
    height = float(generalised.log_likelihood(np.array([best]), restricted=restricted)[0])
    least = height - chi2_quantile(check_level(level), 1) / 2

    def above(tau2: Floats) -> Floats:
        return generalised.log_likelihood(tau2, restricted=restricted) - least

    low = 0.0
    if best > 0 and float(above(np.zeros(1))[0]) < 0:
        low = falling_root(lambda tau2: -above(tau2), 0.0, best).value
    high = 2 * best + generalised.vmin
    while float(above(np.array([high]))[0]) > 0:
        high *= 4
    return Interval(low=low, high=falling_root(above, best, high).value, level=level, method="profile-likelihood")


def _closed(value: float) -> Root:
    return Root(max(0.0, value), True, 0)


def _tau2_at_q(generalised: GeneralisedQ, target: float) -> Root:
    """The tau2 at which generalised Q equals ``target``; 0 if it is below that from the start."""
    if not float(generalised.q(np.zeros(1))[0]) > target:
        return Root(0.0, True, 0)
    # Q(tau2) <= RSS / (tau2 + vmin), so the root lies below RSS / target.
    return falling_root(lambda tau2: generalised.q(tau2) - target, 0.0, generalised.ols_rss / target)


def _dersimonian_laird(generalised: GeneralisedQ) -> Root:
    fits = generalised.fit(np.zeros(1))
    return _closed((float(fits.q[0]) - generalised.df) / float(fits.trace[0]))


def _hedges(generalised: GeneralisedQ) -> Root:
    return _closed((generalised.ols_rss - generalised.ols_trace) / generalised.df)


def _hunter_schmidt(generalised: GeneralisedQ) -> Root:
    fits = generalised.fit(np.zeros(1))
    return _closed((float(fits.q[0]) - generalised.k) / float(fits.weights.sum()))


def _hunter_schmidt_k(generalised: GeneralisedQ) -> Root:
    fits = generalised.fit(np.zeros(1))
    inflated = generalised.k / generalised.df * float(fits.q[0])
    return _closed((inflated - generalised.k) / float(fits.weights.sum()))


def _sidik_jonkman(generalised: GeneralisedQ) -> Root:
    start = float(np.var(generalised.yi))
    if start == 0:
        return _closed(0.0)
    return _closed(start * float(generalised.q(np.array([start]))[0]) / generalised.df)


def _paule_mandel(generalised: GeneralisedQ) -> Root:
    return _tau2_at_q(generalised, generalised.df)


def _median_unbiased(generalised: GeneralisedQ) -> Root:
    return _tau2_at_q(generalised, chi2_quantile(0.5, generalised.df))


def _restricted_ml(generalised: GeneralisedQ) -> Root:
    return _most_likely(generalised, restricted=True)


def _ml(generalised: GeneralisedQ) -> Root:
    return _most_likely(generalised, restricted=False)


def _most_likely(generalised: GeneralisedQ, *, restricted: bool) -> Root:
    """Global maximum of the (restricted) likelihood over tau2 >= 0."""
    bound = generalised.score_bound(restricted=restricted)
    if bound == 0:
        return Root(0.0, True, 0)
    # Features of the likelihood are no narrower than a factor in vi + tau2, so the grid is even in its logarithm.
    span = float(np.log1p(bound / generalised.vmin))
    grid = generalised.vmin * np.expm1(np.linspace(0, span, int(np.clip(np.ceil(span / 0.1), 16, 500))))
    grid[-1] = bound * (1 + 1e-9)
    score = generalised.score(grid, restricted=restricted)
    falls = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0))
    roots = [
        falling_root(lambda tau2: generalised.score(tau2, restricted=restricted), grid[index], grid[index + 1])
        for index in falls
    ]
    if score[0] <= 0:
        roots.insert(0, Root(0.0, True, 0))
    if not roots:
        return Root(float(grid[-1]), False, 0)
    if len(roots) == 1:
        return roots[0]
    height = generalised.log_likelihood(np.array([root.value for root in roots]), restricted=restricted)
    return roots[int(np.argmax(height))]


ESTIMATORS = Registry(
    "tau2 estimator",
    (
        Estimator(
            key="REML",
            label="restricted maximum likelihood",
            function=_restricted_ml,
            iterative=True,
            reference="Viechtbauer 2005; Cochrane Handbook 10.10.4",
        ),
        Estimator(
            key="DL",
            label="DerSimonian-Laird",
            function=_dersimonian_laird,
            iterative=False,
            reference="DerSimonian and Laird 1986",
        ),
        Estimator(
            key="PM",
            label="Paule-Mandel",
            function=_paule_mandel,
            iterative=True,
            reference="Paule and Mandel 1982; DerSimonian and Kacker 2007",
        ),
        Estimator(
            key="ML",
            label="maximum likelihood",
            function=_ml,
            iterative=True,
            reference="Hardy and Thompson 1996",
        ),
        Estimator(
            key="EB",
            label="empirical Bayes",
            function=_paule_mandel,
            iterative=True,
            reference="Morris 1983; the same root as Paule-Mandel (Viechtbauer et al 2015)",
        ),
        Estimator(
            key="PMM",
            label="median-unbiased Paule-Mandel",
            function=_median_unbiased,
            iterative=True,
            reference="Viechtbauer 2021",
            exceptions=(
                ("zero-when-homogeneous", "it solves Q = median, not Q = mean, of the chi-squared distribution"),
            ),
        ),
        Estimator(key="HE", label="Hedges", function=_hedges, iterative=False, reference="Hedges and Olkin 1985"),
        Estimator(
            key="HS",
            label="Hunter-Schmidt",
            function=_hunter_schmidt,
            iterative=False,
            reference="Hunter and Schmidt 1990",
        ),
        Estimator(
            key="HSk",
            label="Hunter-Schmidt, small-sample",
            function=_hunter_schmidt_k,
            iterative=False,
            reference="Brannick et al 2019",
        ),
        Estimator(
            key="SJ",
            label="Sidik-Jonkman",
            function=_sidik_jonkman,
            iterative=False,
            reference="Sidik and Jonkman 2005",
            exceptions=(("zero-when-homogeneous", "it is positive by construction unless all effects are equal"),),
        ),
    ),
)
