"""The recorded judgements of risk of bias that apply to the results an analysis uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from synthesis.analysis.model import Analysis
from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.effects.model import EffectRow
from synthesis.evidence.study import RiskOfBias, Study


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...


def risk_of_bias(analysis: Analysis, evidence: Records, *, tool: str = "rob2") -> Judgements:
    """Who judged what about the results in an analysis; what nobody judged stays empty.

    Parameters
    ----------
    analysis : Analysis
        With at least one pooled study.
    evidence : Evidence
    tool : str
        Key of a risk-of-bias tool. Judgements made with another tool are not shown.

    Returns
    -------
    Judgements
        One study per row of the analysis, with its weight under the plan's model.

    Raises
    ------
    UnknownKeyError
        For an unknown tool, or a domain or level that the tool does not have.
    UsageError
        If nothing was pooled.
    """
    key = ROB_TOOLS[tool].key
    weights = analysis.pooled.weights if analysis.pooled is not None else ()
    studies = tuple(
        _judged(row, evidence.studies[row.study].risk_of_bias, key, weight)
        for row, weight in zip(analysis.effects, weights, strict=True)
    )
    return Judgements(id=analysis.question, title=analysis.title, tool=key, studies=studies)


def _judged(row: EffectRow, recorded: tuple[RiskOfBias, ...], tool: str, weight: float) -> JudgedStudy:
    found = next((item for item in recorded if item.tool == tool and row.result in item.results), None)
    if found is None:
        return JudgedStudy(study=row.study, label=row.label, domains={}, weight=weight)
    return JudgedStudy(
        study=row.study,
        label=row.label,
        domains={domain: judgement.level for domain, judgement in found.domains.items()},
        overall=found.overall.level,
        weight=weight,
    )
