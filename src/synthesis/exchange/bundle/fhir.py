"""Pooled results as FHIR Evidence resources: an experimental export, for programs that read FHIR R5.

The resource is still changing: ``experimental`` is set in each, and ``FORM`` names the form written here, so that a
later one can be told from it.

References
----------
HL7 FHIR R5, Evidence; STATO, the statistics ontology, for the codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from synthesis.analysis.model import Analysis
from synthesis.effects.measures import MEASURES
from synthesis.pooling.model import Pooled

FORM = "r5-2026-11"
_RATINGS = "http://terminology.hl7.org/CodeSystem/certainty-rating"
_STATO = "http://purl.obolibrary.org/obo/stato.owl"
# STATO classes; a measure that is not here is named in words.
_MEASURE_CODES = {
    "OR": "STATO_0000182",
    "RR": "STATO_0000245",
    "HR": "STATO_0000677",
    "MD": "STATO_0000457",
    "SMD": "STATO_0000100",
}
_CI_CODE = "STATO_0000196"
_TAU2_CODE = "STATO_0000421"


def fhir_evidence(analyses: Iterable[Analysis], *, briefing: str, edition: str, date: str, base: str) -> dict[str, Any]:
    """A FHIR Bundle with one Evidence resource for each question that was pooled.

    Parameters
    ----------
    analyses : iterable of Analysis
    briefing, edition, date : str
        Id of the briefing, name of the edition, ISO date of issue.
    base : str
        Start of the identifiers, the same in every edition.
    """
    entries = [
        {"fullUrl": f"{base}:{analysis.question}", "resource": _evidence(analysis, pooled, edition, date, base)}
        for analysis in analyses
        if (pooled := analysis.pooled) is not None
    ]
    return {"resourceType": "Bundle", "id": f"{briefing}-{edition}", "type": "collection", "entry": entries}


def _evidence(analysis: Analysis, pooled: Pooled, edition: str, date: str, base: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "Evidence",
        "id": analysis.question[:64],
        "identifier": [{"system": base, "value": analysis.question}],
        "version": edition,
        "title": analysis.title,
        "status": "draft",
        "experimental": True,
        "date": date,
        "description": analysis.text,
        "note": [{"text": f"Experimental export, form {FORM}."}],
        "variableDefinition": [
            _variable("population", analysis.population),
            _variable("exposure", f"{analysis.intervention} compared with {analysis.comparator}"),
            _variable("outcome", analysis.outcome),
        ],
        "synthesisType": {"text": "meta-analysis"},
        "statistic": [_statistic(pooled)],
    }
    if analysis.certainty.level is not None:
        found["certainty"] = [_certainty(analysis)]
    return found


def _variable(role: str, text: str) -> dict[str, Any]:
    return {"description": text, "variableRole": {"text": role}}


def _statistic(pooled: Pooled) -> dict[str, Any]:
    measure = MEASURES[pooled.measure]
    kind: dict[str, Any] = {"text": measure.label}
    if pooled.measure in _MEASURE_CODES:
        kind["coding"] = [{"system": _STATO, "code": _MEASURE_CODES[pooled.measure]}]
    size: dict[str, Any] = {"numberOfStudies": pooled.k}
    if pooled.n is not None:
        size["numberOfParticipants"] = round(pooled.n)
    low, high = measure.to_natural(pooled.ci.low), measure.to_natural(pooled.ci.high)
    interval = {
        "type": {"text": "confidence interval", "coding": [{"system": _STATO, "code": _CI_CODE}]},
        "level": pooled.ci.level,
        "range": {"low": {"value": low}, "high": {"value": high}},
    }
    spread = {
        "type": {
            "text": "variance between studies (analysis scale)",
            "coding": [{"system": _STATO, "code": _TAU2_CODE}],
        },
        "quantity": {"value": pooled.tau2.value},
    }
    return {
        "statisticType": kind,
        "quantity": {"value": measure.to_natural(pooled.estimate)},
        "sampleSize": size,
        "attributeEstimate": [interval, spread],
    }


def _certainty(analysis: Analysis) -> dict[str, Any]:
    found = analysis.certainty
    parts = [
        {"type": {"text": item.label}, "rating": {"text": f"{item.change:+d}" if item.change else "no change"},
         "note": [{"text": item.reason}]}
        for item in found.domains
        if item.change is not None
    ]  # fmt: skip
    rating: dict[str, Any] = {"text": found.word, "coding": [{"system": _RATINGS, "code": found.level}]}
    whole: dict[str, Any] = {"type": {"text": "overall certainty (GRADE)"}, "rating": rating, "subcomponent": parts}
    if found.by is not None:
        whole["rater"] = found.by
    return whole
