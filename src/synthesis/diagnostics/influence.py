"""How strongly single studies pull on the pooled effect."""

from __future__ import annotations

import math
from dataclasses import dataclass

from synthesis.diagnostics.leave_one_out import leave_one_out
from synthesis.document.results import Listing
from synthesis.effects.distributions import chi2_upper_p
from synthesis.effects.model import Effects
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import Model, pool


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyInfluence:
    """Influence of one study.

    Attributes
    ----------
    study, label : str
        Id of the record, and how it is named in print.
    residual : float
        Externally standardised residual: the study's distance from the pooled effect of the others, in standard
        errors.
    dffits : float
        Change of the study's fitted value when it is left out, in standard deviations.
    cook : float
        Squared change of the pooled effect when it is left out, in units of its variance.
    covariance_ratio : float
        Variance of the pooled effect without the study over the variance with it; above 1 the study adds precision.
    tau2, q : float
        Between-study variance and Cochran's Q without the study.
    weight : float
        Share of the weight, which is also its leverage.
    influential : bool
        Whether one of the usual bounds is passed: dffits beyond +-3 / sqrt(k - 1), Cook's distance beyond the median
        of chi-squared(1), or weight > 3 / k.
    without : Pooled
        The pooled effect without the study.
    """

    study: str
    label: str
    residual: float
    dffits: float
    cook: float
    covariance_ratio: float
    tau2: float
    q: float
    weight: float
    influential: bool
    without: Pooled


def influence(
    effects: Effects,
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    level: float = 0.95,
) -> Listing[StudyInfluence]:
    """Influence statistics of every row of ``effects``; options as for ``pool``, with Wald standard errors.

    Returns
    -------
    tuple of StudyInfluence
        In the order of the rows.

    Raises
    ------
    AnalysisError
        If there are fewer than two effects.

    References
    ----------
    Viechtbauer and Cheung 2010, Research Synthesis Methods 1:112-125.
    """
    full = pool(effects, model=model, tau2=tau2, ci="wald", level=level, prediction="none")
    omissions = leave_one_out(effects, model=model, tau2=tau2, ci="wald", level=level, prediction="none")
    return Listing(_influence(effects, index, full, omission.pooled) for index, omission in enumerate(omissions))


def _influence(effects: Effects, index: int, full: Pooled, without: Pooled) -> StudyInfluence:
    row, k = effects.rows[index], full.k
    weight = full.weights[index]
    between = without.tau2.value
    change = full.estimate - without.estimate
    variance = row.vi + between
    dffits = change / math.sqrt(weight * variance)
    cook = change**2 / full.se**2
    return StudyInfluence(
        study=row.study,
        label=row.label,
        residual=(row.yi - without.estimate) / math.sqrt(variance + without.se**2),
        dffits=dffits,
        cook=cook,
        covariance_ratio=(without.se / full.se) ** 2,
        tau2=between,
        q=without.heterogeneity.q,
        weight=weight,
        influential=abs(dffits) > 3 / math.sqrt(k - 1) or chi2_upper_p(cook, 1) < 0.5 or weight > 3 / k,
        without=without,
    )
