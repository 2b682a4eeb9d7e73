"""Comparing whole results that were computed in different orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest


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
