"""Coordinates of the Baujat plot and of the radial (Galbraith) plot; drawing them is left to figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.diagnostics.model_fit import ModelFit
from synthesis.document.results import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotPoint:
    """Place of one study in a plot."""

    label: str
    x: float
    y: float


def baujat(fit: ModelFit) -> Listing[PlotPoint]:
    """Which studies make the heterogeneity, and which the result.

    Returns
    -------
    Listing of PlotPoint
        ``x``: squared Pearson residual, the study's contribution to Q; ``y``: squared change of its fitted value when
        it is left out, over the variance of that value without it.

    Raises
    ------
    AnalysisError
        If the model cannot be fitted without one of the studies.

    References
    ----------
    Baujat et al 2002, Statistics in Medicine 21:2641-2652.
    """
    contribution = fit.residuals**2 / fit.variances
    points = []
    for index, label in enumerate(fit.labels):
        without, row = fit.without(index), fit.x[index]
        change = float(row @ (fit.beta - without.beta)) ** 2 / float(row @ without.covariance @ row)
        points.append(PlotPoint(label=label, x=float(contribution[index]), y=change))
    return Listing(points)


def radial(fit: ModelFit) -> Listing[PlotPoint]:
    """Standardised effect against precision: ``x`` = 1 / sqrt(vi + tau2), ``y`` = yi / sqrt(vi + tau2).

    References
    ----------
    Galbraith 1988, Statistics in Medicine 7:889-894.
    """
    precision = 1 / np.sqrt(fit.variances)
    return Listing(
        PlotPoint(label=label, x=float(x), y=float(y))
        for label, x, y in zip(fit.labels, precision, fit.y * precision, strict=True)
    )
