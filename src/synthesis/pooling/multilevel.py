"""Models of dependent results: several levels, several outcomes, correlated sampling errors.

Vocabulary: the marginal covariance of the effects is that of sampling plus one part per random term; a block is a set
of rows that are correlated with no row outside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from synthesis.document.results import Result
from synthesis.effects.distributions import check_level, chi2_upper_p
from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.marginal import Marginal, Parameter
from synthesis.pooling.maximise import Maximum, maximise
from synthesis.pooling.model import Note
from synthesis.pooling.random_terms import Term
from synthesis.pooling.regression import INTERCEPT, Coefficient, ModeratorTest, coefficient_row, design, moderator_test


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A variance or a correlation of a random term.

    Attributes
    ----------
    term, level : str
        The term it belongs to, and the level within it (empty where there is one value for all).
    kind : {"variance", "correlation"}
    value : float
        A variance is on the squared analysis scale.
    fixed, at_bound : bool
        Whether it was held; whether it lies at the end of its range (a variance of 0, a correlation of 1).
    """

    term: str
    level: str
    kind: Literal["variance", "correlation"]
    value: float
    fixed: bool = False
    at_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Multilevel(Result):
    """A fitted model of dependent results.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        Intercept first, if there is one.
    covariance : tuple of tuple of float
        (p, p) covariance of the coefficients.
    components : tuple of Component
        In the order of the terms: variances, then correlations.
    q, q_df, q_p : float, int, float
        Test that nothing but sampling error is left.
    i2 : tuple of float
        Share (0 to 1) of the total variance for each ``Shared`` term; empty with other terms.
    moderators : ModeratorTest or None
        All coefficients but the intercept; None where there are none.
    log_likelihood, aic, bic : float
        Of the method's likelihood.
    method : {"REML", "ML"}
    k : int
        Number of effects.
    notes : tuple of Note
    marginal : Marginal
        The model at its estimates, for robust standard errors and profiles.
    """

    shown_by: ClassVar[str] = "synthesis.pooling.described:multilevel"
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    components: tuple[Component, ...]
    q: float
    q_df: int
    q_p: float
    i2: tuple[float, ...]
    moderators: ModeratorTest | None
    log_likelihood: float
    aic: float
    bic: float
    method: Literal["REML", "ML"]
    k: int
    notes: tuple[Note, ...] = ()
    marginal: Marginal = field(compare=False, repr=False)


def fit_multilevel(
    yi: ArrayLike,
    sampling: ArrayLike,
    random: Sequence[Term],
    *,
    moderators: Mapping[str, ArrayLike] | None = None,
    intercept: bool = True,
    method: Literal["REML", "ML"] = "REML",
    ci: Literal["wald", "t"] = "wald",
    level: float = 0.95,
) -> Multilevel:
    """Fit a multilevel or multivariate model by (restricted) maximum likelihood.

    Parameters
    ----------
    yi : (k,) array
        Effects, analysis scale.
    sampling : (k,) or (k, k) array
        Sampling variances, or the whole covariance of the sampling errors, squared analysis scale.
    random : sequence of Shared or Correlated
        Random terms; ``random_terms.nested`` makes those of a nesting.
    moderators, intercept
        As for ``regress``.
    method : {"REML", "ML"}
    ci : {"wald", "t"}
        Normal distribution, or t with k - p degrees of freedom. With few studies robust standard errors
        (``robust``) are the safer choice.
    level : float
        Confidence level as a share.

    Raises
    ------
    AnalysisError
        If the covariance is not positive definite, a term does not fit the rows, or there are too few effects.

    References
    ----------
    Konstantopoulos 2011, Research Synthesis Methods 2:61-76; Berkey et al 1998, Statistics in Medicine 17:2537-2550.
    """
    y, cov = np.asarray(yi, dtype=float), np.asarray(sampling, dtype=float)
    _check_options(method, ci, level, random)
    y, _, x, names = design(y, np.diag(cov) if cov.ndim == 2 else cov, moderators or {}, intercept)
    model = Marginal.build(y, x, names, cov, tuple(random), restricted=method == "REML")
    best = highest(model)
    theta = best.point
    fitted = model.at(theta)
    notes: list[Note] = []
    if not best.converged:
        notes.append(Note(code="not-converged", text="The estimates of the variances did not converge."))
    components = _components(fitted, theta)
    notes.extend(_bound_notes(components))
    return _result(fitted, components, method, ci, level, tuple(notes))


