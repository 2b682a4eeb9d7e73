"""Mixed models of counts: slow, obvious likelihoods as the standard, laws, and inputs that cannot be used."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import comb

from synthesis.errors import AnalysisError, UnknownKeyError, UsageError
from synthesis.pooling.count_families import Binomial, Hypergeometric, Poisson
from synthesis.pooling.glmm import GLMM_KINDS, fit_glmm

TABLES = {
    "events1": np.array([4.0, 6, 3, 12, 8]),
    "n1": np.array([40.0, 55, 30, 90, 70]),
    "events2": np.array([9.0, 12, 5, 15, 21]),
    "n2": np.array([42.0, 50, 33, 88, 69]),
}
SPREAD = TABLES | {"events1": np.array([2.0, 14, 1, 12, 30]), "events2": np.array([9.0, 5, 8, 15, 12])}
RATES = {
    "events1": np.array([4.0, 6, 3, 12]),
    "time1": np.array([400.0, 550, 300, 900]),
    "events2": np.array([9.0, 12, 5, 15]),
    "time2": np.array([420.0, 500, 330, 880]),
}
ONE_GROUP = {"events": np.array([4.0, 26, 13, 40]), "n": np.array([40.0, 55, 30, 90])}


def is_top(function: Any, point: np.ndarray, steps: tuple[float, ...]) -> bool:
    """Whether every step to either side goes down."""
    moves = [sign * step * np.eye(len(point))[index] for index, step in enumerate(steps) for sign in (1, -1)]
    return all(function(point + move) < function(point) for move in moves)


def test_conditional_likelihood_equals_direct_integration() -> None:
    found = fit_glmm("OR", SPREAD, kind="conditional-exact")
    grid = np.linspace(-9, 9, 301)
    density = stats.norm.pdf(grid) * (grid[1] - grid[0])

    def height(point: np.ndarray) -> float:
        odds = np.exp(point[0] + point[1] * grid)
        total = 0.0
        for x, n1, y, n2 in zip(*SPREAD.values(), strict=True):
            events = int(x + y)
            values = np.arange(max(0, events - int(n2)), min(events, int(n1)) + 1)
            weights = comb(n1, values) * comb(n2, events - values)
            chance = weights[values == x] * odds**x / (weights * odds[:, None] ** values).sum(axis=1)
            total += math.log(float(chance @ density))
        return total

    own = np.array([found.coefficients[0].estimate, math.sqrt(found.tau2.value)])
    assert height(own) == pytest.approx(found.log_likelihood, abs=1e-7)
    assert is_top(height, own, (0.02, 0.02))
    one = stats.nchypergeom_fisher.pmf(4, 82, 40, 13, 1.7)
    family = Hypergeometric.of(*(np.array([value]) for value in (4.0, 40.0, 9.0, 42.0)))
    assert float(family.log_likelihood(np.array([[math.log(1.7)]]))[0, 0]) == pytest.approx(math.log(one), abs=1e-10)


def laplace(theta: np.ndarray) -> float:
    """The Laplace log-likelihood of random study levels, written out study by study."""
    beta, mu, sigma, tau = theta
    loading = np.array([[sigma, tau / 2], [sigma, -tau / 2]])
    total = 0.0
    for x1, n1, x2, n2 in zip(*SPREAD.values(), strict=True):
        x, n, eta, u = np.array([x1, x2]), np.array([n1, n2]), np.array([mu + beta, mu]), np.zeros(2)
        for _ in range(50):
            p = 1 / (1 + np.exp(-(eta + loading @ u)))
            information = np.eye(2) + loading.T @ np.diag(n * p * (1 - p)) @ loading
            u = u + np.linalg.solve(information, loading.T @ (x - n * p) - u)
        total += stats.binom.logpmf(x, n, p).sum() - u @ u / 2 - np.linalg.slogdet(information)[1] / 2
    return float(total)


def test_laplace_approximation_equals_one_written_out() -> None:
    # The reference's program differs from this by up to 1 % of a standard error; see tests/parity/test_counts.py.
    found = fit_glmm("OR", SPREAD, kind="random-study-effects", points=1)
    assert found.study_variance is not None
    beta, sds = found.coefficients[0].estimate, (found.study_variance**0.5, found.tau2.value**0.5)
    level = optimize.minimize_scalar(
        lambda mu: -laplace(np.array([beta, mu, *sds])), bounds=(-5, 0), method="bounded", options={"xatol": 1e-9}
    ).x
    own = np.array([beta, level, *sds])
    assert laplace(own) == pytest.approx(found.log_likelihood, abs=1e-9)
    assert is_top(laplace, own, (1e-3, 1e-3, 1e-3, 1e-3))


@pytest.mark.parametrize(("measure", "data"), [("OR", TABLES), ("IRR", RATES)])
@pytest.mark.parametrize("kind", ["fixed-study-effects", "random-study-effects", "conditional-exact"])
def test_more_points_change_little_and_swapped_arms_change_the_sign(
    measure: str, data: dict[str, Any], kind: str
) -> None:
    few, many = (fit_glmm(measure, data, kind=kind, points=points) for points in (5, 9))
    assert few.coefficients[0].estimate == pytest.approx(many.coefficients[0].estimate, abs=2e-3)
    one, other = ({name[:-1]: data[name] for name in data if name.endswith(side)} for side in "12")
    swapped = {f"{name}1": other[name] for name in other} | {f"{name}2": one[name] for name in one}
    back = fit_glmm(measure, swapped, kind=kind, points=9)
    assert back.coefficients[0].estimate == pytest.approx(-many.coefficients[0].estimate, abs=1e-7)
    assert back.tau2.value == pytest.approx(many.tau2.value, abs=1e-7)
    assert back.log_likelihood == pytest.approx(many.log_likelihood, abs=1e-8)


def test_order_of_studies_and_units_of_moderators_do_not_matter() -> None:
    year = np.array([1990.0, 1995, 2001, 2004, 2011])
    turn = [3, 1, 4, 0, 2]
    plain = fit_glmm("OR", TABLES, moderators={"year": year})
    turned = fit_glmm("OR", {n: c[turn] for n, c in TABLES.items()}, moderators={"year": year[turn]})
    scaled = fit_glmm("OR", TABLES, moderators={"year": year / 1000})
    for other, factor in ((turned, 1), (scaled, 1 / 1000)):
        assert other.coefficients[1].estimate * factor == pytest.approx(plain.coefficients[1].estimate, rel=1e-6)
        assert other.coefficients[1].se * factor == pytest.approx(plain.coefficients[1].se, rel=1e-6)
        assert other.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)


def test_common_effect_of_one_group_is_logistic_regression() -> None:
    found = fit_glmm("PLO", ONE_GROUP, model="common")
    x, n = ONE_GROUP["events"].sum(), ONE_GROUP["n"].sum()
    assert found.coefficients[0].estimate == pytest.approx(math.log(x / (n - x)), abs=1e-10)
    assert found.coefficients[0].se == pytest.approx(math.sqrt(1 / x + 1 / (n - x)), rel=1e-8)
    assert found.tau2.value == 0
    assert found.prediction is None


def test_rates_of_one_group() -> None:
    found = fit_glmm("IRLN", {"events": RATES["events1"], "time": RATES["time1"]}, model="common")
    assert found.coefficients[0].estimate == pytest.approx(math.log(25 / 2150), abs=1e-10)
    assert found.n is None


def test_studies_that_say_nothing_are_left_out_with_a_note() -> None:
    extra = {
        "events1": np.append(TABLES["events1"], [0, 5, np.nan]),
        "n1": np.append(TABLES["n1"], [20, 5, 30]),
        "events2": np.append(TABLES["events2"], [0, 7, 3]),
        "n2": np.append(TABLES["n2"], [20, 7, 30]),
    }
    plain, found = fit_glmm("OR", TABLES), fit_glmm("OR", extra)
    assert found.k == 5
    assert found.coefficients == plain.coefficients
    assert [note.code for note in found.notes[:2]] == ["studies-incomplete", "studies-without-information"]


def test_empty_cells_are_counted_as_they_are() -> None:
    data = TABLES | {"events1": np.array([0.0, 6, 3, 12, 8])}
    found = fit_glmm("OR", data)
    assert found.wald is None
    assert "no-wald-test" in {note.code for note in found.notes}
    assert math.isfinite(found.likelihood_ratio.statistic)


def test_alike_studies_have_no_heterogeneity() -> None:
    data = {
        name: np.repeat(value, 4) for name, value in (("events1", 5.0), ("n1", 40.0), ("events2", 9.0), ("n2", 40.0))
    }
    for kind in ("fixed-study-effects", "conditional-exact", "conditional-approximate"):
        found = fit_glmm("OR", data, kind=kind)
        assert found.tau2.value == 0
        assert "tau2-at-zero" in {note.code for note in found.notes}
        assert found.likelihood_ratio.statistic == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({"events1": np.zeros(5)}, {}, AnalysisError, "no finite estimate"),
        ({"events1": np.zeros(5), "events2": np.zeros(5)}, {}, AnalysisError, "no counts to pool"),
        ({"events1": np.full(5, 200.0)}, {}, AnalysisError, "more events"),
        ({"events1": np.array([4.5, 6, 3, 12, 8])}, {"kind": "conditional-exact"}, AnalysisError, "study 1"),
        ({}, {"moderators": {"a": np.arange(5.0), "b": 2 * np.arange(5.0)}}, AnalysisError, "'b'"),
        ({}, {"kind": "one-group"}, UsageError, "not for OR"),
        ({}, {"kind": "um.fs"}, UnknownKeyError, "kind of mixed model"),
        ({}, {"model": "fixed"}, UsageError, "'random' or 'common'"),
        ({}, {"points": 0}, UsageError, "between 1 and 100"),
        ({}, {"ci": "hartung-knapp"}, UsageError, "'wald' or 't'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(change: Any, options: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        fit_glmm("OR", TABLES | change, **options)


def test_measures_without_a_model_and_too_few_studies() -> None:
    with pytest.raises(AnalysisError, match="no mixed model of counts for MD"):
        fit_glmm("MD", {})
    with pytest.raises(AnalysisError, match="at least 2 studies"):
        fit_glmm("OR", {name: column[:1] for name, column in TABLES.items()})


def test_moments_are_derivatives_of_the_likelihood() -> None:
    x, n = np.array([[3.0, 7.0]]), np.array([[10.0, 9.0]])
    tables = [np.array([value]) for value in (3.0, 10.0, 7.0, 9.0)]
    for family, eta in (
        (Binomial(counts=x, totals=n, offset=np.array([[0.1, -0.2]])), np.array([[0.4, 1.1]])),
        (Poisson(counts=x, offset=np.array([[0.1, -0.2]])), np.array([[0.4, 1.1]])),
        (Hypergeometric.of(*tables), np.array([[0.4]])),
    ):
        mean, variance = family.moments(eta)
        slope = np.imag(family.log_likelihood(eta + 1e-30j)) / 1e-30
        assert slope == pytest.approx(family.counts - mean, rel=1e-12)
        bend = np.imag(family.moments(eta + 1e-30j)[0]) / 1e-30
        assert bend == pytest.approx(variance, rel=1e-12)
        best, spread, height = family.saturated()
        assert family.moments(best)[0] == pytest.approx(family.counts, rel=1e-10)
        assert 1 / spread == pytest.approx(family.moments(best)[1], rel=1e-9)
        assert height == pytest.approx(float(np.real(family.log_likelihood(best)).sum()), abs=1e-12)


def test_every_kind_names_measures_and_a_source() -> None:
    for entry in GLMM_KINDS.values():
        assert entry.measures
        assert entry.reference
