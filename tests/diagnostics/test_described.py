"""Every result shows itself: one line, a small table with headers, a data frame, and sentences from the fit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from synthesis.analysis.meta_regression import predict, regress
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
from synthesis.document.results import Listing, Result, figures, html, scalars
from synthesis.effects.model import Effects
from synthesis.pooling import regression
from synthesis.pooling.batch import pool_many
from synthesis.pooling.glmm import fit_glmm
from synthesis.pooling.likelihood import likelihood, likelihood_ratio_test
from synthesis.pooling.mantel_haenszel import pool_tables
from synthesis.pooling.model import Note, Pooled
from synthesis.pooling.multilevel import fit_multilevel
from synthesis.pooling.network import network
from synthesis.pooling.pool import pool, pool_arrays
from synthesis.pooling.random_terms import nested
from synthesis.pooling.regression import joint_test
from synthesis.pooling.robust import robust
from synthesis.pooling.table_tests import table_tests

Y = np.array([0.12, 0.58, 0.31, -0.2, 0.77, 0.4, 0.9, 0.05])
V = np.array([0.04, 0.09, 0.02, 0.05, 0.11, 0.03, 0.2, 0.02])
X = np.arange(8.0)
TABLES = {
    "events1": [4.0, 6, 3, 12], "n1": [40.0, 55, 30, 90], "events2": [9.0, 12, 5, 15], "n2": [42.0, 50, 33, 88],
}  # fmt: skip
RATES = {"events1": [4.0, 6, 3], "time1": [40.0, 55, 30], "events2": [9.0, 12, 5], "time2": [42.0, 50, 33]}


def _levels() -> Any:
    return fit_multilevel(Y, V, nested({"district": list("aabbccdd"), "school": list("abcdefgh")}))


RESULTS: dict[str, Callable[[Effects], Any]] = {
    "pooled": pool,
    "common": lambda e: pool(e, model="common", ci="wald"),
    "fixed tau2": lambda e: pool(e, tau2=0.1),
    "one study": lambda e: pool_arrays([0.3], [0.1], measure="OR"),
    "ratio": lambda e: pool_arrays(Y, V, measure="RR"),
    "tables": lambda e: pool_tables("OR", TABLES),
    "peto": lambda e: pool_tables("PETO", TABLES),
    "regression": lambda e: regression.regress(Y, V, {"x": X}),
    "regression common": lambda e: regression.regress(Y, V, {"x": X}, model="common", ci="wald"),
    "formula": lambda e: regress(e, "~ dose", {"dose": list(X)}),
    "predicted": lambda e: predict(regress(e, "~ dose", {"dose": list(X)}), {"dose": 2.0}),
    "multilevel": lambda e: _levels(),
    "robust": lambda e: robust(_levels(), list("aabbccdd")),
    "glmm": lambda e: fit_glmm("OR", TABLES),
    "glmm laplace": lambda e: fit_glmm("OR", TABLES, kind="random-study-effects", points=1),
    "network": lambda e: network(Y, V, list("aabbccdd"), list("xyxyxzyz"), reference="x"),
    "many": lambda e: pool_many(np.array([Y, Y]), np.array([V, V])),
    "egger": egger_test,
    "mixed-effects": lambda e: mixed_effects_test(Y, V, np.sqrt(V)),
    "rank": rank_test,
    "trim and fill": trim_and_fill,
    "selection": lambda e: selection_model(e, steps=(0.025,)),
    "excess": excess_significance,
    "fail-safe": fail_safe_n,
    "orwin": lambda e: orwin_n(e, 0.05),
    "subgroups": lambda e: subgroups(e, list("aaaabbbb")),
    "permutation": lambda e: permutation_test(Y, V, {"x": X}, draws=50),
    "bootstrap": lambda e: bootstrap(e, draws=50),
    "gosh": lambda e: gosh(e),
    "effects": lambda e: e,
    "no effects": lambda e: replace(e, rows=()),
    "joint test": lambda e: joint_test(regression.regress(Y, V, {"x": X}), ["x"]),
    "likelihood": lambda e: likelihood(Y, V, np.ones((8, 1)), tau2=0.1, restricted=True),
    "likelihood ratio": lambda e: likelihood_ratio_test(Y, V, {"x": X}, {}),
    "table tests": lambda e: table_tests("OR", TABLES),
    "rate tests": lambda e: table_tests("IRR", RATES),
}
LISTINGS: dict[str, Callable[[Effects], Any]] = {
    "leave one out": leave_one_out,
    "influence": influence,
    "cumulative": lambda e: cumulative(e, list(X)),
    "residuals": lambda e: residuals(fit_model(e)),
    "study effects": lambda e: study_effects(fit_model(e)),
    "baujat": lambda e: baujat(fit_model(e)),
    "radial": lambda e: radial(fit_model(e)),
}


class Outline(HTMLParser):
    """Captions, header cells and rows of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs).get("scope")))