def highest(model: Marginal, start: Floats | None = None) -> Maximum:
    """The maximum of the likelihood over the parameters that are not held; from ``start`` or from several places."""
    if not model.parameters:
        none = np.empty(0)
        return Maximum(point=none, height=model.value(none), inside=np.empty(0, dtype=bool), converged=True)
    starts = model.starts() if start is None else [start]
    return maximise(model.value, model.gradient, starts, low=model.low, high=model.high)


def _check_options(method: str, ci: str, level: float, random: Sequence[Term]) -> None:
    if method not in ("REML", "ML"):
        raise UsageError(f"method is {method!r}; it must be 'REML' or 'ML'")
    if ci not in ("wald", "t"):
        raise UsageError(f"ci is {ci!r}; it must be 'wald' or 't'; for clustered data see robust")
    if not random:
        raise UsageError("there are no random terms; use pool or regress")
    names = [term.name for term in random]
    if len(set(names)) < len(names):
        raise UsageError(f"random terms need different names; found {', '.join(names)}")
    check_level(level)


def _result(
    fitted: Marginal,
    components: tuple[Component, ...],
    method: Literal["REML", "ML"],
    ci: str,
    level: float,
    notes: tuple[Note, ...],
) -> Multilevel:
    k, p = fitted.x.shape
    df = k - p if ci == "t" else None
    beta, covariance, names = fitted.beta, fitted.covariance, fitted.names
    tested = [index for index, name in enumerate(names) if name != INTERCEPT]
    q = fitted.residual_q()
    free = p + len(fitted.parameters)
    height = fitted.log_likelihood
    rows = k - p if method == "REML" else k
    return Multilevel(
        coefficients=tuple(
            coefficient_row(name, float(b), math.sqrt(float(v)), df, level, ci)
            for name, b, v in zip(names, beta, np.diag(covariance), strict=True)
        ),
        covariance=tuple(tuple(float(value) for value in row) for row in covariance),
        components=components,
        q=q,
        q_df=k - p,
        q_p=chi2_upper_p(q, k - p),
        i2=fitted.shares(),
        moderators=moderator_test(
            beta[tested], covariance[np.ix_(tested, tested)], tuple(names[index] for index in tested), df
        )
        if tested
        else None,
        log_likelihood=height,
        aic=2 * free - 2 * height,
        bic=free * math.log(rows) - 2 * height,
        method=method,
        k=k,
        notes=notes,
        marginal=fitted,
    )


def _components(fitted: Marginal, theta: Floats) -> tuple[Component, ...]:
    values = dict(zip(fitted.parameters, theta, strict=True))
    found = []
    for parameter in fitted.all_parameters:
        value = values.get(parameter, parameter.held)
        if value is None:
            raise AnalysisError(f"{parameter.term} {parameter.level} has no estimate")
        at_bound = parameter not in values or not parameter.low < value < parameter.high - 1e-9
        found.append(
            Component(
                term=parameter.term,
                level=parameter.level,
                kind=parameter.kind,
                value=float(value) ** 2 * fitted.scale**2 if parameter.kind == "variance" else float(value),
                fixed=parameter.held is not None,
                at_bound=parameter.held is None and at_bound,
            )
        )
    return tuple(found)


def _bound_notes(components: Sequence[Component]) -> list[Note]:
    notes = []
    for component in components:
        if component.at_bound:
            name = f"{component.kind} of {component.term}" + (f" ({component.level})" if component.level else "")
            text = f"The {name} is estimated at the end of its range, {component.value:g}."
            notes.append(Note(code="component-at-bound", text=text))
    return notes


def parameter_of(component: Component, model: Marginal) -> Parameter:
    """The parameter of ``model`` that a component reports."""
    return next(
        p
        for p in model.all_parameters
        if (p.term, p.level, p.kind) == (component.term, component.level, component.kind)
    )
