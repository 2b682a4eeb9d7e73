"""Vectorised quantities against matrix algebra written out."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.pooling.generalised_q import GeneralisedQ

RNG = np.random.default_rng(7)
YI, VI = RNG.normal(size=8), RNG.uniform(0.02, 0.5, size=8)
DESIGNS = {
    "intercept": np.ones((8, 1)),
    "moderator": np.column_stack([np.ones(8), np.linspace(1900, 1970, 8)]),
    "moderator without intercept": np.linspace(1, 3, 8)[:, None],
}
TAU2 = np.array([0.0, 0.04, 3.0])


def explicit(yi: np.ndarray, vi: np.ndarray, x: np.ndarray, tau2: float) -> tuple[np.ndarray, np.ndarray]:
    w = np.diag(1 / (vi + tau2))
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    return w, p


@pytest.mark.parametrize("name", DESIGNS)
def test_against_matrix_algebra(name: str) -> None:
    x = DESIGNS[name]
    generalised = GeneralisedQ(YI, VI, x)
    for restricted in (True, False):
        score = generalised.score(TAU2, restricted=restricted)
        for index, tau2 in enumerate(TAU2):
            w, p = explicit(YI, VI, x, tau2)
            expected = YI @ p @ p @ YI - np.trace(p if restricted else w)
            assert score[index] == pytest.approx(expected, rel=1e-8)
            assert generalised.q(TAU2)[index] == pytest.approx(YI @ p @ YI, rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_likelihood_differences(name: str) -> None:
    x = DESIGNS[name]

    def explicit_ll(tau2: float, restricted: bool) -> float:
        w, p = explicit(YI, VI, x, tau2)
        value = np.linalg.slogdet(w)[1] - YI @ p @ YI
        return float(value - np.linalg.slogdet(x.T @ w @ x)[1] if restricted else value) / 2

    for restricted in (True, False):
        found = np.diff(GeneralisedQ(YI, VI, x).log_likelihood(TAU2, restricted=restricted))
        expected = np.diff([explicit_ll(tau2, restricted) for tau2 in TAU2])
        assert found == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("restricted", [True, False])
def test_score_is_negative_beyond_its_bound(restricted: bool) -> None:
    for scale in (0.01, 1.0, 100.0):
        generalised = GeneralisedQ(scale * YI, VI, DESIGNS["intercept"])
        beyond = generalised.score_bound(restricted=restricted) * np.array([1.0, 1.5, 10, 1e4]) + 1e-9
        assert (generalised.score(beyond, restricted=restricted) <= 0).all()
