"""Formulas of the reference as columns of a design, under its coefficient names."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np


def factor_levels(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if value is not None})


def term_columns(term: str, data: dict[str, list[Any]], full: bool) -> dict[str, np.ndarray]:
    """Columns of one term: a number, arithmetic on it, or a factor by treatment contrasts (all levels if full)."""
    arithmetic = re.fullmatch(r"I\((\w+) - (\d+)\)", term)
    if arithmetic:
        return {term: np.array(data[arithmetic[1]], dtype=float) - float(arithmetic[2])}
    name = re.sub(r"^factor\((.*)\)$", r"\1", term)
    values = data[name]
    if term == name and not any(isinstance(value, str) for value in values):
        return {term: np.array([math.nan if value is None else value for value in values], dtype=float)}
    missing = np.array([value is None for value in values])
    return {
        f"{term}{level}": np.where(missing, math.nan, np.array([value == level for value in values], dtype=float))
        for level in factor_levels(values)[0 if full else 1 :]
    }


def design(formula: str, data: dict[str, list[Any]]) -> tuple[dict[str, np.ndarray], bool]:
    """Columns by the reference's coefficient names, and whether there is an intercept."""
    text = formula.lstrip("~ ")
    intercept = not text.endswith("- 1")
    terms = [term.strip() for term in re.split(r"\s\+\s", text.removesuffix("- 1").strip())]
    columns: dict[str, np.ndarray] = {}
    products: dict[str, np.ndarray] = {}
    for term in terms:
        parts = [part.strip() for part in term.split(" * ")]
        blocks = [term_columns(part, data, not intercept and not columns) for part in parts]
        for block in blocks:
            columns.update(block)
        if len(parts) == 2:
            products.update({f"{a}:{b}": x * z for a, x in blocks[0].items() for b, z in blocks[1].items()})
    return {**columns, **products}, intercept


def design_of(reference: dict[str, Any], call: dict[str, Any]) -> tuple[dict[str, np.ndarray], bool]:
    """Columns of the design of a call, one value per effect, and whether there is an intercept."""
    rows = [row - 1 for row in reference["effects"][call["effects"]]["rows"]]
    data = {name: [column[row] for row in rows] for name, column in reference["input"]["columns"].items()}
    if "time" in data:
        # The follow-up as a factor, named so by the reference.
        data.setdefault("tf", [str(int(time)) for time in data["time"]])
    return design(call["mods"], data)
