"""An effect at the reader's own baseline risk: five baselines as a table, and in a page a field to type one."""

from __future__ import annotations

import json
import math

from synthesis.analysis.model import Analysis, PerThousand
from synthesis.analysis.phrases import effect_text, lower_first
from synthesis.certainty.absolute import PER
from synthesis.document.elements import Column, LocalBaseline, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.formatting import integer, interval, more_or_fewer, percent


def local_baseline(analysis: Analysis) -> LocalBaseline:
    """What the pooled effect comes to at other baseline risks.

    Parameters
    ----------
    analysis : Analysis
        Of a measure about risks, with a baseline risk in its question and a known risk in a comparator group.

    Returns
    -------
    LocalBaseline

    Raises
    ------
    UsageError
        If the analysis cannot be put as people per 1,000, or nobody knows over which risks it was studied.
    """
    people, studied, pooled = analysis.per_thousand, analysis.baselines, analysis.pooled
    if people is None or pooled is None:
        raise UsageError(
            f"{analysis.question!r} has no effect as people per 1,000; it needs a pooled odds ratio, risk ratio or "
            "risk difference, and a baseline_risk in the question"
        )
    if studied is None:
        raise UsageError(
            f"{analysis.question!r}: no comparator group's risk is known, so what was studied has no range; "
            "show summary_of_findings instead"
        )
    low, high = round(PER * studied.low), round(PER * studied.high)
    comparator, intervention = (lower_first(side) for side in (analysis.comparator, analysis.intervention))
    natural = MEASURES[pooled.measure].to_natural
    script = {
        "measure": pooled.measure,
        "effect": [_spelt(natural(value)) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)],
        "low": low,
        "high": high,
        "with": f"with {intervention}",
        "without": f"with {comparator}",
    }
    return LocalBaseline(
        table=_table(analysis, studied.at, people, f"{integer(low)} to {integer(high)}"),
        label=f"Where you work, of 1,000 people with {comparator}, how many have this outcome "
        f"({lower_first(analysis.outcome)})?",
        low=low,
        high=high,
        start=round(people.baseline),
        script=json.dumps(script, ensure_ascii=False, separators=(",", ":")),
    )


def _spelt(value: float) -> str:
    """A number that every JSON reader takes, the infinite one too."""
    return repr(float(value)) if math.isfinite(value) else "Infinity"


def _table(analysis: Analysis, rows: tuple[PerThousand, ...], own: PerThousand, studied: str) -> Table:
    level = percent(analysis.models["plan"].ci.level)
    columns = (
        Column(label="Baseline risk", width=2.6),
        Column(label="Without, per 1,000", align="right", width=1),
        Column(label="With, per 1,000", align="right", width=1),
        Column(label=f"Difference per 1,000 ({level} CI)", align="right", width=2.2),
    )
    words = (
        f"Each row applies {effect_text(analysis.models['plan'])} to another risk without "
        f"{lower_first(analysis.intervention)}. In the studies pooled, that risk was {studied} per 1,000 (to whole "
        "percents, outwards). Elsewhere the effect itself may differ."
    )
    return Table(
        id=f"local-baseline-{analysis.question}",
        caption=f"{analysis.title}: what it comes to at other baseline risks",
        columns=columns,
        rows=tuple(_row(row, row.baseline_risk == own.baseline_risk) for row in rows),
        notes=(line(words),),
    )


def _row(row: PerThousand, own: bool) -> Row:
    bounds = interval(more_or_fewer(row.low), more_or_fewer(row.high))
    return Row(
        cells=(
            line(f"{row.baseline_source}{' (used in this briefing)' if own else ''}"),
            line(integer(row.baseline)),
            line(integer(row.intervention)),
            line(f"{more_or_fewer(row.difference)} ({bounds})"),
        ),
        style="total" if own else "body",
    )
