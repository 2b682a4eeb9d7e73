"""Effects from plain numbers, and comparing whole results that were computed in different orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from synthesis.effects.model import EffectRow, Effects


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, tuple):
        parts = {str(index): part for index, part in enumerate(value)}
    else:
        return {path: value}
    return {key: leaf for name, part in parts.items() for key, leaf in _leaves(part, f"{path}.{name}").items()}


@pytest.fixture(scope="session")
def same() -> Callable[[Any, Any], bool]:
    """Whether two results agree in everything but rounding and the number of steps a search took."""

    def agree(one: Any, other: Any) -> bool:
        a, b = _leaves(one), _leaves(other)
        keys = {key for key in a if not key.endswith(".iterations")}
        if keys != {key for key in b if not key.endswith(".iterations")}:
            return False
        return all(
            a[key] == (pytest.approx(b[key], rel=1e-9, abs=1e-12) if isinstance(b[key], float) else b[key])
            for key in keys
        )

    return agree


@pytest.fixture(scope="session")
def plain_effects() -> Callable[[Sequence[float], Sequence[float]], Effects]:
    """yi and vi as ``Effects``, studies named A, B, C, ..."""

    def build(yi: Sequence[float], vi: Sequence[float]) -> Effects:
        rows = (
            EffectRow(
                study=f"study{index}", result="result", label=f"Study {chr(65 + index)}", yi=float(y), vi=float(v),
                n=None, route="contrast", read=True, design="rct", timepoint_months=None, intervention=None,
                comparator=None,
            )
            for index, (y, v) in enumerate(zip(yi, vi, strict=True))
        )  # fmt: skip
        return Effects(measure="MD", rows=tuple(rows))

    return build
