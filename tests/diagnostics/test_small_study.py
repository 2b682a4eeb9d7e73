"""Regression tests for asymmetry."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.diagnostics.small_study import egger_arrays, egger_test, mixed_effects_test
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError

SEI = np.linspace(0.1, 0.6, 10)
NOISE = np.array([0.02, -0.05, 0.04, -0.01, 0.08, -0.1, 0.03, 0.05, -0.12, 0.06])
YI = 0.2 + 1.5 * SEI + NOISE


def test_egger_is_the_regression_of_z_on_precision() -> None:
    found = egger_arrays(YI, SEI**2, SEI)
    # The classical form: standard normal deviate on precision; its intercept is the slope here.
    z, precision = YI / SEI, 1 / SEI
    x = np.column_stack([np.ones(10), precision])
    beta, rss, *_ = np.linalg.lstsq(x, z, rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rss[0] / 8)
    assert (found.slope, found.limit) == (pytest.approx(beta[0]), pytest.approx(beta[1]))
    assert found.test.statistic == pytest.approx(beta[0] / se[0])
    assert (found.test.df, found.notes) == (8, ())
    assert found.test.p < 0.001


def test_no_asymmetry_is_not_found() -> None:
    assert egger_arrays(0.2 + NOISE, SEI**2, SEI).test.p > 0.3


def test_few_studies_are_noted() -> None:
    for found in (egger_arrays(YI[:9], SEI[:9] ** 2, SEI[:9]), mixed_effects_test(YI[:9], SEI[:9] ** 2, SEI[:9])):
        assert [note.code for note in found.notes] == ["few-studies"]


def test_from_effects() -> None:
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"S {i}", yi=float(y), vi=float(s**2), n=None, route="contrast", read=True,
            design="rct", timepoint_months=None, intervention=None, comparator=None,
        )
        for i, (y, s) in enumerate(zip(YI, SEI, strict=True))
    )  # fmt: skip
    assert egger_test(Effects(measure="OR", rows=rows)).slope == pytest.approx(egger_arrays(YI, SEI**2, SEI).slope)


@pytest.mark.parametrize(
    ("yi", "sei", "message"),
    [
        (YI[:2], SEI[:2], "at least 3 effects; found 2"),
        (YI[:4], np.full(4, 0.3), "the same for every study"),
        (np.full(5, 0.2), SEI[:5], "exactly on a line"),
    ],
)
def test_what_cannot_be_tested(yi: np.ndarray, sei: np.ndarray, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        egger_arrays(yi, sei**2, sei)
