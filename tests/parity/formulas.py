"""Formulas of the reference (R's syntax) as columns of a design, under its coefficient names."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

Data = dict[str, list[Any]]
OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg,
}  # fmt: skip
FUNCTIONS = {"log": np.log, "sqrt": np.sqrt, "exp": np.exp, "abs": np.abs, "I": lambda x: x}


def numbers(values: Sequence[Any]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def arithmetic(text: str, data: Data) -> np.ndarray:
    """An expression of columns, numbers, + - * / ^ and a few functions."""

    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return numbers(data[node.id.replace("__", ".")])
        if isinstance(node, ast.UnaryOp):
            return OPERATORS[type(node.op)](value(node.operand))
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name), text
        return FUNCTIONS[node.func.id](*(value(argument) for argument in node.args))

    # R names may hold dots, and its power is a hat.
    python = re.sub(r"(?<=[A-Za-z_0-9])\.(?=[A-Za-z_])", "__", text).replace("^", "**")
    found: np.ndarray = value(ast.parse(python, mode="eval").body)
    return found


def factor_levels(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if value is not None})


def label(level: Any) -> str:
    """A level as R prints it."""
    if isinstance(level, bool):
        return str(level).upper()
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def factor_columns(term: str, data: Data, full: bool, coef: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of one factor: itself if it is a number, treatment contrasts of groups (all levels if ``full``).

    The reference group is the first in sorted order, unless the names of the coefficients show another one.
    """
    inside = re.fullmatch(r"(?:as\.)?factor\(([\w.]+)\)", term)
    name = inside[1] if inside else term
    if name not in data or (not inside and not any(isinstance(value, str | bool) for value in data[name])):
        return {term: arithmetic(term, data)}
    values = data[name]
    missing = np.array([value is None for value in values])
    levels = factor_levels(values)
    shown = [level for level in levels if any(f"{term}{label(level)}" in part.split(":") for part in coef)]
    wanted = levels if full else (shown if len(shown) == len(levels) - 1 else levels[1:])
    return {
        f"{term}{label(level)}": np.where(missing, math.nan, np.array([v == level for v in values], dtype=float))
        for level in wanted
    }


def split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand outside parentheses."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == mark and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()]


def terms_of(formula: str) -> tuple[list[tuple[str, ...]], bool]:
    """Terms as tuples of factors, lower orders first, and whether there is an intercept."""
    text = re.sub(r"-\s*1\b", "+ 0", formula.partition("~")[2])
    terms: list[tuple[str, ...]] = []
    intercept = True
    for part in split(text, "+"):
        if part in ("0", "1", ""):
            intercept &= part != "0"
            continue
        factors = [tuple(split(piece, ":")) for piece in split(part, "*")]
        for size in range(1, len(factors) + 1):
            for chosen in combinations(factors, size):
                term = tuple(name for names in chosen for name in names)
                if term not in terms:
                    terms.append(term)
    return sorted(terms, key=len), intercept


def design(formula: str, data: Data, coef: Sequence[str] = ()) -> tuple[dict[str, np.ndarray], bool]:
    """Columns by the reference's coefficient names, and whether there is an intercept."""
    terms, intercept = terms_of(formula)
    columns: dict[str, np.ndarray] = {}
    # Without an intercept the first factor gets a column for every group.
    spelt_out = False
    for term in terms:
        product: dict[str, np.ndarray] = {"": np.ones(1)}
        for place, factor in enumerate(term):
            # A factor needs a column for each level where nothing else stands for its mean.
            rest = term[:place] + term[place + 1 :]
            full = (not intercept and not spelt_out) if len(term) == 1 else (rest not in terms)
            found = factor_columns(factor, data, full, coef)
            spelt_out |= full and list(found) != [factor]
            product = {f"{a}:{b}" if a else b: x * z for a, x in product.items() for b, z in found.items()}
        columns.update(product)
    if coef:
        # The order of the coefficients is the reference's; what it dropped as redundant is dropped.
        named = [name for name in coef if name in columns]
        columns = {name: columns[name] for name in named} if set(coef) - {"intrcpt"} == set(named) else columns
    return columns, intercept


def design_of(
    reference: dict[str, Any], call: dict[str, Any], coef: Sequence[str] = ()
) -> tuple[dict[str, np.ndarray], bool]:
    """Columns of the design of a call, one value per effect, and whether there is an intercept."""
    rows = [row - 1 for row in reference["effects"][call["effects"]]["rows"]]
    data = {name: [column[row] for row in rows] for name, column in reference["input"]["columns"].items()}
    if "time" in data:
        # The follow-up as a factor, named so by the reference.
        data.setdefault("tf", [None if time is None else label(float(time)) for time in data["time"]])
    return design(call["mods"], data, coef)


def complete_rows(
    reference: dict[str, Any], call: dict[str, Any], coef: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], bool]:
    """yi, vi and the columns of the design where no moderator is missing, and whether there is an intercept."""
    effects = reference["effects"][call["effects"]]
    chosen = np.array([row - 1 for row in call.get("rows_used", range(1, len(effects["yi"]) + 1))], dtype=int)
    y, v = np.array(effects["yi"], dtype=float)[chosen], np.array(effects["vi"], dtype=float)[chosen]
    if "mods" not in call:
        return y, v, {}, True
    columns, intercept = design_of(reference, call, coef)
    columns = {name: column[chosen] for name, column in columns.items()}
    known = np.all([np.isfinite(column) for column in columns.values()], axis=0)
    return y[known], v[known], {name: column[known] for name, column in columns.items()}, intercept


def holds_constant(reference: dict[str, Any], call: dict[str, Any], coef: Sequence[str] = ()) -> bool:
    """Whether the columns of the design can be added up to a constant: an intercept, or every group of a factor."""
    y, _, columns, intercept = complete_rows(reference, call, coef)
    if intercept:
        return True
    x = np.column_stack(list(columns.values()))
    return bool(np.max(np.abs(x @ np.linalg.lstsq(x, np.ones(len(y)), rcond=None)[0] - 1)) < 1e-9)


def listed(names: str | list[str] | None) -> list[str]:
    """Names of coefficients; a single one may stand by itself."""
    return [] if names is None else [names] if isinstance(names, str) else names
