"""Formulas as text: parsed, checked against a short list of what may stand in one, and turned into columns.

The syntax and the coding of factors are those of patsy, which statsmodels uses. A formula may come from a record, so
nothing in it is evaluated as code: patsy parses it, every factor must match one of four forms, and the columns are
computed here.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from synthesis.effects.model import Floats
from synthesis.errors import AnalysisError, UsageError, unknown
from synthesis.formatting import plural
from synthesis.pooling.model import Note
from synthesis.pooling.regression import INTERCEPT

# A formula is a line of text; a star doubles the number of terms.
_LONGEST = 500
_MOST_STARS = 6
_TOKENS = re.compile(r"""(?:[A-Za-z_]\w*|\d+(?:\.\d+)?|"[^"\\]*"|'[^'\\]*'|[~+:*\-(),=]|\s)*""")
_NAME = r"[A-Za-z_]\w*"
_FACTOR = re.compile(
    rf"""(?P<plain>{_NAME})
    | (?P<verb>center|scale)\(\s*(?P<number>{_NAME})\s*\)
    | C\(\s*(?P<group>{_NAME})\s*
      (?:,\s*Treatment\(\s*(?:reference\s*=\s*)?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<value>\d+(?:\.\d+)?))\s*\)\s*)?\)
    """,
    re.VERBOSE,
)
ALLOWED = 'names, + : * -, numbers 0 and 1, C(name), C(name, Treatment("level")), center(name) and scale(name)'

