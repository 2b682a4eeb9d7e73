"""Selection models: the pooled effect if the chance of being published depends on the p value.

The likelihood of a published study is its density times its chance of selection, over the average chance of a study of
its precision. The model says what follows from an assumed form of selection; it does not show that there was any.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from synthesis.diagnostics.selection_weights import SELECTION, SelectionLikelihood, Weights
from synthesis.document.results import Result
from synthesis.effects.distributions import chi2_upper_p, two_sided_p
from synthesis.effects.model import Effects, Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.intervals import confidence_interval
from synthesis.pooling.maximise import Maximum, complex_gradient, hessian, maximise
from synthesis.pooling.model import Interval, Note, Pooled, Test
from synthesis.pooling.pool import Model, pool

Alternative = Literal["greater", "less", "two-sided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionParameter:
    """A parameter of the selection function: its meaning, value, standard error (None if held or at an end), and the
    p value of "no selection by it"."""

    name: str
    value: float
    se: float | None
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SelectionModel(Result):
    """The pooled effect after allowing for selection.

    Attributes
    ----------
    estimate, se : float
        Mean effect of all studies, published or not; analysis scale.
    ci : Interval
        Wald.
    test : Test
    tau2, tau2_se : float, float or None
        Between-study variance; no standard error where it is 0 or with the common-effect model.
    parameters : tuple of SelectionParameter
    log_likelihood, log_likelihood_unselected : float
        With and without selection.
    selection : Test or None
        Likelihood-ratio test of "no selection"; None if every parameter is held.
    unselected : Pooled
        The pooled effect by maximum likelihood without selection.
    kind, alternative : str
        Key in ``SELECTION``; which p value counts.
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:selection"
    estimate: float
    se: float
    ci: Interval
    test: Test
    tau2: float
    tau2_se: float | None
    parameters: tuple[SelectionParameter, ...]
    log_likelihood: float
    log_likelihood_unselected: float
    selection: Test | None
    unselected: Pooled
    kind: str
    alternative: Alternative
    notes: tuple[Note, ...] = ()


def selection_model(
    effects: Effects,
    *,
    kind: str = "step",
    alternative: Alternative = "greater",
    steps: Sequence[float] = (0.025,),
    held: Sequence[float] | None = None,
    model: Model = "random",
    level: float = 0.95,
) -> SelectionModel:
    """Fit a selection model by maximum likelihood.

    Parameters
    ----------
    effects : Effects
        At least 2 rows.
    kind : str
        Key in ``SELECTION``: the form of the chance of selection as a function of the p value.
    alternative : {"greater", "less", "two-sided"}
        Direction in which small p values are thought to be favoured.
    steps : sequence of float
        Only for ``step``: p values at which the chance changes, rising, between 0 and 1. The chance below the first
        is 1; there is one parameter for each further interval.
    held : sequence of float or None
        Values of the parameters, instead of estimating them (Vevea and Woods' sensitivity analysis).
    model : {"random", "common"}
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError
        If there are too few studies, or no p value falls into one of the intervals between steps, naming it.
    UsageError
        If steps, held values or the alternative are out of range.

    References
    ----------
    Hedges 1992, Statistical Science 7:246-255; Vevea and Hedges 1995, Psychometrika 60:419-435; Citkowicz and Vevea
    2017, Psychological Methods 22:28-41; Preston et al 2004.
    """
    weights = SELECTION[kind].build(_steps(steps))
    if len(effects) < 2:
        raise AnalysisError(f"a selection model needs at least 2 effects; found {len(effects)}")
    if alternative not in ("greater", "less", "two-sided"):
        raise UsageError(f"alternative is {alternative!r}; it must be 'greater', 'less' or 'two-sided'")
    sign = -1.0 if alternative == "less" else 1.0
    unselected = pool(effects, model=model, tau2="ML", ci="wald", level=level, prediction="none")
    likelihood = SelectionLikelihood.build(
        sign * effects.yi, effects.vi, weights, two_sided=alternative == "two-sided",
        common=model == "common", held=_held(held, weights),
    )  # fmt: skip
    if held is None:
        likelihood.check_occupied()
    best = _search(likelihood, sign * unselected.estimate, unselected.tau2.value)
    natural = likelihood.natural(best.point)
    errors = _standard_errors(likelihood, natural)
    estimate = sign * float(natural[0])
    se = errors[0]
    if se is None:
        raise AnalysisError("the likelihood has no curvature at its maximum; use fewer steps or another function")
    n_free = 0 if held is not None else len(weights.names)
    plain = likelihood.without_selection(sign * unselected.estimate, unselected.tau2.value)
    ratio = max(0.0, 2 * (best.height - plain))
    return SelectionModel(
        estimate=estimate,
        se=se,
        ci=confidence_interval(estimate, se, None, level=level, method="wald"),
        test=Test(statistic=estimate / se, df=None, p=two_sided_p(estimate / se)),
        tau2=float(natural[1]),
        tau2_se=errors[1],
        parameters=_parameters(weights, natural[2:], errors[2:]),
        log_likelihood=best.height,
        log_likelihood_unselected=plain,
        selection=Test(statistic=ratio, df=n_free, p=chi2_upper_p(ratio, n_free)) if n_free else None,
        unselected=unselected,
        kind=kind,
        alternative=alternative,
        notes=_notes(len(effects), best, likelihood),
    )


