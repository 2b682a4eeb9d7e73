"""The table of conversion steps: every way a printed number may be turned into another, with formula and source."""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.effects.model import Step
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """A kind of conversion: its name, its formula in words and symbols, and where it is described."""

    key: str
    name: str
    formula: str
    source: str


def step(code: str, text: str) -> Step:
    """The step ``code`` with its numbers filled in, and its source from ``STEPS``."""
    return Step(code=code, text=text, source=STEPS[code].source)


STEPS = Registry(
    "conversion step",
    (
        StepKind(
            key="zero-cells",
            name="Correction of an empty cell",
            formula="a constant is added to the four cells of a 2x2 table",
            source="Gart and Zweifel 1967; Cochrane Handbook 10.4.4.1",
        ),
        StepKind(
            key="ci-to-se",
            name="Standard error from a confidence interval",
            formula="SE = (upper − lower) / (2 × critical value), on the log scale for ratios",
            source="Cochrane Handbook 6.3.1 and 6.3.2",
        ),
        StepKind(
            key="p-to-se",
            name="Standard error from a p value",
            formula="SE = |estimate| / (z or t value whose two-sided p is the printed one)",
            source="Cochrane Handbook 6.3.1 and 6.3.2",
        ),
        StepKind(
            key="percent-to-events",
            name="Events from a percentage",
            formula="events = percentage × n / 100, rounded to the nearest whole number, halves upwards",
            source="Cochrane Handbook 6.4.2",
        ),
        StepKind(
            key="percents-and-p",
            name="Effect from two percentages and a p value",
            formula="effect from the two percentages; SE = |effect| / (z value whose two-sided p is the printed one)",
            source="Cochrane Handbook 6.3.2",
        ),
        StepKind(
            key="merge-counts",
            name="Arms merged, counts",
            formula="events and participants are added up",
            source="Cochrane Handbook 23.3.4",
        ),
        StepKind(
            key="merge-means",
            name="Arms merged, means and SDs",
            formula="n = n1 + n2; mean weighted by n; "
            "SD² = [(n1 − 1)SD1² + (n2 − 1)SD2² + n1 n2 (mean1 − mean2)² / n] / (n − 1)",
            source="Cochrane Handbook 6.5.2.10, table 6.5.a",
        ),
        StepKind(
            key="quartiles-to-mean-sd",
            name="Mean and SD from median and quartiles",
            formula="mean = (q1 + median + q3) / 3; SD = (q3 − q1) / (2 Φ⁻¹[(0.75 n − 0.125) / (n + 0.25)])",
            source="Wan et al 2014, scenario C3",
        ),
        StepKind(
            key="range-to-mean-sd",
            name="Mean and SD from median and range",
            formula="mean = (minimum + 2 median + maximum) / 4; SD = (maximum − minimum) / (2 Φ⁻¹[(n − 0.375) / "
            "(n + 0.25)])",
            source="Wan et al 2014, scenario C1",
        ),
        StepKind(
            key="se-to-sd",
            name="SD from the standard error of a mean",
            formula="SD = SE × √n",
            source="Cochrane Handbook 6.5.2.2",
        ),
        StepKind(
            key="ci-to-sd",
            name="SD from the confidence interval of a mean",
            formula="SD = √n × (upper − lower) / (2 × t value with n − 1 degrees of freedom)",
            source="Cochrane Handbook 6.5.2.2",
        ),
        StepKind(
            key="or-to-rr",
            name="Risk ratio from an odds ratio at a baseline risk",
            formula="RR = OR / (1 − risk × (1 − OR))",
            source="Cochrane Handbook 15.4.4.4",
        ),
        StepKind(
            key="rr-to-or",
            name="Odds ratio from a risk ratio at a baseline risk",
            formula="OR = RR (1 − risk) / (1 − RR × risk)",
            source="Cochrane Handbook 15.4.4.4, solved for the odds ratio",
        ),
        StepKind(
            key="lnor-to-smd",
            name="SMD from a log odds ratio",
            formula="SMD = ln OR × √3 / π; variance × 3 / π²",
            source="Hasselblad and Hedges 1995; Chinn 2000; Cochrane Handbook 10.6",
        ),
        StepKind(
            key="smd-to-lnor",
            name="Log odds ratio from an SMD",
            formula="ln OR = SMD × π / √3; variance × π² / 3",
            source="Hasselblad and Hedges 1995; Chinn 2000; Cochrane Handbook 10.6",
        ),
        StepKind(
            key="swap-arms",
            name="Direction turned round",
            formula="the arms change places: yi changes sign, vi stays",
            source="follows from the definition of the effect measures",
        ),
    ),
)
