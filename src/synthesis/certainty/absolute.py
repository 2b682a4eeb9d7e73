"""An effect as people per 1,000 at a stated baseline risk."""

from __future__ import annotations

from collections.abc import Callable

from synthesis.errors import AnalysisError

PER = 1000


def risk_with(measure: str, effect: float, baseline: float) -> float:
    """The risk with the intervention.

    Parameters
    ----------
    measure : {"RR", "OR", "RD"}
    effect : float
        On the natural scale.
    baseline : float
        Risk without the intervention, a share strictly between 0 and 1.

    Returns
    -------
    float
        A share, kept within 0 and 1 (a risk ratio can point beyond 1 at a high baseline risk).

    Raises
    ------
    AnalysisError
        If the measure says nothing about risks, or the baseline risk is not a share.

    References
    ----------
    Cochrane Handbook, sections 14.1.5.2 (risk ratio, odds ratio) and 15.4.4.
    """
    if measure not in RISKS:
        raise AnalysisError(f"a {measure} cannot be put as people per 1,000; {', '.join(sorted(RISKS))} can")
    if not 0 < baseline < 1:
        raise AnalysisError(f"baseline risk is {baseline:g}; it must lie between 0 and 1")
    return min(1.0, max(0.0, RISKS[measure](effect, baseline)))


RISKS: dict[str, Callable[[float, float], float]] = {
    "RR": lambda effect, baseline: effect * baseline,
    "OR": lambda effect, baseline: baseline * effect / (1 - baseline + baseline * effect),
    "RD": lambda effect, baseline: baseline + effect,
}
