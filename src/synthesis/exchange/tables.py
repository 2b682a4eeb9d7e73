"""Tidy tables of effects and evidence, and CSV that no spreadsheet will run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from synthesis.analysis.model import Analysis
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Excluded, Group
from synthesis.evidence.study import Study

if TYPE_CHECKING:
    import pandas

Cell = str | float | int | None

# What a spreadsheet takes for the start of a formula (OWASP, CSV injection), the full-width forms among them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...


EFFECT_COLUMNS = {
    "question": "id of the question",
    "analysis": "plan, or the id of a sensitivity analysis",
    "study": "id of the study record",
    "label": "study as named in print",
    "status": "included or excluded",
    "reason": "why it is excluded",
    "result": "id of the result in the record",
    "design": "design of the study",
    "timepoint_months": "months from baseline",
    "measure": "effect measure",
    "yi": "effect on the analysis scale (log for ratios)",
    "vi": "sampling variance of yi",
    "effect": "effect on the natural scale",
    "low": "lower 95% confidence limit, natural scale",
    "high": "upper 95% confidence limit, natural scale",
    "weight": "share of the weight under the plan's model",
    "n": "participants",
    "intervention": "label of the intervention side",
    "intervention_events": "events there",
    "intervention_n": "people there",
    "comparator": "label of the comparator side",
    "comparator_events": "events there",
    "comparator_n": "people there",
    "route": "which printed numbers were used",
    "steps": "every conversion step",
    "notes": "what a reader of this row should know",
    "read": "yes if every number used was read in a source",
    "demonstration": "yes if the record is made up to show how things work",
    "place": "where it was read",
    "quote": "the words that carry it",
    "address": "the page on which it was read",
    "doi": "of the main report",
    "pmid": "of the main report",
}


def evidence_rows(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> list[dict[str, Cell]]:
    """One row per study in every analysis and sensitivity analysis, and one per excluded result.

    Columns are those of ``EFFECT_COLUMNS``, in that order.
    """
    rows: list[dict[str, Cell]] = []
    for analysis in analyses:
        weights = analysis.pooled.weights if analysis.pooled else ()
        for row, weight in zip(analysis.effects.rows, weights, strict=True):
            rows.append(_included(evidence, analysis.question, "plan", analysis.measure, row, weight))
        for left_out in analysis.effects.excluded:
            rows.append(_excluded(evidence, analysis.question, left_out))
        for item in analysis.directions:
            cells = _blank(analysis.question, "plan", item.study, item.label)
            cells |= {"status": "direction only", "result": item.result, "design": item.design}
            cells |= {"timepoint_months": item.timepoint_months, "n": item.n, "notes": item.printed}
            cells |= {"read": _yes(item.read)} | _provenance(evidence, item.study, item.result)
            rows.append(cells)
        for variant in analysis.variants:
            shares = variant.models["plan"].weights if variant.models else ()
            for row, weight in zip(variant.effects.rows, shares, strict=True):
                rows.append(_included(evidence, analysis.question, variant.id, analysis.measure, row, weight))
    return rows


def _blank(question: str, analysis: str, study: str, label: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = dict.fromkeys(EFFECT_COLUMNS)
    return cells | {"question": question, "analysis": analysis, "study": study, "label": label}


def _included(
    evidence: EvidenceLike, question: str, analysis: str, measure: str, row: EffectRow, weight: float
) -> dict[str, Cell]:
    natural = MEASURES[measure].to_natural
    low, high = row.wald()
    cells = _blank(question, analysis, row.study, row.label)
    cells |= {
        "status": "included",
        "result": row.result,
        "design": row.design,
        "timepoint_months": row.timepoint_months,
        "measure": measure,
        "yi": row.yi,
        "vi": row.vi,
        "effect": natural(row.yi),
        "low": natural(low),
        "high": natural(high),
        "weight": weight,
        "n": row.n,
        "route": row.route,
        "steps": "; ".join(step.text for step in row.steps),
        "notes": "; ".join(row.notes),
        "read": _yes(row.read),
    }
    for side, group in (("intervention", row.intervention), ("comparator", row.comparator)):
        cells |= _side(side, group)
    return cells | _provenance(evidence, row.study, row.result)


def _side(side: str, group: Group | None) -> dict[str, Cell]:
    if group is None:
        return {}
    return {side: group.label, f"{side}_events": group.events, f"{side}_n": group.n}


def _excluded(evidence: EvidenceLike, question: str, item: Excluded) -> dict[str, Cell]:
    cells = _blank(question, "plan", item.study, item.label)
    cells |= {"status": "excluded", "reason": item.reason, "result": item.result}
    cells["design"] = evidence.studies[item.study].design
    return cells | _provenance(evidence, item.study, item.result)


def _provenance(evidence: EvidenceLike, study_id: str, result_id: str) -> dict[str, Cell]:
    study = evidence.studies[study_id]
    where = next(result.where for result in study.results if result.id == result_id)
    main = study.reports[0]
    return {
        "demonstration": _yes(study.demonstration),
        "place": where.place,
        "quote": where.quote,
        "address": where.address,
        "doi": main.doi,
        "pmid": main.pmid,
    }


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def to_csv(rows: Iterable[Mapping[str, Cell]], columns: Sequence[str]) -> str:
    """Rows as CSV (RFC 4180, LF line ends): numbers with full precision, text that cannot start a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return buffer.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # A lone carriage return ends a row for some readers, quoted or not.
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return "'" + value if value.lstrip(" \u00a0").startswith(FORMULA_STARTS) else value
    return repr(value)


def effects_frame(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> pandas.DataFrame:
    """Every effect in these analyses as a tidy data frame.

    Parameters
    ----------
    evidence : Evidence
    analyses : iterable of Analysis

    Returns
    -------
    pandas.DataFrame
        One row per study and analysis (plan and sensitivity analyses), and one per excluded result; the columns are
        those of ``EFFECT_COLUMNS``, whose meaning it gives. ``yi`` and ``vi`` are on the analysis scale.
    """
    import pandas

    frame = pandas.DataFrame(evidence_rows(evidence, analyses), columns=list(EFFECT_COLUMNS))
    frame.attrs["columns"] = EFFECT_COLUMNS
    return frame
