"""How a pooled result is computed, as plain numbers: all that is needed to pool some of its studies again.

A page that lets its readers leave studies out has no table of the t distribution and does not know the plan. This
carries both to it, so that the page adds nothing but arithmetic.
"""

from __future__ import annotations

from synthesis.analysis.model import IntervalBranch, Repooling
from synthesis.effects.distributions import chi2_quantile, critical_value
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.pool import Model
from synthesis.pooling.profiles import PROFILES, Branch


def repooling(k: int, *, model: Model, tau2: str = "REML", ci: str, level: float) -> Repooling:
    """The rule behind one pooled result of ``k`` effects; the options are those of ``pool``.

    Parameters
    ----------
    k : int
        Number of effects, at least 1.
    model, tau2, ci, level
        As for ``pool``; ``tau2`` is a key in ``ESTIMATORS``.

    Returns
    -------
    Repooling
    """
    profile = PROFILES.get(ci)
    branches = (Branch(interval=ci, smallest_k=1, needs_tau2=False, why=""),) if profile is None else profile.branches
    used = branches[-1:] if model == "common" else branches
    return Repooling(
        model=model,
        tau2=tau2,
        level=level,
        branches=tuple(_branch(branch) for branch in used),
        normal=critical_value(level),
        t=tuple(critical_value(level, df) for df in range(1, k)),
        chi2_medians=tuple(chi2_quantile(0.5, df) for df in range(1, k)) if tau2 == "PMM" else (),
        prediction_from_k=2 if profile is None else profile.prediction_from_k,
    )


def _branch(branch: Branch) -> IntervalBranch:
    method = INTERVALS[branch.interval]
    return IntervalBranch(
        interval=method.key, smallest_k=branch.smallest_k, needs_tau2=branch.needs_tau2, t_based=method.t_based
    )
