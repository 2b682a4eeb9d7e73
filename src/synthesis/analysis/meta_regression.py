"""Meta-regression by formula: effects of an analysis explained by what is known about their studies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from synthesis.analysis.formula import Design, Value, design_columns
from synthesis.analysis.model import Analysis
from synthesis.document.results import Result, Shown
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import UsageError
from synthesis.pooling import regression as plain
from synthesis.pooling.described import regression as regression_shown
from synthesis.pooling.model import Note
from synthesis.pooling.regression import Predicted, Regression

# Ids end in the year of the first report.
_YEAR = re.compile(r"(\d{4})[a-z]?$")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetaRegression(Result):
    """A meta-regression by formula.

    Attributes
    ----------
    formula : str
    fit : Regression
        Coefficients, residual heterogeneity and tests; analysis scale.
    design : Design
        The columns, to go on with: ``permutation_test(yi, vi, found.design.columns)``.
    effects : Effects
        The rows that were used.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.meta_regression:shown"
    formula: str
    fit: Regression
    design: Design = field(repr=False)
    effects: Effects = field(repr=False)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Those of the fit."""
        return self.fit.notes


def regress(
    effects: Effects | Analysis,
    formula: str,
    data: Mapping[str, Sequence[Value] | Mapping[str, Value]] | None = None,
    *,
    model: Literal["random", "common"] = "random",
    tau2: str | float = "REML",
    ci: str = "hartung-knapp",
    level: float = 0.95,
) -> MetaRegression:
    """Explain effects by moderators.

    Parameters
    ----------
    effects : Effects or Analysis
        k rows on the analysis scale.
    formula : str
        For example ``"~ year + C(design)"`` or ``"~ center(year) * region"``. Names, ``+ : * -``, ``C(name)``,
        ``C(name, Treatment("level"))``, ``center(name)``, ``scale(name)`` and the numbers 0 and 1 (for the
        intercept) may stand in it. Nothing in it is evaluated as code.
    data : mapping of str to (k,) sequence or mapping, or None
        More variables: one value per row in the order of the effects (a data frame will do), or by id of the study.
        Rows have ``year`` (of the study's id), ``design``, ``months``, ``n``, ``vi`` and ``sei`` by themselves.
    model, tau2, ci, level
        As for the arrays in ``pooling.regression.regress``.

    Returns
    -------
    MetaRegression
        Studies with a missing value are left out, with a note that names them.

    Raises
    ------
    UsageError
        For anything else in a formula, and for a variable that is not there.
    AnalysisError
        If there are too few studies or the columns are not independent of each other.

    References
    ----------
    Knapp and Hartung 2003; Cochrane Handbook 10.11.4; the syntax is patsy's.
    """
    rows = effects.effects if isinstance(effects, Analysis) else effects
    variables = {**_of_rows(rows), **{name: _in_order(name, values, rows) for name, values in _items(data)}}
    design = design_columns(formula, variables, rows.labels)
    used = replace(rows, rows=tuple(rows.rows[index] for index in design.used))
    fit = plain.regress(
        used.yi,
        used.vi,
        design.columns,
        intercept=design.intercept,
        model=model,
        tau2=tau2,
        ci=ci,
        level=level,
    )
    return MetaRegression(
        formula=formula, fit=replace(fit, notes=(*design.notes, *fit.notes)), design=design, effects=used
    )


def predict(found: MetaRegression, at: Mapping[str, Value], *, level: float = 0.95) -> Predicted:
    """Mean effect of studies with the given values of the formula's variables, analysis scale.

    Parameters
    ----------
    found : MetaRegression
    at : mapping of str to value
        One value per variable, for example ``{"year": 2000, "design": "rct"}``.
    level : float
        Confidence level as a share.

    Returns
    -------
    Predicted
        With the interval for the effect in a new study of that sort.

    Raises
    ------
    UsageError
        If a variable is missing or too many, or a group was in no study.
    """
    return plain.predict(found.fit, found.design.at(at), level=level)


def _items(data: Mapping[str, Sequence[Value] | Mapping[str, Value]] | None) -> list[tuple[str, object]]:
    return [] if data is None else [(str(name), data[name]) for name in data]


def _in_order(name: str, values: object, rows: Effects) -> Sequence[Value]:
    if isinstance(values, Mapping):
        return [values.get(row.study) for row in rows]
    if isinstance(values, str) or not hasattr(values, "__len__") or not hasattr(values, "__iter__"):
        raise UsageError(f"{name} must hold one value per effect, or values by id of the study")
    return list(values)


def _of_rows(rows: Effects) -> dict[str, Sequence[Value]]:
    return {
        "year": [_year(row) for row in rows],
        "design": [row.design for row in rows],
        "months": [row.timepoint_months for row in rows],
        "n": [row.n for row in rows],
        "vi": [row.vi for row in rows],
        "sei": [row.sei for row in rows],
    }


def _year(row: EffectRow) -> int | None:
    found = _YEAR.search(row.study)
    return int(found[1]) if found else None


def shown(found: MetaRegression) -> Shown:
    """What a meta-regression by formula shows: its fit, and the formula."""
    of_fit = regression_shown(found.fit)
    formula = found.formula.strip().removeprefix("~").strip()
    return Shown(
        title=f"~ {formula}: {of_fit.title}",
        rows=of_fit.rows,
        sentences=(*of_fit.sentences, f"The moderators entered as ~ {formula}; groups by treatment contrasts."),
    )
