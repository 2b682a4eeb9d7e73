"""A model with or without moderators as residuals, predictions of single studies and influence need it: as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synthesis.effects.model import Effects, Floats
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.pooling.pool import Model
from synthesis.pooling.regression import design, weighted_least_squares
from synthesis.pooling.tau2 import ESTIMATORS, estimate_tau2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFit:
    """Coefficients at the estimated tau2, Wald covariance.

    Attributes
    ----------
    y, v : (k,) array
        Effects and sampling variances, analysis scale.
    x : (k, p) array
        Design, intercept first.
    labels : tuple of str
        (k,) how the studies are named in print.
    tau2 : float
    beta, covariance : (p,), (p, p) array
    method : str
        How tau2 was estimated: a key in ``ESTIMATORS``, ``"fixed"`` or ``"none"`` (common effect).
    """

    y: Floats
    v: Floats
    x: Floats
    labels: tuple[str, ...]
    tau2: float
    beta: Floats
    covariance: Floats
    method: str

    @property
    def residuals(self) -> Floats:
        """(k,) effects minus fitted values."""
        return self.y - self.x @ self.beta

    @property
    def variances(self) -> Floats:
        """(k,) vi + tau2."""
        return self.v + self.tau2

    @property
    def fitted_variances(self) -> Floats:
        """(k,) variances of the fitted values."""
        variances: Floats = np.einsum("kp,pq,kq->k", self.x, self.covariance, self.x)
        return variances

    @property
    def hat(self) -> Floats:
        """(k,) leverages; they sum to p."""
        return self.fitted_variances / self.variances

    def without(self, index: int) -> ModelFit:
        """The same model, fitted again without one study.

        Raises
        ------
        AnalysisError
            If too few studies are left, or a moderator no longer varies without that study.
        """
        keep = np.arange(len(self.y)) != index
        x = self.x[keep]
        if np.linalg.matrix_rank(x) < x.shape[1]:
            raise AnalysisError(f"the model cannot be fitted without {self.labels[index]}: only it tells a coefficient")
        labels = tuple(label for label, kept in zip(self.labels, keep, strict=True) if kept)
        return _fit(self.y[keep], self.v[keep], x, labels, self.method, self.tau2)


def fit_model(
    effects: Effects,
    moderators: Mapping[str, ArrayLike] | None = None,
    *,
    intercept: bool = True,
    model: Model = "random",
    tau2: str | float = "REML",
) -> ModelFit:
    """Fit ``effects``, with or without moderators.

    Parameters
    ----------
    effects : Effects
        k >= 1 rows; more than there are coefficients.
    moderators : mapping of str to (k,) array, or None
        Columns of the design besides the intercept.
    intercept : bool
        Whether a column of ones is put first.
    model, tau2
        As for ``pool``.

    Raises
    ------
    AnalysisError
        As for ``regress``.
    """
    y, v, x, _ = design(effects.yi, effects.vi, moderators or {}, intercept)
    if model == "common":
        return _fit(y, v, x, effects.labels, "none", 0.0)
    if not isinstance(tau2, str):
        return _fit(y, v, x, effects.labels, "fixed", float(tau2))
    if tau2 not in ESTIMATORS:
        raise UnknownKeyError("tau2 estimator", tau2, ESTIMATORS)
    return _fit(y, v, x, effects.labels, tau2, 0.0)


def _fit(y: Floats, v: Floats, x: Floats, labels: tuple[str, ...], method: str, fixed: float) -> ModelFit:
    # One study more than there are coefficients is needed to estimate tau2; with fewer it is 0.
    estimated = method in ESTIMATORS and len(y) > x.shape[1]
    tau2 = estimate_tau2(method, y, v, x).value if estimated else 0.0 if method in ESTIMATORS else fixed
    found = weighted_least_squares(y, v + tau2, x)
    return ModelFit(
        y=y, v=v, x=x, labels=labels, tau2=tau2, beta=found.beta, covariance=found.covariance, method=method
    )
