"""Hard and impossible inputs: every statistic ends in a result without silent gaps, or in an error that says why.

Warnings are errors in this suite, so nothing may come from deep inside NumPy either.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from synthesis.diagnostics.bootstrap import bootstrap
from synthesis.diagnostics.cumulative import cumulative
from synthesis.diagnostics.excess_significance import excess_significance
from synthesis.diagnostics.fail_safe import fail_safe_n, orwin_n
from synthesis.diagnostics.gosh import gosh
from synthesis.diagnostics.heterogeneity_plots import baujat, radial
from synthesis.diagnostics.influence import influence
from synthesis.diagnostics.leave_one_out import leave_one_out
from synthesis.diagnostics.model_fit import fit_model
from synthesis.diagnostics.permutation import permutation_test
from synthesis.diagnostics.rank_test import rank_test
from synthesis.diagnostics.residuals import residuals
from synthesis.diagnostics.selection_model import selection_model
from synthesis.diagnostics.small_study import egger_test, mixed_effects_test
from synthesis.diagnostics.study_effects import study_effects
from synthesis.diagnostics.subgroups import subgroups
from synthesis.diagnostics.trim_and_fill import trim_and_fill
from synthesis.effects.model import Effects
from synthesis.errors import SynthesisError
from synthesis.pooling.batch import pool_many
from synthesis.pooling.glmm import fit_glmm
from synthesis.pooling.mantel_haenszel import pool_tables
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.pool import pool
from synthesis.pooling.random_terms import Shared
from synthesis.pooling.regression import regress
from synthesis.pooling.robust import robust
from synthesis.pooling.table_tests import table_tests

Statistic = Callable[[Effects], Any]


def _levels(e: Effects) -> Any:
    groups = tuple(str(index // 2) for index in range(len(e)))
    return fit_multilevel(e.yi, e.vi, [Shared(name="study", groups=groups)])


STATISTICS: dict[str, Statistic] = {
    "pool": pool,
    "pool DL": lambda e: pool(e, tau2="DL", ci="wald"),
    "pool common": lambda e: pool(e, model="common", ci="wald"),
    "pool many": lambda e: pool_many(e.yi[None, :], e.vi[None, :]),
    "regress": lambda e: regress(e.yi, e.vi, {"x": np.arange(len(e), dtype=float)}),
    "multilevel": _levels,
    "robust": lambda e: robust(_levels(e), [str(index // 2) for index in range(len(e))]),
    "leave one out": leave_one_out,
    "influence": influence,
    "cumulative": lambda e: cumulative(e, list(range(len(e)))),
    "residuals": lambda e: residuals(fit_model(e)),
    "study effects": lambda e: study_effects(fit_model(e)),
    "baujat": lambda e: baujat(fit_model(e)),
    "radial": lambda e: radial(fit_model(e)),
    "egger": egger_test,
    "mixed-effects test": lambda e: mixed_effects_test(e.yi, e.vi, np.sqrt(np.abs(e.vi))),
    "rank test": rank_test,
    "trim and fill": trim_and_fill,
    "selection model": lambda e: selection_model(e, steps=(0.025,)),
    "excess significance": excess_significance,
    "fail-safe": fail_safe_n,
    "orwin": lambda e: orwin_n(e, 0.1),
    "subgroups": lambda e: subgroups(e, [str(index % 2) for index in range(len(e))], ci="wald"),
    "permutation": lambda e: permutation_test(e.yi, e.vi, draws=50),
    "bootstrap": lambda e: bootstrap(e, draws=20),
    "gosh": lambda e: gosh(e, subsets=50),
}

POSSIBLE = {
    "one": ([0.3], [0.1]),
    "two": ([0.3, 0.5], [0.1, 0.05]),
    "two alike": ([0.3, 0.3], [0.1, 0.1]),
    "identical": ([0.25] * 7, [0.02, 0.5, 0.1, 0.07, 0.3, 0.2, 0.05]),
    "equal variances": ([0.1, 0.9, -0.4, 0.5, 0.2], [0.1] * 5),
    "ratio 1e8": ([0.1, 0.5, -0.3, 0.8, 2.0, 0.4], [1e-6, 1e-4, 1e-2, 1.0, 100.0, 0.1]),
    "tau2 at 0": ([0.30, 0.31, 0.29, 0.30, 0.305], [0.1, 0.2, 0.15, 0.3, 0.12]),
    "far apart": ([-1000.0, 0.0, 1000.0, 10.0], [1e-3, 1e-3, 1e-3, 2e-3]),
    "tiny": ([1e-9, 3e-9, 2e-9, 5e-9], [1e-18, 2e-18, 1e-18, 3e-18]),
    "huge": ([1e9, 3e9, 2e9, 5e9], [1e18, 2e18, 1e18, 3e18]),
}
IMPOSSIBLE = {
    "none": ([], []),
    "missing effect": ([0.1, math.nan, 0.3, 0.2], [0.1, 0.1, 0.1, 0.2]),
    "infinite effect": ([0.1, math.inf, 0.3, 0.2], [0.1, 0.1, 0.1, 0.2]),
    "missing variance": ([0.1, 0.2, 0.3, 0.2], [0.1, math.nan, 0.1, 0.2]),
    "infinite variance": ([0.1, 0.2, 0.3, 0.2], [0.1, math.inf, 0.1, 0.2]),
    "negative variance": ([0.1, 0.2, 0.3, 0.2], [0.1, -0.1, 0.1, 0.2]),
    "zero variance": ([0.1, 0.2, 0.3, 0.2], [0.1, 0.0, 0.1, 0.2]),
}


def gaps(value: Any, path: str = "") -> list[str]:
    """Places in a result where a number is not one."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [gap for f in dataclasses.fields(value) for gap in gaps(getattr(value, f.name), f"{path}.{f.name}")]
    if isinstance(value, tuple | list):
        return [gap for index, part in enumerate(value) for gap in gaps(part, f"{path}[{index}]")]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return [path] if np.isnan(value).any() else []
    return [path] if isinstance(value, float) and math.isnan(value) else []


