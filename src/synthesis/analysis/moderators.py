"""Meta-regression of an analysis on something measured in every study, under the model of its plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np

from synthesis.analysis.model import Analysis
from synthesis.document.results import Result
from synthesis.effects.model import EffectRow
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.evidence.study import Study
from synthesis.pooling.regression import Predicted, Regression, predict, regress
from synthesis.pooling.tau2 import ESTIMATORS
from synthesis.registry import Registry

# Places along the line at which it is predicted; the band between them is drawn straight.
PLACES = 41


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderator:
    """Something measured that sets studies apart.

    Attributes
    ----------
    key, label : str
        Its name, and what it is called in print.
    step, more : float, str
        What a change is stated for, and in words: 100, "100 people more".
    value : callable
        Its value for a study; None if not known.
    years : bool
        Whether the values are years.
    """

    key: str
    label: str
    step: float
    more: str
    value: Callable[[EffectRow, Study], float | None] = field(repr=False)
    years: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Moderated(Result):
    """A meta-regression on one moderator.

    Attributes
    ----------
    analysis : Analysis
    moderator : Moderator
    values : tuple of (float or None)
        (k,) in the order of the studies; None where it is not known, and the study was left out.
    regression : Regression
        Of the studies whose value is known; Hartung-Knapp, or Wald with a common effect.
    weights : tuple of (float or None)
        (k,) 1 / (vi + residual tau2) as shares of their sum.
    at : tuple of float
        Places from the smallest to the largest value.
    line : tuple of Predicted
        Mean effect at each of those places, analysis scale.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.described:moderated"
    analysis: Analysis
    moderator: Moderator
    values: tuple[float | None, ...]
    regression: Regression
    weights: tuple[float | None, ...]
    at: tuple[float, ...]
    line: tuple[Predicted, ...]


def meta_regression(analysis: Analysis, evidence: Records, *, by: str) -> Moderated:
    """Regress the effects of an analysis on a moderator.

    Parameters
    ----------
    analysis : Analysis
        With at least three pooled studies whose value is known.
    evidence : Evidence
        The one it was made from.
    by : str
        Key of a moderator in ``MODERATORS``.

    Raises
    ------
    UnknownKeyError
        For an unknown moderator, or an analysis of another evidence.
    AnalysisError
        If too few studies have a value, or all have the same.

    Notes
    -----
    What sets studies apart was not assigned by chance: an association between studies need not hold within them
    (Cochrane Handbook 10.11.5). With fewer than ten studies per moderator it says little (10.11.5.1).
    """
    moderator = MODERATORS[by]
    values = []
    for row in analysis.effects:
        if row.study not in evidence.studies:
            raise UnknownKeyError("study", row.study, evidence.studies)
        values.append(moderator.value(row, evidence.studies[row.study]))
    return moderated(analysis, values, moderator)


def moderated(analysis: Analysis, values: Sequence[float | None], moderator: Moderator) -> Moderated:
    """The same with (k,) values of the studies, in the order of the analysis; raises as ``meta_regression``."""
    known = [index for index, value in enumerate(values) if value is not None]
    if len(known) < 3 or analysis.pooled is None:
        raise AnalysisError(
            f"{analysis.question!r} has {len(known)} pooled studies with a value of "
            f"{moderator.label.lower()}; a meta-regression needs at least 3"
        )
    pooled = analysis.pooled
    x = np.array([value for value in values if value is not None], dtype=float)
    yi, vi = analysis.effects.yi[known], analysis.effects.vi[known]
    tau2 = pooled.tau2.method if pooled.tau2.method in ESTIMATORS else pooled.tau2.value
    # Measured from their middle: years as such would leave few digits for the slope.
    middle = float(x.mean())
    regression = regress(
        yi, vi, {moderator.key: x - middle}, model=pooled.model, tau2=tau2,
        ci="wald" if pooled.model == "common" else "hartung-knapp", level=pooled.ci.level,
    )  # fmt: skip
    at = np.linspace(x.min(), x.max(), PLACES)
    share = 1 / (vi + regression.tau2.value)
    share /= share.sum()
    by_place = dict(zip(known, share.tolist(), strict=True))
    return Moderated(
        analysis=analysis, moderator=moderator, values=tuple(values), regression=regression,
        weights=tuple(by_place.get(index) for index in range(len(values))), at=tuple(at.tolist()),
        line=tuple(
            predict(regression, {moderator.key: float(place) - middle}, level=pooled.ci.level) for place in at
        ),
    )  # fmt: skip


MODERATORS = Registry(
    "moderator",
    (
        Moderator(
            key="year", label="Year of publication", step=10, more="ten years later",
            value=lambda row, study: float(study.year), years=True,
        ),
        Moderator(
            key="months", label="Months of follow-up", step=1, more="month longer",
            value=lambda row, study: row.timepoint_months,
        ),
        Moderator(
            key="people", label="People in the comparison", step=100, more="100 people more",
            value=lambda row, study: row.n,
        ),
    ),
)  # fmt: skip
