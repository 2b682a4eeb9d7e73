"""How much single studies bear on the result of an analysis, under the model of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from synthesis.analysis.model import Analysis
from synthesis.diagnostics.heterogeneity_plots import PlotPoint, baujat, radial
from synthesis.diagnostics.influence import StudyInfluence, influence
from synthesis.diagnostics.model_fit import fit_model
from synthesis.document.results import Result
from synthesis.errors import UsageError
from synthesis.pooling.tau2 import ESTIMATORS


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diagnosis(Result):
    """What each study of an analysis does to its result.

    Attributes
    ----------
    analysis : Analysis
    influence : tuple of StudyInfluence
        Influence statistics, in the order of the studies.
    baujat, radial : tuple of PlotPoint
        Places in the Baujat plot and in the radial plot, in the same order.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.described:diagnosis"
    analysis: Analysis
    influence: tuple[StudyInfluence, ...]
    baujat: tuple[PlotPoint, ...]
    radial: tuple[PlotPoint, ...]


def diagnose(analysis: Analysis) -> Diagnosis:
    """Take the studies of an analysis apart, with the model and the tau2 estimator of its plan.

    Parameters
    ----------
    analysis : Analysis
        With at least two pooled studies.

    Returns
    -------
    Diagnosis
        For ``influence_plot``, ``baujat_plot`` and ``radial_plot``.

    Raises
    ------
    UsageError
        If fewer than two studies were pooled.
    """
    pooled = analysis.pooled
    if pooled is None or pooled.k < 2:
        raise UsageError(
            f"{analysis.question!r} has {0 if pooled is None else pooled.k} pooled studies; to tell what each of them "
            "does there must be at least 2"
        )
    tau2 = pooled.tau2.method if pooled.tau2.method in ESTIMATORS else pooled.tau2.value
    fit = fit_model(analysis.effects, model=pooled.model, tau2=tau2)
    return Diagnosis(
        analysis=analysis,
        influence=influence(analysis.effects, model=pooled.model, tau2=tau2, level=pooled.ci.level),
        baujat=baujat(fit),
        radial=radial(fit),
    )
