"""Excess significance: are there more significant studies than their power lets expect?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.distributions import critical_value, special
from synthesis.effects.model import Effects, Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.model import Note
from synthesis.pooling.pool import Model, pool
from synthesis.pooling.roots import falling_root
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessTest:
    """A one-sided test of observed against expected: ``function`` takes the observed number and the (k,) powers."""

    key: str
    function: Callable[[int, Floats], float]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExcessSignificance(Result):
    """Observed and expected number of significant studies.

    Attributes
    ----------
    observed, expected : int, float
        How many studies are significant, and the sum of their powers.
    p : float
        One-sided: more than expected.
    power : tuple of float
        (k,) probability of each study to be significant if the pooled model holds.
    significant : tuple of bool
        (k,)
    theta, tau2 : float
        The pooled effect and between-study variance the powers rest on, analysis scale.
    limit : float or None
        Smallest true effect that would explain the observed number (at ``limit_alpha``); None if even none would be
        too large.
    test : str
        Key in ``EXCESS_TESTS``.
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:excess"
    observed: int
    expected: float
    p: float
    power: tuple[float, ...]
    significant: tuple[bool, ...]
    theta: float
    tau2: float
    limit: float | None
    test: str
    notes: tuple[Note, ...] = ()


def excess_significance(
    effects: Effects,
    *,
    test: str = "chi2",
    alpha: float = 0.05,
    limit_alpha: float = 0.1,
    model: Model = "random",
    tau2: str | float = "REML",
) -> ExcessSignificance:
    """Test of excess significance; every study tested two-sided.

    Parameters
    ----------
    effects : Effects
        At least 2 rows.
    test : str
        Key in ``EXCESS_TESTS``.
    alpha : float
        Level at which a study counts as significant.
    limit_alpha : float
        Level of the test that defines ``limit``.
    model, tau2
        As for ``pool``.

    Raises
    ------
    AnalysisError, UsageError
        If there are fewer than 2 effects; if a level is not between 0 and 1.

    References
    ----------
    Ioannidis and Trikalinos 2007, Clinical Trials 4:245-253; Francis 2013.
    """
    if len(effects) < 2:
        raise AnalysisError(f"excess significance needs at least 2 effects; found {len(effects)}")
    for level in (alpha, limit_alpha):
        if not 0 < level < 1:
            raise UsageError(f"a level is {level!r}; it must lie between 0 and 1")
    chosen = EXCESS_TESTS[test]
    pooled = pool(effects, model=model, tau2=tau2, ci="wald", prediction="none")
    between, critical = pooled.tau2.value, critical_value(1 - alpha)
    significant = np.abs(effects.yi) / np.sqrt(effects.vi) >= critical
    observed = int(significant.sum())

    def power(theta: float) -> Floats:
        return _power(theta, between, effects.vi, critical)

    powers = power(pooled.estimate)
    return ExcessSignificance(
        observed=observed,
        expected=float(powers.sum()),
        p=chosen.function(observed, powers),
        power=tuple(float(value) for value in powers),
        significant=tuple(bool(value) for value in significant),
        theta=pooled.estimate,
        tau2=between,
        limit=_limit(lambda theta: chosen.function(observed, power(theta)), limit_alpha, pooled.estimate, effects.vi),
        test=test,
        notes=_notes(len(effects)),
    )


def _power(theta: float, tau2: float, v: Floats, critical: float) -> Floats:
    """Probability that |yi| / sqrt(vi) passes ``critical`` when yi is normal with variance vi + tau2."""
    spread = np.sqrt(v + tau2)
    bound = critical * np.sqrt(v)
    ndtr = special().ndtr
    power: Floats = ndtr((theta - bound) / spread) + ndtr((-theta - bound) / spread)
    return power


def _limit(p_at: Callable[[float], float], alpha: float, theta: float, v: Floats) -> float | None:
    """Effect on the side of ``theta`` where the p value, which rises with the effect, reaches ``alpha``."""
    sign = -1.0 if theta < 0 else 1.0

    def short(sizes: Floats) -> Floats:
        return np.array([alpha - p_at(sign * float(size)) for size in sizes])

    if p_at(0.0) >= alpha:
        return None
    high = float(np.sqrt(v.min()))
    while p_at(sign * high) < alpha:
        high *= 2
    return sign * falling_root(short, 0.0, high).value


def _chi2(observed: int, power: Floats) -> float:
    expected = float(power.sum())
    excess, rest = observed - expected, len(power) - expected
    if excess == 0:
        return 0.5
    z = excess * math.sqrt(1 / expected + 1 / rest) if rest > 0 else -math.inf
    return float(special().ndtr(-z))


def _binomial(observed: int, power: Floats) -> float:
    k = len(power)
    return 1.0 if observed == 0 else float(special().bdtrc(observed - 1, k, min(1.0, float(power.sum()) / k)))


def _exact(observed: int, power: Floats) -> float:
    # Distribution of a sum of independent yes/no variables with different chances.
    chances = np.ones(1)
    for share in power:
        chances = np.convolve(chances, [1 - share, share])
    return min(1.0, float(chances[observed:].sum()))


def _notes(k: int) -> tuple[Note, ...]:
    if k >= 10:
        return ()
    return (Note(code="few-studies", text=f"Only {k} studies: the test has too little power to be relied on."),)


EXCESS_TESTS = Registry(
    "test of excess significance",
    (
        ExcessTest(key="chi2", function=_chi2, reference="Ioannidis and Trikalinos 2007"),
        ExcessTest(
            key="binom", function=_binomial, reference="Ioannidis and Trikalinos 2007, binomial with mean power"
        ),
        ExcessTest(key="exact", function=_exact, reference="Francis 2013, sum of the powers' own distributions"),
    ),
)
