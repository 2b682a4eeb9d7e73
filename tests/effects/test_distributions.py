"""Reference distributions against tabled values."""

from __future__ import annotations

import pytest

from synthesis.effects.distributions import (
    chi2_quantile,
    chi2_upper_p,
    critical_value,
    f_upper_p,
    statistic_from_p,
    two_sided_p,
)


def test_tabled_values() -> None:
    assert critical_value(0.95) == pytest.approx(1.959963984540054, rel=1e-14)
    assert critical_value(0.95, 9) == pytest.approx(2.262157162740992, rel=1e-9)
    assert two_sided_p(-1.959963984540054) == pytest.approx(0.05, rel=1e-12)
    assert two_sided_p(2.262157162740992, 9) == pytest.approx(0.05, rel=1e-9)
    assert chi2_quantile(0.95, 1) == pytest.approx(critical_value(0.95) ** 2, rel=1e-12)
    assert chi2_upper_p(3.841458820694124, 1) == pytest.approx(0.05, rel=1e-12)
    assert chi2_upper_p(0, 0) == 1
    # With one numerator degree of freedom F is the square of t.
    assert f_upper_p(2.262157162740992**2, 1, 9) == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize("df", [None, 1, 4, 50])
@pytest.mark.parametrize("p", [1e-9, 0.003, 0.5, 0.99])
def test_p_and_statistic_are_inverse(p: float, df: float | None) -> None:
    assert two_sided_p(statistic_from_p(p, df), df) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(("level", "message"), [(95, "for 95% write 0.95"), (1.0, "between 0 and 1"), (0, "between")])
def test_a_percentage_is_not_a_level(level: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        critical_value(level)