Value = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a formula; an object that patsy can ask for its values.

    ``levels`` holds the groups of a categorical factor in order, ``None`` for a number; ``shift`` and ``size`` are
    taken off and divided by.
    """

    text: str
    variable: str
    levels: tuple[Value, ...] | None = None
    reference: Value = None
    shift: float = 0.0
    size: float = 1.0
    # patsy asks where in the formula a factor stood, to point at it in its own messages.
    origin: None = None

    def name(self) -> str:
        """As written, for the names of columns."""
        return self.text

    def memorize_passes_needed(self, state: dict[str, Any], eval_env: object) -> int:
        """None: what is to be remembered was worked out before."""
        return 0

    def eval(self, state: dict[str, Any], data: Mapping[str, Sequence[Value]]) -> Any:
        """Values of the factor; this is patsy's name for it, and no code is evaluated."""
        values = data[self.variable]
        if self.levels is None:
            return (np.asarray(values, dtype=float) - self.shift) / self.size
        treatment = _patsy().Treatment(reference=self.reference)
        return _patsy().categorical.C(list(values), contrast=treatment, levels=list(self.levels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Columns that a formula makes of data.

    Attributes
    ----------
    formula : str
    columns : dict of str to (m,) array
        The columns but the intercept, by name, for the rows that are used.
    intercept : bool
    used : tuple of int
        Positions of the rows in which nothing is missing.
    notes : tuple of Note
        Which rows were left out.
    """

    formula: str
    columns: dict[str, Floats]
    intercept: bool
    used: tuple[int, ...]
    variables: tuple[str, ...]
    notes: tuple[Note, ...] = ()
    levels: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    _info: Any = field(default=None, repr=False, compare=False)

    def at(self, point: Mapping[str, Value]) -> dict[str, float]:
        """Values of the columns at one point.

        Raises
        ------
        UsageError
            If a variable is missing, or a group was not in the data.
        """
        if not self.variables and not point:
            return {}
        if set(point) != set(self.variables):
            wanted, found = ", ".join(self.variables) or "no variable", ", ".join(sorted(point)) or "none"
            raise UsageError(f"values are needed for {wanted}; found {found}")
        for name, levels in self.levels.items():
            if point[name] not in levels:
                raise UsageError(unknown(f"group of {name}", point[name], map(str, levels)))
        matrix = _matrix(self._info, {name: [value] for name, value in point.items()})
        return {name: float(column[0]) for name, column in matrix.items() if name != INTERCEPT}


def design_columns(formula: str, data: Mapping[str, Sequence[Value]], labels: Sequence[str]) -> Design:
    """Turn a formula into columns.

    Parameters
    ----------
    formula : str
        For example ``"~ year + C(design)"``; see ``ALLOWED`` for what may stand in it.
    data : mapping of str to (k,) sequence
        Numbers or text; None and NaN are missing. Text is categorical, coded by treatment contrasts with levels in
        sorted order, as is whatever stands in ``C()``.
    labels : (k,) sequence of str
        What the rows are called in messages.

    Raises
    ------
    UsageError
        If the formula holds anything else, or names a variable that is not in the data.
    AnalysisError
        If a variable is not a number where one is needed, or no row is complete.
    """
    description = _parse(formula)
    written = {f.name(): _match(f.name(), formula) for term in description.rhs_termlist for f in term.factors}
    variables = tuple(dict.fromkeys(_variable(found) for found in written.values()))
    if not variables:
        if not description.rhs_termlist:
            raise UsageError(f"formula {formula!r} has neither variables nor an intercept")
        everyone = tuple(range(len(labels)))
        return Design(formula=formula, columns={}, intercept=True, used=everyone, variables=())
    for name in variables:
        if name not in data:
            raise UsageError(unknown("variable", name, data, f" in the formula {formula!r}"))
        if len(data[name]) != len(labels):
            raise UsageError(f"{name} has {len(data[name])} values for {len(labels)} effects; give one per effect")
    used = tuple(i for i in range(len(labels)) if not any(_missing(data[name][i]) for name in variables))
    if not used:
        raise AnalysisError(f"no study has a value for every one of {', '.join(variables)}")
    rows = {name: [data[name][i] for i in used] for name in variables}
    factors = {text: _factor(text, found, rows) for text, found in written.items()}
    patsy = _patsy()
    terms = [patsy.Term([factors[f.name()] for f in term.factors]) for term in description.rhs_termlist]
    (info,) = patsy.build.design_matrix_builders([terms], lambda: iter([rows]), 0)
    columns = _matrix(info, rows)
    return Design(
        formula=formula,
        columns={name: column for name, column in columns.items() if name != INTERCEPT},
        intercept=INTERCEPT in columns,
        used=used,
        variables=variables,
        notes=_left_out(labels, used, variables),
        levels={f.variable: f.levels for f in factors.values() if f.levels is not None},
        _info=info,
    )


@cache
def _patsy() -> ModuleType:
    """``patsy``, loaded on first use: it imports pandas."""
    return importlib.import_module("patsy")


def _parse(formula: str) -> Any:
    """patsy's description of a formula that is made of allowed characters and has no left side."""
    if len(formula) > _LONGEST or formula.count("*") > _MOST_STARS:
        raise UsageError(f"a formula may have {_LONGEST} characters and {_MOST_STARS} stars; found more")
    good = _TOKENS.match(formula)
    end = good.end() if good else 0
    if end < len(formula) or "**" in formula.replace(" ", ""):
        raise UsageError(f"formula {formula!r} holds {formula[end : end + 1] or '**'!r}; allowed: {ALLOWED}")
    left, tilde, _ = formula.partition("~")
    if tilde and left.strip():
        raise UsageError(f"formula {formula!r} has a left side; the effects are what is explained, so begin with ~")
    text = formula.strip()
    try:
        description = _patsy().ModelDesc.from_formula(text if text.startswith("~") else f"~ {text}")
    except (_patsy().PatsyError, RecursionError) as error:
        raise UsageError(
            f"formula {formula!r} cannot be read: {str(error).splitlines()[0]}; allowed: {ALLOWED}"
        ) from None
    return description


def _match(text: str, formula: str) -> re.Match[str]:
    found = _FACTOR.fullmatch(text)
    if found is None:
        raise UsageError(f"formula {formula!r} holds {text!r}; allowed: {ALLOWED}")
    return found


def _variable(found: re.Match[str]) -> str:
    return found["plain"] or found["number"] or found["group"]


def _missing(value: Value) -> bool:
    return value is None or (isinstance(value, float | np.floating) and not np.isfinite(value)) or value == ""


def _factor(text: str, found: re.Match[str], rows: Mapping[str, Sequence[Value]]) -> Factor:
    name = _variable(found)
    values = rows[name]
    numeric = all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values)
    if found["group"] or (found["plain"] and not numeric):
        levels = tuple(sorted(set(values), key=lambda value: (isinstance(value, str), value)))
        return Factor(text, name, levels=levels, reference=_reference(found, levels, name))
    if not numeric:
        raise AnalysisError(f"{text} needs numbers; {name} has {next(v for v in values if isinstance(v, str))!r}")
    if found["verb"] is None:
        return Factor(text, name)
    numbers = np.asarray(values, dtype=float)
    size = float(numbers.std(ddof=1)) if found["verb"] == "scale" and len(numbers) > 1 else 1.0
    if not size > 0:
        raise AnalysisError(f"{text}: {name} is the same for every study, so it cannot be scaled")
    return Factor(text, name, shift=float(numbers.mean()), size=size)


def _reference(found: re.Match[str], levels: tuple[Value, ...], name: str) -> Value:
    asked = next((found[key] for key in ("double", "single", "value") if found[key] is not None), None)
    if asked is None:
        return levels[0]
    for level in levels:
        if level == asked or (not isinstance(level, str) and found["value"] and level == float(found["value"])):
            return level
    raise UsageError(unknown(f"group of {name}", asked, map(str, levels)))


def _matrix(info: Any, rows: Mapping[str, Sequence[Value]]) -> dict[str, Floats]:
    patsy = _patsy()
    (matrix,) = patsy.build_design_matrices([info], rows, NA_action="raise")
    whole = np.asarray(matrix, dtype=float)
    names = [INTERCEPT if name == "Intercept" else name for name in info.column_names]
    return {name: whole[:, index].copy() for index, name in enumerate(names)}


def _left_out(labels: Sequence[str], used: Sequence[int], variables: Sequence[str]) -> tuple[Note, ...]:
    absent = [label for index, label in enumerate(labels) if index not in set(used)]
    if not absent:
        return ()
    text = (
        f"{plural(len(absent), 'study', 'studies')} left out because a value of {', '.join(variables)} is missing: "
        f"{', '.join(absent)}."
    )
    return (Note(code="moderator-missing", text=text),)