@pytest.fixture(scope="module")
def effects(plain_effects: Callable[..., Effects]) -> Effects:
    return plain_effects(Y, V)


@pytest.mark.parametrize("name", [*RESULTS, *LISTINGS])
def test_a_result_is_a_table_with_headers_and_a_frame(name: str, effects: Effects) -> None:
    found = (RESULTS | LISTINGS)[name](effects)
    outline = Outline()
    outline.feed(found._repr_html_())
    table = found.to_frame()
    assert outline.tags.count(("caption", None)) == 1
    assert outline.tags.count(("th", "col")) == len(table.columns)
    assert outline.tags.count(("th", "row")) == len(table) > 0
    assert all(str(column).isidentifier() for column in table.columns)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_one_line_and_says_how_it_was_obtained(name: str, effects: Effects) -> None:
    found = RESULTS[name](effects)
    assert isinstance(found, Result)
    assert repr(found) == str(found)
    assert "\n" not in repr(found) and len(repr(found)) < 200
    assert repr(found).startswith(f"<{type(found).__name__}: ")
    said = found.describe()
    assert said.endswith("(see CITATION.cff).")
    assert said[0].isupper() or said[0].isdigit()
    for note in getattr(found, "notes", ()):
        assert note.text in said
    for gap in ("None", "nan", "  ", "{", "}"):
        assert gap not in said + repr(found)


def test_the_sentences_follow_the_fit(effects: Effects) -> None:
    said = pool(effects, tau2="DL", ci="hartung-knapp", level=0.9).describe()
    for words in ("DerSimonian-Laird", "90% confidence interval is Hartung-Knapp", "7 degrees of freedom", "Q profile"):
        assert words in said
    common = pool(effects, model="common", ci="wald").describe()
    assert "common-effect" in common and "variance between studies" not in common
    assert "on the log scale" in RESULTS["ratio"](effects).describe()
    assert "Mantel-Haenszel method" in RESULTS["tables"](effects).describe()
    assert "Peto's method" in RESULTS["peto"](effects).describe()
    assert "Laplace approximation" in RESULTS["glmm laplace"](effects).describe()


def test_frames_hold_unrounded_numbers(effects: Effects) -> None:
    found: Pooled = pool(effects)
    table = found.to_frame().set_index("quantity")
    assert table.loc["Pooled effect", "estimate"] == found.estimate
    assert table.loc["τ²", "low"] == found.tau2.interval.low  # type: ignore[union-attr]
    ratio = RESULTS["ratio"](effects).to_frame().set_index("quantity")
    assert ratio.loc["Risk ratio", "estimate"] == pytest.approx(np.exp(found.estimate))


def test_listings_are_tuples(effects: Effects) -> None:
    found = leave_one_out(effects)
    assert isinstance(found, Listing) and found == tuple(found) and len(found) == 8


def test_text_is_escaped() -> None:
    shown = html("<script>", [{"name": "<img src=x>", "p": 0.04, "yes": True, "none": None}], ["a < b"])
    assert "<script>" not in shown and "<img" not in shown and "a &lt; b" in shown
    with pytest.raises(TypeError, match="no fields"):
        scalars(1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (12.0, "12"), (0.35557, "0.3556"), (-1234.567, "−1,235"), (3.2e-9, "3.200×10^-9"),
     (0.00123, "0.001230"), (float("inf"), "not estimable"), (2.5e7, "2.500×10^7"), (123456.78, "123,457")],
)  # fmt: skip
def test_four_figures(value: float, expected: str) -> None:
    assert figures(value) == expected


def test_pandas_is_loaded_only_when_a_frame_is_asked_for() -> None:
    code = (
        "import sys; from synthesis.pooling.pool import pool_arrays; p = pool_arrays([0.1, 0.5, 0.4], [0.1, 0.2, 0.1]);"
        "repr(p), p._repr_html_(), p.describe(); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_result_without_notes_has_none_to_show() -> None:
    @dataclass(frozen=True)
    class Plain:
        x: float
        note: Note | None = None

    assert scalars(Plain(1.0)) == {"x": 1.0, "note": None}
