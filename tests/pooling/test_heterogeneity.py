"""Q, I2 and H2."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.pooling.heterogeneity import cochran_q, heterogeneity, typical_variance
from synthesis.pooling.model import Interval

YI = np.array([0.1, 0.9, 0.4, -0.3])
VI = np.array([0.02, 0.05, 0.04, 0.10])


def test_definitions_written_out() -> None:
    w = 1 / VI
    q = np.sum(w * (YI - np.sum(w * YI) / w.sum()) ** 2)
    typical = 3 * w.sum() / (w.sum() ** 2 - np.sum(w**2))
    interval = Interval(low=0.0, high=1.0, level=0.95, method="q-profile")
    found = heterogeneity(YI, VI, tau2=0.2, tau2_interval=interval, common=False)
    assert found.q == cochran_q(YI, VI) == pytest.approx(q, rel=1e-12)
    assert typical_variance(VI) == pytest.approx(typical, rel=1e-12)
    assert (found.df, found.i2_q) == (3, pytest.approx((q - 3) / q))
    assert found.i2 == pytest.approx(0.2 / (0.2 + typical))
    assert found.h2 == pytest.approx(0.2 / typical + 1)
    assert found.i2_interval is not None
    assert found.h2_interval is not None
    assert (found.i2_interval.low, found.i2_interval.high) == (0, pytest.approx(1 / (1 + typical)))
    assert (found.h2_interval.low, found.h2_interval.high) == (1, pytest.approx(1 / typical + 1))


def test_common_effect_uses_q() -> None:
    found = heterogeneity(YI, VI, tau2=0.0, tau2_interval=None, common=True)
    assert found.i2 == found.i2_q > 0
    assert found.h2 == pytest.approx(found.q / 3)
    assert found.i2_interval is None


def test_one_study_has_no_heterogeneity() -> None:
    found = heterogeneity(YI[:1], VI[:1], tau2=0.0, tau2_interval=None, common=False)
    assert (found.q, found.df, found.p, found.i2, found.h2) == (0, 0, 1, 0, 1)