def _steps(steps: Sequence[float]) -> tuple[float, ...]:
    inner = tuple(float(step) for step in steps if step != 1)
    if not inner or list(inner) != sorted(set(inner)) or not (inner[0] > 0 and inner[-1] < 1):
        raise UsageError(f"steps are {tuple(steps)}; they must rise and lie between 0 and 1")
    return inner


def _held(held: Sequence[float] | None, weights: Weights) -> Floats | None:
    if held is None:
        return None
    values = np.asarray(held, dtype=float)
    if values.shape != (len(weights.names),) or not np.all(np.isfinite(values) & (values >= 0)):
        raise UsageError(f"held must have {len(weights.names)} numbers of 0 or more; found {tuple(held)}")
    return values


def _search(likelihood: SelectionLikelihood, mean: float, tau2: float) -> Maximum:
    spread = math.sqrt(tau2 + float(np.median(likelihood.v)))
    starts = [
        likelihood.searched(mean + shift * spread, math.sqrt(max(tau2, 0.05 * spread**2)) * factor, start)
        for shift, factor in ((0.0, 1.0), (-0.5, 1.5), (-1.0, 0.5))
        for start in likelihood.weights.starts
    ]
    low, high = likelihood.bounds()

    def value(point: Floats) -> float:
        return float(np.real(likelihood.at_searched(point)))

    return maximise(value, complex_gradient(likelihood.at_searched), starts, low=low, high=high)


def _standard_errors(likelihood: SelectionLikelihood, natural: Floats) -> list[float | None]:
    """Standard errors on the natural scale from the curvature; None for what is held or lies at an end."""
    free = likelihood.free(natural)
    # Differences need coordinates of the order of 1.
    unit = np.where(np.abs(natural) > 0, np.abs(natural), 1.0)
    unit[0] = math.sqrt(float(np.median(likelihood.v)))
    scaled = complex_gradient(lambda point: likelihood.at_natural(point * unit))
    curvature = -hessian(scaled, natural / unit, free)
    errors: list[float | None] = [None] * len(natural)
    try:
        variances = np.diag(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return errors
    for position, variance in zip(np.flatnonzero(free), variances, strict=True):
        errors[position] = math.sqrt(float(variance)) * float(unit[position]) if variance > 0 else None
    return errors


def _parameters(weights: Weights, values: Floats, errors: Sequence[float | None]) -> tuple[SelectionParameter, ...]:
    return tuple(
        SelectionParameter(
            name=name,
            value=float(value),
            se=se,
            p=None if se is None else two_sided_p((float(value) - weights.neutral) / se),
        )
        for name, value, se in zip(weights.names, values, errors, strict=True)
    )


def _notes(k: int, best: Maximum, likelihood: SelectionLikelihood) -> tuple[Note, ...]:
    notes = []
    if not best.converged:
        notes.append(Note(code="not-converged", text="The selection model did not converge."))
    if k < 10:
        text = f"Only {k} studies: with fewer than 10 a selection model is too uncertain to be relied on."
        notes.append(Note(code="few-studies", text=text))
    if not likelihood.common and likelihood.natural(best.point)[1] == 0:
        text = "tau² is estimated as 0; standard errors are those of the model without it."
        notes.append(Note(code="tau2-at-zero", text=text))
    return tuple(notes)