# Numbers that are undefined in a case, and said to be so in the docstring of the field.
UNDEFINED = {"missing_se": "trim and fill", "deleted": "residuals", "deleted_se": "residuals", "external": "residuals",
             "residual": "influence"}  # fmt: skip


@pytest.mark.parametrize("case", POSSIBLE)
@pytest.mark.parametrize("name", STATISTICS)
def test_hard_inputs_end_in_a_result_or_a_reason(name: str, case: str, plain_effects: Callable[..., Effects]) -> None:
    try:
        found = STATISTICS[name](plain_effects(*POSSIBLE[case]))
    except SynthesisError as error:
        assert len(str(error)) > 20
        return
    undefined = [gap for gap in gaps(found) if UNDEFINED.get(gap.rpartition(".")[2]) != name]
    assert undefined == []


@pytest.mark.parametrize("case", IMPOSSIBLE)
@pytest.mark.parametrize("name", STATISTICS)
def test_impossible_inputs_are_refused_naming_the_row(
    name: str, case: str, plain_effects: Callable[..., Effects]
) -> None:
    with pytest.raises(SynthesisError) as caught:
        STATISTICS[name](plain_effects(*IMPOSSIBLE[case]))
    if case != "none":
        # Rows are named by their place, counted from 1, or by the label of the study.
        assert any(word in str(caught.value) for word in ("effect 2", "study 2", "Study B", "row 2")), caught.value


NONE = np.zeros(4)
COUNTS = {"events1": NONE, "n1": NONE + 30, "events2": NONE, "n2": NONE + 30}
HARD_TABLES: dict[str, dict[str, np.ndarray]] = {
    "no events": COUNTS,
    "events only": COUNTS | {"events1": NONE + 30, "events2": NONE + 30},
    "one arm without events": COUNTS | {"events2": np.array([1.0, 5, 0, 2])},
    "double zeros beside others": COUNTS | {"events1": np.array([0.0, 3, 0, 4]), "events2": np.array([0.0, 5, 1, 2])},
    "missing": COUNTS | {"events1": np.array([2.0, np.nan, 3, 1]), "events2": np.array([4.0, 5, 1, 2])},
    "all missing": COUNTS | {"events1": NONE + np.nan},
    "nobody": {name: np.empty(0) for name in COUNTS},
    "negative": COUNTS | {"events1": NONE - 1},
    "more events than people": COUNTS | {"events1": NONE + 31},
}


@pytest.mark.parametrize("case", HARD_TABLES)
@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO"])
def test_hard_tables_end_in_a_result_or_a_reason(measure: str, case: str) -> None:
    for statistic in (pool_tables, fit_glmm, table_tests) if measure == "OR" else (pool_tables,):
        try:
            found = statistic(measure, HARD_TABLES[case])
        except SynthesisError as error:
            assert len(str(error)) > 20
            continue
        assert gaps(found) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"x": np.ones(5)},
        {"x": np.arange(5.0), "y": 2 * np.arange(5.0) + 1},
        {"x": np.array([1.0, np.nan, 2, 3, 4])},
        {f"x{index}": np.eye(5)[index] for index in range(4)} | {"z": np.arange(5.0)},
    ],
)
def test_moderators_that_cannot_be_told_apart_are_named(columns: dict[str, np.ndarray]) -> None:
    for fit in (regress, permutation_test):
        with pytest.raises(SynthesisError, match=r"'?[xyz]|coefficients need"):
            fit(np.arange(5.0), np.ones(5), columns)


def test_fewer_clusters_than_coefficients_are_refused() -> None:
    x, groups = np.arange(6.0), tuple("aaabbb")
    fitted = fit_multilevel(x, np.ones(6), [Shared(name="study", groups=groups)], moderators={"x": x**2})
    with pytest.raises(SynthesisError, match="2 coefficients need at least 3 clusters; found 2"):
        robust(fitted, list("aaabbb"))
